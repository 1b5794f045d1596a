"""The sentences about promises that are broken; part of `mailbot.core.phrases`."""

from collections.abc import Mapping

LADDER_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "climb_response": "the first response was due on {due}, and the requester still waits for it",
        "climb_resolution": "the ticket was to be resolved by {due}",
        "climb_told": "{name} was told so on {at}",
        "climb_chosen": "of those above level {level} in team {team}, you are there, free, and fit best",
        "climb_nobody": "nobody had the ticket, and in team {team} you are there and free",
        "climb_team": "team {team} helps where nobody of team {before} can, and there you are free and fit best",
    },
    "id": {
        "climb_response": "tanggapan pertama seharusnya diberikan sebelum {due}, dan pelapor masih menunggu",
        "climb_resolution": "tiket ini seharusnya selesai sebelum {due}",
        "climb_told": "{name} telah diberi tahu pada {at}",
        "climb_chosen": "di antara rekan di atas tingkat {level} di tim {team}, Anda sedang luang dan paling sesuai",
        "climb_nobody": "tiket ini belum ada yang menangani, dan di tim {team} Anda sedang luang",
        "climb_team": "tim {team} membantu bila tim {before} tidak mampu, dan di sana Anda sedang luang serta paling "
        "sesuai",
    },
}
