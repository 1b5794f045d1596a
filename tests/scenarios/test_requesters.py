"""What a requester is told: when he may expect an answer, what happened since, how he comes back, in which language."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from world import Helpdesk
from world.helpdesk import text_of
from world.mails import build

from mailbot.adapters.db import Database
from mailbot.core.model import Status

JAKARTA = ZoneInfo("Asia/Jakarta")
OFFICE = (
    "[calendars.office]\n"
    + "".join(f'{day} = ["08:00-12:00", "13:00-17:00"]\n' for day in ("mon", "tue", "wed", "thu", "fri"))
    + 'holidays = "ID"\n[sla.normal]\nfirst_response = "4h"\n'
)


def words_of(desk: Helpdesk, notice: str) -> str:
    """The newest mail of a kind to Rita, on one line."""
    return " ".join(text_of(desk.notices(desk.rita.address, notice)[-1]).split())


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (4, 8, "by Tue 4 Aug 2026, 12:00 WIB"),
        (4, 10, "by Tue 4 Aug 2026, 15:00 WIB"),
        (4, 16, "by Wed 5 Aug 2026, 11:00 WIB"),
        (4, 23, "by Wed 5 Aug 2026, 12:00 WIB"),
        (8, 12, "by Mon 10 Aug 2026, 12:00 WIB"),
        (14, 16, "by Tue 18 Aug 2026, 11:00 WIB"),  # The 17th, a Monday, is a holiday.
        (17, 9, "by Tue 18 Aug 2026, 12:00 WIB"),
    ],
)
def test_an_acknowledgement_promises_an_answer_within_the_hours_in_which_people_work(
    database: Database, tmp_path: Path, day: int, hour: int, expected: str
) -> None:
    now = datetime(2026, 8, day, hour, tzinfo=JAKARTA)
    desk = Helpdesk(database, tmp_path, now, more=OFFICE, helpdesk='calendar = "office"')
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    assert f"You will hear from us {expected}." in words_of(desk, "acknowledgement")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "The printer jams, please help",
            "Your mail reached us on Tue 4 Aug 2026, 10:00 WIB, while we could not answer.",
        ),
        (
            "Printer macet, mohon bantuannya",
            "Email Anda kami terima pada Sel, 4 Agu 2026 10.00 WIB, ketika layanan kami",
        ),
    ],
)
def test_after_down_time_the_ticket_has_the_time_of_its_mail_and_the_acknowledgement_says_so(
    desk: Helpdesk, text: str, said: str
) -> None:
    came = datetime(2026, 8, 4, 10, tzinfo=JAKARTA)
    desk.mailbox.add(build(desk.rita.address, "Printer", text, at=came), came)
    desk.now = came + timedelta(days=2)

    desk.run()

    assert desk.ticket().created_at == came
    assert said in words_of(desk, "acknowledgement")
    assert "You will hear from us by" not in words_of(desk, "acknowledgement"), "what was promised has passed already"


def test_a_mail_that_is_read_at_once_is_not_called_late(ticket: Helpdesk) -> None:
    assert "could not answer" not in words_of(ticket, "acknowledgement")


def test_an_update_says_what_happened_since_the_last_one(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    other = ticket.tess if technician is ticket.tom else ticket.tom
    technician.answers(technician.inbox[0], "We are looking for the cause.")
    ticket.now += timedelta(hours=1)
    technician.answers(technician.inbox[0], f"#assign {other.name}")
    ticket.rita.answers(ticket.rita.last, "It is the left tray, by the way.")
    wrote = ticket.now
    cadence = ticket.settings.sla.normal.next_update

    ticket.live(seconds=cadence.total_seconds() * 1.2)

    first = words_of(ticket, "status_update")
    assert f"{other.name} has taken it over" in first
    assert f"on Tue 4 Aug 2026, {wrote.astimezone(JAKARTA):%H:%M} WIB has arrived" in first
    assert "We are looking for the cause." in first

    ticket.live(seconds=cadence.total_seconds())

    second = words_of(ticket, "status_update")
    assert len(ticket.notices(ticket.rita.address, "status_update")) == 2
    assert "has taken it over" not in second
    assert "has arrived" not in second


def test_whoever_stayed_silent_is_told_how_he_comes_back_and_does(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#wait\n\nIs it plugged in?")
    ticket.live(days=10, step=timedelta(hours=2))
    assert len(ticket.notices(ticket.rita.address, "pending_reminder")) == 2
    assert ticket.ticket().status == Status.CLOSED
    assert "A reply soon after that opens it again" in words_of(ticket, "pending_reminder")
    told = words_of(ticket, "closed")
    assert "because we have had no answer from you" in told
    assert "simply reply to this mail, and we open it again" in told

    receipt = ticket.rita.answers(ticket.notices(ticket.rita.address, "closed")[-1], "Sorry, I was ill. Yes, it is.")

    assert (receipt.disposition, receipt.ticket) == ("appended", 1001)
    assert ticket.ticket().status == Status.OPEN
    assert "open again" in words_of(ticket, "reopened")
    assert "I was ill" in text_of(ticket.technician_of().last)


@pytest.mark.parametrize(("text", "status"), [("Yes", Status.CLOSED), ("No, it still jams.", Status.OPEN)])
def test_whoever_is_asked_whether_it_is_solved_decides(ticket: Helpdesk, text: str, status: Status) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#resolve\n\nThe roller was worn.")
    ticket.rita.answers(ticket.notices(ticket.rita.address, "resolved")[-1], text)
    assert ticket.ticket().status == status


def test_whoever_does_not_say_whether_it_is_solved_finds_it_closed_and_may_come_back(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#resolve\n\nThe roller was worn.")
    ticket.live(days=8, step=timedelta(hours=2))
    assert ticket.ticket().status == Status.CLOSED
    assert "we have heard nothing to the contrary" in words_of(ticket, "closed")
    ticket.rita.answers(ticket.notices(ticket.rita.address, "closed")[-1], "It jams again.")
    assert ticket.ticket().status == Status.OPEN


ENGLISH = "Hello, my screen is black since this morning. Can you please help me with that?"
INDONESIAN = "Selamat pagi, layar saya gelap sejak tadi pagi. Mohon bantuannya, terima kasih."


@pytest.mark.parametrize(
    ("first", "second", "language"),
    [
        (INDONESIAN, "Screen HP 24", "id"),
        (INDONESIAN, "Error: cannot open file. Please contact your administrator.", "id"),
        (INDONESIAN, ENGLISH, "en"),
        (ENGLISH, "Laptop HP 14", "en"),
        (ENGLISH, INDONESIAN, "id"),
        ("Laptop HP 14", INDONESIAN, "id"),
        ("Laptop HP 14", "Laptop HP 14", "en"),
    ],
)
def test_the_language_of_a_requester_is_remembered_until_he_clearly_writes_another(
    desk: Helpdesk, first: str, second: str, language: str
) -> None:
    desk.rita.writes("Laptop", first)
    desk.now += timedelta(hours=1)
    desk.rita.writes("Screen", second)
    assert desk.ticket(1002).language == language
    assert desk.notices(desk.rita.address, "acknowledgement")[-1]["Content-Language"] == language


def test_what_is_configured_comes_before_what_is_remembered_or_written(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    rule = '[[rules]]\nid = "jakarta"\nlanguage = "id"\nfields = ["from"]\nregex = ["client[.]example"]\n'
    desk = Helpdesk(database, tmp_path, now, more=rule)
    desk.rita.writes("Screen", ENGLISH)
    assert desk.ticket().language == "id"


def test_what_a_technician_registers_is_told_in_the_language_that_the_requester_is_known_to_speak(
    desk: Helpdesk,
) -> None:
    desk.rita.writes("Layar gelap", INDONESIAN)
    technician = desk.technician_of()
    technician.writes("Screen of Rita", f"#for {desk.rita.address}\nHer screen is black again, and she cannot work.")
    technician.answers(technician.last, "#go")
    assert desk.ticket(1002).requester_address == desk.rita.address
    assert desk.ticket(1002).language == "id"


def test_who_writes_in_a_third_language_is_answered_in_it_and_in_ours_where_it_has_no_words(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    folder = tmp_path / "templates" / "de"
    folder.mkdir(parents=True)
    for part, text in (
        ("subject", "{{ ticket.tag }} Angekommen"),
        ("txt", "Ihre Anfrage ist da."),
        ("html", "<p>Da.</p>"),
    ):
        (folder / f"acknowledgement.{part}.j2").write_text(text, "utf-8")
    words = "der die das und ist nicht mein bitte seit ich wir mit im"
    labels = f'[format]\nlocale = "de"\nwhen = "d. MMMM y, HH:mm"\n[detect]\nwords = "{words}"\n'
    (folder / "labels.toml").write_text(labels, "utf-8")
    desk = Helpdesk(database, tmp_path, now, helpdesk=f'templates_dir = "{folder.parent}"')

    desk.rita.writes("Drucker", "Der Drucker im zweiten Stock ist kaputt. Bitte kommen Sie, ich warte seit Montag.")

    assert desk.ticket().language == "de"
    assert text_of(desk.rita.last).strip() == "Ihre Anfrage ist da."
    technician = desk.technician_of()
    technician.answers(technician.last, "#close")
    assert desk.rita.last["Content-Language"] == "en"
    desk.rita.writes("Laptop HP 14", "Laptop HP 14")
    assert desk.ticket(1002).language == "de", "what he spoke before is remembered in any language"
