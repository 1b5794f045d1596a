"""A working day of a helpdesk as a script, on real servers and both databases: see `day/` for what everybody writes."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from servers.dovecot import Dovecot
from servers.smtp_sink import SmtpSink
from wire.daemonworld import Place, mailbox, smtp
from wire.day import afternoon, evening, hurried, morning
from wire.day.cast import OFFICE, Cast
from wire.day.town import Town

from mailbot.adapters.db import Database

pytestmark = pytest.mark.wire

_DATABASE = """
[database]
url = "{url}"
"""


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Iterator[Town]:
    """A running daemon with its servers."""
    url = database.engine.url.render_as_string(hide_password=False)
    url = f"sqlite:///{database.path}" if database.path else url
    program = (str(Path(hurried.__file__)),)
    with Dovecot({"support": "secret"}) as imap, SmtpSink() as sink:
        parts = (_DATABASE.format(url=url), mailbox(imap.port), smtp(sink.port), OFFICE)
        place = Place(tmp_path, *parts, program=program)
        text = place.config.read_text()
        place.config.write_text(text.replace("[security]\n", '[security]\nauthserv_id = "mx.example.com"\n'))
        with place.daemon() as daemon:
            yield Town(imap, sink, database, daemon, place.config)


def test_a_working_day(town: Town) -> None:
    cast = Cast(town)
    for act in (*morning.ACTS, *afternoon.ACTS):
        with ThreadPoolExecutor(len(act)) as stage:
            for line in [stage.submit(play, line, cast) for line in act]:
                line.result()
    town.has_rest()
    assert town.daemon.stop() == 0
    evening.examine(cast)


def play(scenes: Sequence[Callable[[Cast], None]], cast: Cast) -> None:
    """Plays scenes one after the other; how long each took helps when the day becomes long."""
    for scene in scenes:
        begun = time.monotonic()
        scene(cast)
        print(f"{time.monotonic() - begun:5.1f} s {scene.__name__}")
