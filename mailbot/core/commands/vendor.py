"""#vendor: somebody outside must do something; he is asked in a thread of his own."""

import re
import unicodedata
from dataclasses import replace

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.cc import addresses_in
from mailbot.core.commands.deeds import VendorAsk, VendorDone
from mailbot.core.commands.effects import outcome, require_active
from mailbot.core.commands.values import key, near, shown, tidy
from mailbot.core.model import Status, Vendor
from mailbot.core.phrases import say, word
from mailbot.core.text import one_line

_ENDS = frozenset({"done", "none", "end", "selesai", "tidakada", "nihil"})
_REFERENCE_LENGTH = 80
_AROUND_AN_ADDRESS = re.compile(r"\s*(?:<[^<>]{0,400}>|[^\s<>]{1,400})")


def run(call: Call, context: Context) -> Outcome:
    """Puts the ticket on hold for a vendor, or takes it from hold when nobody is waited for any more."""
    if key(call.value[:_REFERENCE_LENGTH]) in _ENDS:
        return _end(context)
    require_active(context)
    vendor, reference = _meant(call.value, context)
    _refuse_insiders(vendor, context)
    waits = waiting_for(context.language, vendor.name or vendor.address, reference)
    if context.ticket.wait_until is not None:
        done = outcome(context, ("status", Status.ON_HOLD), ("wait_until", ""))
    else:
        done = outcome(context, ("status", Status.ON_HOLD))
    why = waiting_for("en", vendor.name or vendor.address, reference)
    changes = tuple(replace(change, reason=why) for change in done.changes)
    return replace(done, changes=changes, lines=(*done.lines, waits), deeds=(VendorAsk(vendor, reference),))


def waiting_for(language: str, name: str, reference: str) -> str:
    """For whom a ticket waits, in a sentence."""
    return say(language, "vendor_waits", name=f"{name} ({reference})" if reference else name)


def _end(context: Context) -> Outcome:
    if not any(waits for _vendor, waits in context.vendors):
        raise CommandRefusedError("vendor_nobody")
    if context.ticket.status is not Status.ON_HOLD:
        status = word(context.language, context.ticket.status)
        return Outcome(lines=(say(context.language, "vendor_ended", status=status),), deeds=(VendorDone(),))
    done = outcome(context, ("status", Status.OPEN))
    changes = tuple(replace(change, reason="no vendor is waited for any more") for change in done.changes)
    return replace(done, changes=changes, deeds=(VendorDone(),))


def _meant(value: str, context: Context) -> tuple[Vendor, str]:
    """The vendor that a value names, and what follows his name or address: his reference."""
    plain = unicodedata.normalize("NFKC", value)
    sign = plain.find("@")
    # A reference may have an "@" in it; an address comes first, alone or behind a name.
    if sign >= 0 and (" " not in plain[:sign].strip() or "<" in plain[:sign]):
        start = plain.rfind("<", 0, sign) if "<" in plain[:sign] else 0
        found = _AROUND_AN_ADDRESS.match(plain, start)
        end = found.end() if found else len(plain)
        people = addresses_in(plain[:end])
        if len(people) != 1:
            raise CommandRefusedError("no_address", value=shown(value))
        one = people[0]
        known = [vendor for vendor in _known(context) if vendor.address.lower() == one.key]
        return (known[0] if known else Vendor(one.name, one.address)), _reference(plain[end:])
    return _named(value, context)


def _named(value: str, context: Context) -> tuple[Vendor, str]:
    words = tidy(value).split()
    vendors = _known(context)
    for count in range(len(words), 0, -1):
        wanted = key(" ".join(words[:count]))
        found = [vendor for vendor in vendors if wanted and key(vendor.name) == wanted]
        found = found or [vendor for vendor in vendors if wanted and wanted in _beginnings(vendor)]
        if len(found) == 1:
            return found[0], _reference(" ".join(words[count:]))
        if found:
            raise CommandRefusedError("several_called", near(value, (one.name for one in found)), value=shown(value))
    names = near(value, (vendor.name for vendor in vendors if vendor.name))
    raise CommandRefusedError("no_vendor" if names else "no_vendors", names, value=shown(value))


def _beginnings(vendor: Vendor) -> set[str]:
    words = vendor.name.split()
    return {key(" ".join(words[:count])) for count in range(1, len(words))}


def _known(context: Context) -> list[Vendor]:
    """The vendors of the configuration, and those who were asked about the ticket before."""
    configured = list(context.directory.vendors.values())
    addresses = {vendor.address.lower() for vendor in configured}
    return [*configured, *(one for one, _waits in context.vendors if one.address.lower() not in addresses)]


def _reference(text: str) -> str:
    return one_line(tidy(text.strip(" \t()[]")), _REFERENCE_LENGTH).strip(" ()[]")


def _refuse_insiders(vendor: Vendor, context: Context) -> None:
    """Refuses whoever already reads along in another role: what is internal to one is not to the other."""
    address = vendor.address.lower()
    local, _, domain = address.rpartition("@")
    if {address, f"{local.partition('+')[0]}@{domain}"} & context.own_addresses:
        raise CommandRefusedError("cc_own", address=vendor.address)
    if context.directory.technician(address) is not None:
        raise CommandRefusedError("vendor_technician", address=vendor.address)
    if address in {context.ticket.requester.key, *(one.key for one in context.participants)}:
        raise CommandRefusedError("vendor_takes_part", address=vendor.address)


VENDOR = Command(
    name="vendor",
    aliases=("supplier", "pemasok"),
    argument=Argument.LINE,
    usage="#vendor NAME REFERENCE",
    summary={
        "en": "Asks a vendor: the text below goes to him and not to the requester; the ticket waits for him.",
        "id": "Bertanya kepada vendor: teks di bawahnya dikirim kepadanya, bukan kepada pelapor; tiket menunggunya.",
    },
    details={
        "en": "NAME is one of [[vendors]] in the configuration, or an address; the reference is his own, and may be "
        "left out. He sees nothing but your text, its files, and the subject. His answers come to you alone and open "
        "the ticket again; your reply to them goes to him. With #vendor done the ticket waits for him no longer.",
        "id": "NAME adalah salah satu [[vendors]] dalam konfigurasi, atau sebuah alamat; nomor rujukannya boleh "
        "dikosongkan. Ia hanya melihat teks Anda, lampirannya, dan subjeknya. Jawabannya hanya sampai kepada Anda dan "
        "membuka tiket kembali; balasan Anda atas jawaban itu dikirim kepadanya. Dengan #vendor selesai tiket tidak "
        "lagi menunggunya.",
    },
    examples=("#vendor acme printing RMA-4711", "#vendor rma@acme.example", "#vendor done"),
    run=run,
)
