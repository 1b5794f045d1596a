"""Two helpdesks that answer each other stop by themselves; a flood becomes a question; people are not bothered."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from world import Helpdesk, build
from world.helpdesk import text_of

from mailbot.adapters.tables import Ticket

TWIN = "desk@twin.example"
CANNED = "Dear customer,\n\nwe have received your request and gave it number {n}.\nThe Twin Helpdesk"


def without_tag(mail: EmailMessage) -> str:
    return str(mail["Subject"]).partition("] ")[2]


ANSWERS: dict[str, Callable[[EmailMessage, int], tuple[str, str]]] = {
    "under our number": lambda mail, n: (f"[OTHER-{n}] Re: {mail['Subject']}", CANNED.format(n=n)),
    "without our number": lambda mail, n: (f"[OTHER-{n}] Re: {without_tag(mail)}", CANNED.format(n=n)),
    "with our text in it": lambda mail, n: (f"[OTHER-{n}] Re: x{n * 'y'}", f"Case {n}. You wrote:\n{text_of(mail)}"),
    "under a constant subject": lambda _mail, n: ("Your request", CANNED.format(n=n)),
    "with other words each time": lambda _mail, n: (f"Case {'abcdefghij'[n % 10] * (n + 3)}", "xyz" * (n + 9)),
}


@pytest.mark.parametrize("manner", ANSWERS)
def test_a_helpdesk_that_answers_each_of_our_mails_with_a_new_one_stops_soon(desk: Helpdesk, manner: str) -> None:
    desk.receive(build(TWIN, "Server is down", "Our server is down, please help us.", at=desk.now))
    n = 0
    while n < len(desk.mails_to(TWIN)):
        assert n < 50
        subject, text = ANSWERS[manner](desk.mails_to(TWIN)[n], n + 1)
        n += 1
        desk.now += timedelta(seconds=20)
        desk.receive(build(TWIN, subject, text, at=desk.now))

    assert 1 <= len(desk.mails_to(TWIN)) <= 3
    assert len(desk.tickets()) <= 4


def test_what_a_machine_repeats_is_recorded_with_the_ticket_that_it_repeats(desk: Helpdesk) -> None:
    for n in (1, 2):
        receipt = desk.receive(build(TWIN, f"[OTHER-{n}] Re: Your mail", CANNED.format(n=n), at=desk.now))

    assert (receipt.disposition, receipt.ticket) == ("auto_reply_recorded", 1001)
    assert "says the same as the mail that opened ticket 1001" in receipt.reason
    assert [event.reason for event in desk.events() if event.kind == "auto_reply"] == [receipt.reason]


def test_our_own_words_under_a_foreign_number_are_recorded_and_not_answered(desk: Helpdesk) -> None:
    desk.receive(build(TWIN, "Server is down", "Our server is down, please help us.", at=desk.now))
    ours = text_of(desk.mails_to(TWIN)[0])

    receipt = desk.receive(build(TWIN, "[OTHER-1] A new case", f"A new case was opened. It says: {ours}", at=desk.now))

    assert receipt.disposition == "auto_reply_recorded"
    assert "gives back the text of an acknowledgement" in receipt.reason
    assert (len(desk.mails_to(TWIN)), len(desk.tickets())) == (1, 1)


def test_the_same_words_a_day_later_or_with_a_file_or_about_something_else_are_a_new_request(desk: Helpdesk) -> None:
    words = "Please process what is attached, and thank you."
    desk.rita.writes("Re: Invoice for July", words)
    assert desk.rita.writes("Re: Invoice for July", words, files={"a.pdf": b"x"}).disposition == "created"
    assert desk.rita.writes("Re: The printer jams", words).disposition == "created"
    desk.now += timedelta(hours=25)
    assert desk.rita.writes("Re: Invoice for July", words).disposition == "created"


def test_more_tickets_than_a_person_opens_are_held_and_a_technician_lets_them_in(desk: Helpdesk) -> None:
    most = desk.settings.limits.tickets_per_address_hour
    for n in range(most):
        assert desk.rita.writes(f"Thing {n}", f"Thing number {n} is broken, please help").disposition == "created"

    receipt = desk.rita.writes("One more", "One more thing is broken, please help")

    assert receipt.disposition == "held"
    assert f"already opened {most} tickets within an hour" in receipt.reason
    desk.lena.answers(desk.lena.last, "#new")
    assert len(desk.tickets()) == most + 1
    desk.now += timedelta(minutes=61)
    assert desk.rita.writes("Another", "Another thing is broken, please help").disposition == "created"


def test_the_alarms_of_a_machine_are_tickets_however_many_they_are(desk: Helpdesk) -> None:
    for n in range(desk.settings.limits.tickets_per_address_hour + 2):
        raw = build(
            "alarm@client.example", f"db{n} down", f"db{n} is down", at=desk.now, Auto_Submitted="auto-generated"
        )
        assert desk.receive(raw).disposition == "created"

    assert desk.mails_to("alarm@client.example") == []


def test_somebody_who_goes_on_with_his_ticket_may_say_the_same_again(ticket: Helpdesk) -> None:
    for _ in range(2):
        receipt = ticket.rita.answers(ticket.rita.inbox[0], "Is there any news about the printer on floor 2?")
        assert receipt.disposition == "appended"
        ticket.now += timedelta(minutes=5)


def not_asked(log: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [
        {"level": line.levelname, **line.fields}  # type: ignore[attr-defined]
        for line in log.records
        if line.getMessage() == "not_asked"
    ]


def test_a_flood_of_one_address_makes_few_questions_and_the_log_names_the_others(
    desk: Helpdesk, caplog: pytest.LogCaptureFixture
) -> None:
    limits = desk.settings.limits
    most = limits.tickets_per_address_hour
    allowed = 4 * limits.per_ticket_address_day
    for n in range(most + allowed + 3):
        receipt = desk.mallory.writes(f"Thing {n}", f"Thing number {n} is broken, please help")

    assert receipt.disposition == "held"
    assert len(desk.notices(desk.lena.address, "held")) == allowed
    lines = not_asked(caplog)
    assert [line["level"] for line in lines] == ["WARNING"] * 3
    assert lines[0]["recipient"] == desk.lena.address
    assert isinstance(lines[0]["hold"], int)


def test_forged_commands_make_three_challenges_an_hour_and_the_others_are_logged(
    desk: Helpdesk, caplog: pytest.LogCaptureFixture
) -> None:
    for n in range(5):
        assert desk.receive(build("tom@example.com", f"x{n}", "#take", at=desk.now)).disposition == "held"
    assert len(desk.notices("tom@example.com", "challenge")) == 3
    assert len(not_asked(caplog)) == 2
    desk.receive(build("tess@example.com", "x", "#take", at=desk.now))
    assert len(desk.notices("tess@example.com", "challenge")) == 1

    desk.now += timedelta(minutes=61)
    desk.receive(build("tom@example.com", "later", "#take", at=desk.now))

    assert len(desk.notices("tom@example.com", "challenge")) == 4


def test_questions_about_many_tickets_end_as_well_and_each_ticket_says_so(desk: Helpdesk) -> None:
    allowed = 2 * desk.settings.limits.per_address_day
    for n in range(3):
        desk.rita.writes(f"Thing {n}", f"Thing number {n} is broken, please help")
    with desk.database.unit_of_work() as session:
        for number in (1001, 1002, 1003):
            row = session.get(Ticket, number)
            assert row is not None
            row.technician = "tess@example.com"
    for n in range(allowed + 1):
        receipt = desk.mallory.writes(f"Re: [HD-{1001 + n % 3}] Thing", f"Text {n}")

    assert receipt.disposition == "held"
    assert len(desk.notices("tess@example.com", "held")) == allowed
    last = [event for event in desk.events(receipt.ticket or 0) if event.kind == "notice_suppressed"]
    assert [event.data["phrase"] for event in last] == ["cap_questions"]
    assert desk.tess.answers(desk.notices("tess@example.com", "assigned")[0], "Hello").disposition == "appended"


def test_a_technician_may_open_as_many_tickets_as_he_likes(desk: Helpdesk) -> None:
    for n in range(desk.settings.limits.tickets_per_address_hour + 2):
        assert desk.tom.writes(f"Thing {n}", f"Caller {n} says that his screen is dark").disposition == "created"
