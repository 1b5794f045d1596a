"""The people of the demonstration: they write and answer mail as their mail clients would, over SMTP."""

import smtplib
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import format_datetime, formataddr

from mailbot.service import utc_now

SUPPORT = "support@demo.example"


@dataclass(slots=True)
class Person:
    """Somebody with a mail address.

    Attributes:
        name: What he is called.
        address: His addr-spec.
        port: The port of the SMTP server on loopback.
        sent: The mails that he wrote, as bytes.
    """

    name: str
    address: str
    port: int
    sent: list[bytes] = field(default_factory=list)

    def blank(self, subject: str) -> EmailMessage:
        """A new mail to the helpdesk, still without text."""
        mail = EmailMessage()
        mail["From"] = formataddr((self.name, self.address))
        mail["To"] = SUPPORT
        mail["Subject"] = subject
        mail["Date"] = format_datetime(utc_now())
        local, _, domain = self.address.partition("@")
        mail["Message-ID"] = f"<{local}.{len(self.sent) + 1}@{domain}>"
        return mail

    def write(self, subject: str, text: str) -> EmailMessage:
        """Writes a new mail to the helpdesk and sends it."""
        mail = self.blank(subject)
        mail.set_content(text)
        return self.send(mail)

    def answer(self, got: Message, text: str) -> EmailMessage:
        """Answers a mail as a phone would: the new text on top, the old mail quoted below."""
        mail = self.blank(f"Re: {subject_of(got)}")
        mail["In-Reply-To"] = str(got["Message-ID"])
        mail["References"] = str(got["Message-ID"])
        quoted = "\n".join(f"> {line}" for line in text_of(got).splitlines())
        mail.set_content(f"{text}\n\nOn {got['Date']}, {SUPPORT} wrote:\n{quoted}\n")
        return self.send(mail)

    def send(self, mail: EmailMessage) -> EmailMessage:
        """Hands a mail to the SMTP server."""
        self.raw(mail.as_bytes().replace(b"\n", b"\r\n"))
        return mail

    def raw(self, data: bytes) -> None:
        """Hands bytes to the SMTP server as they are."""
        self.sent.append(data)
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as server:
            server.sendmail(self.address, [SUPPORT], data)


def subject_of(mail: Message) -> str:
    """The decoded subject of a mail."""
    return str(make_header(decode_header(str(mail["Subject"] or ""))))


def text_of(mail: Message) -> str:
    """The text part of a mail."""
    for part in mail.walk():
        if part.get_content_type() == "text/plain" and not part.get_filename():
            payload = part.get_payload(decode=True)
            return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return ""
