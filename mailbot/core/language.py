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
        "halo bantuan bantu "
    ),
}
_COMMON = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_MINIMUM = 2
_READ = 4000


def guess(text: str) -> str:
    """Gives "en" or "id" when one clearly leads, "" when the text does not tell."""
    words = fold(text[:_READ]).replace(",", " ").replace(".", " ").replace("!", " ").replace("?", " ").split()
    counts = {language: sum(word in common for word in words) for language, common in _COMMON.items()}
    best, second = sorted(counts.values(), reverse=True)[:2]
    if best < _MINIMUM or best == second:
        return ""
    return max(counts, key=lambda language: counts[language])
