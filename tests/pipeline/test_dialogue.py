"""A technician is never left in the dark about his mail: what was kept, what was held, what was not understood."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlmodel import select
from world import Helpdesk, Person
from world.helpdesk import text_of

from mailbot.adapters.db import Database
from mailbot.adapters.tables import Entry, Hold

INDONESIAN = """
[[technicians]]
email = "dewi@example.com"
name = "Dewi"
level = 2
language = "id"
"""


def lead_of(text: str) -> str:
    """The first line of a mail below the line that asks for the reply above it."""
    return [line for line in text.splitlines() if line.strip()][1]


def flat(mail: EmailMessage) -> str:
    """The words of a mail, whatever its lines."""
    return " ".join(text_of(mail).split())


def entries(desk: Helpdesk) -> list[Entry]:
    with desk.database.unit_of_work(write=False) as session:
        return list(session.exec(select(Entry).order_by(Entry.id)))  # type: ignore[arg-type]


def holds(desk: Helpdesk) -> list[Hold]:
    with desk.database.unit_of_work(write=False) as session:
        return list(session.exec(select(Hold).order_by(Hold.id)))  # type: ignore[arg-type]


@pytest.fixture
def indonesian(database: Database, tmp_path: Path, now: datetime) -> tuple[Helpdesk, Person]:
    """A helpdesk with ticket 1001, which belongs to Dewi, who reads Indonesian."""
    desk = Helpdesk(database, tmp_path, now, more=INDONESIAN)
    desk.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.")
    technician = desk.technician_of()
    technician.answers(technician.last, "#assign dewi")
    return desk, Person(desk, "dewi@example.com", "Dewi")


def test_a_plain_answer_to_a_transcript_is_kept_and_its_writer_hears_so(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#take")
    ticket_mails, outside = len(technician.inbox), len(ticket.rita.inbox)

    technician.answers(technician.last, "Please try tray 3.")

    assert len(ticket.rita.inbox) == outside
    assert len(technician.inbox) == ticket_mails + 1
    text = text_of(technician.last)
    assert lead_of(text) == "Kept as an internal note; nothing was sent to the requester."
    assert "To write to the requester, reply to a mail about the ticket" in text
    assert technician.last["Subject"].startswith("[HD-1001] Kept as an internal note")


def test_a_plain_answer_to_a_reassignment_is_kept_and_its_writer_hears_so(ticket: Helpdesk) -> None:
    before = ticket.technician_of()
    other = ticket.tess if before.address == ticket.tom.address else ticket.tom
    ticket.lena.writes("Re: [HD-1001] Printer jams", f"#assign {other.address}")
    ticket.lena.answers(ticket.lena.last, "#go")

    before.answers(before.last, "Good luck with it.")

    assert lead_of(text_of(before.last)) == "Kept as an internal note; nothing was sent to the requester."


def test_the_answer_to_a_help_page_says_what_is_right(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#help")
    assert "a reply to a mail about a ticket" in flat(technician.last)
    technician.answers(technician.last, "#take\n\nPlease try tray 3.")

    text = flat(technician.last)
    assert "its text was kept as an internal note and went to nobody outside" in text
    assert "There is nothing more to do" not in text


def test_a_plain_answer_to_a_challenge_hears_that_it_still_needs_its_word(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.writes("Re: [HD-1001] Printer jams", "#resolve\n\nIt works again.")
    technician.answers(technician.last, "Yes, that was me.")

    text = flat(technician.last)
    assert "still waits: reply to that question with the word #go alone" in text
    assert holds(ticket)[0].state == "open"


def test_a_plain_answer_to_a_challenge_about_no_ticket_hears_it_too(desk: Helpdesk) -> None:
    desk.tom.writes("Hello", "#list mine")
    desk.tom.answers(desk.tom.last, "Yes, that was me.")

    text = flat(desk.tom.last)
    assert "still waits: reply to that question with the word #go alone" in text
    assert "mistake" not in text
    assert len(holds(desk)) == 1


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("Please try tray 3.\n\n#resolve", "Line 3, “#resolve”"),
        ("Silakan coba baki 3.\n#selesai", "Line 2, “#selesai”"),
        ("Please try tray 3.\n#prio high\nThank you.", "Line 2, “#prio high”"),
        ("Please try tray 3.\n\n#note She spilled tea.", "Line 3, “#note She spilled tea.”"),
        ("#prio high\n\nPlease try tray 3.\n\n#wait 2d", "Line 5, “#wait 2d”"),
        ("# take\n\nPlease try tray 3.", "Line 1, “# take”"),
        ("# ambil\n# prio high\n\nPlease try tray 3.", "Line 2, “# prio high”"),
    ],
)
def test_a_command_in_the_wrong_place_holds_the_whole_mail(ticket: Helpdesk, body: str, line: str) -> None:
    technician, outside = ticket.technician_of(), len(ticket.rita.inbox)

    technician.answers(technician.last, body)

    assert len(ticket.rita.inbox) == outside
    assert ticket.ticket().status == "new"
    assert line in text_of(technician.last)
    technician.answers(technician.last, "#go")
    assert "tray 3" in text_of(ticket.rita.last) or "baki 3" in text_of(ticket.rita.last)


@pytest.mark.parametrize(
    "body",
    [
        "#1 issue: the tray is empty.",
        "# Solution\n\nWe opened tray 3.",
        "# Resolved issues of today\n\nTray 3 is open.",
        "Here is the list:\n\n# Note\n\nTray 3 is open.",
        "Please follow our #resolve channel.",
        "It was on the news:\n#new printers are here",
        "#quotedprintable is a coding",
        "#end\nTo close it write this on top:\n#close",
        "Like this?\n> #resolve",
    ],
)
def test_text_that_only_looks_like_a_command_is_sent(ticket: Helpdesk, body: str) -> None:
    technician, outside = ticket.technician_of(), len(ticket.rita.inbox)

    technician.answers(technician.last, body)

    assert bool(holds(ticket)) == body.startswith("#quoted")
    assert len(ticket.rita.inbox) == outside + (not body.startswith("#quoted"))


def test_a_mail_read_as_nothing_but_a_quotation_says_so(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "")

    text = flat(technician.last)
    assert "had no text of its own: everything in it was read as a quotation or a signature" in text
    assert "Write your answer above the quoted mail" in text


def test_after_go_the_answer_names_what_was_dropped(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#take\n#prioo high\n\nPlease try tray 3.")
    technician.answers(technician.last, "#go")

    text = text_of(technician.last)
    assert "only the text of your mail was used" in text
    assert "Not carried out: “#take” · “#prioo high”" in text
    assert "Your text was sent to Rita Requester." in text
    assert "tray 3" in text_of(ticket.rita.last)


def test_the_ledger_speaks_english_whatever_the_technician_reads(indonesian: tuple[Helpdesk, Person]) -> None:
    desk, dewi = indonesian
    assigned = dewi.last

    held = dewi.answers(assigned, "#prioo tinggi\n#kategori xyz")
    assert "there is no command #prioo" in held.reason
    assert "tidak ada" not in held.reason
    assert "tidak ada perintah" in text_of(dewi.last)
    question = dewi.last
    dewi.answers(question, "#go")
    again = dewi.answers(question, "#go")
    assert again.reason.startswith("This was decided before")

    desk.mallory.writes("Re: [HD-1001] Printer jams", "Me too.")
    decided = dewi.answers(desk.notices(dewi.address, "held")[-1], "#accept")
    assert decided.reason.startswith("The message of mallory@evil.example was added")
    assert "ditambahkan" in text_of(dewi.last)


def test_mail_without_subject_and_text_is_shown_as_such(desk: Helpdesk) -> None:
    desk.rita.writes("", "")
    technician = desk.technician_of()

    assert "(no subject)" in technician.last["Subject"]
    assert "(no text)" in text_of(technician.last)


def test_a_name_that_only_repeats_the_address_is_left_out(database: Database, tmp_path: Path, now: datetime) -> None:
    desk = Helpdesk(database, tmp_path, now, more='[[teams]]\nname = "other"\nlead = "otto@example.com"\n')
    desk.rita.writes("Printer jams", "It jams.")
    technician = desk.technician_of()
    technician.answers(technician.last, "#assign otto@example.com")

    assert str(desk.mails_to("otto@example.com")[-1]["To"]) == "otto@example.com"


def test_those_in_copy_are_named_where_a_technician_decides_what_to_send(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    ticket.budi.writes("Re: [HD-1001] Printer jams", "It jams for me too.")
    technician.answers(technician.last, "#accept")

    brought = ticket.notices(technician.address, "requester_replied")[-1]
    assert "In copy: Budi" in text_of(brought)
    technician.answers(brought, "#prio high\n\nPlease try tray 3.")
    assert "Your text was sent to Rita Requester, Budi." in text_of(technician.last)


def test_a_fresh_correct_mail_replaces_what_was_held_for_a_mistake(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    technician.answers(assigned, "#prioo high\n\nPlease try tray 3.")
    question = technician.last

    technician.answers(assigned, "#prio high\n\nPlease open the cover.")

    assert "counts as replaced by this one; its text was not sent: “Please try tray 3.”" in flat(technician.last)
    assert [row.decision for row in holds(ticket)] == ["replaced"]
    outside = len(ticket.rita.inbox)
    technician.answers(question, "#go")
    assert len(ticket.rita.inbox) == outside


def test_go_for_a_corrected_mail_with_a_mistake_of_its_own_sends_that_one_and_not_the_first(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#prioo high\n\nPlease try tray 3.")
    first = technician.last
    technician.answers(first, "#prioo low\n\nPlease open the cover.")

    technician.answers(technician.last, "#go")

    assert "Please open the cover." in text_of(ticket.rita.last)
    assert sorted(row.decision for row in holds(ticket)) == ["go", "replaced"]
    outside = len(ticket.rita.inbox)
    technician.answers(first, "#go")
    assert len(ticket.rita.inbox) == outside


@pytest.mark.parametrize("second", ["#prio high\n\nShe is late with paying again.", "#go"])
def test_what_answers_an_internal_mail_stays_inside_though_it_held_a_mistake_first(
    ticket: Helpdesk, second: str
) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#take")
    outside = len(ticket.rita.inbox)
    technician.answers(technician.last, "#prioo high\n\nShe is late with paying again.")
    question = technician.last

    technician.answers(question, second)

    assert len(ticket.rita.inbox) == outside
    assert [row.state for row in holds(ticket)] != ["open"]
    technician.answers(question, "#go")
    assert len(ticket.rita.inbox) == outside


def test_mistakes_are_told_in_the_order_of_their_lines(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#assign nobody-of-this-name\n#take\n#prioo high")

    text = text_of(technician.last)
    assert text.index("Line 1,") < text.index("Line 3,")


def test_a_rule_is_asked_about_again_in_the_language_of_whoever_decides(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    more = '[[rules]]\nid = "parcel"\nany = ["parcel"]\naction = "hold"\n[limits]\nper_address_day = 1\n'
    desk = Helpdesk(database, tmp_path, now, more=more, helpdesk='language = "id"')
    for number in range(5):
        desk.rita.writes(f"A parcel {number}", "Your parcel waits.")
    asked = len(desk.notices(desk.lena.address, "held"))
    assert asked < 5

    desk.live(hours=60, step=timedelta(hours=6))

    again = desk.notices(desk.lena.address, "held")
    assert len(again) > asked
    assert "aturan parcel: parcel" in flat(again[-1])
    assert "rule parcel" not in flat(again[-1])


def test_moments_and_missing_dates_read_naturally(indonesian: tuple[Helpdesk, Person]) -> None:
    _desk, dewi = indonesian
    assigned = dewi.last
    dewi.answers(assigned, "#wait 2026-12-30 08:00\n#note Satu baris")
    assert "30 Des 2026, 08.00 WIB" in flat(dewi.last)
    assert "1 baris disimpan" in flat(dewi.last)
    dewi.answers(assigned, "#wait user")
    assert "→ tanpa tanggal" in flat(dewi.last)


def test_a_reply_by_a_machine_to_each_of_these_mails_ends_with_an_event(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#take")
    transcript, count = technician.last, len(technician.inbox)

    for number in range(5):
        technician.answers(transcript, f"I am on holiday, number {number}")

    assert len(technician.inbox) == count + 3
    assert [event.kind for event in ticket.events()].count("notice_suppressed") == 2
    ticket.wait(hours=2)
    technician.answers(transcript, "I am back.")
    assert lead_of(text_of(technician.last)) == "Kept as an internal note; nothing was sent to the requester."


BETWEEN_US = "Between us: this customer never pays."


@pytest.mark.parametrize("notice", ["transcript", "escalation"])
@pytest.mark.parametrize("mistake", ["below", "on top"])
@pytest.mark.parametrize("way", ["go", "corrected", "corrected twice"])
def test_what_answers_internal_mail_stays_inside_though_it_held_a_mistake_first(
    ticket: Helpdesk, notice: str, mistake: str, way: str
) -> None:
    technician = ticket.technician_of()
    if notice == "transcript":
        technician.answers(technician.last, "#take")
    else:
        ticket.wait(days=2)
    internal = ticket.notices(technician.address, notice)[-1]
    outside = len(ticket.rita.inbox)

    technician.answers(internal, f"{BETWEEN_US}\n#take" if mistake == "below" else f"#prioo high\n\n{BETWEEN_US}")
    assert "as an internal note" in flat(technician.last)
    if way == "corrected twice":
        technician.answers(technician.last, f"#prioo normal\n\n{BETWEEN_US}")
    technician.answers(technician.last, "#go" if way == "go" else f"#prio high\n\n{BETWEEN_US}")

    assert not any(BETWEEN_US in flat(mail) for mail in ticket.rita.inbox)
    assert len(ticket.rita.inbox) == outside
    assert any(BETWEEN_US in entry.text and entry.internal for entry in entries(ticket))
    assert {row.state for row in holds(ticket)} <= {"released", "rejected"}


def test_the_files_and_commands_of_a_replaced_mail_are_named(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    technician.answers(assigned, "#prioo high", files={"manual.pdf": b"%PDF-1.4 how to"})

    technician.answers(assigned, "Please open the cover.")

    said = flat(technician.last)
    assert "it was not carried out: “#prioo high”" in said
    assert "were not sent: manual.pdf." in said


def test_a_mail_that_only_asks_for_help_replaces_nothing_that_is_held(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, "#prioo high\n\nPlease try tray 3.")
    question = technician.last
    technician.answers(question, "#help")
    assert "counts as replaced" not in flat(technician.last)
    technician.answers(question, "#go")
    assert "Please try tray 3." in flat(ticket.rita.last)


@pytest.mark.parametrize("body", ["#resolve Tray 3 was bent.\n#close", "#resolution Tray 3 was bent.\n#end\n#close"])
def test_whoever_closes_a_ticket_with_its_solution_tells_it_to_the_requester(ticket: Helpdesk, body: str) -> None:
    technician = ticket.technician_of()
    technician.answers(technician.last, f"{body}\n#prevention Load 80 g paper only.")
    assert "closed" in ticket.rita.last["Subject"].lower()
    for part in ("plain", "html"):
        said = ticket.rita.last.get_body((part,))
        assert said is not None
        assert "Tray 3 was bent." in said.get_content()
        assert "Load 80 g paper only." in said.get_content()
