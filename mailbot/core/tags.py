"""Tags: words under which tickets are found again, whether a rule or a technician gives them."""

import unicodedata

LONGEST = 40


def is_tag(name: str) -> bool:
    """Whether something is one word of letters, digits and ". _ - /", with a letter or a digit in front."""
    plain = unicodedata.normalize("NFC", name)
    return plain[:1].isalnum() and len(plain) <= LONGEST and all(c.isalnum() or c in "._-/" for c in plain)


def proposed(name: str) -> str:
    """A tag that could be meant by something that is none; "" if nothing is left of it."""
    kept = "".join(c if c.isalnum() or c in "._-/" else "-" for c in unicodedata.normalize("NFC", name))
    return "-".join(part for part in kept.split("-") if part)[:LONGEST]
