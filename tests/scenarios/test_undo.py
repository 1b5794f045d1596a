"""A technician takes back what his mail did: within the moment of grace nobody outside hears of it."""

import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import func, select
from sqlmodel import col
from world import Helpdesk, Person
from world.helpdesk import text_of

from mailbot import retention
from mailbot.adapters import store, traces
from mailbot.adapters.db import Database
from mailbot.adapters.tables import Entry, OutboxMail, Participant, Ticket, Undo
from mailbot.core.commands.undo import ALPHABET

NETWORK = """
[[teams]]
name = "network"
lead = "lars@example.com"

[[technicians]]
email = "nina@example.com"
name = "Nina Network"
teams = ["network"]
"""
CODE = re.compile(r"#undo ([A-Z0-9]{6})")


@pytest.fixture
def desk(database: Database, tmp_path: Path, now: datetime) -> Helpdesk:
    desk = Helpdesk(database, tmp_path, now, more=NETWORK, undo_window="30s")
    desk.rita.writes("Printer jams", "The printer on floor 2 jams. Please help.")
    return desk


def transcript(desk: Helpdesk, person: Person) -> EmailMessage:
    return desk.notices(person.address, "transcript")[-1]


def does(desk: Helpdesk, text: str, person: Person | None = None, **extra: Any) -> str:
    """The technician writes about the ticket; gives the code in the answer."""
    person = person or desk.technician_of()
    person.answers(desk.notices(person.address, "assigned")[0], text, **extra)
    found = CODE.search(text_of(transcript(desk, person)))
    assert found is not None, text_of(transcript(desk, person))
    return found[1]


def columns(ticket: Ticket) -> dict[str, Any]:
    """The state of a ticket, but for when it was last touched."""
    left_out = {"updated_at", "indexed_at", "has_internal"}
    return {name: value for name, value in traces.image(ticket).items() if name not in left_out}


def mail(desk: Helpdesk, notice: str) -> OutboxMail:
    with desk.database.unit_of_work(write=False) as session:
        statement = select(OutboxMail).where(col(OutboxMail.notice) == notice).order_by(col(OutboxMail.id).desc())
        row = session.scalars(statement).first()
        assert row is not None
        return row


def entries(desk: Helpdesk) -> list[Entry]:
    with desk.database.unit_of_work(write=False) as session:
        return store.entries(session, 1001)


def people(desk: Helpdesk) -> list[str]:
    with desk.database.unit_of_work(write=False) as session:
        return list(session.scalars(select(col(Participant.address)).order_by(col(Participant.address))))


def test_a_resolution_that_was_a_slip_is_taken_back_before_the_requester_hears_of_it(desk: Helpdesk) -> None:
    before, heard = columns(desk.ticket()), len(desk.rita.inbox)
    code = does(
        desk, "#resolve Replaced the fuser.\n#note the spare part is the last one\n#end\n\nDear Rita, it works again."
    )
    assert desk.ticket().status == "resolved"
    said = text_of(transcript(desk, desk.technician_of()))
    assert f"sent in 30 seconds. To take all of this back, reply with  #undo {code}  (until " in said
    assert "is told that the ticket is resolved, with your text." in said
    desk.wait(seconds=20)
    assert len(desk.rita.inbox) == heard

    technician = desk.technician_of()
    technician.answers(transcript(desk, technician), f"#undo {code}")

    said = text_of(transcript(desk, technician))
    assert "status: resolved → new" in said
    assert "Not sent any more: " in said
    assert columns(desk.ticket()) == before
    row = mail(desk, "resolved")
    assert (row.state, row.answer) == ("cancelled", f"taken back by {technician.address}")
    written = [entry for entry in entries(desk) if entry.kind != "message"]
    assert len(written) == 2
    assert all(entry.withdrawn_at == desk.now for entry in written)
    assert "undone" in [event.kind for event in desk.events()]
    desk.wait(hours=1)
    assert len(desk.rita.inbox) == heard


def test_what_waits_is_sent_when_its_moment_has_come(desk: Helpdesk) -> None:
    heard = len(desk.rita.inbox)
    does(desk, "#take\n\nDear Rita, I am on my way.")
    desk.wait(seconds=29)
    assert len(desk.rita.inbox) == heard
    desk.wait(seconds=1)
    assert "on my way" in text_of(desk.rita.last)


def test_what_was_sent_before_stays_said_and_the_transcript_names_it(desk: Helpdesk) -> None:
    code = does(desk, "#cc dewi@client.example\n#resolve Replaced the fuser.")
    desk.wait(minutes=1)
    technician = desk.technician_of()
    technician.answers(transcript(desk, technician), f"#undo {code}")
    said = text_of(transcript(desk, technician))
    assert "Sent already, this cannot be taken back:" in said
    assert "to rita@client.example." in said
    ticket = desk.ticket()
    assert ticket.status == "new"
    assert ticket.resolution == ""
    assert ticket.first_response_at is not None, "she was answered, after all"
    assert people(desk) == ["rita@client.example"]


def test_a_colleague_who_was_told_is_named_and_hears_of_the_change(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    other = desk.tess if technician is desk.tom else desk.tom
    code = does(desk, f"#assign {other.address}")
    assert desk.ticket().technician == other.address
    technician.answers(transcript(desk, technician), f"#undo {code}")
    assert desk.ticket().technician == technician.address
    said = re.sub(r"\s+", " ", text_of(transcript(desk, technician)))
    assert "Sent already, this cannot be taken back: " in said
    assert f", to {other.address}." in said
    assert len(desk.notices(other.address, "reassigned")) == 1


@pytest.mark.parametrize(
    "commands",
    [
        "#prio critical",
        "#impact organisation",
        "#urgency high",
        "#category network",
        "#team network",
        "#title Printer on floor 2",
        "#tag +vip +floor2",
        "#wait 2d",
        "#hold a spare part was ordered",
        "#diagnosis The fuser is worn.",
        "#workaround Print on floor 3.",
        "#resolution Replaced.\n#resolve\n#prevention Use paper of 80 g.",
        "#time 45m",
        "#close",
        "#escalate network the switch is broken",
        "#cc dewi@client.example",
        "#take",
        "#note between us",
        "#prio high\n#tag +vip\n#wait\n#time 10m\n#note x\n#end\n\nDear Rita, which printer?",
    ],
)
def test_every_verb_is_taken_back_whole_and_an_undo_too(desk: Helpdesk, commands: str) -> None:
    technician = desk.technician_of()
    before, there = columns(desk.ticket()), people(desk)
    code = does(desk, commands)
    changed, then = columns(desk.ticket()), people(desk)
    said = {entry.id: entry.withdrawn_at for entry in entries(desk)}
    desk.now += timedelta(seconds=5)

    technician.answers(transcript(desk, technician), f"#undo {code}")

    assert columns(desk.ticket()) == before
    assert people(desk) == there
    assert all(entry.withdrawn_at for entry in entries(desk) if entry.kind != "message")
    redo = CODE.search(text_of(transcript(desk, technician)))
    assert redo is not None
    assert redo[1] != code

    technician.answers(transcript(desk, technician), f"#undo {redo[1]}")

    assert columns(desk.ticket()) == changed
    assert people(desk) == then
    assert {entry.id: entry.withdrawn_at for entry in entries(desk)} == said
    desk.wait(minutes=1)
    if "Dear Rita" in commands:
        assert "which printer?" in text_of(desk.rita.last)
    technician.answers(transcript(desk, technician), f"#undo {code}")
    assert "was taken back" in text_of(transcript(desk, technician)), "it can be taken back again"


def test_without_a_code_the_answer_to_a_transcript_takes_that_mail_back(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    does(desk, "#prio high")
    first = transcript(desk, technician)
    does(desk, "#tag +vip")
    technician.answers(first, "#undo")
    assert (desk.ticket().priority, desk.ticket().tags) == ("normal", ["vip"])
    technician.answers(first, "#batal")
    assert "was taken back already, by" in text_of(transcript(desk, technician))


def test_a_text_that_stayed_inside_is_withdrawn_by_the_answer_to_the_mail_that_said_so(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    first = does(desk, "#prio high")
    technician.answers(transcript(desk, technician), "The boss is furious.")
    said = transcript(desk, technician)
    kept = CODE.search(text_of(said))
    assert kept is not None
    assert kept[1] != first
    does(desk, "#tag +vip")
    technician.answers(said, "#undo")
    assert [bool(entry.withdrawn_at) for entry in entries(desk) if entry.internal] == [True]
    assert (desk.ticket().priority, desk.ticket().tags) == ("high", ["vip"])


def test_without_a_code_elsewhere_the_latest_mail_is_meant_a_plain_reply_too(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    request = desk.notices(technician.address, "assigned")[0]
    does(desk, "#prio high")
    heard = len(desk.rita.inbox)
    technician.answers(request, "Dear Budi, here is the password.")
    desk.wait(seconds=10)
    technician.answers(request, "#undo")
    desk.wait(hours=1)
    assert len(desk.rita.inbox) == heard
    assert desk.ticket().first_response_at is None
    technician.answers(request, "#undo")
    assert desk.ticket().priority == "normal"
    technician.answers(request, "#undo")
    assert "There is nothing of yours on this ticket" in text_of(transcript(desk, technician))


def test_a_better_text_may_stand_below(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    request = desk.notices(technician.address, "assigned")[0]
    technician.answers(request, "Dear Rita, the key is 1234 for all of us.\n\n#note")
    technician.answers(request, "#undo\n\nDear Rita, the key is with the porter.")
    desk.wait(minutes=1)
    texts = [text_of(mail) for mail in desk.rita.inbox]
    assert "with the porter" in texts[-1]
    assert not any("1234" in text for text in texts)
    with desk.database.unit_of_work(write=False) as session:
        never_sent = session.scalars(
            select(col(OutboxMail.message_id)).where(col(OutboxMail.state) == "cancelled")
        ).one()
    assert never_sent not in str(desk.rita.last["References"])


def test_a_mail_that_follows_is_not_sent_before_the_one_that_waits(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    request = desk.notices(technician.address, "assigned")[0]
    technician.answers(request, "Dear Rita, first of all: switch it off.")
    desk.wait(seconds=10)
    with desk.database.unit_of_work() as session:
        row = session.scalars(select(OutboxMail).where(col(OutboxMail.notice) == "acknowledgement")).one()
        values = {name: getattr(row, name) for name in type(row).model_fields if name != "id"}
        values |= {"key": "later", "message_id": "<later@x>", "state": "queued", "next_attempt_at": desk.now}
        session.add(OutboxMail(**(values | {"raw": b"Subject: later\r\n\r\nlater\r\n", "attempts": 0, "answer": ""})))
        session.add(
            OutboxMail(
                **(
                    values
                    | {"key": "other", "message_id": "<other@x>", "recipient": "o@x", "attempts": 0, "answer": ""}
                )
            )
        )
    desk.send()
    assert [mail.recipient for mail in desk.courier.sent][-1] == "o@x", "nobody else waits"
    assert desk.rita.last["Subject"] != "later"
    desk.wait(seconds=30)
    assert desk.rita.last["Subject"] == "later"
    assert "switch it off" in text_of(desk.rita.inbox[-2])


def test_a_mail_that_the_server_refused_holds_up_no_other(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    request = desk.notices(technician.address, "assigned")[0]
    technician.answers(request, "Dear Rita, first.")
    desk.courier.outcomes["rita@client.example"] = ("retry", 450, "later")
    desk.wait(seconds=30)
    desk.courier.outcomes.clear()
    technician.answers(request, "Dear Rita, second.")
    desk.wait(seconds=30)
    assert "second" in text_of(desk.rita.last)


def test_acknowledgements_and_mail_to_technicians_do_not_wait(desk: Helpdesk) -> None:
    assert len(desk.notices("rita@client.example", "acknowledgement")) == 1
    technician = desk.technician_of()
    other = desk.tess if technician is desk.tom else desk.tom
    does(desk, f"#assign {other.address}")
    assert len(desk.notices(other.address, "assigned")) == 1


def test_what_somebody_changed_since_is_refused_and_nothing_is_half_done(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    code = does(desk, "#prio high\n#tag +vip")
    other = desk.tess if technician is desk.tom else desk.tom
    does(desk, f"#assign {other.address}")
    does(desk, "#prio low", other)
    technician.answers(desk.notices(technician.address, "assigned")[0], f"#undo {code}")
    said = re.sub(r"\s+", " ", text_of(transcript(desk, technician)))
    assert f"priority: it was changed again since then, by {other.name}, and is “low” now." in said
    assert (desk.ticket().priority, desk.ticket().tags) == ("low", ["vip"])


def test_his_own_later_change_is_to_be_taken_back_first(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    first = does(desk, "#prio high")
    second = does(desk, "#prio low")
    technician.answers(transcript(desk, technician), f"#undo {first}")
    assert f"Take the later mail back first, with “#undo {second}”." in text_of(transcript(desk, technician))
    technician.answers(transcript(desk, technician), f"#undo {second}")
    technician.answers(transcript(desk, technician), f"#undo {first}")
    assert desk.ticket().priority == "normal"


def test_of_time_worked_and_tags_only_the_difference_is_taken_back(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    code = does(desk, "#time 30m\n#tag +vip")
    does(desk, "#time 10m\n#tag +floor2")
    technician.answers(transcript(desk, technician), f"#undo {code}")
    assert (desk.ticket().worked_minutes, desk.ticket().tags) == (10, ["floor2"])


def test_the_requesters_word_in_between_is_a_reason_to_refuse(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    does(desk, "#take")
    code = does(desk, "#wait\n\nDear Rita, which printer?")
    desk.wait(minutes=1)
    desk.rita.answers(desk.rita.last, "The one on floor 2. It is urgent now.")
    does(desk, "#resolve Replaced.")
    technician.answers(desk.notices(technician.address, "assigned")[0], f"#undo {code}")
    assert "status: it was changed again since then" in text_of(transcript(desk, technician))
    assert desk.ticket().status == "resolved"


def test_a_pause_that_was_a_slip_costs_no_time(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    due = desk.ticket().resolve_by
    code = does(desk, "#wait 2d")
    desk.now += timedelta(hours=3)
    assert desk.ticket().resolve_by is None
    technician.answers(transcript(desk, technician), f"#undo {code}")
    assert desk.ticket().resolve_by == due


def test_only_the_writer_and_the_lead_of_the_team_take_it_back(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    other = desk.tess if technician is desk.tom else desk.tom
    does(desk, f"#assign {other.address}")
    code = does(desk, "#prio high", other)
    technician.answers(desk.notices(technician.address, "assigned")[0], f"#undo {code}")
    said = re.sub(r"\s+", " ", text_of(transcript(desk, technician)))
    assert f"{code} belongs to a mail of {other.name}: only he and the lead of the team can take it back." in said
    assert desk.ticket().priority == "high"
    does(desk, "#escalate Lena please look", other)
    lead = desk.lena
    lead.answers(lead.last, f"#undo {code}")
    assert desk.ticket().priority == "normal"
    assert f"What the mail of {other.name}" in text_of(transcript(desk, lead))


def test_unknown_codes_other_tickets_and_codes_that_are_none_are_answered_clearly(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    desk.budi.writes("Screen is black", "Please help")
    code = does(desk, "#prio high")
    request = desk.notices(technician.address, "assigned")[0]
    cases = {
        "#undo 343434": "There is no undo code 343434, or not any more: codes count for 24 hours.",
        "#undo 12": "“12” is no undo code.",
        f"#undo {code}\n#prio low": "#undo stands alone.",
        f"#undo {code}\n#undo {code}": "#undo stands alone.",
    }
    for text, answer in cases.items():
        technician.answers(request, text)
        assert answer in re.sub(r"\s+", " ", text_of(transcript(desk, technician))), text
    assert desk.ticket().priority == "high"


def test_a_code_of_another_ticket_says_which(desk: Helpdesk) -> None:
    for number in range(4):
        desk.budi.writes(f"Screen {number} is black", "Please help")
    technician = desk.technician_of()
    code = does(desk, "#prio high")
    technician.answers(desk.notices(technician.address, "assigned")[-1], f"#undo {code}")
    assert f"{code} belongs to ticket [HD-1001]" in text_of(transcript(desk, technician))
    assert desk.ticket().priority == "high"


def test_a_code_counts_for_a_day_and_is_forgotten_then(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    code = does(desk, "#prio high")
    desk.now += timedelta(hours=25)
    technician.answers(transcript(desk, technician), f"#undo {code}")
    assert f"The code {code} counted until" in text_of(transcript(desk, technician))
    assert desk.ticket().priority == "high"
    retention.purge(desk.database, desk.current.get().policy, desk.now)
    with desk.database.unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Undo)) == 0
    technician.answers(transcript(desk, technician), f"#undo {code}")
    assert f"There is no undo code {code}" in text_of(transcript(desk, technician))


def test_one_tap_in_the_transcript_writes_the_mail(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    code = does(desk, "#prio high")
    html = transcript(desk, technician).get_body(("html",))
    assert html is not None
    link = re.search(r'href="mailto:([^?"]+)\?subject=([^"&]+)&amp;body=([^"]+)"', html.get_content())
    assert link is not None
    assert unquote(link[3]) == f"#undo {code}\r\n"
    desk.mallory.writes(unquote(link[2]), unquote(link[3]))
    assert desk.ticket().priority == "high", "whoever else has the link proves nothing with it"
    technician.writes(unquote(link[2]), unquote(link[3]))
    assert desk.ticket().priority == "normal"


def test_a_mail_that_changed_nothing_has_no_code(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    technician.answers(desk.notices(technician.address, "assigned")[0], "#prio normal")
    said = text_of(transcript(desk, technician))
    assert "priority: stays normal" in said
    assert CODE.search(said) is None


def test_a_withdrawn_text_is_marked_in_the_record_and_not_handed_on(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    code = does(desk, "#note the boss is furious")
    technician.answers(transcript(desk, technician), f"#undo {code}")
    other = desk.tess if technician is desk.tom else desk.tom
    does(desk, f"#assign {other.address}")
    assert "furious" not in text_of(desk.notices(other.address, "assigned")[-1])
    technician.answers(desk.notices(technician.address, "assigned")[0], "#show")
    assert f"{technician.name} (withdrawn)" in text_of(desk.notices(technician.address, "record")[-1])


def test_a_withdrawn_note_stays_internal(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    secret = "the director of finance has lost his laptop in a bar again"
    code = does(desk, f"#note {secret}")
    technician.answers(transcript(desk, technician), f"#undo {code}")
    technician.answers(desk.notices(technician.address, "assigned")[0], f"Dear Rita, {secret}.")
    desk.wait(hours=1)
    assert not any("laptop in a bar" in text_of(mail) for mail in desk.rita.inbox)


def test_codes_have_no_look_alikes() -> None:
    assert not set(ALPHABET) & set("0O1IL5S8B2ZUVG")
    assert len(ALPHABET) == len(set(ALPHABET)) == 22
