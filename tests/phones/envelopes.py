"""The bytes of a mail: the header and the parts, in the encodings and the order of each mail program."""

import base64
import quopri
from dataclasses import dataclass, field
from email.header import Header


@dataclass(frozen=True)
class Quoted:
    """The mail that is answered, as the mail program holds it; its dates stand in the words of the program."""

    text: str
    html: str
    subject: str = "[HD-1042] Printer on the 2nd floor prints blank pages"
    name: str = "IT Helpdesk"
    address: str = "helpdesk@example.com"


@dataclass(frozen=True)
class Shape:
    """How a program writes the text of a mail.

    Attributes:
        plain: The text part, "" for a mail that is only HTML.
        html: The HTML part, "" for a mail that is only text.
        encoding: The Content-Transfer-Encoding.
        charset: The charset, as long as it has all the characters; utf-8 otherwise, as programs do.
        flowed: Whether the text is format=flowed.
        headers: What the program puts into the header besides.
        crlf: Whether its lines end with CR and LF.
    """

    plain: str = ""
    html: str = ""
    encoding: str = "quoted-printable"
    charset: str = "utf-8"
    flowed: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    crlf: bool = True


def eml(shape: Shape, quoted: Quoted, *, subject: str = "", files: tuple[bytes, ...] = ()) -> bytes:
    """The whole mail."""
    parts = []
    if shape.plain:
        parts.append(_part("text/plain", shape.plain, shape, '; format="flowed"' if shape.flowed else ""))
    if shape.html:
        parts.append(_part("text/html", shape.html, shape))
    body = parts[0] if len(parts) == 1 else _multipart("alternative", parts)
    if files:
        body = _multipart("mixed", [body, *files])
    subject = subject or f"Re: {quoted.subject}"
    head = {
        "From": "Budi Santoso <budi@example.com>",
        "To": f"{quoted.name} <{quoted.address}>",
        "Subject": subject if subject.isascii() else Header(subject, "utf-8").encode(),
        "Date": "Tue, 04 Aug 2026 11:02:17 +0700",
        "Message-ID": "<5F1A2B3C-77E1-4E55-9D0A-3C2B1A0F9E8D@example.com>",
        "In-Reply-To": "<sample.assigned.en@example.com>",
        "References": "<sample.assigned.en@example.com>",
        "MIME-Version": "1.0",
        **shape.headers,
    }
    lines = "".join(f"{name}: {value}\n" for name, value in head.items())
    raw = lines.encode() + body
    return raw.replace(b"\n", b"\r\n") if shape.crlf else raw


def attached(content_type: str, content: bytes, disposition: str) -> bytes:
    """A part that is a file, or stands in the mail like one."""
    head = f"Content-Type: {content_type}\nContent-Disposition: {disposition}\nContent-Transfer-Encoding: 8bit\n\n"
    return head.encode() + content + b"\n"


def _part(kind: str, text: str, shape: Shape, more: str = "") -> bytes:
    charset = shape.charset
    try:
        data = text.encode(charset)
    except UnicodeEncodeError:
        charset, data = "utf-8", text.encode()
    encoding = shape.encoding
    if encoding == "7bit" and not data.isascii():
        encoding = "8bit"
    if encoding == "base64":
        body = base64.encodebytes(data.replace(b"\n", b"\r\n"))
    else:
        body = quopri.encodestring(data) if encoding == "quoted-printable" else data
    head = f'Content-Type: {kind}; charset="{charset}"{more}\nContent-Transfer-Encoding: {encoding}\n\n'
    return head.encode() + body


def _multipart(subtype: str, parts: list[bytes]) -> bytes:
    boundary = f"Apple-Mail-{subtype.upper()}-2F0C_0B61"
    inner = b"".join(b"--%s\n%s\n" % (boundary.encode(), part) for part in parts)
    head = f'Content-Type: multipart/{subtype};\n boundary="{boundary}"\n\n'
    return head.encode() + inner + f"--{boundary}--\n".encode()
