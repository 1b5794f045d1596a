"""What technicians type: a name, the lines, the commands that are meant, and the text that is for the requester."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Typed:
    """Some lines as they were typed, and what they mean; `signature` is what the program adds, "" for its own."""

    name: str
    text: str
    calls: tuple[tuple[str, str], ...]
    rest: str = ""
    signature: str = ""
    errors: int = 0


_LONG = "Printer on the second floor prints nothing but blank pages since the toner was changed last week"
_LONG_ID = "Printer di lantai dua hanya mencetak halaman kosong sejak tonernya diganti pada hari Senin yang lalu"
_TEXT = "Your printer works again: the cable behind it was loose, and one of the two trays had been pushed in askew."
_BLOCK = "Budi Santoso\nService Desk\nTel. +62 21 5550 123"
_TAKE = (("take", ""),)
_CLOSE = (("close", ""),)

TYPED = (
    Typed("a bare command", "#take", _TAKE),
    Typed("a capital that the keyboard made", "#Close", _CLOSE),
    Typed("capitals only", "#TAKE", _TAKE),
    Typed("blanks before it", "   #take", _TAKE),
    Typed("a blank behind it", "#take ", _TAKE),
    Typed("a no-break space before it", "\u00a0#take", _TAKE),
    Typed("no-break spaces around the value", "#prio\u00a0high\u00a0", (("prio", "high"),)),
    Typed("a zero-width space before it", "\u200b#take", _TAKE),
    Typed("a zero-width joiner inside it", "#ta\u200dke", _TAKE),
    Typed("a byte order mark before it", "\ufeff#take", _TAKE),
    Typed("a full-width sign", "＃take", _TAKE),
    Typed("the full stop of two blanks", "#prio. high", (("prio", "high"),)),
    Typed("a full stop at the end", "#Close.", _CLOSE),
    Typed("a colon", "#prio: high", (("prio", "high"),)),
    Typed("a colon without a blank", "#prio:high", (("prio", "high"),)),
    Typed("an equals sign", "#prio = high", (("prio", "high"),)),
    Typed("smart quotes around a name", "#assign “Siti Aminah”", (("assign", "Siti Aminah"),)),
    Typed("an apostrophe that was made smart", "#title Rita’s printer", (("title", "Rita's printer"),)),
    Typed("a dash that was made smart", "#wait until 2026–08–09", (("wait", "until 2026-08-09"),)),
    Typed("a no-break hyphen", "#team Service\u2011Desk", (("team", "Service-Desk"),)),
    Typed("accents in a value", "#assign René Müller", (("assign", "René Müller"),)),
    Typed("a date in English", "#wait until 9 Aug", (("wait", "until 9 Aug"),)),
    Typed("a date in Indonesian", "#tunggu sampai 9 Agustus", (("wait", "sampai 9 Agustus"),)),
    Typed("Indonesian words", "#ambil\n#prioritas tinggi", (("take", ""), ("prio", "tinggi"))),
    Typed("Indonesian words with capitals", "#Selesai\n#Waktu 15 menit.", (("resolve", ""), ("time", "15 menit"))),
    Typed("three commands", "#take\n#prio high\n#time 15m", (*_TAKE, ("prio", "high"), ("time", "15m"))),
    Typed("blank lines between commands", "#take\n\n#prio high\n\n\n#quiet", (*_TAKE, ("prio", "high"), ("quiet", ""))),
    Typed("blank lines above", "\n\n#take", _TAKE),
    Typed("a text below a blank line", f"#resolve\n\n{_TEXT}", (("resolve", ""),), _TEXT),
    Typed("a text right below", f"#take\n{_TEXT}", _TAKE, _TEXT),
    Typed("a letter below", f"#resolve\n\nHi Rita,\n\n{_TEXT}", (("resolve", ""),), f"Hi Rita,\n\n{_TEXT}"),
    Typed("an Indonesian letter below", "#selesai\n\nHalo Bu Rita,\nprinternya sudah normal kembali 🙏",
          (("resolve", ""),), "Halo Bu Rita,\nprinternya sudah normal kembali 🙏"),
    Typed("a text with an emoji", "#take\n\nOn my way 🚀", _TAKE, "On my way 🚀"),
    Typed("a heading and a number in the text", "#take\n\n#1234 is the same\n# yes", _TAKE, "#1234 is the same\n# yes"),
    Typed("a note in its line", "#note Called him, no answer.", (("note", "Called him, no answer."),)),
    Typed("a note with an emoji", "#note 👍 spoke to Rita", (("note", "👍 spoke to Rita"),)),
    Typed("a note of several lines", "#note\nCalled him.\nWill try at 14:00.\n#end\nI could not reach you.",
          (("note", "Called him.\nWill try at 14:00."),), "I could not reach you."),
    Typed("a note with a blank line", "#Catatan\nKabel longgar.\n\nTray 2 rusak.\n#Akhir\n\nSudah beres, Bu.",
          (("note", "Kabel longgar.\n\nTray 2 rusak."),), "Sudah beres, Bu."),
    Typed("a note up to the next command", "#note\nToner was empty.\n#resolve\n\nIt prints again.",
          (("note", "Toner was empty."), ("resolve", "")), "It prints again."),
    Typed("a solution and prevention", "#solution\nNew cable.\n#prevention\nFix the cable to the desk.\n#resolve",
          (("resolution", "New cable."), ("prevention", "Fix the cable to the desk."), ("resolve", ""))),
    Typed("a long title", f"#title {_LONG}", (("title", _LONG),)),
    Typed("a long title and a text", f"#judul {_LONG_ID}\n\nSedang saya periksa, Bu.", (("title", _LONG_ID),),
          "Sedang saya periksa, Bu."),
    Typed("a long title and a command below", f"#title {_LONG}\n#prio high", (("title", _LONG), ("prio", "high"))),
    Typed("a long title and a text right below", f"#title {_LONG}\nOn my way.", (("title", _LONG),), "On my way."),
    Typed("a long note", f"#note {_TEXT}", (("note", _TEXT),)),
    Typed("an address", "#cc siti.aminah@example.com", (("cc", "siti.aminah@example.com"),)),
    Typed("two addresses", "#cc siti@example.com, andi@example.com", (("cc", "siti@example.com, andi@example.com"),)),
    Typed("a name block below a command", "#take", _TAKE, signature=_BLOCK),
    Typed("a closing and a name block", f"#resolve\n\n{_TEXT}\n\nRegards,\nBudi", (("resolve", ""),), _TEXT),
    Typed("a question", "#list team", (("list", "team"),)),
    Typed("the question mark", "#?", (("help", ""),)),
    Typed("a typing error", "#reslove", (), errors=1),
    Typed("a typing error below a good line", f"#take\n#pirority high\n\n{_TEXT}", _TAKE, _TEXT, errors=1),
    Typed("no command at all", _TEXT, (), _TEXT),
    Typed("nothing at all", "", ()),
)  # fmt: skip
