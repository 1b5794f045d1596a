import pytest

from mailbot.core.model import Impact, Priority, Urgency
from mailbot.core.priority import DEFAULT_MATRIX, explain, prioritise


@pytest.mark.parametrize(
    ("impact", "low", "medium", "high"),
    [
        (Impact.PERSON, "low", "normal", "high"),
        (Impact.DEPARTMENT, "normal", "high", "high"),
        (Impact.ORGANISATION, "high", "critical", "critical"),
    ],
)
def test_the_default_matrix_is_that_of_the_handbook(impact: Impact, low: str, medium: str, high: str) -> None:
    assert [prioritise(impact, urgency).value for urgency in Urgency] == [low, medium, high]


def test_the_default_matrix_answers_every_pair() -> None:
    assert set(DEFAULT_MATRIX) == {(impact, urgency) for impact in Impact for urgency in Urgency}


def test_a_matrix_of_its_own_decides() -> None:
    matrix = {**DEFAULT_MATRIX, (Impact.PERSON, Urgency.LOW): Priority.CRITICAL}
    assert prioritise(Impact.PERSON, Urgency.LOW, matrix) is Priority.CRITICAL
    assert explain(Impact.PERSON, Urgency.LOW, matrix) == (
        "priority critical because the impact is person and the urgency low"
    )


def test_a_matrix_with_a_hole_is_refused_with_the_pair_that_is_missing() -> None:
    with pytest.raises(ValueError, match=r"impact person and urgency high; set high in the row person"):
        prioritise(Impact.PERSON, Urgency.HIGH, {})
