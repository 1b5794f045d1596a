"""The afternoon: tickets that belong together, what was learned, who is away, who helps, and what is left to do."""

from phones.envelopes import attached
from wire.day.cast import (
    CANARY,
    INTERNET,
    INTERNET_AGUS,
    INTERNET_WAYAN,
    KEYBOARD,
    LAPTOP,
    PRINTER,
    PROJECTOR,
    SAME_PROJECTOR,
    SAME_SCREEN,
    SCREEN,
    Cast,
)
from wire.day.town import files_of, links_of
from world.mails import plain_text


def the_mail_at_noon(c: Cast) -> None:
    c.dewi.writes("Meeting room", "The projector in the big meeting room does not start. Please help.\n\nDewi")
    c.sarah.writes("Internet down", "The internet on floor 3 is down, the wifi does not connect.\n\nSarah")
    c.agus.writes("Internet mati", "Selamat siang, internet di lantai 3 mati, wifi tidak bisa tersambung.\n\nAgus")
    c.wayan.writes("Wifi mati", "Selamat siang, wifi di lantai 3 mati, internet tidak tersambung.\n\nWayan")
    c.dewi.reads("acknowledgement", about=SAME_PROJECTOR)
    c.tess.reads("assigned", "does not start", SAME_PROJECTOR)
    for person, number in ((c.sarah, INTERNET), (c.agus, INTERNET_AGUS), (c.wayan, INTERNET_WAYAN)):
        person.reads("acknowledgement", about=number)
        c.joko.reads("assigned", about=number)


def the_printer_is_repaired(c: Cast) -> None:
    jam = c.tess.mail("assigned", PRINTER)
    c.tess.does(jam, "#hold the part comes with the post until friday")
    c.town.sees(PRINTER, status="on_hold")
    c.rita.answers(c.rita.mail("reply", PRINTER), "By the way, my colleague needs a new laptop.")
    by_the_way = c.tess.reads("requester_replied", "It stays on hold", PRINTER)
    c.tess.does(by_the_way, "#split New laptop for a colleague", "HD-1010")
    c.rita.reads("acknowledgement", about=LAPTOP)
    c.tess.reads("assigned", "my colleague needs a new laptop", LAPTOP)
    c.tess.does(jam, f"#reopen\n#workaround Please print on floor 3.\n#time 45m\n#uncc {c.dewi.address}")
    c.town.sees(PRINTER, status="open", worked_minutes=45, wait_until=None)
    c.tess.does(jam, "#resolve\n#resolution The fuser was replaced.\n#prevention Please use paper of 80 g.")
    c.rita.answers(c.rita.reads("resolved", "Please use paper of 80 g.", PRINTER), "No, it jams again.")
    c.rita.reads("reopened", about=PRINTER)
    c.tess.does(
        c.tess.reads("requester_replied", "No, it jams again.", PRINTER), "#resolve I have tightened a screw as well."
    )
    solved = c.rita.reads("resolved", "I have tightened a screw as well.", PRINTER)
    c.rita.answers(solved, "Thank you very much!")
    c.rita.answers(solved, "Yes, it works now.")
    c.rita.reads("closed", about=PRINTER)
    c.rita.answers(c.rita.reads("survey", about=PRINTER), "5 - very quick")
    c.rita.reads("survey_thanks", about=PRINTER)
    c.town.sees(PRINTER, status="closed", resolution="I have tightened a screw as well.")


def two_report_the_same_projector(c: Cast) -> None:
    dark = c.tess.mail("assigned", PROJECTOR)
    c.tess.does(c.tess.mail("assigned", SAME_PROJECTOR), f"#merge {PROJECTOR}", "HD-1004")
    merged = c.dewi.reads("merged", "HD-1006", PROJECTOR)
    c.town.sees(SAME_PROJECTOR, status="closed", merged_into=PROJECTOR)
    offer = attached("application/pdf", b"%PDF the lamp", 'attachment; filename="lamp.pdf"')
    c.tess.answers(dark, "Hello, the lamp is ordered.\n\nTess", files=(offer,))
    for person in (c.frank, c.dewi):
        assert list(files_of(person.reads("reply", "the lamp is ordered", PROJECTOR))) == ["lamp.pdf"]
    c.dewi.answers(merged, "When does it come?")
    c.tess.reads("requester_replied", "When does it come?", PROJECTOR)
    c.tess.does(dark, f"#link {SCREEN}")
    c.tess.does(dark, f"#unlink {SCREEN}")
    c.tess.does(dark, f"#link HD-{PRINTER}")


def three_report_the_same_outage(c: Cast) -> None:
    c.joko.does(c.joko.mail("assigned", INTERNET_AGUS), f"#ganda {INTERNET}")
    c.joko.does(
        c.joko.mail("assigned", INTERNET_WAYAN), f"#dup {INTERNET}\n\nPak Wayan, kami sedang memeriksanya.\n\nJoko"
    )
    c.wayan.reads("reply", "kami sedang memeriksanya", INTERNET_WAYAN)
    c.town.sees(INTERNET_AGUS, status="on_hold", waits_for=INTERNET)
    c.town.sees(INTERNET_WAYAN, status="on_hold", waits_for=INTERNET)
    c.joko.does(
        c.joko.mail("assigned", INTERNET),
        f"#catatan {CANARY}: petugas kebersihan mencabutnya.\n#selesai\n#solusi The switch of floor 3 was replaced.",
    )
    for person, number in ((c.sarah, INTERNET), (c.agus, INTERNET_AGUS), (c.wayan, INTERNET_WAYAN)):
        person.reads("resolved", "The switch of floor 3 was replaced.", number)
        c.town.sees(number, status="resolved")


def what_the_three_answer_with_one_word(c: Cast) -> None:
    c.sarah.answers(c.sarah.mail("resolved", INTERNET), "#close", becomes="commanded")
    c.agus.answers(c.agus.mail("resolved", INTERNET_AGUS), "#stop", becomes="commanded")
    c.agus.reads("quiet", "Sesuai permintaan Anda", INTERNET_AGUS)
    c.wayan.answers(c.wayan.mail("resolved", INTERNET_WAYAN), "#buka")
    c.sarah.reads("closed", "As you asked", INTERNET)
    c.joko.reads("requester_replied", about=INTERNET)
    c.wayan.reads("reopened", about=INTERNET_WAYAN)
    again = c.joko.reads("requester_replied", about=INTERNET_WAYAN)
    c.joko.does(again, "#tutup\n\nPak Wayan, sudah kami ganti juga.\n\nJoko")
    c.wayan.reads("closed", "sudah kami ganti juga", INTERNET_WAYAN)
    c.sarah.reads("survey", about=INTERNET)
    c.wayan.reads("survey", about=INTERNET_WAYAN)


def what_was_learned_helps_the_next(c: Cast) -> None:
    flickers = c.tess.mail("assigned", SCREEN)
    c.tess.does(
        flickers, "#resolve\n#resolution Press the cable of the screen in firmly.\n#prevention Do not move the desk."
    )
    c.carla.reads("resolved", "Press the cable", SCREEN)
    c.peter.reads("resolved", "Press the cable", SCREEN)
    c.tess.does(flickers, "#kb draft The screen flickers", "KB-1")
    draft = c.tess.reads("article", "Press the cable", SCREEN)
    c.tess.does(draft, "#kb publish 1", "is public now")
    c.tess.asks(flickers, "#find cable firmly")
    c.tess.reads("found", "[HD-1003]")
    c.tess.asks(flickers, "#kb search flickers")
    c.tess.reads("found", "KB-1")
    c.tess.does(c.tess.mail("assigned", SAME_SCREEN), "#kb 1")
    c.nadia.reads("kb_answer", "Press the cable of the screen in firmly.", SAME_SCREEN)


def tess_is_away_for_an_hour(c: Cast) -> None:
    c.tess.does(c.tess.mail("assigned", PROJECTOR), "#away 3d", "Joko Jaringan stands in for you")
    c.town.lets_a_second_begin()  # What came in the very second in which she said so counts as if it had come before.
    c.rita.writes("Keyboard", "A key of my keyboard is stuck. Please help.\n\nRita")
    c.frank.answers(c.frank.mail("reply", PROJECTOR), "Is there any news?")
    c.rita.reads("acknowledgement", about=KEYBOARD)
    c.joko.reads("assigned", "Tess Tech", KEYBOARD)
    c.tess.reads("requester_replied", "Is there any news?", PROJECTOR)
    c.joko.reads("requester_replied", "Tess Tech", PROJECTOR)
    c.tess.does(c.tess.mail("assigned", PROJECTOR), "#back")
    returned = plain_text(c.tess.reads("returned", "[HD-1011] Keyboard with Joko Jaringan"))
    assert "New messages on your tickets:\n\n[HD-1004] Projector is dark\n  1 message" in returned


def others_are_called_in(c: Cast) -> None:
    key = c.joko.mail("assigned", KEYBOARD)
    c.joko.does(key, "#kategori hardware\n#tim network")
    c.town.sees(KEYBOARD, category="hardware", team="network", technician=c.joko.address)
    c.joko.does(key, f"#eskalasi lead {CANARY}: tidak ada anggaran untuk papan ketik baru")
    called = c.lena.reads("escalation", CANARY, KEYBOARD)
    c.lena.does(called, "#take")
    c.joko.reads("reassigned", about=KEYBOARD)
    c.town.sees(KEYBOARD, technician=c.lena.address, status="open")
    c.tess.does(c.tess.mail("assigned", PROJECTOR), f"#escalate L2 {CANARY}: the cable runs through the wall")
    c.joko.reads("escalation", CANARY, PROJECTOR)
    c.town.sees(PROJECTOR, technician=c.joko.address)


def the_lists_are_read_and_tapped(c: Cast) -> None:
    laptop = c.tess.mail("assigned", LAPTOP)
    c.tess.does(laptop, "#assign none")
    c.lena.reads("assigned", about=LAPTOP)
    c.tess.asks(laptop, "#list")
    assert "HD-1005" in str(c.tess.reads("worklist", "Your tickets: 1").get_body(("plain",)))
    c.lena.writes("my day", "#list team", becomes="commanded", proved=True)
    c.lena.reads("worklist", "The tickets of your team")
    c.tess.asks(laptop, "#list unassigned")
    nobodys = c.tess.reads("worklist", "The tickets that nobody has: 1")
    c.tess.taps(links_of(nobodys, "HD-1010")["take it"])
    c.tess.reads("transcript", about=LAPTOP)
    c.town.sees(LAPTOP, status="open", technician=c.tess.address)
    c.tess.asks(laptop, "#show")
    c.tess.reads("record", "my colleague needs a new laptop", LAPTOP)


def help_is_given(c: Cast) -> None:
    c.tess.does(c.tess.mail("assigned", SAME_SCREEN), "#help", "#resolve")
    c.joko.does(c.joko.mail("assigned", KEYBOARD), "#bantuan tunggu", "#wait")


def the_rest_is_closed(c: Cast) -> None:
    c.tess.does(c.tess.mail("assigned", LAPTOP), f"#quiet\n#close\n\n{CANARY}: settled on the phone.")
    # An answer to the escalation would stay inside, so Lena answers the record of the ticket.
    c.lena.asks(c.lena.mail("escalation", KEYBOARD), "#show")
    record = c.lena.reads("record", "A key of my keyboard is stuck.", KEYBOARD)
    c.lena.does(record, "#close\n\nDear Rita, a new keyboard lies at the reception.\n\nLena")
    c.rita.reads("closed", "a new keyboard lies at the reception", KEYBOARD)
    c.town.sees(LAPTOP, status="closed", next_due_at=None)  # She was asked for her opinion before.
    c.town.sees(KEYBOARD, status="closed", next_due_at=None)


ACTS = (
    ((the_mail_at_noon,),),
    (
        (the_printer_is_repaired,),
        (two_report_the_same_projector,),
        (three_report_the_same_outage, what_the_three_answer_with_one_word),
        (what_was_learned_helps_the_next,),
    ),
    ((tess_is_away_for_an_hour, others_are_called_in),),
    ((the_lists_are_read_and_tapped, the_rest_is_closed), (help_is_given,)),
)
"""One after the other; the lines of an act are played at the same time, so no two of them are about the same ticket."""
