"""The outbox: what is retried, what is given up, and who hears of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk
from world.helpdesk import text_of

from mailbot import outbox
from mailbot.adapters.smtp import Outgoing
from mailbot.adapters.tables import OutboxMail
from mailbot.errors import TransientError


def rows(desk: Helpdesk, recipient: str) -> list[OutboxMail]:
    with desk.database.unit_of_work(write=False) as session:
        statement = select(OutboxMail).where(col(OutboxMail.recipient) == recipient).order_by(col(OutboxMail.id))
        return list(session.scalars(statement))


def test_a_temporary_refusal_is_tried_again_with_the_same_bytes(desk: Helpdesk) -> None:
    desk.courier.outcomes["rita@client.example"] = ("retry", 451, "4.3.0 try later")
    desk.rita.writes("Printer jams", "Please help")
    before = rows(desk, "rita@client.example")[0]
    assert (before.state, before.attempts, desk.rita.inbox) == ("queued", 1, [])

    desk.courier.outcomes.clear()
    desk.wait(minutes=6)

    after = rows(desk, "rita@client.example")[0]
    assert (after.state, after.attempts) == ("sent", 2)
    assert desk.courier.sent[-1].raw == before.raw
    assert after.message_id == before.message_id


def test_the_pauses_between_attempts_double_up_to_a_good_hour() -> None:
    minutes = [outbox.retry_delay(attempts).total_seconds() for attempts in (1, 2, 3, 4, 5, 9)]

    assert minutes == [300, 600, 1200, 2400, 4000, 4000]


def test_after_the_time_to_give_up_the_mail_fails_and_the_technician_is_told(desk: Helpdesk) -> None:
    desk.courier.outcomes["rita@client.example"] = ("retry", 451, "4.3.0 try later")
    desk.rita.writes("Printer jams", "Please help")

    desk.live(days=6)

    assert rows(desk, "rita@client.example")[0].state in {"failed", "cancelled"}


def test_a_permanent_refusal_fails_at_once_and_the_technician_is_told(desk: Helpdesk) -> None:
    desk.courier.outcomes["rita@client.example"] = ("failed", 550, "5.1.1 no such person")

    desk.rita.writes("Printer jams", "Please help")
    desk.send()

    mail = rows(desk, "rita@client.example")[0]
    assert (mail.state, mail.smtp_code, mail.next_attempt_at) == ("failed", 550, None)
    assert any(event.kind == "notice_failed" and "550" in str(mail.smtp_code) for event in desk.events())
    assert "no such person" in text_of(desk.technician_of().last)


def test_an_acknowledgement_whose_fate_is_unknown_is_sent_again_with_the_same_message_id(desk: Helpdesk) -> None:
    desk.courier.outcomes["rita@client.example"] = ("uncertain", None, "no answer to the final dot")
    desk.rita.writes("Printer jams", "Please help")

    desk.courier.outcomes.clear()
    desk.wait(minutes=6)

    assert [mail.state for mail in rows(desk, "rita@client.example")] == ["sent"]


def test_a_status_update_whose_fate_is_unknown_is_not_sent_again(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "Please help")
    desk.courier.outcomes["rita@client.example"] = ("uncertain", None, "no answer to the final dot")
    desk.now += timedelta(days=2, minutes=1)
    desk.tick()
    desk.courier.outcomes.clear()

    desk.wait(hours=1)

    update = next(mail for mail in rows(desk, "rita@client.example") if mail.notice == "status_update")
    assert update.state == "uncertain"


def test_a_server_that_is_down_costs_an_attempt_but_no_mail(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(batch: list[Outgoing], on_result: object) -> None:
        raise TransientError("the SMTP server is not there")

    with monkeypatch.context() as patch:
        patch.setattr(desk.courier, "send", down)
        with pytest.raises(TransientError):
            desk.rita.writes("Printer jams", "Please help")
    assert rows(desk, "rita@client.example")[0].state == "queued"

    desk.wait(minutes=6)

    assert len(desk.rita.inbox) == 1


def test_mails_that_a_dead_daemon_was_sending_are_sent_by_its_successor(desk: Helpdesk) -> None:
    class KilledError(BaseException):
        """The process dies here."""

    def die(batch: list[Outgoing], on_result: object) -> None:
        raise KilledError

    desk.courier.send = die  # type: ignore[method-assign, assignment]
    with pytest.raises(KilledError):
        desk.rita.writes("Printer jams", "Please help")
    del desk.courier.send
    assert rows(desk, "rita@client.example")[0].state == "sending"

    outbox.take_over(desk.database, desk.now)
    desk.send()

    assert len(desk.rita.inbox) == 1


def test_a_reminder_that_is_no_longer_true_is_not_sent(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "Please help")
    technician = desk.technician_of()
    desk.courier.outcomes["rita@client.example"] = ("retry", 451, "later")
    desk.now += timedelta(days=2, minutes=1)
    desk.tick()
    desk.courier.outcomes.clear()
    technician.answers(technician.inbox[0], "#close\n\nDone.")

    desk.wait(hours=2)

    update = next(mail for mail in rows(desk, "rita@client.example") if mail.notice == "status_update")
    assert update.state == "cancelled"
