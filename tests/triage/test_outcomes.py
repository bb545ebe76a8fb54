"""A change counts only when it is larger than the scale's own unsteadiness, and worsening is never hidden."""

from __future__ import annotations

import pytest

from triage.instruments import instrument
from triage.outcomes import RELIABLE_CHANGE, Change, change, together


@pytest.mark.parametrize(
    ("sheet", "before", "after", "expected"),
    [
        ("phq-9", 15, 9, Change.IMPROVED),
        ("phq-9", 15, 10, Change.STEADY),
        ("phq-9", 10, 15, Change.STEADY),
        ("phq-9", 10, 16, Change.DETERIORATED),
        ("gad-7", 12, 8, Change.IMPROVED),
        ("gad-7", 12, 9, Change.STEADY),
        ("gad-7", 8, 12, Change.DETERIORATED),
        ("gad-7", 8, 8, Change.STEADY),
    ],
)
def test_change_counts_from_the_distance_on(sheet: str, before: int, after: int, expected: Change) -> None:
    assert change(sheet, before, after) is expected


def test_no_change_is_claimed_for_a_scale_without_a_known_distance() -> None:
    with pytest.raises(KeyError):
        change("k6", 20, 0)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((Change.IMPROVED, Change.DETERIORATED), Change.DETERIORATED),
        ((Change.IMPROVED, Change.STEADY), Change.IMPROVED),
        ((Change.STEADY,), Change.STEADY),
        ((), Change.STEADY),
    ],
)
def test_worsening_on_one_scale_outweighs_improvement_on_the_other(
    changes: tuple[Change, ...], expected: Change
) -> None:
    assert together(changes) is expected


@pytest.mark.parametrize("sheet", sorted(RELIABLE_CHANGE))
def test_distance_fits_into_the_scale(sheet: str) -> None:
    assert 0 < RELIABLE_CHANGE[sheet] < instrument(sheet).maximum
