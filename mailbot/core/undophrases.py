"""The sentences about taking back what a mail did; part of `mailbot.core.phrases`."""

from collections.abc import Mapping

UNDO_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "undo_alone": "the command #{word} stands alone. Send the other commands in another mail.",
        "no_code": "“{value}” is no undo code. It has {length} letters and digits, as in K7PQ3X.",
        "undo_nothing": "There is nothing of yours on this ticket that could be taken back. Write the code that stands "
        "in the answer to your mail, as in “#undo K7PQ3X”.",
        "undo_unknown": "There is no undo code {code}, or not any more: codes count for {span}.",
        "undo_expired": "The code {code} counted until {moment}. Please change back by hand what must be changed.",
        "undo_foreign": "{code} belongs to a mail of {name}: only he and the lead of the team can take it back.",
        "undo_elsewhere": "{code} belongs to ticket {tag}: send it in a reply to a mail about that ticket.",
        "undo_twice": "{code} was taken back already, by {name}, {moment}.",
        "undo_changed": "{field}: it was changed again since then, by {name}, and is “{value}” now. "
        "So nothing was taken back.",
        "undo_first": "Take the later mail back first, with “#undo {code}”.",
        "undo_done": "What the mail of {name} of {moment} did was taken back.",
        "undo_redone": "What {name} took back {moment} stands again.",
        "undo_notes": "Marked as withdrawn in the history: {count}.",
        "undo_stopped": "Not sent any more: {notice}, to {recipient}.",
        "undo_gone": "Sent already, this cannot be taken back: {notice}, to {recipient}.",
        "undo_joined": "{address} is not in the ticket any more.",
        "undo_left": "{address} is in the ticket again.",
        "undo_requeued": "Sent after all: {notice}, to {recipient}.",
        "somebody": "mailbot",
        "seconds": "{count} seconds",
        "minutes": "{count} minutes",
        "hours": "{count} hours",
        # What becomes of a technician's mail as long as it can be taken back.
        "will_sent_reply": "Your text goes to {recipient}.",
        "will_sent_resolved": "{recipient} is told that the ticket is resolved, with your text.",
        "will_sent_resolved_bare": "{recipient} is told that the ticket is resolved.",
        "will_sent_closed": "{recipient} is told that the ticket is closed.",
        "will_remote_sent": "The text about remote support goes to {recipient}, with reference {reference}.",
        "withdrawn": "withdrawn",
    },
    "id": {
        "undo_alone": "perintah #{word} berdiri sendiri. Kirimlah perintah lainnya dalam email lain.",
        "no_code": "“{value}” bukan kode pembatalan. Kodenya terdiri dari {length} huruf dan angka, misalnya K7PQ3X.",
        "undo_nothing": "Tidak ada yang dapat dibatalkan dari Anda pada tiket ini. Tulislah kode yang tercantum "
        "dalam balasan atas email Anda, misalnya “#batal K7PQ3X”.",
        "undo_unknown": "Tidak ada kode pembatalan {code}, atau sudah tidak berlaku: kode berlaku selama {span}.",
        "undo_expired": "Kode {code} berlaku sampai {moment}. Mohon ubah kembali secara manual bila perlu.",
        "undo_foreign": "{code} adalah kode email {name}: hanya penulisnya dan pimpinan tim yang dapat membatalkannya.",
        "undo_elsewhere": "{code} adalah kode tiket {tag}: kirimlah dalam balasan atas email tentang tiket itu.",
        "undo_twice": "{code} sudah dibatalkan oleh {name}, {moment}.",
        "undo_changed": "{field}: sesudah itu diubah lagi oleh {name}, dan sekarang “{value}”. "
        "Karena itu tidak ada yang dibatalkan.",
        "undo_first": "Batalkan dahulu email yang lebih baru, dengan “#batal {code}”.",
        "undo_done": "Yang dilakukan oleh email {name}, {moment}, telah dibatalkan.",
        "undo_redone": "Yang dibatalkan oleh {name}, {moment}, berlaku kembali.",
        "undo_notes": "Ditandai sebagai ditarik dalam riwayat: {count}.",
        "undo_stopped": "Tidak jadi dikirim: {notice}, kepada {recipient}.",
        "undo_gone": "Sudah terkirim dan tidak dapat ditarik: {notice}, kepada {recipient}.",
        "undo_joined": "{address} tidak lagi mengikuti tiket ini.",
        "undo_left": "{address} kembali mengikuti tiket ini.",
        "undo_requeued": "Jadi dikirim: {notice}, kepada {recipient}.",
        "somebody": "mailbot",
        "seconds": "{count} detik",
        "minutes": "{count} menit",
        "hours": "{count} jam",
        "will_sent_reply": "Teks Anda akan dikirim kepada {recipient}.",
        "will_sent_resolved": "{recipient} akan diberi tahu bahwa tiket selesai, beserta teks Anda.",
        "will_sent_resolved_bare": "{recipient} akan diberi tahu bahwa tiket selesai.",
        "will_sent_closed": "{recipient} akan diberi tahu bahwa tiket ditutup.",
        "will_remote_sent": "Petunjuk bantuan jarak jauh akan dikirim kepada {recipient}, dengan nomor rujukan "
        "{reference}.",
        "withdrawn": "ditarik",
    },
}
"""By language and name."""
