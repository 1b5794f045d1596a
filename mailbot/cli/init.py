"""init: a first configuration, its secrets and its database."""

import os
import pwd
import secrets
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from mailbot.adapters.db import Database
from mailbot.adapters.schema import upgrade
from mailbot.cli.common import Options, notes
from mailbot.config import DEFAULT_PATH, loads, render_initial
from mailbot.config.values import AddrSpec, Filled, Host, Language, OptionalAddrSpec, Zone, read_as
from mailbot.errors import ConfigError, UsageError

_SERVICE = "mailbot"  # The account of the systemd unit.
_KEY_BYTES = 48
_ZONE = "Asia/Jakarta"
_KINDS = {
    "address": AddrSpec,
    "imap_host": Host,
    "smtp_host": Host,
    "username": Filled,
    "technician": OptionalAddrSpec,
    "lead": OptionalAddrSpec,
    "language": Language,
    "timezone": Zone,
}
"""What each answer must be, as the configuration will have it."""


@dataclass(slots=True)
class Answers:
    """What the configuration is made of; "" = not said."""

    address: str
    imap_host: str
    smtp_host: str
    username: str
    name: str
    language: str
    timezone: str
    technician: str
    technician_name: str
    lead: str
    password: str = field(default="", repr=False)

    def ask(self, *, password: bool) -> None:
        """Asks a person for what was not said on the command line, and for the password if it is wanted."""
        self.address = self.address or _ask("address", "The address that people write to")
        domain = self.address.rpartition("@")[2]
        self.imap_host = self.imap_host or _ask("imap_host", "IMAP server", f"imap.{domain}")
        self.smtp_host = self.smtp_host or _ask("smtp_host", "SMTP server", f"smtp.{domain}")
        self.username = self.username or _ask("username", "Account on both servers", self.address)
        if password and sys.stdin.isatty():
            later = "empty: you write it into a file later"
            self.password = click.prompt(
                f"Password of that account (not shown; {later})", default="", show_default=False, hide_input=True
            )
        self.timezone = self.timezone or _ask("timezone", "Time zone in which times are shown", _ZONE)
        if not self.technician:
            later = "empty: you add technicians later"
            self.technician = _ask("technician", f"Address of the first technician, who gets the tickets ({later})", "")
        if not self.lead:
            nobody = "empty: nobody"
            self.lead = _ask("lead", f"Address of the lead, who hears of what is late ({nobody})", "")


@dataclass(frozen=True, slots=True)
class Places:
    """Where things go."""

    config: Path
    state: Path
    password: Path

    @property
    def key(self) -> Path:
        """The file of the secret key."""
        return self.state / "secret.key"


@click.command(
    epilog=notes(
        "mailbot init",
        "mailbot init --config ./config.toml --address support@example.com --imap-host imap.example.com \\",
        "    --timezone Asia/Makassar --technician tom@example.com --lead lena@example.com \\",
        "    --state-dir ./state",
        codes="0 done, 64 an answer cannot be used or the file exists, 78 something cannot be written",
    )
)
@click.option("--address", default="", help="The address that people write to.")
@click.option("--imap-host", default="", help="The IMAP server of the support mailbox.")
@click.option(
    "--smtp-host",
    default="",
    help="The SMTP server that takes our mail; default where nothing is asked: the IMAP server.",
)
@click.option("--username", default="", help="The account on both servers; default: the address.")
@click.option(
    "--password-file",
    default="",
    metavar="FILE",
    help="Where its password is; default: the file `password` beside the configuration. One that exists is kept.",
)
@click.option("--name", default="Helpdesk", show_default=True, help="What the helpdesk is called in mails.")
@click.option("--language", default="en", show_default=True, help="Of mail to people whose language is not known.")
@click.option(
    "--timezone", default="", metavar="ZONE", help=f"In which times are shown, as Europe/Berlin; default: {_ZONE}."
)
@click.option("--technician", default="", metavar="ADDRESS", help="The first technician, who gets the tickets.")
@click.option("--technician-name", default="", metavar="NAME", help="What he is called; default: from the address.")
@click.option("--lead", default="", metavar="ADDRESS", help="Who hears of what is late.")
@click.option("--state-dir", default="/var/lib/mailbot", show_default=True, help="Where database and key are kept.")
@click.pass_obj
def init(options: Options, /, password_file: str, state_dir: str, **given: str) -> None:
    """Write a first configuration and a secret key, and make the database.

    Nothing that exists is overwritten, and nothing is written before all answers make sense. With --address and
    --imap-host nothing is asked; else a person is asked for what is missing. Run as root where there is an account
    called mailbot, all of it is given to that account.
    """
    path = options.path.absolute()
    if path.exists() or path.is_symlink():
        raise UsageError(
            f"{path} exists already; it was not touched. Test it with: {_command(path, 'check')}."
            " To begin anew, move it away first; to write another, say --config FILE"
        )
    places = Places(path, Path(state_dir).absolute(), Path(password_file or path.parent / "password").absolute())
    answers = _answers(given, password=not places.password.exists())
    text = _text(answers, places)
    _validate(text, path)
    written = _write(places, answers, text)
    _tell(written, places, answers, _hand_over(written, places))


def _answers(given: dict[str, str], *, password: bool) -> Answers:
    answers = Answers(**{name: value.strip() for name, value in given.items()})
    if not (answers.address and answers.imap_host):
        _refuse_wrong(answers)
        try:
            answers.ask(password=password)
        except click.Abort:
            if sys.stdin.isatty():
                raise
            raise UsageError(
                "nobody is here to be asked: say at least --address and --imap-host, or run it on a terminal;"
                " mailbot init --help lists all"
            ) from None
    answers.smtp_host = answers.smtp_host or answers.imap_host
    answers.timezone = answers.timezone or _ZONE
    answers.username = answers.username or answers.address
    local = answers.technician.partition("@")[0]
    answers.technician_name = answers.technician_name or local.replace(".", " ").replace("_", " ").title()
    return answers


def _refuse_wrong(answers: Answers) -> None:
    """Refuses what was said on the command line and cannot be used, before a person is asked for the rest.

    Raises:
        UsageError: The text names each option.
    """
    problems = []
    for name, kind in _KINDS.items():
        try:
            value = getattr(answers, name)
            if value:
                setattr(answers, name, read_as(kind, value))
        except ValueError as error:
            problems.append(f"--{name.replace('_', '-')}: {error}")
    if problems:
        raise UsageError("nothing was written, because of these answers:\n  " + "\n  ".join(problems))


def _ask(name: str, question: str, default: str | None = None) -> str:
    """Asks until the answer can be used; what is wrong with one is said at once."""

    def read(answer: str) -> str:
        try:
            return read_as(_KINDS[name], answer.strip())
        except ValueError as error:
            raise click.UsageError(str(error)) from None

    return str(click.prompt(question, default=default, show_default=bool(default), value_proc=read))


def _text(answers: Answers, places: Places) -> str:
    return render_initial(
        address=answers.address,
        imap_host=answers.imap_host,
        smtp_host=answers.smtp_host,
        username=answers.username,
        name=answers.name,
        language=answers.language,
        timezone=answers.timezone,
        lead=answers.lead,
        technician=answers.technician,
        technician_name=answers.technician_name,
        state_dir=str(places.state),
        secret_key_file=str(places.key),
        password_file=str(places.password),
    )


def _validate(text: str, path: Path) -> None:
    """Refuses answers that make no configuration, before anything is written.

    Raises:
        UsageError: The text names each answer that cannot be used.
    """
    stand_ins = {
        "MAILBOT_SMTP__PASSWORD": "x",
        "MAILBOT_MAILBOXES__SUPPORT__PASSWORD": "x",
        "MAILBOT_SECURITY__SECRET_KEY": "x" * _KEY_BYTES,
    }
    try:
        loads(text, stand_ins, file=path)
    except ConfigError as error:
        # The file is not there yet, so its lines would lead nowhere.
        problems = [line.partition(": ")[2] for line in str(error).splitlines()]
        raise UsageError("nothing was written, because of these answers:\n  " + "\n  ".join(problems)) from None


def _write(places: Places, answers: Answers, text: str) -> list[Path]:
    """Writes what is not there yet; the configuration comes last, so that an init that failed can be called again."""
    with _explained(places.state):
        places.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = places.state / "mailbot.db"
    written = [] if file.exists() else [file]
    for path, content in (
        (places.key, secrets.token_urlsafe(_KEY_BYTES) + "\n"),
        (places.password, f"{answers.password}\n" if answers.password else ""),
    ):
        if _write_private(path, content):
            written.append(path)
    database = Database(f"sqlite:///{file}", state_dir=places.state)
    try:
        upgrade(database)
    finally:
        database.close()
    if not _write_private(places.config, text):
        raise UsageError(f"{places.config} was written by somebody else just now; it was not touched")
    return [places.config, *written]


def _write_private(path: Path, text: str) -> bool:
    """Writes a new file that only its owner can read; False if there is one of this name already.

    Raises:
        ConfigError: It cannot be written.
    """
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            return False
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    return True


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}; call init as an account that may write there,"
            " or choose other places with --config, --state-dir and --password-file"
        ) from error


def _hand_over(written: Sequence[Path], places: Places) -> str:
    """Gives what root has written to the account of the service, if there is one; says whom it belongs to then."""
    if os.geteuid() != 0:
        return ""
    try:
        account = pwd.getpwnam(_SERVICE)
    except KeyError:
        return ""
    for path in (places.state, *written):
        with _explained(path):
            os.chown(path, account.pw_uid, account.pw_gid)
    return _SERVICE


def _tell(written: Sequence[Path], places: Places, answers: Answers, owner: str) -> None:
    meaning = {
        places.config: "the configuration",
        places.key: "the secret key: back it up together with the database",
        places.password: f"the password of {answers.username}" if answers.password else "empty; see below",
    }
    width = max(len(str(path)) for path in written)
    for path in written:
        click.echo(f"wrote {str(path).ljust(width)}  {meaning.get(path, 'the database')}")
    for path in (path for path in (places.key, places.password) if path not in written):
        click.echo(f"kept  {path}, which was there already")
    click.echo(f"Only {owner or 'you'} can read these files.\n\nNext:")
    steps = []
    if places.password.stat().st_size == 0:
        steps.append(f"write the password of {answers.username} into {places.password}")
    if not answers.technician:
        steps.append(f"add your technicians at the end of {places.config}; without one, nobody gets the tickets")
    if not answers.lead:
        steps.append(f"name who hears of what is late: `lead` of [[teams]] in {places.config}")
    steps.append(f"test everything:   {_command(places.config, 'check')}")
    steps.append(f"start the daemon:  {_command(places.config, 'run')}   (or systemctl enable --now mailbot)")
    for number, step in enumerate(steps, 1):
        click.echo(f"  {number}. {step}")


def _command(config: Path, *words: str) -> str:
    where = [] if config == DEFAULT_PATH else ["--config", str(config)]
    return shlex.join(["mailbot", *where, *words])
