"""Rules: what a message is about, how much it matters and who should get it, each decision with its reason.

Rules are asked in their order. Every list that a rule gives must hold: at least one of `any`, all of `all`, none of
`none`, at least one of `regex`. Of the categories that matching rules name, the one with the highest score wins. Time
is linear in the length of the message, whatever the rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mailbot.core.keywords import MAX_TEXT, Vocabulary, canonical, distinct, vocabulary
from mailbot.core.model import Impact, Urgency
from mailbot.core.ruleforms import DEFAULT_FIELDS, HEADER, Rule, RuleError, check, compile_pattern, field_of

__all__ = ["Classification", "Facts", "Match", "Rule", "RuleError", "RuleSet", "compile_rules", "explain"]

_IMPACTS = tuple(Impact)
_URGENCIES = tuple(Urgency)
_SUBJECT_WEIGHT = 2
_LOSERS_STORED = 10


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules may look at. Header names are in lower case; `to` may hold several addresses, apart by blanks."""

    subject: str = ""
    body: str = ""
    from_: str = ""
    to: str = ""
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attachment_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that matched: by which words (as the rule spells them; patterns between slashes), and in which fields."""

    rule: str
    words: tuple[str, ...]
    fields: tuple[str, ...]
    score: int
    category: str = ""

    def as_data(self) -> dict[str, Any]:
        """The match as JSON has it."""
        return {"rule": self.rule, "words": list(self.words), "fields": list(self.fields), "score": self.score}


@dataclass(frozen=True, slots=True)
class Classification:
    """What the rules say of a message.

    Attributes:
        winner: The rule that decided the action, else the best rule of the category; None = neither was decided.
        losers: The matches of categories that did not win.
        matches: All matches, in the order of the rules.
    """

    category: str = ""
    impact: Impact | None = None
    urgency: Urgency | None = None
    team: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    action: str = ""
    winner: Match | None = None
    losers: tuple[Match, ...] = ()
    matches: tuple[Match, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """What is stored of the decision, as JSON has it; of the losers, the ten with the highest scores."""
        losers = sorted(self.losers, key=lambda match: -match.score)[:_LOSERS_STORED]
        return {
            "category": self.category,
            "impact": self.impact.value if self.impact else None,
            "urgency": self.urgency.value if self.urgency else None,
            "team": self.team,
            "tags": list(self.tags),
            "language": self.language,
            "action": self.action,
            "winner": self.winner.as_data() if self.winner else None,
            "losers": [{"category": match.category, **match.as_data()} for match in losers],
            "matches": [match.rule for match in self.matches],
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Compiled:
    """A rule with its keywords as numbers and its patterns compiled."""

    rule: Rule
    fields: tuple[str, ...]
    any: Mapping[int, str]
    all: Mapping[int, str]
    none: tuple[int, ...]
    regex: tuple[Any, ...]  # google-re2 has no types.


@dataclass(slots=True, eq=False)
class _Search:
    """The fields of one message: their texts, the keywords found in each, and their bytes once a pattern asks."""

    texts: Mapping[str, str]
    found: Mapping[str, frozenset[int]]
    encoded: dict[str, bytes] = field(default_factory=dict)

    def bytes_of(self, name: str) -> bytes:
        if name not in self.encoded:
            self.encoded[name] = self.texts[name][:MAX_TEXT].encode("utf-8", "replace")
        return self.encoded[name]


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """Rules ready to be asked; `compile_rules` makes it."""

    rules: tuple[_Compiled, ...]
    fields: tuple[str, ...]
    words: Vocabulary
    owners: Mapping[int, tuple[int, ...]]  # By keyword, the rules that may match because it occurs.
    always: frozenset[int]  # The rules that need no keyword.

    def classify(self, facts: Facts) -> Classification:
        """Say what a message is about."""
        texts = {name: _text_of(facts, name) for name in self.fields}
        found = {name: self.words.find(text) for name, text in texts.items()}
        search = _Search(texts, found)
        candidates = set(self.always)
        for words in found.values():
            for word in words:
                candidates.update(self.owners.get(word, ()))
        matched = []
        for number in sorted(candidates):
            compiled = self.rules[number]
            match = _match(compiled, search)
            if match is not None:
                matched.append((compiled.rule, match))
                if compiled.rule.stop:
                    break
        return _decide(matched)


def _text_of(facts: Facts, name: str) -> str:
    if name.startswith(HEADER):
        return "\n".join(facts.headers.get(name.removeprefix(HEADER), ()))
    match name:
        case "subject":
            return facts.subject
        case "body":
            return facts.body
        case "from":
            return facts.from_
        case "to":
            return facts.to
        case _:
            # The separator keeps a phrase from reaching over two names.
            return " ; ".join(facts.attachment_names)


def _match(compiled: _Compiled, search: _Search) -> Match | None:
    fields = [(name, search.found[name]) for name in compiled.fields]
    seen_at_all = frozenset[int]().union(*(words for _, words in fields))
    if not seen_at_all.isdisjoint(compiled.none):
        return None
    where: dict[str, list[str]] = {}
    for wanted in (compiled.all, compiled.any):
        seen = 0
        for word, text in wanted.items():
            if word in seen_at_all:
                where[text] = [name for name, words in fields if word in words]
                seen += 1
        if seen < (len(wanted) if wanted is compiled.all else min(1, len(wanted))):
            return None
    hit = False
    for pattern in compiled.regex:
        places = [name for name in compiled.fields if pattern.search(search.bytes_of(name))]
        if places:
            where[f"/{pattern.pattern}/"] = places
            hit = True
    if compiled.regex and not hit:
        return None
    weight = compiled.rule.score or 1
    score = weight * sum(_SUBJECT_WEIGHT if "subject" in places else 1 for places in where.values())
    seen_in = tuple(name for name in compiled.fields if any(name in places for places in where.values()))
    return Match(compiled.rule.id, tuple(where), seen_in, score, compiled.rule.category)


def _decide(matched: Sequence[tuple[Rule, Match]]) -> Classification:
    matches = tuple(match for _, match in matched)
    acting = next(((rule, match) for rule, match in matched if rule.action), None)
    category = _category(matches, acting[1] if acting else None)
    same = category.lower()
    winner = max((match for match in matches if same and match.category.lower() == same), key=_score, default=None)
    # What was said by rules of other categories does not count: they were wrong about the message.
    heard = [(rule, match) for rule, match in matched if rule.category.lower() in {"", same}]
    heard.sort(key=lambda pair: pair[1] is not winner)
    if acting and (winner is None or acting[0].action != "monitor"):
        winner = acting[1]
    return Classification(
        category=category,
        impact=max((rule.impact for rule, _ in heard if rule.impact), key=_IMPACTS.index, default=None),
        urgency=max((rule.urgency for rule, _ in heard if rule.urgency), key=_URGENCIES.index, default=None),
        team=next((rule.team for rule, _ in heard if rule.team), ""),
        tags=tuple(dict.fromkeys(tag for rule, _ in heard for tag in rule.tags)),
        language=next((rule.language for rule, _ in heard if rule.language), ""),
        action=acting[0].action if acting else "",
        winner=winner,
        losers=tuple(match for match in matches if match.category.lower() not in {"", same}),
        matches=matches,
    )


def _score(match: Match) -> int:
    return match.score


def _category(matches: Sequence[Match], acting: Match | None) -> str:
    """The category with the highest sum of scores; the earliest at equal sums, because dicts keep their order."""
    if acting is not None and acting.category:
        return acting.category
    sums: dict[str, int] = {}
    names: dict[str, str] = {}
    for match in matches:
        if match.category:
            # Rules of several people may spell a category in different case.
            key = match.category.lower()
            names.setdefault(key, match.category)
            sums[key] = sums.get(key, 0) + match.score
    return names[max(sums, key=lambda key: sums[key])] if sums else ""


def compile_rules(rules: Iterable[Rule]) -> RuleSet:
    """Check rules and make them ready to be asked.

    Raises:
        RuleError: a rule is empty or does nothing, has a keyword, pattern, field, action or score that is not allowed,
            or has the id of an earlier one.
    """
    rules = tuple(rules)
    numbers = distinct(word for rule in rules for word in (*rule.any, *rule.all, *rule.none))
    ids: set[str] = set()
    compiled = []
    for rule in rules:
        if rule.id in ids:
            raise RuleError(rule.id, "id", "another rule has this id already; give each rule its own")
        ids.add(rule.id)
        compiled.append(_compile(rule, numbers))
    owners: dict[int, list[int]] = {}
    for place, item in enumerate(compiled):
        # One of `any` must occur, or else each of `all`, so that the first of them will do.
        for word in item.any or tuple(item.all)[:1]:
            owners.setdefault(word, []).append(place)
    return RuleSet(
        rules=tuple(compiled),
        fields=tuple(dict.fromkeys(name for item in compiled for name in item.fields)),
        words=vocabulary(tuple(numbers)),
        owners={word: tuple(places) for word, places in owners.items()},
        always=frozenset(place for place, item in enumerate(compiled) if not item.any and not item.all),
    )


def _compile(rule: Rule, numbers: Mapping[str, int]) -> _Compiled:
    check(rule)
    return _Compiled(
        rule=rule,
        fields=tuple(dict.fromkeys(field_of(rule, name) for name in rule.fields or DEFAULT_FIELDS)),
        any={numbers[canonical(word)]: word for word in rule.any},
        all={numbers[canonical(word)]: word for word in rule.all},
        none=tuple(numbers[canonical(word)] for word in rule.none),
        regex=tuple(compile_pattern(rule, pattern) for pattern in rule.regex),
    )


def explain(classification: Classification) -> list[str]:
    """Say in lines of English what was decided and why, for a person who tries his rules."""
    if not classification.matches:
        return ["no rule matched"]
    lines = [f"{name} {value}" for name, value in _decided(classification)]
    lost = {id(match) for match in classification.losers}
    for match in classification.matches:
        label = f"category {match.category}" if match.category else "no category"
        standing = "lost" if id(match) in lost else "won" if match is classification.winner else "counted"
        words = ", ".join(match.words)
        lines.append(
            f"rule {match.rule} {standing}: {label}, score {match.score}, {words} in {', '.join(match.fields)}"
        )
    return lines


def _decided(classification: Classification) -> list[tuple[str, str]]:
    values = (
        ("action", classification.action),
        ("category", classification.category),
        ("impact", classification.impact or ""),
        ("urgency", classification.urgency or ""),
        ("team", classification.team),
        ("tags", ", ".join(classification.tags)),
        ("language", classification.language),
    )
    return [(name, value) for name, value in values if value]
