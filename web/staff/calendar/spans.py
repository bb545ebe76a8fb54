"""Days, weeks and months in the base's own time, and where an entry stands in the grid of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.agenda import AROUND, Entry

# The grid runs in steps of a quarter of an hour; calendar.css has a class for each step and each length.
STEP = 15
STEPS = 24 * 60 // STEP
# A day is drawn from here to here at least, and wider where something stands earlier or later.
USUAL_FIRST, USUAL_LAST = 8 * 60, 18 * 60
FIRST_DATE, LAST_DATE = date(2000, 1, 1), date(2100, 12, 31)


class View(StrEnum):
    """How much time one page shows."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Placed:
    """An entry with its place in the grid, in quarter hours from the first hour that is drawn."""

    entry: Entry
    row: int
    length: int
    starts: str
    ends: str


@dataclass(frozen=True)
class Day:
    """One date with what stands on it."""

    date: date
    placed: tuple[Placed, ...]
    around: tuple[Entry, ...]
    in_span: bool = True

    @property
    def count(self) -> int:
        """Return how many entries fill hours of the day."""
        return len(self.placed)


def parse(view: str, day: str, today: date) -> tuple[View, date]:
    """Return what an address asks for; anything that cannot be read is today's week."""
    try:
        shown = View(view)
    except ValueError:
        shown = View.WEEK
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        asked = today
    return shown, min(max(asked, FIRST_DATE), LAST_DATE)


def dates(view: View, day: date) -> list[date]:
    """Return the dates that the view shows; a month is shown in whole weeks from Monday."""
    if view is View.DAY:
        return [day]
    if view is View.WEEK:
        first = day - timedelta(days=day.weekday())
        return [first + timedelta(days=number) for number in range(7)]
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    start = first - timedelta(days=first.weekday())
    end = last + timedelta(days=6 - last.weekday())
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]


def step(view: View, day: date, forward: int) -> date:
    """Return the date that the arrows lead to."""
    if view is View.DAY:
        return day + timedelta(days=forward)
    if view is View.WEEK:
        return day + timedelta(days=7 * forward)
    month = day.replace(day=1) + timedelta(days=31 if forward > 0 else -1)
    return month.replace(day=1)


def bounds(days: list[date], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first moment of the first and the end of the last date."""
    start = datetime.combine(days[0], time.min, zone)
    return start, datetime.combine(days[-1] + timedelta(days=1), time.min, zone)


def lay_out(entries: list[Entry], days: list[date], zone: ZoneInfo, month: int | None = None) -> tuple[list[Day], int]:
    """Place the entries on their dates; return the days and the first hour that is drawn.

    An entry that runs over midnight stands on each of its dates with the part that falls on it.
    """
    parts = {day: _parts(entries, day, zone) for day in days}
    minutes = [minute for found in parts.values() for _entry, start, end in found for minute in (start, end)]
    first = min([USUAL_FIRST, *minutes]) // 60
    laid = [
        Day(
            date=day,
            placed=tuple(_placed(entry, start, end, first) for entry, start, end in parts[day]),
            around=tuple(entry for entry in entries if entry.kind in AROUND and _touches(entry, day, zone)),
            in_span=month is None or day.month == month,
        )
        for day in days
    ]
    return laid, first


def last_hour(days: list[Day], first: int) -> int:
    """Return the hour at which the drawing ends."""
    rows = [placed.row + placed.length for day in days for placed in day.placed]
    return max(USUAL_LAST // 60, *[first + -(-row * STEP // 60) for row in rows], 0)


def _touches(entry: Entry, day: date, zone: ZoneInfo) -> bool:
    start, end = bounds([day], zone)
    return entry.starts_at < end and entry.ends_at > start


def _parts(entries: list[Entry], day: date, zone: ZoneInfo) -> list[tuple[Entry, int, int]]:
    start, end = bounds([day], zone)
    found = []
    for entry in entries:
        if entry.kind in AROUND or not _touches(entry, day, zone):
            continue
        begins = int((max(entry.starts_at, start) - start).total_seconds() // 60)
        ends = int(-(-(min(entry.ends_at, end) - start).total_seconds() // 60))
        found.append((entry, begins, ends))
    return found


def _placed(entry: Entry, start: int, end: int, first: int) -> Placed:
    row = (start - first * 60) // STEP
    length = max(-(-(end - first * 60) // STEP) - row, 1)
    return Placed(entry, row, min(length, STEPS), _clock(start), _clock(end))


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
