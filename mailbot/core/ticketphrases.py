"""The sentences of the commands that change the ticket on which they are used, in each language."""

from collections.abc import Mapping

TICKET_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "no_impact": "there is no impact “{value}”.",
        "no_urgency": "there is no urgency “{value}”.",
        "no_team": "there is no team “{value}”.",
        "priority_follows": "priority: {old} → {new}, which follows from impact and urgency",
        "priority_stays": "priority: stays {new}, which follows from impact and urgency",
        "priority_by_hand": "priority: as this mail sets it by hand, not as impact and urgency would have it",
        "no_title": "“{value}” is no subject. Write a few words that say what the trouble is.",
        "no_tag": "the ticket has no tag “{value}”.",
        "not_a_tag": "“{value}” is no tag. Write one word of letters, digits and hyphens for each, as in +vip -floor2.",
        "too_many_tags": "a ticket may have {limit} tags at most. Take some away first.",
        "hold_noted": "The reason was kept as an internal note.",
        "documented_more": "{field}: {count} lines kept, nothing of them is a reply. "
        "A reply below them needs a line with the word  #end  between the two.",
        "documented_late": "This is for the record: the requester is not told about it any more.",
        "not_worked": "“{value}” is no time that somebody can have worked. Write for instance 15m or 1h 30m.",
        "too_much_work": "“{value}” is more than a day. Write each day on a line of its own.",
        "no_reason": "say why, as in: {value} the disk must be replaced",
        "escalates_to_himself": "{name} has the ticket or asks for help, so nothing would change. Name somebody else.",
        "no_level": "there is nobody else at level {level}.",
        "nobody_above": "nobody stands above you here: team {team} has no other lead. Name a technician or a team.",
        "escalated_to": "{name} was told why, and has the ticket now.",
        "escalated_to_lead": "{name} was told why; the ticket stays where it is.",
        "not_escalated": "{name} could not be told; the history of the ticket says why.",
        "no_remote_support": "remote support is not configured. Set remote_support.link or remote_support.text "
        "in the configuration.",
        "remote_and_quiet": "the mail is to send nothing to the requester, but remote support is a mail to him.",
        "wait_unasked": "Nobody has asked the requester anything so far. He is reminded all the same, and the ticket "
        "ends if he stays silent: write your question below #wait, or use #hold if you wait for something else.",
        "resolved_unsaid": "No solution is written down. Add it with  #resolution TEXT , for the requester and for "
        "whoever searches later.",
        "remote_sent": "{recipient} was sent the text about remote support, with reference {reference}.",
        "remote_blocked": "The text about remote support was not sent: {reason}.",
        "no_address": "“{value}” is no mail address, or not only that. Write for instance dewi@example.org.",
        "cc_own": "{address} is an address of the helpdesk itself: what goes there comes back as a new message.",
        "cc_technician": "{name} is a technician, who in copy would be taken for a requester. Use #assign instead.",
        "cc_too_many": "at most {limit} people may be in copy of a ticket.",
        "cc_nobody": "“{value}” is not in copy of this ticket.",
        "cc_not_the_requester": "{address} is the requester, who is always told.",
        "cc_requester": "{address} is the requester, who is told anyway.",
        "cc_already": "{address} is in copy already.",
        "cc_joins": "{address} is in copy from now on, and gets nothing of what was written before.",
        "cc_leaves": "{address} is not in copy any more.",
        "named_already": "Not sent a second time to those whom your mail names itself: {names}.",
        "less_than_no_work": "only {worked} were noted so far, so no more can be taken off.",
    },
    "id": {
        "no_impact": "tidak ada dampak “{value}”.",
        "no_urgency": "tidak ada urgensi “{value}”.",
        "no_team": "tidak ada tim “{value}”.",
        "priority_follows": "prioritas: {old} → {new}, mengikuti dampak dan urgensi",
        "priority_stays": "prioritas: tetap {new}, mengikuti dampak dan urgensi",
        "priority_by_hand": "prioritas: seperti yang ditetapkan dalam email ini, bukan menurut dampak dan urgensi",
        "no_title": "“{value}” bukan subjek. Tulislah beberapa kata tentang masalahnya.",
        "no_tag": "tiket ini tidak memiliki label “{value}”.",
        "not_a_tag": "“{value}” bukan label. Tulislah satu kata dari huruf, angka, dan tanda hubung untuk tiap label, "
        "seperti +vip -lantai2.",
        "too_many_tags": "sebuah tiket paling banyak memiliki {limit} label. Hapuslah beberapa dahulu.",
        "hold_noted": "Alasannya disimpan sebagai catatan internal.",
        "documented_more": "{field}: {count} baris disimpan, tidak ada yang menjadi balasan. "
        "Balasan di bawahnya perlu dipisahkan dengan satu baris berisi kata  #akhir .",
        "documented_late": "Ini hanya untuk arsip: pelapor tidak lagi diberi tahu tentang hal ini.",
        "not_worked": "“{value}” bukan lama kerja. Tulislah misalnya 15 menit atau 1,5 jam.",
        "too_much_work": "“{value}” lebih dari sehari. Tulislah setiap hari di barisnya sendiri.",
        "no_reason": "sebutkan alasannya, misalnya: {value} disknya harus diganti",
        "escalates_to_himself": "{name} memegang tiket ini atau yang meminta bantuan, jadi tidak ada yang berubah. "
        "Sebutkan orang lain.",
        "no_level": "tidak ada orang lain di tingkat {level}.",
        "nobody_above": "tidak ada atasan di sini: tim {team} tidak memiliki pimpinan lain. Sebutkan teknisi atau tim.",
        "escalated_to": "{name} telah diberi tahu alasannya, dan kini memegang tiketnya.",
        "escalated_to_lead": "{name} telah diberi tahu alasannya; tiketnya tidak berpindah.",
        "not_escalated": "{name} tidak dapat diberi tahu; riwayat tiket menjelaskan sebabnya.",
        "no_remote_support": "bantuan jarak jauh belum diatur. Isilah remote_support.link atau remote_support.text "
        "dalam konfigurasi.",
        "remote_and_quiet": "email ini tidak boleh mengirim apa pun kepada pelapor, padahal bantuan jarak jauh "
        "adalah email kepadanya.",
        "wait_unasked": "Pelapor belum ditanya apa pun. Ia tetap akan diingatkan, dan tiket berakhir bila ia diam "
        "saja: tulislah pertanyaan Anda di bawah #tunggu, atau pakailah #tahan bila menunggu hal lain.",
        "resolved_unsaid": "Solusinya belum dicatat. Tambahkan dengan  #solusi TEKS , untuk pelapor dan siapa pun yang "
        "mencarinya nanti.",
        "remote_sent": "{recipient} telah dikirimi petunjuk bantuan jarak jauh, dengan nomor rujukan {reference}.",
        "remote_blocked": "Petunjuk bantuan jarak jauh tidak dikirim: {reason}.",
        "no_address": "“{value}” bukan alamat email, atau ada isi lain. Tulislah misalnya dewi@example.org.",
        "cc_own": "{address} adalah alamat helpdesk sendiri: email ke sana akan kembali sebagai pesan baru.",
        "cc_technician": "{name} adalah teknisi, dan sebagai penerima tembusan akan dianggap pelapor. "
        "Pakailah #tugaskan.",
        "cc_too_many": "paling banyak {limit} orang boleh menerima tembusan sebuah tiket.",
        "cc_nobody": "“{value}” bukan penerima tembusan tiket ini.",
        "cc_not_the_requester": "{address} adalah pelapor, yang selalu diberi tahu.",
        "cc_requester": "{address} adalah pelapor, yang memang selalu diberi tahu.",
        "cc_already": "{address} sudah menjadi penerima tembusan.",
        "cc_joins": "{address} menerima tembusan mulai sekarang, tanpa yang ditulis sebelumnya.",
        "cc_leaves": "{address} tidak lagi menerima tembusan.",
        "named_already": "Tidak dikirim dua kali kepada yang sudah tercantum dalam email Anda: {names}.",
        "less_than_no_work": "baru {worked} yang tercatat, jadi tidak bisa dikurangi sebanyak itu.",
    },
}
"""By language and key, like `mailbot.core.phrases.PHRASES`, of which they are a part."""
