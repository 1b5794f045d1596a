"""Reading votes, and telling thanks from a word that needs an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.survey import Vote, is_only_thanks, needs_a_reader, read_vote


@pytest.mark.parametrize(
    ("text", "score", "comment"),
    [
        ("5", 5, ""),
        ("5!", 5, ""),
        (" 4 ", 4, ""),
        ("5 - terima kasih", 5, "terima kasih"),
        ("4. Quick, thank you", 4, "Quick, thank you"),
        ("3/5 it took long", 3, "it took long"),
        ("lima", 5, ""),
        ("5 / 5", 5, ""),
        ("Lima bintang", 5, "bintang"),
        ("⭐️⭐️⭐️", 3, ""),
        ("5\ufe0f\u20e3", 5, ""),
        ("4\u20e3 thanks", 4, "thanks"),
        ("nilai: 4", 4, ""),
        ("Nilai : 2 - lambat", 2, "lambat"),
        ("Lima, bagus sekali", 5, "bagus sekali"),
        ("five", 5, ""),
        ("⭐⭐⭐⭐", 4, ""),
        ("★★★ ok", 3, "ok"),
        ("2\n\nStill slow.\nBudi", 2, "Still slow.\nBudi"),
        ("(1) terrible", 1, "terrible"),
        ("5/5", 5, ""),
        ("5, thanks", 5, "thanks"),
        ("4 good job", 4, "good job"),
        ("5 terima kasih", 5, "terima kasih"),
        ("5 very good!", 5, "very good"),
        ("5 👍", 5, "👍"),
        ("4 stars", 4, "stars"),
        ("2 too slow", 2, "too slow"),
        ("3: it took long", 3, "it took long"),
        ("5\n3 printers work again", 5, "3 printers work again"),
        ("Lima!", 5, ""),
        ("\uff15", 5, ""),
        ("*5*", 5, ""),
        ("Nilai 5", 5, ""),
        ("Skor saya: 4, terima kasih", 4, "terima kasih"),
        ("My rating is 3.", 3, ""),
        ("Great, 5! Thank you.", 5, "Great, 5! Thank you"),
        ("Mantap, saya kasih 5 ya", 5, "Mantap, saya kasih 5 ya"),
        ("0", 1, "0"),
    ],
)
def test_a_vote_is_read_from_the_beginning_of_an_answer(text: str, score: int, comment: str) -> None:
    assert read_vote(text) == Vote(score, comment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "6",
        "0 of 3 printers work",
        "Great, 5 or 4?",
        "Great, but 5 machines are down",
        "rating 5 machines",
        "Great, 3 and 4",
        "10",
        "I have 2 questions",
        "3 or 4",
        "3 atau 4",
        "4 or maybe 5",
        "081234567890",
        "0812 3456 7890",
        "+62 21 555 0105",
        "5 555 0105",
        "1\u20e30\u20e3",
        "3 laptops",
        "55",
        "it still does not work",
        "5.5",
        "4:30 is when it broke",
        "1,000 errors",
        "satuan",
        "5 days later it is still broken",
        "3 printers are out of order",
        "2 hari kemudian rusak lagi",
        "5 pm is fine",
        "two of them still jam",
        "satu lagi, scanner saya rusak",
        "lima menit lalu mati",
        "1-2 printers",
        "5-day wait",
        "3, 4 and 5 are broken",
        "5% of it works",
        "2nd floor is dark",
        "4x today",
        "5 - 10 people wait",
        "5+ people",
        "3 very old printers",
        "1 bad cable left",
    ],
)
def test_what_is_no_vote_is_not_taken_for_one(text: str) -> None:
    assert read_vote(text) is None


@given(st.text())
def test_any_text_is_a_vote_or_none(text: str) -> None:
    vote = read_vote(text)

    assert vote is None or 1 <= vote.score <= 5


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "thank you very much",
        "Many thanks",
        "Terima kasih banyak, Pak",
        "terima kasih atas bantuannya",
        "Makasih ya mas",
        "ok, works now. Thanks!",
        "Perfect, thank you for your help",
        "Makasih banyak ya",
        "👍",
        "Terima kasih 🙏🏽",
    ],
)
def test_nothing_but_thanks_is_recognised(text: str) -> None:
    assert is_only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thanks, but it still does not work",
        "thanks. when will it be ready?",
        "terima kasih, tapi masih error",
        "thank you, one more thing: the scanner is broken",
        "ok",
        "It is broken",
        "thanks " * 60,
    ],
)
def test_a_word_that_needs_an_answer_is_not_taken_for_thanks(text: str) -> None:
    assert not is_only_thanks(text)


@pytest.mark.parametrize(
    ("vote", "needed"),
    [
        (Vote(5, ""), False),
        (Vote(1, ""), False),
        (Vote(5, "thank you, very quick"), False),
        (Vote(2, "slow"), True),
        (Vote(1, "thanks"), False),
        (Vote(5, "All works again, but the scanner on the third floor shows the same message now."), True),
        (Vote(4, "When does the new one come?"), True),
        (Vote(5, "but it jams again"), True),
        (Vote(4, "but the printer jams again today"), True),
        (Vote(5, "tapi printernya rusak lagi"), True),
    ],
)
def test_what_is_more_than_a_vote_is_put_to_somebody(vote: Vote, needed: bool) -> None:
    assert needs_a_reader(vote) is needed
