"""template preview: the mails that mailbot sends, with sample data."""

from pathlib import Path
from typing import Any

import click

from mailbot.adapters.gallery import gallery, sample_mail
from mailbot.adapters.render import Renderer
from mailbot.cli.common import Options, json_option, notes, show_json
from mailbot.config.problems import suggest
from mailbot.core.notices import NOTICES
from mailbot.errors import UsageError
from mailbot.service import build_desk


@click.group()
def template() -> None:
    """Look at the mails that mailbot sends."""


@template.command(
    "preview",
    short_help="Show notices with sample data, on the screen or as files.",
    epilog=notes(
        "mailbot template preview --notice acknowledgement --language en",
        "mailbot template preview --all --out gallery",
        document={
            "index": 'the page that leads to the files; "" without --out',
            "notices": "[{notice, language, subject, text}]",
        },
    ),
)
@click.option("--all", "everything", is_flag=True, help="Every notice.")
@click.option(
    "--notice", "notices", multiple=True, metavar="NAME", help="Only this notice; may be given several times."
)
@click.option("--language", default="", help="Only this language, on the screen; default: every language.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write files into this folder, .eml, .txt and .html.",
)
@json_option
@click.pass_obj
def template_preview(
    options: Options, everything: bool, notices: tuple[str, ...], language: str, out: Path | None, as_json: bool
) -> None:
    """Show notices with sample data, on the screen or as files with an index.html to look through.

    A notice is a kind of mail, such as acknowledgement or resolved. No configuration is needed.
    """
    if bool(notices) == everything:
        raise UsageError(f"say either --all or --notice NAME; names: {', '.join(NOTICES)}")
    for name in notices:
        if name not in NOTICES:
            raise UsageError(f"there is no notice {name!r}; there are {', '.join(NOTICES)}{suggest(name, NOTICES)}")
    renderer = build_desk(options.load_or_defaults()).renderer
    names = list(dict.fromkeys(notices)) or list(NOTICES)
    languages = _languages(renderer, language)
    index = str(gallery(renderer, out, names)) if out else ""
    samples = [_sample(renderer, name, tongue) for name in names for tongue in languages]
    if as_json:
        show_json({"index": index, "notices": samples})
    elif out:
        click.echo(f"open {index} in a browser")
    else:
        for sample in samples:
            click.echo(f"--- {sample['notice']} ({sample['language']})\nSubject: {sample['subject']}\n")
            click.echo(f"{sample['text'].rstrip()}\n")


def _languages(renderer: Renderer, wanted: str) -> list[str]:
    known = list(renderer.languages())
    if wanted and wanted not in known:
        raise UsageError(f"there are no templates for the language {wanted!r}; there are {', '.join(known)}")
    return [wanted] if wanted else known


def _sample(renderer: Renderer, notice: str, language: str) -> dict[str, Any]:
    rendered, _raw = sample_mail(renderer, notice, language)
    return {"notice": notice, "language": language, "subject": rendered.subject, "text": rendered.text}
