"""Dates are read in the forms that programs write."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.dates import read
from mailbot.core.mail import read as read_mail


@pytest.mark.parametrize(
    ("value", "hour"),
    [
        ("Tue, 3 Nov 2026 10:11:12 +0700", 3), ("Tue, 3 Nov 2026 10:11:12", 10), ("3 Nov 26 10:11:12 GMT", 10),
        ("Tue, 3 Nov 2026 10:11:12 (GMT+7)", 3), ("2026-11-03 10:11:12", 10), ("2026-11-03T10:11:12Z", 10),
        ("2026-11-03T10:11:12.123+07:00", 3), ("Tue Nov  3 10:11:12 2026", 10), ("Tue Nov  3 10:11:12 PST 2026", 18),
        ("Di, 3 Nov 2026 10:11:12 +0100", 9), ("mar., 3 nov. 2026 10:11:12 +0100", 9),
        ("Sel, 3 Nop 2026 10.11.12 WIB", 3),
        ("Tue, 3 Nov 2026 10:11:12 GMT+07:00", 3), ("Tue, 3 Nov 2026 10:11:12 +7", 3),
        ("3-Nov-2026 10:11:12 -0500", 15),
        ("Tuesday, 03-Nov-26 10:11:12 GMT", 10), ("Tue, 3 Nov 2026 10:11:12 CEST", 8), ("Nov 3, 2026 10:11:12 PM", 22),
        ("Tue, 3 November 2026 10:11:12 +0700", 3), ("1793675472", 3), ("03.11.2026 10:11:12", None),
        ("вт, 3 ноя 2026 10:11:12 +0300", 7), ("=?utf-8?Q?3_Nov_2026_10:11:12_+0700?=", 3),
    ],
)  # fmt: skip
def test_a_date_is_read_in_any_form(value: str, hour: int | None) -> None:
    mail = read_mail(f"Date: {value}\n\nx".encode())
    assert mail.date == (None if hour is None else datetime(2026, 11, 3, hour, 11, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("23/11/2026", datetime(2026, 11, 23, tzinfo=UTC)),
        ("11/23/2026 1:02", datetime(2026, 11, 23, 1, 2, tzinfo=UTC)),
        ("Tue, 3 Nov 99 10:11:12 EST", datetime(1999, 11, 3, 15, 11, 12, tzinfo=UTC)), ("Tue, 31 Feb 2026 10:11", None),
        ("Tue, 3 Nov 2026 25:11:12", None), ("yesterday", None), ("", None),
        ("9" * 10, datetime(2286, 11, 20, 17, 46, 39, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(value: str, expected: datetime | None) -> None:
    assert read(value) == expected


@given(st.text(max_size=80))
def test_any_value_may_be_read_as_a_date(value: str) -> None:
    read(value)
    read("Tue, 3 Nov 2026 " + value)
