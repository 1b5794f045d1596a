"""What a rule may say, and what is wrong with one that cannot be used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import re2

from mailbot.core.keywords import fault_of
from mailbot.core.model import Impact, Urgency
from mailbot.errors import MailbotError

DEFAULT_FIELDS: Final = ("subject", "body")
ACTIONS: Final = ("", "ignore", "hold", "monitor")
FIELDS: Final = ("subject", "body", "from", "to", "attachments")
HEADER: Final = "header:"
"""What the name of a field begins with that is a header."""

_HEADER_NAME = re.compile(r"[!-9;-~]{1,77}")  # RFC 5322 s.2.2: printable US-ASCII but the colon.
_LONGEST_PATTERN = 1000
_LOOK_AROUND = ("(?=", "(?!", "(?<=", "(?<!")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: What tickets and errors call it.
        any: Keywords, of which at least one must occur; a `*` at the end makes one a prefix.
        all: Keywords, all of which must occur.
        none: Keywords, none of which may occur.
        regex: RE2 patterns, of which at least one must match somewhere; case does not matter, but accents do.
        fields: Where to look: subject, body, from, to, attachments (their names), header:NAME; () = subject and body.
        category: What the message is about; "" = the rule says nothing about that.
        impact: How many people it touches; None = the rule says nothing about that.
        urgency: How long they can wait; None = the rule says nothing about that.
        team: Who serves it, "" = the team of the category.
        tags: Tags for the ticket.
        language: The language of the requester, "" = the rule does not know.
        action: "ignore", "hold", "monitor" (a ticket that is never answered), or "" for a ticket as any other.
        score: How much each word found counts, twice that in a subject; 0 = the usual 1.
        stop: Where this rule matches, the rules after it are not asked.
    """

    id: str
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    regex: tuple[str, ...] = ()
    fields: tuple[str, ...] = DEFAULT_FIELDS
    category: str = ""
    impact: Impact | None = None
    urgency: Urgency | None = None
    team: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    action: str = ""
    score: int = 1
    stop: bool = False


class RuleError(MailbotError, ValueError):
    """A rule that cannot be used: its text names the rule, the option, what is wrong and what to do.

    `whole` says that no option is wrong by itself: something is missing.
    """

    def __init__(self, rule: str, option: str, fault: str, *, whole: bool = False) -> None:
        super().__init__(f'rule "{rule}", {option}: {fault}')
        self.rule = rule
        self.option = option
        self.fault = fault
        self.whole = whole


def check(rule: Rule) -> None:
    """Check everything but fields and patterns.

    Raises:
        RuleError: the rule looks for nothing, sets nothing, or has a keyword, action or score that is not allowed.
    """
    for fault in _plain_faults(rule):
        raise fault


def faults(rule: Rule) -> Iterator[RuleError]:
    """Give everything that is wrong with a rule."""
    yield from _plain_faults(rule)
    for read, values in ((field_of, rule.fields), (compile_pattern, rule.regex)):
        for value in values:
            try:
                read(rule, value)
            except RuleError as error:
                yield error


def _plain_faults(rule: Rule) -> Iterator[RuleError]:
    if not (rule.any or rule.all or rule.regex):
        what = "the rule looks for nothing; give it words in any or all, or a regex"
        yield RuleError(rule.id, "any", what, whole=True)
    if not (rule.category or rule.impact or rule.urgency or rule.team or rule.tags or rule.language or rule.action):
        what = "the rule sets nothing; set category, impact, urgency, team, tags, language or action"
        yield RuleError(rule.id, "category", what, whole=True)
    for option in ("any", "all", "none"):
        for keyword in getattr(rule, option):
            fault = fault_of(keyword)
            if fault:
                yield RuleError(rule.id, option, fault)
    if rule.action not in ACTIONS:
        yield RuleError(rule.id, "action", f'"{rule.action}" is unknown; allowed: "ignore", "hold", "monitor" or ""')
    if rule.score < 0:
        yield RuleError(rule.id, "score", f"{rule.score} is negative; allowed: 0 and more, or use none")


def field_of(rule: Rule, name: str) -> str:
    """Give the name of a field in lower case.

    Raises:
        RuleError: there is no such field.
    """
    folded = name.strip().lower()
    if folded in FIELDS:
        return folded
    if folded.startswith(HEADER) and _HEADER_NAME.fullmatch(folded, len(HEADER)):
        return folded
    raise RuleError(
        rule.id, "fields", f'"{name}" is unknown; allowed: {", ".join(FIELDS)}, or header:NAME as "header:X-Priority"'
    )


def compile_pattern(rule: Rule, pattern: str) -> Any:
    """Compile a pattern of a rule; google-re2 has no types.

    Raises:
        RuleError: RE2 cannot compile it, or it is too long.
    """
    if not pattern or len(pattern) > _LONGEST_PATTERN:
        raise RuleError(rule.id, "regex", f"a pattern has {len(pattern)} characters; allowed: 1 to {_LONGEST_PATTERN}")
    options = re2.Options()
    options.log_errors = False  # RE2 would print to stderr by itself.
    options.case_sensitive = False
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if error.args else "unknown"
    if any(look in pattern for look in _LOOK_AROUND):
        reason += (
            "; RE2 has no look-ahead and no look-behind, because they may take endless time:"
            " match the words around too, or put what must not occur into none"
        )
    elif re.search(r"\\[1-9]", pattern):
        reason += "; RE2 has no back-references: write the text out a second time"
    raise RuleError(rule.id, "regex", f'"{pattern}" is not a pattern of RE2: {reason}')
