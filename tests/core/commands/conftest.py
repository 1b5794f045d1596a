"""A ticket, the people around it, and a way to run a mail's commands against them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.core.commands import Context, Result, parse, run_all
from mailbot.core.model import (
    Address,
    Category,
    Directory,
    Impact,
    Priority,
    Status,
    Team,
    Technician,
    TicketView,
    Urgency,
    Vendor,
)

ANNA = Technician("Anna@example.com", "Anna Müller", ("service",))
_PEOPLE = (
    ANNA,
    Technician("budi@example.com", "Budi Santoso", ("network",)),
    Technician("budi.w@example.com", "Budi Wijaya", ("service",)),
    Technician("jose@example.com", "José Peña-Ortiz", ("network",)),
)
ACME = Vendor("Acme Printing", "rma@acme.example")
_VENDORS = (ACME, Vendor("Acme Cloud", "help@acme.example"), Vendor("Kertas Jaya", "cs@kertas.example", "id"))
_TEAMS = (Team("service"), Team("network"))
_CATEGORIES = (Category("Hardware", "service"), Category("network-access", "network"))


@pytest.fixture
def context(now: datetime) -> Context:
    """Tuesday, 4 August 2026, 10:00 in Jakarta: Anna answers a mail about a new ticket that nobody has."""
    ticket = TicketView(
        number=1042,
        subject="Printer",
        status=Status.NEW,
        priority=Priority.NORMAL,
        impact=Impact.PERSON,
        urgency=Urgency.MEDIUM,
        category="Hardware",
        team="service",
        technician="",
        requester=Address("Rina", "rina@example.org"),
        language="id",
        created_at=now - timedelta(hours=1),
    )
    directory = Directory(
        technicians={who.email.lower(): who for who in _PEOPLE},
        teams={team.name: team for team in _TEAMS},
        categories={category.name.lower(): category for category in _CATEGORIES},
        vendors={vendor.name.lower(): vendor for vendor in _VENDORS},
    )
    return Context(
        ticket,
        ANNA,
        directory,
        now,
        ZoneInfo("Asia/Jakarta"),
        "en",
        own_addresses=frozenset({"support@example.com"}),
        participants=(Address("Agus Salim", "agus@example.org"),),
        remote_support=True,
        vendors=((ACME, True), (Vendor("Once Asked", "once@asked.example"), False)),
    )


Run = Callable[..., Result]


@pytest.fixture
def run(context: Context) -> Run:
    """Runs the commands of a text against the ticket, after some fields of it were set."""

    def run(text: str, *, language: str = "en", **fields: object) -> Result:
        ticket = replace(context.ticket, **fields)  # type: ignore[arg-type]
        return run_all(parse(text, language), replace(context, ticket=ticket, language=language))

    return run
