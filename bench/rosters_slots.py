"""Free-slot search among 50 counselors and 90 days with breaks, exceptions, leave, holidays, rooms and bookings."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, event, insert
from sqlalchemy.orm import Session

from bench.rosters import Figure, Options, fresh_base, share
from care import holidays, slots
from models.availability import DateException, ExceptionKind, WeeklyBreak, WeeklyHours, WeeklyPlan
from models.calendar import CalendarCell, CalendarHold, CalendarHolder, HolderKind, HoldKind
from models.leave import Leave, LeaveState
from models.services import Mode, Service
from models.staff import StaffMember, Team
from models.stations import Room, Station

COUNSELORS, DAYS, STATIONS, ROOMS = 50, 90, 5, 4
# A Monday in spring, with two holidays and a make-up day in the ninety days after it; 10:00 at the base.
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
BASE = timedelta(hours=8)
# The share of the hours that is booked: full in the near weeks, thinner later, as calendars are.
FULL, THIN = 0.85, 0.25
_STEP = 300


def measure(options: Options) -> list[Figure]:
    """Seed the base and search it in the shapes in which pages and the bot ask."""
    with fresh_base(options) as engine:
        booked = _seed(engine, random.Random(options.seed))
        figures = [Figure("bookings in the calendar", booked, "holds")]
        for what, ask, most in _SHAPES:
            figures += _time(engine, what, ask, options.rounds, most)
        return figures


def _time(engine: Engine, what: str, ask: Callable[[Session], int], rounds: int, most: float | None) -> list[Figure]:
    taken: list[float] = []
    found = questions = 0
    counted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
    for _round in range(rounds + 3):
        counted.clear()
        with Session(engine) as session:
            begun = time.perf_counter()
            found = ask(session)
            taken.append((time.perf_counter() - begun) * 1000)
        questions = len(counted)
    measured = taken[3:]
    return [
        Figure(f"{what}, p95 ({found} times, {questions} questions)", share(measured, 0.95), "ms", most=most),
        Figure(f"{what}, p50", share(measured, 0.5), "ms"),
    ]


def _find(session: Session, **more: object) -> int:
    service = session.query(Service).one()
    start = more.pop("start", NOW)
    end = more.pop("end", NOW + timedelta(days=DAYS))
    return len(slots.find(session=session, service=service, start=start, end=end, now=NOW, **more))  # type: ignore[arg-type]


def _far(session: Session) -> int:
    start = NOW + timedelta(days=60)
    return _find(session, start=start, end=start + timedelta(days=7), mode=Mode.OFFLINE)


_SHAPES: tuple[tuple[str, Callable[[Session], int], float | None], ...] = (
    ("anybody, the next 40 times, in person with a room", lambda s: _find(s, limit=40, mode=Mode.OFFLINE), 30),
    ("anybody, the next 40 times, one for each start, by phone", lambda s: _find(s, limit=40, one_each=True), 30),
    ("everybody, one week two months ahead, with rooms", _far, 30),
    ("one counselor, all 90 days", lambda s: _find(s, staff_id=7, mode=Mode.PHONE), 30),
    ("everybody, all 90 days, each start once", lambda s: _find(s, one_each=True, mode=Mode.PHONE), None),
    ("everybody, all 90 days, every time", lambda s: _find(s, mode=Mode.PHONE), None),
)


def _seed(engine: Engine, chance: random.Random) -> int:
    with Session(engine) as session:
        _people(session, chance)
        holidays.seed(session=session, years=[2026], now=NOW)
        booked = _book(session, chance)
        session.commit()
        # What the database itself does on an installation once a day.
        session.connection().exec_driver_sql("ANALYZE")
        session.commit()
    return booked


def _people(session: Session, chance: random.Random) -> None:
    stations = [Station(slug=f"s{number}", name_zh=f"站{number}", name_en=f"S{number}") for number in range(STATIONS)]
    session.add_all(stations)
    session.flush()
    session.add_all(
        Room(station_id=station.id, name_zh=f"{number}", name_en=f"{number}", seats=4)
        for station in stations
        for number in range(ROOMS)
    )
    session.add(Service(key="talk", name_zh="谈话", name_en="Talk", minutes=50, horizon_days=DAYS, notice_minutes=120))
    for number in range(1, COUNSELORS + 1):
        member = StaffMember(
            username=f"c{number}",
            password="!",  # noqa: S106 - nobody signs in here
            fs_uniquifier=f"u{number}",
            display_name=f"C{number}",
            created_at=NOW,
            team=Team.COUNSELOR,
            languages=["zh-CN", "en"] if number % 5 == 0 else ["zh-CN"],
            specialties=["grief"] if number % 3 == 0 else [],
        )
        session.add(member)
        session.flush()
        _plan(session, member, stations[number % STATIONS].id)
        _exceptions(session, member, chance)


def _plan(session: Session, member: StaffMember, station_id: int) -> None:
    plan = WeeklyPlan(staff_id=member.id, station_id=station_id, valid_from=date(2026, 1, 1), created_at=NOW)
    session.add(plan)
    session.flush()
    for weekday in range(5):
        begin = weekday * 1440
        for starts, ends in ((540, 720), (810, 1080)):
            session.add(
                WeeklyHours(
                    plan_id=plan.id,
                    staff_id=member.id,
                    valid_from=plan.valid_from,
                    valid_until=plan.valid_until,
                    starts_minute=begin + starts,
                    ends_minute=begin + ends,
                )
            )
        session.add(WeeklyBreak(plan_id=plan.id, starts_minute=begin + 930, ends_minute=begin + 945))


def _exceptions(session: Session, member: StaffMember, chance: random.Random) -> None:
    for number in range(12):
        day = NOW - timedelta(hours=10) - BASE + timedelta(days=chance.randrange(DAYS), hours=24)
        starts = day + timedelta(hours=chance.choice((9, 10, 14, 18)) + 8, minutes=number * 5)
        session.add(
            DateException(
                staff_id=member.id,
                kind=chance.choice(list(ExceptionKind)),
                starts_at=starts,
                ends_at=starts + timedelta(hours=2),
                created_at=NOW,
                created_by_id=member.id,
            )
        )
    away = NOW + timedelta(days=chance.randrange(DAYS))
    away = away.replace(hour=16, minute=0)
    session.add(
        Leave(
            staff_id=member.id,
            starts_at=away,
            ends_at=away + timedelta(days=5),
            state=LeaveState.APPROVED,
            asked_at=NOW,
            decided_at=NOW,
            decided_by_id=1,
        )
    )


def _book(session: Session, chance: random.Random) -> int:
    holds, holders, cells = [], [], []
    for number in range(DAYS):
        filled = FULL + (THIN - FULL) * number / DAYS
        for member in range(1, COUNSELORS + 1):
            for hour in (9, 10, 11, 13.5, 14.5, 15.75, 17):
                day = datetime(2026, 3, 2, tzinfo=UTC) - BASE + timedelta(days=number)
                if (day + BASE).weekday() > 4 or chance.random() > filled:
                    continue
                starts = day + timedelta(hours=hour)
                holds.append(
                    {
                        "id": len(holds) + 1,
                        "kind": HoldKind.APPOINTMENT,
                        "starts_at": starts,
                        "ends_at": starts + timedelta(hours=1),
                    }
                )
                holders.append({"hold_id": len(holds), "holder_kind": HolderKind.STAFF, "holder_id": member})
                first = int(starts.timestamp()) // _STEP
                cells += [
                    {
                        "holder_kind": HolderKind.STAFF,
                        "holder_id": member,
                        "cell": first + step,
                        "hold_id": len(holds),
                    }
                    for step in range(12)
                ]
    for table, rows in ((CalendarHold, holds), (CalendarHolder, holders), (CalendarCell, cells)):
        session.execute(insert(table), rows)
    return len(holds)
