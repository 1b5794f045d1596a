"""What of an answer is the technician's own, whatever his mail program does with the mail that he answers."""

from email.message import EmailMessage
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import Helpdesk, Person
from world.helpdesk import text_of

from mailbot.adapters import history
from mailbot.core import quoting
from mailbot.core.mail import read
from mailbot.pipeline.answers import closing_words, own_words

MARKER = "##- Please type your reply above this line -##"
HEADER = (
    "From: Example Helpdesk <support@example.com>\nSent: Tuesday, 4 August 2026 10:00\n"
    "To: Tom Tech <tom@example.com>\nSubject: [HD-1001] Printer jams\n\n"
)
ATTRIBUTION = "On Tue, 4 Aug 2026 at 10:00, Example Helpdesk <support@example.com> wrote:\n\n"
INTRODUCTIONS = {
    "nothing": "",
    "Outlook": HEADER,
    "Outlook with a rule": "________________________________\n" + HEADER,
    "Outlook of old": "-----Original Message-----\n" + HEADER,
    "Gmail": ATTRIBUTION,
    "a wrapped attribution": "On Tue, 4 Aug 2026 at 10:00, Example Helpdesk\n<support@example.com> wrote:\n\n",
    "Indonesian": "Pada Sel, 4 Agu 2026 pukul 10.00 Example Helpdesk <support@example.com> menulis:\n\n",
}


def answer(person: Person, to: EmailMessage, body: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = person.address, "support@example.com", f"Re: {to['Subject']}"
    mail["Date"], mail["Message-ID"] = format_datetime(person.desk.now), f"<{abs(hash(body))}@example.com>"
    mail["In-Reply-To"] = mail["References"] = str(to["Message-ID"])
    mail.set_content(body)
    return mail.as_bytes()


@pytest.mark.parametrize("program", INTRODUCTIONS)
def test_an_answer_without_a_word_sends_nothing_of_our_internal_mail(ticket: Helpdesk, program: str) -> None:
    technician, count = ticket.technician_of(), len(ticket.rita.inbox)

    ticket.receive(answer(technician, technician.last, INTRODUCTIONS[program] + text_of(technician.last)))

    assert len(ticket.rita.inbox) == count
    assert ticket.ticket().first_response_at is None


@pytest.mark.parametrize("program", INTRODUCTIONS)
@pytest.mark.parametrize("own", ["", "Please open tray 3.", "Please open tray 3.\n\nIt says:\nTo: the second floor"])
def test_only_what_stands_above_our_line_is_the_technicians_own(program: str, own: str) -> None:
    quote = f"{MARKER}\n\nA ticket for you.\n\nTeam: support\n"

    assert own_words(f"{own}\n\n{INTRODUCTIONS[program]}{quote}") == own
    split = quoting.split(f"{own}\n\n{INTRODUCTIONS[program]}{quote}")
    assert own_words(split.new_text, split.quoted) == own


def test_answers_between_the_quoted_lines_keep_what_they_answer_and_nothing_internal() -> None:
    text = (
        f"Hello Rita,\n\n> {MARKER}\n>\n> A ticket for you from Rita.\n>\n> Rita wrote:\n>\n> > It jams.\n"
        "Please open tray 3.\n> > And the screen is dark.\n\nIs it plugged in?\n\n> Team: support\n> Priority: high\n"
    )

    words = own_words(text)

    assert words == "Hello Rita,\n\n> It jams.\nPlease open tray 3.\n> And the screen is dark.\n\nIs it plugged in?"


def test_a_quoted_mail_with_no_answer_below_it_leaves_nothing() -> None:
    assert own_words(f"> {MARKER}\n>\n> A ticket for you.\n> > It jams.\n>\n") == ""


@pytest.mark.parametrize(
    "text", ["", "Please open tray 3.", "To: the second floor", "> It jams.\nOpen tray 3.", "## a title"]
)
def test_a_text_without_our_line_stays_as_it_is(text: str) -> None:
    assert own_words(text) == text


@given(st.text(alphabet="a#>-: \n", max_size=60), st.text(alphabet="bc>: \n", max_size=60))
def test_nothing_unmarked_below_our_line_ever_remains(above: str, below: str) -> None:
    words = own_words(f"{above}\n{MARKER}\n{below}")

    assert "b" not in words
    assert "c" not in words


def test_the_requester_reads_how_the_technician_ended_his_answer(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "Please open tray 3.\n\nRegards,\nDewi\n\n-- \nDewi Lestari\n+62 812 345 678")

    shown = text_of(ticket.rita.last)
    assert "Please open tray 3." in shown
    assert "Regards," in shown
    assert "Dewi" in shown
    assert "+62 812" not in shown


def test_a_closing_alone_is_no_answer(ticket: Helpdesk) -> None:
    technician, count = ticket.technician_of(), len(ticket.rita.inbox)

    technician.answers(technician.last, "#take\n\nRegards,\nDewi")

    assert len(ticket.rita.inbox) == count
    assert ticket.ticket().technician == technician.address


def test_a_solution_is_shown_once_with_its_closing_and_remembered_without(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#resolve\n#end\nThe fuser was replaced.\n\nRegards,\nDewi")

    shown = text_of(ticket.rita.last)
    assert ticket.ticket().status == "resolved"
    assert ticket.ticket().resolution == "The fuser was replaced."
    assert shown.count("The fuser was replaced.") == 1
    assert "Dewi" in shown


def test_a_text_that_stays_inside_is_kept_without_its_closing(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#quiet\n\nShe forgot her password again.\n\nRegards,\nDewi")

    with ticket.database.unit_of_work(write=False) as session:
        assert history.internal_texts(session, 1001) == ["She forgot her password again."]


def test_what_our_own_mail_ends_with_is_no_closing_of_the_technician() -> None:
    mail = read(
        b"From: tom@example.com\nSubject: x\nMessage-ID: <1@x>\n\nOpen tray 3.\n\n"
        + f"{MARKER}\n\nA ticket for you.\n\nRegards,\nHelpdesk\n".encode(),
    )

    assert closing_words(mail) == ""
