"""Every page to look at: each notice with each of its samples in each language, and once with very long content."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mailbot.adapters.render import Renderer
from mailbot.adapters.samples import sample, samples
from mailbot.core.notices import NOTICES

LANGUAGES = ("en", "id")
_URL = "https://support.example.com/" + "knowledge-base/" * 12 + "printer?reference=" + "0123456789abcdef" * 8
_WORDS = {
    "en": "Counterrevolutionaries' electroencephalographically incomprehensible internationalisation",
    "id": "Mempertanggungjawabkannya, menyelenggarakan keberlangsungannya, pengadministrasiannya, ketidakjelasannya",
}
_SUBJECT = ("Donaudampfschifffahrtsgesellschaftskapitaensmuetze" * 4)[:200]
_NAME = "Raden Ajeng Kartiningsih Widyaningrum Prawirodirdjosoemodihar"[:60]
_ADDRESS = f"{'nama.depan.yang.panjang.sekali.' * 2}@{'bagian-teknologi-informasi.' * 3}contoh.example.com"
_FILE = "laporan_" + "pemeliharaan_" * 8 + "2026.pdf"

_LONG: dict[str, str] = {
    **dict.fromkeys(("subject", "mail_subject", "old_subject", "title", "words"), _SUBJECT),
    **dict.fromkeys(("requester_name", "technician_name", "author", "requester", "technician", "team"), _NAME),
    **dict.fromkeys(("assigned_by", "assigned_to", "by", "absent", "vendor", "solver", "names", "name"), _NAME),
    **dict.fromkeys(("registered_by", "reference", "mailbox", "category"), _NAME.replace(" ", "_")),
    **dict.fromkeys(("address", "author_address", "recipient", "actor"), _ADDRESS),
}
"""By the name of a value, what it is where it is long."""
_LINES = ("attachments", "too_large", "reasons", "lines", "commands", "relatives", "teams", "in_copy")
_TEXTS: tuple[str, ...] = (
    "text",
    "resolution",
    "workaround",
    "prevention",
    "diagnosis",
    "symptoms",
    "solution",
    "snippet",
    "comment",
)
_TEXTS += ("why", "what", "reason", "diagnostic", "answer", "held_text", "hint", "untold", "signature")


@dataclass(frozen=True, slots=True)
class Page:
    """A page and where it comes from; `variant` 0 is the sample itself, "long" the one with long content."""

    notice: str
    language: str
    variant: str
    subject: str
    text: str
    html: str

    @property
    def name(self) -> str:
        """A name for files and failures, such as "warning-id-long"."""
        return f"{self.notice}-{self.language}-{self.variant}"


def pages(languages: tuple[str, ...] = LANGUAGES) -> Iterator[Page]:
    """All of them, as the shipped templates render them."""
    renderer = Renderer(None, "en")
    for notice in NOTICES:
        for language in languages:
            values = [(str(index), one) for index, one in enumerate(samples(notice, language))]
            values.append(("long", lengthen(sample(notice, language), language)))
            for variant, one in values:
                rendered = renderer.render(notice, language, one)
                yield Page(notice, language, variant, rendered.subject, rendered.text, rendered.html)


def lengthen(value: Any, language: str, name: str = "") -> Any:
    """The same values with the longest content that a mail may bring; numbers, states and times stay."""
    if isinstance(value, dict):
        # The name of a part of a daily mail is ours: its templates ask for it.
        return {
            key: one if (name, key) == ("parts", "name") else lengthen(one, language, key) for key, one in value.items()
        }
    if isinstance(value, list | tuple) and name in _LINES:
        return [f"{_WORDS[language]} {_FILE}"] * 3
    if isinstance(value, list | tuple):
        return [lengthen(one, language, name) for one in value]
    if not isinstance(value, str):
        return value
    if name in _TEXTS:
        return f"{_WORDS[language]}\n\n    {_URL}\n{_SUBJECT}\n\n{_NAME} <{_ADDRESS}>: {_FILE}\n{value}"
    return _URL if value.startswith("https://") else _LONG.get(name, value)
