"""Every notice as a file to look at: what an operator sees before a changed template goes out."""

import html
from collections.abc import Iterable
from pathlib import Path

from mailbot.adapters.compose import OutgoingMail, compose
from mailbot.adapters.render import Rendered, Renderer
from mailbot.adapters.samples import sample
from mailbot.adapters.samples_found import NOW
from mailbot.core.model import Address
from mailbot.core.notices import NOTICES
from mailbot.errors import ConfigError

_HOST = "example.com"

_INDEX = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Notices</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>body {{ font: 16px/24px sans-serif; margin: 24px auto; max-width: 900px; padding: 0 12px; }}
td, th {{ padding: 4px 12px 4px 0; text-align: left; vertical-align: top; }}</style></head>
<body><h1>Notices</h1>
<p>Every mail that the helpdesk sends, with sample data.</p>
<table><tr><th>Notice</th><th>For</th><th>Language</th><th>Subject</th><th>Look at</th></tr>
{rows}</table></body></html>
"""


def sample_mail(renderer: Renderer, notice: str, language: str) -> tuple[Rendered, bytes]:
    """A notice with sample values: rendered, and as the bytes that would be sent; the same each time.

    Raises:
        ConfigError: A template of it is wrong.
    """
    values = sample(notice, language)
    rendered = renderer.render(notice, language, values)
    kind = NOTICES[notice]
    helpdesk = Address(values["helpdesk"]["name"], values["helpdesk"]["address"])
    inside = not kind.audience.outside
    recipient = Address(values["recipient"]["name"] if inside else "", values["recipient"]["address"])
    request = "<request.1@pc.example.com>"
    raw = compose(
        OutgoingMail(
            message_id=f"<sample.{notice}.{language}@{_HOST}>",
            date=NOW.astimezone(values["zone"]),
            from_=helpdesk,
            to=recipient,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            in_reply_to="" if inside else request,
            references=() if inside else (request,),
            auto_submitted=kind.auto_submitted,
            list_unsubscribe=f"<mailto:{helpdesk.address}?subject=unsubscribe>" if kind.list_unsubscribe else "",
            language=rendered.language,
        )
    )
    return rendered, raw


def gallery(renderer: Renderer, out_dir: Path, notices: Iterable[str] | None = None) -> Path:
    """Writes notices in every language as .eml, .txt and .html, and gives the index.html that leads to them.

    Args:
        renderer: The templates.
        out_dir: Where to write; it is made if it is not there.
        notices: Which ones; None = all.

    Raises:
        ConfigError: There is no such notice, a template of one is wrong, or the directory cannot be written.
    """
    names = list(NOTICES) if notices is None else list(notices)
    unknown = [name for name in names if name not in NOTICES]
    if unknown:
        raise ConfigError(f"there is no notice {unknown[0]!r}; there are {', '.join(NOTICES)}")
    rows = []
    try:
        for name in names:
            for language in renderer.languages():
                rendered, raw = sample_mail(renderer, name, language)
                stem = f"{language}/{name}"
                (out_dir / language).mkdir(parents=True, exist_ok=True)
                (out_dir / f"{stem}.eml").write_bytes(raw)
                (out_dir / f"{stem}.txt").write_text(f"Subject: {rendered.subject}\n\n{rendered.text}", "utf-8")
                (out_dir / f"{stem}.html").write_text(rendered.html, "utf-8")
                rows.append(_row(name, language, stem, rendered.subject))
        index = out_dir / "index.html"
        index.write_text(_INDEX.format(rows="\n".join(rows)), "utf-8")
    except OSError as error:
        raise ConfigError(f"the gallery cannot be written: {error}; choose another directory") from error
    return index


def _row(name: str, language: str, stem: str, subject: str) -> str:
    links = " · ".join(f'<a href="{stem}.{suffix}">{suffix}</a>' for suffix in ("html", "txt", "eml"))
    cells = (name, NOTICES[name].audience, language, html.escape(subject), links)
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
