"""The sentences that no template owns: in transcripts, in the answers to commands, and reasons, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailbot.core.awayphrases import AWAY_PHRASES
from mailbot.core.dialoguephrases import DIALOGUE_PHRASES
from mailbot.core.ladderphrases import LADDER_PHRASES
from mailbot.core.questionphrases import QUESTION_PHRASES
from mailbot.core.relationphrases import RELATION_PHRASES
from mailbot.core.ticketphrases import TICKET_PHRASES
from mailbot.core.undophrases import UNDO_PHRASES
from mailbot.core.vendorphrases import VENDOR_PHRASES

LANGUAGES = ("en", "id")

PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        **TICKET_PHRASES["en"],
        **QUESTION_PHRASES["en"],
        **DIALOGUE_PHRASES["en"],
        **UNDO_PHRASES["en"],
        **AWAY_PHRASES["en"],
        **RELATION_PHRASES["en"],
        **VENDOR_PHRASES["en"],
        **LADDER_PHRASES["en"],
        # What became of a technician's mail.
        "sent_reply": "Your text was sent to {recipient}.",
        "sent_resolved": "{recipient} was told that the ticket is resolved, with your text.",
        "sent_resolved_bare": "{recipient} was told that the ticket is resolved.",
        "sent_closed": "{recipient} was told that the ticket is closed.",
        "kept_internal": "Your text was kept as an internal note; nothing was sent to the requester.",
        "kept_below": "Your text was kept as an internal note, since your mail answers an internal one.",
        "decision_noted": "The text of your mail was kept as an internal note of ticket {tag}; it was sent to nobody.",
        "decision_dropped": "The text of your mail was not kept: no ticket goes with it.",
        "nothing_sent": "Nothing was sent to the requester.",
        "blocked": "Nothing was sent to the requester: {reason}. Your text was kept as an internal note.",
        "blocked_bare": "Nothing was sent to the requester: {reason}.",
        "only_copies": "It was sent to the people in copy, but not to the requester: {reason}.",
        "leak_held": "Nothing was changed, and nothing was sent to the requester: {reason}",
        "leak_hint": "Leave these words out or say it in others, and reply again, with the commands. "
        "No command sends internal text to the requester.",
        "files_kept": "The files of your mail were not sent to the requester.",
        "told_technician": "{name} was told about the assignment.",
        "nothing_applied": "Nothing was changed and nothing was sent: there is a mistake in the mail.",
        "accepted": "The message of {originator} was added to ticket {tag}, and its sender takes part from now on.",
        "made_new": "The message of {originator} became the new ticket {tag}.",
        "spam": "The message of {originator} was put aside. Other mail from this address is ignored from now on,"
        " unless it answers a mail of ours. To take that back, reply with  #accept  or  #new .",
        "decided": "This was decided before, by {by}: {decision}.",
        "decide_hint": "Reply with one of the words  #accept  ·  #new  ·  #spam  at the top.",
        "why_rule": "category {category}: rule {rule} matched {words}",
        "why_mailbox": "category {category}: that of its mailbox, since no rule names one",
        "why_no_rule": "no category: no rule names one",
        "why_least_loaded": "{name}, since nobody in team {team} has fewer active tickets",
        "why_round_robin": "{name}, since it is his or her turn in team {team}",
        "why_nobody": "nobody yet: no one in team {team} is free",
        "why_waited": "the date until which the ticket was put aside has come",
        # Why a message is held, and why a mail did not go out.
        "held_no_originator": "it names no single originator",
        "held_stranger": "it belongs to the ticket, but {address} does not take part in it",
        "held_rule": "rule {rule}: {words}",
        "held_because": "it waits for a decision ({reason})",
        "held_rate": "{address} already opened {count} tickets within an hour",
        "held_loop": "{address} seems to be a machine that answers our mails: it says the same again and again. "
        "It gets no more automatic mail about this. What else it repeats is held without a question until you decide",
        "own_address": "{address} is an address of the helpdesk itself",
        "machine": "the requester is a machine",
        "came_back": "mail to {address} came back; automatic mail to it is stopped for {days} days",
        "wants_none": "{address} does not want updates and surveys",
        "cap_ticket": "{address} already got {count} automatic mails about this ticket in 24 hours"
        " (per_ticket_address_day)",
        "cap_day": "{address} already got {count} automatic mails in 24 hours (per_address_day)",
        "cap_acknowledgements": "{address} already got {count} acknowledgements in an hour"
        " (acknowledgements_per_address_hour)",
        "cap_questions": "{address} was already asked about {count} held mails in 24 hours (per_address_day)",
        "cap_challenges": "{address} was already asked {count} times in an hour whether a mail is genuine",
        "cap_global": "{count} automatic mails were queued in an hour (global_hour)",
        "leak": "it holds internal text: {text}",
        "queued_before": "the same mail was queued before",
        "put_back": "the database was put back to an earlier state; most likely it went out before that",
        # What is wrong with a command, and what it changed.
        "where": "Line {line}, “{raw}”: {problem}",
        "unknown": "there is no command #{word}. Did you mean {candidates}?",
        "unknown_at_all": "there is no command #{word}. The command #help lists all of them.",
        "needs_value": "#{word} needs something behind it. Write it like this: {usage}",
        "takes_nothing": "#{word} takes nothing behind it. Text for the requester belongs on a line below.",
        "needs_text": "#{word} needs a text, on the same line or on the lines below.",
        "too_many": "there are more than {limit} commands in this mail. Send the rest in another one.",
        "choose": "{problem} Possible: {candidates}.",
        "only_held": "#{word} answers a mail about something held, and this is not such an answer.",
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
        "noted": "Internal note: {count} line kept.",
        "noted_more": "Internal note: {count} lines kept, nothing of them for the requester. "
        "A reply below a note needs a line with the word  #end  between the two.",
        "help_title": "Words for the top of a reply to a mail about a ticket, one on a line; "
        "the text below them goes to the requester:",
        "help_held": "In the answer to a mail about something held:",
        "help_more": "The word  #help  with one of them behind it, as in “#help wait”, tells more. "
        "A mistake changes nothing and sends nothing.",
        "help_also": "Also: {aliases}",
        "help_examples": "For instance:",
        "nobody": "nobody",
        "nothing": "nothing",
        "no_date": "no date",
        "and": "{most} or {last}",
    },
    "id": {
        **TICKET_PHRASES["id"],
        **QUESTION_PHRASES["id"],
        **DIALOGUE_PHRASES["id"],
        **UNDO_PHRASES["id"],
        **AWAY_PHRASES["id"],
        **RELATION_PHRASES["id"],
        **VENDOR_PHRASES["id"],
        **LADDER_PHRASES["id"],
        # What became of a technician's mail.
        "sent_reply": "Teks Anda telah dikirim kepada {recipient}.",
        "sent_resolved": "{recipient} telah diberi tahu bahwa tiket selesai, beserta teks Anda.",
        "sent_resolved_bare": "{recipient} telah diberi tahu bahwa tiket selesai.",
        "sent_closed": "{recipient} telah diberi tahu bahwa tiket ditutup.",
        "kept_internal": "Teks Anda disimpan sebagai catatan internal; tidak ada yang dikirim kepada pelapor.",
        "kept_below": "Teks Anda disimpan sebagai catatan internal, karena Anda membalas email internal.",
        "decision_noted": "Teks email Anda disimpan sebagai catatan internal tiket {tag}; tidak dikirim ke siapa pun.",
        "decision_dropped": "Teks email Anda tidak disimpan: tidak ada tiketnya.",
        "nothing_sent": "Tidak ada yang dikirim kepada pelapor.",
        "blocked": "Tidak ada yang dikirim kepada pelapor: {reason}. Teks Anda disimpan sebagai catatan internal.",
        "blocked_bare": "Tidak ada yang dikirim kepada pelapor: {reason}.",
        "only_copies": "Email dikirim kepada para penerima tembusan, tetapi tidak kepada pelapor: {reason}.",
        "leak_held": "Tidak ada yang diubah dan tidak ada yang dikirim kepada pelapor: {reason}",
        "leak_hint": "Hapus kata-kata itu atau tulislah dengan kata lain, lalu balas lagi beserta perintahnya. "
        "Tidak ada perintah yang mengirim teks internal kepada pelapor.",
        "files_kept": "Lampiran email Anda tidak dikirim kepada pelapor.",
        "told_technician": "{name} telah diberi tahu tentang penugasan ini.",
        "nothing_applied": "Tidak ada yang diubah dan tidak ada yang dikirim: ada kesalahan dalam email Anda.",
        "accepted": "Pesan dari {originator} ditambahkan ke tiket {tag}, dan pengirimnya selanjutnya menjadi peserta.",
        "made_new": "Pesan dari {originator} menjadi tiket baru {tag}.",
        "spam": "Pesan dari {originator} disisihkan. Email lain dari alamat ini selanjutnya diabaikan, kecuali balasan"
        " atas email kami. Untuk membatalkannya, balaslah dengan  #terima  atau  #baru .",
        "decided": "Ini sudah diputuskan sebelumnya, oleh {by}: {decision}.",
        "decide_hint": "Balas dengan salah satu kata  #accept  ·  #new  ·  #spam  di baris paling atas.",
        "why_rule": "kategori {category}: aturan {rule} cocok dengan {words}",
        "why_mailbox": "kategori {category}: mengikuti kotak emailnya, karena tidak ada aturan yang menyebutnya",
        "why_no_rule": "tanpa kategori: tidak ada aturan yang menyebutnya",
        "why_least_loaded": "{name}, karena tiket aktifnya paling sedikit di tim {team}",
        "why_round_robin": "{name}, karena tiba gilirannya di tim {team}",
        "why_nobody": "belum ada: tidak ada anggota tim {team} yang sedang luang",
        "why_waited": "tanggal penundaan tiket ini sudah tiba",
        # Why a message is held, and why a mail did not go out.
        "held_no_originator": "tidak jelas siapa pengirimnya",
        "held_stranger": "email ini menyangkut tiket tersebut, tetapi {address} bukan pesertanya",
        "held_rule": "aturan {rule}: {words}",
        "held_because": "email ini menunggu keputusan ({reason})",
        "held_rate": "{address} sudah membuka {count} tiket dalam satu jam",
        "held_loop": "{address} tampaknya sistem otomatis yang menjawab email kami: isinya sama berulang kali. Email "
        "otomatis tentang hal ini tidak lagi dikirim ke sana. Email serupa juga ditahan tanpa pertanyaan baru sampai "
        "Anda memutuskan",
        "own_address": "{address} adalah alamat helpdesk sendiri",
        "machine": "pelapornya adalah sistem otomatis",
        "came_back": "email ke {address} dikembalikan; email otomatis ke alamat itu dihentikan selama {days} hari",
        "wants_none": "{address} tidak menginginkan kabar perkembangan dan survei",
        "cap_ticket": "{address} sudah menerima {count} email otomatis tentang tiket ini dalam 24 jam"
        " (per_ticket_address_day)",
        "cap_day": "{address} sudah menerima {count} email otomatis dalam 24 jam (per_address_day)",
        "cap_acknowledgements": "{address} sudah menerima {count} tanda terima dalam satu jam"
        " (acknowledgements_per_address_hour)",
        "cap_questions": "{address} sudah ditanya tentang {count} email yang ditahan dalam 24 jam (per_address_day)",
        "cap_challenges": "{address} sudah ditanya {count} kali dalam satu jam apakah sebuah email asli",
        "cap_global": "{count} email otomatis sudah diantrekan dalam satu jam (global_hour)",
        "leak": "ada teks internal di dalamnya: {text}",
        "queued_before": "email yang sama sudah diantrekan sebelumnya",
        "put_back": "basis data dikembalikan ke keadaan sebelumnya; kemungkinan besar email ini sudah terkirim",
        # What is wrong with a command, and what it changed.
        "where": "Baris {line}, “{raw}”: {problem}",
        "unknown": "tidak ada perintah #{word}. Apakah maksud Anda {candidates}?",
        "unknown_at_all": "tidak ada perintah #{word}. Perintah #bantuan menampilkan semuanya.",
        "needs_value": "#{word} memerlukan isi di belakangnya. Tulislah seperti ini: {usage}",
        "takes_nothing": "#{word} tidak memakai isi di belakangnya. Teks untuk pelapor ditulis di baris bawahnya.",
        "needs_text": "#{word} memerlukan teks, di baris yang sama atau di baris-baris berikutnya.",
        "too_many": "ada lebih dari {limit} perintah dalam email ini. Kirimlah sisanya dalam email lain.",
        "choose": "{problem} Pilihan: {candidates}.",
        "only_held": "#{word} hanya untuk membalas email tentang sesuatu yang ditahan; ini bukan balasan seperti itu.",
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
        "help_title": "Kata di bagian atas balasan untuk email tentang tiket, satu per baris; "
        "teks di bawahnya dikirim kepada pelapor:",
        "help_held": "Dalam balasan atas email tentang sesuatu yang ditahan:",
        "help_more": "Kata  #bantuan  diikuti salah satunya, seperti “#bantuan wait”, menjelaskan lebih lanjut. "
        "Bila ada kesalahan, tidak ada yang diubah dan tidak ada yang dikirim.",
        "help_also": "Juga: {aliases}",
        "help_examples": "Misalnya:",
        "nobody": "belum ada",
        "nothing": "tidak ada",
        "no_date": "tanpa tanggal",
        "and": "{most} atau {last}",
    },
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "wait_until": "put off until",
        "on_hold": "on hold",
        "worked_minutes": "time worked",
        "merged_into": "merged into",
        "waits_for": "waits for",
        "links": "related tickets",
        "side_threads": "vendor",
        "articles": "article",
        "entries": "history",
        "technician_states": "absence",
        "walk_in": "walk-in",
    },
    "id": {
        "status": "status",
        "priority": "prioritas",
        "impact": "dampak",
        "urgency": "urgensi",
        "category": "kategori",
        "team": "tim",
        "technician": "teknisi",
        "wait_until": "ditunda sampai",
        "resolution": "solusi",
        "prevention": "pencegahan",
        "diagnosis": "diagnosis",
        "workaround": "solusi sementara",
        "worked_minutes": "waktu kerja",
        "merged_into": "digabungkan ke",
        "waits_for": "menunggu",
        "links": "tiket terkait",
        "side_threads": "vendor",
        "articles": "artikel",
        "entries": "riwayat",
        "technician_states": "ketidakhadiran",
        "tags": "label",
        "subject": "subjek",
        "new": "baru",
        "open": "terbuka",
        "pending": "menunggu pelapor",
        "on_hold": "ditunda",
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
        "source": "sumber",
        "mail": "email",
        "phone": "telepon",
        "chat": "obrolan",
        "walk_in": "datang langsung",
    },
}
"""The names of fields, statuses, priorities and the like; one that is missing is shown as it is."""

MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was done or not, to be said in the language of whoever reads it.

    Attributes:
        phrase: A key of `PHRASES`.
        values: What is put into it.
        ledger: What the ledger says instead, where operators need to know more; in English like all of it.
    """

    phrase: str
    values: Mapping[str, str] = field(default_factory=dict)
    ledger: str = ""

    @property
    def english(self) -> str:
        """The reason for ledger and audit log."""
        return self.ledger or self.said("en")

    def said(self, language: str) -> str:
        """The reason in a language."""
        return say(language, self.phrase, **self.values)


def spoken(language: str) -> str:
    """The language to speak to a reader of this language: his own, or English where we do not speak it."""
    return language if language in LANGUAGES else "en"


def say(language: str, phrase: str, /, **values: str) -> str:
    """A sentence in a language (English where we do not speak it), with the values put in."""
    return PHRASES[spoken(language)][phrase].format(**values)


def word(language: str, name: str) -> str:
    """What a field, status, priority, impact or urgency is called in a language."""
    return WORDS[spoken(language)].get(name, name)


def either(language: str, words: tuple[str, ...]) -> str:
    """Words in a row, as in "a, b or c"."""
    if len(words) < 2:
        return "".join(words)
    return say(language, "and", most=", ".join(words[:-1]), last=words[-1])
