"""The order of the steps, their clocks, and which reasons mean that a minor is being hurt."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.beneficiaries import AgeBand
from models.crises import CrisisCase
from models.interventions import DutyKind, StepKind
from triage.levels import Level

_FILE = Path(__file__).parent / "data" / "interventions.json"

# The least invasive first; steps of one rung stand for each other.
RUNG: dict[StepKind, int] = {
    StepKind.ASK: 1,
    StepKind.PLAN: 2,
    StepKind.RELATIVE: 3,
    StepKind.GUARDIAN: 3,
    StepKind.LOCAL_WORKER: 4,
    StepKind.POLICE: 5,
    StepKind.AMBULANCE: 5,
}
# Somebody comes to the person's door: read by a second colleague, and waited for.
SENT = (StepKind.LOCAL_WORKER, StepKind.POLICE, StepKind.AMBULANCE)
# Reasons of triage/data/reasons.json. The first speaks of a child; the second of the person who writes.
_CHILD_IS_HURT = "child_is_being_hurt"
_IS_HURT = "is_being_hurt"
_CHILD_SPEAKS = "child_speaks"
# What a colleague gives as the reason when they hear of it (web/staff/reasons.py).
TOLD = "minor_is_hurt"


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return json.loads(_FILE.read_text("utf-8"))  # type: ignore[no-any-return]


def _minutes(name: str) -> timedelta:
    return timedelta(minutes=_data()[name])


def arrival(kind: StepKind) -> timedelta:
    """Return how long whoever is sent usually has before somebody asks whether they arrived."""
    return timedelta(minutes=_data()["arrival"][kind.value])


def longest_arrival() -> timedelta:
    """Return the longest wait that a colleague may choose."""
    return _minutes("longest_arrival")


def arrival_again() -> timedelta:
    """Return how long an unanswered question about an arrival rests before it rings again."""
    return _minutes("arrival_again")


def duty_due(kind: DutyKind, band: AgeBand) -> timedelta:
    """Return by when a duty is seen to: a report at once, the guardian sooner the younger the child is."""
    if kind is DutyKind.REPORT:
        return _minutes("report")
    return _minutes("guardian_under_14" if band is AgeBand.UNDER_14 else "guardian_from_14")


def duty_again(kind: DutyKind) -> timedelta:
    """Return how long a duty that is late rests before it rings again."""
    return _minutes("report_again" if kind is DutyKind.REPORT else "guardian_again")


def asked_for(case: CrisisCase) -> list[DutyKind]:
    """Return what the age of the person and the reasons of the flags ask for on this case.

    Sources: Minors Law, articles 11 and 117 (report at once); Personal Information Protection Law, article 31
    (guardian under 14); CAC draft of 27 December 2025, article 11 (guardian of a minor when life is at stake).
    """
    band = case.beneficiary.age_band
    reasons = {reason for flag in case.flags for reason in flag.reasons}
    found = []
    if band is AgeBand.UNDER_14 or (band.is_minor and case.risk.is_at_least(Level.ORANGE)):
        found.append(DutyKind.GUARDIAN)
    if _minor_is_hurt(band, reasons):
        found.append(DutyKind.REPORT)
    return found


def _minor_is_hurt(band: AgeBand, reasons: Iterable[str]) -> bool:
    heard = set(reasons)
    if heard & {_CHILD_IS_HURT, TOLD}:
        return True
    return _IS_HURT in heard and (band.is_minor or _CHILD_SPEAKS in heard)
