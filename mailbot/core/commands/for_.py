"""#for: a request is registered in the name of somebody who did not write it himself."""

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.cc import addresses_in
from mailbot.core.commands.deeds import OnBehalf
from mailbot.core.commands.values import shown
from mailbot.core.model import Address
from mailbot.core.text import one_line


def run(call: Call, context: Context) -> Outcome:
    """Names the requester of a new ticket; without an address, whoever wrote the forwarded mail.

    Raises:
        CommandRefusedError: the mail is about a ticket already, or it is not exactly one address of somebody outside.
    """
    if context.ticket.number:
        raise CommandRefusedError("for_new_only", number=str(context.ticket.number))
    if not call.value:
        return Outcome(deeds=(OnBehalf(None),))
    address, _, name = call.value.partition(" ")
    # On the phone people write the name behind the address, in a header it stands before it.
    behind = name if "@" in address and "@" not in name and "<" not in call.value else ""
    people = addresses_in(address if behind else call.value)
    if len(people) != 1:
        raise CommandRefusedError("for_one", value=shown(call.value))
    refuse_ours(people[0], context)
    person = Address(one_line(behind, 200).strip(" .,;:"), people[0].address) if behind else people[0]
    return Outcome(deeds=(OnBehalf(person),))


def refuse_ours(person: Address, context: Context) -> None:
    """Refuse an address of the helpdesk itself, with or without a subaddress.

    Raises:
        CommandRefusedError: it is one.
    """
    local, _, domain = person.key.rpartition("@")
    if {person.key, f"{local.partition('+')[0]}@{domain}"} & context.own_addresses:
        raise CommandRefusedError("cc_own", address=person.address)


FOR = Command(
    name="for",
    aliases=("onbehalf", "untuk", "atasnama"),
    argument=Argument.OPTIONAL_LINE,
    usage="#for [ADDRESS [NAME]]",
    summary={
        "en": "In a new mail or a forwarded one: registers a ticket in the name of a requester.",
        "id": "Dalam email baru atau email terusan: mendaftarkan tiket atas nama pelapor.",
    },
    details={
        "en": "The text below is the request; of a forwarded mail, that mail is, and your own words above it are kept "
        "as an internal note. Without an address, whoever wrote the forwarded mail is the requester. Other commands in "
        "the same mail are for the new ticket. The requester gets an acknowledgement, unless there is #quiet. It is "
        "confirmed once, at your registered address.",
        "id": "Teks di bawahnya menjadi permintaan; bila ada email terusan, email itulah permintaannya, dan kata-kata "
        "Anda di atasnya disimpan sebagai catatan internal. Tanpa alamat, pelapornya adalah penulis email terusan itu. "
        "Perintah lain dalam email yang sama berlaku untuk tiket baru. Pelapor menerima tanda terima, kecuali ada "
        "#diam. Email itu dikonfirmasi sekali, di alamat Anda yang terdaftar.",
    },
    examples=("#for rita@example.org", "#for rita@example.org Rita Rahayu", "#untuk rita@example.org"),
    run=run,
    needs_ticket=False,
)
