"""The sentences of transcripts that no command owns, in each language."""

_PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "sent_reply": "Your text was sent to {recipient}.",
        "sent_resolved": "{recipient} was told that the ticket is resolved, with your text.",
        "sent_closed": "{recipient} was told that the ticket is closed.",
        "kept_internal": "Your text was kept as an internal note; nothing was sent to the requester.",
        "nothing_sent": "Nothing was sent to the requester.",
        "told_technician": "{name} was told about the assignment.",
        "nothing_applied": "Nothing was changed and nothing was sent: there is a mistake in the mail.",
        "go_hint": "Correct the commands and reply again, or reply with the word  #go  to send the text without them.",
        "again_hint": "Correct the commands and reply again.",
        "no_ticket": "The mail names no ticket: reply to a mail about the ticket that you mean.",
        "accepted": "The message of {originator} was added to ticket {tag}, and its sender takes part from now on.",
        "made_new": "The message of {originator} became the new ticket {tag}.",
        "spam": "The message of {originator} was put aside, and its sender is blocked.",
        "already": "This was decided before, by {by}: {decision}.",
        "decide_hint": "Reply with one of the words  #accept  ·  #new  ·  #spam  at the top.",
        "confirm_hint": "Reply with the word  #go  at the top to confirm.",
        "confirmed": "Confirmed; the mail was carried out.",
    },
    "id": {
        "sent_reply": "Teks Anda telah dikirim kepada {recipient}.",
        "sent_resolved": "{recipient} telah diberi tahu bahwa tiket selesai, beserta teks Anda.",
        "sent_closed": "{recipient} telah diberi tahu bahwa tiket ditutup.",
        "kept_internal": "Teks Anda disimpan sebagai catatan internal; tidak ada yang dikirim kepada pelapor.",
        "nothing_sent": "Tidak ada yang dikirim kepada pelapor.",
        "told_technician": "{name} telah diberi tahu tentang penugasan ini.",
        "nothing_applied": "Tidak ada yang diubah dan tidak ada yang dikirim: ada kesalahan dalam surat Anda.",
        "go_hint": "Perbaiki perintahnya lalu balas lagi, atau balas dengan kata  #go  untuk mengirim teksnya saja.",
        "again_hint": "Perbaiki perintahnya lalu balas lagi.",
        "no_ticket": "Surat ini tidak menyebut tiket: balaslah surat tentang tiket yang Anda maksud.",
        "accepted": "Pesan dari {originator} ditambahkan ke tiket {tag}, dan pengirimnya kini ikut serta.",
        "made_new": "Pesan dari {originator} menjadi tiket baru {tag}.",
        "spam": "Pesan dari {originator} disisihkan, dan pengirimnya diblokir.",
        "already": "Ini sudah diputuskan sebelumnya, oleh {by}: {decision}.",
        "decide_hint": "Balas dengan salah satu kata  #accept  ·  #new  ·  #spam  di baris paling atas.",
        "confirm_hint": "Balas dengan kata  #go  di baris paling atas untuk mengonfirmasi.",
        "confirmed": "Dikonfirmasi; isi surat telah dijalankan.",
    },
}


def say(language: str, phrase: str, **values: str) -> str:
    """A sentence in a language (English where we do not speak it), with the values put in."""
    return _PHRASES.get(language, _PHRASES["en"])[phrase].format(**values)
