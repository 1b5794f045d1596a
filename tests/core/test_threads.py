"""Which ticket a message speaks of, by what it says itself."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import threads, tokens
from mailbot.core.mail import read
from mailbot.core.model import InboundMail
from mailbot.core.threads import MAX_LOOKED_UP_IDS, TokenRules
from mailbot.core.tokens import Scope, Token

NOW = datetime(2026, 8, 4, 3, 0, tzinfo=UTC)
RITA, TOM = "rita@client.example", "tom@example.com"
RULES = TokenRules(
    keys=(b"k" * 32, b"o" * 32),
    hostname="example.com",
    address="support@example.com",
    technician_age=timedelta(days=14),
    requester_age=timedelta(days=365),
)
HD = threads.subject_pattern("HD")


def mint(address: str = TOM, scope: Scope = Scope.TECHNICIAN, **changes: Any) -> str:
    values: dict[str, Any] = {"key": RULES.keys[0], "ticket": 1042, "issued_at": NOW, "purpose": "assigned"} | changes
    return tokens.mint(values.pop("key"), scope=scope, address=address, **values)


def mail(**headers: str) -> InboundMail:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return read("\r\n".join([*lines, "", "text", ""]).encode())


def msg_id(token: str) -> str:
    return tokens.message_id(token, RULES.hostname)


def valid_token(written: InboundMail, sender: str, rules: TokenRules, now: datetime) -> Token | None:
    return next(threads.valid_tokens(written, sender, rules, now), None)


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("[HD-1042] Printer", [1042]),
        ("AW: [hd-1042] Printer", [1042]),
        ("Re: [ HD - 1042 ] x", [1042]),
        ("[HD-1042] Re: [HD-1001] x", [1042]),
        ("[HD-0] x", []),
        ("[HD-] x", []),
        ("HD-1042", []),
        ("[XHD-1042]", []),
        ("[HD-999999999]", [999999999]),
        ("[HD-1000000000]", []),
        ("[HD-99999999999999999999]", []),
        ("[HD-١٠٤٢]", []),
        ("x" * 3000 + "[HD-1042]", []),
    ],
)
def test_the_tag_of_a_subject_is_read_in_every_spelling_and_nothing_else_is(subject: str, numbers: list[int]) -> None:
    assert threads.subject_numbers(subject, [HD]) == numbers


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("[HD-7] [Ticket#2024010110000013] x", [7, 2024010110000013]),
        ("Re: [Ticket#00042]", [42]),
        ("[Ticket#9999999999999999999] too long for a number", []),
    ],
)
def test_the_tags_of_older_systems_come_after_our_own(subject: str, numbers: list[int]) -> None:
    assert threads.subject_numbers(subject, [HD, re.compile(r"\[Ticket#([0-9]+)\]")]) == numbers


@given(st.text(max_size=200))
def test_any_subject_gives_numbers_that_a_database_can_look_up(subject: str) -> None:
    assert all(0 < number < 2**31 for number in threads.subject_numbers(f"[HD-{subject}", [HD]))


@pytest.mark.parametrize("tag", ["HD", "A.B", "X+", "(Y)"])
def test_a_tag_means_its_letters_whatever_they_mean_to_a_pattern(tag: str) -> None:
    pattern = threads.subject_pattern(tag)

    assert threads.subject_numbers(f"[{tag}-5]", [pattern]) == [5]
    assert threads.subject_numbers("[AxB-5] [XX-5] [Y-5]", [pattern]) == []


def test_the_closest_ancestor_comes_first_and_each_is_looked_up_once() -> None:
    found = threads.referenced_ids(mail(In_Reply_To="<c@x>", References="<a@x> <b@x> <c@x>"))

    assert found == ["<c@x>", "<b@x>", "<a@x>"]


def test_only_the_last_of_many_references_are_looked_up() -> None:
    ids = [f"<{number}@x>" for number in range(90)]

    assert threads.referenced_ids(mail(References=" ".join(ids))) == ids[: -MAX_LOOKED_UP_IDS - 1 : -1]


PLACES = {
    "In-Reply-To": lambda token: mail(In_Reply_To=msg_id(token)),
    "References": lambda token: mail(References=f"<a@x> {msg_id(token)} <b@x>"),
    "upper case": lambda token: mail(In_Reply_To=msg_id(token).upper()),
    "To": lambda token: mail(To=f"Helpdesk <support+{token}@example.com>"),
    "Cc": lambda token: mail(Cc=f"support+{token}@example.com"),
    "Delivered-To": lambda token: mail(Delivered_To=f"support+{token}@example.com"),
    "X-Original-To": lambda token: mail(X_Original_To=f"<support+{token}@example.com>"),
    "Subject": lambda token: mail(Subject=f"unsubscribe {token}"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_token_is_found_wherever_a_reply_brings_it_back(place: str) -> None:
    token = valid_token(PLACES[place](mint()), TOM, RULES, NOW)

    assert token is not None
    assert (token.ticket, token.scope) == (1042, Scope.TECHNICIAN)


@pytest.mark.parametrize(
    "headers",
    [
        {"In_Reply_To": f"<{mint()}@evil.example>"},
        {"To": f"helpdesk+{mint()}@example.com"},
        {"To": f"support+{mint()}@evil.example"},
        {"To": f"support-{mint()}@example.com"},
        {"Reply_To": f"support+{mint()}@example.com"},
        {"X_Mailbot_Token": mint()},
        {"Subject": f"x{mint()}"},
    ],
)
def test_a_token_in_any_other_place_does_not_count(headers: dict[str, str]) -> None:
    assert valid_token(mail(**headers), TOM, RULES, NOW) is None


@pytest.mark.parametrize(
    ("sender", "token", "days"),
    [
        ("mallory@evil.example", mint(), 0),
        (RITA, mint(), 0),
        (TOM, mint(key=b"x" * 32), 0),
        (TOM, mint(), 15),
        (TOM, mint(), -2),
        (RITA, mint(RITA, Scope.REQUESTER), 366),
        (TOM, mint()[:-1] + ("a" if mint()[-1] != "a" else "b"), 0),
        (TOM, mint().replace("1042.t", "1043.t"), 0),
        (TOM, mint(TOM, Scope.REQUESTER).replace(".r.", ".t."), 0),
    ],
)
def test_a_token_of_somebody_else_or_one_that_was_changed_or_is_too_old_is_none(
    sender: str, token: str, days: int
) -> None:
    assert valid_token(mail(In_Reply_To=msg_id(token)), sender, RULES, NOW + timedelta(days=days)) is None


@pytest.mark.parametrize(("scope", "days"), [(Scope.TECHNICIAN, 14), (Scope.REQUESTER, 365)])
def test_each_scope_has_its_own_age(scope: Scope, days: int) -> None:
    written = mail(In_Reply_To=msg_id(mint(TOM, scope)))

    assert valid_token(written, TOM, RULES, NOW + timedelta(days=days)) is not None
    assert valid_token(written, TOM, RULES, NOW + timedelta(days=days + 1)) is None


def test_a_token_of_the_older_key_still_counts() -> None:
    assert valid_token(mail(In_Reply_To=msg_id(mint(key=RULES.keys[1]))), TOM, RULES, NOW) is not None


def test_the_first_token_that_is_the_senders_own_wins_over_those_of_others() -> None:
    own = mint(RITA, Scope.REQUESTER, ticket=7)
    written = mail(In_Reply_To=msg_id(mint()), References=f"{msg_id(own)} {msg_id(mint())}")

    token = valid_token(written, RITA, RULES, NOW)

    assert token is not None
    assert (token.ticket, token.scope) == (7, Scope.REQUESTER)


def test_the_address_answered_wins_over_the_mail_answered() -> None:
    near, far = mint(ticket=1), mint(ticket=2)
    written = mail(To=f"support+{near}@example.com", In_Reply_To=msg_id(far))

    token = valid_token(written, TOM, RULES, NOW)

    assert token is not None
    assert token.ticket == 1


def test_all_tokens_of_the_sender_are_given_and_each_once() -> None:
    near, far = mint(ticket=1), mint(ticket=2)
    written = mail(In_Reply_To=msg_id(near), References=f"{msg_id(far)} {msg_id(near)}")

    assert [token.ticket for token in threads.valid_tokens(written, TOM, RULES, NOW)] == [1, 2]


def test_what_is_shown_is_not_verified() -> None:
    written = mail(In_Reply_To=msg_id(mint(key=b"x" * 32)))

    assert [token.ticket for token in threads.shown_tokens(written, RULES.address, RULES.hostname)] == [1042]


def test_a_subject_is_shown_without_the_tokens_in_it() -> None:
    token = tokens.mint(
        b"k" * 32,
        ticket=1042,
        scope=Scope.TECHNICIAN,
        address="a@example.com",
        issued_at=datetime(2026, 8, 4, tzinfo=UTC),
        purpose="x",
    )
    assert threads.without_tokens(f"Re: [HD-1042] {token}") == "Re: [HD-1042]"
    assert threads.without_tokens(f"{token.upper()}\t and  more") == "and more"
    assert threads.without_tokens("A long subject of a mail that holds no token at all") == (
        "A long subject of a mail that holds no token at all"
    )
