"""Attacks by mail: each goes through the whole pipeline, and neither the ticket nor anybody's inbox shows a trace."""

import base64
from email.message import EmailMessage
from typing import Any

import pytest
from world import Helpdesk, build
from world.helpdesk import text_of

from mailbot.adapters.tables import Ticket

PRISTINE = ("status", "priority", "category", "team", "technician", "cycle", "resolution", "has_internal", "tags")


def state(ticket: Ticket) -> tuple[object, ...]:
    return tuple(getattr(ticket, name) for name in PRISTINE)


def forged(desk: Helpdesk, **headers: Any) -> bytes:
    """A mail in the name of the technician, from somebody who never got one of his."""
    return build(
        desk.technician_of().address, "Re: [HD-1001] Printer jams", "#close\n\nForged.", at=desk.now, **headers
    )


TRUSTED_LOOKS = {
    "nothing": {},
    "Authentication-Results": {"Authentication_Results": "example.com; dkim=pass; spf=pass; dmarc=pass"},
    "ARC": {"ARC_Authentication_Results": "i=1; example.com; dmarc=pass"},
    "control headers": {"X_Mailbot_Command": "close", "X_Mailbot_Loop": "x", "X_Mailbot_Token": "1001.t"},
    "an invented token": {"In_Reply_To": "<1001.t.1uv.aaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaa@example.com>"},
    "Reply-To of the helpdesk": {"Reply_To": "support@example.com"},
    "Sender of the lead": {"Sender": "lena@example.com"},
}


@pytest.mark.parametrize("look", TRUSTED_LOOKS)
def test_a_forged_command_changes_nothing_and_reaches_only_the_registered_address(ticket: Helpdesk, look: str) -> None:
    before, count = state(ticket.ticket()), len(ticket.courier.sent)

    receipt = ticket.receive(forged(ticket, **TRUSTED_LOOKS[look]))

    assert receipt.disposition == "held"
    assert receipt.reason
    assert state(ticket.ticket()) == before
    assert [mail.recipient for mail in ticket.courier.sent[count:]] == [ticket.technician_of().address]


def test_the_requesters_own_token_in_the_name_of_the_technician_is_worth_nothing(ticket: Helpdesk) -> None:
    before, count = state(ticket.ticket()), len(ticket.rita.inbox)
    seen = " ".join(str(mail["Message-ID"]) for mail in ticket.rita.inbox)

    receipt = ticket.receive(forged(ticket, References=seen, In_Reply_To=seen.split()[-1]))

    assert receipt.disposition == "held"
    assert (state(ticket.ticket()), len(ticket.rita.inbox)) == (before, count)


def test_a_token_speaks_for_its_own_ticket_whatever_the_subject_says(ticket: Helpdesk) -> None:
    ticket.budi.writes("Screen", "My screen is dark, please help")
    technician = ticket.technician_of(1001)
    answers = str(technician.last["Message-ID"])

    ticket.receive(build(technician.address, "Re: [HD-1002] Screen", "#close", at=ticket.now, In_Reply_To=answers))

    assert [found.status for found in ticket.tickets()] == ["closed", "new"]


def test_a_stranger_who_asks_for_a_copy_gets_nothing_of_the_history(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "The code of the door is 4711.")

    ticket.rita.writes("Re: [HD-1001] Printer jams", "Please copy my colleague", Cc="mallory@evil.example")
    technician.answers(technician.last, "Done.")
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "I am the colleague; what was said so far?")

    assert ticket.mallory.inbox == []


def test_somebody_who_was_let_in_gets_only_what_is_said_afterwards(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "The code of the door is 4711.")
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "I am the colleague")
    technician.answers(technician.last, "#accept")

    technician.answers(technician.inbox[0], "Please open tray 3.")
    ticket.live(days=3)

    seen = "".join(mail.as_string() for mail in ticket.mallory.inbox)
    assert "Please open tray 3." in text_of(ticket.mallory.inbox[0])
    assert "4711" not in seen
    assert "rita" not in seen.lower()


def test_the_code_that_another_service_mails_to_a_ticket_is_not_shown_to_its_requester(ticket: Helpdesk) -> None:
    count = len(ticket.rita.inbox)

    receipt = ticket.receive(
        build("noreply@service.example", "[HD-1001] Your code", "Your code is 123456", at=ticket.now)
    )

    assert receipt.disposition == "held"
    assert len(ticket.rita.inbox) == count


PLACEMENTS = {
    "below text": "Hello,\n#close",
    "in a quote": "Hello\n\n> #close",
    "in a quote alone": "> #close\n> #prio low",
    "in the signature": "Hello\n\n-- \n#close",
    "below an attribution": "Hello\n\nOn Tue, 4 Aug 2026 at 10:00, X <x@client.example> wrote:\n#close\n",
    "below an original message": "Hello\n\n-----Original Message-----\n#close",
    "in the middle of a line": "please #close",
    "a heading": "# close\nHello",
    "a number": "#1001 is what I mean",
    "after our line": "Hello\n##- Please type your reply above this line -##\n#close",
}


@pytest.mark.parametrize("place", PLACEMENTS)
def test_a_command_that_is_not_on_top_of_the_technicians_own_words_is_no_command(ticket: Helpdesk, place: str) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, PLACEMENTS[place])

    assert ticket.ticket().status in {"new", "open"}
    assert ticket.ticket().priority == "normal"


@pytest.mark.parametrize("kind", ["message/rfc822", "text/plain as a file", "text/html as a file"])
def test_a_command_in_an_attached_file_is_no_command(ticket: Helpdesk, kind: str) -> None:
    technician = ticket.technician_of()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = technician.address, "support@example.com", "Re: [HD-1001]"
    mail["Message-ID"], mail["In-Reply-To"] = "<attached@example.com>", str(technician.last["Message-ID"])
    mail.set_content("Hello Rita, see the file.")
    if kind == "message/rfc822":
        inner = EmailMessage()
        inner["From"], inner["Subject"] = technician.address, "x"
        inner.set_content("#close")
        mail.add_attachment(inner)
    else:
        mail.add_attachment("#close", subtype=kind[5:9].strip().split(" ")[0], filename="x.txt")

    ticket.receive(mail.as_bytes())

    assert ticket.ticket().status == "open"


ODD_ORIGINATORS = {
    "none": b"",
    "two addresses": b"From: tom@example.com, mallory@evil.example\r\n",
    "two headers": b"From: tom@example.com\r\nFrom: mallory@evil.example\r\n",
    "an address as a name": b'From: "tom@example.com" <mallory@evil.example>\r\n',
    "an unquoted address as a name": b"From: tom@example.com <mallory@evil.example>\r\n",
    "an empty group": b"From: undisclosed:;\r\n",
    "an encoded address": b"From: =?utf-8?q?tom=40example=2Ecom?=\r\n",
    "a null": b"From: <>\r\n",
}


@pytest.mark.parametrize("originator", ODD_ORIGINATORS)
def test_an_ambiguous_originator_is_never_the_technician(ticket: Helpdesk, originator: str) -> None:
    before, count = state(ticket.ticket()), len(ticket.rita.inbox)

    receipt = ticket.receive(
        ODD_ORIGINATORS[originator]
        + b"To: support@example.com\r\nSubject: [HD-1001] x\r\n\r\n#close\r\n\r\nForged.\r\n"
    )

    assert receipt.disposition == "held"
    assert (state(ticket.ticket()), len(ticket.rita.inbox)) == (before, count)


@pytest.mark.parametrize(
    "sender", ["support@example.com", "SUPPORT@Example.COM", '"Example Helpdesk" <support@example.com>']
)
def test_mail_from_our_own_address_is_ignored(ticket: Helpdesk, sender: str) -> None:
    count = len(ticket.courier.sent)

    receipt = ticket.receive(
        f"From: {sender}\r\nTo: support@example.com\r\nSubject: [HD-1001] loop\r\n\r\n#close\r\n".encode()
    )

    assert (receipt.disposition, len(ticket.courier.sent)) == ("ignored", count)
    assert "helpdesk itself" in receipt.reason


def test_the_message_id_of_a_mail_that_is_to_come_does_not_keep_it_away(desk: Helpdesk) -> None:
    desk.mallory.writes("Nothing", "Nothing at all, please help", message_id="<expected@client.example>")

    receipt = desk.rita.writes("Printer", "The printer jams, please help", message_id="<expected@client.example>")

    assert (receipt.disposition, receipt.ticket) == ("created", 1002)


HOSTILE = [
    "Subject with\r\n Bcc: victim@client.example",
    "=?utf-8?q?x=0D=0ABcc:_victim=40client=2Eexample?=",
    "=?utf-8?b?" + base64.b64encode("x\u2028Bcc: victim@client.example\x00".encode()).decode() + "?=",
    "{{ 7 * 7 }} {% for x in y %} ${7*7}",
    "\u202egpj.exe",
    "x" * 5000,
    "[HD-1001" * 200,
]


@pytest.mark.parametrize("subject", range(len(HOSTILE)))
def test_a_hostile_subject_puts_nothing_into_our_mail(desk: Helpdesk, subject: int) -> None:
    receipt = desk.receive(
        f"From: =?utf-8?q?R=0D=0ABcc=3A_v=40client=2Eexample?= <rita@client.example>\r\nTo: support@example.com\r\n"
        f"Subject: {HOSTILE[subject]}\r\nMessage-ID: <h@x.example>\r\n\r\nIt is broken \x00, please help\r\n".encode()
    )
    technician = desk.technician_of()
    technician.answers(technician.last, "#close\n\nDone.")

    assert receipt.disposition == "created"
    for sent in desk.courier.sent:
        assert sent.recipient in {"rita@client.example", technician.address}
        assert b"\nBcc" not in sent.raw
        assert b"\x00" not in sent.raw
        assert b"49" not in text_of(desk.rita.inbox[0]).encode()


EMPTY = {
    "no body": b"From: rita@client.example\r\nSubject: x\r\nMessage-ID: <1@x.example>\r\n\r\n",
    "no subject": b"From: rita@client.example\r\nMessage-ID: <2@x.example>\r\n\r\nhelp\r\n",
    "nothing but an originator": b"From: rita@client.example\r\n\r\n",
    "blanks": b"From: rita@client.example\r\nSubject: \r\n\r\n \r\n\t\r\n",
    "no line end": b"From: rita@client.example",
}


@pytest.mark.parametrize("shape", EMPTY)
def test_a_mail_of_almost_nothing_becomes_a_ticket_that_can_be_worked_on(desk: Helpdesk, shape: str) -> None:
    receipt = desk.receive(EMPTY[shape])
    technician = desk.technician_of()

    technician.answers(technician.last, "#resolve\n\nWhat did you want to say?")

    assert receipt.disposition == "created"
    assert "What did you want to say?" in text_of(desk.rita.last)


def test_two_mails_without_message_id_and_date_are_two_however_alike(desk: Helpdesk) -> None:
    raw = b"From: alarm@client.example\r\nSubject: db1 is down\r\n\r\nhelp\r\n"

    assert [desk.receive(raw).disposition for _ in range(2)] == ["created", "created"]


def test_a_mail_without_message_id_and_date_that_is_read_again_makes_no_second_ticket(desk: Helpdesk) -> None:
    trace = b"Received: from client by mx.example.com with ESMTP id %d; Tue, 4 Aug 2026 10:00:0%d +0700\r\n"
    raw = b"From: alarm@client.example\r\nSubject: db1 is down\r\n\r\nhelp\r\n"
    first, repeated = trace % (1, 1) + raw, trace % (2, 2) + raw

    assert [desk.receive(raw_bytes).disposition for raw_bytes in (first, repeated)] == ["created", "created"]
    desk.intake.disconnect()
    desk.mailbox.uidvalidity += 1
    again = [desk.receive(raw_bytes) for raw_bytes in (repeated, first)]

    assert [(receipt.disposition, receipt.ticket) for receipt in again] == [("duplicate", 1002), ("duplicate", 1001)]
    assert len(desk.tickets()) == 2


def test_two_mails_of_one_person_in_one_batch_are_both_looked_after_in_their_order(desk: Helpdesk) -> None:
    for number in (1, 2):
        desk.mailbox.add(build("rita@client.example", f"Mail {number}", "It is broken, help", at=desk.now), desk.now)

    desk.run()

    assert [ticket.subject for ticket in desk.tickets()] == ["Mail 1", "Mail 2"]
    assert len(desk.rita.inbox) == 2
