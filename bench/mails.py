"""The mail of the measurements: half of it plain, two fifths with HTML, a tenth with a PDF; two fifths are replies.

The same arguments give the same mails. 120 people at 17 domains write them. A reply names, by the tag in its subject, a
ticket that exists by the time it is read; four fifths of the replies come from the person who opened that ticket.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Literal

Kind = Literal["plain", "alternative", "attachment"]
Person = tuple[str, str]

FIRST_NUMBER = 1001
ADDRESS = "support@example.com"
MIX: Sequence[tuple[Kind, float]] = (("plain", 0.5), ("alternative", 0.4), ("attachment", 0.1))
REPLIES = 0.4
BY_OWNER = 0.8
PDF_SIZE = 200 * 1024


def listed(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


_FIRST = listed(
    "Anna Bernd Chloé Dmitri Elif François Grace Håkon Iñigo Jürgen Katarzyna Łukasz Mary Noémie Omar Priya Quentin "
    "Renée Søren Tomáš Ursula Víctor Wei Xavier Yuki Zoë"
)
_LAST = listed(
    "Müller Smith García Novák Østergård Silva Johansson Kowalski O'Brien Rossi Dubois Tanaka Kim Ivanov Papadopoulos "
    "Nguyen Brown Schmidt"
)
_SUBJECTS = (
    "Printer on 3rd floor jams",
    "Cannot log in to VPN",
    "Invoice {} shows wrong amount",
    "Password reset mail never arrives",
    "Laptop battery swollen",
    "Request: access to shared drive {}",
    "Outlook crashes when opening calendar",
    "Größe des Postfachs überschritten",
    "Demande d'accès au réseau n° {}",
    "Monitor flickers",
    "Need new headset",
    "Website error 500 on checkout",
    "Projector in room {} dead",
    "Rückfrage zu Bestellung {}",
    "Software licence expired",
    "Phone extension {} not ringing",
)
_WORDS = listed(
    "the a this that when after before printer server network password account mailbox invoice order customer "
    "colleague morning yesterday restart tried again still does not work error message shows screen please help urgent "
    "could you check thanks regards office room application update version window button clicked nothing happens since "
    "monday connection lost slow attached log file see below für über Gerät läuft nicht déjà réseau après"
)
_STYLE = ".MsoNormal{margin:0cm;font-size:11.0pt}\n" * 12


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail.

    Attributes:
        key: A word that stands in its Message-ID and its text, and in no other mail.
        kind: What it is made of.
        sender: The addr-spec of its originator.
        reply_to: The ticket that it answers, None if it should become a new one.
        by_owner: Whether a reply comes from the person who opened that ticket.
        raw: Its bytes, with LF, as a delivery agent writes them.
    """

    key: str
    kind: Kind
    sender: str
    reply_to: int | None
    by_owner: bool
    raw: bytes


def people() -> list[Person]:
    """The 120 people: names and addr-specs."""
    choose = random.Random(7)
    return [
        (f"{choose.choice(_FIRST)} {choose.choice(_LAST)}", f"person{number:03d}@customer{number % 17}.example")
        for number in range(120)
    ]


PEOPLE = people()


def owner(number: int) -> Person:
    """Who opened a ticket that was there before the mails."""
    return PEOPLE[number % len(PEOPLE)]


def generate(
    count: int,
    *,
    seed: int = 1,
    tag: str = "[HD-{}]",
    first: int = FIRST_NUMBER,
    existing: int = 0,
    replies: float = REPLIES,
    mix: Sequence[tuple[Kind, float]] = MIX,
) -> list[Sample]:
    """Makes mails.

    Args:
        count: How many.
        seed: Another seed gives other mails.
        tag: How a ticket's number stands in a subject.
        first: The number of the oldest ticket.
        existing: How many tickets are there before the first of the mails; see `owner`.
        replies: The share of replies.
        mix: The share of each kind; the last kind takes what is left.
    """
    choose = random.Random(f"{seed} {count} {existing} {replies}")
    kinds = [kind for kind, share in mix for _ in range(round(count * share))]
    kinds += [mix[-1][0]] * (count - len(kinds))
    choose.shuffle(kinds)
    answers = [index < round(count * replies) for index in range(count)]
    choose.shuffle(answers)
    if not existing and True in answers and False in answers:
        other = answers.index(False)  # The first mail has no ticket to answer to.
        answers[0], answers[other] = answers[other], answers[0]
    latest = first + existing - 1
    owners: dict[int, Person] = {}
    made = []
    for index, (kind, is_reply) in enumerate(zip(kinds[:count], answers, strict=True)):
        person, number, by_owner = choose.choice(PEOPLE), None, False
        if is_reply:
            number, by_owner = choose.randint(first, latest), choose.random() < BY_OWNER
            person = owners.get(number, owner(number)) if by_owner else person
        else:
            latest += 1
            owners[latest] = person
        key = f"BENCH-{seed}-{index:06d}"
        raw = _write(choose, key, index, kind, person, tag.format(number) if number is not None else "")
        made.append(Sample(key, kind, person[1], number, by_owner, raw))
    return made


def new_mails(samples: Sequence[Sample]) -> int:
    """How many of the mails should become tickets."""
    return sum(sample.reply_to is None for sample in samples)


def _write(choose: random.Random, key: str, index: int, kind: Kind, person: Person, tag: str) -> bytes:
    name, address = person
    subject = choose.choice(_SUBJECTS).format(choose.randint(1000, 9999))
    mail = EmailMessage()
    mail["Subject"] = f"Re: {tag} {subject}" if tag else subject
    if tag:
        mail["In-Reply-To"] = f"<{choose.getrandbits(40):x}@elsewhere.example.com>"
        mail["References"] = mail["In-Reply-To"]
    mail["From"] = formataddr((name, address), "us-ascii" if name.isascii() else "utf-8")
    mail["To"] = f"Support <{ADDRESS}>"
    mail["Date"] = format_datetime(datetime(2026, 3, 2, 8, 0, tzinfo=UTC) + timedelta(seconds=37 * index))
    mail["Message-ID"] = f"<{key}.{choose.getrandbits(48):x}@{address.partition('@')[2]}>"
    mail["X-Mailer"] = "Generator 1.0"
    text = f"Case reference {key}\n\nHello,\n\n{_paragraph(choose, 2400 if kind == 'alternative' else 500)}\n"
    if tag:
        quoted = "\n".join(f"> {line}" for line in _paragraph(choose, 300).splitlines())
        text += f"\nOn Mon, 2 Mar 2026 at 09:00, Support <{ADDRESS}> wrote:\n{quoted}\n> \n> -- \n> Support team\n"
    text += f"\nKind regards\n{name}\n-- \n{name} | Customer Ltd | +49 30 {choose.randint(100000, 999999)}\n"
    mail.set_content(text, charset=_charset(choose, text), cte=_encoding(choose, text))
    if kind == "alternative":
        mail.add_alternative(_html(text), subtype="html", charset="utf-8", cte="quoted-printable")
    elif kind == "attachment":
        mail.add_attachment(_pdf(choose), maintype="application", subtype="pdf", filename=f"scan_{index:04d}.pdf")
    if mail.is_multipart():
        mail.set_boundary(f"=={key}==")  # The library's own choice would differ from run to run.
    return mail.as_bytes()


def _charset(choose: random.Random, text: str) -> str:
    latin = choose.random() < 1 / 3
    try:
        text.encode("iso-8859-1")
    except UnicodeEncodeError:
        return "utf-8"
    return "iso-8859-1" if latin else "utf-8"


def _encoding(choose: random.Random, text: str) -> str:
    return "7bit" if text.isascii() else choose.choice(["quoted-printable", "quoted-printable", "base64"])


def _paragraph(choose: random.Random, size: int) -> str:
    lines, line, total = [], "", 0
    while total < size:
        word = choose.choice(_WORDS)
        total += len(word) + 1
        line = f"{line} {word}" if line else word
        if len(line) > 70:
            lines.append(line)
            line = ""
    return "\n".join([*lines, line] if line else lines)


def _html(text: str) -> str:
    style = "margin:0;font-family:Calibri,sans-serif;font-size:11pt"
    rows = "".join(f'<p class="MsoNormal" style="{style}">{line}</p>\n' for line in text.splitlines())
    link = '<a href="https://example.com/?q=1&amp;r=2">link</a><table border=0><tr><td>cell</td></tr></table>'
    return f'<html><head><meta charset="utf-8"><style>{_STYLE}</style></head><body>{rows}{link}</body></html>'


def _pdf(choose: random.Random) -> bytes:
    head = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    return head + choose.randbytes(PDF_SIZE - len(head)) + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
