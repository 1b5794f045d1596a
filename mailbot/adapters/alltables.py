"""All tables, whichever module they stand in: for whoever makes a database, empties it, or compares it with them."""

from mailbot.adapters import balances, numbers
from mailbot.adapters.articles import Article
from mailbot.adapters.columns import Base
from mailbot.adapters.daily import DailyMail
from mailbot.adapters.links import Link
from mailbot.adapters.sidethreads import SideThread

ELSEWHERE = (Article, DailyMail, Link, SideThread, balances.INDEXES, numbers.INDEXES)
"""What `tables` does not define; a module that defines a table or an index is named here."""

ALL_TABLES = Base.metadata
"""The metadata of all tables."""
