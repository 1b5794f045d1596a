"""Which of the languages that we speak a text is in, by its commonest words."""

from mailbot.core.text import fold

_WORDS = {
    "en": (
        "the and is are not my for with have has can cannot please hello hi thanks thank you this that "
        "on it of to in a when since does our your we i was would could help "
    ),
    "id": (
        "yang dan tidak saya kami untuk dengan dari ini itu bisa mohon tolong terima kasih pak bu bapak "
        "ibu di ke ada sudah belum sejak gak nggak ga tdk kalau karena pada akan selamat pagi siang sore "
        "halo bantuan bantu yg sy dgn dr utk jg sdh udah blm lagi masih terus saja aja juga mau kok dong kak mas mbak "
        "lantai kantor sampai seperti sama dulu hari kemarin tadi jadi nya anda "
    ),
}
_TELLING = {
    "en": "please cannot thanks hello",
    "id": (
        "tidak mohon tolong gak nggak macet rusak mati lemot lambat banget bgt dicek kenapa gimana bagaimana "
        "hilang lupa terima belum"
    ),
}
"""Words of short mails that are hardly ever words of the other language: each counts for two."""
_WEIGHT = {
    language: {**dict.fromkeys(words.split(), 1), **dict.fromkeys(_TELLING[language].split(), 2)}
    for language, words in _WORDS.items()
}
_MINIMUM = 2
_READ = 4000


def guess(text: str) -> str:
    """Gives "en" or "id" when one clearly leads, "" when the text does not tell."""
    words = fold(text[:_READ]).replace(",", " ").replace(".", " ").replace("!", " ").replace("?", " ").split()
    counts = {language: sum(weight.get(word, 0) for word in words) for language, weight in _WEIGHT.items()}
    best, second = sorted(counts.values(), reverse=True)[:2]
    if best < _MINIMUM or best == second:
        return ""
    return max(counts, key=lambda language: counts[language])
