"""What is said to a technician whose mail needs another word of his; part of `mailbot.core.phrases`."""

from collections.abc import Mapping

DIALOGUE_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "go_hint": "Correct the commands and reply again, or reply with the word  #go  to send the text without them.",
        "again_hint": "Correct the commands and reply again.",
        "stray_hint": "Correct this and reply again, or reply with the word  #go  to send your text as it is.",
        "go_hint_inside": "Correct the commands and reply again, or reply with the word  #go  to keep the text, "
        "without them, as an internal note.",
        "stray_hint_inside": "Correct this and reply again, or reply with the word  #go  to keep your text as it is, "
        "as an internal note.",
        "no_ticket": "The mail names no ticket: reply to a mail about the ticket that you mean.",
        "confirmed": "Confirmed; the mail was carried out.",
        "only_text": "As you confirmed, only the text of your mail was used.",
        "as_it_is": "As you confirmed, your text was used as it is.",
        "dropped": "Not carried out: {commands}",
        "stray": "this command stands below your text, so it was not carried out. Put it on top.",
        "spaced": "this is no command, because a blank stands behind the “#”. Leave the blank out.",
        "no_own_text": "Your mail had no text of its own: everything in it was read as a quotation or a signature.",
        "no_text_at_all": "Your mail had no text.",
        "write_above": "Write your answer above the quoted mail, and reply again.",
        "write_to_requester": "To write to the requester, reply to a mail about the ticket instead, such as the one "
        "that brought you the requester's words.",
        "still_go": "The mail that we asked you about still waits: reply to that question with the word  #go  alone.",
        "replaced_commands": "Your earlier mail, which was held, counts as replaced by this one; it was not carried "
        "out: {commands}",
        "replaced_files": "Files of your earlier mail, which was held, were not sent: {names}. If they are needed, "
        "attach them again.",
        "replaced_text": "Your earlier mail, which was held, counts as replaced by this one; its text was not sent: "
        "“{text}”",
        "no_subject": "(no subject)",
    },
    "id": {
        "go_hint": "Perbaiki perintahnya lalu balas lagi, atau balas dengan kata  #go  untuk mengirim teksnya saja.",
        "again_hint": "Perbaiki perintahnya lalu balas lagi.",
        "stray_hint": "Perbaikilah lalu balas lagi, atau balas dengan kata  #go  untuk mengirim teks Anda apa adanya.",
        "go_hint_inside": "Perbaiki perintahnya lalu balas lagi, atau balas dengan kata  #go  untuk menyimpan teksnya "
        "saja sebagai catatan internal.",
        "stray_hint_inside": "Perbaikilah lalu balas lagi, atau balas dengan kata  #go  untuk menyimpan teks Anda apa "
        "adanya sebagai catatan internal.",
        "no_ticket": "Email ini tidak menyebut tiket: balaslah email tentang tiket yang Anda maksud.",
        "confirmed": "Dikonfirmasi; email Anda sudah diproses.",
        "only_text": "Sesuai konfirmasi Anda, hanya teks email Anda yang dipakai.",
        "as_it_is": "Sesuai konfirmasi Anda, teks Anda dipakai apa adanya.",
        "dropped": "Tidak dijalankan: {commands}",
        "stray": "perintah ini berada di bawah teks Anda, jadi tidak dijalankan. Tulislah di baris paling atas.",
        "spaced": "ini bukan perintah, karena ada spasi di belakang “#”. Hapuslah spasinya.",
        "no_own_text": "Email Anda tidak berisi teks baru: seluruh isinya terbaca sebagai kutipan atau tanda tangan.",
        "no_text_at_all": "Email Anda tidak berisi teks.",
        "write_above": "Tulislah jawaban Anda di atas kutipan, lalu balas lagi.",
        "write_to_requester": "Untuk menulis kepada pelapor, balaslah email tentang tiketnya, misalnya email yang "
        "memuat pesan pelapor.",
        "still_go": "Email yang kami tanyakan masih ditahan: balaslah pertanyaan itu dengan kata  #go  saja.",
        "replaced_commands": "Email Anda sebelumnya, yang ditahan, dianggap diganti oleh email ini; isinya tidak "
        "dijalankan: {commands}",
        "replaced_files": "Berkas dari email Anda sebelumnya, yang ditahan, tidak dikirim: {names}. Bila diperlukan, "
        "lampirkan lagi.",
        "replaced_text": "Email Anda sebelumnya, yang ditahan, dianggap diganti oleh email ini; teksnya tidak dikirim: "
        "“{text}”",
        "no_subject": "(tanpa subjek)",
    },
}
"""By language and name."""
