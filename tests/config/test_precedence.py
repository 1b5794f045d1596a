"""Environment over secret files and credentials, those over the file, the file over the defaults."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from mailbot.config import Settings, load, loads
from mailbot.errors import ConfigError

Write = Callable[..., Path]


def smtp_text(base: str, lines: str) -> str:
    return base.replace('host = "smtp.example.org"', f'host = "smtp.example.org"\nusername = "me"\n{lines}')


def smtp_password(text: str, environ: dict[str, str]) -> str:
    password = loads(text, environ, file=Path("/c.toml")).smtp.password
    assert password is not None
    return password.get_secret_value()


def test_a_secret_comes_from_the_first_place_that_has_it(base: str, secret_file: Write, tmp_path: Path) -> None:
    named = secret_file("named", "from-file\n")
    (tmp_path / "creds").mkdir()
    (tmp_path / "creds" / "smtp.password").write_text("from-credential\n")
    credentials = {"CREDENTIALS_DIRECTORY": str(tmp_path / "creds")}
    environment = {"MAILBOT_SMTP__PASSWORD": "from-environment"}
    in_file = smtp_text(base, 'password = "from-toml"')
    with_named = smtp_text(base, f'password = "from-toml"\npassword_file = "{named}"')
    assert smtp_password(in_file, {}) == "from-toml"
    assert smtp_password(in_file, credentials) == "from-credential"
    assert smtp_password(with_named, credentials) == "from-file"
    assert smtp_password(with_named, credentials | environment) == "from-environment"
    assert smtp_password(in_file, {"MAILBOT_SMTP__PASSWORD_FILE": str(named)}) == "from-file"


def test_a_named_file_is_taken_from_beside_the_configuration(base: str, secret_file: Write, tmp_path: Path) -> None:
    secret_file("smtp.secret", "beside")
    path = tmp_path / "config.toml"
    path.write_text(smtp_text(base, 'password_file = "smtp.secret"'))
    password = load(path, {}).smtp.password
    assert password is not None
    assert password.get_secret_value() == "beside"


def test_credentials_are_found_by_their_names(base: str, tmp_path: Path) -> None:
    for name, text in {
        "support.imap.password": "one",
        "imap.password": "all",
        "secret.key": "K" * 44,
        "database.url": "postgresql+psycopg://m:p@db/m",
    }.items():
        (tmp_path / name).write_text(text + "\n")
    extra = '[[mailboxes]]\nname = "sales"\nhost = "imap.example.org"\nusername = "sales"\n'
    settings = loads(base + extra, {"CREDENTIALS_DIRECTORY": str(tmp_path)}, file=Path("/c.toml"))
    passwords = [box.password.get_secret_value() if box.password else "" for box in settings.mailboxes]
    assert passwords == ["one", "all"]
    assert settings.secret_keys == (b"K" * 44,)
    assert settings.database_url() == "postgresql+psycopg://m:p@db/m"


def test_a_credential_for_no_mailbox_is_told(base: str, tmp_path: Path) -> None:
    (tmp_path / "suport.imap.password").write_text("x")
    with pytest.raises(ConfigError) as caught:
        loads(base, {"CREDENTIALS_DIRECTORY": str(tmp_path)}, file=Path("/c.toml"))
    what = 'there is no mailbox "suport" that this password could be for; allowed: support'
    assert str(caught.value) == f"credential {tmp_path}/suport.imap.password: {what}"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_secret_file_that_others_may_read_is_refused(base: str, secret_file: Write, mode: int) -> None:
    path = secret_file("open", "secret-of-the-file", mode)
    with pytest.raises(ConfigError) as caught:
        loads(smtp_text(base, f'password_file = "{path}"'), {}, file=Path("/c.toml"))
    expected = (
        f"/c.toml:13: [smtp] password_file: {path} may be read by others (mode {mode:04o}); run: chmod 600 {path}"
    )
    assert str(caught.value) == expected


def test_a_credential_may_have_any_mode(base: str, tmp_path: Path) -> None:
    (tmp_path / "smtp.password").write_text("x")
    (tmp_path / "smtp.password").chmod(0o644)
    assert smtp_password(smtp_text(base, ""), {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "x"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\n", "is empty; write the secret into it"),
        (b"\xff\xfe", "is not UTF-8 text; a key may be written as base64"),
        (b"x" * 65537, "is larger than 64 KiB; name a file that holds only the secret"),
    ],
)
def test_a_secret_file_without_a_secret_is_refused(base: str, secret_file: Write, content: bytes, what: str) -> None:
    path = secret_file("odd", "")
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        loads(smtp_text(base, f'password_file = "{path}"'), {}, file=Path("/c.toml"))
    assert str(caught.value) == f"/c.toml:13: [smtp] password_file: {path} {what}"


def test_a_secret_file_that_is_not_there_is_told(base: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loads(smtp_text(base, 'password_file = "/nowhere/x"'), {}, file=Path("/c.toml"))
    expected = (
        "/c.toml:13: [smtp] password_file: cannot read /nowhere/x: No such file or directory;"
        " write the secret into that file (chmod 600), or name the file that holds it"
    )
    assert str(caught.value) == expected


def test_old_keys_come_after_the_current_one(base: str, secret_file: Write) -> None:
    old, older = secret_file("old", "o" * 40), secret_file("older", "p" * 40)
    files = f"[security]\nold_secret_key_files = {json.dumps([str(old), str(older)])}"
    settings = loads(base.replace("[security]", files), {}, file=Path("/c.toml"))
    assert settings.secret_keys == (b"k" * 40, b"o" * 40, b"p" * 40)


def test_the_environment_reaches_every_kind_of_setting(base: str) -> None:
    extra = '[calendars.head-office]\nmon = ["08:00-12:00"]\n[[rules]]\nid = "vpn.1"\nany = ["vpn"]\n'
    extra += '[[technicians]]\nname = "Ani"\nemail = "ani@example.org"\nteams = ["support"]\n'
    environ = {
        "MAILBOT_HELPDESK__LANGUAGE": "id",
        "MAILBOT_HELPDESK__SUBADDRESS": "true",
        "MAILBOT_HELPDESK__LEGACY_TAGS": '["(#[0-9]+)"]',
        "MAILBOT_SMTP__PORT": "2525",
        "MAILBOT_LIMITS__SIZE": "1MiB",
        "MAILBOT_CLOSING__RESOLVED_AFTER": "1d",
        "MAILBOT_MAILBOXES__SUPPORT__FOLDER": "Help",
        "MAILBOT_TECHNICIANS__ANI__SKILLS": "vpn, printer",
        "MAILBOT_RULES__VPN_1__URGENCY": "high",
        "MAILBOT_CALENDARS__HEAD_OFFICE__HOLIDAYS": "ID",
        "MAILBOT_SLA__CRITICAL__RESOLUTION": "2h",
        "MAILBOT_PRIORITY__MATRIX__PERSON__LOW": "high",
        "MAILBOT_SECURITY__OLD_SECRET_KEYS": "o" * 40,
        "MAILBOT_CONFIG": "ignored",
        "MAILBOT_TEST": "1",
        "MAILBOT_TEST_SPEED": "1",
        "MAILBOT_FAILPOINTS": "x=kill@1",
        "OTHER": "x",
    }
    settings = loads(base + extra, environ, file=Path("/c.toml"))
    assert settings.helpdesk.language == "id"
    assert settings.helpdesk.subaddress is True
    assert settings.helpdesk.legacy_tags == ("(#[0-9]+)",)
    assert settings.smtp.port == 2525
    assert settings.limits.size == 1 << 20
    assert settings.closing.resolved_after.days == 1
    assert settings.mailboxes[0].folder == "Help"
    assert settings.technicians[0].skills == ("vpn", "printer")
    assert settings.rules[0].urgency == "high"
    assert settings.calendars["head-office"].holidays == "ID"
    assert settings.sla.critical.resolution.total_seconds() == 7200
    assert settings.sla.critical.first_response.total_seconds() == 900
    assert settings.priority.matrix.person.low == "high"
    assert settings.secret_keys == (b"k" * 40, b"o" * 40)


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("MAILBOT_SMTP__PASWORD", '; did you mean "MAILBOT_SMTP__PASSWORD"?'),
        ("MAILBOT_MAILBOXES__SUPORT__PASSWORD", '; did you mean "MAILBOT_MAILBOXES__SUPPORT__PASSWORD"?'),
        ("MAILBOT_HELPDESK", ""),
        ("MAILBOT_MAILBOXES", ""),
        ("MAILBOT_XYZZY", ""),
        ("MAILBOT_SMTP__PORT__X", '; did you mean "MAILBOT_SMTP__PORT"?'),
    ],
)
def test_a_variable_that_names_no_setting_is_told(base: str, variable: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loads(base, {variable: "do-not-show"}, file=Path("/c.toml"))
    expected = f"environment variable {variable}: names no setting; unset it or correct it"
    assert str(caught.value).startswith(expected)
    assert "do-not-show" not in str(caught.value)
    if hint:
        assert str(caught.value) == expected + hint


def test_a_wrong_value_of_a_variable_is_told_with_the_variable(base: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loads(base, {"MAILBOT_SMTP__PORT": "many", "MAILBOT_TECHNICIANS": "x"}, file=Path("/c.toml"))
    assert "environment variable MAILBOT_SMTP__PORT: [smtp] port: must be a whole number" in str(caught.value)


def test_a_variable_with_a_broken_list_is_told(base: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loads(base, {"MAILBOT_HELPDESK__LEGACY_TAGS": "[oops"}, file=Path("/c.toml"))
    where = "environment variable MAILBOT_HELPDESK__LEGACY_TAGS: [helpdesk] legacy_tags"
    assert str(caught.value) == f'{where}: must be a list; allowed: a,b or ["a", "b"]'


SECRETS = ("imap-secret", "smtp-secret", "db-secret", "k" * 40, "o" * 40)


def test_secrets_are_in_no_text_about_the_settings(base: str) -> None:
    text = smtp_text(base, 'password = "smtp-secret"') + f'old_secret_keys = ["{"o" * 40}"]\n'
    text += '[database]\nurl = "postgresql+psycopg://m:db-secret@db/m"\n'
    settings = loads(text, {}, file=Path("/c.toml"))
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize(
    "mistake",
    [
        '[smtpp]\npassword = "smtp-secret"\n',
        '[[mailboxes]]\npasword = "imap-secret"\n',
        '[database]\nurl = "db-secret"\n',
        '[database]\nurl = ["db-secret"]\n',
        '[[teams]]\nname = "x"\nstrategy = "y"\n',
        '[limits]\nold_secret_keys = "db-secret"\n',
    ],
)
def test_secrets_are_in_no_error(base: str, mistake: str) -> None:
    text = smtp_text(base, 'password = "smtp-secret"')
    environ = {"MAILBOT_SMTP__PASSWORDS": "smtp-secret", "MAILBOT_SECURITY__OLD_SECRET_KEYS": '["o'}
    with pytest.raises(ConfigError) as caught:
        loads(text + mistake, environ, file=Path("/c.toml"))
    error: BaseException | None = caught.value
    assert not [secret for secret in SECRETS if secret in f"{error!s} {error!r}"]
    assert error is not None
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


def test_secrets_are_in_no_error_of_settings_that_are_built_by_hand() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"smtp": {"password": "smtp-secret"}})
    assert "smtp-secret" not in str(caught.value)


def test_settings_cannot_be_changed(settings_of: Callable[..., Settings]) -> None:
    settings = settings_of()
    with pytest.raises(ValueError, match="frozen"):
        settings.helpdesk.name = "x"
