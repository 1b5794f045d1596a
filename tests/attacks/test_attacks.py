"""Each attack of the list goes through the whole pipeline and fails; without its defence it succeeds."""

import unicodedata
from collections.abc import Callable, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from world import Helpdesk

from attacks import content, identity
from mailbot import notify
from mailbot.adapters import ledger, store
from mailbot.adapters.tables import OutboxMail, Participant, Receipt
from mailbot.core import authresults, dkimtags, fields, headers, mail, threads, tokens
from mailbot.core.authresults import Results
from mailbot.core.model import Address, Directory, InboundMail, Role, Technician
from mailbot.pipeline import arrival, execution, process, technicians
from mailbot.pipeline.arrival import Sender
from mailbot.policy import Policy

Attack = Callable[[Helpdesk], None]
Patch = tuple[object, str, object]


def first_results(header: fields.Fields, server: str) -> Results | None:
    """Believes any server and any place."""
    values = [value for name, value in header if name.endswith("authentication-results")]
    found = [authresults.parse(value) for value in values]
    return next((results for results in found if results is not None), None)


def any_token(
    session: Any, policy: Policy, inbound: InboundMail, address: str, rules: Any, now: Any
) -> tuple[tokens.Token, OutboxMail] | None:
    """Believes what looks like a token."""
    shown = threads.shown_tokens(inbound, policy.helpdesk_address, policy.hostname)
    if not shown:
        return None
    mail_of_ours = OutboxMail(
        key="x", notice="assigned", recipient=address, message_id="<x@example.com>", raw=b"", created_at=now
    )
    return shown[0], mail_of_ours


def once_a_technician(inbound: InboundMail, policy: Policy) -> Sender:
    """Asks who is a technician long before it is carried out what he says."""
    address = inbound.from_ or Address("", "nobody@example.com")
    return Sender(address, Technician(address.key, "Tom") if address.key.endswith("@example.com") else None)


def naive_originator(envelope: Any, header: Any) -> Address | None:
    value = headers.first(header, "from")
    return headers.address("", parseaddr(value)[1]) or headers.address("", value.partition(",")[0])


def looks_like(directory: Directory, address: str) -> Technician | None:
    """Compares what people see."""
    seen = unicodedata.normalize("NFKC", address).casefold().translate({0x430: "a", 0x43E: "o"})
    seen = "".join(char for char in seen if unicodedata.category(char) != "Cf")
    return directory.technicians.get(seen)


def with_everybody(session: Any, ticket: int) -> list[Participant]:
    return [*PEOPLE(session, ticket), Participant(ticket=ticket, address="mallory@evil.example", role=Role.PARTICIPANT)]


PEOPLE = store.people


def any_line(new_text: str, quoted: str) -> str:
    """Looks for commands everywhere."""
    lines = [line.lstrip("> ") for line in f"{new_text}\n{quoted}".splitlines()]
    return "\n".join(sorted(lines, key=lambda line: not line.startswith("#")))


DONE = lambda *_args, **_more: True  # noqa: E731 - the shortest thing that says yes to everything.
PROVED: Patch = (technicians, "is_proved", DONE)

ATTACKS: dict[str, tuple[Attack, Sequence[Patch]]] = {
    "A01": (identity.a01_a_forged_originator_commands_nothing, [PROVED]),
    "A02": (
        identity.a02_forged_authentication_results_prove_nothing,
        [(authresults, "of_border", first_results)],
    ),
    "A03": (identity.a03_a_stolen_token_is_worth_nothing, [(tokens, "verify", DONE)]),
    "A04": (identity.a04_who_is_no_technician_any_more_confirms_nothing, [(process, "identify", once_a_technician)]),
    "A05": (content.a05_a_number_in_the_subject_lets_nobody_in, [(store, "takes_part", DONE)]),
    "A06": (content.a06_somebody_in_copy_gets_nothing_of_the_history, [(store, "people", with_everybody)]),
    "A07": (content.a07_a_code_mailed_to_a_ticket_is_not_shown_to_its_requester, [(store, "takes_part", DONE)]),
    "A08": (content.a08_guessed_numbers_and_tokens_open_nothing, [(arrival, "_answered", any_token)]),
    "A09": (
        content.a09_an_internal_note_does_not_leak_into_an_answer,
        [(notify, "_leak", lambda *_args: "")],
    ),
    "A10": (
        content.a10_an_answer_to_an_internal_mail_stays_inside_with_the_requester_in_copy,
        [(execution, "stays_inside", lambda *_args: False)],
    ),
    "A26": (
        identity.a26_an_originator_that_can_be_read_in_two_ways_is_nobody,
        [(mail, "_originator", naive_originator), (fields, "sole_domain", lambda *_args: "example.com")],
    ),
    "A28": (
        identity.a28_an_address_that_looks_like_a_technicians_is_another_one,
        [(Directory, "technician", looks_like), PROVED],
    ),
    "A34": (content.a34_control_fields_from_outside_have_no_effect, [(headers, "OUR_PREFIX", "nothing-")]),
    "A37": (identity.a37_a_signed_or_enciphered_mail_proves_nothing_by_itself, [PROVED]),
    "A37 DKIM": (
        identity.a37_a_valid_signature_that_leaves_room_for_changes_proves_nothing,
        [(dkimtags, "weakness", lambda *_args: "")],
    ),
    "A38": (
        content.a38_a_command_that_is_not_on_top_of_the_own_words_is_none,
        [(technicians, "own_words", any_line)],
    ),
}
"""The attacks by their numbers, each with the defences that it would need to be without."""
NAMES = [attack.__name__ for attack, _defences in ATTACKS.values()]


@pytest.mark.parametrize("number", ATTACKS, ids=NAMES)
def test_the_attack_fails(ticket: Helpdesk, number: str) -> None:
    attack, _defences = ATTACKS[number]

    attack(ticket)


@pytest.mark.parametrize("number", ATTACKS, ids=NAMES)
def test_without_its_defence_the_attack_succeeds(
    ticket_on_sqlite: Helpdesk, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack, defences = ATTACKS[number]
    for where, name, replacement in defences:
        monkeypatch.setattr(where, name, replacement)

    with pytest.raises(AssertionError) as found:
        attack(ticket_on_sqlite)

    assert Path(found.traceback[-1].path).parent == Path(__file__).parent, "it is the attack that notices"
    with ticket_on_sqlite.database.unit_of_work(write=False) as session:
        assert ledger.balance(session).get("quarantined") is None
        assert [receipt.error for receipt in session.scalars(select(Receipt)) if receipt.error] == []
