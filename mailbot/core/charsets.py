"""Bytes to text, when the charset that a sender declares may be missing, unknown or a lie.

The order is: what is declared; UTF-8; a detector, for longer texts that do not look Western; Windows-1252. The charsets
are those that browsers know (WHATWG Encoding): UTF-7 is not among them, because it hides text from every filter.
"""

import codecs

_DETECT_FROM = 200  # bytes: on less, detectors guess wrong more often than not.
_DETECT_SAMPLE = 4096
_FOREIGN = 0.25  # The share of bytes above 0x7F from which a text does not look Western.
_WESTERN = frozenset(
    {"", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252", "cp1252", "unknown-8bit", "utf-8"}
)
# What senders write, and what they mean by it: mostly the Microsoft superset of the declared charset.
_MEANT = {
    "ansi_x3.4-1968": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-1-windows-1252": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "big5": "cp950",
    "x-big5": "cp950",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "utf8": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
}
_KNOWN_PREFIXES = (
    "utf-8",
    "utf-16",
    "utf-32",
    "iso8859",
    "cp12",
    "cp8",
    "cp4",
    "cp9",
    "koi8",
    "gb18030",
    "gbk",
    "gb2312",
    "hz",
    "big5",
    "euc_",
    "iso2022",
    "shift_jis",
    "johab",
    "mac",
    "tis",
    "ptcp154",
    "kz1048",
)


def codec_name(charset: str) -> str:
    """Gives the Python codec for a declared charset, "" if it is no charset of mail that we know.

    The codecs of Python that are no charsets (rot13, zlib, idna, undefined, unicode_escape) are unknown here.
    """
    name = charset.strip().strip("\"'").split("*", 1)[0].lower()[:40]  # RFC 2231 s.5 adds a language after "*".
    meant = _MEANT.get(name, name)
    if not meant.isascii() or not meant.isprintable():
        return ""
    try:
        found = codecs.lookup(meant).name
    except LookupError:
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
    if name.startswith(("utf-16", "utf-32")) and b"\x00" not in data:
        name = ""  # Even a Chinese text has a blank or a line end, and those hold a NUL.
    if name and charset.lower().strip() not in _WESTERN:
        try:
            return data.decode(name), ""
        except (UnicodeError, ValueError):
            pass  # The declaration is a lie, and what follows finds out which.
    if data.isascii():
        known = name or not charset
        return data.decode("ascii"), "" if known else f"the charset {charset[:40]!r} is unknown"
    # Valid UTF-8 beyond ASCII is never anything else in practice, whatever was declared.
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(data, charset, name)
    declared = not charset or name in ("utf-8", "cp1252")
    return text, "" if declared else f"the charset {charset[:40]!r} is wrong, the text is UTF-8"


def _not_utf8(data: bytes, charset: str, name: str) -> tuple[str, str]:
    lossy = data.decode("utf-8", "replace")
    broken = lossy.count("\ufffd")
    if name == "utf-8" and len(data) - len(lossy) > 2 * broken:
        # A few bytes of an otherwise good UTF-8 text were lost, for instance where a gateway cut it.
        return lossy, "some bytes are not UTF-8, as was declared"
    if name and name not in ("utf-8", "cp1252"):
        return data.decode(name, "replace"), f"some bytes are not {charset[:40]!r}, as was declared"
    guessed = _detect(data)
    if guessed:
        return data.decode(guessed, "replace"), f"the charset {charset[:40]!r} is wrong, it looks like {guessed}"
    fits = name == "cp1252" and charset.lower() not in ("us-ascii", "ascii")
    return _windows_1252(data), "" if fits else f"the charset {charset[:40]!r} is wrong, taken as Windows-1252"


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
