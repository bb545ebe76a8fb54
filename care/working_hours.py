"""When colleagues work between two moments: their plans with breaks, holidays, make-up days, extra time, closed time.

Everything is loaded for all colleagues at once, one question for each table, and counted in whole minutes since 1970.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from care import holidays, leave
from care.open_time import DAY, Stretch, minute_of, moment_of, on_the_wall
from models.availability import DateException, ExceptionKind, WeeklyBreak, WeeklyHours, WeeklyPlan
from models.holidays import DayKind, SpecialDay

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class _Plan:
    """What the days of a plan need to know about it."""

    timezone: str
    first: int
    last: int
    station_id: int | None
    on_holidays: bool
    on_make_up_days: bool


@dataclass
class WorkTime:
    """When one colleague works: open stretches in order, the station of each, and what closes them again."""

    open: list[Stretch] = field(default_factory=list)
    stations: list[int | None] = field(default_factory=list)
    away: list[Stretch] = field(default_factory=list)
    blocked: list[Stretch] = field(default_factory=list)

    def station_at(self, minute: int) -> int | None:
        """Return where the colleague sits at the minute."""
        for stretch, station in zip(self.open, self.stations, strict=True):
            if stretch[0] <= minute < stretch[1]:
                return station
        return None

    def is_one_place(self, stretch: Stretch) -> bool:
        """Tell whether the colleague need not go from one station to another in the middle."""
        return self.station_at(stretch[0]) == self.station_at(stretch[1] - 1)


Hours = tuple[int, int, _Plan]


def load(
    *, session: Session, staff_ids: Sequence[int], start: int, end: int, heed_holidays: bool = True
) -> dict[int, WorkTime]:
    """Return the working time of each colleague between two minutes since 1970."""
    found = {staff_id: WorkTime() for staff_id in staff_ids}
    # A day more at each end: the wall of a plan may be hours ahead of UTC or behind it.
    first, last = start // DAY + _EPOCH - 1, end // DAY + _EPOCH + 1
    special = (
        holidays.between(session=session, first=date.fromordinal(first), last=date.fromordinal(last))
        if heed_holidays
        else {}
    )
    days = _Days(first, last, special)
    for staff_id, week in _weeks(session, staff_ids, first, last).items():
        days.write(week, found[staff_id])
    _read_exceptions(session, found, start, end)
    _read_leaves(session, found, start, end)
    return found


class _Days:
    """The dates of the span, each with the weekday whose plan is worked on it."""

    def __init__(self, first: int, last: int, special: dict[date, SpecialDay]) -> None:
        self.ordinals = range(first, last + 1)
        self.holidays = {day.toordinal() for day, row in special.items() if row.kind is DayKind.HOLIDAY}
        self.make_up = {
            day.toordinal(): row.plan_weekday
            for day, row in special.items()
            if row.kind is DayKind.MAKE_UP and row.plan_weekday is not None
        }

    def write(self, week: dict[int, list[Hours]], into: WorkTime) -> None:
        """Write the stretches of every date into the colleague's time."""
        stretches: list[tuple[int, int, int | None]] = []
        for ordinal in self.ordinals:
            hours = week.get((ordinal + 6) % 7, ())
            if ordinal in self.holidays:
                hours = [one for one in hours if one[2].on_holidays]
            elif ordinal in self.make_up:
                extra = week.get(self.make_up[ordinal], ())
                hours = sorted({*hours, *(one for one in extra if one[2].on_make_up_days)}, key=_when)
            for starts, ends, plan in hours:
                if plan.first <= ordinal <= plan.last:
                    zone = plan.timezone
                    stretches.append(
                        (on_the_wall(zone, ordinal, starts), on_the_wall(zone, ordinal, ends), plan.station_id)
                    )
        into.open = [(starts, ends) for starts, ends, _station in stretches]
        into.stations = [station for _starts, _ends, station in stretches]


def _when(hours: Hours) -> tuple[int, int]:
    return hours[0], hours[1]


def _weeks(session: Session, staff_ids: Iterable[int], first: int, last: int) -> dict[int, dict[int, list[Hours]]]:
    """Return for each colleague what is worked on each weekday: minutes of the day, breaks taken out."""
    # Read from the connection, past the machinery for objects: it is the second largest answer of a search.
    rows = (
        session.connection()
        .execute(
            select(
                WeeklyHours.staff_id,
                WeeklyHours.plan_id,
                WeeklyHours.starts_minute,
                WeeklyHours.ends_minute,
                WeeklyPlan.timezone,
                WeeklyPlan.valid_from,
                WeeklyPlan.valid_until,
                WeeklyPlan.station_id,
                WeeklyPlan.runs_on_holidays,
                WeeklyPlan.runs_on_make_up_days,
            )
            .join(WeeklyPlan, WeeklyPlan.id == WeeklyHours.plan_id)
            .where(
                WeeklyHours.staff_id.in_(staff_ids),
                WeeklyHours.valid_from <= date.fromordinal(last),
                WeeklyHours.valid_until >= date.fromordinal(first),
            )
            .order_by(WeeklyHours.staff_id, WeeklyHours.starts_minute)
        )
        .all()
    )
    breaks = _breaks(session, {row.plan_id for row in rows})
    plans: dict[int, _Plan] = {}
    weeks: dict[int, dict[int, list[Hours]]] = defaultdict(dict)
    for row in rows:
        plan = plans.get(row.plan_id) or plans.setdefault(row.plan_id, _plan_of(row))
        weekday = row.starts_minute // DAY
        kept = weeks[row.staff_id].setdefault(weekday, [])
        for starts, ends in _without((row.starts_minute, row.ends_minute), breaks.get(row.plan_id, ())):
            kept.append((starts - weekday * DAY, ends - weekday * DAY, plan))
    return weeks


def _plan_of(row: Any) -> _Plan:
    return _Plan(
        timezone=row.timezone,
        first=row.valid_from.toordinal(),
        last=row.valid_until.toordinal(),
        station_id=row.station_id,
        on_holidays=row.runs_on_holidays,
        on_make_up_days=row.runs_on_make_up_days,
    )


def _breaks(session: Session, plan_ids: Iterable[int]) -> dict[int, list[Stretch]]:
    found: dict[int, list[Stretch]] = defaultdict(list)
    rows = session.execute(
        select(WeeklyBreak.plan_id, WeeklyBreak.starts_minute, WeeklyBreak.ends_minute)
        .where(WeeklyBreak.plan_id.in_(plan_ids))
        .order_by(WeeklyBreak.starts_minute)
    )
    for plan_id, starts, ends in rows:
        found[plan_id].append((starts, ends))
    return found


def _without(stretch: Stretch, holes: Sequence[Stretch]) -> list[Stretch]:
    """Return what is left of a stretch when the holes, given in order, are cut out."""
    left, begin = [], stretch[0]
    for starts, ends in holes:
        if ends <= begin or starts >= stretch[1]:
            continue
        if starts > begin:
            left.append((begin, starts))
        begin = ends
    if begin < stretch[1]:
        left.append((begin, stretch[1]))
    return left


def _read_exceptions(session: Session, found: dict[int, WorkTime], start: int, end: int) -> None:
    rows = session.execute(
        select(
            DateException.staff_id,
            DateException.kind,
            extract("epoch", DateException.starts_at),
            extract("epoch", DateException.ends_at),
            DateException.station_id,
        )
        .where(
            DateException.staff_id.in_(list(found)),
            DateException.starts_at < moment_of(end),
            DateException.ends_at > moment_of(start),
        )
        .order_by(DateException.starts_at)
    )
    for staff_id, kind, starts, ends, station_id in rows:
        stretch = (int(starts) // 60, int(ends) // 60)
        if kind is ExceptionKind.BLOCKED:
            found[staff_id].blocked.append(stretch)
        else:
            found[staff_id].open.append(stretch)
            found[staff_id].stations.append(station_id)


def _read_leaves(session: Session, found: dict[int, WorkTime], start: int, end: int) -> None:
    away = leave.spans(session=session, staff_ids=list(found), start=moment_of(start), end=moment_of(end))
    for staff_id, spans in away.items():
        found[staff_id].away += [(minute_of(starts_at), minute_of(ends_at)) for starts_at, ends_at in spans]
