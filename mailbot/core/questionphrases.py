"""The sentences about commands that ask for something: lists and records; part of `mailbot.core.phrases`."""

from collections.abc import Mapping

QUESTION_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "no_list": "there is no list “{value}”.",
        "no_number": "“{value}” is not the number of a ticket. Write for instance 1042.",
        "show_which": "the mail names no ticket. Write its number behind the command.",
        "no_such_ticket": "There is no ticket {tag}.",
        "list_follows": "The list comes in a mail of its own.",
        "record_follows": "Everything about {tag} comes in a mail of its own.",
        "not_asked_again": "No answer was sent, since you already got too many mails about {tag} today.",
    },
    "id": {
        "no_list": "tidak ada daftar “{value}”.",
        "no_number": "“{value}” bukan nomor tiket. Tulislah misalnya 1042.",
        "show_which": "email ini tidak menyebut tiket. Tulislah nomornya di belakang perintah.",
        "no_such_ticket": "Tidak ada tiket {tag}.",
        "list_follows": "Daftarnya dikirim dalam email tersendiri.",
        "record_follows": "Semua tentang {tag} dikirim dalam email tersendiri.",
        "not_asked_again": "Jawabannya tidak dikirim, karena hari ini Anda sudah menerima terlalu banyak email tentang "
        "{tag}.",
    },
}
"""By language and name."""
