"""What technicians hear when a ticket changes hands, and what requesters hear whichever mail it is done from."""

from datetime import datetime
from pathlib import Path

import pytest
from world import Helpdesk, Person
from world.helpdesk import text_of

from mailbot.adapters.db import Database
from mailbot.core.conversation import LONGEST, ROOM, Said, fit
from mailbot.core.model import Status
from mailbot.core.phrases import say

EMPTY_TEAM = '[[teams]]\nname = "network"\nlead = "lena@example.com"\n'


@pytest.fixture
def indonesian(sqlite_database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    """A helpdesk whose only technician besides the lead reads Indonesian."""
    more = '[[technicians]]\nemail = "sari@example.com"\nname = "Sari"\nlanguage = "id"\nteams = ["net"]\n'
    more += '[[teams]]\nname = "net"\n[[rules]]\nid = "net"\nany = ["router"]\nteam = "net"\n'
    return Helpdesk(sqlite_database, tmp_path, now, more=more)


def other_than(desk: Helpdesk, technician: Person) -> Person:
    return desk.tess if technician.address == desk.tom.address else desk.tom


@pytest.fixture
def under_way(ticket: Helpdesk) -> Helpdesk:
    """Ticket 1001 after a question, an answer with a file, and a note."""
    technician = ticket.technician_of()
    assigned = technician.last
    technician.answers(assigned, "Which tray is it?")
    ticket.rita.answers(ticket.rita.last, "It is tray 3.", files={"tray.pdf": b"%PDF-1.4 tray"})
    technician.answers(assigned, "#note\nOrder a new roller for tray 3.\n#prio high")
    return ticket


def test_a_new_technician_gets_the_whole_conversation_with_its_notes_and_files_in_order(under_way: Helpdesk) -> None:
    technician = under_way.technician_of()
    other = other_than(under_way, technician)

    technician.answers(technician.inbox[0], f"#assign {other.name}")

    text = text_of(under_way.notices(other.address, "assigned")[-1])
    told = ["jams since this morning", "Which tray is it?", "It is tray 3.", "Order a new roller for tray 3."]
    places = [text.index(words) for words in told]
    assert places == sorted(places)
    assert f"{technician.name} has given it to you." in text
    assert "Internal note of" in text
    assert "tray.pdf" in text


def test_the_note_in_that_mail_is_not_taken_for_words_that_go_to_the_requester(under_way: Helpdesk) -> None:
    technician = under_way.technician_of()
    other = other_than(under_way, technician)
    technician.answers(technician.inbox[0], f"#assign {other.name}")
    handed = under_way.notices(other.address, "assigned")[-1]
    between = [f"> {line}" for line in text_of(handed).splitlines()]
    between.insert(next(i for i, line in enumerate(between) if "Internal note" in line) + 4, "It is done.")

    under_way.receive(raw_answer(other, handed, "\n".join(between)))

    assert "It is done." in text_of(under_way.rita.last)
    assert "roller" not in text_of(under_way.rita.last)


def raw_answer(person: Person, to: object, body: str) -> bytes:
    head = f"From: {person.address}\nTo: support@example.com\nSubject: Re: x\nMessage-ID: <between@example.com>\n"
    return f"{head}In-Reply-To: {to['Message-ID']}\n\n{body}\n".encode()  # type: ignore[index]


def test_the_previous_technician_is_told_of_a_reassignment_that_he_did_not_make(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    other = other_than(ticket, technician)
    technician.answers(technician.last, f"#assign {other.name}")
    assert ticket.notices(technician.address, "reassigned") == []

    other.answers(other.last, "#prio high")
    ticket.rita.answers(ticket.rita.last, "It still jams.")
    technician.answers(technician.inbox[0], "#take")

    (told,) = ticket.notices(other.address, "reassigned")
    assert f"{technician.name} has this ticket now" in text_of(told)
    receipt = other.answers(told, "I had a look at it: it is the roller.")
    assert "stays internal" in receipt.reason


def test_a_ticket_for_a_team_in_which_nobody_is_free_is_not_called_given_to_its_lead(
    sqlite_database: Database, tmp_path: Path, now: datetime
) -> None:
    desk = Helpdesk(sqlite_database, tmp_path, now, more=EMPTY_TEAM)
    desk.rita.writes("Printer jams", "The printer on floor 2 jams. Please help.")
    technician = desk.technician_of()

    technician.answers(technician.last, "#assign network")

    text = text_of(desk.lena.last)
    assert "given it to you" not in text
    assert f"{technician.name} has left it to team network, and no technician has it now." in " ".join(text.split())


def test_a_long_conversation_keeps_its_newest_part_and_says_how_much_is_left_out(now: datetime) -> None:
    said = [Said("Rita", now, f"{number} " + "x" * 2 * LONGEST) for number in range(20)]

    kept, left_out = fit(said)

    assert [one.text.split()[0] for one in kept] == [str(number) for number in range(20)][-len(kept) :]
    assert left_out == 20 - len(kept) > 0
    assert sum(len(one.text) for one in kept) <= ROOM
    assert all(one.text.endswith(" …") for one in kept)
    assert fit([Said("Rita", now, "x" * 99)], room=1) == ((Said("Rita", now, "x" * 99),), 0)


def test_a_conversation_that_was_cut_says_so_in_the_mail(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    for number in range(8):
        ticket.rita.answers(ticket.rita.inbox[0], f"Part {number}: " + f"{'abcdefgh'[number] * 4} " * 1400)

    technician.answers(technician.inbox[0], f"#assign {other_than(ticket, technician).name}")

    text = text_of(other_than(ticket, technician).last)
    assert "The conversation is long: its 5 oldest messages are left out here." in " ".join(text.split())
    assert "Part 7" in text
    assert "Part 3" not in text


@pytest.mark.parametrize(
    ("words", "notice", "status"), [("#resolve", "resolved", Status.RESOLVED), ("#close", "closed", Status.CLOSED)]
)
def test_the_end_of_a_ticket_is_told_even_from_the_answer_to_a_transcript_but_the_text_stays_inside(
    ticket: Helpdesk, words: str, notice: str, status: Status
) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#take")

    technician.answers(technician.last, f"{words}\n\nThe roller was worn out, and the vendor is late again.")

    assert ticket.ticket().status == status
    assert ticket.ticket().resolution == ""
    (told,) = ticket.notices(ticket.rita.address, notice)
    assert "vendor" not in told.as_string()
    line = " ".join(text_of(technician.last).split())
    assert "Rita Requester was told that the ticket is" in line
    assert "Your text was kept as an internal note, since your mail answers an internal one." in line


def test_the_solution_behind_resolve_goes_out_whatever_is_answered(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#take")

    technician.answers(technician.last, "#resolve The roller was replaced.\n\nBy the way: the vendor is late again.")

    (told,) = ticket.notices(ticket.rita.address, "resolved")
    assert "The roller was replaced." in text_of(told)
    assert "vendor" not in told.as_string()


def test_the_text_below_resolve_is_the_solution_where_the_mail_answers_the_requester(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#resolve\n\nThe roller was replaced.")

    assert "The roller was replaced." in text_of(ticket.notices(ticket.rita.address, "resolved")[0])
    assert ticket.ticket().resolution == "The roller was replaced."


def test_quiet_silences_the_end_of_a_ticket_too(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#take")

    technician.answers(technician.last, "#resolve The roller was replaced.\n#quiet")

    assert ticket.ticket().status == Status.RESOLVED
    assert ticket.notices(ticket.rita.address, "resolved") == []


@pytest.mark.parametrize("decision", ["accept", "new"])
def test_a_text_below_a_decision_is_kept_as_a_note_and_the_transcript_says_so(ticket: Helpdesk, decision: str) -> None:
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "I sit next to Rita and have the same trouble")
    technician = ticket.technician_of()

    technician.answers(technician.last, f"#{decision}\n\nHe is from the other floor, mind the contract.")

    number = 1001 if decision == "accept" else 1002
    transcript = " ".join(text_of(ticket.notices(technician.address, "transcript")[-1]).split())
    assert f"was kept as an internal note of ticket [HD-{number}]; it was sent to nobody." in transcript
    assert ticket.ticket(number).has_internal
    assert b"contract" not in b"".join(
        mail.raw for mail in ticket.courier.sent if mail.recipient in {ticket.rita.address, ticket.mallory.address}
    )


def test_a_text_below_a_decision_that_leaves_no_ticket_is_said_to_be_dropped(desk: Helpdesk) -> None:
    desk.receive(b"To: support@example.com\r\nSubject: no originator\r\n\r\nbuy this\r\n")

    desk.lena.answers(desk.lena.last, "#spam\n\nWho are they?")

    assert "was not kept: no ticket goes with it" in " ".join(text_of(desk.lena.last).split())


def test_a_mistake_in_a_decision_decides_nothing_and_gives_the_text_back(ticket: Helpdesk) -> None:
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "I sit next to Rita")
    technician = ticket.technician_of()

    technician.answers(technician.last, "#acept\n\nHe is all right.")

    text = text_of(technician.last)
    assert "there is no command #acept. Did you mean #accept?" in " ".join(text.split())
    assert "> He is all right." in text
    assert ticket.mallory.inbox == []


def test_help_is_given_in_the_answer_about_a_held_mail_too(ticket: Helpdesk) -> None:
    ticket.mallory.writes("Re: [HD-1001] Printer jams", "I sit next to Rita")
    technician = ticket.technician_of()
    question = technician.last

    technician.answers(question, "#help")

    assert "Makes a new ticket of the held message." in " ".join(text_of(technician.last).split())
    technician.answers(question, "#accept")
    assert "takes part from now on" in " ".join(text_of(technician.last).split())


def test_what_somebody_gets_as_a_technician_does_not_use_up_what_he_may_get_as_a_requester(desk: Helpdesk) -> None:
    for number in range(desk.settings.limits.per_address_day + 5):
        person = Person(desk, f"person{number}@client.example")
        person.writes(f"Thing {number}", f"Thing number {number} is broken, please help")
    busiest = desk.tom
    assert len(busiest.inbox) >= 10
    for _ in range(desk.settings.limits.per_address_day):
        busiest.answers(busiest.inbox[0], "#note seen")

    busiest.writes("My own screen", "My own screen is dark, please help")

    assert len(desk.notices(busiest.address, "acknowledgement")) == 1


def test_a_technician_reads_in_his_language_why_a_mail_is_held(indonesian: Helpdesk) -> None:
    indonesian.rita.writes("The router is dead", "The router is dead, please help")
    sari = Person(indonesian, "sari@example.com", "Sari")

    receipt = indonesian.mallory.writes("Re: [HD-1001] The router is dead", "Me too")

    assert say("id", "held_stranger", address="mallory@evil.example") in " ".join(text_of(sari.last).split())
    assert receipt.reason == "the number in the subject, but mallory@evil.example does not take part in it"


def test_a_technician_reads_in_his_language_why_his_answer_did_not_go_out(indonesian: Helpdesk) -> None:
    indonesian.rita.writes("The router is dead", "The router is dead, please help")
    sari = Person(indonesian, "sari@example.com", "Sari")
    assigned = sari.last
    sari.answers(assigned, "#note The canary sings in the server room")

    sari.answers(assigned, "Hello, the canary sings in the server room.")

    why = say("id", "leak", text="").rstrip()
    assert why in " ".join(text_of(sari.last).split())
    blocked = next(event for event in indonesian.events() if event.kind == "leak_blocked")
    assert blocked.reason.startswith("it holds internal text: ")
