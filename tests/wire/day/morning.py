"""The morning: a printer, a password, a vendor, a call on the phone, and mail that is not what it seems to be."""

from phones.envelopes import attached
from wire.day.cast import CANARY, PASSWORD, PRINTER, PROJECTOR, SAME_SCREEN, SCREEN, Cast
from wire.day.town import code_of, files_of

SLIP = "the salaries of everybody are in this list"
"""What Tess nearly sent to Carla."""

FORWARDED = """---------- Forwarded message ---------
From: Frank Fischer <frank@client.example>
Date: Tue, 4 Aug 2026 at 09:12
Subject: Projector is dark
To: Tess Tech <tess@example.com>


The projector of the big meeting room stays dark.
#close
"""


def the_first_two_mails(c: Cast) -> None:
    c.rita.writes("Printer jams", "The printer on floor 2 jams since this morning. Please help.\n\nRita")
    c.budi.writes(
        "Lupa kata sandi", "Selamat pagi, saya lupa kata sandi dan tidak bisa masuk. Mohon bantuannya.\n\nBudi"
    )
    c.rita.reads("acknowledgement", "We have received your request", PRINTER)
    c.budi.reads("acknowledgement", "Terima kasih", PASSWORD)
    c.tess.reads("assigned", "The printer on floor 2 jams", PRINTER)
    c.tess.reads("assigned", "saya lupa kata sandi", PASSWORD)


def tess_looks_after_the_printer(c: Cast) -> None:
    jam = c.tess.mail("assigned", PRINTER)
    c.tess.does(
        jam, "#take\n#impact department\n#urgency low\n#tag +floor2 +vip\n\nHello Rita,\n\nis tray 3 open?\n\nTess"
    )
    c.town.sees(PRINTER, status="open", impact="department", urgency="low", priority="normal", tags=["floor2", "vip"])
    question = c.rita.reads("reply", "is tray 3 open?", PRINTER)
    photo = attached("image/jpeg", b"a photo of tray 3", 'attachment; filename="tray.jpg"')
    c.rita.answers(question, "Yes, tray 3 was open. It still jams.", files=(photo,))
    files_of_it = files_of(c.tess.reads("requester_replied", "It still jams.", PRINTER))
    assert {name: content.strip() for name, content in files_of_it.items()} == {"tray.jpg": b"a photo of tray 3"}
    c.tess.does(
        jam, f"#tag -vip\n#note {CANARY}: this printer is to be replaced.\n#end\n\nI am on my way.\n\nTess", "internal"
    )
    c.town.sees(PRINTER, tags=["floor2"], has_internal=True)
    c.rita.reads("reply", "I am on my way.", PRINTER)


def dewi_reads_along(c: Cast) -> None:
    jam = c.tess.mail("assigned", PRINTER)
    c.tess.does(jam, f"#cc {c.dewi.address}\n#wait until tomorrow\n\nWho opens the room of the printer?\n\nTess")
    c.town.sees(PRINTER, status="pending")
    c.rita.reads("reply", "Who opens the room", PRINTER)
    c.dewi.answers(c.dewi.reads("reply", "Who opens the room", PRINTER), "I open it at ten.")
    c.tess.reads("requester_replied", "I open it at ten.", PRINTER)
    c.town.sees(PRINTER, status="open", wait_until=None)


def a_vendor_is_asked(c: Cast) -> None:
    jam = c.tess.mail("assigned", PRINTER)
    c.tess.does(
        jam,
        f"#diagnosis {CANARY}: the drum has run dry.\n#vendor acme RMA-4711\n\nThe fuser is worn. Which part is it?",
        "The ticket waits for Acme Printing (RMA-4711).",
    )
    c.town.sees(PRINTER, status="on_hold")
    c.acme.answers(c.acme.reads("vendor", "Your reference: RMA-4711."), f"Part F-40, for 200 dollars ({CANARY}).")
    offer = c.tess.reads("vendor_replied", "Part F-40", PRINTER)
    c.town.sees(PRINTER, status="open")
    c.tess.answers(offer, "Please send one to our office.")
    c.acme.reads("vendor", "Please send one", PRINTER)
    c.tess.does(offer, "#vendor acme\n\nWhen does it arrive?")
    c.acme.reads("vendor", "When does it arrive?", PRINTER)
    c.town.sees(PRINTER, status="on_hold")
    c.tess.does(jam, "#vendor done")
    c.town.sees(PRINTER, status="open")


def joko_takes_over_the_password(c: Cast) -> None:
    c.tess.does(c.tess.mail("assigned", PASSWORD), f"#assign joko\n#note {CANARY}: he writes it on paper.", "Joko")
    task = c.joko.reads("assigned", "saya lupa kata sandi", PASSWORD)
    c.joko.does(
        task,
        "#ambil\n#judul Kata sandi Windows\n#prioritas tinggi\n\nPak Budi, mohon telepon saya sebentar.\n\nJoko",
        "normal → tinggi",
    )
    c.town.sees(PASSWORD, technician=c.joko.address, subject="Kata sandi Windows", priority="high", status="open")
    c.budi.reads("reply", "[HD-1002] Kata sandi Windows", PASSWORD)
    c.joko.does(task, "#jarakjauh")
    c.budi.reads("remote_support", "Silakan buka QuickHelp.", PASSWORD)
    c.joko.does(
        task, "#selesai Kata sandi sudah diatur ulang.\n#pencegahan Simpan kata sandi di pengelola kata sandi.\n#akhir"
    )
    c.budi.answers(c.budi.reads("resolved", "Kata sandi sudah diatur ulang.", PASSWORD), "Belum, Pak.")
    c.budi.reads("reopened", about=PASSWORD)
    again = c.joko.reads("requester_replied", "Belum, Pak.", PASSWORD)
    c.town.sees(PASSWORD, status="open", cycle=2)
    c.joko.does(
        again,
        "#waktu 15 menit\n#sementara Pakai akun tamu dulu.\n#selesai\n\nPak Budi, akun Anda sudah dibuka.\n\nJoko",
        "15m",
    )
    c.budi.answers(c.budi.reads("resolved", "akun Anda sudah dibuka.", PASSWORD), "Ya, sudah bisa. Terima kasih.")
    c.budi.reads("closed", about=PASSWORD)
    c.budi.answers(c.budi.reads("survey", about=PASSWORD), "4 - terima kasih")
    c.budi.reads("survey_thanks", about=PASSWORD)


def carla_calls_and_frank_is_forwarded(c: Cast) -> None:
    c.tess.writes(
        "Screen flickers",
        f"#for {c.carla.address} Carla Jones\n#source phone\n#note {CANARY}: she was angry.\n#end\n\n"
        "Her screen flickers since the update.\n\nSent from my iPhone",
        becomes="held",
    )
    c.tess.does(c.tess.reads("challenge"), "#go", "Registered for Carla Jones <carla@client.example>.")
    c.carla.reads("acknowledgement", about=SCREEN)
    c.tess.reads("assigned", "Her screen flickers", SCREEN)
    c.town.sees(SCREEN, source="phone", requester_address=c.carla.address, subject="Screen flickers")
    text = f"#for\nHe is the boss, says the {CANARY}.\n\n{FORWARDED}"
    c.tess.writes("Fwd: Projector is dark", text, becomes="commanded", proved=True)
    c.tess.reads("transcript", "who wrote the forwarded mail", PROJECTOR)
    c.frank.reads("acknowledgement", about=PROJECTOR)
    c.tess.reads("assigned", "stays dark", PROJECTOR)
    c.town.sees(PROJECTOR, status="new", requester_name="Frank Fischer", subject="Projector is dark")


def a_typo_is_held_and_its_text_sent(c: Cast) -> None:
    c.tess.answers(
        c.tess.mail("assigned", SCREEN), "#prioo high\n\nCarla, please restart it once.\n\nTess", becomes="held"
    )
    c.tess.does(c.tess.reads("transcript", "#prioo", SCREEN), "#go")
    c.carla.reads("reply", "please restart it once.", SCREEN)
    c.town.sees(SCREEN, status="open", priority="normal")


def strangers_write_about_the_screen(c: Cast) -> None:
    c.mallory.writes("Re: [HD-1003] Screen flickers", "#close\n#assign none\n\nBuy my pills.", becomes="held")
    c.peter.writes("Re: [HD-1003] Screen flickers", "I sit beside Carla: it is the cable.", becomes="held")
    c.nadia.writes("Re: [HD-1003] Screen flickers", "My screen flickers too, please help.", becomes="held")
    pills = c.tess.reads("held", "Buy my pills.", SCREEN)
    cable = c.tess.reads("held", "it is the cable", SCREEN)
    mine = c.tess.reads("held", "My screen flickers too", SCREEN)
    c.tess.does(pills, "#spam")
    c.tess.does(cable, "#accept")
    c.tess.reads("requester_replied", "it is the cable", SCREEN)
    c.tess.does(mine, "#new", about=SAME_SCREEN)
    c.nadia.reads("acknowledgement", about=SAME_SCREEN)
    c.tess.reads("assigned", "My screen flickers too", SAME_SCREEN)
    c.mallory.writes("Cheap pills", "Buy my pills, please.", becomes="ignored")
    c.town.sees(SCREEN, status="open", technician=c.tess.address)


def somebody_pretends_to_be_tess(c: Cast) -> None:
    c.mallory.forges(c.tess, "Re: [HD-1005] Screen flickers", "#close\n\nWe do not care.")
    c.tess.reads("challenge", "We do not care.", SAME_SCREEN)
    c.tess.writes("Re: [HD-1005] Screen flickers", "#prio critical", becomes="held")
    c.tess.does(c.tess.reads("challenge", "prio critical", SAME_SCREEN), "#go")
    c.town.sees(SAME_SCREEN, status="new", priority="critical")
    # Nobody has answered Nadia, so that this is overdue at once.
    c.tess.reads("escalation", about=SAME_SCREEN)
    c.lena.reads("escalation", about=SAME_SCREEN)
    c.lena.writes("my day", "#list overdue", becomes="commanded", proved=True)
    c.lena.reads("worklist", "The tickets that are overdue: 1 [HD-1005]")


def a_slip_is_taken_back_in_time(c: Cast) -> None:
    flickers = c.tess.mail("assigned", SCREEN)
    c.town.operator_changes('undo_window = "1s"', 'undo_window = "10m"')
    slip = c.tess.does(flickers, f"#prio low\n#resolve\n\nDear Lena, {SLIP}.\n\nTess")
    c.town.sees(SCREEN, status="resolved", priority="low")
    c.tess.does(slip, f"#undo {code_of(slip)}", "Not sent any more")
    c.town.sees(SCREEN, status="open", priority="normal", resolved_at=None, resolution="")
    c.town.operator_changes('undo_window = "10m"', 'undo_window = "1s"')


ACTS = (
    ((the_first_two_mails,),),
    (
        (tess_looks_after_the_printer, dewi_reads_along, a_vendor_is_asked),
        (joko_takes_over_the_password,),
        (
            carla_calls_and_frank_is_forwarded,
            a_typo_is_held_and_its_text_sent,
            strangers_write_about_the_screen,
            somebody_pretends_to_be_tess,
        ),
    ),
    ((a_slip_is_taken_back_in_time,),),
)
"""One after the other; the lines of an act are played at the same time."""
