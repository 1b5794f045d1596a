"""Until when somebody is away, as vacation notices say it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.vacation import Absence, Meaning, away_until

NOW = date(2025, 11, 24)  # A Monday.


def told(text: str, subject: str = "Automatic reply: Printer", now: date = NOW) -> tuple[str, str] | None:
    found = away_until(subject, text, now)
    return (found.meaning.value, found.day.isoformat()) if found else None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I am out of the office until Monday, 1 December.", "2025-12-01"),
        ("I'm away until December 1st, 2025.", "2025-12-01"),
        ("I will be out of office through 12/31/2025.", "2025-12-31"),
        ("Out until 2025-12-05 with limited access to e-mail.", "2025-12-05"),
        ("I am on leave till 5 Jan 2026. For urgent matters call 555.", "2026-01-05"),
        ("I am away from 24 to 31 December.", "2025-12-31"),
        ("I am on annual leave 24-31 December 2025.", "2025-12-31"),
        ("On vacation from December 22 to January 2.", "2026-01-02"),
        ("On vacation from December 22 to 31, 2025.", "2025-12-31"),
        ("Away between 1 December and 5 December.", "2025-12-05"),
        ("I'm off from Monday 1 December to Friday 5 December", "2025-12-05"),
        ("I am out until the 28th.", "2025-11-28"),
        ("I'm out until Friday.", "2025-11-28"),
        ("Saya sedang cuti sampai tanggal 3.", "2025-12-03"),
        ("Saya cuti sampai dengan 5 Januari 2026.", "2026-01-05"),
        ("Cuti 1 Desember s.d. 5 Januari.", "2026-01-05"),
        ("Cuti s/d 05/01/2026.", "2026-01-05"),
        ("Saya tidak di kantor hingga hari Jumat, 28 November 2025.", "2025-11-28"),
        ("Saya dinas luar dari tanggal 24 sampai 28 November.", "2025-11-28"),
        ("Saya sedang dinas luar kota s/d hari Rabu (26/11/2025).", "2025-11-26"),
        ("Mohon maaf, saya cuti tgl 24-28 November 2025.", "2025-11-28"),
        ("Saya tidak masuk kantor sampai besok.", "2025-11-25"),
        ("Estar\u00e9 fuera de la oficina del 24 al 28 de noviembre", "2025-11-28"),
        ("I am out of the office until 02 December. In urgent cases call 0812-1111-2222.", "2025-12-02"),
        ("Saya cuti mulai tanggal 1 hingga 12 Desember 2025", "2025-12-12"),
        ("Ich bin bis 05.12.2025 nicht im B\u00fcro.", "2025-12-05"),
        ("Ich bin vom 24.11. bis zum 5.12. im Urlaub.", "2025-12-05"),
        ("Ich bin bis einschlie\u00dflich 5. Dezember abwesend.", "2025-12-05"),
        ("Je suis absent jusqu'au 5 d\u00e9cembre.", "2025-12-05"),
        ("Je suis absente du 1er au 15 d\u00e9cembre 2025", "2025-12-15"),
        ("Estoy de vacaciones hasta el 5 de diciembre de 2025.", "2025-12-05"),
        ("Ik ben afwezig tot en met 5-12-2025.", "2025-12-05"),
    ],
)
def test_the_last_day_away_is_read(text: str, day: str) -> None:
    assert told(text) == ("last", day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I will be back on 12/1/2025.", "2025-12-01"),  # The other reading is past.
        ("I'll be back in the office on Monday, December 8.", "2025-12-08"),
        ("I will return on 3 December 2025.", "2025-12-03"),
        ("I am out of the office from 24 November, returning on Monday 1st December.", "2025-12-01"),
        ("I'm away this week and back on Monday.", "2025-12-01"),
        ("I will not be back until 8 December.", "2025-12-08"),
        ("I am out today and will be back tomorrow.", "2025-11-25"),
        ("Out until Friday 28 November, back on Monday 1 December.", "2025-12-01"),
        ("Saya akan kembali pada 1 Desember 2025.", "2025-12-01"),
        ("Saya cuti sampai 28 November dan kembali masuk kantor tanggal 1 Desember.", "2025-12-01"),
        ("Saya kembali bekerja pada hari Senin, 1 Desember.", "2025-12-01"),
        ("Saya masuk kembali tgl. 5 Januari 2026.", "2026-01-05"),
        ("Saya sedang dinas, kembali besok.", "2025-11-25"),
        ("Ich bin ab dem 24.11. im Urlaub und am 8.12.2025 nicht da. Wieder erreichbar ab 9.12.2025.", "2025-12-09"),
        ("I'm OOO from 11/24 - 11/28. I will respond when I return on 12/1.", "2025-12-01"),  # In America.
        ("I am out from 24/11 and will not return until 1/12.", "2025-12-01"),
        (
            "Thank you for your mail. I\u2019m on leave and I\u2019ll be back in the office on 2nd January.",
            "2026-01-02",
        ),
        ("Saya cuti s.d. 28 November dan akan kembali bertugas pada hari Senin tanggal 1 Desember.", "2025-12-01"),
        ("Kami libur 25/12/2025 sampai 01/01/2026 dan buka kembali pada 02/01/2026.", "2026-01-02"),
        ("Je serai de retour le 8 d\u00e9cembre.", "2025-12-08"),
        ("Regresar\u00e9 el 8/12/2025.", "2025-12-08"),
        ("Ik ben weer bereikbaar vanaf 8 december.", "2025-12-08"),
    ],
)
def test_the_first_day_back_is_read(text: str, day: str) -> None:
    assert told(text) == ("back", day)


def test_the_subject_counts() -> None:
    assert told("Please contact Andi.", subject="Out of office until 5 December") == ("last", "2025-12-05")


@pytest.mark.parametrize(
    "text",
    [
        "I am out of the office. Please contact Andi.",
        "I am away until further notice.",
        "I am out until 5 pm.",
        "I'm out until 17:00.",
        "I am available until 10 am, call 555-12-34.",
        "I'm away until next Monday.",  # It may be this Monday or the one after.
        "Saya kembali Senin depan.",
        "I was away until 3 November 2025.",
        "I am away until 5 December 2027.",
        "I am back on 31 February.",
        "I will be back on 1/2/2026.",  # The first of February or the second of January.
        "Away until 5 December. In urgent cases I am back on 20 December.",
        "I am out. The invoice of 5 December is paid.",
        "I'll be back. 5 December is a holiday.",
        "Call me on 0812-3456-7890 until I return.",
        "I am away until October.",
        "Our price until now was 5 euros.",
        "",
    ],
)
def test_what_is_not_sure_is_not_said(text: str) -> None:
    assert told(text) is None


def test_a_day_without_a_year_is_the_next_one_within_half_a_year() -> None:
    assert told("I am away until 2 January.", now=date(2025, 12, 28)) == ("last", "2026-01-02")
    assert told("I am away until 27 December.", now=date(2025, 12, 28)) is None


def test_the_first_day_back_follows_the_last_day_away() -> None:
    assert Absence(date(2025, 12, 31), Meaning.LAST).back == date(2026, 1, 1)
    assert Absence(date(2025, 12, 31), Meaning.BACK).back == date(2025, 12, 31)


DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(st.text(max_size=300), DAYS)
def test_no_text_raises(text: str, now: date) -> None:
    away_until(text, text, now)


@given(st.text(alphabet="until back 0123456789/-.,decjan sampai tanggal \n", max_size=400), DAYS)
def test_a_day_is_never_past_nor_more_than_a_year_ahead(text: str, now: date) -> None:
    found = away_until("", text, now)
    if found:
        assert now <= found.day <= now + timedelta(days=366)
        assert found.back > now


FORMS = ("%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d.%m.%Y", "%A, %d %B %Y", "%d %b %Y")


@given(DAYS, st.integers(1, 360), st.sampled_from(FORMS))
def test_any_day_of_the_coming_year_is_read_in_each_form(now: date, ahead: int, form: str) -> None:
    day = now + timedelta(days=ahead)
    written = day.strftime(form)
    assert away_until("", f"I am away until {written}.", now) == Absence(day, Meaning.LAST)
    assert away_until("", f"I will be back on {written}.", now) == Absence(day, Meaning.BACK)
