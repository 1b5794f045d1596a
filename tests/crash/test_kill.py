from pathlib import Path

import pytest
from crash.rehearsal import rehearse
from servers.postgres import Postgres


@pytest.mark.wire
@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_daemon_killed_again_and_again_loses_doubles_and_changes_nothing(tmp_path: Path, seed: int) -> None:
    outcome = rehearse(tmp_path, kills=6, messages=120, seed=seed)
    assert outcome.problems == []
    assert outcome.amid >= 3, "the daemon must have been killed amid its work, or this shows nothing"


@pytest.mark.wire
@pytest.mark.slow
def test_mails_are_not_blamed_for_deaths_at_which_they_only_waited(tmp_path: Path) -> None:
    outcome = rehearse(tmp_path, kills=4, messages=50, seed=3, early=True)
    assert outcome.problems == []
    assert outcome.amid == 4


@pytest.mark.wire
@pytest.mark.slow
def test_a_daemon_on_postgresql_may_be_killed_too(tmp_path: Path, postgres_server: Postgres) -> None:
    outcome = rehearse(tmp_path, kills=4, messages=60, seed=4, url=postgres_server.url("killed"))
    assert outcome.problems == []
    assert outcome.amid >= 2, "the daemon must have been killed amid its work, or this shows nothing"
