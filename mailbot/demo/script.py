"""What happens in the demonstration: a morning at a helpdesk, mail by mail."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message

from mailbot.demo.people import SUPPORT, Person

_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part."""

    rita: Person
    budi: Person
    sari: Person
    mallory: Person
    dewi: Person
    tono: Person


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody does, what should become of it, and how long to wait for what follows.

    Attributes:
        title: What a person sees.
        act: Does it; gives the Message-ID that the ledger should know then ("" for none).
        expect: The disposition that it should get.
    """

    title: str
    act: Callable[[], str]
    expect: str


Wait = Callable[[Person, str], Message]
"""Waits until a person has got a mail whose subject has these words, and gives it."""


def opening(cast: Cast) -> Iterator[Step]:
    """What arrives in the morning, before anybody has answered anything."""
    yield Step("Rita reports a paper jam, with a photo", lambda: _printer(cast), "created")
    yield Step(
        "Budi has forgotten his password, and writes Indonesian",
        lambda: _id(cast.budi.write("Lupa kata sandi", _PASSWORD)),
        "created",
    )
    yield Step("Sari's mail program sends HTML only", lambda: _html(cast), "created")
    yield Step(
        "A monitoring machine raises an alarm: a ticket, but no answer to a machine", lambda: _alarm(cast), "created"
    )
    yield Step("An out-of-office notice: recorded, never a ticket", lambda: _vacation(cast), "auto_reply_recorded")
    yield Step("Advertising, which a rule ignores", lambda: _advertising(cast), "ignored")
    yield Step("A broken mail: wrong charset, bare 8-bit subject, no date", lambda: _broken(cast), "created")
    yield Step("Rita's first mail arrives a second time", lambda: _twice(cast), "duplicate")
    yield Step("Mallory knows a ticket number, but takes no part in it", lambda: _stranger(cast), "held")


_PASSWORD = (
    "Selamat pagi,\n\nSaya lupa kata sandi email saya dan tidak bisa masuk sejak tadi pagi. Mohon bantuannya.\n\nBudi"  # noqa: S105 - a mail about a password.
)


def conversation(cast: Cast, wait: Wait) -> Iterator[Step]:
    """Technicians and requesters answer each other, all by mail."""
    printer = _tag_of(wait(cast.rita, "received"))
    assigned = wait(cast.dewi, printer)
    yield Step(
        "Dewi takes Rita's ticket with a command, and asks her something below it",
        lambda: _id(cast.dewi.answer(assigned, "#take\n#prio high\n\nHello Rita,\n\nis the tray half open?\n\nDewi")),
        "commanded",
    )
    question = wait(cast.rita, "is the tray")
    yield Step(
        "Rita answers; Dewi gets it",
        lambda: _id(cast.rita.answer(question, "Yes, it was! I pushed it in, but the jam is still there.")),
        "appended",
    )
    yield Step(
        "Dewi mistypes a command: nothing is done, nothing is sent, she is told",
        lambda: _id(cast.dewi.answer(assigned, "#resolv\n\nI will bring a new tray.")),
        "held",
    )
    yield Step(
        "Somebody forges a command in Dewi's name: held, and the real Dewi is asked",
        lambda: _forged(cast, printer),
        "held",
    )
    yield Step(
        "Dewi writes an internal note; Rita never sees it",
        lambda: _id(cast.dewi.answer(assigned, "#note\nThis printer is on the list to be replaced next month.")),
        "commanded",
    )
    password = wait(cast.tono, "Lupa kata sandi")
    yield Step(
        "Tono answers Budi with a plain reply, without any command",
        lambda: _id(
            cast.tono.answer(password, "Pak Budi, kata sandi sudah kami atur ulang. Silakan cek SMS Anda.\n\nTono")
        ),
        "appended",
    )
    yield Step(
        "Dewi resolves Rita's ticket and says how",
        lambda: _id(cast.dewi.answer(assigned, "#resolve\n\nThe tray is replaced; printing works again.\n\nDewi")),
        "commanded",
    )


def ending(cast: Cast, wait: Wait) -> Iterator[Step]:
    """After the ticket was closed, the requester is asked how it was."""
    survey = wait(cast.rita, "Your opinion")
    yield Step(
        "Rita answers the survey with one digit", lambda: _id(cast.rita.answer(survey, "5 - thank you!")), "appended"
    )


def _id(mail: EmailMessage) -> str:
    return str(mail["Message-ID"])


def _tag_of(mail: Message) -> str:
    subject = str(mail["Subject"])
    return subject[subject.index("[") : subject.index("]") + 1]


_PRINTER = "Hello,\n\nthe printer on floor 2 jams with every second page. See the photo.\n\nRegards\nRita"


def _printer(cast: Cast) -> str:
    mail = cast.rita.blank("Printer on floor 2 jams")
    mail.set_content(_PRINTER)
    mail.add_attachment(_PIXEL, maintype="image", subtype="png", filename="jam.png")
    return _id(cast.rita.send(mail))


def _twice(cast: Cast) -> str:
    cast.rita.raw(b"X-Forwarded-By: a second mailbox\r\n" + cast.rita.sent[0])
    return ""


def _html(cast: Cast) -> str:
    mail = cast.sari.blank("VPN drops every hour")
    mail.set_content(
        "<html><body><p>Hi team,</p><p>the <b>VPN</b> drops every hour and I cannot work from home."
        "<br>This is urgent.</p><p>Sari</p></body></html>",
        subtype="html",
    )
    return _id(cast.sari.send(mail))


def _alarm(cast: Cast) -> str:
    machine = cast.mallory
    mail = EmailMessage()
    mail["From"] = "Monitoring <nagios@demo.example>"
    mail["To"] = SUPPORT
    mail["Subject"] = "PROBLEM: server db1 is DOWN"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Date"] = "Mon, 03 Aug 2026 08:00:00 +0700"
    mail["Message-ID"] = "<alarm.1@nagios.demo.example>"
    mail.set_content("Host db1 does not answer. The whole office is affected.")
    machine.raw(mail.as_bytes())
    return _id(mail)


def _vacation(cast: Cast) -> str:
    mail = cast.sari.blank("Automatic reply: Printer on floor 2 jams")
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("I am out of the office until Monday.")
    return _id(cast.sari.send(mail))


def _advertising(cast: Cast) -> str:
    mail = cast.mallory.blank("You are our lucky winner")
    mail.set_content("Congratulations! You have won the casino jackpot. Click here to claim your prize.")
    return _id(cast.mallory.send(mail))


def _broken(cast: Cast) -> str:
    cast.sari.raw(
        b"From: sari@demo.example\r\nTo: " + SUPPORT.encode() + b"\r\nSubject: Monitor stays bl\xe4ck\r\n"
        b"Message-ID: <broken.1@demo.example>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: text/plain; charset="no-such-charset"\r\n\r\nThe screen of my laptop stays bl\xe4ck.\r\n'
    )
    return "<broken.1@demo.example>"


def _stranger(cast: Cast) -> str:
    return _id(
        cast.mallory.write("Re: [HD-1001] Printer on floor 2 jams", "Please send me everything you know about this.")
    )


def _forged(cast: Cast, tag: str) -> str:
    mail = cast.dewi.blank(f"Re: {tag} Printer on floor 2 jams")
    mail.set_content("#close\n\nWe no longer care about this.")
    cast.mallory.raw(mail.as_bytes())
    return _id(mail)
