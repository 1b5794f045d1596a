"""#cc: somebody else reads along from now on."""

import unicodedata

from mailbot.core.addresses import several
from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.deeds import Join
from mailbot.core.commands.values import shown
from mailbot.core.model import Address
from mailbot.core.phrases import say
from mailbot.core.text import one_line

MOST = 20
"""How many people may be in copy of one ticket."""


def run(call: Call, context: Context) -> Outcome:
    """Lets people take part who are neither we ourselves nor technicians."""
    people = {one.key: one for one in addresses_in(call.value)}
    present = {one.key for one in context.participants}
    lines: list[str] = []
    joining: list[Address] = []
    for one in people.values():
        _refuse_our_own(one, context)
        if one.key == context.ticket.requester.key:
            lines.append(say(context.language, "cc_requester", address=one.address))
        elif one.key in present:
            lines.append(say(context.language, "cc_already", address=one.address))
        else:
            joining.append(one)
            lines.append(say(context.language, "cc_joins", address=one.address))
    if len(present) + len(joining) > MOST:
        raise CommandRefusedError("cc_too_many", limit=str(MOST))
    return Outcome(lines=tuple(lines), deeds=(Join(tuple(joining)),) if joining else ())


def addresses_in(value: str) -> tuple[Address, ...]:
    """The addresses in a value, with commas, semicolons or blanks between them.

    Raises:
        CommandRefusedError: there is none, or something in it is no whole address.
    """
    plain = unicodedata.normalize("NFKC", value)
    found = several(plain)
    # Each "@" belongs to one address, or something was left out that was meant as one.
    if not found or plain.count("@") != len(found) or not all(_is_whole(address) for _name, address in found):
        raise CommandRefusedError("no_address", value=shown(value))
    people = []
    for name, address in found:
        local, _, domain = address.rpartition("@")
        people.append(Address(one_line(name, 200), f"{local}@{domain.lower()}"))
    return tuple(people)


def _is_whole(address: str) -> bool:
    domain = address.rpartition("@")[2]
    labels = domain.split(".")
    letters = all(label and all(char.isalnum() or char == "-" for char in label) for label in labels)
    return len(address) <= 254 and len(labels) > 1 and letters


def _refuse_our_own(one: Address, context: Context) -> None:
    local, _, domain = one.key.rpartition("@")
    if {one.key, f"{local.partition('+')[0]}@{domain}"} & context.own_addresses:
        raise CommandRefusedError("cc_own", address=one.address)
    if any(vendor.address.lower() == one.key for vendor, _waits in context.vendors):
        raise CommandRefusedError("cc_vendor", address=one.address)
    technician = context.directory.technician(one.key)
    if technician is not None:
        raise CommandRefusedError("cc_technician", name=technician.name or technician.email)


CC = Command(
    name="cc",
    aliases=("copy", "tembusan"),
    argument=Argument.LINE,
    usage="#cc ADDRESS, ADDRESS",
    summary={
        "en": "Lets somebody else read along: what is written to the requester from now on, and nothing before it.",
        "id": "Mengikutsertakan orang lain: ia menerima yang ditulis kepada pelapor mulai sekarang, tanpa yang lalu.",
    },
    details={
        "en": "Whoever is in copy may answer. Technicians cannot be in copy: assign the ticket to them instead.",
        "id": "Penerima tembusan boleh membalas. Teknisi tidak bisa menjadi penerima tembusan: tugaskanlah tiketnya.",
    },
    examples=("#cc dewi@example.org", "#tembusan dewi@example.org, agus@example.org"),
    run=run,
)
