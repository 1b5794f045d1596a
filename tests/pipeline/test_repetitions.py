"""Machines that leave no sign but that they repeat themselves are held; people who only look like them are not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk, build
from world.helpdesk import text_of

from mailbot.adapters.tables import Hold, Receipt

TWIN = "desk@twin.example"
UPDATE = (
    "Dear customer,\n\nyour ticket {n} is not solved yet, and we have not forgotten it. You will hear from us again by"
    " {when}.\n\nThe Twin Helpdesk"
)


def update(desk: Helpdesk, n: int, day: str = "Tuesday, 4 August") -> Receipt:
    return desk.receive(build(TWIN, f"[TW-{n}] Still working on it", UPDATE.format(n=n, when=day), at=desk.now))


@pytest.fixture
def looped(desk: Helpdesk) -> Helpdesk:
    """A helpdesk to which another one has sent three updates on three days; two of them are held."""
    for n, day in ((1, "Tuesday, 4 August"), (2, "Wednesday, 5 August"), (3, "Monday, 31 August")):
        update(desk, n, day)
        desk.wait(hours=25)
    return desk


def holds_of(desk: Helpdesk) -> list[tuple[str, str]]:
    with desk.database.unit_of_work(write=False) as session:
        return [(row.kind, row.decision or row.state) for row in session.scalars(select(Hold).order_by(col(Hold.id)))]


def test_what_another_helpdesk_repeats_day_after_day_is_held_without_a_word_to_it(looped: Helpdesk) -> None:
    got = len(looped.mails_to(TWIN))

    receipt = update(looped, 4, "Friday, 2 October")

    assert receipt.disposition == "held"
    assert "it says what opened ticket 1001 said" in receipt.reason
    assert (len(looped.tickets()), len(looped.mails_to(TWIN))) == (1, got)
    assert got == 2  # The acknowledgement, and the update before the first repetition.
    looped.wait(hours=80)
    assert len(looped.mails_to(TWIN)) == got
    said = [event.reason for event in looped.events() if event.reason.startswith("no more automatic mail to")]
    assert len(said) == 1


def test_one_question_is_asked_about_a_machine_until_somebody_decides(looped: Helpdesk) -> None:
    update(looped, 4)

    questions = looped.notices(looped.lena.address, "held")

    assert len(questions) == 1
    words = " ".join(text_of(questions[0]).split())
    assert "desk@twin.example seems to be a machine that answers our mails" in words
    assert holds_of(looped) == [("loop", "open")] * 3


def test_spam_puts_everything_aside_that_the_machine_repeated(looped: Helpdesk) -> None:
    looped.lena.answers(looped.notices(looped.lena.address, "held")[0], "#spam")

    assert holds_of(looped) == [("loop", "spam")] * 2
    assert update(looped, 4).disposition == "ignored"


def test_whoever_is_let_in_is_believed_and_the_next_held_mail_is_asked_about(looped: Helpdesk) -> None:
    looped.lena.answers(looped.notices(looped.lena.address, "held")[0], "#new")
    looped.tick()

    assert holds_of(looped) == [("loop", "new"), ("loop", "open")]
    assert len(looped.notices(looped.lena.address, "held")) == 2
    assert len(looped.tickets()) == 2
    looped.now += timedelta(hours=25)
    assert update(looped, 5, "Sunday, 1 November").disposition == "created"


def test_a_question_that_did_not_go_out_is_asked_later_in_the_words_of_its_reader(looped: Helpdesk) -> None:
    with looped.database.unit_of_work() as session:
        row = session.scalars(select(Hold).order_by(col(Hold.id))).first()
        assert row is not None
        row.ask_at = looped.now
    looped.tick()

    questions = looped.notices(looped.lena.address, "held")
    assert len(questions) == 2
    assert "seems to be a machine that answers our mails" in " ".join(text_of(questions[-1]).split())


AWAY = "I am travelling until the end of the month and read no mail. In urgent cases please ask my colleagues."


def test_who_answers_each_mail_in_the_same_words_is_held_at_the_third_time(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    found = []
    for day in range(4):
        technician.answers(technician.last if day == 0 else ticket.notices(technician.address, "assigned")[0], f"{day}")
        ticket.now += timedelta(seconds=20)
        found.append(ticket.rita.writes(f"Re: {ticket.rita.last['Subject']}", AWAY).disposition)
        ticket.now += timedelta(days=1)

    assert found == ["appended", "appended", "held", "held"]
    assert len(ticket.notices(technician.address, "held")) == 1
    assert not ticket.ticket().answerable
    technician.answers(ticket.notices(technician.address, "held")[0], "#accept")
    assert ticket.ticket().answerable


def test_the_same_words_are_held_neither_when_nobody_wrote_nor_with_a_file(ticket: Helpdesk) -> None:
    words = "Is there any news about the printer on floor 2?"
    for _ in range(4):
        ticket.now += timedelta(hours=3)
        assert ticket.rita.writes("Re: [HD-1001] Printer jams", words).disposition == "appended"
    technician = ticket.technician_of()
    technician.answers(ticket.notices(technician.address, "assigned")[0], "We look at it.")
    for _ in range(3):
        receipt = ticket.rita.writes("Re: [HD-1001] Printer jams", words, files={"a.pdf": b"x"})
        assert receipt.disposition == "appended"


def test_short_answers_may_all_be_the_same(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    for day in range(5):
        technician.answers(ticket.notices(technician.address, "assigned")[0], f"Does it work on day {day}?")
        assert ticket.rita.answers(ticket.rita.last, "No, not yet.").disposition == "appended"


RELAYED = (
    "Dear partner,\n\nwe write about your ticket at our desk, number {n}.\n\n{text}\n\nClient Service Desk, Jakarta"
)
REAL = (
    "The VPN drops every afternoon for our people in Bandung.",
    "Rina needs an account for the payroll system by Monday.",
    "Please tell us whether the licence of the scanner was renewed.",
    "Our auditors ask for the list of administrators.",
    "The new phones have arrived; when can somebody configure them?",
)


def relayed(n: int) -> tuple[str, str]:
    return f"[SR-{500 + n}] Request from our desk", RELAYED.format(n=500 + n, text=REAL[n])


PEOPLE: dict[str, Callable[[int], tuple[str, str]]] = {
    "several requests": lambda n: (f"Help {'abcde'[n]}", REAL[n]),
    "answers under an old subject": lambda n: ("Re: Your ticket", REAL[n]),
    "behind another helpdesk": relayed,
    "alarms of hosts": lambda n: (f"[web0{n}] Disk full", f"Disk /var on host web0{n} is full, state CRITICAL."),
    "alarms with numbers": lambda n: (f"[ALERT-{n}] Ping lost", f"Host 10.0.0.{n} does not answer to ping any more."),
}


@pytest.mark.parametrize("hours", [0.01, 25.0])
@pytest.mark.parametrize("kind", PEOPLE)
def test_people_and_alarms_that_come_in_a_row_are_tickets(desk: Helpdesk, kind: str, hours: float) -> None:
    for n in range(5):
        subject, text = PEOPLE[kind](n)
        receipt = desk.receive(build("somebody@client.example", subject, text, at=desk.now))
        assert receipt.disposition == "created", receipt.reason
        desk.now += timedelta(hours=hours)
    if hours < 1:
        most = desk.settings.limits.acknowledgements_per_address_hour
        assert len(desk.notices("somebody@client.example", "acknowledgement")) == most


def test_a_person_may_ask_for_the_same_under_new_subjects(desk: Helpdesk) -> None:
    words = "Please order two boxes of paper for the floor where the accountants sit, thank you very much."
    for subject in ("New ticket on paper", "Ticket created by mail", "Re: Paper", "[SR-9] Paper"):
        desk.now += timedelta(days=2)
        assert desk.rita.writes(subject, words).disposition == "created"


@pytest.mark.parametrize("tagged", [True, False])
def test_our_whole_mail_below_the_words_of_a_person_makes_him_no_machine(desk: Helpdesk, tagged: bool) -> None:
    desk.rita.writes("VPN down", "The VPN is down, nobody can work.")
    for n in range(5):
        desk.now += timedelta(days=1)
        desk.tick()
        ours = desk.rita.last
        subject = str(ours["Subject"]) if tagged else str(ours["Subject"]).partition("] ")[2]
        receipt = desk.rita.writes(f"Re: {subject}", f"{REAL[n]}\n\n{text_of(ours)}")
        assert receipt.disposition == ("appended" if tagged else "created"), receipt.reason
        desk.now += timedelta(hours=25)


def test_who_passes_our_mail_on_is_not_held(ticket: Helpdesk) -> None:
    for n in range(3):
        ours = ticket.rita.last
        receipt = ticket.budi.writes("Fwd: We have received your request", f"{REAL[n]}\n\n{text_of(ours)}")
        assert receipt.disposition == "created"
        ticket.now += timedelta(hours=1)


def test_who_tries_three_things_in_vain_may_say_so_each_time(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    for attempt in ("Please try A.", "Please try B.", "Please try C."):
        ticket.now += timedelta(minutes=3)
        technician.answers(technician.inbox[0], attempt)
        ticket.now += timedelta(minutes=3)
        assert ticket.rita.answers(ticket.rita.last, "It still does not work.").disposition == "appended"
    assert ticket.ticket().answerable


FOOT = (
    "\n\nThank you\nRita Requester\nPT Client Example\nThis mail is confidential. If you are not the intended "
    "recipient, please delete it; we do not take responsibility for your message or its attachments."
)


@pytest.mark.parametrize(
    ("subjects", "text"),
    [
        (
            ("Printer on floor 2 jams", "Screen of Anna is black", "VPN refuses my password"),
            "Please see the subject." + FOOT,
        ),
        (
            ("New colleague Anna", "New colleague Bert", "New colleague Carla"),
            "Please create an account and tell us when your request form is needed. Many thanks.",
        ),
    ],
    ids=["all of it in the subject", "a form"],
)
def test_who_says_it_in_the_subject_is_no_machine(desk: Helpdesk, subjects: tuple[str, ...], text: str) -> None:
    for subject in subjects:
        assert desk.rita.writes(subject, text).disposition == "created"
        desk.now += timedelta(days=2)
    assert all(ticket.answerable for ticket in desk.tickets())


def test_a_form_that_differs_in_a_name_is_a_request(desk: Helpdesk) -> None:
    for name in ("Anna", "Bert", "Carla"):
        text = f"Please create an account and a mailbox for {name}, and tell {name} when your request form is needed."
        assert desk.rita.writes("New colleague", text).disposition == "created"
        desk.now += timedelta(days=2)
