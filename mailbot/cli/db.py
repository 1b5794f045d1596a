"""db upgrade: making the database, and bringing it up to date."""

import click

from mailbot.adapters.schema import upgrade
from mailbot.cli.common import Options, json_option, notes, show_json
from mailbot.service import build_database


@click.group()
def db() -> None:
    """Make the database, or bring it up to date."""


@db.command(
    "upgrade",
    short_help="Make the database, or bring it up to date.",
    epilog=notes(
        "systemctl stop mailbot; mailbot db upgrade; systemctl start mailbot",
        document={"database": "which one", "steps": "a text for each thing that was done; [] if there was nothing"},
    ),
)
@json_option
@click.pass_obj
def db_upgrade(options: Options, as_json: bool) -> None:
    """Make the database, or bring it to the version that this mailbot needs.

    All is done or nothing, and it may be called at any time: a database that is up to date is left as it is. Make a
    backup before you upgrade after an update of mailbot.
    """
    database = build_database(options.load(serving=False))
    try:
        lines = upgrade(database)
    finally:
        database.close()
    if as_json:
        show_json({"database": database.label, "steps": lines})
        return
    for line in lines:
        click.echo(line)
    click.echo(f"{database.label} is up to date")
