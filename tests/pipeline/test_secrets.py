"""What is internal stays inside: notes, their files, and the identifiers of mail to technicians."""

from email.message import EmailMessage
from email.utils import format_datetime

import pytest
from world import Helpdesk, Person, build
from world.helpdesk import text_of

from mailbot.adapters import store
from mailbot.adapters.render import Rendered
from mailbot.core.model import Status
from mailbot.notify import find_leak

LOGO = ("logo@example.com", "logo.png", b"\x89PNG logo")
CANARY = "the canary sings in the server room"


def answer_with_picture(person: Person, to: EmailMessage, text: str) -> bytes:
    """An answer as Outlook writes it: text and HTML, with the picture of the signature."""
    cid, name, content = LOGO
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = person.address, "support@example.com", f"Re: {to['Subject']}"
    mail["Date"], mail["Message-ID"] = format_datetime(person.desk.now), f"<{len(text)}.picture@example.com>"
    mail["In-Reply-To"] = mail["References"] = str(to["Message-ID"])
    mail.set_content(text)
    mail.add_alternative(f"<p>{text}</p><img src='cid:{cid}'>", subtype="html")
    page = mail.get_payload(1)
    assert isinstance(page, EmailMessage)
    page.add_related(content, "image", "png", cid=f"<{cid}>", filename=name, disposition="inline")
    return mail.as_bytes()


@pytest.mark.parametrize(
    "text", ["#note\nThe passwords are in the file", "#prio high", "#take\n#note look at the file"]
)
def test_the_files_of_a_mail_of_commands_never_reach_the_requester(ticket: Helpdesk, text: str) -> None:
    technician, count = ticket.technician_of(), len(ticket.rita.inbox)

    technician.answers(technician.last, text, files={"passwords.pdf": b"%PDF-1.4 secret"})

    assert len(ticket.rita.inbox) == count
    assert "were not sent" in text_of(technician.last)


def test_the_files_of_a_mail_with_a_note_stay_inside_even_if_its_text_goes_out(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#note\nsee the file\n#end\nWe are on it.", files={"passwords.pdf": b"%PDF"})

    assert "We are on it." in text_of(ticket.rita.last)
    assert list(ticket.rita.last.iter_attachments()) == []


def test_the_picture_of_a_signature_makes_no_reply_of_a_mail_of_commands(ticket: Helpdesk) -> None:
    technician, count = ticket.technician_of(), len(ticket.rita.inbox)

    ticket.receive(answer_with_picture(technician, technician.last, "#prio high"))

    assert ticket.ticket().priority == "high"
    assert len(ticket.rita.inbox) == count


def test_a_picture_alone_is_no_answer_and_the_technician_is_told(ticket: Helpdesk) -> None:
    technician, count = ticket.technician_of(), len(ticket.rita.inbox)

    receipt = ticket.receive(answer_with_picture(technician, technician.last, ""))

    assert (receipt.disposition, len(ticket.rita.inbox)) == ("appended", count)
    assert (ticket.ticket().status, ticket.ticket().first_response_at) == ("new", None)
    assert "Nothing was sent" in text_of(technician.last)


def test_files_without_a_word_are_an_answer(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "", files={"manual.pdf": b"%PDF-1.4"})

    assert [part.get_filename() for part in ticket.rita.last.iter_attachments()] == ["manual.pdf"]
    assert ticket.ticket().status == Status.OPEN


HACKED = "The server of the accounting department was hacked last night."


@pytest.mark.parametrize("how", ["#resolve", "#close", "#prio high\n#assign tess", "#resolve {}", ""])
def test_a_mail_of_which_the_guard_blocks_the_letter_is_not_carried_out(desk: Helpdesk, how: str) -> None:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    technician, count = desk.technician_of(), len(desk.rita.inbox)
    assigned = technician.last
    technician.answers(assigned, f"#note {HACKED}")
    before = desk.ticket().model_dump(exclude={"updated_at", "next_due_at"})

    receipt = technician.answers(assigned, f"{how.format(HACKED)}\n\nDear Rita, {HACKED.lower()} Sorry!")

    assert (receipt.disposition, len(desk.rita.inbox)) == ("held", count)
    assert desk.ticket().model_dump(exclude={"updated_at", "next_due_at"}) == before
    transcript = " ".join(text_of(technician.last).split())
    assert "Your mail was not carried out." in transcript
    assert f"nothing was sent to the requester: it holds internal text: “{HACKED}”" in transcript
    assert "Leave these words out or say it in others" in transcript
    assert "send the text without them" not in transcript
    kinds = [event.kind for event in desk.events()]
    assert kinds[-2:] == ["leak_blocked", "held"]


def test_the_word_go_does_not_send_internal_text_but_the_reworded_mail_goes(ticket: Helpdesk) -> None:
    technician, count = ticket.technician_of(), len(ticket.rita.inbox)
    assigned = technician.last
    technician.answers(assigned, f"#note {HACKED}")
    technician.answers(assigned, f"#resolve\n\n{HACKED} It works again.")

    technician.answers(technician.last, "#go")
    technician.answers(technician.last, "#go")

    assert (len(ticket.rita.inbox), ticket.ticket().status) == (count, Status.NEW)
    assert "was not carried out" in text_of(technician.last)
    technician.answers(technician.last, "#resolve\n\nA problem of ours was mended. It works again.")
    assert ticket.ticket().status == Status.RESOLVED
    assert "It works again." in text_of(ticket.rita.last)


def test_a_note_is_internal_already_to_the_text_below_it_in_the_same_mail(ticket: Helpdesk) -> None:
    technician, count = ticket.technician_of(), len(ticket.rita.inbox)

    receipt = technician.answers(technician.last, f"#note {HACKED}\n#end\n#resolve\n\n{HACKED}")

    assert (receipt.disposition, ticket.ticket().status, len(ticket.rita.inbox)) == ("held", Status.NEW, count)
    assert not ticket.ticket().has_internal


def test_internal_text_for_people_in_copy_holds_back_the_whole_mail(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    ticket.budi.writes("Re: [HD-1001] Printer jams", "I sit next to Rita, and she spilled tea on the printer.")
    technician.answers(technician.last, "#accept")
    technician.answers(assigned, "#note I sit next to Rita, and she spilled tea on the printer.")
    counts = len(ticket.rita.inbox), len(ticket.budi.inbox)

    technician.answers(assigned, "Budi writes: I sit next to Rita, and she spilled tea on the printer.")

    assert (len(ticket.rita.inbox), len(ticket.budi.inbox)) == counts
    assert "was not carried out" in text_of(technician.last)


def unreachable(ticket: Helpdesk) -> None:
    with ticket.database.unit_of_work() as session:
        store.contact_for_change(session, ticket.rita.address).undeliverable_at = ticket.now


@pytest.mark.parametrize("in_copy", [False, True])
def test_a_change_of_which_the_requester_hears_nothing_is_not_reported_as_all_well(
    ticket: Helpdesk, in_copy: bool
) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    if in_copy:
        ticket.budi.writes("Re: [HD-1001] Printer jams", "I sit next to Rita")
        technician.answers(technician.last, "#accept")
    unreachable(ticket)

    technician.answers(assigned, "#close")

    assert ticket.ticket().status == Status.CLOSED
    transcript = technician.last
    lead = next(part for part in text_of(transcript).split("\n\n") if "carried out" in part)
    assert " ".join(lead.split()).startswith(
        "Your mail was carried out, but the requester was not told: mail to rita@client.example came back"
    )
    assert "the requester was not told" in str(transcript["Subject"])
    assert "Rita Requester was told" not in text_of(transcript)
    assert ("people in copy" in text_of(transcript)) is in_copy
    assert "Your text was kept" not in text_of(transcript)


def test_a_technician_whose_answer_repeats_a_note_is_told_that_it_was_not_sent(ticket: Helpdesk) -> None:
    technician, count = ticket.technician_of(), len(ticket.rita.inbox)
    assigned = technician.last
    technician.answers(assigned, f"#note {CANARY}")

    receipt = technician.answers(assigned, f"Dear Rita, {CANARY}.")
    ticket.live(days=4)

    assert receipt.disposition == "held"
    assert "internal" in receipt.reason
    assert any("nothing was sent to the requester" in text_of(mail) for mail in technician.inbox)
    assert ticket.ticket().first_response_at is None
    assert not any(CANARY.encode() in mail.raw for mail in ticket.courier.sent if mail.recipient == ticket.rita.address)
    # The blocked text is no answer that a status update could repeat: updates still go out.
    assert len(ticket.rita.inbox) > count


def test_a_machine_that_answers_every_transcript_gets_no_further_ones(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#take")
    count = len(technician.inbox)

    for number in range(8):
        technician.answers(technician.last, f"I am on holiday, number {number}")

    assert len(technician.inbox) == count + 3
    assert len(ticket.rita.inbox) == 1


def test_what_the_requester_wrote_himself_is_no_secret_because_a_note_repeats_it(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    technician.answers(assigned, "#note The printer on floor 2 jams")

    technician.answers(assigned, "You say that the printer on floor 2 jams. Is tray 3 open?")

    assert "Is tray 3 open?" in text_of(ticket.rita.last)


def test_a_note_of_several_lines_is_known_again_when_it_is_quoted() -> None:
    secret = "the canary sings\nin the server room"
    rendered = Rendered("Re: x", "> The canary sings\n> in the server room\n", "<p>something else</p>")

    assert find_leak(rendered, [secret])
    assert not find_leak(rendered, ["the canary is silent\nin the server room"])


def test_a_sentence_of_a_note_is_as_internal_as_the_whole_note(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    technician = desk.technician_of()
    assigned, count = technician.last, len(desk.rita.inbox)
    technician.answers(assigned, "#note She spilled tea.\nThe warranty is void since she opened the case herself.")

    technician.answers(assigned, "Hello Rita,\n\nthe warranty is void since\nshe opened the CASE herself. Sorry!")

    assert len(desk.rita.inbox) == count
    assert "The warranty is void" in text_of(technician.last)


def test_internal_text_in_the_html_half_alone_is_found() -> None:
    secret = "The canary sings <loud> in the server room, and nobody hears it"
    page = "<p>Hello</p><p>the canary sings &lt;loud&gt; in<br>\nthe <b>server</b> room, and nobody hears it</p>"

    assert find_leak(Rendered("Re: x", "Hello\n", page, "en"), [secret])
    assert not find_leak(Rendered("Re: x", "Hello\n", "<p>Hello</p>", "en"), [secret])


def test_what_was_sent_before_and_what_our_own_mails_say_is_no_secret_because_a_note_repeats_it(
    ticket: Helpdesk,
) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    technician.answers(assigned, "Please switch the printer off, and tell me whether it still jams.")
    technician.answers(assigned, "#note Asked:\nPlease switch the printer off, and tell me whether it still jams.")
    technician.answers(assigned, f"#note She got this:\n{text_of(ticket.rita.last)}")

    ticket.live(days=2)
    technician.answers(assigned, "#resolve\n\nIt was the paper tray.")

    assert ticket.notices(ticket.rita.address, "status_update")
    assert "paper tray" in text_of(ticket.rita.last)
    assert not any(event.kind == "leak_blocked" for event in ticket.events())


def test_a_requester_is_given_no_identifier_from_the_mail_of_somebody_else(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "I sit next to Rita")
    technician.answers(technician.last, "#accept")
    technician.answers(assigned, "#close\n\nDone.")

    foreign = f"<chosen@evil.example> {assigned['Message-ID']}"
    receipt = ticket.receive(
        build("mallory@evil.example", "Re: [HD-1001]", "It still jams.", at=ticket.now, References=foreign)
    )

    assert receipt.disposition == "appended"
    reopened = ticket.notices(ticket.rita.address, "reopened")[0]
    known = {str(mail["Message-ID"]) for mail in ticket.rita.inbox}
    assert {ref for ref in str(reopened["References"]).split() if "rita" not in ref} <= known
    assert "evil" not in reopened.as_string()
