"""When colleagues work between two moments: their plans with breaks, holidays, make-up days, extra time, closed time.

Everything is loaded for all colleagues at once, one question for each table, and counted in whole minutes since 1970.
A day of a plan stays one shared object until somebody needs its minutes: most searches never do.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import String, cast, extract, func, select
from sqlalchemy.orm import Session

from care import leave
from care.open_time import DAY, OpenTime, Stretch, is_plain, midnight, minute_of, moment_of, on_the_wall
from models.availability import DateException, ExceptionKind, WeeklyBreak, WeeklyHours, WeeklyPlan
from models.holidays import DayKind, SpecialDay

_EPOCH = date(1970, 1, 1).toordinal()


class _Plan(NamedTuple):
    """What the days of a plan need to know about it."""

    timezone: str
    first: int
    last: int
    station_id: int | None
    on_holidays: bool
    on_make_up_days: bool


# Minutes of the day, and the plan to which they belong.
Hours = tuple[int, int, _Plan]
# The number of a date, and what is worked on it.
Day = tuple[int, Sequence[Hours]]
Place = Callable[[int | None], bool]


@dataclass
class WorkTime:
    """When one colleague works: the days of the plans, extra time with its station, and what closes them again."""

    days: list[Day] = field(default_factory=list)
    extra: list[tuple[Stretch, int | None]] = field(default_factory=list)
    away: list[Stretch] = field(default_factory=list)
    blocked: list[Stretch] = field(default_factory=list)

    @cached_property
    def open(self) -> list[tuple[Stretch, int | None]]:
        """Return the open stretches, each with its station: those of the plans in order, then the extra ones."""
        return [
            (_on_date(ordinal, one), one[2].station_id) for ordinal, hours in self.days for one in hours
        ] + self.extra

    @property
    def places(self) -> set[int]:
        """Return the stations at which the colleague meets people."""
        kinds = {id(hours): hours for _ordinal, hours in self.days}
        planned = {one[2].station_id for hours in kinds.values() for one in hours}
        return {place for place in planned | {place for _stretch, place in self.extra} if place is not None}

    def cells(self, start: int, end: int, is_place: Place) -> OpenTime:
        """Return the time between two minutes in which the colleague meets people at such a place, taken or not."""
        found = OpenTime(start, end)
        self._lay_days(found, is_place)
        for stretch, place in self.extra:
            if is_place(place):
                found.fill(stretch, 1)
        for stretch in (*self.away, *self.blocked):
            found.fill(stretch, 0)
        return found

    def _lay_days(self, found: OpenTime, is_place: Place) -> None:
        """Lay whole ready days side by side; where the clocks move, or plans hang on two walls, fill stretches."""
        ready: dict[int, tuple[str, bytes]] = {}
        alone = len({one[2].timezone for _ordinal, hours in self.days for one in hours}) == 1
        for ordinal, hours in self.days:
            pattern = ready.get(id(hours))
            if pattern is None:
                here = tuple((one[0], one[1]) for one in hours if is_place(one[2].station_id))
                pattern = ready[id(hours)] = (hours[0][2].timezone, _whole_day(here))
            zone, cells = pattern
            if alone and is_plain(zone, ordinal) and found.lay(midnight(zone, ordinal), cells):
                continue
            for one in hours:
                if is_place(one[2].station_id):
                    found.fill(_on_date(ordinal, one), 1)

    @cached_property
    def _begins(self) -> list[int] | None:
        """Return when the open stretches begin if each ends before the next one: then one can be looked up."""
        stretches = [stretch for stretch, _place in self.open]
        apart = all(one[1] <= other[0] for one, other in zip(stretches, stretches[1:], strict=False))
        return [stretch[0] for stretch in stretches] if apart else None

    def station_at(self, minute: int) -> int | None:
        """Return where the colleague sits at the minute."""
        looked_at = self.open
        if self._begins is not None:
            place = bisect_right(self._begins, minute)
            looked_at = looked_at[max(0, place - 1) : place]
        for stretch, station in looked_at:
            if stretch[0] <= minute < stretch[1]:
                return station
        return None

    def is_one_place(self, stretch: Stretch) -> bool:
        """Tell whether the colleague need not go from one station to another in the middle."""
        return self.station_at(stretch[0]) == self.station_at(stretch[1] - 1)


@lru_cache(maxsize=1024)
def _whole_day(hours: tuple[Stretch, ...]) -> bytes:
    cells = OpenTime(0, DAY)
    for stretch in hours:
        cells.fill(stretch, 1)
    return bytes(cells.cells)


def _on_date(ordinal: int, hours: Hours) -> Stretch:
    starts, ends, plan = hours
    return on_the_wall(plan.timezone, ordinal, starts), on_the_wall(plan.timezone, ordinal, ends)


def load(
    *, session: Session, staff_ids: Sequence[int], start: int, end: int, heed_holidays: bool = True
) -> dict[int, WorkTime]:
    """Return the working time of each colleague between two minutes since 1970."""
    found = {staff_id: WorkTime() for staff_id in staff_ids}
    # A day more at each end: the wall of a plan may be hours ahead of UTC or behind it.
    first, last = start // DAY + _EPOCH - 1, end // DAY + _EPOCH + 1
    dates = _Dates(session, first, last, heed_holidays)
    for staff_id, plans in _plans(session, staff_ids, first, last).items():
        found[staff_id].days = dates.of(plans)
    _read_exceptions(session, found, start, end)
    _read_leaves(session, found, start, end)
    return found


class _Dates:
    """The dates of a span, with what the calendar of the state says about them."""

    def __init__(self, session: Session, first: int, last: int, heed_holidays: bool) -> None:
        self.first, self.last = first, last
        self.holidays: set[int] = set()
        self.make_up: dict[int, int] = {}
        if heed_holidays:
            self._read(session)

    def _read(self, session: Session) -> None:
        rows = session.execute(
            select(SpecialDay.day, SpecialDay.kind, SpecialDay.plan_weekday).where(
                SpecialDay.day.between(date.fromordinal(self.first), date.fromordinal(self.last))
            )
        )
        for day, kind, plan_weekday in rows:
            if kind is DayKind.HOLIDAY:
                self.holidays.add(day.toordinal())
            elif plan_weekday is not None:
                self.make_up[day.toordinal()] = plan_weekday

    def of(self, plans: Sequence[tuple[_Plan, Week]]) -> list[Day]:
        """Return what is worked on each date on which anything is."""
        week = [
            tuple(sorted(((*one, plan) for plan, days in plans for one in days.get(weekday, ())), key=_when))
            for weekday in range(7)
        ]
        changes = any(plan.first > self.first or plan.last < self.last for plan, _days in plans)
        days: list[Day] = []
        for ordinal in range(self.first, self.last + 1):
            hours: Sequence[Hours] = week[(ordinal + 6) % 7]
            if ordinal in self.holidays or ordinal in self.make_up:
                hours = self._special(ordinal, hours, week)
            if changes:
                hours = tuple(one for one in hours if one[2].first <= ordinal <= one[2].last)
            if hours:
                days.append((ordinal, hours))
        return days

    def _special(self, ordinal: int, hours: Sequence[Hours], week: Sequence[Sequence[Hours]]) -> Sequence[Hours]:
        if ordinal in self.holidays:
            return tuple(one for one in hours if one[2].on_holidays)
        extra = (one for one in week[self.make_up[ordinal]] if one[2].on_make_up_days)
        return tuple(sorted({*hours, *extra}, key=_when))


def _when(hours: Hours) -> tuple[int, int]:
    return hours[0], hours[1]


# What is worked on each weekday, in minutes of the day.
Week = dict[int, tuple[Stretch, ...]]


def _plans(session: Session, staff_ids: Iterable[int], first: int, last: int) -> dict[int, list[tuple[_Plan, Week]]]:
    """Return the plans of each colleague. The database writes a week as one line: rows of it would be hundreds."""
    rows = session.execute(
        select(
            WeeklyPlan.staff_id,
            WeeklyPlan.timezone,
            WeeklyPlan.valid_from,
            WeeklyPlan.valid_until,
            WeeklyPlan.station_id,
            WeeklyPlan.runs_on_holidays,
            WeeklyPlan.runs_on_make_up_days,
            _in_one_line(WeeklyHours),
            _in_one_line(WeeklyBreak),
        )
        .where(
            WeeklyPlan.staff_id.in_(staff_ids),
            WeeklyPlan.valid_from <= date.fromordinal(last),
            WeeklyPlan.valid_until >= date.fromordinal(first),
        )
        .order_by(WeeklyPlan.staff_id, WeeklyPlan.id)
    )
    found: dict[int, list[tuple[_Plan, Week]]] = defaultdict(list)
    for staff_id, timezone, valid_from, valid_until, station_id, on_holidays, on_make_up_days, hours, breaks in rows:
        plan = _Plan(
            timezone, valid_from.toordinal(), valid_until.toordinal(), station_id, on_holidays, on_make_up_days
        )
        found[staff_id].append((plan, _week(hours or "", breaks or "")))
    return found


def _in_one_line(part: type[WeeklyHours] | type[WeeklyBreak]) -> Any:
    line = cast(part.starts_minute, String) + "-" + cast(part.ends_minute, String)
    return (
        select(func.aggregate_strings(line, " "))
        .where(part.plan_id == WeeklyPlan.id)
        .correlate(WeeklyPlan)
        .scalar_subquery()
    )


@lru_cache(maxsize=1024)
def _week(hours: str, breaks: str) -> Week:
    """Return what is worked on each weekday, breaks taken out. Whoever works the same week shares it."""
    holes, week = _read_line(breaks), defaultdict[int, list[Stretch]](list)
    for stretch in _read_line(hours):
        weekday = stretch[0] // DAY
        week[weekday] += [(starts - weekday * DAY, ends - weekday * DAY) for starts, ends in _without(stretch, holes)]
    return {weekday: tuple(stretches) for weekday, stretches in week.items()}


def _read_line(line: str) -> list[Stretch]:
    return sorted((int(starts), int(ends)) for starts, ends in (part.split("-") for part in line.split()))


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
            found[staff_id].extra.append((stretch, station_id))


def _read_leaves(session: Session, found: dict[int, WorkTime], start: int, end: int) -> None:
    away = leave.spans(session=session, staff_ids=list(found), start=moment_of(start), end=moment_of(end))
    for staff_id, spans in away.items():
        found[staff_id].away += [(minute_of(starts_at), minute_of(ends_at)) for starts_at, ends_at in spans]
