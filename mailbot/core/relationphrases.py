"""The sentences about two tickets at once: merged, split, related, waiting; part of `mailbot.core.phrases`."""

from collections.abc import Mapping

RELATION_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "itself": "{number} is the number of this very ticket. Write that of another one.",
        "not_together": "#{verb} and #{other} do not go together in one mail.",
        "merge_closed": "{tag} was closed too long ago to be opened again. Merge it the other way round, or use #link.",
        "merge_too_many": "With the people of this ticket more than {limit} would be in copy of {tag}. "
        "Use #dup instead: then each keeps a ticket of his own.",
        "merged_already": "{tag} was merged into {into}. Name that number instead.",
        "merged_here": "{tag} was merged into this ticket already.",
        "merged": "{old} goes on as {tag}: whatever is written to either number lands there.",
        "merged_joined": "From now on {names} is in copy there too, and reads the subject “{subject}”, but nothing "
        "that was written before.",
        "merged_told": "{recipient} was told the new number.",
        "merged_untold": "The requester was not told the new number: {reason}.",
        "merged_told_technician": "{name}, who serves that ticket, was told.",
        "split_only_one": "There is nothing to split off: the ticket has no other message of its requester.",
        "split_forgotten": "The message is too old: its original is not kept any more.",
        "split_done": "The message of {author} is the new ticket {tag} now.",
        "split_already": "the message that you answer has become {tag} already.",
        "split_told": "{recipient} was told its number.",
        "split_untold": "Its requester was not told the number: {reason}.",
        "split_to": "{tag} went to {name}.",
        "linked": "This ticket is related to {tag} now.",
        "linked_already": "This ticket is related to {tag} already.",
        "unlinked": "This ticket is not related to {tag} any more.",
        "not_linked": "This ticket was not related to {tag}; nothing was changed.",
        "dup_done": "{tag} is {status} already, so nothing of it is to be waited for. Use #merge or #link instead.",
        "dup_circle": "{tag} waits for this ticket itself. Two tickets cannot wait for each other.",
        "dup_waits_untold": "This ticket waits for {tag}, and ends with it. {recipient}, a machine, is told nothing.",
        "dup_waits": "This ticket waits for {tag}: the solution there also goes to {recipient}, in a mail of its own.",
        "children_resolved": "Duplicates that are resolved with it: {count}. Each requester "
        "who can be answered gets the solution in a mail of his own.",
        "children_closed": "Duplicates that are closed with it: {count}. Each requester "
        "who can be answered is told in a mail of his own.",
        "children_quiet": "Duplicates that end with it: {count}. Their requesters are not told.",
        "kin_related": "{tag} ({status}): {subject}",
        "kin_split": "{tag} ({status}), from which this was split off: {subject}",
        "kin_origin": "{tag} ({status}), split off from this: {subject}",
        "kin_duplicate": "{tag} ({status}), of which this is a duplicate: {subject}",
        "kin_parent": "{tag} ({status}), a duplicate of this: {subject}",
        "kin_merged": "{tag}, merged into this: {subject}",
        "kin_more": "and {count} more",
    },
    "id": {
        "itself": "{number} adalah nomor tiket ini sendiri. Tulislah nomor tiket yang lain.",
        "not_together": "#{verb} dan #{other} tidak bisa dipakai bersama dalam satu email.",
        "merge_closed": "{tag} sudah terlalu lama ditutup untuk dibuka kembali. Gabungkanlah ke arah sebaliknya, atau "
        "pakailah #kait.",
        "merge_too_many": "Bersama peserta tiket ini, penerima tembusan {tag} akan lebih dari {limit} orang. "
        "Pakailah #ganda: masing-masing tetap punya tiket sendiri.",
        "merged_already": "{tag} sudah digabungkan ke {into}. Sebutkan nomor itu.",
        "merged_here": "{tag} sudah digabungkan ke tiket ini.",
        "merged": "{old} dilanjutkan sebagai {tag}: apa pun yang dikirim ke kedua nomor itu masuk ke sana.",
        "merged_joined": "Mulai sekarang {names} juga menerima tembusan di sana dan membaca subjek “{subject}”, tanpa "
        "percakapan sebelumnya.",
        "merged_told": "{recipient} telah diberi tahu nomor barunya.",
        "merged_untold": "Pelapor tidak diberi tahu nomor barunya: {reason}.",
        "merged_told_technician": "{name}, yang menangani tiket itu, telah diberi tahu.",
        "split_only_one": "Tidak ada yang bisa dipisahkan: tidak ada pesan lain dari pelapor di tiket ini.",
        "split_forgotten": "Pesan itu sudah terlalu lama: email aslinya tidak disimpan lagi.",
        "split_done": "Pesan dari {author} kini menjadi tiket baru {tag}.",
        "split_already": "pesan yang Anda balas sudah menjadi {tag}.",
        "split_told": "{recipient} telah diberi tahu nomornya.",
        "split_untold": "Pelapornya tidak diberi tahu nomornya: {reason}.",
        "split_to": "{tag} diserahkan kepada {name}.",
        "linked": "Tiket ini kini terkait dengan {tag}.",
        "linked_already": "Tiket ini sudah terkait dengan {tag}.",
        "unlinked": "Tiket ini tidak lagi terkait dengan {tag}.",
        "not_linked": "Tiket ini memang tidak terkait dengan {tag}; tidak ada yang diubah.",
        "dup_done": "{tag} sudah berstatus {status}, jadi tidak ada yang perlu ditunggu. Pakailah #gabung atau #kait.",
        "dup_circle": "{tag} sedang menunggu tiket ini. Dua tiket tidak bisa saling menunggu.",
        "dup_waits_untold": "Tiket ini menunggu {tag} dan ikut berakhir. {recipient}, sistem otomatis, tidak "
        "diberi tahu.",
        "dup_waits": "Tiket ini menunggu {tag}: solusi di sana juga dikirim kepada {recipient} dalam email tersendiri.",
        "children_resolved": "Duplikat yang ikut selesai: {count}. Setiap pelapor yang dapat dibalas "
        "menerima solusi dalam email tersendiri.",
        "children_closed": "Duplikat yang ikut ditutup: {count}. Setiap pelapor yang dapat dibalas "
        "diberi tahu dalam email tersendiri.",
        "children_quiet": "Duplikat yang ikut berakhir: {count}. Para pelapornya tidak diberi tahu.",
        "kin_related": "{tag} ({status}): {subject}",
        "kin_split": "{tag} ({status}), asal tiket ini: {subject}",
        "kin_origin": "{tag} ({status}), dipisahkan dari tiket ini: {subject}",
        "kin_duplicate": "{tag} ({status}), yang diduplikasi tiket ini: {subject}",
        "kin_parent": "{tag} ({status}), duplikat tiket ini: {subject}",
        "kin_merged": "{tag}, digabungkan ke tiket ini: {subject}",
        "kin_more": "dan {count} lagi",
    },
}
"""By language and name."""
