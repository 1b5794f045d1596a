"""Conversations of machines without a header that says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import loops

ACKNOWLEDGEMENT = (
    "We have received your request. There is nothing you need to do now.\n\n"
    "Thank you for writing to us. Your request has the number HD-1042, which stands in the subject.\n\nKind regards"
)


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Printer",
        "RE : Printer",
        "Bls: Printer",
        "AW: Printer",
        "[OTHER-7] Printer",
        "[Ticket#55] Re: Printer",
        "Re[2]: x",
    ],
)
def test_an_answer_is_known_by_what_stands_before_its_subject(subject: str) -> None:
    assert loops.is_answer(subject)


@pytest.mark.parametrize(
    "subject", ["", "Printer", "[URGENT] Printer", "Reset my password", "Reply: no", "Fwd: Printer", "[]"]
)
def test_a_new_subject_is_no_answer(subject: str) -> None:
    assert not loops.is_answer(subject)


def test_the_subjects_of_one_conversation_are_the_same_whatever_number_they_got() -> None:
    subjects = ["[OTHER-1] Re: [HD-1001] Printer 2 jams", "Re: [OTHER-22] Re: [HD-1002] printer 2  jams"]
    assert {loops.bare_subject(subject) for subject in subjects} == {"printer jams"}


def test_the_same_words_with_other_numbers_are_the_same() -> None:
    assert loops.is_same("Your request 17 was received.\nThank you.", "your request 18 was received. Thank  you.")
    assert not loops.is_same("Your request 17 was received.", "Your request 17 was closed today.")


def test_what_is_short_may_be_said_twice() -> None:
    assert not loops.is_same("Any news?", "Any news?")


def test_our_words_given_back_are_found_however_their_lines_are_broken() -> None:
    assert loops.gives_back("You wrote: " + ACKNOWLEDGEMENT.replace(" ", "\n"), ACKNOWLEDGEMENT.replace("1042", "1043"))


def test_one_line_of_ours_in_a_mail_of_a_person_is_no_echo() -> None:
    line = ACKNOWLEDGEMENT.splitlines()[0]
    assert not loops.gives_back(f"You say: {line} But the printer still jams.", ACKNOWLEDGEMENT)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_texts_can_be_compared(one: str, other: str) -> None:
    loops.is_answer(one)
    loops.gives_back(one, other)
    assert loops.is_same(one, other) == loops.is_same(other, one)


def test_a_subject_of_nothing_but_prefixes_takes_no_time() -> None:
    assert loops.is_answer("Re: " * 100_000 + "[" * 100_000)
