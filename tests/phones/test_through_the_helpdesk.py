"""A few of the mails sent through the whole helpdesk: what became of the ticket, and what its requester got."""

from collections.abc import Callable

import pytest
from world import Helpdesk
from world.helpdesk import text_of

from mailbot.adapters.tables import Receipt
from mailbot.core.model import EventKind
from phones.answering import addressed, typed
from phones.clients import LANGUAGES
from phones.envelopes import Shape, attached

LONG = "Printer on the second floor prints nothing but blank pages since the toner was changed"


def sends(desk: Helpdesk, shape: Shape, *, subject: str = "", files: tuple[bytes, ...] = (), **more: str) -> Receipt:
    """The technician of the ticket answers the last mail that he got."""
    technician = desk.technician_of()
    sender = f"{technician.name} <{technician.address}>"
    return desk.receive(addressed(shape, technician.last, sender, desk.now, subject=subject, files=files, **more))


def types(desk: Helpdesk, client: str, language: str, text: str) -> Receipt:
    """The technician types a text into his mail program."""
    return sends(desk, typed(client, LANGUAGES[language], text, desk.technician_of().last))


SAMPLE = [
    ("iOS Mail", "English", "\u200b#Resolve.\n\nIt prints again.", {"status": "resolved"}, "It prints again."),
    ("iOS Mail on Exchange", "Indonesian", "#Selesai\n\nSudah normal.", {"status": "resolved"}, "Sudah normal."),
    ("Gmail app", "Indonesian", f"#judul {LONG}\n#prioritas tinggi", {"subject": LONG, "priority": "high"}, ""),
    ("Gmail web", "English", f"#title {LONG}\nOn my way.", {"subject": LONG}, "On my way."),
    ("Gmail as HTML alone", "English", "＃prio: high", {"priority": "high"}, ""),
    ("Outlook for iOS", "English", "#cc siti@client.example\n\nPlease see below.", {}, "Please see below."),
    ("Outlook for Android as HTML alone", "Indonesian", "#tunggu sampai 9 Agustus", {"status": "pending"}, ""),
    ("Outlook desktop", "English", "#wait until 9 Aug.\n\nIt is ordered.", {"status": "pending"}, "It is ordered."),
    ("Outlook desktop with a span per word", "English", "#title Rita’s printer", {"subject": "Rita’s printer"}, ""),
    ("Thunderbird", "English", f"#title {LONG}\n\nOn my way.", {"subject": LONG}, "On my way."),
    ("Samsung Email", "Indonesian", "#catatan\nKabel longgar.\n#akhir\n\nSedang diperiksa.", {}, "Sedang diperiksa."),
    ("Yahoo app", "English", "#prio high\n\nI will be there at two.", {"priority": "high"}, "I will be there at two."),
    ("Zimbra", "Indonesian", "#ambil\n\nSaya periksa.", {"status": "open"}, "Saya periksa."),
]  # fmt: skip


@pytest.mark.parametrize(("client", "language", "text", "state", "told"), SAMPLE, ids=[row[0] for row in SAMPLE])
def test_the_ticket_obeys_and_the_requester_reads_the_text_alone(
    ticket: Helpdesk, client: str, language: str, text: str, state: dict[str, str], told: str
) -> None:
    before = len(ticket.rita.inbox)
    receipt = types(ticket, client, language, text)
    assert receipt.disposition == "commanded", receipt.reason
    row = ticket.ticket()
    assert {name: getattr(row, name) for name in state} == state
    mails = ticket.rita.inbox[before:]
    shown = "\n".join(text_of(mail) for mail in mails)
    assert bool(told) <= (told in shown)
    for line in text.split("\n"):
        assert not line.startswith(("#", "＃")) or line not in shown
    for internal in ("type your reply above", "Kabel longgar", "Commands go on top"):
        assert internal not in shown


def quiet(desk: Helpdesk) -> tuple[object, ...]:
    """What no mail here may change."""
    row = desk.ticket()
    kinds = {EventKind.PRIORITISED, EventKind.ASSIGNED, EventKind.RESOLVED, EventKind.CLOSED}
    return (
        row.status in {"new", "open"},
        row.priority,
        row.technician,
        row.subject,
        sum(event.kind in kinds for event in desk.events()),
    )


INVITATION = attached(
    "text/calendar; method=REPLY",
    b"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1\nSUMMARY:#resolve\nATTENDEE;PARTSTAT=ACCEPTED:mailto:tom@example.com\n"
    b"DTSTART:20260805T030000Z\nEND:VEVENT\nEND:VCALENDAR",
    "inline",
)
RECEIPT = (
    b"Reporting-UA: Outlook\nFinal-Recipient: rfc822;tom@example.com\nOriginal-Message-ID: <a@example.com>\n"
    b"Disposition: manual-action/MDN-sent-manually; displayed\n"
)
FILE = attached("text/plain", b"#resolve", 'attachment; filename="a.txt"')
COMMAND = Shape("#resolve\n#prio high\n", encoding="7bit")
TEXT = Shape("Please try tray 3.\n", encoding="7bit")


def read_receipt(desk: Helpdesk) -> Receipt:
    technician = desk.technician_of()
    head = (
        f"From: {technician.address}\nTo: {technician.last['Reply-To']}\nSubject: Read: #resolve\n"
        f"In-Reply-To: {technician.last['Message-ID']}\nMessage-ID: <r1@example.com>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\n#resolve\n\n--b\nContent-Type: message/disposition-notification\n\n"
    )
    return desk.receive(head.encode() + RECEIPT + b"\n--b--\n")


NEVER: dict[str, Callable[[Helpdesk], Receipt]] = {
    "an answer of a machine": lambda desk: sends(desk, COMMAND, Auto_Submitted="auto-replied"),
    "an absence": lambda desk: sends(desk, COMMAND, subject="Automatic reply: Printer", X_Auto_Response_Suppress="All"),
    "an absence by its header": lambda desk: sends(desk, COMMAND, X_Autoreply="yes", Precedence="auto_reply"),
    "an answer to an invitation": lambda desk: sends(
        desk, Shape("\n", encoding="7bit"), subject="Accepted: #resolve", files=(INVITATION,)
    ),
    "a receipt": read_receipt,
    "a subject": lambda desk: sends(desk, TEXT, subject="#resolve"),
    "a file": lambda desk: sends(desk, TEXT, files=(FILE,)),
    "a command below a text": lambda desk: sends(desk, Shape("Try tray 3.\n\n#resolve\n", encoding="7bit")),
    "the requester's word": lambda desk: desk.rita.answers(desk.rita.last, "#prio critical\n#assign tess\n#resolve"),
    "a stranger's word": lambda desk: desk.mallory.answers(desk.technician_of().last, "#resolve\n#prio low"),
}  # fmt: skip


@pytest.mark.parametrize("name", NEVER)
def test_what_no_technician_typed_on_top_changes_nothing(ticket: Helpdesk, name: str) -> None:
    before = quiet(ticket)
    NEVER[name](ticket)
    assert quiet(ticket) == before
