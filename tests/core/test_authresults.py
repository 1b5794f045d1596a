"""Authentication-Results: read strictly, believed from our border server alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core import authresults
from mailbot.core.fields import Fields

ID = "mx.example.com"
PASS = f"{ID}; dmarc=pass header.from=example.com"


@pytest.mark.parametrize(
    ("value", "proof"),
    [
        (PASS, "dmarc=pass header.from=example.com"),
        (f"{ID} 1; DMARC=Pass (p=reject dis=none) header.from=Example.Com", "dmarc=pass header.from=example.com"),
        (f"{ID};\tdkim=pass header.d=example.com header.s=a;spf=fail", "dkim=pass header.d=example.com"),
        (f"{ID}; dkim=fail header.d=a.example; dkim=pass header.i=@example.com", "dkim=pass header.d=example.com"),
        (f"{ID}; dmarc=none header.from=example.com; dkim=pass header.d=example.com", "dkim=pass header.d=example.com"),
        (f'{ID}; dkim=pass reason="1024-bit key; unprotected" header.d=example.com', "dkim=pass header.d=example.com"),
        (f"{ID}; dmarc/1=pass header.from=example.com", "dmarc=pass header.from=example.com"),
        (f"{ID}; none", ""),
        (f"{ID}", ""),
        (f"{ID}; spf=pass smtp.mailfrom=tom@example.com", ""),
        (f"{ID}; dmarc=fail header.from=example.com; dkim=pass header.d=example.com", ""),
        (f"{ID}; dmarc=temperror header.from=example.com; dkim=pass header.d=example.com", ""),
        (f"{ID}; dmarc=pass header.from=evil.example; dkim=pass header.d=example.com", ""),
        (f"{ID}; dmarc=pass", ""),
        (f"{ID}; dkim=pass header.d=evil.example", ""),
        (f"{ID}; dkim=pass header.d=com", ""),
        (f"{ID}; dkim=policy header.d=example.com", ""),
        (f"{ID}; iprev=pass header.from=example.com", ""),
    ],
)
def test_what_shows_that_the_domain_of_the_author_sent_it(value: str, proof: str) -> None:
    found = authresults.parse(value)

    assert found is not None
    assert found.server == ID
    assert authresults.passed(found, "example.com") == proof


@pytest.mark.parametrize(
    "value",
    [
        "",
        ";",
        "dmarc=pass header.from=example.com",
        f"{ID} 2; dmarc=pass header.from=example.com",
        f"{ID} 1 x; dmarc=pass header.from=example.com",
        f'"{ID}"; dmarc=pass header.from=example.com',
        f"{ID}; dmarc=pass (open header.from=example.com",
        f"{ID}; dmarc=pass header.from=example.com)",
        f'{ID}; reason="open; dmarc=pass header.from=example.com',
        f"{ID}; dmarc=pass header.from=example.com header.from=evil.example",
        f"{ID}; dmarc/2=pass header.from=example.com",
        f"{ID}; dmarc = pass header.from=example.com",
        f"{ID}; dmarc= header.from=example.com",
        f'{ID}; "dmarc=pass" header.from=example.com',
        f"{ID}; dmarc=pass header.from=exämple.com",
        f"{ID}; dmarc=pass header.from=example.com\x00",
        f"{ID}; {'x' * 9000}=y",
    ],
)
def test_a_field_that_is_not_well_formed_says_nothing(value: str) -> None:
    assert authresults.parse(value) is None


@given(st.text(alphabet='ab=;."\\() /1', max_size=60))
def test_any_text_is_read_or_refused(value: str) -> None:
    found = authresults.parse(value)

    assert found is None or ";" not in found.server


def test_texts_in_comments_and_quotes_are_never_results() -> None:
    found = authresults.parse(f'{ID}; spf=pass (a (b) \\) ; dmarc=pass) reason="c\\"; dmarc=pass d"')

    assert found is not None
    assert [result.method for result in found.results] == ["spf"]


OURS = "from evil.example (evil.example [192.0.2.9]) by mx.example.com with ESMTP"
INNER = "from mx.example.com by imap.example.com with LMTP"
WITHIN = "by 2002:a05:6402:1 with SMTP id x"
THEIRS = "from a by relay.evil.example with ESMTP"
RESULTS = ("authentication-results", PASS)


@pytest.mark.parametrize(
    ("header", "believed"),
    [
        ([RESULTS, ("received", OURS), ("received", THEIRS)], True),
        ([("received", OURS), RESULTS, ("received", THEIRS)], True),
        ([("received", INNER), ("received", OURS), RESULTS], True),
        ([("delivered-to", "x"), ("received", WITHIN), ("received", OURS), RESULTS], True),
        ([("authentication-results", "other.example; none"), ("received", OURS), RESULTS], True),
        ([("authentication-results", PASS.upper().replace("PASS", "pass"))], True),
        ([("received", OURS), ("received", THEIRS), RESULTS], False),
        ([("received", THEIRS), RESULTS], False),
        ([("received", "from x (HELO by mx.example.com ) by y.evil.example"), RESULTS], False),
        ([("received", "from x by mx.example.com.evil.example"), RESULTS], False),
        ([("received", "from x by notexample.com"), RESULTS], False),
        ([("authentication-results", f"{ID}; dmarc=fail header.from=example.com"), RESULTS], False),
        ([("authentication-results", f"{ID}; dmarc = ? ("), RESULTS], False),
        ([("x-authentication-results", PASS)], False),
        ([], False),
    ],
)
def test_only_the_topmost_field_of_our_border_above_the_trace_of_others_counts(header: Fields, believed: bool) -> None:
    found = authresults.of_border(header, ID)

    assert bool(found and authresults.passed(found, "example.com")) is believed
