"""The outbox: what is retried, what is given up, and who hears of it."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col
from structlog.testing import capture_logs
from world import Helpdesk
from world.helpdesk import text_of

from mailbot import outbox
from mailbot.adapters import post, store
from mailbot.adapters.smtp import Outgoing, Result
from mailbot.adapters.tables import Event, OutboxMail, Survey
from mailbot.errors import TransientError

RITA, LENA = "rita@client.example", "lena@example.com"
LATER = ("retry", 451, "4.3.0 try later")
SILENCE = ("uncertain", None, "no answer to the final dot")
REFUSED = ("failed", 550, "5.1.1 no such person")


def rows(desk: Helpdesk, recipient: str) -> list[OutboxMail]:
    with desk.database.unit_of_work(write=False) as session:
        statement = select(OutboxMail).where(col(OutboxMail.recipient) == recipient).order_by(col(OutboxMail.id))
        return list(session.scalars(statement))


def newest(desk: Helpdesk, recipient: str, notice: str) -> OutboxMail:
    return [mail for mail in rows(desk, recipient) if mail.notice == notice][-1]


def events(desk: Helpdesk, kind: str) -> list[Event]:
    return [event for event in desk.events() if event.kind == kind]


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


def test_only_unanswered_final_dots_count_against_a_mail_not_ordinary_refusals(desk: Helpdesk) -> None:
    desk.courier.outcomes[RITA] = LATER
    desk.rita.writes("Printer jams", "Please help")
    desk.live(hours=3)
    assert rows(desk, RITA)[0].attempts >= 5

    desk.courier.outcomes[RITA] = SILENCE
    desk.wait(hours=2)
    mail = rows(desk, RITA)[0]
    assert (mail.state, post.unanswered(mail.answer)) == ("queued", 1)
    desk.courier.outcomes.clear()
    desk.wait(hours=2)

    assert rows(desk, RITA)[0].state == "sent"


def test_a_refusal_in_between_does_not_make_unanswered_dots_forgotten(desk: Helpdesk) -> None:
    desk.courier.outcomes[RITA] = SILENCE
    desk.rita.writes("Printer jams", "Please help")
    for outcome in (LATER, SILENCE, LATER, SILENCE):
        assert rows(desk, RITA)[0].state == "queued"
        desk.courier.outcomes[RITA] = outcome
        desk.wait(hours=2)

    assert rows(desk, RITA)[0].state == "uncertain"


def test_a_mail_whose_fate_stays_unknown_is_as_good_as_failed_and_the_technician_hears_of_it(desk: Helpdesk) -> None:
    desk.courier.outcomes[RITA] = SILENCE
    desk.rita.writes("Printer jams", "Please help")
    desk.wait(hours=2)
    assert events(desk, "notice_failed") == []

    desk.wait(hours=2)

    mail = rows(desk, RITA)[0]
    assert (mail.state, mail.attempts) == ("uncertain", 3)
    assert [event.data["notice"] for event in events(desk, "notice_failed")] == ["acknowledgement"]
    assert "nobody knows whether" in text_of(desk.technician_of().last)


def test_an_answer_that_looks_like_our_count_is_no_count() -> None:
    said = "7 x unanswered; 4.3.0 try later"

    assert post.unanswered(post.answer_text(0, said)) == 0
    assert post.unanswered(post.answer_text(2, said)) == 2


def test_a_status_update_whose_fate_is_unknown_leaves_an_event_and_bothers_nobody(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "Please help")
    desk.courier.outcomes[RITA] = SILENCE
    desk.now += timedelta(days=2, minutes=1)
    desk.tick()

    assert newest(desk, RITA, "status_update").state == "uncertain"
    assert [event.data["notice"] for event in events(desk, "notice_failed")] == ["status_update"]
    assert desk.notices(desk.technician_of().address, "undeliverable") == []


def down(batch: list[Outgoing], on_result: object) -> None:
    raise TransientError("the SMTP server is not there")


def test_a_server_that_is_down_costs_neither_an_attempt_nor_a_pause(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(desk.courier, "send", down)
        with pytest.raises(TransientError):
            desk.rita.writes("Printer jams", "Please help")
    mail = rows(desk, RITA)[0]
    assert (mail.state, mail.attempts) == ("queued", 0)
    assert "not there" in mail.answer

    desk.send()

    assert len(desk.rita.inbox) == 1
    assert rows(desk, RITA)[0].attempts == 1


def test_a_server_that_stays_down_makes_mails_fail_in_the_end(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(desk.courier, "send", down)
        with pytest.raises(TransientError):
            desk.rita.writes("Printer jams", "Please help")
        desk.now += timedelta(days=5, minutes=1)
        with pytest.raises(TransientError):
            desk.send()

    assert newest(desk, desk.technician_of().address, "assigned").state == "failed"


def test_a_mail_at_which_the_connection_always_ends_does_not_stop_the_others(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = desk.courier.send

    def send(batch: list[Outgoing], on_result: Callable[[Result], None]) -> None:
        for mail in batch:
            if mail.recipient == RITA:
                raise TransientError("the server wants a login first")
            good([mail], on_result)

    monkeypatch.setattr(desk.courier, "send", send)
    with pytest.raises(TransientError):
        desk.rita.writes("Printer jams", "Please help")
    for _ in range(2):
        desk.now += timedelta(seconds=10)
        with pytest.raises(TransientError):
            desk.send()

    assert rows(desk, RITA)[0].state == "queued"
    assert [mail.state for mail in rows(desk, desk.technician_of().address)] == ["sent"]


def test_a_bug_while_a_mail_is_sent_gives_the_others_back_at_once(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(batch: list[Outgoing], on_result: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(desk.courier, "send", broken)
        with pytest.raises(ZeroDivisionError):
            desk.rita.writes("Printer jams", "Please help")

    with desk.database.unit_of_work(write=False) as session:
        states = list(session.scalars(select(col(OutboxMail.state)).order_by(col(OutboxMail.id))))
    assert states == ["sending", "queued"]


def test_a_batch_that_ends_early_is_not_begun_again_at_once(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []

    def lazy(batch: list[Outgoing], on_result: object) -> None:
        batches.append(len(list(batch)))

    monkeypatch.setattr(desk.courier, "send", lazy)
    desk.rita.writes("Printer jams", "Please help")

    assert batches == [2]
    assert rows(desk, RITA)[0].state == "queued"


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


@pytest.mark.parametrize("notice", ["status_update", "pending_reminder", "survey"])
def test_after_a_death_what_is_not_worth_a_second_copy_is_not_sent_again(desk: Helpdesk, notice: str) -> None:
    class KilledError(BaseException):
        """The process dies here."""

    def die(batch: Iterable[Outgoing], on_result: object) -> None:
        for mail in batch:
            if mail.recipient == RITA:
                raise KilledError

    desk.rita.writes("Printer jams", "Please help")
    technician = desk.technician_of()
    if notice != "status_update":
        technician.answers(technician.last, "#wait\n\nIs it on?" if notice == "pending_reminder" else "#close")
    desk.courier.send = die  # type: ignore[method-assign]
    desk.now += timedelta(days=2, minutes=1)
    with pytest.raises(KilledError):
        desk.tick()
    del desk.courier.send
    assert newest(desk, RITA, notice).state == "sending"
    got = len(desk.rita.inbox)

    outbox.take_over(desk.database, desk.now)
    desk.send()

    assert newest(desk, RITA, notice).state == "uncertain"
    assert len(desk.rita.inbox) == got
    assert events(desk, "notice_failed")[-1].data["notice"] == notice


def test_a_node_that_was_stuck_for_longer_than_its_claim_leaves_the_rest_to_whoever_took_it(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = desk.courier.send
    stuck: list[int] = []

    def slow(batch: Iterable[Outgoing], on_result: Callable[[Result], None]) -> None:
        for mail in batch:
            if not stuck:
                stuck.append(mail.id)
                desk.now += outbox.LEASE + timedelta(minutes=1)
                with monkeypatch.context() as other:
                    other.setattr(desk.courier, "send", good)
                    desk.send()
            good([mail], on_result)

    monkeypatch.setattr(desk.courier, "send", slow)
    desk.rita.writes("Printer jams", "Please help")

    copies = Counter(mail.id for mail in desk.courier.sent)
    assert set(copies.values()) == {1, 2}, "only the mail that was under way may have a second copy"
    assert [key for key, count in copies.items() if count == 2] == stuck


@pytest.mark.parametrize(
    "late", [("sent", 250, "2.0.0 late"), ("failed", 550, "5.1.1 late"), ("retry", 451, "4.3.0 late")]
)
def test_the_answer_to_a_node_that_lost_its_claim_changes_nothing_and_is_logged(
    desk: Helpdesk, monkeypatch: pytest.MonkeyPatch, late: tuple[str, int, str]
) -> None:
    good = desk.courier.send
    stuck: list[int] = []

    def slow(batch: Iterable[Outgoing], on_result: Callable[[Result], None]) -> None:
        for mail in batch:
            if stuck:
                good([mail], on_result)
                continue
            stuck.append(mail.id)
            desk.now += outbox.LEASE + timedelta(minutes=1)
            with monkeypatch.context() as other:
                other.setattr(desk.courier, "send", good)
                desk.send()
            outcome, code, text = late
            on_result(Result(mail.id, outcome, code, text))  # type: ignore[arg-type]

    monkeypatch.setattr(desk.courier, "send", slow)
    with capture_logs() as logs:
        desk.rita.writes("Printer jams", "Please help")

    with desk.database.unit_of_work(write=False) as session:
        row = session.get(OutboxMail, stuck[0])
    assert row is not None
    assert (row.state, row.smtp_code, row.attempts) == ("sent", 250, 2)
    assert "late" not in row.answer
    assert not events(desk, "notice_failed")
    assert not desk.notices(desk.technician_of().address, "undeliverable")
    (line,) = [entry for entry in logs if entry["event"] == "claim_lost" and entry["message_id"] == row.message_id]
    assert (line["outcome"], line["smtp_code"], line["recipient"]) == (late[0], late[1], row.recipient)
    assert "another node" in line["hint"]


def test_a_slow_batch_keeps_its_claims(desk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    good = desk.courier.send
    other_node: list[int] = []

    def slow(batch: Iterable[Outgoing], on_result: Callable[[Result], None]) -> None:
        for mail in batch:
            desk.now += outbox.LEASE - timedelta(minutes=2)
            good([mail], on_result)
            with monkeypatch.context() as other:
                other.setattr(desk.courier, "send", good)
                courier: Any = desk.courier
                other_node.append(outbox.drain(desk.database, courier, desk.current.get(), lambda: desk.now))

    with monkeypatch.context() as patch:
        patch.setattr(desk.courier, "send", down)
        for number in range(2):
            with pytest.raises(TransientError):
                desk.rita.writes(f"Printer {number} jams", "Please help")
    monkeypatch.setattr(desk.courier, "send", slow)
    desk.send()

    assert len(other_node) >= 3
    assert set(other_node) == {0}
    assert set(Counter(mail.id for mail in desk.courier.sent).values()) == {1}


def held_back(desk: Helpdesk, **until: float) -> None:
    """Time passes in which nothing for Rita leaves."""
    desk.courier.outcomes[RITA] = LATER
    desk.now += timedelta(**until)
    desk.tick()
    desk.courier.outcomes.clear()


def test_an_update_that_is_no_longer_true_is_not_sent_and_the_ticket_says_why(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "Please help")
    technician = desk.technician_of()
    held_back(desk, days=2, minutes=1)
    technician.answers(technician.inbox[0], "#close\n\nDone.")

    desk.wait(hours=2)

    assert newest(desk, RITA, "status_update").state == "cancelled"
    [event] = events(desk, "notice_suppressed")
    assert event.data["notice"] == "status_update"
    assert "closed meanwhile" in event.reason


def test_a_reminder_to_somebody_who_has_answered_is_not_sent(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "Please help")
    technician = desk.technician_of()
    technician.answers(technician.last, "#wait\n\nIs it plugged in?")
    question = desk.rita.last
    held_back(desk, days=2, minutes=1)
    desk.rita.answers(question, "Yes, it is.")

    desk.wait(hours=1)

    assert newest(desk, RITA, "pending_reminder").state == "cancelled"


def test_a_mail_that_has_become_stale_leaves_an_event(desk: Helpdesk) -> None:
    desk.courier.outcomes[RITA] = LATER
    desk.rita.writes("Printer jams", "Please help")

    desk.live(days=3, hours=2)

    assert newest(desk, RITA, "acknowledgement").state == "cancelled"
    assert ["stale" in event.reason for event in events(desk, "notice_suppressed")][:1] == [True]


def closed_but_not_yet_told(desk: Helpdesk, **until: float) -> None:
    """A ticket is closed; what the requester should hear of it, and after a time the survey, do not leave."""
    desk.rita.writes("Printer jams", "Please help")
    technician = desk.technician_of()
    desk.courier.outcomes[RITA] = LATER
    technician.answers(technician.last, "#close")
    held_back(desk, **until)


@pytest.mark.parametrize("notice", ["closed", "survey"])
def test_what_follows_a_closing_is_not_sent_once_the_ticket_is_open_again(desk: Helpdesk, notice: str) -> None:
    closed_but_not_yet_told(desk, hours=3)
    assert newest(desk, RITA, notice).state == "queued"
    desk.rita.answers(desk.rita.inbox[0], "It jams again!")

    desk.wait(hours=2)

    assert newest(desk, RITA, notice).state == "cancelled"
    assert notice in {event.data["notice"] for event in events(desk, "notice_suppressed")}


def test_a_survey_that_was_never_sent_does_not_count_as_one(desk: Helpdesk) -> None:
    closed_but_not_yet_told(desk, hours=3)
    desk.rita.answers(desk.rita.inbox[0], "It jams again!")
    desk.wait(hours=2)
    with desk.database.unit_of_work(write=False) as session:
        assert session.scalars(select(Survey)).all() == []

    technician = desk.technician_of()
    technician.answers(technician.last, "#close\n\nDone.")
    desk.live(hours=4)

    assert len(desk.notices(RITA, "survey")) == 1


def test_the_words_with_which_a_technician_closed_are_sent_though_the_ticket_is_open_again(desk: Helpdesk) -> None:
    desk.rita.writes("Printer jams", "Please help")
    technician = desk.technician_of()
    desk.courier.outcomes[RITA] = LATER
    technician.answers(technician.last, "#close\n\nThe fuser was replaced.")
    desk.courier.outcomes.clear()
    desk.rita.answers(desk.rita.inbox[0], "It jams again!")

    desk.wait(hours=2)

    assert newest(desk, RITA, "closed").state == "sent"


@pytest.mark.parametrize(("column", "state"), [("quiet_at", "cancelled"), ("undeliverable_at", "cancelled")])
def test_who_asked_for_silence_or_cannot_be_reached_gets_no_survey_that_was_queued_before(
    desk: Helpdesk, column: str, state: str
) -> None:
    closed_but_not_yet_told(desk, hours=3)
    with desk.database.unit_of_work() as session:
        setattr(store.contact_for_change(session, RITA), column, desk.now)

    desk.wait(hours=2)

    assert newest(desk, RITA, "survey").state == state
    # The word about the closing is no update that one may decline, but an address that is dead gets no automatic mail.
    assert newest(desk, RITA, "closed").state == ("sent" if column == "quiet_at" else "cancelled")


def test_the_lead_hears_of_a_mail_that_a_technician_did_not_get(desk: Helpdesk) -> None:
    for technician in (desk.tom, desk.tess):
        desk.courier.outcomes[technician.address] = REFUSED

    desk.rita.writes("Printer jams", "Please help")
    desk.send()

    [told] = desk.notices(LENA, "undeliverable")
    assert desk.technician_of().address in text_of(told)
    assert len(events(desk, "notice_failed")) == 1


def test_where_the_lead_himself_cannot_be_reached_the_log_says_so(
    desk: Helpdesk, caplog: pytest.LogCaptureFixture
) -> None:
    for person in (desk.tom, desk.tess, desk.lena):
        desk.courier.outcomes[person.address] = REFUSED
    desk.rita.writes("Printer jams", "Please help")

    desk.send()

    assert len(rows(desk, LENA)) == 1
    assert [event.data["recipient"] for event in events(desk, "notice_failed")][-1] == LENA
    assert [record.levelname for record in caplog.records if "nobody_to_tell" in record.getMessage()] == ["ERROR"]
