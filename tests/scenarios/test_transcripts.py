"""What a technician reads about each command, in both languages. MAILBOT_UPDATE_GOLDEN=1 writes the texts anew."""

import os
import re
from datetime import datetime
from pathlib import Path

import pytest
from world import Helpdesk
from world.helpdesk import text_of

from mailbot.adapters.db import Database
from mailbot.core.commands import parse
from mailbot.core.commands.registry import COMMANDS

GOLDEN = Path(__file__).parent.parent / "golden" / "transcripts"

# By verb: what comes before, in a mail of its own ("" = nothing); the mail in English, and in Indonesian.
MAILS: dict[str, tuple[str, str, str]] = {
    "take": ("", "#take", "#ambil"),
    "assign": ("", "#assign Nina", "#tugaskan Nina"),
    "prio": ("", "#prio critical", "#prioritas kritis"),
    "category": ("", "#category network", "#kategori network"),
    "note": (
        "",
        "#note The spare part costs 120 euro.\n#end\n\nDear Rita, we ordered a part.",
        "#catatan Suku cadangnya Rp1.900.000.\n#akhir\n\nBu Rita, suku cadang sudah kami pesan.",
    ),
    "wait": (
        "",
        "#wait 2d\n\nDear Rita, does it jam with other paper too?",
        "#tunggu 2 hari\n\nBu Rita, apakah kertas lain juga macet?",
    ),
    "resolve": (
        "",
        "#resolve The fuser was replaced.\n\nDear Rita, please try it again.",
        "#selesai Fuser sudah diganti.\n\nBu Rita, silakan coba lagi.",
    ),
    "close": ("", "#close", "#tutup"),
    "reopen": ("#close", "#reopen", "#buka"),
    "quiet": ("", "#quiet\n#resolve The fuser was replaced.", "#diam\n#selesai Fuser sudah diganti."),
    "end": ("", "#diagnosis\nThe fuser is worn.\n#end", "#penyebab\nFuser sudah aus.\n#akhir"),
    "help": ("", "#help wait", "#bantuan tunggu"),
    "go": ("#prio hihg\n\nDear Rita, we look after it.", "#go", "#kirim"),
    "accept": ("", "#accept", "#terima"),
    "new": ("", "#new", "#baru"),
    "spam": ("", "#spam", "#sampah"),
    "impact": ("", "#impact department", "#dampak bagian"),
    "urgency": ("", "#urgency high", "#urgensi tinggi"),
    "team": ("", "#team network", "#tim network"),
    "title": ("", "#title Printer on floor 2 jams", "#judul Printer lantai 2 macet"),
    "tag": ("", "#tag +vip +floor2", "#label +vip +lantai2"),
    "hold": ("#take", "#hold spare part ordered until 9 Aug", "#tahan suku cadang dipesan sampai 9 Agustus"),
    "vendor": (
        "",
        "#vendor acme RMA-4711\n\nThe fuser is worn. Which part do we need?",
        "#pemasok acme RMA-4711\n\nFuser sudah aus. Suku cadang apa yang diperlukan?",
    ),
    "diagnosis": ("", "#diagnosis The fuser is worn.", "#penyebab Fuser sudah aus."),
    "workaround": (
        "",
        "#workaround\nPlease print on floor 3,\nuntil the part is here.\n#end\n\nDear Rita, please print on floor 3.",
        "#sementara\nCetak di lantai 3,\nsampai suku cadang tiba.\n#akhir\n\nBu Rita, mohon cetak di lantai 3.",
    ),
    "resolution": (
        "",
        "#resolve\n#resolution The fuser was replaced.\n#prevention Use paper of 80 g.",
        "#selesai\n#solusi Fuser diganti.\n#pencegahan Pakai kertas 80 g.",
    ),
    "prevention": ("#resolve Replaced.", "#prevention Use paper of 80 g.", "#pencegahan Pakai kertas 80 g."),
    "time": ("#time 15m", "#time 1h 30m", "#waktu 1,5 jam"),
    "cc": ("", "#cc dewi@client.example, rita@client.example", "#tembusan dewi@client.example, rita@client.example"),
    "uncc": ("#cc dewi@client.example", "#uncc dewi@client.example", "#hapustembusan dewi@client.example"),
    "escalate": (
        "#take",
        "#escalate L2 the switch of the printer is broken",
        "#eskalasi L2 switch printernya rusak",
    ),
    "remote": ("", "#remote", "#jarakjauh"),
    "undo": ("#resolve The fuser was replaced.", "#undo", "#batal"),
    "list": ("#prio high", "#list", "#daftar"),
    "show": ("#note Kyocera, second tray.", "#show", "#lihat"),
    "find": ("#resolve The fuser was replaced.", "#find printer fuser", "#cari printer fuser"),
    "kb": (
        "#resolve The fuser was replaced.",
        "#kb draft Paper jams behind the drawer",
        "#artikel konsep Kertas macet di belakang laci",
    ),
    "source": ("", "#source phone", "#sumber telepon"),
    "away": ("", "#away until 9 Aug", "#cuti sampai 9 Agustus"),
    "back": ("#away", "#back", "#kembali"),
    "for": (
        "",
        "#for budi@client.example Budi Hartono\n#source phone\n\nThe screen is dark.",
        "#untuk budi@client.example Budi Hartono\n#sumber telepon\n\nLayarnya gelap.",
    ),
    "merge": ("", "#merge 1002", "#gabung 1002"),
    "split": ("", "#split New laptop for Rita", "#pisah Laptop baru untuk Rita"),
    "link": ("", "#link 1002", "#kait 1002"),
    "unlink": ("#link 1002", "#unlink 1002", "#lepas 1002"),
    "dup": ("", "#dup 1002", "#ganda 1002"),
}
ON_HELD = {"go", "accept", "new", "spam"}
"""What answers the mail about something that is held."""
NOTICES = {"list": "worklist", "show": "record", "find": "found"}
"""What verbs that only ask bring instead of a transcript."""
MORE = """
[[teams]]
name = "network"

[[technicians]]
email = "nina@example.com"
name = "Nina Network"
teams = ["network"]
level = 2

[[vendors]]
name = "Acme Printing"
address = "rma@acme.example"

[remote_support]
link = "https://remote.example.com/join?reference={reference}"
text = { en = "Please start QuickHelp.", id = "Silakan buka QuickHelp." }
"""


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("verb", MAILS)
def test_a_transcript_reads_as_it_is_kept_here(
    sqlite_database: Database, tmp_path: Path, now: datetime, verb: str, language: str
) -> None:
    desk = Helpdesk(sqlite_database, tmp_path, now, more=MORE, helpdesk=f'language = "{language}"', undo_window="30s")
    desk.rita.writes("Printer", "The printer on floor 2 jams since this morning. Please help.")
    desk.budi.writes("Paper stuck", "Paper is stuck in the printer of floor 2 again. Please help.")
    before, *mails = MAILS[verb]
    if verb == "split":
        desk.rita.answers(desk.rita.last, "By the way, I need a new laptop.")
    technician = desk.technician_of()
    request = technician.last
    if before:
        technician.answers(request, before)
    if verb in ON_HELD:
        if not before:
            desk.mallory.writes("Re: [HD-1001] Printer", "I have the same trouble in the office next door.")
        request = technician.last
    text = mails[language == "id"]
    assert verb in {"end", *(call.command.name for call in parse(text).calls)}
    if verb == "for":  # It begins something new.
        technician.writes("Screen", text)
        technician.answers(technician.last, "#go")
    else:
        desk.technician_of().answers(request, text)
    read = _without_chance(text_of(desk.notices(technician.address, NOTICES.get(verb, "transcript"))[-1]))
    path = GOLDEN / language / f"{verb}.txt"
    if os.environ.get("MAILBOT_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(read, "utf-8")
    assert path.read_text("utf-8") == read, f"{path} differs: if that is meant, run with MAILBOT_UPDATE_GOLDEN=1"


def _without_chance(text: str) -> str:
    """The text with one reference, code and token for all: they depend on the identity of the database."""
    text = re.sub(r"1001\.t\.[0-9a-z]+\.[a-z2-7]{10}\.[a-z2-7]{26}", "1001.t.1v4.7gq2kd3wna.axvbp5nk2b", text)
    text = re.sub(r"\b[A-Z2-7]{4}-[A-Z2-7]{4}\b", "K7QX-2M4P", text)
    return re.sub(r"(#undo|#batal) [A-Z0-9]{6}\b", r"\1 K7PQ3X", text)


def test_each_command_is_kept_here_and_nothing_else() -> None:
    assert set(COMMANDS) == set(MAILS)
    kept = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.txt")}
    assert kept == {f"{language}/{verb}.txt" for language in ("en", "id") for verb in MAILS}
