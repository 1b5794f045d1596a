"""What a signature says that it covers."""

from datetime import UTC, datetime

import pytest

from mailbot.core import dkimtags

NOW = datetime(2026, 8, 4, 3, 0, tzinfo=UTC)
WHOLE = (
    "v=1; a=rsa-sha256; c=relaxed/simple; d=Example.com; s=a; h=From : To:Subject:\tDate:Message-ID; bh=eA==; b=eA=="
)


def weakness(value: str) -> str:
    (signature,) = dkimtags.aligned([("dkim-signature", value)], "example.com")
    return dkimtags.weakness(signature, dkimtags.IDENTITY | {"to"}, NOW)


def test_a_signature_over_all_that_matters_is_whole() -> None:
    assert weakness(WHOLE) == ""
    assert weakness(f"{WHOLE}; x={int(NOW.timestamp()) + 1}") == ""


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (WHOLE + "; l=10", "l="),
        (WHOLE.replace("sha256", "sha1"), "algorithm"),
        (WHOLE.replace("v=1", "v=2"), "version"),
        (WHOLE.replace("From :", ""), "from"),
        (WHOLE.replace("Subject:", ""), "subject"),
        (WHOLE.replace("\tDate:", ""), "date"),
        (WHOLE.replace(":Message-ID", ""), "message-id"),
        (WHOLE.replace(" To:", ""), "to"),
        (WHOLE + f"; x={int(NOW.timestamp()) - 1}", "expired"),
        (WHOLE + "; x=soon", "expired"),
        (WHOLE + f"; x={'9' * 400}", "expired"),
    ],
)
def test_a_signature_that_leaves_room_for_changes_is_weak(value: str, why: str) -> None:
    assert why in weakness(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "d",
        WHOLE + "; d=example.com",
        WHOLE.replace("d=Example.com", "d=evil.example"),
        WHOLE + ";" + " " * 5000,
        WHOLE.replace("h=", "h=" + "x:" * 300),
        WHOLE + "; y=" + " " * 50 + "z",
        WHOLE + "; ü=1",
    ],
)
def test_what_is_no_signature_of_the_domain_is_not_looked_at(value: str) -> None:
    assert dkimtags.aligned([("dkim-signature", value)], "example.com") == []


def test_signatures_are_counted_from_the_top_those_of_others_too() -> None:
    found = dkimtags.aligned([("dkim-signature", "d=evil.example"), ("dkim-signature", WHOLE)], "it.example.com")

    assert [(signature.index, signature.domain) for signature in found] == [(1, "example.com")]


@pytest.mark.parametrize(
    ("names", "which"),
    [
        (["from", "date", "message-id", "subject", "to"], ""),
        (["from", "date", "message-id"], ""),
        (["date", "message-id"], "from"),
        (["from", "message-id"], "date"),
        (["from", "date"], "message-id"),
        (["from", "date", "message-id", "from"], "from"),
        (["from", "date", "message-id", "subject", "subject"], "subject"),
        (["from", "date", "message-id", "in-reply-to", "in-reply-to"], "in-reply-to"),
    ],
)
def test_a_field_that_is_missing_or_there_twice_is_named(names: list[str], which: str) -> None:
    assert dkimtags.ambiguous([(name, "x") for name in names]) == which
