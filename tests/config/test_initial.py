import tomllib
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mailbot.config import loads, render_initial


def test_the_initial_configuration_loads_once_its_secrets_are_there(secret_file: Callable[..., Path]) -> None:
    text = render_initial(
        address="support@example.org",
        imap_host="imap.example.org",
        secret_key_file=str(secret_file("secret.key", "k" * 40)),
        password_file=str(secret_file("password", "pass\n")),
        lead="lead@example.org",
        technician="ani@example.org",
        technician_name='Ani "the fixer"',
    )
    settings = loads(text, {}, file=Path("/c.toml"))
    assert settings.smtp.host == "imap.example.org"
    assert settings.mailboxes[0].username == "support@example.org"
    assert settings.secret_keys == (b"k" * 40,)
    assert settings.technicians[0].name == 'Ani "the fixer"'
    assert [team.name for team in settings.teams] == ["support"]
    assert settings.teams[0].lead == "lead@example.org"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_answer_to_init_can_become_toml_of_its_own(answer: str) -> None:
    text = render_initial(
        address=answer, imap_host=answer, name=answer, secret_key_file="/k", password_file=answer, technician=answer
    )
    parsed = tomllib.loads(text)
    assert parsed["helpdesk"]["name"] == answer
    assert parsed["mailboxes"][0]["password_file"] == answer
    assert set(parsed) <= {"helpdesk", "mailboxes", "smtp", "security", "teams", "technicians"}
