"""The pictures of signatures, known by their repetition: a logo is shown once, and not with each mail of a person."""

from dataclasses import replace

from sqlmodel import Session

from mailbot.adapters import history
from mailbot.core.model import Attachment, InboundMail

_LARGEST = 100 * 1024  # Bytes; what is larger was taken for this mail.
_MOST = 100  # Different pictures of one mail that are looked up.


def without_repeated(session: Session, mail: InboundMail, sender: str) -> InboundMail:
    """Gives a mail without the small pictures within its text that an earlier mail of its sender brought, too.

    They are neither listed nor sent on; their bytes stay where the whole message is kept. The database is asked only
    about mail with such pictures.
    """
    wanted = list(dict.fromkeys(file.sha256 for file in mail.attachments if _may_be_signature(file)))[:_MOST]
    known = history.pictures_of(session, sender, wanted) if wanted else frozenset()
    if not known:
        return mail
    kept = tuple(file for file in mail.attachments if not (_may_be_signature(file) and file.sha256 in known))
    return replace(mail, attachments=kept)


def _may_be_signature(file: Attachment) -> bool:
    return (
        (file.inline or file.referenced)
        and 0 < file.size <= _LARGEST
        and file.content_type.lower().startswith("image/")
    )
