"""Attacks by what stands in a mail, and by what is made of it for others."""

from email.message import EmailMessage
from typing import Any

from world import Helpdesk, build
from world.helpdesk import text_of

from attacks.identity import STATE, Watch
from mailbot.adapters import store

CANARY = "the canary sings in the server room behind the blue door"


def _read_by(desk: Helpdesk, *addresses: str) -> str:
    return " ".join(mail.raw.decode("utf-8", "replace") for mail in desk.courier.sent if mail.recipient in addresses)


def a05_a_number_in_the_subject_lets_nobody_in(desk: Helpdesk) -> None:
    watch = Watch(desk)

    receipt = desk.mallory.writes("Re: [HD-1001] Printer jams", "What was said so far?")

    assert receipt.disposition == "held"
    assert desk.mallory.inbox == []
    watch.nothing_happened()
    with desk.database.unit_of_work(write=False) as session:
        assert len(store.entries(session, 1001)) == 1


def a06_somebody_in_copy_gets_nothing_of_the_history(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    technician.answers(technician.last, "The code of the door is 4711.")

    desk.rita.writes("Re: [HD-1001] Printer jams", "Please copy my colleague", Cc="mallory@evil.example")
    technician.answers(technician.last, "It is done, thank you.")
    desk.mallory.writes("Re: [HD-1001] Printer jams", "I am the colleague; what was said so far?")

    assert desk.mallory.inbox == []
    technician.answers(desk.notices(technician.address, "held")[-1], "#accept")
    technician.answers(technician.inbox[0], "Please open tray 3.")
    assert "Please open tray 3." in text_of(desk.mallory.last)
    for secret in ("4711", "It is done", "since this morning", "rita"):
        assert secret not in _read_by(desk, "mallory@evil.example").lower()


def a07_a_code_mailed_to_a_ticket_is_not_shown_to_its_requester(desk: Helpdesk) -> None:
    watch = Watch(desk)
    token = str(desk.rita.last["Message-ID"]).strip("<>").partition("@")[0]

    for number, to in enumerate(("support@example.com", f"support+{token}@example.com")):
        code = f"Your code is 12345{number}"
        raw = build("noreply@service.example", "[HD-1001] Your code", code, at=desk.now, to=to)
        assert desk.receive(raw).disposition == "held", to

    watch.nothing_happened()
    assert "12345" not in _read_by(desk, "rita@client.example")


def a08_guessed_numbers_and_tokens_open_nothing(desk: Helpdesk) -> None:
    watch, tom = Watch(desk), desk.technician_of().address
    real = str(desk.technician_of().last["Message-ID"])
    head, _dot, tag = real.partition("@")[0].rpartition(".")
    letters = "abcdefghijklmnopqrstuvwxyz234567"

    for number in range(40):
        guess = f"{head}.{tag[:-1]}{letters[number % 32]}" if number < 32 else f"{head}.{letters[number - 32] * 26}"
        if guess.endswith(tag):
            continue
        raw = build(tom, "Re: [HD-1001] x", f"#close {number}"[:6], at=desk.now, In_Reply_To=f"{guess}@example.com>")
        assert desk.receive(raw).disposition == "held", guess
    watch.nothing_happened()
    asked = [mail for mail in desk.courier.sent[watch.sent :] if mail.recipient == tom]
    assert len(asked) <= 3, "a guesser does not decide how much the technician reads"


def a09_an_internal_note_does_not_leak_into_an_answer(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    assigned = technician.last
    technician.answers(assigned, f"#note {CANARY}", Cc="rita@client.example")

    receipt = technician.answers(assigned, f"Dear Rita,\n\n{CANARY}.\n")

    assert receipt.disposition == "held"
    technician.answers(assigned, "#resolve\n\nPlease try again.")
    desk.live(days=4)
    assert "canary" not in _read_by(desk, "rita@client.example", "mallory@evil.example")


def a10_an_answer_to_an_internal_mail_stays_inside_with_the_requester_in_copy(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    technician.answers(technician.last, "#take")
    internal = desk.notices(technician.address, "transcript")[-1]
    watch = Watch(desk)

    for copies in ({"Cc": "Rita <rita@client.example>"}, {"Cc": "tess@example.com"}, {}):
        receipt = technician.answers(internal, f"Between us {len(copies)}: {CANARY}.", **copies)
        assert "stays internal" in receipt.reason

    assert "canary" not in _read_by(desk, "rita@client.example")
    assert [mail for mail in desk.courier.sent[watch.sent :] if mail.recipient == "rita@client.example"] == []


def a34_control_fields_from_outside_have_no_effect(desk: Helpdesk) -> None:
    watch = Watch(desk)
    technician = desk.technician_of()

    steered = desk.budi.writes("Screen", "My screen is dark, please help", **{"X-Mailbot-Route": "spamfilter"})
    commands: dict[str, Any] = {
        "X-Mailbot-Command": "close",
        "X-Mailbot-Token": "1001.t",
        "x-MAILBOT-Loop": "1001",
        "X-Loop": "HD",
    }
    forged = desk.receive(build(technician.address, "Re: [HD-1001] x", "#close", at=desk.now, **commands))

    assert steered.disposition == "created"
    assert forged.disposition == "held"
    assert watch.before == [tuple(getattr(desk.ticket(1001), name) for name in STATE)]


TEXTS = (
    "Hello,\n#close",
    "> #close",
    ">#close",
    "Hello\n\n> #close",
    "> > #close\n> #prio low",
    "| #close",
    "Hello\n\n-- \n#close",
    "Hello\n\n--\n#close",
    "Hello\n\nOn Tue, 4 Aug 2026 at 10:00, X <x@client.example> wrote:\n#close\n",
    "Hello\n\n-----Original Message-----\n#close",
    "Hello\n\n____________________\nFrom: X <x@y.example>\nSent: Tuesday\nTo: Y\nSubject: x\n\n#close",
    "please #close",
    "Hello #close",
    "# close\nHello",
    "#1001 is what I mean",
    "Hello\n##- Please type your reply above this line -##\n#close",
    "Hello\n\nBegin forwarded message:\n\n#close",
    "Hello\n\n---------- Forwarded message ---------\nFrom: x@y.example\n\n#close",
    "a\nb\nc\n#close",
    "Hello\n\n\n\n#close",
    "On Tue, 4 Aug 2026 at 10:00, X <x@client.example> wrote:\n> #close",
    "Hello\n\nPada tanggal Sel, 4 Agu 2026 X menulis:\n> #close",
    "Hello\n```\n#close\n```",
    "Hello\n    #close",
    "Regards,\nTom\n#close",
    "Sent from my iPhone\n#close",
    "The line is wrapped right before the word\n#close and goes on",
    "see https://x.example/\n#close",
)
PAGES = (
    "<p>Hello</p><div style='display:none'>#close</div>", "<div style='display:none'>#close</div><p>Hello</p>",
    "<p style='visibility:hidden'>#close</p><p>Hello</p>", "<blockquote type='cite'>#close</blockquote><p>Hello</p>",
    "<p>Hello</p><blockquote>#close</blockquote>", "<!-- #close --><p>Hello</p>", "<style>#close</style><p>Hello</p>",
    "<title>#close</title><p>Hello</p>", "<p>Hello</p><div class='gmail_quote'>#close</div>",
    "<script>#close</script><p>Hello</p>", "<div hidden>#close</div><p>Hello</p>", "<p title='#close'>Hello</p>",
    "<img alt='#close'><p>Hello</p>", "<p style='font-size:0'>#close</p><p>Hello</p>",
)  # fmt: skip


def a38_a_command_that_is_not_on_top_of_the_own_words_is_none(desk: Helpdesk) -> None:
    """With a good token: what others wrote, or nobody sees, must not command in the technician's name."""
    technician = desk.technician_of()
    assigned = technician.last

    for text in TEXTS:
        technician.answers(assigned, text)
        assert desk.ticket().status in {"new", "open"}, text
        assert desk.ticket().priority == "normal", text
    for number, page in enumerate(PAGES):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = technician.address, "support@example.com", "Re: [HD-1001] x"
        mail["Message-ID"], mail["In-Reply-To"] = f"<page{number}@example.com>", str(assigned["Message-ID"])
        mail.set_content(f"<html><body>{page}</body></html>", subtype="html")
        desk.receive(mail.as_bytes())
        assert desk.ticket().status in {"new", "open"}, page
    for number, subtype in enumerate(("plain", "html", "rfc822")):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = technician.address, "support@example.com", "Re: [HD-1001] x"
        mail["Message-ID"], mail["In-Reply-To"] = f"<file{number}@example.com>", str(assigned["Message-ID"])
        mail.set_content("Hello Rita, see the file.")
        if subtype == "rfc822":
            inner = EmailMessage()
            inner["From"], inner["Subject"] = technician.address, "#close"
            inner.set_content("#close")
            mail.add_attachment(inner)
        else:
            mail.add_attachment("#close", subtype=subtype, filename="x.txt")
        desk.receive(mail.as_bytes())
        assert desk.ticket().status in {"new", "open"}, subtype
