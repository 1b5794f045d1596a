"""The lines of a report in words, and what each of them says."""

import re
from dataclasses import dataclass, field

from mailbot.core.reports import words
from mailbot.core.reports.evidence import ADDRESS, Outcome, addresses_in, key_of, status_in
from mailbot.core.text import fold

_MAX_TEXT = 65_536
_MAX_LINES = 400
_MAX_LINE = 1_000
_REACH = 8  # Lines between a recipient and what is said of it.
_LEAD = re.compile(
    r"[\s>|]*(?:(?:[*•·-]|-->?|=>|\d{1,3}[.)])\s+)?(?:mailto:|smtp:|rfc822;\s?)?[<\"'\[(]{0,3}", re.IGNORECASE
)
_LINK = re.compile(r"(?<=[A-Za-z0-9])<mailto:[^<>]{0,400}>")
_OPEN_ENDS = ("from", "from:", "said:", "(", "recipient", "by", "sender", "contact")


@dataclass(slots=True)
class Line:
    """A line as it came, and folded."""

    raw: str
    folded: str
    indent: int
    _heading: bool | None = field(default=None, repr=False)

    @property
    def is_heading(self) -> bool:
        """Whether the line names those who failed, or stands above them."""
        if self._heading is None:
            self._heading = any(word in self.folded for word in words.HEADINGS)
        return self._heading

    @property
    def is_aside(self) -> bool:
        """Whether an address in the line is probably that of somebody else."""
        return any(word in self.folded for word in words.ASIDE)

    @property
    def is_help(self) -> bool:
        """Whether a line that begins with an address names somebody who helps; a reason may link to a help page."""
        return any(word in self.folded for word in words.HELPERS) and not self.raw.lstrip().startswith("<")

    @property
    def is_open(self) -> bool:
        """Whether the line ends in the middle of a phrase, so that an address in the next one belongs to it."""
        return self.folded.endswith(_OPEN_ENDS)

    @property
    def lead(self) -> str:
        """The address at the beginning of the line, "" if something else stands there."""
        start = _LEAD.match(self.raw)
        match = ADDRESS.match(self.raw, start.end() if start else 0)
        return key_of(match.group().rstrip("'")) if match else ""

    def label(self, labels: frozenset[str]) -> str:
        """The address behind one of some labels, "" if there is none."""
        name, colon, value = self.raw.partition(":")
        if not colon or "@" not in value or fold(name).strip("-*> <[|.") not in labels:
            return ""
        return next(iter(addresses_in(value)), "")

    @property
    def only_addresses(self) -> bool:
        """Whether the line holds nothing but addresses."""
        return not ADDRESS.sub("", self.raw).strip(" \t<>,;:[]()\"'*-.")


@dataclass(slots=True)
class Lines:
    """The lines of a report, and how to read them.

    `own` are the addresses of the report itself, which did not fail. `surely_late`: it tells of a delay, whatever else
    it says; `rather_late`: it tells of a delay and of no end; `given_up`: it tells of the end of all attempts.
    """

    lines: list[Line]
    own: frozenset[str]
    surely_late: bool
    rather_late: bool
    given_up: bool
    status: str

    def outcome(self, heading: str) -> Outcome:
        """What became of those below a heading, or of all where there is none.

        Args:
            heading: The folded heading; "" = none.
        """
        if self.surely_late:
            return Outcome.DELAYED
        bare = heading.replace("non-fatal", "")
        late = any(word in bare for word in words.LATE) and not any(word in bare for word in ("permanent", "fatal"))
        late = late or (self.rather_late and not heading)
        return Outcome.DELAYED if late and not self.given_up else Outcome.FAILED

    def usable(self, addresses: list[str]) -> list[str]:
        """Those of some addresses that may have failed."""
        return [
            one
            for one in addresses
            if one not in self.own and not one.startswith(words.DAEMONS[:3]) and not _is_message_id(one)
        ]


def understood(subject: str, lines: list[Line], own: frozenset[str]) -> Lines:
    """The lines with what they say together."""
    flat = " ".join([subject, *(line.folded for line in lines)])
    given_up = any(word in flat for word in words.GIVEN_UP)
    surely = any(word in flat for word in words.SURELY_LATE) and not given_up
    rather = any(word in flat for word in words.LATE) and not any(word in flat for word in words.FINAL)
    status = next(filter(None, (status_in(line.folded) for line in lines)), "")
    return Lines(lines, own, surely, rather, given_up, status)


def lines_of(text: str) -> list[Line]:
    """The lines of a text, as many as a report has."""
    out = []
    for raw in text[:_MAX_TEXT].split("\n")[:_MAX_LINES]:
        cut = raw[:_MAX_LINE].expandtabs(4)
        if "<mailto:" in cut:
            cut = _LINK.sub("", cut)
        out.append(Line(cut, fold(cut).replace("’", "'"), len(cut) - len(cut.lstrip())))
    return out


def above_copy(lines: list[Line]) -> list[Line]:
    """The lines before the returned message, all where nothing is returned in the text."""
    for place, line in enumerate(lines):
        bare = line.folded.lstrip("> *#=_|[")
        if bare.startswith(words.COPIES) or bare.lstrip("-– ").startswith(words.COPIES):
            return lines[:place]
        low = line.raw.lower()
        within = min((at for phrase in words.COPIES_WITHIN if (at := low.find(phrase)) >= 0), default=-1)
        if within >= 0:
            # In a text made of HTML all may stand on one line.
            before = lines_of(line.raw[:within]) if "@" in line.raw[:within] else []
            return [*lines[:place], *before]
    return lines


def is_alias(lines: list[Line], place: int) -> bool:
    """Whether a line only names an address that led to the one that failed, or somebody who helps.

    Where the address that failed is not told, the alias is all that is known, and counts.
    """
    line, before = lines[place], lines[place - 1].folded if place else ""
    if "@" not in line.raw or (line.lead and not before.endswith("from")):
        return False
    if any(word in line.folded for word in words.HELPERS):
        return True
    follows = any("@" in lines[k].raw and lines[k].lead for k in range(max(0, place - _REACH), place))
    return follows and any(word in f"{before} {line.folded}" for word in words.ALIASES)


def _is_message_id(addr_spec: str) -> bool:
    """Whether something with an at-sign was made by a program: a Message-ID, and no mailbox."""
    local = addr_spec.partition("@")[0]
    return sum(char.isdigit() for char in local) > 12 and sum(char.isalpha() for char in local) < len(local) * 2 // 3
