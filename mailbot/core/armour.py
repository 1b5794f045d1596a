"""Inline PGP (RFC 9580 s.6 and 7): the armour around a signed text goes, and what is encrypted is marked."""

_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_END = "-----END PGP SIGNATURE-----"
_ENCRYPTED = "-----BEGIN PGP MESSAGE-----"


def unarmoured(text: str) -> tuple[str, str]:
    """Gives the text that people read, and what is to be known of it in words ("" if nothing).

    Args:
        text: A text with line feeds.
    """
    if "-----BEGIN PGP " not in text:
        return text, ""
    if _SIGNED not in text:
        return text, "a part of the text is encrypted with PGP" if _ENCRYPTED in text else ""
    out: list[str] = []
    state = "outside"
    for line in text.split("\n"):
        bare = line.rstrip()
        if bare == _SIGNED:
            state = "headers"
        elif state == "headers":
            state = "headers" if bare else "signed"
        elif bare == _SIGNATURE and state == "signed":
            state = "signature"
        elif state == "signature":
            state = "outside" if bare == _END else state
        else:
            out.append(line.removeprefix("- ") if state == "signed" else line)
    return "\n".join(out).strip("\n"), "the text is signed with PGP inline, the signature was not checked"
