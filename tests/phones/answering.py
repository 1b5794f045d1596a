"""Answers to mails of ours, typed into one of the mail programs."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from world.helpdesk import text_of

from phones.clients import CLIENTS, Words
from phones.envelopes import Quoted, Shape, eml


def html_of(mail: EmailMessage) -> str:
    """What stands in the body of the HTML part."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content()).partition("<body")[2].partition(">")[2].partition("</body>")[0]


def typed(client: str, words: Words, text: str, old: EmailMessage) -> Shape:
    """What a mail program makes of a text that somebody types above a mail of ours."""
    quoted = Quoted(text_of(old), html_of(old), str(old["Subject"]), "Example Helpdesk", "support@example.com")
    return CLIENTS[client](text.split("\n"), "", quoted, words)


def addressed(
    shape: Shape,
    old: EmailMessage,
    sender: str,
    at: datetime,
    *,
    subject: str = "",
    files: tuple[bytes, ...] = (),
    **headers: str,
) -> bytes:
    """The answer of `sender` (name and address) to a mail of ours; more headers by keyword, with _ for -."""
    head = {
        **shape.headers,
        "From": sender,
        "To": str(old["Reply-To"] or old["From"]),
        "Date": format_datetime(at),
        "In-Reply-To": str(old["Message-ID"]),
        "References": str(old["Message-ID"]),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    whole = Shape(shape.plain, shape.html, shape.encoding, shape.charset, shape.flowed, head, shape.crlf)
    return eml(whole, Quoted("", "", str(old["Subject"])), subject=subject, files=files)
