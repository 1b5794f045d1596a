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

GOLDEN = Path(__file__).parent.parent / "golden" / "transcripts"

# By verb: what comes before, in a mail of its own ("" = nothing); the mail in English, and in Indonesian.
MAILS: dict[str, tuple[str, str, str]] = {
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
    "merge": ("", "#merge 1002", "#gabung 1002"),
    "split": ("", "#split New laptop for Rita", "#pisah Laptop baru untuk Rita"),
    "link": ("", "#link 1002", "#kait 1002"),
    "unlink": ("#link 1002", "#unlink 1002", "#lepas 1002"),
    "dup": ("", "#dup 1002", "#ganda 1002"),
}
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
    desk = Helpdesk(sqlite_database, tmp_path, now, more=MORE, helpdesk=f'language = "{language}"')
    desk.rita.writes("Printer", "The printer on floor 2 jams since this morning. Please help.")
    desk.budi.writes("Paper stuck", "Paper is stuck in the printer of floor 2 again. Please help.")
    before, *mails = MAILS[verb]
    if verb == "split":
        desk.rita.answers(desk.rita.last, "By the way, I need a new laptop.")
    technician = desk.technician_of()
    request = technician.last
    if before:
        technician.answers(request, before)
    text = mails[language == "id"]
    assert verb in {call.command.name for call in parse(text).calls}
    desk.technician_of().answers(request, text)
    read = _without_reference(text_of(desk.notices(technician.address, "transcript")[-1]))
    path = GOLDEN / language / f"{verb}.txt"
    if os.environ.get("MAILBOT_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(read, "utf-8")
    assert path.read_text("utf-8") == read, f"{path} differs: if that is meant, run with MAILBOT_UPDATE_GOLDEN=1"


def _without_reference(text: str) -> str:
    """The text with one reference for all: it depends on the identity of the database."""
    return re.sub(r"\b[A-Z2-7]{4}-[A-Z2-7]{4}\b", "K7QX-2M4P", text)


def test_nothing_is_kept_here_that_no_command_says() -> None:
    kept = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.txt")}
    assert kept == {f"{language}/{verb}.txt" for language in ("en", "id") for verb in MAILS}
