"""The life of a ticket: from a mail to the survey, with everybody answering by mail."""

from datetime import timedelta

import pytest
from world import Helpdesk
from world.helpdesk import text_of

from mailbot.core.model import Status


def begin(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.\n\nRita")


def test_a_new_mail_becomes_a_ticket_and_is_acknowledged(desk: Helpdesk) -> None:
    receipt = desk.rita.writes("Printer jams", "The printer on floor 2 jams. Please help.")

    assert (receipt.disposition, receipt.ticket) == ("created", 1001)
    ticket = desk.ticket()
    assert (ticket.status, ticket.category, ticket.requester_address) == ("new", "printer", "rita@client.example")
    mail = desk.rita.last
    assert "[HD-1001]" in mail["Subject"]
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"]
    assert mail["From"] == "Example Helpdesk <support@example.com>"


def test_an_acknowledgement_carries_nothing_that_its_sender_chose(desk: Helpdesk) -> None:
    desk.receive(
        b"From: Buy Gold <victim@client.example>\r\nTo: support@example.com\r\nSubject: CHEAP PILLS http://evil.example\r\n"
        b"Date: Tue, 4 Aug 2026 09:00:00 +0700\r\nMessage-ID: <1@evil.example>\r\n\r\nVisit http://evil.example now\r\n"
    )

    raw = desk.courier.sent[-1].raw
    assert desk.courier.sent[-1].recipient in {"victim@client.example", "tom@example.com", "tess@example.com"}
    acknowledgement = next(mail.raw for mail in desk.courier.sent if mail.recipient == "victim@client.example")
    assert raw
    for chosen in (b"Buy Gold", b"PILLS", b"http://evil.example"):
        assert chosen not in acknowledgement


def test_the_ticket_goes_to_a_technician_with_the_reasons(desk: Helpdesk) -> None:
    begin(desk)

    technician = desk.technician_of()
    assert "The printer on floor 2 jams" in text_of(technician.last)
    assert "printer" in text_of(technician.last)


def test_tickets_are_shared_among_the_technicians_of_the_team(desk: Helpdesk) -> None:
    for number in range(4):
        desk.rita.writes(f"Problem {number}", f"Something number {number} is broken, please help")

    assert sorted(ticket.technician for ticket in desk.tickets()) == ["tess@example.com"] * 2 + ["tom@example.com"] * 2


def test_a_plain_reply_of_the_technician_goes_to_the_requester_with_its_files(desk: Helpdesk) -> None:
    begin(desk)

    technician = desk.technician_of()
    receipt = technician.answers(technician.last, "Please open tray 3.", files={"manual.pdf": b"%PDF-1.4 manual"})

    assert receipt.disposition == "appended"
    mail = desk.rita.last
    assert "Please open tray 3." in text_of(mail)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["manual.pdf"]
    assert mail["Auto-Submitted"] is None
    assert desk.ticket().status == Status.OPEN
    assert desk.ticket().first_response_at is not None


def test_a_technicians_quoted_history_does_not_go_out_twice(desk: Helpdesk) -> None:
    begin(desk)

    technician = desk.technician_of()
    technician.answers(technician.last, "Please open tray 3.")

    assert "Reply with" not in text_of(desk.rita.last)
    assert technician.address not in desk.rita.last.as_string()


def test_the_requesters_answer_goes_to_the_technician(desk: Helpdesk) -> None:
    begin(desk)
    technician = desk.technician_of()
    technician.answers(technician.last, "#wait\n\nIs it plugged in?")
    assert desk.ticket().status == Status.PENDING

    receipt = desk.rita.answers(desk.rita.last, "Yes, it is.")

    assert (receipt.disposition, receipt.ticket) == ("appended", 1001)
    assert "Yes, it is." in text_of(technician.last)
    assert desk.ticket().status == Status.OPEN


def test_a_reply_is_threaded_by_the_number_in_the_subject_alone(desk: Helpdesk) -> None:
    begin(desk)

    receipt = desk.rita.writes("AW: [hd-1001] my printer", "It got worse")

    assert (receipt.disposition, receipt.ticket) == ("appended", 1001)


def test_the_whole_way_to_the_survey(desk: Helpdesk) -> None:
    begin(desk)
    technician = desk.technician_of()
    assigned = technician.last
    technician.answers(assigned, "#take\n#prio high\n\nI am on my way.")
    technician.answers(assigned, "#resolve\n\nThe tray was open; it prints again.")
    assert desk.ticket().status == Status.RESOLVED
    assert "it prints again" in text_of(desk.rita.last)

    desk.live(days=5)

    assert desk.ticket().status == Status.CLOSED
    survey = desk.rita.last
    receipt = desk.rita.answers(survey, "5 - terima kasih")
    assert any(event.reason == "score 5 of 5: terima kasih" for event in desk.events())
    assert receipt.disposition == "appended"
    assert "5" in receipt.reason
    assert desk.ticket().status == Status.CLOSED
    assert len(desk.rita.inbox) == len(desk.mails_to("rita@client.example"))
    desk.live(days=10)
    kinds = [mail["Subject"] for mail in desk.rita.inbox]
    assert len([subject for subject in kinds if subject == survey["Subject"]]) == 1


def test_an_answer_to_a_resolved_ticket_opens_it_again(desk: Helpdesk) -> None:
    begin(desk)
    technician = desk.technician_of()
    technician.answers(technician.last, "#resolve\n\nDone.")

    desk.rita.answers(desk.rita.last, "It does not work yet.")

    assert desk.ticket().status == Status.OPEN
    assert "It does not work yet." in text_of(technician.last)


@pytest.mark.parametrize("thanks", ["Thank you very much!", "Terima kasih banyak, Pak"])
def test_mere_thanks_never_open_a_ticket_again(desk: Helpdesk, thanks: str) -> None:
    begin(desk)
    technician = desk.technician_of()
    technician.answers(technician.last, "#resolve\n\nDone.")

    receipt = desk.rita.answers(desk.rita.last, thanks)

    assert receipt.disposition == "appended"
    assert desk.ticket().status == Status.RESOLVED


def test_an_answer_long_after_closing_becomes_a_new_ticket_that_names_the_old_one(desk: Helpdesk) -> None:
    begin(desk)
    technician = desk.technician_of()
    technician.answers(technician.last, "#close\n\nDone.")
    desk.now += timedelta(days=60)

    receipt = desk.rita.answers(desk.rita.inbox[-1], "It is broken again.")

    assert (receipt.disposition, receipt.ticket) == ("created", 1002)
    assert desk.ticket(1002).predecessor == 1001
    assert desk.ticket(1001).status == Status.CLOSED


def test_an_indonesian_mail_is_answered_in_indonesian(desk: Helpdesk) -> None:
    desk.budi.writes("Lupa kata sandi", "Selamat pagi, saya lupa kata sandi dan tidak bisa masuk. Mohon bantuannya.")

    assert desk.ticket().language == "id"
    assert desk.ticket().category == "access"
    assert desk.budi.last["Content-Language"] == "id"
    assert "Terima kasih" in text_of(desk.budi.last)
