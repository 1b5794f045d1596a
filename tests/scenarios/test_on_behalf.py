"""Requests that technicians register in the name of requesters: told on the phone, or forwarded from their own mail."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from world import Helpdesk, Person, build
from world.helpdesk import text_of

from mailbot.adapters import store
from mailbot.core.model import Status

RITA = "rita@client.example"
GMAIL = """---------- Forwarded message ---------
From: Rita Requester <rita@client.example>
Date: Tue, 4 Aug 2026 at 09:12
Subject: Printer prints blank pages
To: Tom Tech <tom@example.com>


The printer on floor 2 prints blank pages.
#close
#title Nonsense
"""
OUTLOOK = """From: Rita Requester <rita@client.example>
Sent: Tuesday, 4 August 2026 09:12
To: Tom Tech <tom@example.com>
Subject: Printer prints blank pages

The printer on floor 2 prints blank pages.
"""
APPLE = """Begin forwarded message:

> From: Rita Requester <rita@client.example>
> Subject: Printer prints blank pages
> Date: 4 August 2026 at 09.12.00 WIB
> To: Tom Tech <tom@example.com>
>
> The printer on floor 2 prints blank pages.
"""


def registers(desk: Helpdesk, text: str, subject: str = "Printer prints blank pages", **extra: object) -> None:
    """Tom writes a new mail, and confirms that it is his."""
    assert desk.tom.writes(subject, text, **extra).disposition == "held"
    assert not desk.tickets()
    desk.tom.answers(desk.tom.last, "#go")


def transcript(person: Person) -> str:
    return " ".join(text_of(person.desk.notices(person.address, "transcript")[-1]).split())


def entries(desk: Helpdesk, number: int = 1001) -> list[tuple[str, bool, str, str]]:
    with desk.database.unit_of_work(write=False) as session:
        return [(row.kind, row.internal, row.author_address, row.text) for row in store.entries(session, number)]


def test_a_call_on_the_phone_becomes_the_requesters_ticket_with_all_that_the_mail_says(desk: Helpdesk) -> None:
    text = (
        "#for rita@client.example Rita Requester\n#source phone\n#prio high\n#assign tess\n#note She was angry.\n#end\n"
        "\nThe printer on floor 2 prints blank pages."
    )
    arrived = desk.now
    assert desk.tom.writes("Printer prints blank pages", text).disposition == "held"
    desk.now += timedelta(minutes=20)
    desk.tom.answers(desk.tom.last, "#go")

    row = desk.ticket()
    assert (row.requester_address, row.requester_name) == (RITA, "Rita Requester")
    assert (row.source, row.priority, row.technician) == ("phone", "high", "tess@example.com")
    assert row.created_at == arrived
    assert ("message", False, RITA, "The printer on floor 2 prints blank pages.") in entries(desk)
    assert ("note", True, "tom@example.com", "She was angry.") in entries(desk)
    (acknowledgement,) = desk.notices(RITA, "acknowledgement")
    assert acknowledgement["In-Reply-To"] is None
    assert "angry" not in text_of(acknowledgement)
    read = transcript(desk.tom)
    assert "Registered for Rita Requester <rita@client.example>." in read
    assert "gets an acknowledgement" in read
    assert "Nothing was sent to the requester" not in read
    assert len(desk.notices("tess@example.com", "assigned")) == 1
    assert not desk.notices("tess@example.com", "reassigned")
    assert not desk.notices("tom@example.com", "reassigned")
    desk.rita.answers(acknowledgement, "Thank you. It also smells.")
    assert len(desk.tickets()) == 1


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Fwd: Printer prints blank pages", GMAIL),
        ("FW: Printer", OUTLOOK),
        ("Fwd: Printer", APPLE),
        ("Printer", OUTLOOK),
    ],
)
def test_of_a_forwarded_mail_its_writer_is_the_requester_and_nothing_in_it_is_a_command(
    desk: Helpdesk, subject: str, shown: str
) -> None:
    registers(desk, f"#for\n#note Please be quick.\n\n{shown}", subject)

    row = desk.ticket()
    assert (row.requester_address, row.requester_name) == (RITA, "Rita Requester")
    assert row.subject == "Printer prints blank pages"
    assert (row.status, row.priority) == (Status.NEW, "normal")
    (kind, internal, author, text), note = entries(desk)
    assert (kind, internal, author) == ("message", False, RITA)
    assert text.startswith("The printer on floor 2 prints blank pages.")
    assert note[3] == "Please be quick."
    assert "Rita Requester <rita@client.example>, who wrote the forwarded mail" in transcript(desk.tom)
    assert desk.notices(RITA, "acknowledgement")


def test_own_words_above_a_forwarded_mail_stay_inside(desk: Helpdesk) -> None:
    registers(desk, f"#for\nShe is the boss, so be nice.\n\n{GMAIL}", "Fwd: Printer")
    assert entries(desk)[1] == ("note", True, "tom@example.com", "She is the boss, so be nice.")
    assert "boss" not in entries(desk)[0][3]
    assert "kept as an internal note" in transcript(desk.tom)
    assert not any("boss" in text_of(mail) for mail in desk.rita.inbox)


def test_an_attached_mail_is_read_and_kept(desk: Helpdesk) -> None:
    inner = message_from_bytes(
        build(RITA, "Printer prints blank pages", "It prints blank pages.", at=desk.now, name="Rita Requester",
              files={"page.pdf": b"%PDF-1"}),
        policy=policy.default,
    )  # fmt: skip
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "Tom <tom@example.com>", "support@example.com", "Fwd: Printer"
    outer["Message-ID"], outer["Date"] = "<forward@example.com>", inner["Date"]
    outer.set_content("#for\n")
    outer.add_attachment(inner)
    assert desk.receive(outer.as_bytes()).disposition == "held"
    desk.tom.answers(desk.tom.last, "#go")

    assert desk.ticket().requester_address == RITA
    assert entries(desk)[0][3] == "It prints blank pages."
    with desk.database.unit_of_work(write=False) as session:
        (row,) = store.entries(session, 1001)
        (file,) = store.attachments(session, row.id or 0)
    assert file.name.endswith(".eml")
    assert desk.notices(RITA, "acknowledgement")[0]["In-Reply-To"] == inner["Message-ID"]


def test_files_of_a_forwarded_mail_go_to_the_technician(desk: Helpdesk) -> None:
    registers(desk, f"#for\n\n{GMAIL}", "Fwd: Printer", files={"page.pdf": b"%PDF-1"})
    technician = desk.technician_of()
    names = [part.get_filename() for part in desk.notices(technician.address, "assigned")[0].iter_attachments()]
    assert names == ["page.pdf"]


def test_who_it_is_for_is_asked_where_that_is_not_clear_and_the_answer_is_enough(desk: Helpdesk) -> None:
    registers(desk, "#for\n#source chat\n\nThe printer on floor 2 prints blank pages.")
    assert not desk.tickets()
    assert "not clear who the requester is" in transcript(desk.tom)

    desk.tom.answers(desk.tom.last, "#for rita@client.example")

    row = desk.ticket()
    assert (row.requester_address, row.source) == (RITA, "chat")
    assert entries(desk)[0][3] == "The printer on floor 2 prints blank pages."


def test_a_forward_of_a_forward_names_no_clear_writer(desk: Helpdesk) -> None:
    boss = GMAIL.replace("Rita Requester <rita@client.example>", "Boss <boss@client.example>")
    registers(desk, "#for\n\n" + boss.replace("#close\n", f"{GMAIL}"), "Fwd: Fwd: Printer")
    assert not desk.tickets()
    assert "not clear who" in transcript(desk.tom)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#for support@example.com\n\nHelp.", "is an address of the helpdesk itself"),
        ("#for rita\n\nHelp.", "is no mail address"),
        ("#for a@x.example, b@x.example\n\nHelp.", "is not exactly one address"),
        ("#for rita@client.example\n#for budi@client.example\n\nHelp.", "more than one #for"),
        ("#for rita@client.example", "the mail holds no request"),
        ("#for rita@client.example\n#assign nobody-there\n\nHelp.", "nobody and no team is called"),
        ("#for rita@client.example\n#soure phone\n\nHelp.", "there is no command"),
    ],
)
def test_a_mistake_makes_no_ticket_and_tells_nobody_else(desk: Helpdesk, text: str, why: str) -> None:
    registers(desk, text)
    assert not desk.tickets()
    assert why in transcript(desk.tom)
    assert not desk.rita.inbox


def test_quiet_sends_no_acknowledgement(desk: Helpdesk) -> None:
    registers(desk, "#for rita@client.example\n#quiet\n\nThe printer is broken.")
    assert desk.ticket().requester_address == RITA
    assert not desk.rita.inbox
    assert "gets no acknowledgement" in transcript(desk.tom)


def test_what_was_solved_on_the_phone_is_registered_with_its_solution_in_one_mail(desk: Helpdesk) -> None:
    registers(desk, "#for rita@client.example\n#source phone\n#resolve Changed the fuser.\n\nThe printer is broken.")
    row = desk.ticket()
    assert (row.status, row.technician, row.resolution) == (Status.RESOLVED, "tom@example.com", "Changed the fuser.")
    assert not desk.notices(RITA, "acknowledgement")
    assert "Changed the fuser." in text_of(desk.notices(RITA, "resolved")[0])
    assert not desk.notices("tess@example.com", "assigned")


def test_in_the_mail_of_anybody_else_it_is_text(desk: Helpdesk) -> None:
    desk.rita.writes("Printer", "#for budi@client.example\n\nThe printer is broken, please help.")
    assert desk.ticket().requester_address == RITA
    assert not desk.budi.inbox
    desk.rita.answers(desk.rita.last, "#for budi@client.example\n\nHelp.")
    assert len(desk.tickets()) == 1


def test_a_technician_without_it_is_the_requester_of_his_own_incident(desk: Helpdesk) -> None:
    desk.tom.writes("My screen", "My screen is dark.")
    assert desk.ticket().requester_address == "tom@example.com"


def test_on_an_existing_ticket_it_changes_nothing(desk: Helpdesk) -> None:
    desk.rita.writes("Printer", "The printer is broken, please help.")
    technician = desk.technician_of()
    technician.answers(technician.last, "#for budi@client.example\n\nHello.")
    assert desk.ticket().requester_address == RITA
    assert "about ticket 1001 already" in transcript(technician)
    assert not desk.budi.inbox


def test_the_source_of_a_ticket_is_shown_and_can_be_corrected(desk: Helpdesk) -> None:
    desk.rita.writes("Printer", "The printer is broken, please help.")
    technician = desk.technician_of()
    technician.answers(technician.last, "#source walk-in\n#show")
    assert desk.ticket().source == "walk_in"
    assert "Source: walk-in" in text_of(desk.notices(technician.address, "record")[-1])
    assert "source: mail → walk-in" in transcript(technician)
