"""Which mail is sent, to whom, and what must not hold it back."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col
from world import Helpdesk, build
from world.helpdesk import text_of

from mailbot.adapters.db import Database
from mailbot.adapters.tables import OutboxMail


def test_no_cap_holds_back_the_words_with_which_a_technician_closes(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()
    assigned = technician.last
    technician.answers(assigned, "#prio critical")
    ticket.live(hours=12)
    updates = len(ticket.notices(ticket.rita.address, "status_update"))
    assert updates < 12, "the cap on automatic mail about one ticket is not reached"

    technician.answers(assigned, "#close\n\nThe fuser was replaced.")

    assert "The fuser was replaced." in text_of(ticket.rita.last)
    assert ticket.rita.last["Auto-Submitted"] is None


def test_a_closing_without_a_word_is_automatic_mail(ticket: Helpdesk) -> None:
    technician = ticket.technician_of()

    technician.answers(technician.last, "#close")

    assert ticket.rita.last["Auto-Submitted"] == "auto-generated"
