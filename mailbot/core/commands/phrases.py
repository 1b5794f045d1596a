"""What the command language says to technicians, in each language that we speak."""

from collections.abc import Mapping

LANGUAGES = ("en", "id")

PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "where": "Line {line}, “{raw}”: {problem}",
        "unknown": "there is no command #{word}. Did you mean {candidates}?",
        "unknown_at_all": "there is no command #{word}. The command #help lists all of them.",
        "needs_value": "#{word} needs something behind it. Write it like this: {usage}",
        "takes_nothing": "#{word} takes nothing behind it. Text for the requester belongs on a line below.",
        "needs_text": "#{word} needs a text, on the same line or on the lines below.",
        "too_many": "there are more than {limit} commands in this mail. Send the rest in another one.",
        "choose": "{problem} Possible: {candidates}.",
        "only_held": "#{word} answers a mail about something held, and this is not such an answer.",
        "only_ticket": "#{word} belongs in a mail about a ticket, and this answers a mail about something held.",
        "nobody_called": "nobody and no team is called “{value}”.",
        "several_called": "“{value}” is not clear. Write the full name or the address.",
        "no_category": "there is no category “{value}”.",
        "no_priority": "there is no priority “{value}”.",
        "no_help": "there is no command “{value}” to explain.",
        "not_a_time": "“{value}” is no time that I understand. "
        "Write for instance 2d, 4h, until 9 Aug, 9/8 or tomorrow.",
        "in_the_past": "{moment} is in the past. Write a later time.",
        "too_far": "“{value}” is more than a year away. Write an earlier time.",
        "already": "the ticket is {status} already.",
        "is_closed": "the ticket is {status}. Open it first, with #reopen on a line before.",
        "changed": "{field}: {old} → {new}",
        "unchanged": "{field}: stays {new}",
        "routed": "{field}: {new}; somebody of it is chosen",
        "noted": "Internal note: {count} line(s) kept.",
        "noted_more": "Internal note: {count} line(s) kept, nothing of them for the requester. "
        "A reply below a note needs a line with the word  #end  between the two.",
        "release": "The held mail is released.",
        "help_title": "Words for the top of a reply, one on a line; the text below them goes to the requester:",
        "help_held": "In the answer to a mail about something held:",
        "help_more": "The word  #help  with one of them behind it, as in “#help wait”, tells more. "
        "A mistake changes nothing and sends nothing.",
        "help_also": "Also: {aliases}",
        "help_examples": "For instance:",
        "nobody": "nobody",
        "nothing": "nothing",
        "and": "{most} or {last}",
    },
    "id": {
        "where": "Baris {line}, “{raw}”: {problem}",
        "unknown": "tidak ada perintah #{word}. Apakah maksud Anda {candidates}?",
        "unknown_at_all": "tidak ada perintah #{word}. Perintah #bantuan menampilkan semuanya.",
        "needs_value": "#{word} memerlukan isi di belakangnya. Tulislah seperti ini: {usage}",
        "takes_nothing": "#{word} tidak memakai isi di belakangnya. Teks untuk pelapor ditulis di baris bawahnya.",
        "needs_text": "#{word} memerlukan teks, di baris yang sama atau di baris-baris berikutnya.",
        "too_many": "ada lebih dari {limit} perintah dalam surat ini. Kirimlah sisanya dalam surat lain.",
        "choose": "{problem} Pilihan: {candidates}.",
        "only_held": "#{word} hanya untuk membalas surat tentang sesuatu yang ditahan; ini bukan balasan seperti itu.",
        "only_ticket": "#{word} hanya untuk surat tentang tiket, sedangkan ini balasan tentang sesuatu yang ditahan.",
        "nobody_called": "tidak ada orang atau tim bernama “{value}”.",
        "several_called": "“{value}” kurang jelas. Tulislah nama lengkap atau alamatnya.",
        "no_category": "tidak ada kategori “{value}”.",
        "no_priority": "tidak ada prioritas “{value}”.",
        "no_help": "tidak ada perintah “{value}” untuk dijelaskan.",
        "not_a_time": "“{value}” bukan waktu yang saya pahami. "
        "Tulislah misalnya 2 hari, 4 jam, sampai 9 Agustus, 9/8 atau besok.",
        "in_the_past": "{moment} sudah lewat. Tulislah waktu yang akan datang.",
        "too_far": "“{value}” lebih dari setahun lagi. Tulislah waktu yang lebih dekat.",
        "already": "tiket ini sudah berstatus {status}.",
        "is_closed": "tiket ini berstatus {status}. Bukalah dahulu, dengan #buka di baris sebelumnya.",
        "changed": "{field}: {old} → {new}",
        "unchanged": "{field}: tetap {new}",
        "routed": "{field}: {new}; salah satu anggotanya dipilih",
        "noted": "Catatan internal: {count} baris disimpan.",
        "noted_more": "Catatan internal: {count} baris disimpan, tidak ada yang dikirim kepada pelapor. "
        "Balasan di bawah catatan perlu dipisahkan dengan satu baris berisi kata  #akhir .",
        "release": "Surat yang ditahan dilepas.",
        "help_title": "Kata di bagian atas balasan, satu per baris; teks di bawahnya dikirim kepada pelapor:",
        "help_held": "Dalam balasan atas surat tentang sesuatu yang ditahan:",
        "help_more": "Kata  #bantuan  diikuti salah satunya, seperti “#bantuan wait”, menjelaskan lebih lanjut. "
        "Bila ada kesalahan, tidak ada yang diubah dan tidak ada yang dikirim.",
        "help_also": "Juga: {aliases}",
        "help_examples": "Misalnya:",
        "nobody": "belum ada",
        "nothing": "tidak ada",
        "and": "{most} atau {last}",
    },
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "wait_until": "waits until",
        "on_hold": "on hold",
    },
    "id": {
        "status": "status",
        "priority": "prioritas",
        "impact": "dampak",
        "urgency": "urgensi",
        "category": "kategori",
        "team": "tim",
        "technician": "teknisi",
        "wait_until": "menunggu sampai",
        "resolution": "solusi",
        "tags": "label",
        "subject": "judul",
        "new": "baru",
        "open": "terbuka",
        "pending": "menunggu pelapor",
        "on_hold": "ditangguhkan",
        "resolved": "selesai",
        "closed": "ditutup",
        "low": "rendah",
        "normal": "normal",
        "medium": "sedang",
        "high": "tinggi",
        "critical": "kritis",
        "person": "satu orang",
        "department": "satu bagian",
        "organisation": "seluruh organisasi",
    },
}
"""The names of fields, statuses, priorities and the like; one that is missing is shown as it is."""

MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
}


def spoken(language: str) -> str:
    """The language to speak to a reader of this language: his own, or English where we do not speak it."""
    return language if language in LANGUAGES else "en"


def say(language: str, phrase: str, **values: str) -> str:
    """A phrase in a language, with the values put in."""
    return PHRASES[spoken(language)][phrase].format(**values)


def word(language: str, name: str) -> str:
    """What a field, status, priority, impact or urgency is called in a language."""
    return WORDS[spoken(language)].get(name, name)


def either(language: str, words: tuple[str, ...]) -> str:
    """Words in a row, as in "a, b or c"."""
    if len(words) < 2:
        return "".join(words)
    return say(language, "and", most=", ".join(words[:-1]), last=words[-1])
