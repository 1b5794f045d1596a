"""Threads with vendors: who reads what, who is told, and what the ticket waits for."""

import base64
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select
from world import Helpdesk, build
from world.helpdesk import Person, text_of

from mailbot.adapters.db import Database
from mailbot.adapters.sidethreads import SideThread
from mailbot.core.model import Status

MORE = """
[[vendors]]
name = "Acme Printing"
address = "rma@acme.example"

[[vendors]]
name = "Kertas Jaya"
address = "cs@kertas.example"
language = "id"
"""
QUESTION = "The fuser of the printer on floor 2 is worn. Which part do we need?"
ANSWER = "It is part F-40, and it costs 200 dollars."
PROBLEM = "The printer on floor 2 jams since this morning, and my password is taped below it."


@pytest.fixture
def desk(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    made = Helpdesk(database, tmp_path, now, more=MORE)
    made.rita.writes("Printer jams", PROBLEM)
    return made


@pytest.fixture
def acme(desk: Helpdesk) -> Person:
    return Person(desk, "rma@acme.example", "Acme")


def ask(desk: Helpdesk, command: str = "#vendor acme RMA-4711", text: str = QUESTION) -> Person:
    technician = desk.technician_of()
    technician.answers(technician.last, f"{command}\n\n{text}")
    return technician


def whole(mail: EmailMessage) -> str:
    """Everything in a mail that somebody can read: headers, and each part decoded."""
    parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
    return str(mail) + "".join(part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes))


def test_a_vendor_gets_the_text_alone_and_the_ticket_waits_for_him(desk: Helpdesk, acme: Person) -> None:
    desk.technician_of().answers(desk.technician_of().last, "#note The requester is difficult, says the head office.")
    got_before = len(desk.rita.inbox)

    technician = ask(desk)

    mail = acme.last
    assert mail["Subject"] == "[HD-1001] Printer jams"
    read = whole(mail)
    assert QUESTION in text_of(mail)
    assert text_of(mail).startswith("Tom Tech asks for your help. Please answer by replying") or "Tess" in read
    assert "Your reference: RMA-4711. Ours: HD-1001." in text_of(mail)
    for word in (desk.rita.address, "Rita", "password", "difficult", "References"):
        assert word not in read
    assert len(desk.rita.inbox) == got_before
    assert (desk.ticket().status, desk.ticket().running_since) == (Status.ON_HOLD, None)
    assert "The ticket waits for Acme Printing (RMA-4711)." in text_of(technician.last)
    assert "Your text was sent to Acme Printing, and to nobody else." in text_of(technician.last)
    reasons = [event.reason for event in desk.events() if (event.data or {}).get("new") == Status.ON_HOLD]
    assert reasons == ["The ticket waits for Acme Printing (RMA-4711)."]


def test_the_answer_of_a_vendor_goes_to_the_technician_alone_and_opens_the_ticket(desk: Helpdesk, acme: Person) -> None:
    technician = ask(desk)
    got_before = len(desk.rita.inbox)

    receipt = acme.answers(acme.last, f"#close\n{ANSWER}")

    assert receipt.disposition == "appended"
    assert len(desk.rita.inbox) == got_before
    mail = desk.notices(technician.address, "vendor_replied")[-1]
    lines = text_of(mail).splitlines()
    assert (
        "The vendor Acme Printing (RMA-4711) has answered. Your reply to this mail goes to the vendor and not"
        in lines[2]
    )
    assert "The ticket waited for this answer. It is open again" in text_of(mail)
    assert ANSWER in text_of(mail)
    assert desk.ticket().status == Status.OPEN
    assert desk.ticket().running_since is not None


def test_a_reply_to_the_vendors_answer_goes_to_the_vendor_and_stays_in_his_thread(desk: Helpdesk, acme: Person) -> None:
    technician = ask(desk)
    acme.answers(acme.last, ANSWER)
    notice, before, got_before = technician.last, acme.last, len(desk.rita.inbox)

    technician.answers(notice, "Please send two of them.")

    assert "Please send two of them." in text_of(acme.last)
    assert acme.last["In-Reply-To"] != before["Message-ID"]  # His own answer came after it.
    assert str(before["Message-ID"]) in str(acme.last["References"])
    assert "Your reply to this mail" not in whole(acme.last)  # The quoted notice.
    assert len(desk.rita.inbox) == got_before
    acme.answers(acme.last, "They are on their way.")
    assert "They are on their way." in text_of(technician.last)


def test_a_mistyped_reply_to_the_vendors_answer_reaches_no_requester_even_with_go(desk: Helpdesk, acme: Person) -> None:
    technician = ask(desk)
    acme.answers(acme.last, ANSWER)
    got_before = len(desk.rita.inbox)

    technician.answers(technician.last, "#prio hgih\n\nPlease send two of them.")
    technician.answers(technician.last, "#go")

    assert len(desk.rita.inbox) == got_before
    assert "Please send two of them." in text_of(acme.last)


@pytest.mark.parametrize("command", ["#vendor nobody", "#vendr acme"])
def test_a_text_for_a_vendor_with_a_mistake_in_his_name_is_sent_to_nobody(desk: Helpdesk, command: str) -> None:
    technician = ask(desk, command)
    got_before = len(desk.rita.inbox)

    assert "#go" not in text_of(technician.last).split("Commands go on top")[0]
    technician.answers(technician.last, "#go")

    assert "This text was meant for a vendor, so it was sent to nobody." in text_of(technician.last)
    assert len(desk.rita.inbox) == got_before


@pytest.mark.parametrize("word", ["#vendor done", "#vendor none", "#pemasok selesai", "#vendor Tidak ada"])
def test_the_waiting_ends_by_a_word(desk: Helpdesk, word: str) -> None:
    technician = ask(desk)

    technician.answers(technician.last, word)

    assert desk.ticket().status == Status.OPEN
    assert desk.ticket().running_since is not None
    technician.answers(technician.last, word)
    assert "no vendor is waited for" in text_of(technician.last)


def test_a_vendor_without_text_is_waited_for_and_gets_no_mail(desk: Helpdesk, acme: Person) -> None:
    technician = desk.technician_of()
    technician.answers(technician.last, "#vendor Acme Printing")

    assert acme.inbox == []
    assert desk.ticket().status == Status.ON_HOLD
    assert "Nothing was sent to Acme Printing: there is no text below the commands." in text_of(technician.last)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("#vendor support@example.com", "is an address of the helpdesk itself"),
        ("#vendor tess@example.com", "is a technician, who reads everything"),
        ("#vendor Rita@client.example", "takes part in the ticket"),
        ("#vendor unknown", "no vendor is called “unknown”"),
        ("#vendor acme\n#vendor kertas jaya", "cannot be for two vendors"),
    ],
)
def test_whoever_cannot_be_a_vendor_is_named_and_nothing_is_done(desk: Helpdesk, command: str, said: str) -> None:
    technician = ask(desk, command)

    assert said in text_of(technician.last)
    assert desk.ticket().status == Status.NEW
    assert QUESTION not in text_of(desk.rita.last)


@pytest.mark.parametrize(
    ("command", "address", "reference"),
    [
        ("#vendor <it@help.example> #77/a", "it@help.example", "#77/a"),
        ("#vendor Help Ltd <it@help.example>", "it@help.example", ""),
        ("#vendor it＠help.example: 77", "it@help.example", "77"),
        ("#vendor acme-printing (RMA 4711).", "rma@acme.example", "RMA 4711"),
        ("#pemasok KERTAS  jaya", "cs@kertas.example", ""),
    ],
)
def test_a_vendor_is_known_by_name_or_address(desk: Helpdesk, command: str, address: str, reference: str) -> None:
    ask(desk, command)

    assert len(desk.mails_to(address)) == 1
    with desk.database.unit_of_work(write=False) as session:
        assert [(row.address, row.reference) for row in session.scalars(select(SideThread))] == [(address, reference)]


def test_a_vendor_is_written_to_in_his_language(desk: Helpdesk) -> None:
    ask(desk, "#vendor kertas")
    assert "memerlukan bantuan Anda" in text_of(desk.mails_to("cs@kertas.example")[-1])


def test_a_vendor_who_only_knows_the_number_is_held_and_accepting_him_lets_him_not_take_part(
    desk: Helpdesk, acme: Person
) -> None:
    technician = ask(desk)
    got_before = len(desk.rita.inbox)

    receipt = acme.writes("Re: [HD-1001] Printer jams", ANSWER)
    assert receipt.disposition == "held"
    technician.answers(desk.notices(technician.address, "held")[-1], "#accept")

    assert ANSWER in text_of(desk.notices(technician.address, "vendor_replied")[-1])
    assert "was taken for the vendor's answer to ticket [HD-1001]; it stays internal" in text_of(technician.last)
    assert acme.writes("Re: [HD-1001] Printer jams", "More").disposition == "held"
    technician.answers(desk.notices(technician.address, "assigned")[-1], "#cc rma@acme.example")
    assert "is a vendor here" in text_of(technician.last)
    technician.answers(desk.notices(technician.address, "assigned")[-1], "Dear Rita, we wait for a part.")
    assert len(desk.rita.inbox) == got_before + 1
    assert "Dear Rita" not in whole(acme.last)


def test_a_vendor_without_our_token_is_known_by_the_message_id_of_his_own_thread_only(
    desk: Helpdesk, acme: Person
) -> None:
    ask(desk)
    own = "<case.1@acme.example>"
    acme.answers(acme.last, ANSWER, message_id=own)

    again = acme.writes("Your case 1", "The part is late.", In_Reply_To=own, References=own)
    public = str(desk.rita.last["Message-ID"])
    guessed = acme.writes("Printer", "What else?", In_Reply_To=public, References=public)

    assert again.disposition == "appended"
    assert guessed.disposition in {"held", "created"}
    assert "The part is late." in text_of(desk.notices(desk.technician_of().address, "vendor_replied")[-1])


def test_what_a_vendor_wrote_or_was_told_is_internal_towards_the_requester(desk: Helpdesk, acme: Person) -> None:
    technician = ask(desk, text="Between us: their contract ended in March, so please invoice us directly.")
    acme.answers(acme.last, "We will invoice the head office with a fee of 200 dollars for the part F-40.")
    got_before = len(desk.rita.inbox)
    request = desk.notices(technician.address, "assigned")[-1]

    technician.answers(request, "We will invoice the head office with a fee of 200 dollars for the part F-40.")
    assert "it holds internal text" in text_of(technician.last)
    technician.answers(request, "Between us: their contract ended in March, so please invoice us directly.")
    assert "it holds internal text" in text_of(technician.last)

    assert len(desk.rita.inbox) == got_before


def test_a_vendor_may_be_quoted_to_himself_but_not_to_another_vendor(desk: Helpdesk, acme: Person) -> None:
    technician = ask(desk)
    said = "We will invoice the head office with a fee of 200 dollars for the part F-40."
    acme.answers(acme.last, said)

    technician.answers(technician.last, f"You wrote: {said} Is that with tax?")
    assert "Is that with tax?" in text_of(acme.last)
    technician.answers(desk.notices(technician.address, "assigned")[-1], f"#vendor kertas\n\nAcme says: {said}")

    assert desk.mails_to("cs@kertas.example") == []
    assert "it holds internal text" in text_of(technician.last)


@pytest.mark.parametrize("quote", ["> my password is taped below it.", " >> my password is taped\n"])
def test_what_a_technician_quotes_does_not_go_to_the_vendor(desk: Helpdesk, acme: Person, quote: str) -> None:
    ask(desk, text=f"{quote}\n{QUESTION}\n{quote}")

    assert "password" not in whole(acme.last)
    assert QUESTION in text_of(acme.last)


def test_the_address_of_the_requester_does_not_go_to_a_vendor(desk: Helpdesk, acme: Person) -> None:
    technician = ask(desk, text="Please write to RITA@client.example yourself.")

    assert acme.inbox == []
    assert "it names the address of the requester, rita@client.example" in text_of(technician.last)
    assert desk.ticket().status == Status.NEW


def test_a_subject_with_the_requesters_address_is_left_out(desk: Helpdesk, acme: Person) -> None:
    technician = desk.technician_of()
    technician.answers(technician.last, "#title No mail for rita@client.example")
    ask(desk)

    assert acme.last["Subject"] == "[HD-1001]"


def test_the_token_of_a_technician_never_goes_outside(desk: Helpdesk, acme: Person) -> None:
    technician = desk.technician_of()
    assigned = technician.last
    token = str(assigned["Message-ID"])
    got_before = len(desk.rita.inbox)

    for text, files in (
        (f"The log says: {token} was delivered.", {}),
        (f"#vendor acme\n\nThe log says: {token.upper()}", {}),
        ("See the log.", {"server.log": f"to=<x> id={token}".encode()}),
    ):
        technician.answers(assigned, text, files=files)

        assert len(desk.rita.inbox) == got_before
        assert acme.inbox == []
        assert "it holds a secret word of a mail that somebody else got" in text_of(technician.last)


def test_internal_text_in_a_file_does_not_go_outside(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    note = "The contract of this customer ends in March and is not renewed."
    technician.answers(technician.last, f"#note {note}")
    got_before = len(desk.rita.inbox)
    forwarded = b"Subject: Fwd\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(note.encode())

    for name, content in (("notes.txt", note.encode()), ("mail.eml", forwarded)):
        technician.answers(desk.notices(technician.address, "assigned")[-1], "See there.", files={name: content})

    assert len(desk.rita.inbox) == got_before


def test_a_machine_at_the_vendors_is_recorded_and_a_bounce_told(desk: Helpdesk, acme: Person) -> None:
    technician = ask(desk)
    told = len(technician.inbox)
    receipt = acme.answers(acme.last, "Your case is 77.", Auto_Submitted="auto-replied")
    assert receipt.disposition == "auto_reply_recorded"
    assert len(technician.inbox) == told
    assert desk.ticket().status == Status.ON_HOLD

    desk.receive(bounce_of(acme.last, desk.now))

    read = text_of(desk.notices(technician.address, "undeliverable")[-1])
    assert "Please reach rma@acme.example in some other way" in read
    assert "the question to the vendor" in read


def bounce_of(mail: EmailMessage, at: datetime) -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.acme.example\r\nTo: support@example.com\r\nSubject: failed\r\n"
        f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000\r\nMessage-ID: <b1@mx.acme.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.acme.example\r\n\r\n"
        f"Final-Recipient: rfc822; rma@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {mail['Message-ID']}\r\n\r\nx\r\n--b--\r\n"
    ).encode()


def test_files_go_to_the_vendor_and_come_back(desk: Helpdesk, acme: Person) -> None:
    technician = desk.technician_of()
    technician.answers(technician.last, f"#vendor acme\n\n{QUESTION}", files={"jam.pdf": b"%PDF jam"})
    acme.answers(acme.last, ANSWER, files={"offer.pdf": b"%PDF offer"})

    assert files_of(acme.last) == {"jam.pdf": b"%PDF jam"}
    assert files_of(desk.notices(technician.address, "vendor_replied")[-1]) == {"offer.pdf": b"%PDF offer"}
    assert all("offer.pdf" not in whole(mail) for mail in desk.rita.inbox)


def files_of(mail: EmailMessage) -> dict[str, bytes]:
    found = {}
    for part in mail.walk():
        content = part.get_payload(decode=True)
        if part.get_filename() and isinstance(content, bytes):
            found[str(part.get_filename())] = content
    return found


def test_a_vendor_in_the_address_lines_gets_only_the_first_mail_twice(desk: Helpdesk, acme: Person) -> None:
    technician = ask(desk)
    acme.answers(acme.last, ANSWER)
    technician.answers(technician.last, "Please send two of them.", Cc=acme.address)

    assert len(acme.inbox) == 1


def test_a_stranger_who_knows_the_message_id_of_the_vendors_mail_is_held(desk: Helpdesk, acme: Person) -> None:
    technician = ask(desk)
    forged = build("mallory@evil.example", "Re: [HD-1001]", "x", at=desk.now, In_Reply_To=str(acme.last["Message-ID"]))
    assert desk.receive(forged).disposition == "held"
    assert desk.notices(technician.address, "vendor_replied") == []


def test_a_quiet_answer_to_the_vendors_answer_is_sent_to_nobody(desk: Helpdesk, acme: Person) -> None:
    technician = ask(desk)
    acme.answers(acme.last, ANSWER)
    got_before = (len(desk.rita.inbox), len(acme.inbox))

    technician.answers(desk.notices(technician.address, "vendor_replied")[-1], "#quiet\n\nFar too expensive, I think.")

    assert (len(desk.rita.inbox), len(acme.inbox)) == got_before


def test_an_answer_to_a_vendor_without_words_is_told_to_its_writer(desk: Helpdesk, acme: Person) -> None:
    technician = ask(desk)
    acme.answers(acme.last, ANSWER)
    got_before = len(acme.inbox)

    technician.answers(desk.notices(technician.address, "vendor_replied")[-1], "")

    assert len(acme.inbox) == got_before
    assert "Nothing was sent to Acme Printing" in text_of(technician.last)


@pytest.mark.parametrize("mistake", ["{}\n\n#vendor acme", "#prioo high\n\n{}\n#vendor acme"])
def test_a_command_for_a_vendor_below_the_text_lets_no_go_send_it(desk: Helpdesk, acme: Person, mistake: str) -> None:
    technician = desk.technician_of()
    got_before = len(desk.rita.inbox)
    technician.answers(technician.last, mistake.format(QUESTION))
    assert "#go" not in text_of(technician.last)

    technician.answers(technician.last, "#go")

    assert "This text was meant for a vendor, so it was sent to nobody." in text_of(technician.last)
    assert (len(desk.rita.inbox), acme.inbox) == (got_before, [])


def test_a_fresh_mail_replaces_only_what_was_held_for_the_same_reader(desk: Helpdesk, acme: Person) -> None:
    technician = desk.technician_of()
    assigned = technician.last
    technician.answers(assigned, "#prioo high\n\nPlease try tray 3.")
    question = technician.last

    technician.answers(assigned, f"#vendor acme\n\n{QUESTION}")
    assert "counts as replaced" not in text_of(technician.last)
    technician.answers(question, "#go")
    assert "Please try tray 3." in text_of(desk.rita.last)

    technician.answers(assigned, f"#vendr acme\n\n{QUESTION} Once more.")
    technician.answers(assigned, f"#vendor acme\n\n{QUESTION} Again.")
    assert "counts as replaced by this one" in " ".join(text_of(technician.last).split())
    assert "Again." in text_of(acme.last)


def test_the_thread_with_a_vendor_goes_on_in_the_ticket_into_which_his_was_merged(desk: Helpdesk, acme: Person) -> None:
    desk.budi.writes("Paper stuck", "Paper is stuck in the printer of floor 2 again. Please help.")
    technician = ask(desk)
    technician.answers(desk.notices(technician.address, "assigned")[0], "#merge 1002\n#quiet")
    outside = len(desk.rita.inbox) + len(desk.budi.inbox)
    acme.answers(acme.last, ANSWER)
    holder = desk.technician_of(1002)

    holder.answers(desk.notices(holder.address, "vendor_replied")[-1], "With or without tax?")

    assert len(desk.rita.inbox) + len(desk.budi.inbox) == outside
    assert "With or without tax?" in text_of(acme.last)
    assert acme.last["Subject"].startswith("[HD-1002]")
    assert acme.inbox[0]["Message-ID"] in acme.last["References"]


def test_a_ticket_of_a_vendor_is_not_merged_into_that_about_which_he_was_asked(desk: Helpdesk, acme: Person) -> None:
    acme.writes("Invoice", "Please pay the invoice of last month.")
    technician = ask(desk)

    technician.answers(desk.notices(technician.address, "assigned")[0], "#merge 1002")

    assert "rma@acme.example takes part in one of the two tickets and is a vendor" in " ".join(
        text_of(technician.last).split()
    )
    assert desk.ticket(1001).merged_into is None


def test_a_duplicate_goes_on_waiting_when_the_vendor_answers(desk: Helpdesk, acme: Person) -> None:
    desk.budi.writes("Paper stuck", "Paper is stuck in the printer of floor 2 again. Please help.")
    technician = ask(desk)
    technician.answers(desk.notices(technician.address, "assigned")[0], "#dup 1002")

    acme.answers(acme.last, ANSWER)

    assert (desk.ticket(1001).status, desk.ticket(1001).waits_for) == ("on_hold", 1002)


def test_the_message_of_a_vendor_does_not_make_the_only_one_of_a_requester_splittable(
    desk: Helpdesk, acme: Person
) -> None:
    technician = ask(desk)
    acme.answers(acme.last, ANSWER)

    technician.answers(desk.notices(technician.address, "assigned")[0], "#split")

    assert len(desk.tickets()) == 1
    assert "Nothing was" in text_of(technician.last)


def test_the_relatives_of_a_ticket_do_not_go_to_a_vendor(desk: Helpdesk, acme: Person) -> None:
    desk.budi.writes("Paper stuck", "Paper is stuck in the printer of floor 2 again. Please help.")
    technician = desk.technician_of()
    technician.answers(technician.last, "#link 1002")

    ask(desk)

    assert "Paper stuck" not in whole(acme.last)
