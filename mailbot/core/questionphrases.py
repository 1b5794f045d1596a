"""The sentences about commands that ask for something: lists, records, articles; part of `mailbot.core.phrases`."""

from collections.abc import Mapping

QUESTION_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "no_list": "there is no list “{value}”.",
        "no_number": "“{value}” is not the number of a ticket. Write for instance 1042.",
        "show_which": "the mail names no ticket. Write its number behind the command.",
        "no_such_ticket": "There is no ticket {tag}.",
        "list_follows": "The list comes in a mail of its own.",
        "record_follows": "Everything about {tag} comes in a mail of its own.",
        "find_what": "there is no word to look for. Write for instance: #find printer paper",
        "found_follows": "What was found comes in a mail of its own.",
        "kb_what": "“{value}” is nothing that the knowledge base does. Write a number, or search, draft or publish.",
        "kb_number": "“{value}” is not the number of an article. Write for instance 12.",
        "kb_where": "an article is made from a ticket: reply to a mail about it.",
        "kb_unsolved": "there is no solution to write about. Give one with #resolution or #workaround first.",
        "kb_and_quiet": "the mail is to send nothing to the requester, but an article is a mail to him.",
        "kb_none": "There is no article {article}.",
        "kb_is_draft": "Article {article} is a draft, which no requester may read. Publish it first, "
        "with  #kb publish {number} .",
        "kb_drafted": "Article {article} was drafted from {tag}. Only technicians can read it; its text comes in a "
        "mail of its own.",
        "kb_redrafted": "Article {article} was public. It is a draft again, and goes to nobody until it is published.",
        "kb_published": "Article {article} is public now. All requesters to whom it is sent will read this:",
        "kb_public_already": "Article {article} was public already.",
        "kb_withdrawn": "Article {article} is a draft again; whoever got it before keeps it.",
        "kb_draft_already": "Article {article} was a draft already.",
        "kb_follows": "Article {article} comes in a mail of its own.",
        "kb_sent": "{recipient} was sent article {article}: {title}",
        "kb_blocked": "Article {article} was not sent: {reason}.",
        "kb_title": "Title: {text}",
        "kb_symptoms": "When it helps: {text}",
        "kb_diagnosis": "The cause: {text}",
        "kb_resolution": "What to do: {text}",
        "kb_prevention": "How to prevent it: {text}",
        "not_asked_again": "No answer was sent, since you already got too many mails about {tag} today.",
    },
    "id": {
        "no_list": "tidak ada daftar “{value}”.",
        "no_number": "“{value}” bukan nomor tiket. Tulislah misalnya 1042.",
        "show_which": "email ini tidak menyebut tiket. Tulislah nomornya di belakang perintah.",
        "no_such_ticket": "Tidak ada tiket {tag}.",
        "list_follows": "Daftarnya dikirim dalam email tersendiri.",
        "record_follows": "Semua tentang {tag} dikirim dalam email tersendiri.",
        "find_what": "tidak ada kata yang dicari. Tulislah misalnya: #cari printer kertas",
        "found_follows": "Hasil pencariannya dikirim dalam email tersendiri.",
        "kb_what": "“{value}” tidak dikenal oleh basis pengetahuan. Tulislah nomor, atau cari, konsep, atau terbitkan.",
        "kb_number": "“{value}” bukan nomor artikel. Tulislah misalnya 12.",
        "kb_where": "artikel dibuat dari sebuah tiket: balaslah email tentang tiket itu.",
        "kb_unsolved": "belum ada solusi untuk dijadikan artikel. Tulislah dahulu dengan #solusi atau #sementara.",
        "kb_and_quiet": "email ini tidak boleh mengirim apa pun kepada pelapor, padahal artikel adalah "
        "email kepadanya.",
        "kb_none": "Tidak ada artikel {article}.",
        "kb_is_draft": "Artikel {article} masih berupa konsep, yang belum boleh dibaca pelapor. Terbitkan dahulu, "
        "dengan  #artikel terbitkan {number} .",
        "kb_drafted": "Konsep artikel {article} dibuat dari {tag}. Hanya teknisi yang dapat membacanya; isinya dikirim "
        "dalam email tersendiri.",
        "kb_redrafted": "Artikel {article} tadinya sudah terbit. Kini kembali menjadi konsep, dan tidak dikirim kepada "
        "siapa pun sampai diterbitkan lagi.",
        "kb_published": "Artikel {article} kini terbit. Semua pelapor yang menerimanya akan membaca ini:",
        "kb_public_already": "Artikel {article} sudah terbit sebelumnya.",
        "kb_withdrawn": "Artikel {article} kembali menjadi konsep; yang sudah menerimanya tetap memilikinya.",
        "kb_draft_already": "Artikel {article} memang masih berupa konsep.",
        "kb_follows": "Artikel {article} dikirim dalam email tersendiri.",
        "kb_sent": "{recipient} telah dikirimi artikel {article}: {title}",
        "kb_blocked": "Artikel {article} tidak dikirim: {reason}.",
        "kb_title": "Judul: {text}",
        "kb_symptoms": "Gejalanya: {text}",
        "kb_diagnosis": "Penyebabnya: {text}",
        "kb_resolution": "Cara mengatasinya: {text}",
        "kb_prevention": "Cara mencegahnya: {text}",
        "not_asked_again": "Jawabannya tidak dikirim, karena hari ini Anda sudah menerima terlalu banyak email tentang "
        "{tag}.",
    },
}
"""By language and name."""
