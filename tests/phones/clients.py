"""The mail programs: how each one writes what somebody typed above the mail that is answered.

The words of introductions and signatures are those of the programs in English and in Indonesian. A program gets the
lines that were typed, and the words that it puts below each mail, and gives the text and the HTML of the whole mail.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from textwrap import wrap

from phones.envelopes import Quoted, Shape

_ADDRESS = re.compile(r"[a-z.]+@[a-z.]+[a-z]")
_SPACED = re.compile(r'(?<![^ ])[^ <>&="]+(?![^ ])')
_BAR = "margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"


@dataclass(frozen=True)
class Words:
    """What a program in one language writes itself."""

    language: str
    iphone: str
    galaxy: str
    outlook: str
    yahoo: str
    header: tuple[str, str, str, str]
    original: str
    ios_date: str
    gmail_date: str
    gmail_app_date: str
    thunderbird_date: str
    outlook_date: str
    yahoo_date: str
    wrote: str
    on: str


ENGLISH = Words(
    language="en",
    iphone="Sent from my iPhone",
    galaxy="Sent from my Galaxy",
    outlook="Get Outlook for",
    yahoo="Sent from Yahoo Mail on Android",
    header=("From", "Sent", "To", "Subject"),
    original="Original message",
    ios_date="On 4 Aug 2026, at 10.30,",
    gmail_date="On Tue, Aug 4, 2026 at 10:30\u202fAM",
    gmail_app_date="On Tue, 4 Aug 2026, 10:30",
    thunderbird_date="On 8/4/26 10:30,",
    outlook_date="Tuesday, August 4, 2026 10:30 AM",
    yahoo_date="On Tuesday, August 4, 2026 at 10:30:00 AM GMT+7,",
    wrote="wrote:",
    on="On",
)
INDONESIAN = Words(
    language="id",
    iphone="Dikirim dari iPhone saya",
    galaxy="Dikirim dari Galaxy saya",
    outlook="Dapatkan Outlook untuk",
    yahoo="Dikirim dari Yahoo Mail di Android",
    header=("Dari", "Terkirim", "Kepada", "Subjek"),
    original="Pesan asli",
    ios_date="Pada 4 Agt 2026, pukul 10.30,",
    gmail_date="Pada tanggal Sel, 4 Agu 2026 pukul 10.30",
    gmail_app_date="Pada Sel, 4 Agu 2026 10.30",
    thunderbird_date="Pada 04/08/26 10.30,",
    outlook_date="Selasa, 04 Agustus 2026 10.30",
    yahoo_date="Pada Selasa, 4 Agustus 2026 10.30.00 WIB,",
    wrote="menulis:",
    on="Pada",
)

Maker = Callable[[list[str], str, Quoted, Words], Shape]


def _quote(text: str, width: int = 0) -> str:
    """Marked lines; a program that wraps lines does so in quotes, too."""
    lines = [piece for line in text.split("\n") for piece in _fold(line, width)]
    return "\n".join(f"> {line}".rstrip() if line else ">" for line in lines)


def _fold(line: str, width: int) -> list[str]:
    if not width or len(line) <= width or line.startswith("-- "):
        return [line]
    return wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]


def _hard(lines: list[str], width: int) -> str:
    return "\n".join(piece for line in lines for piece in _fold(line, width))


def _flow(lines: list[str]) -> str:
    """Lines of RFC 3676: a long one ends with a blank where it goes on."""
    return "\n".join(" \n".join(_fold(line, 72)).replace("\n ", "\n  ") for line in lines)


def _lines(lines: list[str], opening: str, closing: str = "</div>", blank: str = "<br>") -> str:
    """Each line in an element of its own."""
    return "".join(f"{opening}{_escaped(line) or blank}{closing}" for line in lines)


def _escaped(line: str) -> str:
    """A line as HTML; addresses have become links, as every program makes them."""
    shown = html.escape(line, quote=False).replace("  ", " &nbsp;").replace("\u00a0", "&nbsp;")
    return _ADDRESS.sub(r'<a href="mailto:\g<0>" style="color:#0563C1">\g<0></a>', shown)


def _exchange(lines: list[str]) -> list[str]:
    """Lines of a text part that Exchange made of HTML: behind an address stands what it links to."""
    return [_ADDRESS.sub(r"\g<0><mailto:\g<0>>", line) for line in lines]


def _who(quoted: Quoted) -> str:
    return f"{quoted.name} <{quoted.address}>"


def _page(body: str, head: str = "") -> str:
    meta = '<meta http-equiv="content-type" content="text/html; charset=utf-8">'
    return f"<html><head>{meta}{head}</head>{body}</html>"


def _header_plain(quoted: Quoted, words: Words, date: str = "") -> str:
    values = (_who(quoted), date or words.outlook_date, "Budi Santoso <budi@example.com>", quoted.subject)
    return "\n".join(f"{name}: {value}" for name, value in zip(words.header, values, strict=True))


def _header_html(quoted: Quoted, words: Words, end: str = "<br>") -> str:
    values = (_who(quoted), words.outlook_date, "Budi Santoso <budi@example.com>", quoted.subject)
    pairs = zip(words.header, values, strict=True)
    return end.join(f"<b>{name}:</b> {html.escape(value)}" for name, value in pairs)


def ios_mail(typed: list[str], signature: str, quoted: Quoted, words: Words) -> Shape:
    """Mail of the iPhone: the first line stands bare in the body, the others in a <div> each."""
    signature = signature or words.iphone
    attribution = f"{words.ios_date} {_who(quoted)} {words.wrote}"
    plain = "\n".join([*typed, "", signature, "", f"> {attribution}", "> ", _quote("\ufeff" + quoted.text)])
    rest = _lines(typed[1:], "<div>")
    signed = f'<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">{signature.replace(chr(10), "<br>")}</div>'
    opened = f'<div dir="ltr"><br><blockquote type="cite">{html.escape(attribution)}<br><br></blockquote></div>'
    old = f'<blockquote type="cite"><div dir="ltr">\ufeff{quoted.html}</div></blockquote>'
    body = f'<body dir="auto">{_escaped(typed[0])}{rest}{signed}{opened}{old}</body>'
    return Shape(plain, _page(body), headers={"X-Mailer": "iPhone Mail (22F76)"})


def ios_exchange(typed: list[str], signature: str, quoted: Quoted, words: Words) -> Shape:
    """Mail of the iPhone on an Exchange account, which sends only HTML."""
    shape = ios_mail(typed, signature, quoted, words)
    rows = _lines(typed, '<div dir="ltr">')
    html_ = shape.html.replace(f"{_escaped(typed[0])}{_lines(typed[1:], '<div>')}", rows, 1)
    return Shape("", html_, "base64", headers=shape.headers)


def gmail_app(typed: list[str], signature: str, quoted: Quoted, words: Words) -> Shape:
    """The Gmail app on Android: dir="auto" everywhere, hard lines in the text part."""
    attribution = f"{words.gmail_app_date} {quoted.name}, <{quoted.address}> {words.wrote}"
    shown = typed + (["", signature] if signature else [])
    plain = f"{_hard(shown, 76)}\n\n{_hard([attribution], 76)}\n\n{_quote(quoted.text, 74)}\n"
    link = f'&lt;<a href="mailto:{quoted.address}">{quoted.address}</a>&gt;'
    attr = f'<div dir="ltr" class="gmail_attr">{words.gmail_app_date} {quoted.name}, {link} {words.wrote}<br></div>'
    old = f'<blockquote class="gmail_quote" style="{_BAR}">{quoted.html}</blockquote>'
    container = f'<br><div class="gmail_quote gmail_quote_container">{attr}{old}</div>'
    return Shape(plain, f"{_lines(shown, '<div dir=auto>')}{container}\n", "8bit")


def gmail_web(typed: list[str], signature: str, quoted: Quoted, words: Words) -> Shape:
    """Gmail in a browser; a signature stands below "-- "."""
    attribution = f"{words.gmail_date} {_who(quoted)} {words.wrote}"
    signed = ["", "-- ", *signature.split("\n")] if signature else []
    plain = f"{_hard(typed + signed, 72)}\n\n{_hard([attribution], 74)}\n\n{_quote(quoted.text, 74)}\n"
    first = _escaped(typed[0]) + _lines(typed[1:], "<div>")
    sign = '<div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature">'
    sign = f"{sign}{signature.replace(chr(10), '<br>')}</div>" if signature else ""
    attr = f'<div dir="ltr" class="gmail_attr">{html.escape(attribution)}<br></div>'
    old = f'<blockquote class="gmail_quote" style="{_BAR}">{quoted.html}</blockquote>'
    page = f'<div dir="ltr">{first}</div>{sign}<br><div class="gmail_quote gmail_quote_container">{attr}{old}</div>\n'
    return Shape(plain, page)


def gmail_html(typed: list[str], signature: str, quoted: Quoted, words: Words) -> Shape:
    """Gmail's HTML alone, as some gateways leave it, with lines that end in <br>."""
    shape = gmail_web(typed, signature, quoted, words)
    rows = _escaped(typed[0]) + _lines(typed[1:], "<div>")
    return Shape("", shape.html.replace(rows, "<br>".join(map(_escaped, typed)), 1), "base64")


def _outlook_mobile(
    typed: list[str], signature: str, quoted: Quoted, words: Words, *, system: str, html_only: bool
) -> Shape:
    link = "https://aka.ms/o0ukef" if system == "iOS" else "https://aka.ms/AAb9ysg"
    own = f"{words.outlook} {system}"
    signed = signature or f"{own}<{link}>"
    rule = "_" * 32
    plain = "\n".join([*_exchange(typed), "", signed, rule, _header_plain(quoted, words), "", quoted.text])
    style = "font-family: Aptos, Aptos_MSFontService, sans-serif; font-size: 12pt;"
    rows = _lines(typed, f'<div dir="ltr" style="{style}">')
    shown = signature.replace("\n", "<br>") or f'{words.outlook} <a href="{link}">{system}</a>'
    sign = f'<div id="ms-outlook-mobile-signature" style="{style}">{shown}</div>'
    header = _header_html(quoted, words)
    border = '<hr style="display:inline-block;width:98%" tabindex="-1">'
    old = f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif">{header}</font><div>&nbsp;</div></div>'
    page = _page(f"<body>{rows}<div><br></div>{sign}{border}{old}{quoted.html}</body>")
    thread = {"Thread-Topic": quoted.subject, "X-MS-Has-Attach": "", "Accept-Language": "en-US"}
    return Shape("" if html_only else plain, page, "base64", "utf-8" if html_only else "windows-1252", headers=thread)


def _outlook_desktop(
    typed: list[str], signature: str, quoted: Quoted, words: Words, *, html_only: bool, spans: bool = False
) -> Shape:
    """Outlook of Windows: paragraphs of the class MsoNormal, no marks, no rule in the text part."""
    shown = typed + (["", *signature.split("\n")] if signature else [])
    plain = "\n".join([*_exchange(shown), "", _header_plain(quoted, words), "", quoted.text])
    opening = '<p class="MsoNormal"><span style="font-size:11.0pt;mso-fareast-language:EN-US">'
    rows = [_escaped(line) or "<o:p>&nbsp;</o:p>" for line in shown]
    if spans:  # The spelling checker parts the words.
        rows = [_SPACED.sub(r'<span class="SpellE">\g<0></span>', row) for row in rows]
    body = "\n".join(f"{opening}{row}<o:p></o:p></span></p>" for row in rows)
    border = "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
    header = f'<div>{border}<p class="MsoNormal">{_header_html(quoted, words)}<o:p></o:p></p></div></div>'
    style = "<style><!-- p.MsoNormal {margin:0cm; font-size:11.0pt;} #take {color:red} --></style>"
    page = _page(f'<body lang="EN-US"><div class="WordSection1">{body}{header}{quoted.html}</div></body>', style)
    charset = "us-ascii" if "".join(shown).isascii() and quoted.text.isascii() else "windows-1252"
    agent = {"X-Mailer": "Microsoft Outlook 16.0", "Thread-Index": "AQHZ2f0eX2m1Xb1w=="}
    return Shape("" if html_only else plain, page, "quoted-printable", charset, headers=agent)


def thunderbird(typed: list[str], signature: str, quoted: Quoted, words: Words) -> Shape:
    """Thunderbird in plain text: format=flowed."""
    attribution = f"{words.thunderbird_date} {quoted.name} {words.wrote}"
    signed = ["", "-- ", *signature.split("\n")] if signature else []
    plain = f"{_flow(typed + signed)}\n\n{attribution}\n{_quote(quoted.text)}\n"
    return Shape(
        plain, "", "8bit", flowed=True, headers={"User-Agent": "Mozilla Thunderbird", "Content-Language": "en"}
    )


def thunderbird_html(typed: list[str], signature: str, quoted: Quoted, words: Words) -> Shape:
    """Thunderbird, which sends a message with any style as HTML alone."""
    attribution = html.escape(f"{words.thunderbird_date} {quoted.name} {words.wrote}")
    sign = f'<div class="moz-signature">-- <br>{signature.replace(chr(10), "<br>")}</div>' if signature else ""
    old = f'<div class="moz-cite-prefix">{attribution}<br></div><blockquote type="cite" cite="mid:a@example.com">'
    rows = _lines(typed, "    <p>", "</p>\n")
    return Shape("", _page(f"<body>\n{rows}{sign}{old}{quoted.html}</blockquote></body>"), "8bit", crlf=False)


def samsung(typed: list[str], signature: str, quoted: Quoted, words: Words, *, html_only: bool = False) -> Shape:
    """Samsung Email."""
    signed = signature or words.galaxy
    names = words.header[0], "Date" if words.language == "en" else "Tanggal", *words.header[2:]
    values = _who(quoted), "04/08/2026  10:30  (GMT+07:00)", "Budi Santoso <budi@example.com>", quoted.subject
    header = [f"{name}: {value} " for name, value in zip(names, values, strict=True)]
    rule = f"-------- {words.original} --------"
    plain = "\n".join([*typed, "", signed, "", rule + "".join(header), quoted.text])
    rows = _lines(typed, '<div dir="auto">')
    shown = signed.replace("\n", "<br>")
    sign = f'<div id="composer_signature" dir="auto"><div style="font-size:85%;color:#575757">{shown}</div></div>'
    block = f"<div>{rule}</div>{_lines([*header, ''], '<div>')}"
    old = f'<div><br></div><div align="left" style="font-size:100%;color:#000000" dir="auto">{block}</div>'
    page = _page(f'<body dir="auto">{rows}<div dir="auto"><br></div>{sign}{old}{quoted.html}</body>')
    return Shape("" if html_only else plain, page, "base64")


def apple_mail(typed: list[str], signature: str, quoted: Quoted, words: Words) -> Shape:
    """Mail of the Macintosh."""
    attribution = f"{words.ios_date} {_who(quoted)} {words.wrote}"
    signed = ["", *signature.split("\n")] if signature else []
    plain = "\n".join([*typed, *signed, "", f"> {attribution}", "> ", _quote(quoted.text)])
    wrap_ = "overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;"
    rows = _escaped(typed[0]) + _lines(typed[1:] + signed, "<div>")
    old = f'<div><br><blockquote type="cite"><div>{html.escape(attribution)}</div><br>{quoted.html}</blockquote></div>'
    headers = {"X-Mailer": "Apple Mail (2.3826.500.181.1.5)", "Mime-Version": "1.0 (Mac OS X Mail 16.0)"}
    return Shape(plain, _page(f'<body style="{wrap_}">{rows}{old}</body>'), headers=headers)


def yahoo_app(typed: list[str], signature: str, quoted: Quoted, words: Words) -> Shape:
    """Yahoo Mail on Android: the quote begins in the line of its introduction, without marks."""
    signed = signature or words.yahoo
    attribution = f"{words.gmail_app_date}, {quoted.name}<{quoted.address}> {words.wrote}"
    plain = "\n".join([*(f" {line}" for line in typed), "", signed, " ", f"  {attribution}   {quoted.text}"])
    old = f'<div class="yahoo_quoted"><div>{html.escape(attribution)}</div>{quoted.html}</div>'
    page = f"{_lines(typed, '<div>')}<br><div>{html.escape(signed)}</div><br>{old}"
    return Shape(plain, page, headers={"X-Mailer": "WebService/1.1.24187 YMailNovation"})


def yahoo_web(typed: list[str], signature: str, quoted: Quoted, words: Words) -> Shape:
    """Yahoo in a browser."""
    attribution = f"{words.yahoo_date} {_who(quoted)} {words.wrote}"
    signed = ["", *signature.split("\n")] if signature else []
    old_lines = "\n".join(f" {line}" for line in quoted.text.split("\n"))
    plain = "\n".join([*(f" {line}" for line in typed + signed), "", f"    {attribution}  ", " ", old_lines])
    style = "font-family:Helvetica Neue, Helvetica, Arial, sans-serif;font-size:16px;"
    rows = _lines(typed + signed, '<div dir="ltr" data-setdir="false">')
    old = f'<div id="ydp3ayahoo_quoted_1" class="yahoo_quoted"><div><div>{html.escape(attribution)}</div>{quoted.html}'
    return Shape(
        plain, f'<div class="ydp1yahoo-style-wrap" style="{style}">{rows}</div><div><br></div>{old}</div></div>'
    )


def zimbra(typed: list[str], signature: str, quoted: Quoted, words: Words, *, html_only: bool = False) -> Shape:
    """Zimbra in a browser."""
    shown = typed + (["", *signature.split("\n")] if signature else [])
    rule = "----- Original Message -----" if words.language == "en" else "----- Pesan Asli -----"
    plain = "\n".join([*shown, "", rule, _header_plain(quoted, words), "", quoted.text])
    rows = _lines(shown, "<div>", "</div>", '<br data-mce-bogus="1">')
    divider = (
        f'<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{_header_html(quoted, words)}</div>'
    )
    old = f'<div><br></div>{divider}<br><div data-marker="__QUOTED_TEXT__">{quoted.html}</div>'
    page = (
        f'<html><body><div style="font-family: arial; font-size: 12pt; color: #000000">{rows}{old}</div></body></html>'
    )
    return Shape("" if html_only else plain, page, "7bit", headers={"X-Mailer": "Zimbra 9.0.0_GA_4564"})


def roundcube(typed: list[str], signature: str, quoted: Quoted, words: Words) -> Shape:
    """Roundcube, the webmail of most hosters: plain text, hard lines, ISO 8859-1 where it is enough."""
    attribution = f"{words.on} 2026-08-04 10:30, {quoted.name} {words.wrote}"
    signed = ["", "-- ", *signature.split("\n")] if signature else []
    plain = f"{_flow(typed + signed)}\n\n{attribution}\n{_quote(quoted.text)}\n"
    return Shape(plain, "", "8bit", "iso-8859-1", flowed=True, headers={"User-Agent": "Roundcube Webmail/1.6.9"})


CLIENTS: dict[str, Maker] = {
    "iOS Mail": ios_mail,
    "iOS Mail on Exchange": ios_exchange,
    "Gmail app": gmail_app,
    "Gmail web": gmail_web,
    "Gmail as HTML alone": gmail_html,
    "Outlook for iOS": partial(_outlook_mobile, system="iOS", html_only=False),
    "Outlook for Android as HTML alone": partial(_outlook_mobile, system="Android", html_only=True),
    "Outlook desktop": partial(_outlook_desktop, html_only=False),
    "Outlook desktop as HTML alone": partial(_outlook_desktop, html_only=True),
    "Outlook desktop with a span per word": partial(_outlook_desktop, html_only=True, spans=True),
    "Thunderbird": thunderbird,
    "Thunderbird as HTML alone": thunderbird_html,
    "Samsung Email": samsung,
    "Samsung Email as HTML alone": partial(samsung, html_only=True),
    "Apple Mail": apple_mail,
    "Yahoo app": yahoo_app,
    "Yahoo web": yahoo_web,
    "Zimbra": zimbra,
    "Zimbra as HTML alone": partial(zimbra, html_only=True),
    "Roundcube": roundcube,
}
LANGUAGES = {"English": ENGLISH, "Indonesian": INDONESIAN}
