"""Priority follows from impact and urgency, as ITIL has it: by a matrix that the helpdesk may change."""

from collections.abc import Mapping
from types import MappingProxyType

from mailbot.core.model import Impact, Priority, Urgency

Matrix = Mapping[tuple[Impact, Urgency], Priority]
"""The priority of each pair of impact and urgency."""

_DEFAULTS = {
    Impact.PERSON: (Priority.LOW, Priority.NORMAL, Priority.HIGH),
    Impact.DEPARTMENT: (Priority.NORMAL, Priority.HIGH, Priority.HIGH),
    Impact.ORGANISATION: (Priority.HIGH, Priority.CRITICAL, Priority.CRITICAL),
}

DEFAULT_MATRIX: Matrix = MappingProxyType(
    {
        (impact, urgency): priority
        for impact, row in _DEFAULTS.items()
        for urgency, priority in zip(Urgency, row, strict=True)
    }
)
"""The matrix of a helpdesk that sets none."""


def prioritise(impact: Impact, urgency: Urgency, matrix: Matrix = DEFAULT_MATRIX) -> Priority:
    """Give the priority of an incident.

    Raises:
        ValueError: the matrix has no priority for this pair; the text names it.
    """
    try:
        return matrix[impact, urgency]
    except KeyError:
        raise ValueError(
            f"the priority matrix has no priority for impact {impact} and urgency {urgency}; "
            f"set {urgency} in the row {impact} of [priority.matrix]"
        ) from None


def explain(impact: Impact, urgency: Urgency, matrix: Matrix = DEFAULT_MATRIX) -> str:
    """Say in one sentence why an incident has its priority.

    Raises:
        ValueError: as `prioritise` does.
    """
    return f"priority {prioritise(impact, urgency, matrix)} because the impact is {impact} and the urgency {urgency}"
