"""What no mail to the outside may carry besides internal text: tokens of others, and the requester to a vendor.

A token proves who got a mail of ours. A technician's, in the hands of somebody else who can write in his name, would
be obeyed; so the final words and files are searched for it, wherever it came from: a link, a header, a forwarded mail.
"""

from collections.abc import Iterable, Iterator, Sequence

from mailbot.adapters.compose import OutgoingFile
from mailbot.adapters.render import Rendered
from mailbot.core import limits, tokens
from mailbot.core.limits import Limits
from mailbot.core.mail import read
from mailbot.core.notices import Audience
from mailbot.core.phrases import Reason
from mailbot.core.tokens import Scope

_ALLOWED = {Audience.REQUESTER: Scope.REQUESTER, Audience.VENDOR: Scope.VENDOR}
_READ = 200_000  # Bytes of a file that are read as text.
_MOST_FILES = 50
_LIMITS = Limits()


def broken(
    audience: Audience, requesters: Sequence[str], files: Sequence[OutgoingFile], rendered: Rendered
) -> Reason | None:
    """Why a mail to the outside must not go; None if nothing of this kind stands in it.

    Args:
        audience: Whom it is for.
        requesters: The addr-specs of the requesters of the ticket, in lower case.
        files: What goes with it.
        rendered: Its words.
    """
    texts = [rendered.subject, rendered.text, rendered.html, *(file.name for file in files), *texts_in(files)]
    if any(token.scope is not _ALLOWED[audience] for text in texts for token in tokens.carried(text)):
        return Reason("leak_token")
    if audience is not Audience.VENDOR:
        return None
    shown = (one for one in requesters if any(one in text.lower() for text in texts))
    found = next(shown, "")
    return Reason("leak_address", {"address": found}) if found else None


def without_foreign(audience: Audience, ids: Iterable[str]) -> tuple[str, ...]:
    """The msg-ids of a thread without those that carry a token of another scope than this audience may hold."""
    allowed = _ALLOWED[audience]
    return tuple(one for one in ids if all(token.scope is allowed for token in tokens.carried(one)))


def texts_in(files: Iterable[OutgoingFile]) -> list[str]:
    """What people can read in files that are text or mail; the beginning of each."""
    return [text for file in list(files)[:_MOST_FILES] for text in _texts_of(file)]


def _texts_of(file: OutgoingFile) -> Iterator[str]:
    kind, content = file.content_type.lower(), file.content[:_READ]
    if not content:
        return
    if kind.startswith("text/") or file.name.lower().endswith((".txt", ".htm", ".html", ".csv", ".log", ".md", ".ics")):
        yield content.decode("utf-8", "replace")
    elif kind.startswith("message/") or file.name.lower().endswith(".eml"):
        yield content.decode("utf-8", "replace")
        if not limits.check(content, _LIMITS):
            mail = read(content, _LIMITS)
            yield f"{mail.subject}\n{mail.text}"
