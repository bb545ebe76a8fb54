"""When colleagues work between two moments: their plans with breaks, holidays, make-up days, extra time, closed time.

Everything is loaded for all colleagues at once, one question for each table, and counted in whole minutes since 1970.
Of a plan only what the database wrote is kept until somebody needs its minutes: most searches never do.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, String, bindparam, cast, extract, func, select
from sqlalchemy.orm import Session

from care import leave
from care.open_time import DAY, OpenTime, Stretch, is_plain, midnight, minute_of, moment_of, on_the_wall
from models.availability import DateException, ExceptionKind, WeeklyBreak, WeeklyHours, WeeklyPlan
from models.holidays import DayKind, SpecialDay

_EPOCH = date(1970, 1, 1).toordinal()
_NOWHERE: tuple[Stretch, None] = ((0, 0), None)


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
# What is worked on each weekday, in minutes of the day.
Week = dict[int, tuple[Stretch, ...]]
# A plan with its hours and its breaks as the database writes them.
Written = tuple[_Plan, str, str]


class Place(NamedTuple):
    """Where a meeting can be: anywhere at all, at any station, or at this one."""

    in_person: bool = False
    station_id: int | None = None

    def fits(self, station: int | None) -> bool:
        """Tell whether the meeting could be where the colleague sits."""
        return not self.in_person or (station is not None and self.station_id in (None, station))


class _Dates(NamedTuple):
    """The dates of a span, with what the calendar of the state says about them."""

    first: int
    last: int
    holidays: frozenset[int] = frozenset()
    # The day that is worked, and the weekday whose plan is worked on it.
    make_up: frozenset[tuple[int, int]] = frozenset()


@dataclass
class WorkTime:
    """When one colleague works: the days of the plans, extra time with its station, and what closes them again."""

    plans: tuple[Written, ...] = ()
    dates: _Dates = field(default_factory=lambda: _Dates(0, -1))
    extra: list[tuple[Stretch, int | None]] = field(default_factory=list)
    away: list[Stretch] = field(default_factory=list)
    blocked: list[Stretch] = field(default_factory=list)

    @cached_property
    def open(self) -> list[tuple[Stretch, int | None]]:
        """Return the open stretches, each with its station: those of the plans in order, then the extra ones."""
        return [*_stretches(self.plans, self.dates), *self.extra]

    @property
    def places(self) -> set[int]:
        """Return the stations at which the colleague meets people."""
        places = {plan.station_id for plan, _hours, _breaks in self.plans} | {place for _stretch, place in self.extra}
        return {place for place in places if place is not None}

    def cells(self, start: int, end: int, place: Place) -> OpenTime:
        """Return the time between two minutes in which the colleague meets people at such a place, taken or not."""
        found = OpenTime(start, end)
        found.lay(start, _planned(self.plans, self.dates, start, end, place))
        for stretch, station in self.extra:
            if place.fits(station):
                found.fill(stretch, 1)
        for stretch in (*self.away, *self.blocked):
            found.fill(stretch, 0)
        return found

    @cached_property
    def _begins(self) -> list[int] | None:
        """Return when the open stretches begin if each ends before the next one: then one can be looked up."""
        stretches = [stretch for stretch, _place in self.open]
        apart = all(one[1] <= other[0] for one, other in pairwise(stretches))
        return [stretch[0] for stretch in stretches] if apart else None

    def station_at(self, minute: int) -> int | None:
        """Return where the colleague sits at the minute."""
        return self._sitting(minute)[1]

    def is_one_place(self, stretch: Stretch) -> bool:
        """Tell whether the colleague need not go from one station to another in the middle."""
        sitting, station = self._sitting(stretch[0])
        # Where stretches overlap, another of them may count at the end.
        alone = self._begins is not None and stretch[1] <= sitting[1]
        return alone or self.station_at(stretch[1] - 1) == station

    def _sitting(self, minute: int) -> tuple[Stretch, int | None]:
        """Return the open stretch that covers the minute with its station; an empty one where nothing is open."""
        looked_at = self.open
        if self._begins is not None:
            place = bisect_right(self._begins, minute)
            looked_at = looked_at[max(0, place - 1) : place]
        for sitting in looked_at:
            if sitting[0][0] <= minute < sitting[0][1]:
                return sitting
        return _NOWHERE


# The four below depend on nothing but what they are given, so an answer stays true however the plans change: changed
# plans are asked about in other words. A base has a few dozen weeks, and pages ask about a few spans of them.
@lru_cache(maxsize=512)
def _planned(plans: tuple[Written, ...], dates: _Dates, start: int, end: int, place: Place) -> bytes:
    """Return the cells of the plans alone: whole ready days side by side; where the clocks move, stretch by stretch."""
    found = OpenTime(start, end)
    alone = len({plan.timezone for plan, _hours, _breaks in plans}) == 1
    for ordinal, hours in _days(plans, dates):
        zone = hours[0][2].timezone
        here = tuple((one[0], one[1]) for one in hours if place.fits(one[2].station_id))
        if alone and is_plain(zone, ordinal) and found.lay(midnight(zone, ordinal), _whole_day(here)):
            continue
        for one in hours:
            if place.fits(one[2].station_id):
                found.fill(_on_date(ordinal, one), 1)
    return bytes(found.cells)


@lru_cache(maxsize=512)
def _stretches(plans: tuple[Written, ...], dates: _Dates) -> tuple[tuple[Stretch, int | None], ...]:
    """Return the open stretches of the plans in order, each with its station."""
    return tuple((_on_date(ordinal, one), one[2].station_id) for ordinal, hours in _days(plans, dates) for one in hours)


@lru_cache(maxsize=512)
def _days(plans: tuple[Written, ...], dates: _Dates) -> tuple[Day, ...]:
    """Return what is worked on each date on which anything is."""
    weeks = [(plan, _week(hours, breaks)) for plan, hours, breaks in plans]
    week = [
        tuple(sorted(((*one, plan) for plan, days in weeks for one in days.get(weekday, ())), key=_when))
        for weekday in range(7)
    ]
    changes = any(plan.first > dates.first or plan.last < dates.last for plan, _days in weeks)
    make_up = dict(dates.make_up)
    days: list[Day] = []
    for ordinal in range(dates.first, dates.last + 1):
        hours: Sequence[Hours] = week[(ordinal + 6) % 7]
        if ordinal in dates.holidays:
            hours = tuple(one for one in hours if one[2].on_holidays)
        elif ordinal in make_up:
            extra = (one for one in week[make_up[ordinal]] if one[2].on_make_up_days)
            hours = tuple(sorted({*hours, *extra}, key=_when))
        if changes:
            hours = tuple(one for one in hours if one[2].first <= ordinal <= one[2].last)
        if hours:
            days.append((ordinal, hours))
    return tuple(days)


@lru_cache(maxsize=512)
def _whole_day(hours: tuple[Stretch, ...]) -> bytes:
    cells = OpenTime(0, DAY)
    for stretch in hours:
        cells.fill(stretch, 1)
    return bytes(cells.cells)


def _on_date(ordinal: int, hours: Hours) -> Stretch:
    starts, ends, plan = hours
    return on_the_wall(plan.timezone, ordinal, starts), on_the_wall(plan.timezone, ordinal, ends)


def _in_one_line(part: type[WeeklyHours] | type[WeeklyBreak]) -> Any:
    line = cast(part.starts_minute, String) + "-" + cast(part.ends_minute, String)
    return (
        select(func.aggregate_strings(line, " "))
        .where(part.plan_id == WeeklyPlan.id)
        .correlate(WeeklyPlan)
        .scalar_subquery()
    )


# Built once: putting the questions together would cost as much as some of their answers.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_DATES = select(SpecialDay.day, SpecialDay.kind, SpecialDay.plan_weekday).where(
    SpecialDay.day.between(bindparam("first"), bindparam("last"))
)
_PLANS = (
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
        WeeklyPlan.staff_id.in_(_IDS),
        WeeklyPlan.valid_from <= bindparam("last"),
        WeeklyPlan.valid_until >= bindparam("first"),
    )
    .order_by(WeeklyPlan.staff_id, WeeklyPlan.id)
)
_EXCEPTIONS = (
    select(
        DateException.staff_id,
        DateException.kind,
        extract("epoch", DateException.starts_at),
        extract("epoch", DateException.ends_at),
        DateException.station_id,
    )
    .where(
        DateException.staff_id.in_(_IDS),
        DateException.starts_at < bindparam("ends"),
        DateException.ends_at > bindparam("begins"),
    )
    .order_by(DateException.starts_at)
)


def load(
    *, session: Session, staff_ids: Sequence[int], start: int, end: int, heed_holidays: bool = True
) -> dict[int, WorkTime]:
    """Return the working time of each colleague between two minutes since 1970."""
    found = {staff_id: WorkTime() for staff_id in staff_ids}
    # A day more at each end: the wall of a plan may be hours ahead of UTC or behind it.
    first, last = start // DAY + _EPOCH - 1, end // DAY + _EPOCH + 1
    dates = _read_dates(session, first, last) if heed_holidays else _Dates(first, last)
    for staff_id, plans in _read_plans(session, staff_ids, first, last).items():
        found[staff_id].plans, found[staff_id].dates = tuple(plans), dates
    _read_exceptions(session, found, start, end)
    _read_leaves(session, found, start, end)
    return found


def _read_dates(session: Session, first: int, last: int) -> _Dates:
    rows = session.execute(_DATES, {"first": date.fromordinal(first), "last": date.fromordinal(last)}).all()
    return _Dates(
        first,
        last,
        frozenset(day.toordinal() for day, kind, _weekday in rows if kind is DayKind.HOLIDAY),
        frozenset(
            (day.toordinal(), weekday) for day, kind, weekday in rows if kind is DayKind.MAKE_UP and weekday is not None
        ),
    )


def _when(hours: Hours) -> tuple[int, int]:
    return hours[0], hours[1]


def _read_plans(session: Session, staff_ids: Iterable[int], first: int, last: int) -> dict[int, list[Written]]:
    """Return the plans of each colleague. The database writes a week as one line: rows of it would be hundreds."""
    asked = {"ids": list(staff_ids), "first": date.fromordinal(first), "last": date.fromordinal(last)}
    rows = session.execute(_PLANS, asked)
    found: dict[int, list[Written]] = defaultdict(list)
    for staff_id, zone, valid_from, valid_until, station_id, on_holidays, on_make_up_days, hours, breaks in rows:
        plan = _Plan(zone, valid_from.toordinal(), valid_until.toordinal(), station_id, on_holidays, on_make_up_days)
        found[staff_id].append((plan, hours or "", breaks or ""))
    return found


@lru_cache(maxsize=512)
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
    rows = session.execute(_EXCEPTIONS, {"ids": list(found), "begins": moment_of(start), "ends": moment_of(end)})
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
