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
        "less_than_no_work": "baru {worked} yang tercatat, jadi tidak bisa dikurangi sebanyak itu.",
    },
}
"""By language and key, like `mailbot.core.phrases.PHRASES`, of which they are a part."""
