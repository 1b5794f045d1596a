"""DKIM signatures: valid over the bytes as they were received, or not at all."""

from collections.abc import Callable

import dns.exception
import dns.resolver
import pytest
from world.dkimkeys import NAME, RECORD, WEAK_KEY, WEAK_RECORD, signed

from mailbot.adapters.signed import is_valid, lookup

RAW = b"From: tom@example.com\nTo: support@example.com\nSubject: x\nDate: Tue, 4 Aug 2026 10:00:00 +0700\n\n#close\n"


def finder(record: str = RECORD) -> Callable[[str], str]:
    return lambda name: record if name == NAME else ""


def test_a_signature_is_valid_with_the_key_of_its_domain_in_the_dns() -> None:
    assert is_valid(signed(RAW), 0, finder())
    assert is_valid(signed(RAW, canonicalize=(b"simple", b"simple")), 0, finder())
    assert is_valid(b"DKIM-Signature: v=1; d=x\r\n" + signed(RAW), 1, finder())


@pytest.mark.parametrize(
    ("raw", "record"),
    [
        (signed(RAW).replace(b"#close", b"#take"), RECORD),
        (signed(RAW).replace(b"Subject: x", b"Subject: y"), RECORD),
        (b"From: tess@example.com\r\n" + signed(RAW), RECORD),
        (signed(RAW).replace(b"From:", b"From: tess@example.com\r\nFrom:"), RECORD),
        (signed(RAW), ""),
        (signed(RAW), "v=DKIM1; p="),
        (signed(RAW), RECORD[:-20]),
        (signed(RAW), RECORD + "; t=y"),
        (signed(RAW), RECORD + "; t=s:y"),
        (signed(RAW), "v=DKIM1; k=unknown; p=eA=="),
        (signed(RAW), "\udcff" * 10),
        (signed(RAW), WEAK_RECORD),
        (signed(RAW, key=WEAK_KEY), WEAK_RECORD),
        (signed(RAW).replace(b" b=", b" b=QUFB", 1), RECORD),
        (RAW, RECORD),
        (b"", RECORD),
    ],
)
def test_a_signature_is_not_valid_when_anything_differs(raw: bytes, record: str) -> None:
    assert not is_valid(raw, 0, finder(record))


def test_a_look_up_that_fails_in_an_unknown_way_proves_nothing() -> None:
    def broken(name: str) -> str:
        raise RuntimeError(name)

    assert not is_valid(signed(RAW), 0, broken)


def test_a_message_that_would_take_long_is_not_looked_at() -> None:
    def never(name: str) -> str:
        raise AssertionError(name)

    assert not is_valid(signed(RAW) + b" \t" * 200_000 + b"x", 0, never)
    assert not is_valid(signed(RAW) + b"x\r\n" * 3_000_000, 0, never)


class Record:
    def __init__(self, *strings: bytes) -> None:
        self.strings = strings


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ([Record(b"v=DKIM1; ", b"p=x")], "v=DKIM1; p=x"),
        ([Record(b"a"), Record(b"b")], ""),
        ([], ""),
        (dns.resolver.NXDOMAIN, ""),
        (dns.exception.Timeout, ""),
        (OSError, ""),
    ],
)
def test_the_dns_gives_one_record_or_none(
    monkeypatch: pytest.MonkeyPatch, answer: list[Record] | type[Exception], found: str
) -> None:
    asked = []

    def resolve(name: str, kind: str, lifetime: float) -> list[Record]:
        asked.append((name, kind, lifetime))
        if isinstance(answer, list):
            return answer
        raise answer

    monkeypatch.setattr(dns.resolver, "resolve", resolve)

    assert lookup("a._domainkey.example.com") == found
    assert asked == [("a._domainkey.example.com", "TXT", 3.0)]
