"""The quick search against a slow, obvious one: the same times, whatever the plans, exceptions and bookings are.

The slow one knows nothing of the quick one. It asks for every five minutes whether the colleague is there, and walks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from care import slots
from models.availability import DateException, ExceptionKind, WeeklyBreak, WeeklyHours, WeeklyPlan
from models.calendar import CalendarHold, CalendarHolder, HolderKind, HoldKind
from models.holidays import DayKind, DaySource, SpecialDay
from models.leave import Leave, LeaveState
from models.services import Mode, Service
from tests.fixtures.bookings import Bookings, at

MONDAY = date(2026, 3, 2)
DAYS = 8  # The clocks of New York move within them.
STEP = timedelta(minutes=5)
BASE = ZoneInfo("Asia/Shanghai")
ZONES = ("Asia/Shanghai", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu")
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Plan:
    """A week as it is drawn: hours and breaks as (weekday, first, last) in minutes of the day."""

    zone: str
    first: date
    last: date
    at_station: bool
    on_holidays: bool
    on_make_up_days: bool
    hours: Sequence[tuple[int, int, int]]
    breaks: Sequence[tuple[int, int, int]]


@dataclass(frozen=True)
class Counselor:
    """One colleague as drawn."""

    plans: Sequence[Plan]
    extra: Sequence[tuple[Span, bool]]
    blocked: Sequence[Span]
    away: Span | None
    holds: Sequence[tuple[Span, HoldKind]]


@dataclass(frozen=True)
class Base:
    """Everything that is drawn for one example."""

    counselors: Sequence[Counselor]
    special: dict[date, tuple[DayKind, int | None]]
    room: Sequence[Span]
    person: Sequence[Span]
    minutes: int
    pause: int
    in_person: bool
    with_person: bool
    one_each: bool
    start: datetime
    end: datetime


def _spans(step: int = 5, longest: int = 300) -> st.SearchStrategy[Span]:
    begin = datetime(2026, 3, 1, 16, tzinfo=UTC)
    return st.builds(
        lambda first, length: (
            begin + timedelta(minutes=first * step),
            begin + timedelta(minutes=(first + length) * step),
        ),
        st.integers(-500 // step, DAYS * 1440 // step),
        st.integers(1, longest // step),
    )


def _weeks(most: int, least: int = 0) -> st.SearchStrategy[list[tuple[int, int, int]]]:
    """Draw stretches (weekday, first, last) of a week that do not overlap."""
    # On the other side of the world a Sunday runs into the base's Monday, where the walk begins anew: no Sundays.
    stretch = st.tuples(st.integers(0, 5), st.integers(0, 287), st.integers(1, 120))
    return st.lists(stretch, min_size=least, max_size=most).map(_apart)


def _apart(drawn: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    kept: list[tuple[int, int, int]] = []
    for day, first, length in sorted(drawn):
        begins, ends = first * 5, min(first + length, 288) * 5
        if not kept or kept[-1][0] != day or kept[-1][2] <= begins:
            kept.append((day, begins, ends))
    return kept


@st.composite
def _plans(draw: st.DrawFn) -> list[Plan]:
    zone = st.sampled_from(ZONES)
    edge = MONDAY + timedelta(days=draw(st.integers(0, DAYS)))
    ends = draw(
        st.sampled_from(
            [[], [(MONDAY, date(9999, 12, 31))], [(MONDAY, edge), (edge + timedelta(days=1), edge + timedelta(days=5))]]
        )
    )
    return [
        Plan(
            zone=draw(zone),
            first=first,
            last=last,
            at_station=draw(st.booleans()),
            on_holidays=draw(st.booleans()),
            on_make_up_days=draw(st.booleans()),
            hours=draw(_weeks(12, 5)),
            breaks=draw(_weeks(4)),
        )
        for first, last in ends
    ]


_COUNSELORS = st.builds(
    Counselor,
    plans=_plans(),
    extra=st.lists(st.tuples(_spans(), st.booleans()), max_size=3, unique_by=lambda one: one[0][0]),
    blocked=st.lists(_spans(step=1), max_size=3, unique_by=lambda one: one[0]),
    away=st.none() | _spans(step=30, longest=3000),
    holds=st.lists(st.tuples(_spans(), st.sampled_from(list(HoldKind))), min_size=5, max_size=16),
)
_SPECIAL = st.dictionaries(
    st.integers(0, DAYS).map(lambda number: MONDAY + timedelta(days=number)),
    st.just((DayKind.HOLIDAY, None)) | st.integers(0, 4).map(lambda weekday: (DayKind.MAKE_UP, weekday)),
    max_size=4,
)
_BASES = st.builds(
    Base,
    counselors=st.lists(_COUNSELORS, min_size=2, max_size=2),
    special=_SPECIAL,
    room=st.lists(_spans(), max_size=4),
    person=st.lists(_spans(), max_size=4),
    minutes=st.sampled_from([10, 25, 50, 90]),
    pause=st.sampled_from([0, 5, 10, 40]),
    in_person=st.booleans(),
    with_person=st.booleans(),
    one_each=st.booleans(),
    start=st.integers(-600, 3000).map(lambda late: datetime(2026, 3, 1, 16, tzinfo=UTC) + timedelta(minutes=late)),
    end=st.integers(5000, 12000).map(lambda late: datetime(2026, 3, 1, 16, tzinfo=UTC) + timedelta(minutes=late)),
)


# The slow, obvious search.


def _moment(zone: str, day: date, minute: int) -> datetime:
    if minute == 1440:
        return _moment(zone, day + timedelta(days=1), 0)
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _pieces(plan: Plan, weekday: int) -> set[int]:
    """Return the five minutes of the day that are worked, breaks taken out."""
    return {
        minute
        for day, first, last in plan.hours
        if day == weekday
        for minute in range(first, last, 5)
        if not any(one == weekday and begins <= minute < ends for one, begins, ends in plan.breaks)
    }


def _runs(minutes: set[int]) -> Iterator[tuple[int, int]]:
    begin = None
    for minute in range(0, 1445, 5):
        if minute in minutes and begin is None:
            begin = minute
        elif minute not in minutes and begin is not None:
            yield begin, minute
            begin = None


def _worked(base: Base, who: Counselor) -> Iterator[tuple[Span, bool]]:
    for number in range(-8, DAYS + 9):
        day = MONDAY + timedelta(days=number)
        kind, instead = base.special.get(day, (None, None))
        for plan in who.plans:
            if not plan.first <= day <= plan.last or (kind is DayKind.HOLIDAY and not plan.on_holidays):
                continue
            minutes = _pieces(plan, day.weekday())
            if kind is DayKind.MAKE_UP and plan.on_make_up_days and instead is not None:
                minutes |= _pieces(plan, instead)
            for first, last in _runs(minutes):
                yield (_moment(plan.zone, day, first), _moment(plan.zone, day, last)), plan.at_station
    yield from who.extra


def _meets(span: Span, others: Sequence[Span]) -> bool:
    return any(span[0] < ends and span[1] > starts for starts, ends in others)


def _walk(base: Base, who: Counselor, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield each time at which a meeting can begin, step by step from Monday on."""
    open_cells: set[int] = set()
    for (starts, ends), at_station in _worked(base, who):
        if at_station or not base.in_person:
            open_cells.update(range(-(-_minutes(starts) // 5), _minutes(ends) // 5))
    for span in (*who.blocked, *([who.away] if who.away else [])):
        open_cells -= _touched(span)
    taken = set().union(*(_touched(span) for span, _kind in who.holds))
    length, pause = base.minutes // 5, base.pause // 5
    cell = _minutes(begin) // 5
    while cell * 5 < _minutes(end):
        meeting, whole = range(cell, cell + length), range(cell, cell + length + pause)
        if open_cells.issuperset(meeting) and taken.isdisjoint(whole):
            yield datetime.fromtimestamp(cell * 300, tz=UTC)
            cell += length + pause
        else:
            cell += 1


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _touched(span: Span) -> set[int]:
    return set(range(_minutes(span[0]) // 5, -(-_minutes(span[1]) // 5)))


def _at_station(base: Base, who: Counselor, moment: datetime) -> bool:
    """Tell whether the colleague sits at the station: where plan and extra time meet, the plan says where."""
    cell = (moment, moment + STEP)
    return next(place for span, place in _worked(base, who) if _meets(cell, [span]))


def _week(moment: datetime) -> int:
    return (moment.astimezone(BASE).date() - MONDAY).days // 7


def obvious(base: Base, earliest: datetime, latest: datetime) -> list[tuple[datetime, int, bool]]:
    """Return start, number of the colleague, and whether a room is taken."""
    day = earliest.astimezone(BASE).date()
    monday = _moment("Asia/Shanghai", day - timedelta(days=day.weekday()), 0)
    taken = timedelta(minutes=base.minutes + base.pause)
    found = []
    for number, who in enumerate(base.counselors):
        for moment in _walk(base, who, monday, latest):
            if moment < earliest:
                continue
            whole = (moment, moment + taken)
            if base.with_person and _meets(whole, base.person):
                continue
            last = moment + timedelta(minutes=base.minutes - 5)
            if base.in_person and not (_at_station(base, who, moment) and _at_station(base, who, last)):
                continue
            if base.in_person and _meets(whole, base.room):
                continue
            load = sum(
                (
                    (ends - starts)
                    for (starts, ends), kind in who.holds
                    if kind in (HoldKind.APPOINTMENT, HoldKind.GROUP_SESSION, HoldKind.OFFER)
                    and _week(starts) == _week(moment)
                    # A hold that was over before the week began is not read at all.
                    and ends > monday
                ),
                timedelta(0),
            )
            found.append((moment, load, number))
    found.sort()
    kept, seen = [], set()
    for moment, _load, number in found:
        if not (base.one_each and moment in seen):
            kept.append((moment, number, base.in_person))
        seen.add(moment)
    return kept


# The same base, stored.


def _store(session: Session, base: Base, staff_ids: Sequence[int], station: int, now: datetime) -> None:
    for staff_id, who in zip(staff_ids, base.counselors, strict=True):
        for plan in who.plans:
            _store_plan(session, plan, staff_id, station, now)
        rows = [(ExceptionKind.EXTRA, span, station if here else None) for span, here in who.extra]
        rows += [(ExceptionKind.BLOCKED, span, None) for span in who.blocked]
        for kind, (starts, ends), place in rows:
            session.add(
                DateException(
                    staff_id=staff_id,
                    kind=kind,
                    starts_at=starts,
                    ends_at=ends,
                    station_id=place,
                    created_at=now,
                    created_by_id=staff_id,
                )
            )
        if who.away:
            session.add(
                Leave(
                    staff_id=staff_id,
                    starts_at=who.away[0],
                    ends_at=who.away[1],
                    state=LeaveState.APPROVED,
                    asked_at=now,
                    decided_at=now,
                    decided_by_id=next(one for one in staff_ids if one != staff_id),
                )
            )
    for day, (kind, weekday) in base.special.items():
        session.add(
            SpecialDay(
                day=day,
                kind=kind,
                plan_weekday=weekday,
                name_zh="日",
                name_en="Day",
                source=DaySource.PUBLISHED,
                changed_at=now,
            )
        )


def _store_plan(session: Session, plan: Plan, staff_id: int, station: int, now: datetime) -> None:
    row = WeeklyPlan(
        staff_id=staff_id,
        station_id=station if plan.at_station else None,
        timezone=plan.zone,
        valid_from=plan.first,
        valid_until=plan.last,
        runs_on_holidays=plan.on_holidays,
        runs_on_make_up_days=plan.on_make_up_days,
        created_at=now,
    )
    session.add(row)
    session.flush()
    span = {"staff_id": staff_id, "valid_from": plan.first, "valid_until": plan.last}
    for day, first, last in plan.hours:
        session.add(
            WeeklyHours(plan_id=row.id, starts_minute=day * 1440 + first, ends_minute=day * 1440 + last, **span)
        )
    for day, first, last in plan.breaks:
        session.add(WeeklyBreak(plan_id=row.id, starts_minute=day * 1440 + first, ends_minute=day * 1440 + last))


def _store_holds(session: Session, base: Base, staff_ids: Sequence[int], room: int, person: int) -> None:
    """Store what is taken. Without cells, so that even what the calendar would refuse is searched."""
    every = [
        (HolderKind.STAFF, staff_id, span, kind)
        for staff_id, who in zip(staff_ids, base.counselors, strict=True)
        for span, kind in who.holds
    ]
    every += [(HolderKind.ROOM, room, span, HoldKind.GROUP_SESSION) for span in base.room]
    every += [(HolderKind.BENEFICIARY, person, span, HoldKind.APPOINTMENT) for span in base.person]
    for holder, number, (starts, ends), kind in every:
        session.add(
            CalendarHold(
                kind=kind,
                starts_at=starts,
                ends_at=ends,
                holders=[CalendarHolder(holder_kind=holder, holder_id=number)],
            )
        )


@pytest.fixture
def people(any_bookings: Bookings) -> tuple[Bookings, list[int], int, int, int, int]:
    """Two counselors, a station with a room, a service in person and by phone, somebody who comes."""
    station, (room,) = any_bookings.station()
    staff_ids = [any_bookings.counselor("one"), any_bookings.counselor("two")]
    service = any_bookings.service(offline=True, notice_minutes=0, horizon_days=13)
    return any_bookings, staff_ids, station, room, service, any_bookings.person()


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(base=_BASES)
def test_the_quick_search_finds_what_the_obvious_one_finds(
    people: tuple[Bookings, list[int], int, int, int, int], base: Base
) -> None:
    bookings, staff_ids, station, room, service_id, person = people
    now = at("2026-03-02 00:00")
    with bookings.world.look() as session:
        _store(session, base, staff_ids, station, now)
        _store_holds(session, base, staff_ids, room, person)
        service = session.get_one(Service, service_id)
        service.minutes, service.buffer_minutes = base.minutes, base.pause
        session.flush()
        found = slots.find(
            session=session,
            service=service,
            start=base.start,
            end=base.end,
            now=now,
            mode=Mode.OFFLINE if base.in_person else Mode.PHONE,
            beneficiary_id=person if base.with_person else None,
            one_each=base.one_each,
        )
        session.rollback()
    earliest, latest = max(base.start, now), min(base.end, now + timedelta(days=13))
    expected = obvious(base, earliest, latest) if earliest < latest else []
    assert [(one.starts_at, staff_ids.index(one.staff_id), one.room_id is not None) for one in found] == expected
    assert all(one.ends_at - one.starts_at == timedelta(minutes=base.minutes) for one in found)
