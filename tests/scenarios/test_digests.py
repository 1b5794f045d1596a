"""After down time nobody gets a hundred mails: what waits for one person at once comes as one list."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlmodel import col
from world import Helpdesk
from world.helpdesk import text_of
from world.mails import build, reply

from mailbot.adapters import post, render
from mailbot.adapters.tables import OutboxMail, Ticket
from mailbot.core.model import EventKind
from mailbot.errors import ConfigError, TransientError
from mailbot.pipeline import digests

MANY = 14  # Two technicians get seven each, which is more than a few.


def backlog(desk: Helpdesk, count: int, *, age: timedelta = timedelta(days=3)) -> None:
    """Mails that came while nobody read them."""
    for number in range(count):
        at = desk.now - age + timedelta(minutes=number)
        raw = build(f"rita{number}@client.example", f"Printer {number} jams", "Please help.", at=at, name="Rita")
        desk.mailbox.add(raw, at)
    desk.run()


def queued(desk: Helpdesk, notice: str) -> list[OutboxMail]:
    with desk.database.unit_of_work(write=False) as session:
        return list(session.scalars(select(OutboxMail).where(col(OutboxMail.notice) == notice)))


def test_the_tickets_of_a_backlog_come_in_one_list(desk: Helpdesk) -> None:
    backlog(desk, MANY)
    desk.now += digests.PATIENCE
    desk.send()

    for person in (desk.tom, desk.tess):
        assert not desk.notices(person.address, "assigned")
        (digest,) = desk.notices(person.address, "digest")
        assert digest["Subject"] == "7 tickets wait for you"
        mine = [ticket for ticket in desk.tickets() if ticket.technician == person.address]
        for ticket in mine:
            assert f"[HD-{ticket.number}] {ticket.subject}" in text_of(digest)
            reasons = [event.reason for event in desk.events(ticket.number or 0)]
            assert any("listed in a digest" in reason for reason in reasons)
    assert {mail.state for mail in queued(desk, "assigned")} == {"cancelled"}
    assert all(desk.notices(f"rita{number}@client.example", "acknowledgement") for number in range(MANY))


def test_what_was_listed_is_never_sent_or_listed_again(desk: Helpdesk) -> None:
    backlog(desk, MANY)
    for _ in range(3):
        desk.now += digests.PATIENCE
        desk.send()
    assert len(desk.notices(desk.tom.address, "digest")) == 1
    assert not desk.notices(desk.tom.address, "assigned")


def test_a_few_late_mails_go_by_themselves_a_moment_later(desk: Helpdesk) -> None:
    backlog(desk, 2 * digests.FEW)
    assert not desk.notices(desk.tom.address, "assigned")
    desk.now += digests.PATIENCE
    desk.send()
    assert len(desk.notices(desk.tom.address, "assigned")) == digests.FEW
    assert not queued(desk, "digest")


def test_fresh_mails_are_never_listed_however_many_they_are(desk: Helpdesk) -> None:
    backlog(desk, MANY, age=timedelta(minutes=MANY))
    assert len(desk.notices(desk.tom.address, "assigned")) == MANY // 2
    assert not queued(desk, "digest")


def test_the_links_of_a_digest_work(desk: Helpdesk) -> None:
    backlog(desk, MANY)
    desk.now += digests.PATIENCE
    desk.send()
    html = desk.notices(desk.tom.address, "digest")[0].get_body(("html",))
    assert html is not None
    link = html.get_content().split("mailto:")[1].split('"')[0]
    subject = link.split("subject=")[1].split("&")[0].replace("%20", " ").replace("%5B", "[").replace("%5D", "]")
    receipt = desk.tom.writes(subject, "#take")
    assert receipt.disposition == "commanded"
    assert receipt.ticket is not None
    assert desk.ticket(receipt.ticket).status == "open"


def test_many_escalations_at_once_come_in_one_list_to_each_who_must_hear_of_them(desk: Helpdesk) -> None:
    backlog(desk, MANY, age=timedelta(minutes=MANY))
    desk.wait(days=2)
    desk.now += digests.PATIENCE
    desk.send()
    assert not desk.notices(desk.tom.address, "escalation")
    (digest,) = desk.notices(desk.tom.address, "digest_overdue")
    assert digest["Subject"] == "7 tickets are overdue"
    assert "OVERDUE by" in text_of(digest)

    desk.wait(hours=3)
    desk.now += digests.PATIENCE
    desk.send()
    lists = desk.notices(desk.lena.address, "digest_overdue")
    assert [mail["Subject"] for mail in lists] == [f"{MANY} tickets are overdue"]
    assert not desk.notices(desk.lena.address, "escalation")


def test_an_escalation_that_became_untrue_while_it_waited_is_not_listed(desk: Helpdesk) -> None:
    backlog(desk, MANY, age=timedelta(minutes=MANY))
    mine = [ticket.number for ticket in desk.tickets() if ticket.technician == desk.tom.address]
    desk.wait(days=2)
    desk.tom.answers(desk.notices(desk.tom.address, "assigned")[0], "#resolve\n\nIt is done.")
    solved = next(number for number in mine if number and desk.ticket(number).status == "resolved")
    desk.now += digests.PATIENCE
    desk.send()
    (digest,) = desk.notices(desk.tom.address, "digest_overdue")
    assert digest["Subject"] == "6 tickets are overdue"
    assert f"HD-{solved}" not in text_of(digest)


def test_mail_that_was_queued_to_be_sent_at_once_is_never_listed_however_long_the_server_is_down(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_things: object) -> None:
        raise TransientError("cannot connect")

    for number in range(digests.FEW + 2):
        desk.mailbox.add(build(f"rita{number}@client.example", f"Printer {number}", "It jams.", at=desk.now), desk.now)
    desk.run()
    mine = [desk.notices(ticket.technician, "assigned") for ticket in desk.tickets()]
    with monkeypatch.context() as patch:
        patch.setattr(desk.courier, "send", down)
        for ticket, mails in zip(desk.tickets(), mine, strict=True):
            mail = next(mail for mail in mails if f"HD-{ticket.number}]" in mail["Subject"])
            raw = reply(
                ticket.technician, mail, f"#escalate lena@example.com because {ticket.number} is odd", at=desk.now
            )
            desk.mailbox.add(raw, desk.now)
        desk.intake.run_once()
        for _ in range(8):
            desk.now += timedelta(minutes=20)
            with pytest.raises(TransientError):
                desk.send()
    desk.now += timedelta(minutes=20)
    desk.send()
    told = [text_of(mail) for mail in desk.notices(desk.lena.address, "escalation")]
    for ticket in desk.tickets():
        assert any(f"because {ticket.number} is odd" in text for text in told)
    assert not queued(desk, "digest")
    assert not queued(desk, "digest_overdue")


def test_tickets_that_were_given_to_others_or_closed_meanwhile_are_not_listed(desk: Helpdesk) -> None:
    backlog(desk, MANY + 2)
    with desk.database.unit_of_work() as session:
        his = [row for row in session.scalars(select(Ticket)) if row.technician == desk.tom.address]
        his[0].technician = desk.tess.address
        his[1].status = "closed"
    desk.now += digests.PATIENCE
    desk.send()
    (digest,) = desk.notices(desk.tom.address, "digest")
    assert digest["Subject"] == f"{len(his) - 2} tickets wait for you"
    assert not desk.notices(desk.tom.address, "assigned")
    assert {mail.state for mail in queued(desk, "assigned")} == {"cancelled"}


def test_a_database_that_fails_while_a_list_is_made_sends_neither_the_list_nor_the_mails(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    backlog(desk, MANY)
    desk.now += digests.PATIENCE

    def fails(session, *_things):  # type: ignore[no-untyped-def]
        session.connection().exec_driver_sql("SELECT nothing FROM nowhere")

    with monkeypatch.context() as patch:
        patch.setattr(post, "cancel", fails)
        with pytest.raises(DBAPIError):
            desk.send()
    assert not desk.notices(desk.tom.address, "assigned")
    desk.send()
    assert len(desk.notices(desk.tom.address, "digest")) == 1
    assert not desk.notices(desk.tom.address, "assigned")


def test_one_escalation_goes_at_once_by_itself(desk: Helpdesk) -> None:
    desk.rita.writes("Printer", "It jams.")
    desk.wait(days=2)
    assert len(desk.notices(desk.technician_of().address, "escalation")) == 1


def test_the_mails_go_by_themselves_when_the_list_cannot_be_written(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    backlog(desk, MANY)
    really = render.Renderer.render

    def broken(self: render.Renderer, notice: str, *others: object) -> render.Rendered:
        if notice == "digest":
            raise ConfigError("the template is broken")
        return really(self, notice, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(render.Renderer, "render", broken)
    desk.now += digests.PATIENCE
    desk.send()
    assert len(desk.notices(desk.tom.address, "assigned")) == MANY // 2


def test_a_list_is_made_in_the_transaction_that_takes_back_the_mails(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    backlog(desk, MANY)

    def dies(*_things: object) -> None:
        raise SystemExit("killed")

    desk.now += digests.PATIENCE
    with monkeypatch.context() as patch:
        patch.setattr(digests, "_take_back", dies)
        with pytest.raises(SystemExit):
            desk.send()
    assert not queued(desk, "digest")
    assert {mail.state for mail in queued(desk, "assigned")} == {"queued"}
    desk.send()
    assert len(desk.notices(desk.tom.address, "digest")) == 1


def test_a_list_names_a_ticket_once_and_says_how_many_it_leaves_out(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "_ROWS", 2)
    backlog(desk, MANY, age=timedelta(minutes=MANY))
    desk.wait(days=30)  # Both promises are broken by now.
    desk.now += digests.PATIENCE
    desk.send()
    told = [event for event in desk.events() if event.kind == EventKind.BREACHED]
    assert len(told) == 2
    digest = desk.notices(desk.tom.address, "digest_overdue")[0]
    assert digest["Subject"] == "7 tickets are overdue"
    assert "… and 5 more." in text_of(digest)
    assert text_of(digest).count("[HD-") == 2


def test_the_escalations_of_a_backlog_come_in_one_list_though_each_tick_finds_few(desk: Helpdesk) -> None:
    for portion in range(7):
        for number in (2 * portion, 2 * portion + 1):
            at = desk.now - timedelta(days=3) + timedelta(minutes=number)
            desk.mailbox.add(build(f"rita{number}@client.example", f"Printer {number}", "It jams.", at=at), at)
        desk.intake.run_once()
        desk.tick()
        desk.send()
    desk.now += digests.PATIENCE
    desk.send()
    for person in (desk.tom, desk.tess):
        assert not desk.notices(person.address, "escalation")
        assert [mail["Subject"] for mail in desk.notices(person.address, "digest_overdue")] == ["7 tickets are overdue"]
