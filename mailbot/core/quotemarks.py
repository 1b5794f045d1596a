"""Where the words of `quotewords` must stand in a line to be the introduction of quoted mail.

Each function looks at one line, or at a few joined ones, of a bounded length; none keeps anything.
"""

import re

from mailbot.core.quotewords import LANGUAGES

_OWN_MARKERS = ("##- please type your reply above this line", "##- balas di atas garis ini")


def _all(field: str) -> list[str]:
    """The alternatives of a field in all languages, in lower case."""
    found = {word for words in LANGUAGES.values() for word in getattr(words, field).casefold().split("|")}
    return sorted(found - {""})


_REPLIED = frozenset(_all("reply"))
_FORWARDED = frozenset(_all("forward"))
_FORWARDED_BY = tuple(
    word for word in _FORWARDED if word.endswith((" by", " von", " oleh", " par", " por", " da", " door"))
)
_ABOVE = tuple(_all("above"))
_HEADER_KINDS = {
    word.replace(" ", ""): kind
    for kind, field in (("cc", "cc"), ("to", "to"), ("subject", "subject"), ("sent", "sent"), ("from", "from_"))
    for word in _all(field)
} | dict.fromkeys(
    ("reply-to", "importance", "priority", "attachments", "organization", "x-mailer", "mailed-by"), "other"
)
_MAX_HEADER_WORD = 24
_RULE_CHARS = "-_=*#~+—–‐ \u2500\u2501\u2014"
_MAX_SEPARATOR = 100
_ENDS = frozenset(_RULE_CHARS + ">)")

_OPENINGS = tuple(opening if opening[-1] in "在于於เ" else f"{opening} " for opening in _all("opens"))
# An opening with a capital letter behind a sentence or some words.
_OPENING_INSIDE = re.compile(r" (?=(?:On|Pada|Am|Le|El|Il|Em|Op|Den|Dnia|W dniu|Dne|Vào) )")
_NEAR = 30
_VERBS = tuple(sorted(_all("verbs"), key=len, reverse=True))
_PRONOUNS: dict[str, set[str]] = {}
for _words in LANGUAGES.values():
    for _verb in _words.verbs.casefold().split("|"):
        _PRONOUNS.setdefault(_verb, set()).update(filter(None, _words.pronouns.casefold().split("|")))
_QUOTING = tuple(_all("quoting"))
# A verb stands alone; in languages that do not part words it may stand anywhere.
_VERB = re.compile(
    r"(?<![^\W\d_])(?:" + "|".join(re.escape(verb) for verb in _VERBS if len(verb) > 2) + r")(?![^\W\d_])"
)
# These verbs stand before the name: "Am 3.11.2025 um 10:00 schrieb Rita Doe:".
_MIDDLE = re.compile(
    r"\b(?:schrieb|schreef|skrev|skreiv|skrifaði|kirjoitti|escribió|escreveu|napsal|napsala|napísal|píše|пишет)\b"
)
# And these before the date: "Rita Doe wrote on 03/11/2025 10:00:12:", "Rita <r@example.com> schrieb am 1.2.2026:".
_DATE_BEHIND = re.compile(
    r"\b(?:schrieb am|hat am|a écrit le|ha scritto il|menulis pada|wrote on|wrote at|writes on|skrev den"
    r"|wrote in message|napisał dnia|escribió el|escreveu em|schreef op|ezt írta|написал)\b"
)
_TRAILING = re.compile(r"(?:" + "|".join(re.escape(verb) for verb in _VERBS if len(verb) > 3) + r")\s?[:：](?=\s|$)")
_MAX_ATTRIBUTION = 600
_MAX_NAMED = 120
_MAX_UNNAMED = 200
_MAX_NAME_WORDS = 6
_MAX_TORN_WORDS = 8
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20|25)\d\d(?!\d)")
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)")
_DATE = re.compile(r"(?<!\d)\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\d)")
# Mutt and others: "* Rita Doe <rita@example.com> [2026-11-03 10:00]:".
_NAMED_AND_DATED = re.compile(r"(?:[*-] )?[^<>@:]{1,60}<[^<>\s]{3,80}>,? [^<>@]{0,30}\d{1,2}[:.]\d\d[^<>@]{0,12}[:：]$")
# Tutanota: "3 Nov 2026, 10:00 by rita@example.com:".
_DATED_BY = re.compile(r"\d[\w ,./-]{5,40}\d{1,2}[:.]\d\d[^@]{1,40} <?[^\s@<>]{1,60}@[^\s@<>]{1,60}>?[:：]$")
_LABEL = re.compile(r"[*_]{0,2}[^\W\d][^:：@/<>]{0,30}[:：][*_]{0,2}(?:\s|$)")


def is_plain(look: str) -> bool:
    """A cheap look at whether a line can be no part of an introduction that this module knows: most lines are such."""
    if not look[0].isalnum() or look[-1] in _ENDS or ":" in look or "：" in look:
        return False
    return not look[-16:].casefold().endswith(_VERBS)


def is_reply_marker(look: str) -> bool:
    """Whether all below a line is quoted for sure: our own mails ask for a reply above it, or GroupWise wrote it."""
    return (look.startswith("##") and look.casefold().startswith(_OWN_MARKERS)) or is_groupwise(look)


def asks_for_reply_above(look: str) -> bool:
    """Whether a line asks for a reply above it, as the mails of helpdesks do."""
    if len(look) > 2 * _MAX_SEPARATOR or not (look[0] in _RULE_CHARS or look[-1] in _RULE_CHARS or look[0] in "[("):
        return False
    folded = look.casefold()
    return any(words in folded for words in _ABOVE)


def is_rule(look: str) -> bool:
    """Whether a line is a rule of underscores or dashes, as Outlook draws above a quoted mail."""
    return len(look) >= 3 and not look.strip("_-=*—–\u2500\u2501 ")


def is_long_rule(look: str) -> bool:
    """Whether a line is a rule that no text needs: of 20 characters and more."""
    return len(look) >= 20 and is_rule(look)


def separator_kind(look: str) -> str:
    """Gives "reply" or "forward" for a line such as "-----Original Message-----", "" for other lines."""
    dashed = look[0] in _RULE_CHARS
    if dashed and "@" in look:
        look = _without_header(look)
    if len(look) > _MAX_SEPARATOR:
        return ""
    if not dashed and look[-1] not in ":：":
        return ""
    words = _folded(look.strip(_RULE_CHARS + ":>： *"))
    if dashed and (words in _REPLIED or (look.startswith("----") and words.endswith(_VERBS))):
        return "reply"
    return "forward" if words in _FORWARDED or (dashed and words.startswith(_FORWARDED_BY)) else ""


def _without_header(look: str) -> str:
    """A separator without the header that stands in the same line: "---- Original message ----From: Rita <r@...>"."""
    words = look.lstrip(_RULE_CHARS)
    at = words.find("--", 0, _MAX_SEPARATOR)
    if at <= 0 or not look.startswith("--"):
        return look
    behind = words[at:].lstrip(_RULE_CHARS)
    return look[: len(look) - len(behind)] if header_kind(behind) == "from" else look


def _folded(words: str) -> str:
    """Words without case; the capital I with a dot of Turkish leaves its dot behind."""
    return words.casefold().replace("\u0307", "")


def header_kind(look: str) -> str:
    """What a line of a quoted header is: "from", "sent", "to", "subject", "cc", "other"; "" if it is none."""
    word, colon, _ = look[: _MAX_HEADER_WORD + 6].replace("：", ":").partition(":")
    if not colon:
        return ""
    return _HEADER_KINDS.get(_folded(word.strip("*_>|• ")).replace(" ", ""), "")


def header_kinds_in(look: str) -> set[str]:
    """The kinds of header that stand in one line: "From: Rita Sent: Monday To: Support Subject: Printer"."""
    words = look.replace("：", ":").casefold().split()
    labels = (word[:-1].strip("*_") for word in words if word.endswith((":", ":*", ":**")))
    return {kind for kind in (_HEADER_KINDS.get(label.rstrip(":")) for label in labels) if kind}


def is_label(look: str) -> bool:
    """Whether a line may be one of a header in a language that we do not know: "Word: value"."""
    return _LABEL.match(look) is not None


def is_dated(look: str) -> bool:
    """Whether there is a year, a date in figures or a time in a line."""
    return bool(_YEAR.search(look) or _TIME.search(look) or _DATE.search(look))


def has_time(look: str) -> bool:
    """Whether there is a time of day in a line."""
    return _TIME.search(look) is not None


def may_begin_header(look: str) -> bool:
    """Whether a line may be the first one of a quoted header."""
    return header_kind(look) in ("from", "sent", "subject", "to")


def is_footer_rule(look: str) -> bool:
    """Whether a line is the long rule of underscores above the footer of a mailing list."""
    return len(look) >= 20 and not look.strip("_")


def is_tail(look: str) -> bool:
    """Whether a line that begins with ">" is the end of a torn introduction: "> wrote:", ">:"."""
    rest = look[1:].strip().casefold()
    return 0 < len(rest) <= 40 and (rest in (":", "：") or rest.rstrip(":： ") in _VERBS)


def is_groupwise(look: str) -> bool:
    """Whether a line is the introduction of GroupWise: ">>> Rita Doe <rita@example.com> 11/3/2025 10:00 AM >>>"."""
    return look.endswith(">>>") and look.startswith(">>> ") and len(look) <= _MAX_SEPARATOR * 2 and has_time(look)


def may_end_attribution(look: str) -> bool:
    """A cheap look at whether a line may be the last one of "On ... wrote:"."""
    bare = look.rstrip("*_ ")
    return bare[-1:] in (":", "：", ">", ")") or bare[-16:].casefold().endswith(_VERBS)


def opens_attribution(text: str) -> bool:
    """Whether a text begins with the word of an attribution: "On", "Pada", "Am"."""
    return text[:30].casefold().lstrip("-*>|–— ").replace(",", " ").startswith(_OPENINGS)


def trailing_attribution(look: str) -> bool:
    """Whether a line begins with a whole attribution, and the quoted text follows in the same line."""
    if "@" not in look or not opens_attribution(look):
        return False
    head = look[: _MAX_UNNAMED + _MAX_NAMED].casefold()
    match = _TRAILING.search(head)
    return match is not None and "@" in head[: match.start()] and is_dated(head[: match.start()])


def introduction_in(line: str) -> int:
    """Where in a line an attribution begins and goes on to its end, "Thanks! On 3 Nov 2026, Rita wrote:"; else 0."""
    if opens_attribution(line.strip()):
        return 0
    for match in _OPENING_INSIDE.finditer(line):
        rest = line[match.end() :]
        if _DIGIT.search(rest[:_NEAR]) and is_dated(rest) and is_attribution(rest, quote_follows=True):
            return match.end()
    return 0


def _in_prose(folded: str, verb: str, verb_at: int) -> bool:
    """Whether a pronoun stands next to the verb: "he wrote:" is prose."""
    pronouns = _PRONOUNS.get(verb, set())
    before = folded[:verb_at].split()[-1:]
    behind = folded[verb_at + len(verb) :].split()[:1]
    return any(word.strip(",;:") in pronouns for word in before + behind)


def goes_on(above: str, joined: str) -> bool:
    """Whether an introduction that was found begins in the line above it already.

    Args:
        above: The line above it, which is filled.
        joined: What was found.
    """
    words = joined.split(None, 2)
    if joined.startswith(("<", "(<", "[mailto")) or "@" in words[0] or above.endswith("<"):
        return True
    if "@" not in joined and "@" in above and "<" in above:
        return True
    if above[-1] in "!?:;：" or len(above.split()) > _MAX_TORN_WORDS:
        return False
    if _TIME.search(joined) is not None and _has_day(joined):
        return _DIGIT.search(above) is not None and opens_attribution(above) and not opens_attribution(joined)
    if _DIGIT.search(joined) is None and "@" not in joined and len(words) == 1:
        return above[-1] != "."
    return _DIGIT.search(above) is not None or (joined[0].islower() and above[-1] != "." and "@" not in joined)


def is_attribution(joined: str, quote_follows: bool) -> bool:
    """Whether some joined lines are an attribution, and not prose that happens to end with "wrote:".

    Args:
        joined: The lines, joined by blanks.
        quote_follows: Whether lines marked with ">" follow.
    """
    if len(joined) > _MAX_ATTRIBUTION:
        return False
    folded = joined.casefold().rstrip("*_ ")
    bare = folded.rstrip(":： *_")
    colon = len(bare) < len(folded)
    address = "@" in joined
    dated = is_dated(joined)
    opens = opens_attribution(folded)
    verb = next((word for word in _VERBS if bare.endswith(word)), "") if bare.endswith(_VERBS) else ""
    if verb and not (colon or quote_follows or (opens and address)):
        verb = ""
    if verb:
        return _is_verb_last(joined, folded, verb, (opens, address, dated, colon, quote_follows))
    if not colon:
        # Old Gmail: "2011/4/7 Rita <rita@example.com>", and the quote below.
        return quote_follows and address and dated and bare.endswith((">", ")")) and len(joined) <= _MAX_UNNAMED
    if address and folded.startswith(_QUOTING):
        return True
    found = _VERB.search(folded)
    if found is not None and _is_verb_inside(bare, found, (opens, address, dated, quote_follows)):
        return True
    if address and (_NAMED_AND_DATED.match(joined) or _DATED_BY.match(joined)):
        return True
    # Gmail in some languages: "вт, 3 дек. 2024 г. в 10:11, Rita <rita@example.com>:".
    return address and dated and bare.endswith((">", ")")) and len(joined) <= 2 * _MAX_UNNAMED


def _is_verb_last(joined: str, folded: str, verb: str, signs: tuple[bool, bool, bool, bool, bool]) -> bool:
    opens, address, dated, colon, quote_follows = signs
    short = len(joined) <= _MAX_NAMED
    if quote_follows and (opens or short or (dated and address)):
        return True
    if _in_prose(folded, verb, folded.rindex(verb)):
        return False
    if address:
        named = "<" in joined and short and colon and not folded.startswith(("<", "mailto:", ">"))
        return (_DIGIT.search(joined) is not None and (opens or dated or short)) or named
    if len(joined) > _MAX_UNNAMED or not dated:
        return False
    return opens or (short and colon and _TIME.search(joined) is not None and _has_day(joined))


def _has_day(joined: str) -> bool:
    return bool(_DATE.search(joined) or _YEAR.search(joined))


def _is_verb_inside(bare: str, found: re.Match[str], signs: tuple[bool, bool, bool, bool]) -> bool:
    opens, address, dated, quote_follows = signs
    if _in_prose(bare, found.group(), found.start()):
        return False
    if address and dated:
        return opens or len(bare) <= 2 * _MAX_UNNAMED
    middle = _MIDDLE.search(bare)
    if middle is not None and opens and (dated or address):
        return len(bare[middle.end() :].split()) <= _MAX_NAME_WORDS
    if address and opens:
        return _DIGIT.search(bare) is not None
    if _DATE_BEHIND.search(bare) is not None and (dated or address):
        return len(bare) <= _MAX_UNNAMED
    return quote_follows and dated and len(bare) <= _MAX_NAMED
