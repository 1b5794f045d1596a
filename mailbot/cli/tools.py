"""retry, rules, template: mending and trying things out."""

from pathlib import Path

import click
from sqlalchemy import select
from sqlmodel import col

from mailbot.adapters import ledger
from mailbot.adapters.schema import require_current
from mailbot.adapters.tables import Receipt
from mailbot.cli.common import EXIT_OK, EXIT_PROBLEM, Options, json_option, show_json
from mailbot.core.mail import read
from mailbot.errors import UsageError
from mailbot.pipeline.tickets import classify
from mailbot.service import build_database, build_desk


@click.command()
@click.argument("receipts", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="Every quarantined message.")
@json_option
@click.pass_obj
def retry(options: Options, receipts: tuple[int, ...], everything: bool, as_json: bool) -> int:
    """Let quarantined messages be processed again; the daemon takes them at its next look."""
    if bool(receipts) == everything:
        raise UsageError("name receipts, or say --all; `mailbot ledger --list --disposition quarantined` shows them")
    database = build_database(options.load())
    try:
        require_current(database)
        with database.unit_of_work() as session:
            statement = select(Receipt).where(col(Receipt.disposition) == "quarantined")
            if receipts:
                statement = statement.where(col(Receipt.id).in_(receipts))
            rows = list(session.scalars(statement))
            for row in rows:
                ledger.reopen(session, row)
    finally:
        database.close()
    found = [row.id for row in rows]
    missing = sorted(set(receipts) - {key for key in found if key is not None})
    if as_json:
        show_json({"retried": found, "not_quarantined": missing})
    else:
        click.echo(f"{len(found)} messages will be tried again" if found else "nothing to try again")
        for key in missing:
            click.echo(f"receipt {key} is not quarantined", err=True)
    return EXIT_PROBLEM if missing else EXIT_OK


@click.group()
def rules() -> None:
    """Try the keyword rules."""


@rules.command("test")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def rules_test(options: Options, files: tuple[Path, ...], as_json: bool) -> int:
    """Explain what the rules make of messages in FILES (.eml), and why."""
    from mailbot.core.rules import explain  # noqa: PLC0415 - next to its only use.

    policy = build_desk(options.load()).policy
    results = [(path, classify(policy, read(path.read_bytes(), policy.limits))) for path in files]
    if as_json:
        show_json({"files": [{"file": str(path), **found.as_data()} for path, found in results]})
        return EXIT_OK
    for path, found in results:
        click.echo(f"{path}:")
        for line in explain(found):
            click.echo(f"  {line}")
    return EXIT_OK


@click.group()
def template() -> None:
    """Look at the mails that mailbot sends."""


@template.command("preview")
@click.option("--all", "everything", is_flag=True, help="Every notice in every language.")
@click.option("--notice", default="", help="Only this notice.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write to.")
@click.pass_obj
def template_preview(options: Options, everything: bool, notice: str, out: Path) -> None:
    """Write notices with sample data as .eml, .txt and .html, with an index.html to look through."""
    from mailbot.adapters.gallery import gallery  # noqa: PLC0415 - next to its only use.

    if bool(notice) == everything:
        raise UsageError("say either --all or --notice NAME")
    renderer = build_desk(options.load()).renderer
    index = gallery(renderer, out, [notice] if notice else None)
    click.echo(f"open {index} in a browser")


COMMANDS = (retry, rules, template)
