"""Working days of the base: weekdays without the public holidays, with the make-up working days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from care import holidays
from models.holidays import DayKind

# The longest row of days off in a year, with room for a decree: a search that goes on longer has no calendar.
_LONGEST_SEARCH = timedelta(days=400)


def today(now: datetime, timezone: str) -> date:
    """Return which day it is at the base."""
    return now.astimezone(ZoneInfo(timezone)).date()


def after(*, session: Session, day: date, count: int) -> date:
    """Return the working day that is `count` working days after the day; the day itself is not counted."""
    special = holidays.between(session=session, first=day, last=day + _LONGEST_SEARCH)
    found, left = day, count
    while left > 0 and found - day < _LONGEST_SEARCH:
        found += timedelta(days=1)
        row = special.get(found)
        kind = row.kind if row else None
        working = kind is DayKind.MAKE_UP or (kind is not DayKind.HOLIDAY and found.weekday() < 5)
        left -= working
    return found
