"""Reading the answer to the satisfaction question: one digit from 1 to 5, and perhaps words."""

import re
import unicodedata
from dataclasses import dataclass

_STARS = re.compile(r"[⭐★]")
_FRAMES = re.compile("(?<=[0-9])\ufe0f?\u20e3")
_DIGIT = re.compile(r"^\W{0,5}([1-5])(?!\w)")
_OUT_OF_FIVE = re.compile(r"^\W{0,5}([1-5])\s{0,2}/\s{0,2}5(?!\w|[.,]\d)")
_WORD = re.compile(r"^\W{0,5}([a-z]{3,5})(?!\w)", re.IGNORECASE)
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5,
}  # fmt: skip
_SEPARATORS = ".,;:!?)]|–—…*\"'”’"
# Words with which people go on behind a score; any other word may be what the number counts: "5 days later ...".
_JUDGEMENTS = frozenset({
    "thank", "thanks", "thankyou", "thx", "ty", "tq", "great", "good", "excellent", "perfect", "nice", "awesome",
    "amazing", "fantastic", "wonderful", "fast", "quick", "happy", "satisfied", "fine", "ok", "okay", "star", "stars",
    "bravo", "terima", "terimakasih", "makasih", "trims", "tks", "bagus", "baik", "mantap", "mantul", "cepat", "puas",
    "oke", "sip", "keren", "hebat", "memuaskan", "ramah", "bintang", "too", "terlalu",
})  # fmt: skip
_INTENSIFIERS = frozenset({"very", "so", "really", "super", "quite", "sangat", "amat", "cukup", "lumayan"})
_NEXT_WORDS = re.compile(r"^\s*([^\W\d_]+)(?:\s+([^\W\d_]+))?")
# "My rating: 5", "Nilai 5", "Score = 4".
_ANNOUNCED = re.compile(
    r"^\W{0,5}(?:(?:my|saya|the|our)\s+)?(?:nilai|nilainya|skor|skornya|score|rating|rate|vote|angka)"
    r"(?:\s+(?:saya|kami|is|adalah))?\s*[:=]?\s*(?=[1-5](?!\w))",
    re.IGNORECASE,
)
_LONE_WORDS = re.compile(r"[^\W_]+")
_LONE_LINE = 60  # Characters of an answer that is a number among words of courtesy.
_COURTESY = frozenset({
    "you", "kasih", "banyak", "sekali", "ya", "and", "dan", "the", "a", "my", "is", "from", "me", "dari", "saya",
    "kami", "for", "help", "untuk", "bantuan", "bantuannya", "atas", "service", "support", "pelayanan", "layanan",
    "all", "yang", "team", "tim", "job", "work", "kerja", "it", "give", "i", "beri", "deh", "nih", "dong", "pak",
    "bu", "points", "point", "poin", "out", "of",
})  # fmt: skip
_LONG_COMMENT = 60
LOW_SCORE = 2
"""Up to this score somebody was not satisfied."""
_AROUND = " \t-–—:;,.!/)*_\"'”’"


@dataclass(frozen=True, slots=True)
class Vote:
    """A score from 1 (bad) to 5 (very good), and the words that came with it."""

    score: int
    comment: str


def read_vote(new_text: str) -> Vote | None:
    """Reads a vote from the beginning of an answer; None if it does not begin with one.

    A number counts with the line's end, a separator or a word of judgement behind it. "5 days later it is broken
    again" is no vote: to take a cry for help for one would hide it, the other mistake only costs somebody a glance.
    """
    lines = [line.strip() for line in new_text.strip().splitlines() if line.strip()]
    if not lines:
        return None
    # A phone set to Japanese or Chinese writes digits in full width; keys of its pictures are digits in a frame.
    first = _FRAMES.sub("", unicodedata.normalize("NFKC", lines[0][:500]))
    score, rest = _score(_ANNOUNCED.sub("", first, count=1))
    if score is None and len(lines) == 1:
        score, rest = _lone_score(first), first
    if score is None:
        return None
    comment = "\n".join([rest.strip(_AROUND), *lines[1:]]).strip()
    return Vote(score, comment)


def _lone_score(line: str) -> int | None:
    """The one number in a short line of nothing but courtesy: "Great, 5! Thank you"; "0" is the worst."""
    if line.strip(_AROUND) == "0":
        return 1
    words = _LONE_WORDS.findall(line.lower()) if len(line) <= _LONE_LINE else []
    numbers = [word for word in words if word.isdigit()]
    others = {word for word in words if not word.isdigit()}
    if len(numbers) != 1 or numbers[0] not in {"1", "2", "3", "4", "5"} or "?" in line:
        return None
    return int(numbers[0]) if others <= _JUDGEMENTS | _INTENSIFIERS | _COURTESY else None


def needs_a_reader(vote: Vote) -> bool:
    """Whether somebody must read what came with a vote: a complaint, a question, or more than a line of courtesy."""
    if not vote.comment or is_only_thanks(vote.comment):
        return False
    dissatisfied = vote.score <= LOW_SCORE or complains(vote.comment)
    return dissatisfied or len(vote.comment) > _LONG_COMMENT or "?" in vote.comment


def _score(line: str) -> tuple[int | None, str]:
    match = _OUT_OF_FIVE.match(line)
    if match:
        return int(match[1]), line[match.end() :]
    stars = _STARS.findall(line[:20])
    if stars and _STARS.match(line):
        return min(len(stars), 5), _STARS.sub("", line).replace("\ufe0f", "")
    match = _DIGIT.match(line)
    number = int(match[1]) if match else None
    if match is None:
        match = _WORD.match(line)
        number = _WORDS.get(match[1].lower()) if match else None
    if match is None or number is None or not _stands_alone(line[match.end() :]):
        return None, line
    return number, line[match.end() :]


def _stands_alone(rest: str) -> bool:
    """Whether what follows a number shows that it is a score, and not what is counted, measured or listed."""
    after = rest.lstrip()
    if not after:
        return True
    if after[0] in _SEPARATORS:
        behind = after.lstrip(_SEPARATORS)
        # "5.5", "4:30" and "1,000" are other numbers, "3, 4 and 5" is a list.
        return not behind.lstrip()[:1].isdigit()
    if after[0] == "-":
        behind = after.lstrip("-")
        dash = rest[0].isspace() and (not behind or behind[0].isspace())
        return (dash and not behind.lstrip()[:1].isdigit()) or _judges(behind)
    if unicodedata.category(after[0]) == "So":  # A picture, such as a raised thumb.
        return True
    return rest[0].isspace() and _judges(after)


def _judges(text: str) -> bool:
    """Whether a text begins with a word of judgement, perhaps behind one such as "very"."""
    match = _NEXT_WORDS.match(text[:100])
    words = [word.lower() for word in match.groups() if word] if match else []
    if len(words) == 2 and words[0] in _INTENSIFIERS:
        words = words[1:]
    return bool(words) and words[0] in _JUDGEMENTS


_THANKS = re.compile(
    r"^(?:ok(?:e|ay)?|baik|siap|great|perfect|super|noted|good|it works(?: now)?|works(?: now)?"
    r"|sudah (?:bisa|beres|oke)|beres|many thanks|thanks?(?: you)?(?: (?:so|very) much| a lot)?|thank you"
    r"|terima ?kasih(?: banyak)?|makasih(?: banyak| ya)?|banyak|trims|tks|thx|pak|bu|bapak|ibu|kak|mas|mbak|all|again"
    r"|for (?:your|the) (?:quick )?help|atas bantuan(?:nya)?|atas bantuan anda"
    r"|sekali|lagi|and|dan|ya|yes|for|your|help|team|tim|semua)$"
)
# Raised thumbs, folded hands, hearts and smiles, and what varies their colour.
_PICTURES = dict.fromkeys(map(ord, "👍🙏👌❤💙💚😊🙂😀😁😃😄🤝👏🎉\ufe0f\u200d🏻🏼🏽🏾🏿"))
_SPLIT = re.compile(r"[\s,.!;:)(\-–—]+")


def is_only_thanks(new_text: str) -> bool:
    """Tells whether a short text is nothing but thanks: such a text never reopens a ticket.

    A question mark, a digit or any word that is not one of thanks makes it an ordinary message.
    """
    text = new_text.strip().lower()
    if not text or len(text) > 200 or "?" in text:
        return False
    if not text.translate(_PICTURES).strip():
        return True
    words = [word for word in _SPLIT.split(text.translate(_PICTURES)) if word]
    gratitude = any(word.startswith(("thank", "terima", "makasih", "trims", "tks", "thx")) for word in words)
    return gratitude and all(_is_polite(words, position) for position in range(len(words)))


def _is_polite(words: list[str], position: int) -> bool:
    """Whether the word at a position is part of some phrase of thanks of at most four words."""
    for length in range(1, 5):
        for start in range(max(0, position - length + 1), position + 1):
            if start + length <= len(words) and _THANKS.match(" ".join(words[start : start + length])):
                return True
    return False


# Courtesy that holds a word of complaint: "Thanks again", "Tidak ada masalah".
_HARMLESS = re.compile(
    r"(?:thanks|thank you) again|(?:sekali )?lagi terima ?kasih|terima ?kasih (?:sekali )?lagi|sekali lagi"
    r"|not (?:only|a problem|bad)|tidak (?:ada )?(?:masalah|kendala|keluhan|apa apa)"
)
_COMPLAINTS = frozenset({
    "not", "still", "again", "broken", "fail", "fails", "failed", "failing", "error", "errors", "cannot", "unable",
    "never", "worse", "wrong", "useless", "unsolved", "unresolved", "dont", "doesnt", "didnt", "cant", "isnt", "wont",
    "masih", "belum", "rusak", "tidak", "tak", "nggak", "ngga", "enggak", "gak", "gagal", "lagi", "kambuh", "macet",
    "mati", "kecewa",
})  # fmt: skip
_MOST_READ = 20_000


def complains(new_text: str) -> bool:
    """Tells whether an answer in words clearly says that something is wrong still, or asks something.

    Words of praise, and all that cannot be told, are no complaint: somebody reads them anyway.
    """
    text = new_text[:_MOST_READ].lower()
    if "?" in text:
        return True
    words = [word for word in re.split(r"[^\w']+", text.replace("’", "'")) if word]
    rest = _HARMLESS.sub(" ", " ".join(words)).split()
    return any(word in _COMPLAINTS or word.endswith("n't") for word in rest)
