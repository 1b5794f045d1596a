"""The catalogue of notices: every kind of mail that the helpdesk sends, and how it is to be treated on its way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType


class Audience(StrEnum):
    """Whom a kind of notice is for. Nothing internal is ever written to a requester or a vendor."""

    REQUESTER = "requester"
    TECHNICIAN = "technician"
    LEAD = "lead"
    OPERATOR = "operator"
    VENDOR = "vendor"

    @property
    def outside(self) -> bool:
        """Whether it is somebody who may read nothing internal."""
        return self in {Audience.REQUESTER, Audience.VENDOR}


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of mail.

    Attributes:
        name: The name of its templates.
        audience: Whom it is for.
        auto_submitted: The value of Auto-Submitted (RFC 3834 s.5): "auto-replied" where a machine answers a mail,
            "auto-generated" where a machine writes of its own accord, "" where a person wrote the mail.
        list_unsubscribe: Whether its recipient may ask to get no more of its kind (RFC 2369 s.3.2).
        resend_if_uncertain: Whether it is sent again when nobody knows if the server took it: a second copy of a reply
            does less harm than none, with a reminder it is the other way round.
        valid_for: How long after it was made it is still worth sending; None = for ever.
        automatic: Whether it counts against the caps on automatic mail.
        bundled_as: The notice as which many of them to one person may go, "" if each goes by itself.
    """

    name: str
    audience: Audience
    auto_submitted: str = ""
    list_unsubscribe: bool = False
    resend_if_uncertain: bool = True
    valid_for: timedelta | None = None
    automatic: bool = True
    bundled_as: str = ""


_REPLIED = "auto-replied"
_GENERATED = "auto-generated"
_DAY = timedelta(days=1)
_MORNING = timedelta(hours=8)  # What a day brings is no news when it is over.

_ALL = (
    Notice("acknowledgement", Audience.REQUESTER, _REPLIED, valid_for=3 * _DAY),
    Notice("reply", Audience.REQUESTER, automatic=False),
    Notice(
        "status_update",
        Audience.REQUESTER,
        _GENERATED,
        list_unsubscribe=True,
        resend_if_uncertain=False,
        valid_for=_DAY,
    ),
    Notice("pending_reminder", Audience.REQUESTER, _GENERATED, resend_if_uncertain=False, valid_for=_DAY),
    Notice("resolved", Audience.REQUESTER, automatic=False),
    Notice("closed", Audience.REQUESTER, _GENERATED, valid_for=7 * _DAY),
    Notice("reopened", Audience.REQUESTER, _REPLIED, valid_for=3 * _DAY),
    Notice(
        "survey",
        Audience.REQUESTER,
        _GENERATED,
        list_unsubscribe=True,
        resend_if_uncertain=False,
        valid_for=7 * _DAY,
    ),
    Notice("survey_thanks", Audience.REQUESTER, _REPLIED, resend_if_uncertain=False, valid_for=3 * _DAY),
    Notice("quiet", Audience.REQUESTER, _REPLIED, resend_if_uncertain=False, valid_for=3 * _DAY),
    Notice("merged", Audience.REQUESTER, _GENERATED, valid_for=7 * _DAY),
    Notice("remote_support", Audience.REQUESTER, automatic=False),
    Notice("kb_answer", Audience.REQUESTER, automatic=False),
    Notice("vendor", Audience.VENDOR, automatic=False),
    Notice("vendor_replied", Audience.TECHNICIAN, _GENERATED),
    Notice("requester_replied", Audience.TECHNICIAN, _GENERATED),
    Notice("assigned", Audience.TECHNICIAN, _GENERATED, bundled_as="digest"),
    Notice("reassigned", Audience.TECHNICIAN, _GENERATED),
    Notice("taken_back", Audience.TECHNICIAN, _GENERATED),
    Notice("transcript", Audience.TECHNICIAN, _REPLIED),
    Notice("worklist", Audience.TECHNICIAN, _REPLIED),
    Notice("digest", Audience.TECHNICIAN, _GENERATED),
    Notice("digest_overdue", Audience.TECHNICIAN, _GENERATED, resend_if_uncertain=False, valid_for=_DAY),
    Notice("morning", Audience.TECHNICIAN, _GENERATED, resend_if_uncertain=False, valid_for=_MORNING),
    Notice("overview", Audience.LEAD, _GENERATED, resend_if_uncertain=False, valid_for=_MORNING),
    Notice("balance", Audience.OPERATOR, _GENERATED, resend_if_uncertain=False, valid_for=_MORNING),
    Notice("record", Audience.TECHNICIAN, _REPLIED),
    Notice("found", Audience.TECHNICIAN, _REPLIED),
    Notice("article", Audience.TECHNICIAN, _REPLIED),
    Notice("returned", Audience.TECHNICIAN, _GENERATED, resend_if_uncertain=False, valid_for=3 * _DAY),
    Notice("held", Audience.TECHNICIAN, _REPLIED),
    Notice("challenge", Audience.TECHNICIAN, _REPLIED, valid_for=7 * _DAY),
    Notice("undeliverable", Audience.TECHNICIAN, _GENERATED),
    Notice("complaint", Audience.TECHNICIAN, _GENERATED),
    Notice("warning", Audience.TECHNICIAN, _GENERATED, resend_if_uncertain=False, valid_for=_DAY, bundled_as="digest"),
    Notice(
        "escalation", Audience.LEAD, _GENERATED, resend_if_uncertain=False, valid_for=_DAY, bundled_as="digest_overdue"
    ),
)

NOTICES: Mapping[str, Notice] = MappingProxyType({notice.name: notice for notice in _ALL})
"""Every notice by its name, those for requesters first."""
