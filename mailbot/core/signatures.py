"""Where the signature below a text begins, and where a gateway's warning above it ends.

A signature is what a person or a program adds to each mail: what stands below "-- ", the line of a phone, a closing
formula with a name, a block with addresses and numbers, notices of confidentiality. Only the last lines of a text are
looked at, a bounded number of times.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from mailbot.core import signaturewords as words
from mailbot.core.quotemarks import is_footer_rule
from mailbot.core.text import fold as fold_text

fold = lru_cache(maxsize=512)(fold_text)  # Each rule looks at the same few lines, round after round.

_LINES = 40  # A signature with its notices has no more filled lines.
_DELIMITED_LINES = 30
_ROUNDS = 8
_DEVICE_LINES = 4
_FOOTER_LINES = 6
_NOTICE_LINES = 14
_MAX_NOTICE = 600
_NAME_LINES = 10
_MAX_DEVICE = 110
_MAX_LINE = 90
_MAX_CLOSING = 60
_SENTENCE_WORDS = 9
_CLOSING_LINES = 4
_SHORT_NAME = 40
_SHORT_THANKS = 12
_NAME = re.compile(r"[^\W\d_][^\W\d_.'’-]*\.?(?:[ ,-]+[^\W\d_(][^\W\d_.'’)-]*\.?){0,4}$")
_PHONE = re.compile(r"(?:[^\W\d_][\w .-]{0,20}[:.]?\s*)?[+(]?\d[\d ()./+-]{5,24}(?:\s?(?:x|ext)\.?\s?\d{1,6})?$")
_ADDRESS = re.compile(
    r"(?:[^\W\d_][\w -]{0,14}[:.]\s*)?(?:<|\()?(?:mailto:)?[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+(?:>|\))?.{0,60}$"
)
_LINK = re.compile(r"(?:[^\W\d_][\w -]{0,14}[:.]\s*)?<?(?:https?://|www\.)\S+$", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?:tel|telp|phone|mobile|mob|fax|hp|wa|ext|cell|direct|office|handy|tél|telefon|gsm|skype|[tfmpew])\b ?[.:] ?\S",
    re.IGNORECASE,
)
_Rule = Callable[[list[str], list[int]], int | None]
_NAME_PARTS = frozenset(
    (
        "de",
        "van",
        "von",
        "bin",
        "binti",
        "der",
        "den",
        "da",
        "di",
        "i.A.",
        "i.V.",
        "ppa.",
        "el",
        "la",
        "y",
        "e",
        "dos",
        "af",
    )
)
_JOINTS = re.compile(r"[/|&+]| and | und | dan | et | en ")
_DEVICE_NAMES = frozenset((*words.SAFE_DEVICES, *words.APPS))
_SURE_DEVICES = ("galaxy", "iphone", "smartphone", "blackberry", " lte")
_POSTSCRIPT = ("ps", "p.s", "nb:", "n.b", "catatan", "note:", "btw", "pps")


def signature_start(looks: list[str], *, alone: bool = True) -> int:
    """Gives the index of the first line of the signature; the number of lines if there is none.

    Args:
        looks: The lines of the new text, stripped.
        alone: Whether the lines are all there is of the mail: then a signature must not take everything.
    """
    end = len(looks)
    rules = _RULES
    for _ in range(_ROUNDS):
        filled = _last_filled(looks, end)
        found, rule = _found(looks, filled, rules)
        if found is None:
            break
        if alone and not any(looks[:found]) and not _is_device(looks[found]):
            break
        end = found
        if rule is _delimited and not is_footer_rule(looks[found]):
            # The program has marked its signature: a name above the mark was written by hand, and is text.
            rules = tuple(one for one in rules if one is not _dash_name)
    return end


def _last_filled(looks: list[str], end: int) -> list[int]:
    """The last filled lines above an end, in the order of the text."""
    found: list[int] = []
    for i in range(end - 1, -1, -1):
        if looks[i]:
            found.append(i)
            if len(found) > _LINES:
                break
    return found[::-1]


def _found(looks: list[str], filled: list[int], rules: Sequence[_Rule]) -> tuple[int | None, _Rule | None]:
    """Where the lowest part of a signature begins, of the lines that are left, and the rule that says so."""
    if not filled:
        return None, None
    for rule in rules:
        found = rule(looks, filled)
        if found is not None and (found > filled[0] or rule in (_device, _notice, _footer)):
            return found, rule
    return None, None


def _delimited(looks: list[str], filled: list[int]) -> int | None:
    for position, i in enumerate(filled):
        left = len(filled) - position
        if looks[i] in ("--", "—", "–", "-- --") and 1 <= left <= _DELIMITED_LINES:
            return i
        if (
            _is_short_rule(looks[i])
            and 1 < left <= _NAME_LINES + _FOOTER_LINES
            and _signs(looks, filled[position + 1 :])
        ):
            return i
    return None


def _is_short_rule(look: str) -> bool:
    return len(look) >= 2 and (not look.strip("-_=*~—") or not look.strip("- ")) and look != "--"


def _signs(looks: list[str], indexes: list[int]) -> bool:
    """Whether the lines below a rule are a person's name and addresses, and no text."""
    lines = [looks[i] for i in indexes]
    if any(_is_sentence(line) or line[-1] in "?:" for line in lines):
        return False
    if any(is_contact(line) for line in lines):
        return True
    return len(lines) <= 3 and all(_is_name(line) for line in lines)


def _is_sentence(line: str) -> bool:
    return len(line) > _MAX_LINE or (len(line.split()) >= _SENTENCE_WORDS and line[-1] in ".!?,")


def _is_name(line: str) -> bool:
    """Whether a line is a name: a few words, each with a capital letter."""
    if len(line) > 50 or _NAME.match(line) is None:
        return False
    return all(part[0].isupper() or not part[0].islower() or part in _NAME_PARTS for part in line.split())


def is_contact(line: str) -> bool:
    """Whether a line is nothing but an address, a number or a link."""
    if len(line) > 120:
        return False
    return any(pattern.match(line) for pattern in (_PHONE, _ADDRESS, _LINK, _LABELLED))


def _is_device(look: str) -> bool:
    """Whether a line is the advertisement that phones add: "Sent from my ...", "Dikirim dari ..."."""
    return len(look) <= _MAX_DEVICE + 80 and _names_device(look)


@lru_cache(maxsize=512)
def _names_device(look: str) -> bool:
    # "Sent from my desk, is much easier" is a sentence.
    folded = fold(look.split("<http", 1)[0].split("(http", 1)[0].strip("*_<[(>)] -"))
    if not folded or len(folded) > _MAX_DEVICE or folded[-1] in "?:":
        return False
    if "," in folded and not any(name in folded for name in _SURE_DEVICES):
        return False
    if folded.startswith(words.NEEDS_DEVICE):
        named = set(folded.replace(".", " ").replace("-", " ").replace("'", " ").split())
        return len(folded.split()) <= 12 and any(word in _DEVICE_NAMES or word.startswith("iphone") for word in named)
    return folded.startswith(words.DEVICES) or any(part in folded for part in words.DEVICE_PARTS)


def _device(looks: list[str], filled: list[int]) -> int | None:
    for position in range(max(0, len(filled) - _DEVICE_LINES), len(filled)):
        i = filled[position]
        if _is_device(looks[i]):
            above = filled[position - 1] if position else None
            # A name right above it, in the same paragraph, belongs to it.
            named = (
                above is not None
                and above == i - 1
                and _is_name(looks[above])
                and position > 1
                and not looks[above - 1]
            )
            return above if named else i
    return None


def _notice(looks: list[str], filled: list[int]) -> int | None:
    for position in range(max(0, len(filled) - _NOTICE_LINES), len(filled)):
        i = filled[position]
        folded = fold(looks[i][:120].lstrip("*_[(>-=# "))
        if not folded.startswith(words.NOTICES):
            continue
        paragraph = fold(" ".join(looks[k][:_MAX_NOTICE] for k in filled[position : position + 3]))
        if any(sign in paragraph for sign in words.NOTICE_SIGNS) and (
            position == 0 or not looks[i - 1] or _is_short_rule(looks[i - 1]) or folded.startswith(words.NOTICES[:12])
        ):
            if position and _is_short_rule(looks[filled[position - 1]]):
                return filled[position - 1]
            return i
    return None


def _footer(looks: list[str], filled: list[int]) -> int | None:
    for position in range(max(0, len(filled) - _FOOTER_LINES), len(filled)):
        if is_footer_rule(looks[filled[position]]):
            return filled[position]
    return None


def _is_closing(look: str) -> tuple[bool, bool]:
    """Whether a line is a closing formula, and whether it is one only above a name."""
    return _closes(look) if len(look) <= _MAX_CLOSING else (False, False)


@lru_cache(maxsize=512)
def _closes(look: str) -> tuple[bool, bool]:
    folded = fold(look.strip("*_ "))
    bare = folded.strip(" ,.!;-–—:)(~")
    if bare in words.CLOSINGS:
        return True, False
    parts = [part.strip() for part in _JOINTS.split(bare)]
    if len(parts) == 2 and all(part in words.CLOSINGS or part in words.THANKS for part in parts):
        return True, False
    # Only where words have no capitals a name below it is told by nothing else.
    return False, bare in words.THANKS and (
        folded[-1:] in (",", "，", "-") or (not look.isascii() and len(look) <= _SHORT_THANKS)
    )


def _closing(looks: list[str], filled: list[int]) -> int | None:
    for position in range(max(1, len(filled) - _NAME_LINES - 1), len(filled)):
        i = filled[position]
        sure, thanks = _is_closing(looks[i])
        if not (sure or thanks):
            continue
        behind = [looks[k] for k in filled[position + 1 :]]
        if thanks and not (behind and _is_name(behind[0].rstrip(",."))):
            continue
        if len([k for k in filled[:position] if not _is_salutation(looks[k])]) == 0:
            continue
        if all(
            not _is_sentence(line) and line[-1] != "?" and not fold(line).startswith(_POSTSCRIPT) for line in behind
        ):
            return i
    return None


def _is_salutation(look: str) -> bool:
    return len(look.split()) <= 5 and look[-1] in ",!:，："


def _dash_name(looks: list[str], filled: list[int]) -> int | None:
    """A name behind dashes in the last line, "-Rita", "--- Rita Doe", "/John": the signature of busy people."""
    if len(filled) < 2:
        return None
    i, above = filled[-1], looks[filled[-2]]
    look = looks[i]
    bare = look.lstrip("-—–/~")
    dashes = len(look) - len(bare)
    name = bare.strip()
    if not 1 <= dashes <= 3 or not 1 < len(name) <= 30 or above[:1] in "-—–/~*•":
        return None
    parts = name.split()
    if len(parts) > 3 or not all(part.replace(".", "").isalpha() for part in parts):
        return None
    if bare.startswith(" ") and dashes == 1 and look[0] in "-/~":
        # "- roman" is a name below a sentence, and an item below a word or a colon.
        return (
            i if len(parts) == 1 and above[-1] in ".!?)" and _items(looks, filled) == 1 and not looks[i - 1] else None
        )
    return i


def _items(looks: list[str], filled: list[int]) -> int:
    return sum(looks[i][:2] in ("- ", "* ", "• ") for i in filled)


def _contacts(looks: list[str], filled: list[int]) -> int | None:
    """A last paragraph that is a name with addresses and numbers below it."""
    begin = len(filled) - 1
    while begin > 0 and filled[begin - 1] == filled[begin] - 1:
        begin -= 1
    block = [looks[i] for i in filled[begin:]]
    if block[0].startswith(("[image:", "[cid:", "<image")):
        block = block[1:]
    if begin == 0 or not 2 <= len(block) <= _NAME_LINES or not _is_name(block[0].rstrip(",")):
        return None
    above = looks[filled[begin - 1]]
    if above[-1] in ":：" or any(_is_sentence(line) for line in block):
        return None
    contacts = sum(is_contact(line) for line in block[1:])
    return filled[begin] if contacts >= 2 or (contacts and len(block) <= 4) else None


def closing_of(signature: str) -> str:
    """Gives the closing formula with the name of a signature, as people write them by hand; "" if it has none.

    A text that is sent on is rude without them. The line of a phone, addresses and numbers, notices, and what a program
    adds below "-- " are left out; so is a warning of a gateway above.
    """
    lines = [line.rstrip() for line in signature.split("\n")[: _LINES * 2]]
    looks = [line.strip()[:_MAX_NOTICE] for line in lines]
    first = next((i for i, look in enumerate(looks) if look and any(_is_closing(look))), None)
    if first is None:
        begin = next((i for i, look in enumerate(looks) if look), len(looks))
        return lines[begin].strip() if begin < len(looks) and _is_bare_name(looks[begin:]) else ""
    end, filled = first + 1, 1
    for i in range(first + 1, len(looks)):
        if not looks[i]:
            continue
        # Below the name a gap ends what belongs to it; between the formula and the name there may be one.
        gap = not looks[i - 1] and filled > 1
        if gap or filled == _CLOSING_LINES or not _is_part_of_closing(looks[i], below_formula=filled == 1):
            break
        end, filled = i + 1, filled + 1
    return "\n".join(lines[first:end])


def _is_part_of_closing(look: str, *, below_formula: bool) -> bool:
    if _is_device(look) or is_contact(look) or is_footer_rule(look) or _is_short_rule(look):
        return False
    if any(_is_closing(look)) or _is_name(look.rstrip(",.")):
        return True
    # Right below the formula many write their names without capitals, or with "i.A." before them.
    short = len(look) <= _SHORT_NAME and len(look.split()) <= 4 and not any(sign.isdigit() for sign in look)
    return below_formula and short and look[-1] not in ":?!" and not fold(look).startswith(words.NOTICES)


def _is_bare_name(looks: list[str]) -> bool:
    """Whether a signature is a name alone, behind dashes or above the line of a phone."""
    dashed = looks[0].lstrip("-—–/~")
    if dashed != looks[0]:
        return bool(dashed.strip()) and _is_name(dashed.strip())
    below = next((look for look in looks[1:] if look), "")
    return _is_name(looks[0]) and not _is_device(looks[0]) and (not below or _is_device(below))


def banner_end(looks: list[str]) -> int:
    """Gives the first line behind the warning that a gateway put above a mail; 0 if there is none."""
    first = next((i for i in range(min(6, len(looks))) if looks[i]), None)
    if first is None or not fold(looks[first][:120].lstrip("*_<> ")).startswith(words.BANNERS):
        return 0
    end = first + 1
    while end < len(looks) and looks[end] and end < first + 6:
        end += 1
    paragraph = fold(" ".join(look[:_MAX_NOTICE] for look in looks[first:end]))
    if not any(sign in paragraph for sign in words.BANNER_SIGNS):
        return 0
    # A warning with nothing below it is all there is to read.
    blank = end < len(looks) and not looks[end]
    return end if blank and any(looks[end:]) else 0


_RULES: tuple[_Rule, ...] = (_delimited, _device, _notice, _footer, _closing, _dash_name, _contacts)
