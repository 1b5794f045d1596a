"""One word of a requester on top of his reply; and what he writes on a ticket that waits for somebody else."""

from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest
from world import Helpdesk
from world.helpdesk import text_of

from mailbot import timers
from mailbot.core.model import Status


@pytest.fixture
def ticket(desk: Helpdesk) -> Helpdesk:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    return desk


@pytest.mark.parametrize("word", ["#close", "#tutup", " #Close.", "＃TUTUP"])
def test_a_requester_closes_his_ticket_with_one_word(ticket: Helpdesk, word: str) -> None:
    receipt = ticket.rita.answers(ticket.rita.last, word)

    assert receipt.disposition == "commanded"
    assert ticket.ticket().status == Status.CLOSED
    assert any(event.kind == "closed" and event.reason == "the requester closed it" for event in ticket.events())
    assert "As you asked, request HD-1001 is closed." in " ".join(text_of(ticket.rita.last).split())
    assert "has closed this ticket" in text_of(ticket.technician_of().last)
    ticket.live(days=3)
    assert len(ticket.notices(ticket.rita.address, "survey")) == 1


def test_a_requester_opens_it_again_with_one_word_even_below_a_survey(ticket: Helpdesk) -> None:
    ticket.rita.answers(ticket.rita.last, "#close")
    ticket.live(days=3)
    survey = ticket.notices(ticket.rita.address, "survey")[-1]

    ticket.rita.answers(survey, "#buka")

    assert ticket.ticket().status == Status.OPEN
    assert ticket.notices(ticket.rita.address, "reopened")


def test_after_the_window_a_wish_to_reopen_makes_a_new_ticket_as_every_reply_does(ticket: Helpdesk) -> None:
    acknowledgement = ticket.rita.last
    ticket.rita.answers(acknowledgement, "#close")
    ticket.now += timedelta(days=200)
    ticket.rita.answers(ticket.rita.last, "#reopen")
    assert ticket.ticket().status == Status.CLOSED
    assert ticket.ticket(1002).predecessor == 1001


def news(desk: Helpdesk, number: int) -> int:
    """How many updates and surveys about a ticket Rita has got."""
    mails = [*desk.notices(desk.rita.address, "status_update"), *desk.notices(desk.rita.address, "survey")]
    return sum(f"[HD-{number}]" in str(mail["Subject"]) for mail in mails)


def button(mail: EmailMessage) -> tuple[str, str]:
    """Recipient and subject of the mail that a mail program sends when its unsubscribe button is pressed."""
    parts = urlsplit(str(mail["List-Unsubscribe"]).strip("<>"))
    return parts.path, parse_qs(parts.query)["subject"][0]


@pytest.mark.parametrize("word", ["#stop", "#berhenti", "#Stop."])
def test_stop_ends_updates_and_surveys_of_that_ticket_and_of_no_other(ticket: Helpdesk, word: str) -> None:
    first = ticket.rita.last
    ticket.rita.writes("Screen is black", "The screen on my desk is black. Please help.")

    receipt = ticket.rita.answers(first, word)

    assert (receipt.disposition, receipt.ticket) == ("commanded", 1001)
    assert ticket.ticket().status == Status.NEW
    told = " ".join(text_of(ticket.rita.last).split())
    assert "no more updates and surveys about this request" in told
    assert "#start" in told
    assert "#stop all" in told
    ticket.live(days=5, step=timedelta(hours=2))
    assert news(ticket, 1001) == 0
    assert any(event.data.get("phrase") == "wants_none" for event in ticket.events())
    assert news(ticket, 1002) > 0
    technician = ticket.technician_of()
    technician.answers(technician.inbox[0], "#close\n\nThe roller was worn.")
    assert "The roller was worn." in text_of(ticket.rita.last), "what a person writes reaches her all the same"
    ticket.live(days=1, step=timedelta(hours=2))
    assert news(ticket, 1001) == 0


@pytest.mark.parametrize("word", ["#stop all", "#berhenti semua"])
def test_stop_all_ends_those_of_every_ticket(ticket: Helpdesk, word: str) -> None:
    ticket.rita.answers(ticket.rita.last, word)
    assert "whatever the request" in " ".join(text_of(ticket.rita.last).split())
    ticket.rita.writes("Screen is black", "The screen on my desk is black. Please help.")
    assert len(ticket.notices(ticket.rita.address, "acknowledgement")) == 2
    ticket.live(days=5, step=timedelta(hours=2))
    assert news(ticket, 1001) + news(ticket, 1002) == 0


@pytest.mark.parametrize("stop", ["#stop", "#stop all"])
@pytest.mark.parametrize("start", ["#start", "#mulai"])
def test_start_takes_either_back(ticket: Helpdesk, stop: str, start: str) -> None:
    ticket.rita.answers(ticket.rita.last, stop)
    assert ticket.rita.answers(ticket.rita.last, start).disposition == "commanded"
    assert "you get updates and surveys again" in " ".join(text_of(ticket.rita.last).split())
    ticket.live(days=5, step=timedelta(hours=2))
    assert news(ticket, 1001) > 0


def test_the_confirmation_speaks_the_language_of_the_ticket(desk: Helpdesk) -> None:
    desk.rita.writes("Printer macet", "Printer di lantai 2 macet sejak tadi pagi. Mohon bantuannya.")
    desk.rita.answers(desk.rita.last, "#berhenti")
    told = " ".join(text_of(desk.rita.last).split())
    assert "kami tidak lagi mengirim kabar perkembangan dan survei untuk permintaan ini" in told
    assert "#mulai" in told


def test_what_waits_in_the_outbox_is_not_sent_after_stop(ticket: Helpdesk) -> None:
    acknowledgement = ticket.rita.last
    technician = ticket.technician_of()
    technician.answers(technician.last, "I am on it.")
    cadence = ticket.settings.sla.normal.next_update
    ticket.now += cadence + timedelta(days=1)
    timers.tick(ticket.database, ticket.current.get(), ticket.now)  # The update is queued, and not sent yet.

    ticket.rita.answers(acknowledgement, "#stop")

    assert news(ticket, 1001) == 0
    assert any("does not want updates and surveys about this ticket" in event.reason for event in ticket.events())


def test_the_button_of_a_mail_program_stops_all_and_says_how_to_take_it_back(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "I am on it.")
    ticket.live(days=3, step=timedelta(hours=2))
    before = news(ticket, 1001)
    to, subject = button(ticket.notices(ticket.rita.address, "status_update")[0])

    receipt = ticket.rita.writes(subject, "", to=to)

    assert receipt.disposition == "commanded"
    assert "#start" in text_of(ticket.rita.last)
    ticket.live(days=3, step=timedelta(hours=2))
    assert news(ticket, 1001) == before
    ticket.rita.answers(ticket.notices(ticket.rita.address, "quiet")[-1], "#start")
    ticket.live(days=3, step=timedelta(hours=2))
    assert news(ticket, 1001) > before


def test_neither_a_forged_token_nor_that_of_somebody_else_stops_anything(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "I am on it.")
    ticket.live(days=3, step=timedelta(hours=2))
    before = news(ticket, 1001)
    to, subject = button(ticket.notices(ticket.rita.address, "status_update")[0])
    forged = subject[:-1] + ("a" if subject[-1] != "a" else "b")

    receipts = [ticket.rita.writes(forged, "", to=to), ticket.mallory.writes(subject, "", to=to)]

    assert "commanded" not in {receipt.disposition for receipt in receipts}
    assert ticket.notices(ticket.rita.address, "quiet") == ticket.notices(ticket.mallory.address, "quiet") == []
    ticket.live(days=3, step=timedelta(hours=2))
    assert news(ticket, 1001) > before


def test_a_machine_that_presses_the_button_gets_no_confirmation(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "I am on it.")
    ticket.live(days=3, step=timedelta(hours=2))
    to, subject = button(ticket.notices(ticket.rita.address, "status_update")[0])
    ticket.rita.writes(subject, "", to=to, Auto_Submitted="auto-generated")
    assert ticket.notices(ticket.rita.address, "quiet") == []


@pytest.mark.parametrize(
    "text", ["#close\nIt is still dark.", "#closed?", "# close", "Please #close", "#prio critical"]
)
def test_anything_else_stays_text_and_the_technician_reads_it(ticket: Helpdesk, text: str) -> None:
    receipt = ticket.rita.answers(ticket.rita.last, text)
    assert receipt.disposition == "appended"
    assert ticket.ticket().status == Status.NEW
    assert text.rsplit(maxsplit=1)[-1] in text_of(ticket.technician_of().last)


def test_without_our_token_and_in_somebody_elses_name_it_is_text(ticket: Helpdesk) -> None:
    ticket.rita.writes("Re: [HD-1001] Printer jams", "#close")
    assert ticket.ticket().status == Status.NEW
    ticket.mallory.answers(ticket.rita.last, "#close")
    assert ticket.ticket().status == Status.NEW


def test_somebody_in_copy_closes_nothing(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#cc budi@client.example\n\nWe look at it.")
    receipt = ticket.budi.answers(ticket.budi.last, "#close")
    assert receipt.disposition == "appended"
    assert ticket.ticket().status == Status.OPEN


def test_what_a_requester_writes_does_not_end_the_hold_and_the_technician_hears_of_it(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#take\n#hold spare part ordered until 20 Aug")
    before = ticket.ticket()

    ticket.now += timedelta(hours=3)
    ticket.rita.answers(ticket.rita.last, "Any news?")

    after = ticket.ticket()
    assert (after.status, after.wait_until) == (Status.ON_HOLD, before.wait_until)
    assert (after.elapsed_seconds, after.running_since) == (before.elapsed_seconds, None)
    read = " ".join(text_of(technician.last).split())
    assert "Any news?" in read
    assert "It stays on hold until Thu 20 Aug 2026" in read


def test_whoever_is_given_a_ticket_reads_the_diagnosis_and_the_workaround_so_far(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    other = ticket.tess if technician is ticket.tom else ticket.tom
    text = f"#diagnosis The fuser is worn.\n#workaround Print on floor 3.\n#assign {other.name}"
    technician.answers(technician.last, text)
    read = text_of(other.last)
    assert "Diagnosis so far:\n\n> The fuser is worn." in read
    assert "Temporary solution so far:\n\n> Print on floor 3." in read
    other.answers(other.last, "#escalate Lena the part is missing")
    assert "> The fuser is worn." in text_of(ticket.lena.last)
