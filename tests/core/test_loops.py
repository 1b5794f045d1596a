"""Conversations of machines without a header that says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import loops
from mailbot.core.deskwords import speaks_as_helpdesk

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


KNOWN = (
    "Yth. Bapak/Ibu, laporan Anda sudah kami terima dengan nomor tiket 101 pada tanggal Selasa, 04 Agustus 2026."
    " Tim kami akan segera menindaklanjutinya."
)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (KNOWN, [KNOWN]),
        (KNOWN.replace("101", "977").replace("Selasa, 04 Agustus", "Jumat, 11 September"), [KNOWN]),
        (KNOWN.replace(". ", ".\n\n"), ["something else", KNOWN]),
        (f"{KNOWN} Printer jams", [KNOWN]),
        (f'You wrote "The VPN is down since this morning." {KNOWN}', [KNOWN, "The VPN is down since this morning."]),
    ],
)
def test_a_canned_text_says_nothing_new_with_another_number_date_or_name(text: str, known: list[str]) -> None:
    assert loops.says_nothing_new(text, known)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Any news?",
        f"{KNOWN} Printernya masih macet juga hari ini",
        f"The printer still jams.\n\n{KNOWN}",
        "Laporan kami tentang toner lantai tiga sudah lama, mohon segera dikirim kepada tim kami.",
    ],
)
def test_a_person_says_something_new(text: str) -> None:
    assert not loops.says_nothing_new(text, [KNOWN])


@given(st.lists(st.text("bcdfghk", min_size=4, max_size=9), min_size=4), st.integers(0, len(KNOWN)))
def test_four_words_that_nobody_said_before_are_always_something_new(words: list[str], at: int) -> None:
    at = KNOWN.find(" ", at)
    said = f"{KNOWN[:at]} {' '.join(words)} {KNOWN[at:]}"
    assert not loops.says_nothing_new(said, [KNOWN])


@pytest.mark.parametrize(
    ("subject", "reply"),
    [("Re: x", True), ("[OTHER-7] Re: x", True), ("[web01] x", False), ("Report", False), ("[" * 9_000, False)],
)
def test_a_number_alone_makes_no_reply(subject: str, reply: bool) -> None:
    assert loops.is_reply(subject) is reply


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Support Ticket Opened [#55]", "A representative will follow up."),
        ("[AB-1] Re: x", "Thank you for contacting us."),
        ("Bls: x", "Laporan Anda sudah kami terima."),
        ("AW: x", "Wir haben Ihre Anfrage erhalten."),
        ("", "Votre demande a été enregistrée."),
        ("", "我们已收到您的请求"),
    ],
)
def test_a_helpdesk_speaks_of_what_its_reader_wrote(subject: str, text: str) -> None:
    assert speaks_as_helpdesk(subject, text)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("[ALERT-12] Disk full", "Host web01, service disk, state CRITICAL since 04.08.2026 10.00"),
        ("Printer", "The printer jams, please help us."),
        ("New ticket on a given project", "This is a new ticket with attachments."),
        ("Toner", "Mohon toner untuk lantai 3, terima kasih."),
    ],
)
def test_alarms_and_requests_do_not_speak_as_a_helpdesk(subject: str, text: str) -> None:
    assert not speaks_as_helpdesk(subject, text)
