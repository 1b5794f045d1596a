"""Building mails as people's clients would."""

from datetime import datetime
from email.message import EmailMessage, Message
from email.utils import format_datetime, formataddr
from itertools import count
from typing import Any

_NUMBERS = count(1)


def build(
    sender: str,
    subject: str,
    text: str,
    *,
    at: datetime,
    name: str = "",
    to: str = "support@example.com",
    files: dict[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """A new mail; more headers by keyword, with _ for -."""
    mail = EmailMessage()
    mail["From"] = formataddr((name, sender))
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = headers.pop("message_id", f"<{next(_NUMBERS)}.{sender.replace('@', '.at.')}@client.example>")
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content(text)
    for filename, content in (files or {}).items():
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=filename)
    return mail.as_bytes()


def reply(sender: str, to: Message, text: str, *, at: datetime, name: str = "", **headers: Any) -> bytes:
    """An answer to a mail, with the old text quoted below the new one."""
    quoted = "\n".join(f"> {line}" for line in plain_text(to).splitlines())
    return build(
        sender,
        f"Re: {to['Subject']}",
        f"{text}\n\nOn {to['Date']}, Helpdesk wrote:\n{quoted}\n",
        at=at,
        name=name,
        In_Reply_To=str(to["Message-ID"]),
        References=f"{to['References'] or ''} {to['Message-ID']}".strip(),
        **headers,
    )


def plain_text(mail: Message) -> str:
    """The text part of a mail."""
    for part in mail.walk():
        if part.get_content_type() == "text/plain" and not part.get_filename():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode(part.get_content_charset() or "utf-8").replace("\r\n", "\n")
    return ""
