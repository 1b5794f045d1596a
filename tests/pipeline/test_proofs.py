"""What proves a technician's mail besides a token, and which commands work with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attacks.identity import BORDER, TRACE
from world import Helpdesk, build
from world.dkimkeys import COVERED, NAME, RECORD, signed
from world.helpdesk import text_of

from mailbot.adapters import store

FOUND = f"Authentication-Results: {BORDER}; dmarc=pass header.from=example.com\r\n".encode() + TRACE.encode()
Seal = Callable[[bytes], bytes]


def by_border(raw: bytes) -> bytes:
    return FOUND + raw


def by_signature(raw: bytes) -> bytes:
    return TRACE.encode() + signed(raw)


SEALS: dict[str, Seal] = {"border": by_border, "signature": by_signature}
WORDS = {"border": f"dmarc=pass header.from=example.com, says {BORDER}", "signature": "a DKIM signature of example.com"}


@pytest.fixture
def proving(ticket: Helpdesk) -> Helpdesk:
    ticket.reload(MAILBOT_SECURITY__AUTHSERV_ID=BORDER, MAILBOT_SECURITY__DKIM="true")
    ticket.keys[NAME] = RECORD
    return ticket


def written(desk: Helpdesk, text: str, subject: str = "Re: [HD-1001] Printer jams", **headers: Any) -> bytes:
    return build(desk.technician_of(1001).address, subject, text, at=desk.now, **headers)


@pytest.mark.parametrize("seal", SEALS)
def test_a_proved_mail_with_the_number_in_its_subject_commands_and_the_ledger_says_why(
    proving: Helpdesk, seal: str
) -> None:
    receipt = proving.receive(SEALS[seal](written(proving, "#resolve\n\nIt prints again.")))

    assert receipt.disposition == "commanded"
    assert receipt.reason.endswith(f"; proved by {WORDS[seal]}")
    assert proving.ticket().status == "resolved"
    assert "It prints again." in text_of(proving.rita.last)


@pytest.mark.parametrize("seal", SEALS)
def test_a_proved_new_mail_may_ask(proving: Helpdesk, seal: str) -> None:
    technician = proving.technician_of()

    receipt = proving.receive(SEALS[seal](written(proving, "#list", "my day")))

    assert receipt.disposition == "commanded"
    assert "HD-1001" in text_of(technician.last)


def test_the_ledger_says_that_a_token_proved_it(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    receipt = technician.answers(technician.last, "#prio high")

    assert receipt.reason.endswith("; proved by a token of ours")


@pytest.mark.parametrize("seal", SEALS)
def test_without_the_option_nothing_but_a_token_proves_anything(ticket: Helpdesk, seal: str) -> None:
    ticket.keys[NAME] = RECORD

    assert ticket.receive(SEALS[seal](written(ticket, "#close"))).disposition == "held"
    assert ticket.ticket().status == "new"


def test_each_option_stands_for_itself(ticket: Helpdesk) -> None:
    ticket.keys[NAME] = RECORD
    ticket.reload(MAILBOT_SECURITY__DKIM="true")
    assert ticket.receive(by_border(written(ticket, "#close"))).disposition == "held"
    ticket.reload(MAILBOT_SECURITY__AUTHSERV_ID=BORDER)
    assert ticket.receive(by_signature(written(ticket, "#close"))).disposition == "held"


def test_what_the_border_does_not_find_good_no_signature_makes_good(proving: Helpdesk) -> None:
    failed = f"Authentication-Results: {BORDER}; dmarc=fail header.from=example.com\r\n".encode()

    assert proving.receive(failed + signed(written(proving, "#close"))).disposition == "held"


@pytest.mark.parametrize("seal", SEALS)
@pytest.mark.parametrize("age", [timedelta(days=3, minutes=1), timedelta(days=-1, minutes=-1)])
def test_an_old_mail_that_is_sent_again_is_not_believed(proving: Helpdesk, seal: str, age: timedelta) -> None:
    raw = SEALS[seal](written(proving, "#close"))
    proving.now += age

    assert proving.receive(raw).disposition == "held"


@pytest.mark.parametrize("seal", SEALS)
def test_a_mail_that_is_sent_again_is_a_duplicate(proving: Helpdesk, seal: str) -> None:
    raw = SEALS[seal](written(proving, "#prio high"))
    proving.receive(raw)
    proving.receive(SEALS[seal](written(proving, "#prio low")))

    assert proving.receive(b"Received: from x by mx.example.com\r\n" + raw).disposition == "duplicate"
    assert proving.ticket().priority == "low"


@pytest.mark.parametrize("seal", SEALS)
def test_a_mail_that_is_sent_again_with_other_unsigned_fields_is_not_believed(proving: Helpdesk, seal: str) -> None:
    """The Content-Type is not signed here: with another one the same bytes are another text."""
    covered = tuple(name for name in COVERED if name != "content-type")
    # The other command is in base64 here, for in plain sight below the text it would hold the first mail.
    inner = "#prio high\n\n--b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nI2Nsb3Nl\n--b--\n"
    raw = signed(written(proving, inner), covered=covered)
    raw = FOUND + raw if seal == "border" else raw
    assert proving.receive(raw).disposition == "commanded"

    again = raw.replace(b'text/plain; charset="utf-8"', b'multipart/mixed; boundary="b"')

    assert again != raw
    assert proving.receive(again).disposition == "held"
    assert proving.ticket().status != "closed"


@pytest.mark.parametrize("missing", ["subject", "date", "message-id", "from"])
def test_the_border_is_not_believed_where_the_signature_leaves_room_for_another_mail(
    proving: Helpdesk, missing: str
) -> None:
    covered = tuple(name for name in COVERED if name != missing)
    if missing == "from":
        return_of_border = FOUND + signed(written(proving, "#close")).replace(b"from :", b"").replace(b"h=from", b"h=x")
    else:
        return_of_border = FOUND + signed(written(proving, "#close"), covered=covered)

    assert proving.receive(return_of_border).disposition == "held"


def test_the_keys_are_looked_for_before_the_transaction_and_only_for_technicians(
    proving: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    inside = [0]
    begin = proving.database.unit_of_work

    def counted(**how: Any) -> Any:
        unit = begin(**how)
        kind: Any = type(unit)

        class Counted:
            def __enter__(self) -> Any:
                inside[0] += 1
                return kind.__enter__(unit)

            def __exit__(self, *error: object) -> Any:
                inside[0] -= 1
                return kind.__exit__(unit, *error)

        return Counted()

    def find(name: str) -> str:
        asked.append(inside[0] == 0)
        return proving.keys[name]

    monkeypatch.setattr(proving.database, "unit_of_work", counted)
    proving.intake._find = find

    proving.receive(signed(build("mallory@example.com", "x", "My screen is dark", at=proving.now)))
    assert asked == []
    assert proving.receive(by_signature(written(proving, "#take"))).disposition == "commanded"
    assert asked == [True]


def test_no_key_in_the_dns_means_a_challenge_and_no_error(proving: Helpdesk) -> None:
    proving.keys.clear()

    receipt = proving.receive(by_signature(written(proving, "#close")))

    assert (receipt.disposition, receipt.attempts) == ("held", 1)
    assert proving.notices(proving.technician_of().address, "challenge")


def test_a_proved_answer_to_an_internal_mail_whose_token_expired_stays_inside(proving: Helpdesk) -> None:
    technician = proving.technician_of()
    technician.answers(technician.last, "#take")
    internal = proving.notices(technician.address, "transcript")[-1]
    proving.wait(days=15)
    count = len(proving.rita.inbox)

    receipt = proving.receive(
        by_border(written(proving, "Whoever wrote this is a genius.", In_Reply_To=str(internal["Message-ID"])))
    )

    assert "stays internal" in receipt.reason
    assert len(proving.rita.inbox) == count


def test_a_technician_who_was_blocked_by_name_gets_through_with_a_proof(proving: Helpdesk) -> None:
    technician = proving.technician_of()
    proving.receive(build("tess@example.com", "Re: [HD-1001] x", "Buy pills", at=proving.now))
    with proving.database.unit_of_work() as session:
        store.contact_for_change(session, technician.address).blocked_at = proving.now

    assert proving.receive(by_border(written(proving, "#list", "my day"))).disposition == "commanded"


def test_a_technician_who_reports_an_incident_of_his_own_is_a_requester_though_he_is_proved(proving: Helpdesk) -> None:
    receipt = proving.receive(by_border(written(proving, "My own screen is dark, please help", "Screen")))

    assert receipt.disposition == "created"
