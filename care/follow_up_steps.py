"""The steps of the follow-up ladder and their windows, read from data that a clinician of the base may change."""

from __future__ import annotations

import calendar
import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "follow_ups.json"


@dataclass(frozen=True)
class Step:
    """One contact of the ladder, counted from the moment at which the case was closed."""

    name: str
    after: timedelta
    months: int
    before: timedelta
    late: timedelta
    # Whether a missed contact after a red case opens a case of its own.
    opens_a_case: bool = False

    def window(self, start: datetime) -> tuple[datetime, datetime, datetime]:
        """Return from when, around when, and until when the contact is kept."""
        due = _months_later(start, self.months) + self.after
        return max(start, due - self.before), due, due + self.late


def _months_later(start: datetime, months: int) -> datetime:
    """Return the same day of a later month, or its last day where it is shorter."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return start.replace(year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class Rules:
    """How follow-ups are planned at this base."""

    steps: tuple[Step, ...]
    # How much of a calendar one contact takes, and how far ahead times are taken: plans of a year hence are guesses.
    length: timedelta
    place_ahead: timedelta
    # Nobody is called outside these hours of the base unless somebody decides so.
    call_from: time
    call_until: time
    # After how long the first, the second … try that reached nobody is followed by another; then it climbs.
    try_again: tuple[timedelta, ...]
    # How long owner, supervisor, base leader have after they were told; the last one is told again and again.
    climb: tuple[timedelta, ...]


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the rules of the base: by default 24 h, 72 h, 1, 2, 4, 7, 11 weeks, 4, 6 and 12 months.

    Source: WHO brief intervention and contact (Fleischmann et al. 2008, PMC2649494); the dates are the default of this
    project, not the study's own, and wait for a clinician's signature (docs/clinical-safety.md).
    """
    data = json.loads(_FILE.read_text("utf-8"))
    return Rules(
        steps=tuple(
            Step(
                name=one["name"],
                after=timedelta(hours=one["after"].get("hours", 0), weeks=one["after"].get("weeks", 0)),
                months=one["after"].get("months", 0),
                before=timedelta(hours=one["before_hours"]),
                late=timedelta(hours=one["after_hours"]),
                opens_a_case=one.get("opens_a_case", False),
            )
            for one in data["steps"]
        ),
        length=timedelta(minutes=data["minutes"]),
        place_ahead=timedelta(days=data["place_ahead_days"]),
        call_from=time.fromisoformat(data["call_from"]),
        call_until=time.fromisoformat(data["call_until"]),
        try_again=tuple(timedelta(hours=hours) for hours in data["try_again_hours"]),
        climb=tuple(timedelta(hours=hours) for hours in data["climb_hours"]),
    )
