"""The sentences about vendors, in each language."""

from collections.abc import Mapping

VENDOR_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "vendor_waits": "The ticket waits for {name}.",
        "vendor_nobody": "no vendor is waited for.",
        "vendor_ended": "No vendor is waited for any more; the ticket stays {status}.",
        "no_vendor": "no vendor is called “{value}”. An address does as well.",
        "no_vendors": "no vendor is called “{value}”. Name him in [[vendors]] of the configuration, or write his "
        "address.",
        "vendor_technician": "{address} is a technician, who reads everything. Use #assign or #escalate instead.",
        "vendor_takes_part": "{address} takes part in the ticket: what the vendor is told must stay apart from that.",
        "vendor_sent": "Your text was sent to {name}, and to nobody else.",
        "vendor_silent": "Nothing was sent to {name}: there is no text below the commands.",
        "vendor_blocked": "Nothing was sent to {name}: {reason}. Your text was kept as an internal note.",
        "vendor_twice": "The text of one mail cannot be for two vendors. Write to each in a mail of his own.",
        "vendor_go": "This text was meant for a vendor, so it was sent to nobody. Correct the command and reply again.",
        "cc_vendor": "{address} is a vendor here, who reads only what is sent to him alone.",
        "vendor_answered": "The message of {originator} was taken for the vendor's answer to ticket {tag}; it stays "
        "internal.",
        "merge_vendor": "{address} takes part in one of the two tickets and is a vendor of the other: not merged with "
        "{tag}, so that he does not read what was kept from him.",
        "leak_address": "it names the address of the requester, {address}",
        "leak_token": "it holds a secret word of a mail that somebody else got (from its links or its header)",
    },
    "id": {
        "vendor_waits": "Tiket menunggu {name}.",
        "vendor_nobody": "tidak ada vendor yang sedang ditunggu.",
        "vendor_ended": "Tidak ada lagi vendor yang ditunggu; status tiket tetap {status}.",
        "no_vendor": "tidak ada vendor bernama “{value}”. Alamatnya pun boleh ditulis.",
        "no_vendors": "tidak ada vendor bernama “{value}”. Daftarkan di [[vendors]] dalam konfigurasi, atau tulislah "
        "alamatnya.",
        "vendor_technician": "{address} adalah teknisi, yang membaca semuanya. Pakailah #tugaskan atau #eskalasi.",
        "vendor_takes_part": "{address} adalah peserta tiket ini: pesan kepada vendor harus terpisah dari itu.",
        "vendor_sent": "Teks Anda telah dikirim kepada {name}, dan tidak kepada orang lain.",
        "vendor_silent": "Tidak ada yang dikirim kepada {name}: tidak ada teks di bawah perintah.",
        "vendor_blocked": "Tidak ada yang dikirim kepada {name}: {reason}. Teks Anda disimpan sebagai catatan "
        "internal.",
        "vendor_twice": "Teks satu email tidak bisa ditujukan kepada dua vendor. Tulislah email tersendiri untuk "
        "masing-masing.",
        "vendor_go": "Teks ini ditujukan kepada vendor, jadi tidak dikirim ke siapa pun. Perbaiki perintahnya lalu "
        "balas lagi.",
        "cc_vendor": "{address} adalah vendor di sini, yang hanya membaca apa yang dikirim khusus kepadanya.",
        "vendor_answered": "Pesan dari {originator} dicatat sebagai jawaban vendor untuk tiket {tag}; pesan itu tetap "
        "internal.",
        "merge_vendor": "{address} adalah peserta salah satu tiket dan vendor di tiket lainnya: tiket ini tidak "
        "digabungkan dengan {tag}, supaya ia tidak membaca apa yang dirahasiakan darinya.",
        "leak_address": "ada alamat pelapor di dalamnya, {address}",
        "leak_token": "ada kata rahasia dari email milik orang lain di dalamnya (dari tautan atau kepala suratnya)",
    },
}
"""By language and key, like `mailbot.core.phrases.PHRASES`, of which they are a part."""
