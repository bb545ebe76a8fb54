"""Change between two totals of one person: when it is larger than the scale's own unsteadiness.

Source: NHS Talking Therapies, as quoted in the reference on clinical measures (reliable improvement is a fall of 6 on
PHQ-9 or of 4 on GAD-7, with no reliable worsening of the other; deterioration is the same distance upward). The
figures were quoted second hand, so a clinician of the base confirms them before they are reported outside.
These words describe totals. They name no condition and decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

# Points by which a total must differ before the difference counts.
RELIABLE_CHANGE = {"phq-9": 6, "gad-7": 4}


class Change(str, Enum):
    """How a total stands against an earlier one of the same person."""

    IMPROVED = "improved"
    DETERIORATED = "deteriorated"
    STEADY = "steady"


def change(instrument: str, before: int, after: int) -> Change:
    """Return whether the total moved reliably; raise KeyError for an instrument without a known distance."""
    distance = RELIABLE_CHANGE[instrument]
    if before - after >= distance:
        return Change.IMPROVED
    if after - before >= distance:
        return Change.DETERIORATED
    return Change.STEADY


def together(changes: Iterable[Change]) -> Change:
    """Return what several instruments say as one: any reliable worsening outweighs every improvement."""
    found = set(changes)
    for verdict in (Change.DETERIORATED, Change.IMPROVED):
        if verdict in found:
            return verdict
    return Change.STEADY
