"""Signed tokens: what they prove, and what they do not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import tokens
from mailbot.core.tokens import Scope

KEY = b"k" * 32
OTHER_KEY = b"o" * 32
NOW = datetime(2026, 8, 4, 3, 0, tzinfo=UTC)
AGE = timedelta(days=14)


VALUES: dict[str, Any] = {
    "ticket": 1042,
    "scope": Scope.TECHNICIAN,
    "address": "dewi@example.com",
    "issued_at": NOW,
    "purpose": "assigned:1042:e1",
}


def mint(**changes: object) -> str:
    return tokens.mint(KEY, **(VALUES | changes))


def verify(text: str, address: str = "dewi@example.com", now: datetime = NOW, keys: tuple[bytes, ...] = (KEY,)) -> bool:
    token = tokens.parse(text)
    return token is not None and tokens.verify(keys, token, address, now, AGE)


def test_a_token_proves_itself_to_its_own_recipient_in_any_case() -> None:
    assert verify(mint())
    assert verify(mint().upper(), "Dewi@Example.COM")


def test_a_token_says_its_ticket_and_scope() -> None:
    token = tokens.parse(mint())

    assert token is not None
    assert (token.ticket, token.scope, token.issued) == (1042, Scope.TECHNICIAN, NOW.date())


@pytest.mark.parametrize(
    ("what", "text", "address", "now", "keys"),
    [
        ("another sender", mint(), "tono@example.com", NOW, (KEY,)),
        ("expired", mint(), "dewi@example.com", NOW + timedelta(days=15), (KEY,)),
        ("from the future", mint(issued_at=NOW + timedelta(days=3)), "dewi@example.com", NOW, (KEY,)),
        ("a key that is no longer known", mint(), "dewi@example.com", NOW, (OTHER_KEY,)),
        ("another ticket", mint().replace("1042.", "1043.", 1), "dewi@example.com", NOW, (KEY,)),
        ("another scope", mint(scope=Scope.REQUESTER).replace(".r.", ".t."), "dewi@example.com", NOW, (KEY,)),
        ("a changed tag", mint()[:-1] + ("a" if mint()[-1] != "a" else "b"), "dewi@example.com", NOW, (KEY,)),
        ("a changed day", mint().replace(mint().split(".")[2], "zz", 1), "dewi@example.com", NOW, (KEY,)),
    ],
)
def test_a_token_is_refused_when_it_is(
    what: str, text: str, address: str, now: datetime, keys: tuple[bytes, ...]
) -> None:
    assert not verify(text, address, now, keys), what


def test_an_older_key_still_verifies_after_a_rotation() -> None:
    assert verify(mint(), keys=(OTHER_KEY, KEY))


def test_the_same_mail_has_the_same_token_and_another_mail_another_one() -> None:
    assert mint() == mint()
    assert mint() != mint(purpose="assigned:1042:e2")


def test_tokens_are_found_in_message_ids_of_ours_only() -> None:
    ids = [f"<{mint()}@help.example>", f"<{mint()}@elsewhere.example>", "<>", "<a@help.example>"]

    found = tokens.in_message_ids(ids, "help.example")

    assert [token.text for token in found] == [mint()]


def test_a_subaddress_carries_the_token_and_stays_a_legal_local_part() -> None:
    address = tokens.subaddress("support@example.com", mint())

    assert len(address.partition("@")[0]) <= 64
    token = tokens.in_address(address.upper(), "support@example.com")
    assert token is not None
    assert token.text == mint()


def test_a_local_part_that_would_get_too_long_gives_no_subaddress() -> None:
    assert tokens.subaddress("the-support-department@example.com", mint()) == ""


def test_a_subaddress_of_somebody_else_is_not_ours() -> None:
    assert tokens.in_address(f"sales+{mint()}@example.com", "support@example.com") is None
    assert tokens.in_address(f"support+{mint()}@example.org", "support@example.com") is None


@given(st.text(max_size=100))
def test_any_text_is_a_token_or_none(text: str) -> None:
    token = tokens.parse(text)

    assert token is None or token.text == text.lower()


@given(
    st.integers(0, 10**12 - 1),
    st.sampled_from(Scope),
    st.emails(),
    st.datetimes(datetime(2020, 1, 2), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis takes naive bounds.
    st.text(max_size=50),
)
def test_what_is_minted_is_read_back_and_verified(
    ticket: int, scope: Scope, address: str, at: datetime, purpose: str
) -> None:
    token = tokens.parse(tokens.mint(KEY, ticket=ticket, scope=scope, address=address, issued_at=at, purpose=purpose))

    assert token is not None
    assert (token.ticket, token.scope) == (ticket, scope)
    assert tokens.verify([KEY], token, address, at, AGE)
    assert not tokens.verify([KEY], token, "x" + address, at, AGE)


def test_a_token_of_one_database_is_worth_nothing_in_another_with_the_same_key() -> None:
    (first,), (second,) = tokens.bound([KEY], "1" * 32), tokens.bound([KEY], "2" * 32)
    token = tokens.parse(tokens.mint(first, **VALUES))

    assert token is not None
    assert tokens.verify([first], token, VALUES["address"], NOW, AGE)
    assert not tokens.verify([second], token, VALUES["address"], NOW, AGE)
    assert not tokens.verify([KEY], token, VALUES["address"], NOW, AGE)


def test_without_a_database_there_is_no_key() -> None:
    assert tokens.bound([KEY, OTHER_KEY], "") == ()


def test_the_same_purpose_at_another_moment_of_the_day_gives_another_token() -> None:
    assert mint() == mint()
    assert mint() != mint(issued_at=NOW + timedelta(microseconds=1))


def test_a_token_in_a_link_is_bound_to_ticket_and_recipient_and_finds_the_mail_that_carried_it() -> None:
    mail = mint(ticket=0)
    carrier = tokens.parse(mail)
    assert carrier is not None
    text = tokens.linked(KEY, carrier, ticket=1042, address="dewi@example.com")
    token = tokens.parse(text)
    assert token is not None
    assert (token.ticket, token.scope) == (1042, Scope.TECHNICIAN)
    assert verify(text)
    assert not verify(text, "budi@example.com")
    assert not verify(text.replace("1042", "1043"))
    assert not verify(text, now=NOW + timedelta(days=15))
    assert tokens.carriers((OTHER_KEY, KEY), token, "dewi@example.com")[1] == mail
    assert mail not in tokens.carriers((OTHER_KEY, KEY), token, "budi@example.com")
    assert len(text) >= tokens.SHORTEST
