"""Bytes to text, when the charset that a sender declares may be missing, unknown or a lie.

The order is: what is declared; UTF-8; what the bytes themselves say, where they speak clearly; a detector, for longer
texts that do not look Western; Windows-1252.
"""

import codecs
import functools
import re

from mailbot.core import detect
from mailbot.core.japanese import decode_iso2022

_DETECT_FROM = 200  # bytes: on less, detectors guess wrong more often than not.
_DETECT_SAMPLE = 4096
_FOREIGN = 0.25  # The share of bytes above 0x7F from which a text does not look Western.
# Declared where a program knew nothing, or was never set up: what the bytes say counts more.
_UNSURE = frozenset({"", "cp1252"})
# What senders write, and what they mean by it: mostly the Microsoft superset of the declared charset.
_MEANT = {
    "ascii": "cp1252", "us-ascii": "cp1252", "ansi-x3.4-1968": "cp1252", "ansi": "cp1252", "iso-ir-100": "cp1252",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "iso-latin-1": "cp1252", "l1": "cp1252", "iso-8859-1-windows-1252": "cp1252", "windows-1252": "cp1252",
    "win-1252": "cp1252", "cp819": "cp1252", "cp28591": "cp1252", "cp20127": "cp1252", "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8", "visual": "iso8859_8", "logical": "cp1255", "cp38598": "cp1255",
    "cp28598": "iso8859_8", "iso-8859-9": "cp1254", "iso8859-9": "cp1254", "latin5": "cp1254", "cp28599": "cp1254",
    "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874", "dos-874": "cp874", "cp20874": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb-2312-80": "gb18030", "gb2312-80": "gb18030",
    "cp936": "gb18030", "euc-cn": "gb18030", "cp54936": "gb18030", "chinese": "gb18030", "csgb2312": "gb18030",
    "big5": "cp950", "x-big5": "cp950", "big-5": "cp950", "cn-big5": "cp950", "x-x-big5": "cp950",
    "csbig5": "cp950", "big5-tw": "cp950", "ks-c-5601-1987": "cp949", "ks-c-5601-1989": "cp949",
    "ks-c-5601": "cp949", "ksc5601": "cp949", "ksc-5601": "cp949", "ks-c5601": "cp949", "euc-kr": "cp949",
    "korean": "cp949", "x-windows-949": "cp949", "cp51949": "cp949", "shift-jis": "cp932", "shiftjis": "cp932",
    "x-sjis": "cp932", "sjis": "cp932", "ms-kanji": "cp932", "windows-31j": "cp932", "cswindows31j": "cp932",
    "ms932": "cp932", "x-ms-cp932": "cp932", "iso-2022-jp": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext", "cp50221": "iso2022_jp_ext", "cp50222": "iso2022_jp_ext",
    "csiso2022jp": "iso2022_jp_ext", "jis": "iso2022_jp_ext", "x-euc-jp": "euc_jp", "x-euc": "euc_jp",
    "cp51932": "euc_jp", "cp20932": "euc_jp", "cp50225": "iso2022_kr", "hz-gb-2312": "hz", "cp52936": "hz",
    "utf8": "utf-8", "utf": "utf-8", "utf-8mb4": "utf-8", "utf8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8",
    "x-utf-8": "utf-8", "x-utf8": "utf-8", "cp65001": "utf-8", "unicode": "utf-16", "iso-10646-ucs-2": "utf-16",
    "ucs-2": "utf-16", "cp1200": "utf-16-le", "cp1201": "utf-16-be", "unicodefffe": "utf-16-be",
    "unicode-1-1-utf-7": "utf-7", "cp65000": "utf-7", "x-unicode-2-0-utf-7": "utf-7", "csunicode11utf7": "utf-7",
    "macintosh": "mac_roman", "mac": "mac_roman", "x-mac-roman": "mac_roman", "cp10000": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic", "x-mac-ce": "mac_latin2", "x-mac-greek": "mac_greek",
    "x-mac-turkish": "mac_turkish", "koi8": "koi8-r", "koi": "koi8-r", "koi-8-r": "koi8-r", "cp20866": "koi8-r",
    "cskoi8r": "koi8-r", "cp21866": "koi8-u", "koi8-ru": "koi8-u", "win": "cp1251", "x-cp1250": "cp1250",
    "x-cp1251": "cp1251", "x-cp1252": "cp1252",
}  # fmt: skip
_ISO = re.compile(r"(?:x-)?iso-?ir-?8859-?(\d{1,2})|(?:x-)?iso-?8859-?(\d{1,2})|cp2859(\d)")
_WINDOWS = re.compile(r"(?:x-)?(?:windows|win|cp|ibm|ms|dos|codepage|cp-)-?(\d{3,5})")
_KNOWN_PREFIXES = (
    "utf-7", "utf-8", "utf-16", "utf-32", "iso8859", "cp12", "cp8", "cp4", "cp7", "cp9", "cp1006", "koi8", "gb18030",
    "gbk", "gb2312", "hz", "big5", "euc_", "iso2022", "shift_jis", "johab", "mac", "tis", "ptcp154", "kz1048",
)  # fmt: skip


def codec_name(charset: str) -> str:
    """Gives the Python codec for a declared charset, "" if it is no charset of mail that we know.

    The codecs of Python that are no charsets (rot13, zlib, idna, undefined, unicode_escape) are unknown here. Names are
    taken as programs write them: with blanks, quotes, underscores, and with what they forgot to cut off behind.
    """
    return _codec_name(charset[:80])


@functools.lru_cache(maxsize=512)
def _codec_name(charset: str) -> str:
    name = charset.strip().strip("\"'").lower()
    if not name.isascii() or not name.isprintable():
        return ""
    # RFC 2231 s.5 adds a language after "*"; iconv adds "//translit"; a parameter may have lost its semicolon.
    name = re.split(r"[*;,/\s\"'<>]|:\d{4}", name.removeprefix("charset=").lstrip("_\"'"), maxsplit=1)[0]
    name = name.replace("_", "-").strip("-.")
    return _codec(name) or _codec(_core(name))


def _core(name: str) -> str:
    """The name without what stands behind it by mistake, as in "windows-1252http-equivcontent-type"."""
    found = _ISO.match(name)
    if found:
        return f"iso-8859-{next(filter(None, found.groups()))}"
    found = _WINDOWS.match(name)
    if found:
        return f"cp{found.group(1)}"
    return next((known for known in ("utf-8", "utf8", "iso-2022-jp", "gb2312", "big5") if name.startswith(known)), "")


def _codec(name: str) -> str:
    if not name:
        return ""
    try:
        found = codecs.lookup(_MEANT.get(name, name)).name
    except (LookupError, ValueError):
        return ""
    return found if found.startswith(_KNOWN_PREFIXES) else ""


def decode(data: bytes, charset: str = "") -> tuple[str, str]:
    """Gives the text of some bytes, and what was wrong with its charset ("" if nothing).

    Args:
        data: The bytes of a text.
        charset: What the sender declares; "" if he declares nothing.
    """
    text, defect = _decode(data, charset)
    return text.removeprefix("\ufeff"), defect


def _decode(data: bytes, charset: str) -> tuple[str, str]:
    name = codec_name(charset)
    wide = _wide(data)
    if wide:
        fits = name.startswith(("utf-16", "utf-32"))
        # RFC 2781 s.4.3: UTF-16 without a mark is big-endian; Windows does not know that, so the bytes decide.
        codec = name if name.startswith("utf-16") and wide == "utf-16" else wide
        return data.decode(codec, "replace"), "" if fits else f"{_said(charset)}, the bytes are {wide}"
    if name.startswith(("utf-16", "utf-32")):
        name = ""  # Even a Chinese text has a blank or a line end, and those hold a NUL.
    if name and name not in ("utf-8", *_UNSURE):
        try:
            return data.decode(name), ""
        except (UnicodeError, ValueError):
            if name.startswith("iso2022_jp") and b"\x1b" in data:
                return decode_iso2022(data), ""
            # The declaration is a lie, and what follows finds out which.
    if data.isascii():
        return _seven_bits(data, charset, name)
    # Valid UTF-8 beyond ASCII is never anything else in practice, whatever was declared.
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(data, charset, name)
    declared = not charset or name in ("utf-8", "cp1252")
    return text, "" if declared else f"{_said(charset)}, the text is UTF-8"


def _said(charset: str) -> str:
    return f"the charset {charset[:40]!r} is wrong" if charset else "no charset is declared"


def _wide(data: bytes) -> str:
    """The form of UTF-16 or UTF-32 that the bytes show by their mark, or by a NUL in every second place."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-32" if data[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff") else "utf-16"
    if b"\x00" not in data[:64] or len(data) < 4:
        return ""
    even, odd = data[:2048:2].count(0), data[1:2048:2].count(0)
    most, half = max(even, odd), min(len(data), 2048) // 2
    if min(even, odd) * 20 > most or most * 5 < half * 2 or most < 3:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _seven_bits(data: bytes, charset: str, name: str) -> tuple[str, str]:
    if b"\x1b$" in data:
        return decode_iso2022(data), f"{_said(charset)}, the bytes are ISO-2022-JP"
    known = name or not charset
    return data.decode("ascii"), "" if known else f"the charset {charset[:40]!r} is unknown"


def _not_utf8(data: bytes, charset: str, name: str) -> tuple[str, str]:
    lossy = data.decode("utf-8", "replace")
    broken = lossy.count("\ufffd")
    if name in ("utf-8", *_UNSURE) and len(data) - len(lossy) > 2 * broken:
        # A few bytes of an otherwise good UTF-8 text were lost, for instance where a gateway cut it.
        return lossy, "some bytes are not UTF-8" + (", as was declared" if name == "utf-8" else "")
    if name and name not in ("utf-8", *_UNSURE):
        return data.decode(name, "replace"), f"some bytes are not {charset[:40]!r}, as was declared"
    guessed = detect.guess(data, western=name == "cp1252" and not _is_ascii_name(charset)) or _detect(data)
    if guessed:
        return data.decode(guessed, "replace"), f"{_said(charset)}, it looks like {guessed}"
    fits = name == "cp1252" and not _is_ascii_name(charset)
    return _windows_1252(data), "" if fits else f"{_said(charset)}, taken as Windows-1252"


def _is_ascii_name(charset: str) -> bool:
    return "ascii" in charset.lower()


def _windows_1252(data: bytes) -> str:
    """Windows-1252 as browsers read it: its five holes are the C1 controls of ISO-8859-1."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _detect(data: bytes) -> str:
    sample = data[:_DETECT_SAMPLE]
    high = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    if len(sample) < _DETECT_FROM or high < _FOREIGN * len(sample):
        return ""
    # Importing the detector takes longer than reading a mail, and few mails need it.
    from charset_normalizer import from_bytes  # noqa: PLC0415 - the reason is above.

    best = from_bytes(sample).best()
    return codec_name(best.encoding) if best is not None else ""
