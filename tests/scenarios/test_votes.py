"""Surveys: votes as people give them, what is no vote, and what follows from a low score."""

import re
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from phones.answering import addressed, html_of, typed
from phones.clients import CLIENTS, ENGLISH, INDONESIAN
from sqlmodel import col, select
from world import Helpdesk
from world.helpdesk import text_of

from mailbot.adapters import store
from mailbot.adapters.tables import Receipt, Survey
from mailbot.core.model import Status

RITA = "Rita Requester <rita@client.example>"


@pytest.fixture
def closed(desk: Helpdesk) -> Helpdesk:
    """Ticket 1001 was closed, and Rita was asked how it was."""
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    technician = desk.technician_of()
    technician.answers(technician.last, "#close\n\nDone.")
    desk.live(hours=3)
    return desk


def question(desk: Helpdesk) -> EmailMessage:
    return desk.notices(desk.rita.address, "survey")[0]


def result(desk: Helpdesk) -> tuple[int | None, str]:
    with desk.database.unit_of_work(write=False) as session:
        row = session.exec(select(Survey).order_by(col(Survey.cycle).desc())).first()
        assert row is not None
        return row.score, row.comment


def links(mail: EmailMessage) -> dict[str, tuple[str, str, str]]:
    """Recipient, subject and text of the mail that each link of a survey writes, by the digit that it shows."""
    found = re.findall(r'<a [^>]*href="(mailto:[^"]+)"[^>]*>(\d)</a>', html_of(mail))
    parsed = {}
    for link, digit in found:
        parts = urlsplit(link.replace("&amp;", "&"))
        values = parse_qs(parts.query)
        parsed[digit] = (unquote(parts.path), values["subject"][0], values["body"][0])
    return parsed


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("client", CLIENTS)
def test_a_digit_above_the_quoted_survey_is_a_vote_whatever_the_mail_program(closed: Helpdesk, client: str) -> None:
    for score, words in ((4, ENGLISH), (2, INDONESIAN)):
        raw = addressed(typed(client, words, str(score), question(closed)), question(closed), RITA, closed.now)
        assert closed.receive(raw).disposition == "appended"
        assert result(closed) == (score, "")


@pytest.mark.parametrize(
    ("text", "score", "comment"),
    [
        ("5!", 5, ""),
        ("5 - terima kasih", 5, "terima kasih"),
        ("lima", 5, ""),
        ("⭐⭐⭐⭐", 4, ""),
        ("5\ufe0f\u20e3", 5, ""),
        ("nilai: 4", 4, ""),
        ("4\n\n-- \nRita Requester\nPT Contoh\n+62 21 555 0105", 4, ""),
    ],
)
def test_a_vote_is_counted_with_what_was_said_beside_it(closed: Helpdesk, text: str, score: int, comment: str) -> None:
    closed.rita.answers(question(closed), text)
    assert result(closed) == (score, comment)
    assert closed.ticket().status == Status.CLOSED


def test_one_tap_on_a_digit_writes_a_mail_that_is_a_vote(closed: Helpdesk) -> None:
    taps = links(question(closed))
    assert list(taps) == ["5", "4", "3", "2", "1"]
    for digit, (to, subject, body) in taps.items():
        receipt = closed.rita.writes(subject, body, to=to)
        assert (receipt.disposition, receipt.ticket) == ("appended", 1001)
        assert result(closed) == (int(digit), "")


def test_a_tap_counts_though_the_mail_program_left_the_text_out_and_with_words_instead(closed: Helpdesk) -> None:
    to, subject, _body = links(question(closed))["3"]
    closed.rita.writes(subject, "", to=to)
    assert result(closed) == (3, "")
    to, subject, _body = links(question(closed))["4"]
    closed.rita.writes(subject, "It took a while, but the people were kind.", to=to)
    assert result(closed) == (4, "It took a while, but the people were kind.")


def test_the_links_of_the_survey_work_where_the_token_stands_in_the_address(database, tmp_path, now) -> None:  # type: ignore[no-untyped-def]
    desk = Helpdesk(database, tmp_path, now, helpdesk="subaddress = true")
    desk.rita.writes("Printer jams", "Please help, the printer jams")
    technician = desk.technician_of()
    technician.answers(technician.last, "#close\n\nDone.")
    desk.live(hours=3)
    to, subject, body = links(question(desk))["2"]
    assert "+" in to

    desk.rita.writes(subject, body, to=to)

    assert result(desk) == (2, "")


def test_a_forged_token_votes_for_nobody(closed: Helpdesk) -> None:
    to, subject, body = links(question(closed))["1"]
    forged = subject[:-1] + ("a" if subject[-1] != "a" else "b")

    closed.rita.writes(forged, body, to=to)
    closed.mallory.writes(subject, body, to=to)

    assert result(closed) == (None, "")


def test_whoever_a_survey_was_forwarded_to_does_not_vote(closed: Helpdesk) -> None:
    closed.budi.writes("Fwd: Your opinion, please", f"5\n\nForwarded:\n{text_of(question(closed))}")
    closed.budi.answers(question(closed), "5")
    assert result(closed) == (None, "")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated", "Precedence": "bulk"},
        {"X_Autoreply": "yes"},
    ],
)
def test_what_a_machine_answers_is_no_vote(closed: Helpdesk, headers: dict[str, str]) -> None:
    closed.rita.answers(question(closed), "5", **headers)
    assert result(closed) == (None, "")
    assert closed.ticket().status == Status.CLOSED


def test_a_vote_counts_for_seven_days_and_the_last_one_wins(closed: Helpdesk) -> None:
    closed.rita.answers(question(closed), "4")
    closed.now += timedelta(days=6)
    closed.rita.answers(question(closed), "3, it was slow after all")
    assert result(closed)[0] == 3

    closed.now += timedelta(days=1)
    closed.rita.answers(question(closed), "5")

    assert result(closed)[0] == 3


def read_by(desk: Helpdesk, address: str, since: int) -> str:
    return "\n".join(text_of(mail) for mail in desk.mails_to(address)[since:])


def low(desk: Helpdesk, text: str = "1") -> tuple[EmailMessage, int]:
    """Rita gives a low score; gives what she is told then, and how many mails the lead had before."""
    before = len(desk.lena.inbox)
    desk.rita.answers(question(desk), text)
    return desk.notices(desk.rita.address, "survey_thanks")[-1], before


def test_a_low_score_asks_what_went_wrong_offers_reopening_and_tells_the_lead(closed: Helpdesk) -> None:
    thanks, before = low(closed)

    told = " ".join(text_of(thanks).split())
    assert "What went wrong?" in told
    assert "#reopen" in told
    assert "was not satisfied: 1 of 5. The ticket stays closed." in read_by(closed, "lena@example.com", before)
    assert len(closed.lena.inbox) == before + 1


def test_a_low_score_with_its_reason_is_read_by_technician_and_lead_and_not_asked_for_again(closed: Helpdesk) -> None:
    technician, count = closed.technician_of(), len(closed.technician_of().inbox)
    thanks, before = low(closed, "1. Nobody called me back for days.")
    assert "What went wrong?" not in text_of(thanks)
    assert "Nobody called me back" in read_by(closed, "lena@example.com", before)
    assert "Nobody called me back" in read_by(closed, technician.address, count)


def test_the_answer_to_what_went_wrong_goes_onto_the_ticket_and_to_the_lead(closed: Helpdesk) -> None:
    thanks, before = low(closed)

    receipt = closed.rita.answers(thanks, "The people were kind, but I waited for three days.")

    assert (receipt.disposition, receipt.ticket) == ("appended", 1001)
    assert closed.ticket().status == Status.CLOSED
    assert "three days" in read_by(closed, "lena@example.com", before + 1)
    assert "three days" in text_of(closed.technician_of().last)
    with closed.database.unit_of_work(write=False) as session:
        assert "three days" in store.entries(session, 1001)[-1].text
    assert result(closed) == (1, "")


@pytest.mark.parametrize("text", ["#reopen", "#buka", "It still jams, every single page."])
def test_whoever_is_not_satisfied_opens_the_ticket_again_with_a_word_or_a_complaint(
    closed: Helpdesk, text: str
) -> None:
    thanks, _before = low(closed)
    closed.rita.answers(thanks, text)
    assert closed.ticket().status == Status.OPEN


def test_an_answer_to_the_thanks_may_be_another_vote(closed: Helpdesk) -> None:
    closed.rita.answers(question(closed), "5")
    thanks, before = closed.notices(closed.rita.address, "survey_thanks")[-1], len(closed.lena.inbox)

    closed.rita.answers(thanks, "2")
    closed.rita.answers(thanks, "1")

    assert result(closed) == (1, "")
    assert closed.ticket().status == Status.CLOSED
    asked = [text_of(mail) for mail in closed.notices(closed.rita.address, "survey_thanks")]
    assert ["What went wrong?" in text for text in asked] == [False, True]
    assert len(closed.lena.inbox) == before + 1, "the lead is told once that somebody is not satisfied"


def test_a_thank_you_for_the_thanks_leaves_the_ticket_closed(closed: Helpdesk) -> None:
    closed.rita.answers(question(closed), "5")
    receipt: Receipt = closed.rita.answers(closed.rita.last, "You are welcome!")
    assert receipt.disposition == "appended"
    assert closed.ticket().status == Status.CLOSED
    assert len(closed.tickets()) == 1
