"""Keys that rotate, rights that change, and what a challenge confirms."""

from dataclasses import replace

import pytest
from world import Helpdesk
from world.helpdesk import text_of

OLD, NEW = "0123456789abcdef" * 3, "fedcba9876543210" * 3
ROTATED = {"MAILBOT_SECURITY__SECRET_KEY": NEW, "MAILBOT_SECURITY__OLD_SECRET_KEYS": f'["{OLD}"]'}


def test_after_a_rotation_old_mail_can_still_be_answered_and_new_mail_has_the_new_key(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last

    ticket.reload(**ROTATED)

    assert technician.answers(assigned, "#prio high").disposition == "commanded"
    transcript = technician.last
    ticket.reload(MAILBOT_SECURITY__SECRET_KEY=NEW)
    assert technician.answers(transcript, "#prio low").disposition == "commanded"
    assert technician.answers(assigned, "#close").disposition == "held"
    assert ticket.ticket().status != "closed"


def without(desk: Helpdesk, address: str) -> None:
    policy = desk.current.get().policy
    left = {key: who for key, who in policy.directory.technicians.items() if key != address}
    directory = replace(policy.directory, technicians=left)
    desk.current.desk = replace(desk.current.desk, policy=replace(policy, directory=directory))


def test_whoever_left_between_the_challenge_and_go_confirms_nothing(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    technician.writes("Re: [HD-1001] Printer jams", "#close")
    challenge = ticket.notices(technician.address, "challenge")[-1]

    without(ticket, technician.address)

    assert technician.answers(challenge, "#go").disposition == "held"
    assert ticket.ticket().status == "new"


def test_a_change_of_teams_counts_at_once(ticket: Helpdesk) -> None:
    """What a list shows, and to whom a ticket can be given, follows from the configuration of that moment."""
    technician = ticket.technician_of()
    other = ticket.tess if technician is ticket.tom else ticket.tom
    assigned = technician.last
    technician.writes("Re: [HD-1001] Printer jams", f"#assign {other.address}")
    challenge = ticket.notices(technician.address, "challenge")[-1]

    without(ticket, other.address)
    technician.answers(challenge, "#go")

    assert ticket.ticket().technician == technician.address
    technician.answers(assigned, "#list team")
    assert "HD-1001" in text_of(technician.last)
    text = ticket.path.read_text().replace('teams = ["support"]', "teams = []")
    ticket.path.write_text(text)
    ticket.reload()
    technician.answers(assigned, "#list team ")
    assert "HD-1001" not in text_of(ticket.notices(technician.address, "worklist")[-1])


def challenged(desk: Helpdesk, text: str) -> None:
    desk.technician_of().writes("Re: [HD-1001] Printer jams", text)


def test_a_challenge_quotes_what_it_confirms_and_confirms_nothing_else(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    challenged(ticket, "#prio high")
    first = ticket.notices(technician.address, "challenge")[-1]
    challenged(ticket, "#close")

    assert "#prio high" in text_of(first)
    technician.answers(first, "#go")

    assert (ticket.ticket().priority, ticket.ticket().status) == ("high", "new")


def test_a_second_mail_with_the_same_message_id_is_not_confirmed_by_the_challenge_of_the_first(
    ticket: Helpdesk,
) -> None:
    technician = ticket.technician_of()
    same = {"message_id": "<same@example.com>"}
    technician.writes("Re: [HD-1001] Printer jams", "#prio high", **same)
    first = ticket.notices(technician.address, "challenge")[-1]
    changed = technician.writes("Re: [HD-1001] Printer jams", "#close", **same)

    technician.answers(first, "#go")

    assert changed.disposition == "held"
    assert (ticket.ticket().priority, ticket.ticket().status) == ("high", "new")


def test_a_challenge_confirms_once(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    challenged(ticket, "#prio high\n\nWe look at it.")
    challenge = ticket.notices(technician.address, "challenge")[-1]
    technician.answers(challenge, "#go")
    technician.answers(technician.inbox[0], "#prio low")
    count = len(ticket.rita.inbox)

    again = technician.answers(challenge, "#go again".removesuffix(" again"), message_id="<again@example.com>")

    assert "decided before" in text_of(technician.last)
    assert again.disposition == "commanded"
    assert (ticket.ticket().priority, len(ticket.rita.inbox)) == ("low", count)


@pytest.mark.parametrize("subject", ["Fwd: is this yours?", "Re: [HD-1001] Printer jams"])
def test_a_challenge_that_another_technician_answers_confirms_nothing(ticket: Helpdesk, subject: str) -> None:
    technician = ticket.technician_of()
    other = ticket.tess if technician is ticket.tom else ticket.tom
    challenged(ticket, "#close")
    challenge = ticket.notices(technician.address, "challenge")[-1]

    receipt = other.writes(subject, "#go", In_Reply_To=str(challenge["Message-ID"]))

    assert receipt.disposition == "held"
    assert ticket.ticket().status == "new"
    own = ticket.notices(other.address, "challenge")[-1]
    other.answers(own, "#go")
    assert ticket.ticket().status == "new", "nor does he when he has shown that it was he"


def test_the_lead_cannot_confirm_for_a_technician_either(ticket: Helpdesk) -> None:
    challenged(ticket, "#close")
    challenge = ticket.notices(ticket.technician_of().address, "challenge")[-1]

    ticket.lena.answers(challenge, "#go")

    assert ticket.ticket().status == "new"


def test_a_technician_is_asked_three_times_an_hour_at_most_whether_mail_is_his(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    for number in range(8):
        challenged(ticket, f"#note {number}")

    assert len(ticket.notices(technician.address, "challenge")) == 3
    ticket.now = ticket.now.replace(hour=ticket.now.hour + 1, minute=1)
    challenged(ticket, "#note later")
    assert len(ticket.notices(technician.address, "challenge")) == 4
