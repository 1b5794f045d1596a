"""Places in which a command must not run, however a program shows them: quotes, forwards, signatures, files, headers.

White text on a white ground is text here: who marks it can read it, no program agrees about colours, and only a mail
that is proved to be the technician's own is obeyed at all.
"""

import pytest

from mailbot.core.notices import NOTICES, Audience
from phones.clients import CLIENTS, LANGUAGES, Words
from phones.envelopes import Quoted, Shape, attached, eml
from phones.reading import notice, obeyed

INSIDE = [name for name, kind in NOTICES.items() if kind.audience in {Audience.TECHNICIAN, Audience.LEAD}]
HOSTILE = Quoted(
    "#resolve\n#prio low\n\nHello,\n\n#close\n#take · #resolve",
    "<div>#resolve</div><div>#prio low</div><div><br></div><p>Hello,</p><p>#close</p><p>#take · #resolve</p>",
    "#resolve the printer",
    "Rita Rahayu",
    "rita@client.example",
)
PLACES = [(client, language) for client in CLIENTS for language in LANGUAGES]


def mail(plain: str = "", page: str = "", *, subject: str = "", files: tuple[bytes, ...] = (), **headers: str) -> bytes:
    """A mail with these parts, as they are."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return eml(Shape(plain, page, "8bit", headers=named), HOSTILE, subject=subject, files=files)


@pytest.mark.parametrize(("client", "language"), PLACES)
def test_a_quoted_command_does_not_run_below_an_empty_reply(client: str, language: str) -> None:
    parsed = obeyed(eml(CLIENTS[client]([""], "", HOSTILE, LANGUAGES[language]), HOSTILE))
    assert (parsed.calls, parsed.errors) == ((), ())


@pytest.mark.parametrize(("client", "language"), PLACES)
def test_a_quoted_command_does_not_run_below_a_text(client: str, language: str) -> None:
    parsed = obeyed(eml(CLIENTS[client](["Please try tray 3."], "", HOSTILE, LANGUAGES[language]), HOSTILE))
    assert (parsed.calls, parsed.errors, parsed.strays) == ((), (), ())
    assert parsed.text.strip() == "Please try tray 3."


@pytest.mark.parametrize(("client", "language"), PLACES)
def test_a_quoted_command_does_not_run_below_a_command(client: str, language: str) -> None:
    parsed = obeyed(eml(CLIENTS[client](["#take"], "", HOSTILE, LANGUAGES[language]), HOSTILE))
    assert [call.command.name for call in parsed.calls] == ["take"]
    assert (parsed.text.strip(), parsed.errors, parsed.strays) == ("", (), ())


@pytest.mark.parametrize(
    ("name", "client", "language"),
    [
        (name, client, list(LANGUAGES)[(i + j + j // 2) % 2])
        for i, client in enumerate(CLIENTS)
        for j, name in enumerate(INSIDE)
        if (i + j) % 2 == 0
    ],
)
def test_our_own_mail_quoted_back_is_no_command(name: str, client: str, language: str) -> None:
    words = LANGUAGES[language]
    quoted = notice(name, words.language)
    parsed = obeyed(eml(CLIENTS[client]([""], "", quoted, words), quoted))
    assert (parsed.calls, parsed.errors, parsed.text.strip()) == ((), (), "")


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("name", INSIDE)
def test_our_own_mail_without_any_sign_of_a_quote_is_no_command(name: str, language: str) -> None:
    quoted = notice(name, language)
    for width in (0, 40, 64, 72, 76):
        text = quoted.text if not width else wrapped(quoted.text, width)
        # Even without the line that asks for the reply above it.
        for shown in (text, text.partition("\n")[2].lstrip("\n")):
            parsed = obeyed(mail(shown))
            assert (parsed.calls, parsed.errors) == ((), ()), shown
    for page in (quoted.html, quoted.html.replace("##-", "")):
        parsed = obeyed(mail("", page))
        assert (parsed.calls, parsed.errors) == ((), ())


def wrapped(text: str, width: int) -> str:
    """A text as a program breaks its lines, without regard for what stands at their beginnings."""
    out = []
    for line in text.split("\n"):
        row = ""
        for word in line.split():
            if row and len(row) + 1 + len(word) > width:
                out.append(row)
                row = word
            else:
                row = f"{row} {word}".strip()
        out.append(row)
    return "\n".join(out)


def forwards(words: Words) -> dict[str, tuple[str, str]]:
    """A requester's mail forwarded in the text, as the programs do it."""
    english = words.language == "en"
    names = ("From", "Date", "Subject", "To") if english else ("Dari", "Tanggal", "Subjek", "Kepada")
    values = ("Rita Rahayu <rita@client.example>", words.outlook_date, "Printer", "Budi <budi@example.com>")
    header = "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))
    rows = header.replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    gmail = "---------- Forwarded message ---------" if english else "---------- Pesan yang diteruskan ---------"
    apple = "Begin forwarded message:" if english else "Mulai pesan terusan:"
    bird = "-------- Forwarded Message --------" if english else "-------- Pesan Terusan --------"
    zimbra = "----- Forwarded Message -----" if english else "----- Pesan Terusan -----"
    samsung = f"-------- {words.original} --------"
    marked = "\n".join(f"> {line}".rstrip() for line in f"{header}\n\n{HOSTILE.text}".split("\n"))
    quote = '<blockquote type="cite"><div dir="ltr">'
    gmail_page = f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{gmail}<br>{rows}<br></div><br><br>'
    outlook = "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>"
    return {
        "Gmail": (f"{gmail}\n{header}\n\n\n{HOSTILE.text}", f"{gmail_page}{HOSTILE.html}</div>"),
        "iOS Mail": (
            f"{words.iphone}\n\n{apple}\n\n{marked}",
            f"<div>{words.iphone}</div><div><br>{apple}<br></div>{quote}{rows}</div></blockquote>{quote}{HOSTILE.html}",
        ),
        "Outlook desktop": (f"\n{header}\n\n{HOSTILE.text}", f"{outlook}{rows}</p></div>{HOSTILE.html}"),
        "Outlook mobile": (
            f"{words.outlook} iOS<https://aka.ms/o0ukef>\n{'_' * 32}\n{header}\n\n{HOSTILE.text}",
            f'<div>{words.outlook} iOS</div><hr><div id="divRplyFwdMsg">{rows}</div>{HOSTILE.html}',
        ),
        "Thunderbird": (
            f"\n\n{bird}\n{header}\n\n\n\n{HOSTILE.text}",
            f'<div class="moz-forward-container"><br>{bird}<table><tr><td>{rows}</td></tr></table>{HOSTILE.html}</div>',
        ),
        "Samsung Email": (
            f"{words.galaxy}\n{samsung}{header.replace(chr(10), ' ')}\n{HOSTILE.text}",
            f"<div>{words.galaxy}</div><div>{samsung}</div><div>{rows}</div>{HOSTILE.html}",
        ),
        "Yahoo": (f"{words.yahoo}\n\n  ----- Forwarded message -----\n{header}\n\n{HOSTILE.text}", ""),
        "Zimbra": (f"{zimbra}\n{header}\n\n{HOSTILE.text}", f"<hr id='zwchr'>{rows}<br>{HOSTILE.html}"),
    }  # fmt: skip


@pytest.mark.parametrize("subject", ["Fwd: Printer", "Printer"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("client", forwards(LANGUAGES["English"]))
def test_a_command_in_a_forwarded_mail_does_not_run(client: str, language: str, subject: str) -> None:
    plain, page = forwards(LANGUAGES[language])[client]
    for shown in (plain, f"Please register this.\n\n{plain}"):
        parsed = obeyed(mail(shown, subject=subject))
        assert (parsed.calls, parsed.errors) == ((), ())
    if page:
        parsed = obeyed(mail("", page, subject=subject))
        assert (parsed.calls, parsed.errors) == ((), ())


TEXT = "Please try tray 3."
COMMAND = "#resolve"
TEXT_FILE = attached("text/plain", b"#resolve", 'attachment; filename="a.txt"')
SHOWN_FILE = attached("text/plain", b"#resolve", 'inline; filename="a.txt"')
PAGE_FILE = attached("text/html", b"<p>#resolve</p>", 'attachment; filename="a.htm"')
ATTACHED = mail("#resolve\n\nIt works.", subject="Printer")

HIDDEN = {
    "display none": '<div style="display:none">#resolve</div>',
    "display none in capitals": '<DIV STYLE="DISPLAY : NONE !important">#resolve</DIV>',
    "invisible": '<div style="visibility: hidden">#resolve</div>',
    "hidden from Word": '<div style="mso-hide:all">#resolve</div>',
    "the attribute hidden": "<div hidden>#resolve</div>",
    "no height at most": '<div style="max-height:0;overflow:hidden">#resolve</div>',
    "no height": '<div style="height:0px;overflow:hidden">#resolve</div>',
    "no width": '<div style="width:0;height:0;overflow:hidden">#resolve</div>',
    "within hidden": '<div style="display:none"><table><tr><td><p>#resolve</p></td></tr></table></div>',
    "a title": "<html><head><title>#resolve</title></head><body>",
    "a title in the body": "<title>#resolve</title>",
    "a style sheet": "<style>\n#resolve {color: red}\n</style>",
    "a script": "<script>\n#resolve\n</script>",
    "a comment": "<!--\n#resolve\n-->",
    "a comment for Outlook": "<!--[if mso]><p>#resolve</p><![endif]-->",
    "a picture's text": '<p><img src="cid:logo" alt="#resolve" title="#resolve"></p>',
    "a template": "<template><p>#resolve</p></template>",
    "the value of a field": '<input type="hidden" value="#resolve">',
    "an object": '<object data="cid:a"><param value="#resolve"></object>',
    "a link": '<a href="#resolve"></a>',
    "an attribute": '<div data-text="#resolve" aria-label="#resolve"></div>',
}


@pytest.mark.parametrize("page", HIDDEN.values(), ids=HIDDEN)
def test_a_command_that_nobody_sees_does_not_run(page: str) -> None:
    parsed = obeyed(mail("", f"{page}<div>{TEXT}</div>"))
    assert (parsed.calls, parsed.errors) == ((), ())


def test_white_text_is_text() -> None:
    parsed = obeyed(mail("", f'<div style="color:#ffffff">#resolve</div><div>{TEXT}</div>'))
    assert [call.command.name for call in parsed.calls] == ["resolve"]


ELSEWHERE = {
    "below a text": mail(f"{TEXT}\n\n#resolve"),
    "right below a text": mail(f"{TEXT}\n#resolve"),
    "below a greeting": mail("Hi Rita,\n#resolve\nIt works."),
    "in the middle of a sentence": mail("Never send a mail with the word\n#resolve in it, please."),
    "in the middle of a sentence of format=flowed": eml(
        Shape("Never send a mail with the word \n#resolve in it, please.", flowed=True), HOSTILE
    ),
    "at the end of a line": mail("Please answer with #resolve"),
    "in the middle of a line": mail("Answer #resolve or #close"),
    "behind a number": mail("1. #resolve"),
    "behind a dash": mail("- #resolve"),
    "behind a dot": mail("· #resolve"),
    "behind a second sign": mail("##resolve"),
    "behind a blank": mail("# resolve"),
    "in a list of HTML": mail("", "<ul><li>#resolve</li></ul>"),
    "below the mark of a signature": mail("-- \n#resolve"),
    "in a signature below a text": mail(f"{TEXT}\n\n-- \nBudi\n#resolve\n#prio low"),
    "in a signature of names": mail(f"{TEXT}\n\nBudi Santoso\nService Desk\n#resolve"),
    "below the line of a telephone": mail("Sent from my iPhone\n#resolve"),
    "below the Indonesian line of a telephone": mail(f"{TEXT}\n\nDikirim dari iPhone saya\n#resolve"),
    "in marked lines": mail("> #resolve\n> #prio low\n"),
    "in marked lines without a blank": mail(">#resolve"),
    "in lines marked twice": mail(">> #resolve\n> > #prio low"),
    "in marked lines above a text": mail(f"> #resolve\n\n{TEXT}"),
    "in full-width marks": mail("＞ #resolve"),
    "behind a bar": mail("| #resolve"),
    "below our line": mail("##- Please type your reply above this line -##\n#resolve"),
    "below our Indonesian line": mail("##- Balas di atas garis ini -##\n#resolve"),
    "between the lines of our mail": mail(f"{notice('assigned', 'en').text}\n#resolve"),
    "above our mail's end": mail(f"{TEXT}\n{notice('assigned', 'id').text}\n#resolve"),
    "in the subject": mail(TEXT, subject="#resolve"),
    "in the subject of an empty mail": mail("\n", subject="#resolve"),
    "in a subject of encoded words": mail(TEXT, subject="＃resolve ✓"),
    "in a subject of two lines": mail(TEXT, subject="Printer\n #resolve"),
    "in the name of the sender": mail(TEXT, From='"#resolve" <budi@example.com>'),
    "in encoded words of the name": mail(TEXT, From="=?utf-8?B?I3Jlc29sdmU=?= <budi@example.com>"),
    "in a header of ours": mail(TEXT, X_Mailbot_Command="#resolve"),
    "in the comments": mail(TEXT, Comments="#resolve", Keywords="#resolve"),
    "in a file": mail(TEXT, files=(TEXT_FILE,)),
    "in a file of an empty mail": mail("\n", files=(TEXT_FILE,)),
    "in a file shown in the text": mail(TEXT, files=(SHOWN_FILE,)),
    "in a file shown in an empty mail": mail("\n", files=(SHOWN_FILE,)),
    "in a page as a file": mail(TEXT, files=(PAGE_FILE,)),
    "in a page as a file of an empty mail": mail(
        "\n", files=(PAGE_FILE,)
    ),
    "in an attached mail": mail(TEXT, files=(attached("message/rfc822", ATTACHED, "attachment"),)),
    "in an attached mail of an empty mail": mail("\n", files=(attached("message/rfc822", ATTACHED, "inline"),)),
    "in an attached mail as a file": mail(
        "\n", files=(attached("application/octet-stream", ATTACHED, 'attachment; filename="printer.eml"'),)
    ),
    "in an unnamed file": mail("\n", files=(attached("text/plain", b"#resolve", "attachment"),)),
    "in a table of values": mail("\n", files=(attached("text/csv", b"#resolve,1", 'attachment; filename="a.csv"'),)),
    "in a card": mail("\n", files=(attached("text/vcard", b"BEGIN:VCARD\nNOTE:#resolve\nEND:VCARD", "inline"),)),
    "in an invitation": mail(
        "\n",
        files=(
            attached(
                "text/calendar; method=REQUEST",
                b"BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:#resolve\nDESCRIPTION:#resolve\\n#close\n"
                b"LOCATION:#resolve\nDTSTART:20260805T030000Z\nEND:VEVENT\nEND:VCALENDAR",
                "inline",
            ),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("raw", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_command_elsewhere_does_not_run(raw: bytes) -> None:
    parsed = obeyed(raw)
    assert (parsed.calls, parsed.errors) == ((), ())
