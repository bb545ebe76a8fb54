"""Days as people write them, and the moments they mean at the base."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from wtforms.validators import ValidationError

from web.common import clock, languages

FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2100, 12, 31)


def zone() -> ZoneInfo:
    """Return the base's own time zone."""
    return ZoneInfo(clock.timezone())


def start_of(day: date) -> datetime:
    """Return the first moment of the day at the base."""
    return datetime.combine(day, time(), zone())


def end_of(day: date) -> datetime:
    """Return the first moment after the day at the base."""
    return start_of(day + timedelta(days=1))


def today() -> date:
    """Return the day it is at the base."""
    return clock.now().astimezone(zone()).date()


def last_day(until: datetime) -> date:
    """Return the last day of a span whose end is not part of it."""
    return (until - timedelta(microseconds=1)).astimezone(zone()).date()


def span(starts_at: datetime, ends_at: datetime) -> str:
    """Return a span as people say it: whole days without a time of day, the last one named."""
    starts, ends = starts_at.astimezone(zone()), ends_at.astimezone(zone())
    if starts.time() != time() or ends.time() != time():
        return f"{languages.local_time(starts, 'short')} – {languages.local_time(ends, 'short')}"
    style = "d MMM" if languages.language() == "en" else "M月d日"
    first, last = languages.local_time(starts, style), languages.local_time(ends - timedelta(days=1), style)
    return first if first == last else f"{first} – {last}"


class SaneDay:
    """Refuses days that nobody means: a slip in the year would end in a moment that no database can store."""

    def __call__(self, _form: Any, item: Any) -> None:
        """Raise the words for a day before 1950 or after 2100."""
        if item.data is not None and not FIRST_DAY <= item.data <= LAST_DAY:
            raise ValidationError(_("Please check the year."))
