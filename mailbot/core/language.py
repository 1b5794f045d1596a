"""Which of the languages that we speak a text is in, by its commonest words."""

from collections.abc import Mapping

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
_STOPS = str.maketrans(",.!?", "    ")
_MINIMUM = 2
_SURE = 4
_SURE_SHARE = 0.35
_READ = 4000


Words = Mapping[str, Mapping[str, int]]
"""The words that tell a language, by its code, and for how much each counts."""


def guess(text: str, others: Words | None = None) -> str:
    """Gives "en", "id" or one of the others when one clearly leads, "" when the text does not tell.

    Args:
        text: What somebody wrote.
        others: More languages, from `words_of`.
    """
    (best, language), (second, _other), _share = _counted(text, others)
    return language if best >= _MINIMUM and best != second else ""


def words_of(text: str) -> Mapping[str, int]:
    """The words that tell a language, from a text that lists them."""
    return dict.fromkeys(fold(text).split(), 1)


def is_sure(text: str, others: Words | None = None) -> bool:
    """Whether a text is so plainly in the language that `guess` gives that nothing known before speaks against it.

    The message of a program that somebody pastes is not: few of its words are those that people join words with.
    """
    (best, _language), (second, _other), share = _counted(text, others)
    return best >= _SURE and best >= 3 * second and share >= _SURE_SHARE


def _counted(text: str, others: Words | None) -> tuple[tuple[int, str], tuple[int, str], float]:
    """The two languages with what speaks for them, the leading one first; and which share of the words is of that."""
    weights: Words = {**_WEIGHT, **(others or {})}
    words = fold(text[:_READ]).translate(_STOPS).split()
    counts = sorted(
        ((sum(weight.get(word, 0) for word in words), language) for language, weight in weights.items()), reverse=True
    )
    known = sum(word in weights[counts[0][1]] for word in words)
    return counts[0], counts[1], known / (len(words) or 1)
