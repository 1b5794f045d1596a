"""What somebody newly wrote is told from quoted mail and signature; nothing is lost."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import quotemarks
from mailbot.core.quoting import split

OLD = "> old line\n> another\n"


@pytest.mark.parametrize(
    "quote",
    [
        f"On Tue, 3 Nov 2026 at 10:00, Rita <r@example.com> wrote:\n{OLD}",
        "On Tue, 3 Nov 2026 at 10:00, Rita <r@example.com> wrote:\n\nold line\n",
        f"On Tue, 3 Nov 2026 at 10:00, Rita Doe with a long name <\nr@example.com> wrote:\n\n{OLD}",
        f"Pada tanggal Sel, 3 Nov 2026 pukul 10.00 Rita <r@example.com> menulis:\n{OLD}",
        f"Pada Sel, 3 Nov 2026 pukul 10.00 Rita Doe <\nr@example.com> menulis:\n\n{OLD}",
        f"Am 3. November 2026 um 10:00 schrieb Rita <r@example.com>:\n{OLD}",
        f"Am 03.11.2026 um 10:00 schrieb Rita Doe:\n{OLD}",
        f"Le mar. 3 nov. 2026 à 10:00, Rita <r@example.com> a écrit :\n{OLD}",
        f"El mar, 3 nov 2026 a las 10:00, Rita (<r@example.com>) escribió:\n{OLD}",
        f"Em ter., 3 de nov. de 2026 às 10:00, Rita <r@example.com> escreveu:\n{OLD}",
        f"Il giorno mar 3 nov 2026 alle 10:00 Rita <r@example.com> ha scritto:\n{OLD}",
        f"Op di 3 nov 2026 om 10:00 schreef Rita <r@example.com>:\n{OLD}",
        f"вт, 3 нояб. 2026 г. в 10:00, Rita <r@example.com>:\n{OLD}",
        f"Rita Doe <r@example.com> wrote:\n{OLD}",
        f"Rita Doe <r@example.com> schrieb am 3.11.2026:\n{OLD}",
        "-----Original Message-----\nFrom: Rita\nold line\n",
        "----- Pesan Asli -----\nDari: Rita\nold line\n",
        "-----Ursprüngliche Nachricht-----\nold line\n",
        "From: Rita <r@example.com>\nSent: Tuesday\nTo: Support\nSubject: Printer\n\nold line\n",
        "*From:* Rita <r@example.com>\n*Sent:* Tuesday\n*To:* Support\n*Subject:* Printer\n\nold line\n",
        "________________________________\nFrom: Rita\nSent: Tuesday\nTo: Support\nSubject: Printer\n\nold line\n",
        "Dari: Rita <r@example.com>\nDikirim: Selasa\nKepada: Support\nSubjek: Printer\n\nold line\n",
        "Von: Rita\nGesendet: Dienstag\nAn: Support\nBetreff: Printer\n\nold line\n",
        "De : Rita <r@example.com>\nEnvoyé : mardi\nÀ : Support\nObjet : Printer\n\nold line\n",
        "##- Please type your reply above this line -##\nold line\n",
        "##- Balas di atas garis ini -##\nold line\n",
        OLD,
    ],
)
@pytest.mark.parametrize("new", ["Thanks, it works.", "Baik, terima kasih.\n\nSudah bisa."])
def test_the_quote_below_an_answer_is_cut(quote: str, new: str) -> None:
    found = split(f"{new}\n\n{quote}")
    assert found.new_text == new
    assert "old line" in found.quoted


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote:\nnothing came back.",
        "The log says:\nFrom: a\nand then nothing",
        "Wer schrieb das?",
        "He wrote: hello",
        "Please note:\n- one\n- two",
        "Pada hari Senin saya menulis:\nbelum ada jawaban",
        "I need:\n- mouse\n- laptop",
        "Here is another mail\nSent from my desk, is much easier than my mobile phone.",
        "a -- b\n---\nc",
    ],
)
def test_prose_is_not_taken_for_a_quote(text: str) -> None:
    found = split(text)
    assert found.new_text == text
    assert found.quoted == ""


def test_answers_between_quoted_lines_stay_with_what_they_answer() -> None:
    text = (
        "On 3 Nov 2026, Rita <r@example.com> wrote:\n> Is it on?\n\nYes.\n\n> Is it plugged in?\n\nAlso yes.\n\n> bye\n"
    )
    found = split(text)
    assert found.new_text == "> Is it on?\n\nYes.\n\n> Is it plugged in?\n\nAlso yes."
    assert "> bye" in found.quoted
    assert "wrote:" in found.quoted


def test_short_answers_close_to_the_quote_are_no_overflow() -> None:
    text = "On 3 Nov 2026, Rita <r@example.com> wrote:\n> Is it on?\nyes\n> And now?\nstill\n"
    assert split(text).new_text == "> Is it on?\nyes\n> And now?\nstill"
    assert split("> Is it on?\nyes\n> bye").new_text == "> Is it on?\nyes"


def test_an_answer_below_the_quote_is_the_new_text() -> None:
    found = split(f"On 3 Nov 2026, Rita <r@example.com> wrote:\n{OLD}\nIt works.\n")
    assert found.new_text == "It works."
    assert "old line" in found.quoted


def test_an_overflowing_quoted_line_is_no_answer() -> None:
    long_line = "> " + "word " * 14 + "and\nthe rest\n> next line\n"
    found = split(f"Thanks\n\nOn 3 Nov 2026, Rita <r@example.com> wrote:\n{long_line}")
    assert found.new_text == "Thanks"


@pytest.mark.parametrize(
    "text",
    [
        "Please see below.\n\n---------- Forwarded message ---------\nFrom: x\nDate: y\nSubject: z\nTo: w\n\nthe error",
        "-----Original Message-----\nFrom: x\nSent: y\nTo: z\nSubject: s\n\nthe error",
        "From: x <x@example.com>\nSent: y\nTo: z\nSubject: s\n\nthe error",
        "---------- Pesan terusan ---------\nDari: x\n\nthe error",
        "Begin forwarded message:\n\nFrom: x\nthe error",
    ],
)
def test_a_forwarded_mail_is_the_message(text: str) -> None:
    assert "the error" in split(text).new_text


def test_the_subject_tells_a_forwarded_mail_of_outlook() -> None:
    text = "FYI\n\nFrom: x <x@example.com>\nSent: y\nTo: z\nSubject: s\n\nthe error"
    assert split(text).new_text == "FYI"
    assert "the error" in split(text, forwarded=True).new_text


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("Hi\n-- \nRita\nACME", "--\nRita\nACME"),
        ("Hi\n--\nRita", "--\nRita"),
        ("Hi\n\nSent from my iPhone", "Sent from my iPhone"),
        ("Hi\n\nDikirim dari iPhone saya", "Dikirim dari iPhone saya"),
        ("Hi\n\nGet Outlook for iOS", "Get Outlook for iOS"),
        ("Hi\n\nVon meinem iPhone gesendet", "Von meinem iPhone gesendet"),
        ("Hi\n-Rita", "-Rita"),
        ("Hi\n____________________\nstaff mailing list", "____________________\nstaff mailing list"),
    ],
)
def test_a_signature_is_kept_apart(text: str, signature: str) -> None:
    found = split(text)
    assert found.new_text == "Hi"
    assert found.signature == signature


def test_commands_stay_in_front() -> None:
    found = split(
        "#resolve\n#time 15m\nReplaced the toner.\n\nSent from my iPhone\n\nOn 3 Nov 2026, R <r@x.example> wrote:\n> x"
    )
    assert found.new_text == "#resolve\n#time 15m\nReplaced the toner."
    assert found.signature == "Sent from my iPhone"


LINES = st.sampled_from(
    [
        "", "text", "> quote", ">> deep", "On 3 Nov 2026, R <r@example.com> wrote:", "-- ", "Sent from my iPhone",
        "From: a@example.com", "Sent: 3 Nov 2026 10:00", "To: c", "Subject: d", "-----Original Message-----",
        "R <r@example.com> menulis:", "________________________________", "---------- Forwarded message ---------",
        "-Rita", "word " * 20, "x:", "##- Balas di atas garis ini -##", "Regards,", "Rita Doe", "r@example.com",
        "> wrote:", ">:", "3 Nov 2026 10:00 R <", "This email and any attachments are confidential", "- item", "---",
        "CAUTION: This email originated outside", "> On 3 Nov 2026, R <r@example.com> wrote:", "Thanks,", "a <b@c.d>",
        "Dari: a", "x On 3 Nov 2026 10:00, R wrote:", "\ufeff", "\u200b> x",
    ]
)  # fmt: skip


def words(text: str) -> list[str]:
    return sorted(text.split())


@given(st.lists(LINES, max_size=16), st.booleans())
def test_no_line_is_lost_and_none_is_doubled(lines: list[str], forwarded: bool) -> None:
    text = "\n".join(lines)
    found = split(text, forwarded=forwarded)
    assert words(f"{found.new_text}\n{found.quoted}\n{found.signature}") == words(text)


@given(st.lists(LINES, max_size=16))
def test_the_new_text_above_a_quote_has_no_quote_in_it(lines: list[str]) -> None:
    text = "Sure.\n\nOn Tue, 3 Nov 2026 at 10:00, Rita <r@example.com> wrote:\n\n" + "\n".join(lines)
    once = split(text).new_text
    if ">" not in once:
        assert split(once).new_text == once


@given(st.text(max_size=300))
def test_any_text_is_split(text: str) -> None:
    found = split(text)
    assert words(f"{found.new_text}\n{found.quoted}\n{found.signature}") == words(text)


@given(st.text(alphabet="> \n:<@0aOn.-_wrote", max_size=200), st.booleans())
def test_any_text_like_a_mail_is_split(text: str, forwarded: bool) -> None:
    found = split(text, forwarded=forwarded)
    assert words(f"{found.new_text}\n{found.quoted}\n{found.signature}") == words(text)


@pytest.mark.parametrize(
    "piece", ["> x\ny\n", "he wrote:\n", "From: a\n", "Regards,\n", "\n", "-- \n", "____\n", "a" * 999]
)
def test_no_length_of_a_text_asks_for_more_than_its_share(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    for name in ("is_attribution", "header_kind", "separator_kind", "is_rule", "may_end_attribution"):
        known = getattr(quotemarks, name)

        def counted(*args: object, known: Callable[..., object] = known, **kwargs: object) -> object:
            looked.append(1)
            return known(*args, **kwargs)

        monkeypatch.setattr(quotemarks, name, counted)
    counts = []
    for length in (20_000, 40_000):
        looked.clear()
        split(piece * (length // len(piece)))
        counts.append(len(looked))
    assert counts[1] <= 2.5 * counts[0] + 100
