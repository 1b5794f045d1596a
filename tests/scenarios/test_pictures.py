"""The pictures of signatures: shown once, and not again with each mail of a person."""

from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count

import pytest
from sqlalchemy import Engine, event
from world import Helpdesk, Person
from world.helpdesk import text_of

LOGO, SHOT = b"\x89PNG\r\n\x1a\n" + b"logo" * 200, b"\x89PNG\r\n\x1a\n" + b"shot" * 200
_NUMBERS = count(1)


def with_pictures(
    person: Person, text: str, pictures: dict[str, bytes], *, to: EmailMessage | None = None, inline: bool = True
) -> bytes:
    """A mail as Outlook writes it, with pictures in its text; or with the same as ordinary files."""
    mail = EmailMessage()
    mail["From"], mail["To"] = person.address, "support@example.com"
    mail["Subject"] = f"Re: {to['Subject']}" if to else "Printer jams"
    mail["Date"], mail["Message-ID"] = format_datetime(person.desk.now), f"<{next(_NUMBERS)}.pictures@client.example>"
    if to:
        mail["In-Reply-To"] = mail["References"] = str(to["Message-ID"])
    mail.set_content(text)
    if not inline:
        for name, content in pictures.items():
            mail.add_attachment(content, "image", "png", filename=name)
        return mail.as_bytes()
    shown = "".join(f'<img src="cid:{name}@x">' for name in pictures)
    mail.add_alternative(f"<html><body><p>{text}</p>{shown}</body></html>", subtype="html")
    html = mail.get_payload()[1]  # type: ignore[index]
    assert isinstance(html, EmailMessage)
    for name, content in pictures.items():
        html.add_related(content, "image", "png", cid=f"<{name}@x>", filename=name, disposition="inline")
    return mail.as_bytes()


def files_of(mail: EmailMessage) -> set[str]:
    return {name for part in mail.walk() if (name := part.get_filename())}


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    desk.receive(with_pictures(desk.rita, "The printer on floor 2 jams. Please help.", {"logo.png": LOGO}))
    return desk


def test_a_picture_is_listed_and_sent_on_with_the_first_mail_and_not_with_the_next(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assert "logo.png" in text_of(technician.last)
    assert "logo.png" in files_of(technician.last)

    both = {"logo.png": LOGO, "screen.png": SHOT}
    ticket.receive(with_pictures(ticket.rita, "It says E5 now.", both, to=ticket.rita.last))

    assert "It says E5 now." in text_of(technician.last)
    assert "screen.png" in text_of(technician.last)
    assert "logo.png" not in text_of(technician.last)
    assert "screen.png" in files_of(technician.last)
    assert "logo.png" not in files_of(technician.last)


def test_a_new_ticket_of_the_same_sender_does_not_show_it_again(ticket: Helpdesk) -> None:
    receipt = ticket.receive(with_pictures(ticket.rita, "The screen is dark.", {"logo.png": LOGO}))

    assert receipt.disposition == "created"
    told = ticket.technician_of(1002).last
    assert ("logo.png" in text_of(told), "logo.png" in files_of(told)) == (False, False)


def test_the_logo_of_a_technician_is_sent_to_the_requester_once(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    ticket.receive(with_pictures(technician, "Please open tray 3.", {"firm.png": SHOT}, to=assigned))
    assert "firm.png" in files_of(ticket.rita.last)

    ticket.receive(with_pictures(technician, "And close it again.", {"firm.png": SHOT}, to=assigned))

    assert "And close it again." in text_of(ticket.rita.last)
    assert "firm.png" not in files_of(ticket.rita.last)


def test_what_somebody_attaches_is_listed_however_often_it_comes(ticket: Helpdesk) -> None:
    for _ in range(2):
        raw = with_pictures(ticket.rita, "See the picture.", {"logo.png": LOGO}, to=ticket.rita.last, inline=False)
        ticket.receive(raw)
        assert "logo.png" in files_of(ticket.technician_of().last)


def test_the_same_picture_of_somebody_else_is_shown(ticket: Helpdesk) -> None:
    ticket.receive(with_pictures(ticket.budi, "Mine is dark, too.", {"logo.png": LOGO}))

    assert "logo.png" in text_of(ticket.technician_of(1002).last)


def test_a_large_picture_is_none_of_a_signature(ticket: Helpdesk) -> None:
    large = SHOT + b"x" * 102_400
    for text in ("Look here.", "And here."):
        ticket.receive(with_pictures(ticket.rita, text, {"large.png": large}, to=ticket.rita.last))
        assert "large.png" in files_of(ticket.technician_of().last)


def test_a_released_mail_of_a_stranger_shows_its_picture(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    mail = with_pictures(ticket.mallory, "Mine, too.", {"mine.png": SHOT}).replace(
        b"Subject: Printer jams", b"Subject: Re: [HD-1001] Printer jams"
    )
    assert ticket.receive(mail).disposition == "held"

    technician.answers(technician.last, "#accept")

    assert any("mine.png" in text_of(told) for told in technician.inbox)


def test_mail_without_such_pictures_costs_no_statement(ticket: Helpdesk) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "FROM attachments" in statement and "sha256 IN" in statement:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        ticket.rita.answers(ticket.rita.last, "It says E5.", files={"form.pdf": b"%PDF"})
        assert asked == []
        ticket.receive(with_pictures(ticket.rita, "Again.", {"logo.png": LOGO}, to=ticket.rita.last))
        assert len(asked) == 1
    finally:
        event.remove(Engine, "before_cursor_execute", note)
