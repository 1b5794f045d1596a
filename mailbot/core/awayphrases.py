"""The sentences about absences and about requests that technicians register; part of `mailbot.core.phrases`."""

from collections.abc import Mapping

AWAY_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "away_until": "You are away until {until}; you get no new tickets until then.",
        "away_open": "You are away until you write  #back ; you get no new tickets until then.",
        "away_and_back": "the mail says both #away and #back.",
        "away_deputy": "{name} stands in for you: new tickets that would be yours go there, and what requesters write "
        "on your tickets is told there too.",
        "away_lead": "Nobody else of your team is there: new tickets go to its lead, and so does what requesters "
        "write on yours.",
        "away_hint": "Write  #back  when you are there again.",
        "away_others": "New tickets go to the others of your team; what requesters write on your tickets is told to "
        "the lead of the team too.",
        "back_now": "You are back: you get new tickets again.",
        "was_not_away": "You did not count as away.",
        "back_follows": "What happened meanwhile comes in a mail of its own.",
        "back_nothing": "Nothing that concerns you happened meanwhile, and nothing of yours is due today.",
        "assigned_away": "Please note: {name} is away until {until}. The ticket was assigned all the same.",
        "why_deputy": "{name}, who stands in for {absent}, whose turn it would be",
        "no_source": "there is no source “{value}”.",
        "for_new_only": "this mail is about ticket {number} already. "
        "Write a new mail, or forward that of the requester.",
        "for_one": "“{value}” is not exactly one address. Write for instance: #for rita@example.org Rita Rahayu",
        "for_whom": "it is not clear who the requester is. Reply with  #for ADDRESS  on top; the rest is kept.",
        "for_twice": "there is more than one #for in the mail. Each request needs a mail of its own.",
        "for_nothing": "the mail holds no request: write it below the commands, or forward the mail of the requester.",
        "for_done": "Registered for {requester}.",
        "for_found": "Registered for {requester}, who wrote the forwarded mail.",
        "for_told": "{requester} gets an acknowledgement.",
        "for_later": "#{verb} is for a ticket that is there already: send it in a reply once this one is registered.",
        "for_untold": "{requester} gets no acknowledgement.",
        "for_noted": "Your own words above the forwarded mail were kept as an internal note.",
    },
    "id": {
        "away_until": "Anda tidak di tempat sampai {until}; hingga saat itu Anda tidak menerima tiket baru.",
        "away_open": "Anda tidak di tempat sampai Anda menulis  #kembali ; hingga saat itu Anda tidak menerima "
        "tiket baru.",
        "away_and_back": "email ini berisi #cuti dan #kembali sekaligus.",
        "away_deputy": "{name} mewakili Anda: tiket baru yang seharusnya untuk Anda diserahkan ke sana, dan balasan "
        "pelapor pada tiket Anda juga diteruskan ke sana.",
        "away_lead": "Tidak ada anggota lain tim Anda yang sedang bertugas: tiket baru dan balasan pelapor diteruskan "
        "kepada pimpinan tim.",
        "away_hint": "Tulislah  #kembali  bila Anda sudah bertugas lagi.",
        "away_others": "Tiket baru diserahkan kepada anggota lain tim Anda; balasan pelapor pada tiket Anda juga "
        "diteruskan kepada pimpinan tim.",
        "back_now": "Anda sudah kembali: Anda menerima tiket baru lagi.",
        "was_not_away": "Anda tidak tercatat sedang pergi.",
        "back_follows": "Yang terjadi selama itu dikirim dalam email tersendiri.",
        "back_nothing": "Selama itu tidak ada yang menyangkut Anda, dan tidak ada tiket Anda yang jatuh tempo "
        "hari ini.",
        "assigned_away": "Perhatian: {name} tidak di tempat sampai {until}. Tiket tetap ditugaskan kepadanya.",
        "why_deputy": "{name}, yang mewakili {absent}, karena seharusnya ini giliran {absent}",
        "no_source": "tidak ada sumber “{value}”.",
        "for_new_only": "email ini sudah menyangkut tiket {number}. Tulislah email baru, atau teruskan email pelapor.",
        "for_one": "“{value}” bukan tepat satu alamat. Tulislah misalnya: #untuk rita@example.org Rita Rahayu",
        "for_whom": "tidak jelas siapa pelapornya. Balaslah dengan  #untuk ALAMAT  di baris paling atas; "
        "sisanya tersimpan.",
        "for_twice": "ada lebih dari satu #untuk dalam email ini. Setiap permintaan perlu email tersendiri.",
        "for_nothing": "email ini tidak berisi permintaan: tulislah di bawah perintah, atau teruskan email pelapor.",
        "for_done": "Didaftarkan atas nama {requester}.",
        "for_found": "Didaftarkan atas nama {requester}, penulis email yang diteruskan.",
        "for_told": "{requester} menerima tanda terima.",
        "for_later": "#{verb} hanya untuk tiket yang sudah ada: kirimlah dalam balasan setelah tiket ini terdaftar.",
        "for_untold": "{requester} tidak menerima tanda terima.",
        "for_noted": "Kata-kata Anda di atas email terusan disimpan sebagai catatan internal.",
    },
}
"""By language and name."""
