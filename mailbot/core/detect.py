"""Which charset a text is in that nobody declared, told from the bytes that its letters take.

General detectors guess wrong on a subject of three words. Here only the charsets that mail is really written in are
tried, and a guess is made only where the bytes speak clearly; everything else is Western to the caller.
"""

import re

_SAMPLE = 4096
_RUN = re.compile(rb"[\x80-\xff]{3,}")
_HIGH = re.compile(rb"[\x80-\xff]")
_PAIRS = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")
_CLEARLY = 0.6  # The share of high bytes in long runs from which the script is not Latin.

# The most frequent letters of each language, the most frequent first.
_CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъіїєґ"
_GREEK = "αοιετσνηυρπκμλςωδγχθφβξζψάέήίόύώ"
_HEBREW = "יוהלאתמרבשנםדקעחפצגזטכסךןףץ"
_ARABIC = "اليمونرتبعدسفهكقحجةشصطخأىذضغظزثءئإآؤ"
_THAI = "".join(chr(code) for code in range(0x0E01, 0x0E5C))
_CANDIDATES = (
    ("koi8-r", _CYRILLIC), ("cp1251", _CYRILLIC), ("iso8859_5", _CYRILLIC), ("cp866", _CYRILLIC),
    ("cp1253", _GREEK), ("cp1255", _HEBREW), ("cp1256", _ARABIC), ("iso8859_6", _ARABIC), ("cp874", _THAI),
)  # fmt: skip
# Signs of Windows-1252 that stand for letters in Central European charsets, between Latin letters.
_CENTRAL = re.compile(rb"(?<=[A-Za-z])[\xa5\xb1\xb3\xb5\xb6\xb9\xbb\xbc\xbe\xbf\x9d\x9f](?=[A-Za-z]|\W)")
_CENTRAL_CLEAR = re.compile(rb"[a-z][\xb1\xb3\xb6\xb9\xbb\xbc\xbe\xbf\x9d\x9f][a-z]")
_CENTRAL_ISO = re.compile(rb"[a-z][\xb1\xb6\xbc\xbe]|[\xb1\xb6\xbc\xbe][a-z]")
_CZECH = re.compile(rb"[\xec\xf9\xf2\xe8\x9a\x9e]")
_C1 = re.compile(rb"[\x80-\x9f]")
_TURKISH = frozenset(b"\xc7\xd0\xd6\xdc\xdd\xde\xe2\xe7\xee\xf0\xf6\xfb\xfc\xfd\xfe")
_TURKISH_ONLY = re.compile(rb"[\xd0\xdd\xde\xf0\xfd\xfe]")


def guess(data: bytes, *, western: bool = False) -> str:
    """Gives the Python codec that some bytes are most likely in, "" where they do not speak clearly.

    Args:
        data: Bytes of a text that is not valid UTF-8.
        western: Whether a Western charset was declared: then only what cannot be Latin is told apart.
    """
    sample = data[:_SAMPLE]
    high = len(_HIGH.findall(sample))
    if not high:
        return ""
    return _east_asian(sample, high) or _alphabet(sample, high) or ("" if western else _latin(sample))


def _decodes(data: bytes, codec: str) -> bool:
    for cut in (0, 1):  # The sample may end within a character.
        try:
            data[: len(data) - cut].decode(codec)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _east_asian(sample: bytes, high: int) -> str:
    kana = _kana(sample)
    if kana:
        return kana
    pairs = [pair[0] for pair in _PAIRS.findall(sample)]
    paired = 2 * len(pairs) / high
    if len(pairs) >= 2 and paired > 0.95 and not _has_lone_runs(sample):
        syllables = sum(0xB0 <= lead <= 0xC8 for lead in pairs)
        signs = sum(lead in (0xA1, 0xA3) for lead in pairs)
        kana_pairs = sum(lead in (0xA4, 0xA5) for lead in pairs)
        if kana_pairs * 4 >= len(pairs) and _decodes(sample, "euc_jp"):
            return "euc_jp"
        if all(byte[0] >= 0xC0 for byte in _HIGH.findall(sample)):
            return ""  # Letters of an alphabet lie there together, two-byte characters do not.
        if syllables + signs == len(pairs) and syllables and b" " in sample.strip() and _decodes(sample, "cp949"):
            return "cp949"
        common = sum(0xB0 <= lead <= 0xD7 for lead in pairs)
        if common + signs >= 0.9 * len(pairs) and common and _decodes(sample, "gb18030"):
            return "gb18030"
    return _big5(sample)


def _has_lone_runs(sample: bytes) -> bool:
    """Whether high bytes stand in odd numbers, as letters of an alphabet do."""
    runs = re.findall(rb"[\x80-\xff]+", sample)[:-1]
    return sum(len(run) % 2 for run in runs) * 10 > len(runs)


def _kana(sample: bytes) -> str:
    """Shift_JIS is told by its kana, whose lead bytes are controls in Windows-1252."""
    leads = len(re.findall(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]", sample))
    if leads >= 2 and _decodes(sample, "cp932"):
        text = sample.decode("cp932", "ignore")
        kana = sum("\u3040" <= char <= "\u30ff" for char in text)
        return "cp932" if kana * 5 >= sum(char > "\x7f" for char in text) else ""
    return ""


def _big5(sample: bytes) -> str:
    if not _decodes(sample, "cp950"):
        return ""
    text = sample.decode("cp950", "ignore")
    leads = re.findall(rb"([\xa1-\xf9])[\x40-\x7e\xa1-\xfe]", sample)
    common = sum(0xA4 <= lead[0] <= 0xC6 for lead in leads)
    signs = sum(lead[0] in (0xA1, 0xA2, 0xA3) for lead in leads)
    # Of two-byte characters about two in five have an ASCII byte behind; letters of an alphabet do not.
    low = len(re.findall(rb"[\xa4-\xc6][\x40-\x7e]", sample))
    ideographs = sum("\u4e00" <= char <= "\u9fff" for char in text)
    clear = common + signs >= 0.9 * len(leads) and ideographs >= 3 and low * 6 >= common
    return "cp950" if clear and ideographs * 3 >= len(re.findall(rb"[A-Za-z]", sample)) - low else ""


def _alphabet(sample: bytes, high: int) -> str:
    runs = _RUN.findall(sample)
    if high < 4:
        return ""  # Three may be an abbreviation in capitals.
    if sum(map(len, runs)) < _CLEARLY * high:
        return ""
    best, codec = 0.0, ""
    text_of_runs = b" ".join(runs)
    for candidate, letters in _CANDIDATES:
        score = _score(text_of_runs.decode(candidate, "replace"), letters)
        if score > best:
            best, codec = score, candidate
    return codec if best > 0.55 * len(text_of_runs) else ""


def _score(text: str, letters: str) -> float:
    rank = {letter: place for place, letter in enumerate(letters)}
    step = 1.2 / len(letters)
    score, before = 0.0, " "
    for char in text:
        lower = char.lower()
        place = rank.get(lower)
        if char == " ":
            score += 0.5
        elif place is None:
            score -= 2 if ord(char) > 0x7F else 0
        else:
            score += 1.3 - step * place
            if lower != char and before not in (" ", before.upper()):
                score -= 1.5  # A capital within a word.
        before = char
    return score


def _latin(sample: bytes) -> str:
    high = _HIGH.findall(sample)
    if all(byte[0] in _TURKISH for byte in high) and len(_TURKISH_ONLY.findall(sample)) * 4 >= len(high):
        return "cp1254"
    if len(_CENTRAL.findall(sample)) >= 2 or _CENTRAL_CLEAR.search(sample):
        return "iso8859_2" if _CENTRAL_ISO.search(sample) and not _C1.search(sample) else "cp1250"
    return "cp1250" if b"\xf8" in sample and len(set(_CZECH.findall(sample))) >= 2 else ""
