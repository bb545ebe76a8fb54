"""The places for which the clients race, and what may be wrong with them afterwards."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import availability, services, staff
from care.availability import Hours
from models.appointments import Appointment, AppointmentState
from models.calendar import CalendarHold
from models.shifts import Shift, ShiftRole, SignUp
from models.staff import RoleName, StaffMember, Team
from models.stations import Station
from web.common import security

PASSWORD = "a long walk along the river"  # noqa: S105 - of accounts that exist for one measurement
COUNSELORS, PLACES = 3, 2
BASE = ZoneInfo("Asia/Shanghai")
# Of so many attempts about one can win: the others must be refused, each with a reason.
ATTEMPTS_A_PLACE = 3


@dataclass(frozen=True)
class Places:
    """What was seeded."""

    service_id: int
    starts: list[datetime]
    counselors: list[int]
    usernames: list[str]
    volunteers: dict[str, int]
    shift_role_ids: list[int]


def seed(session: Session, clients: int, attempts: int) -> Places:
    """Store counselors with plans, a service, volunteers who can sign in, and shifts over the coming weeks."""
    now, mark = datetime.now(UTC).replace(microsecond=0), secrets.token_hex(3)
    wanted = max(1, clients * attempts // ATTEMPTS_A_PLACE)
    lead = _member(session, f"race-{mark}-lead", RoleName.ADMIN, None, now, None)
    counselors = [
        _member(session, f"race-{mark}-c{number}", RoleName.COUNSELOR, Team.COUNSELOR, now, None)
        for number in range(COUNSELORS)
    ]
    for member in counselors:
        availability.add_plan(
            session=session,
            actor=member,
            staff_id=member.id,
            hours=[Hours(day, 8 * 60, 22 * 60) for day in range(7)],
            valid_from=now.date() - timedelta(days=1),
            runs_on_holidays=True,
            now=now,
        )
        # Only they give this service, whoever else works at the base.
        member.specialties = ["grief"]
        member.languages = ["zh-CN", "en"]
    terms = services.Terms(
        name_zh="测量",
        name_en="Measurement",
        minutes=10,
        buffer_minutes=0,
        notice_minutes=0,
        horizon_days=120,
        offline=False,
        online=False,
        phone=True,
    )
    service = services.open_service(session=session, actor=lead, key=f"race_{mark}", terms=terms, now=now)
    first = now.astimezone(BASE).date() + timedelta(days=2)
    starts = list(_starts(first, wanted // COUNSELORS))
    hashed = security.hashed(PASSWORD)
    people = {
        name: _member(session, name, RoleName.VOLUNTEER, Team.VOLUNTEER, now, hashed).id
        for name in (f"race-{mark}-v{number}" for number in range(clients))
    }
    roles = _shifts(session, first, max(1, wanted // PLACES), now, mark)
    return Places(service.id, starts, [one.id for one in counselors], list(people), people, roles)


def _member(
    session: Session, name: str, role: RoleName, team: Team | None, now: datetime, hashed: str | None
) -> StaffMember:
    member = staff.create(
        session=session,
        actor=None,
        username=name,
        display_name=name,
        roles=[role],
        password_hash=hashed or "!",
        language="en",
        now=now,
    )
    member.team = team
    session.flush()
    return member


def _starts(first: date, count: int) -> Iterator[datetime]:
    for number in range(count):
        day, place = divmod(number, 14 * 6)
        yield datetime.combine(first + timedelta(days=day), time(8), BASE) + timedelta(minutes=10 * place)


def _shifts(session: Session, first: date, count: int, now: datetime, mark: str) -> list[int]:
    station = Station(slug=f"race-{mark}", name_zh="测量站", name_en="Measurement")
    session.add(station)
    session.flush()
    made: list[ShiftRole] = []
    for number in range(count):
        day, place = divmod(number, 12)
        starts = datetime.combine(first + timedelta(days=day % 84), time(8), BASE) + timedelta(hours=place)
        shift = Shift(
            station_id=station.id,
            name_zh="测量",
            name_en="Measurement",
            starts_at=starts.astimezone(UTC),
            ends_at=(starts + timedelta(hours=1)).astimezone(UTC),
            opens_at=now - timedelta(days=1),
            created_at=now,
        )
        made.append(ShiftRole(shift=shift, role="front_desk", places=PLACES))
        session.add_all([shift, made[-1]])
    session.flush()
    return [role.id for role in made]


def found_wrong(session: Session, places: Places, promised: Mapping[str, Counter[tuple[str, str]]]) -> dict[str, int]:
    """Return how much of each kind of wrong the database holds; all of it must be 0."""
    booked = session.execute(
        select(Appointment.staff_id, Appointment.starts_at, CalendarHold.ends_at)
        .join(CalendarHold, CalendarHold.id == Appointment.hold_id)
        .where(Appointment.service_id == places.service_id, Appointment.state == AppointmentState.BOOKED)
        .order_by(Appointment.staff_id, Appointment.starts_at)
    ).all()
    double = sum(one.staff_id == other.staff_id and one.ends_at > other.starts_at for one, other in pairwise(booked))
    stored = Counter((row.starts_at.isoformat(), "") for row in booked)
    told = Counter(
        {(_utc(place), ""): number for (place, _who), number in promised.get("appointments", Counter()).items()}
    )
    signed = session.execute(
        select(SignUp.shift_role_id, SignUp.staff_id).where(
            SignUp.shift_role_id.in_(places.shift_role_ids), SignUp.place_no.is_not(None)
        )
    ).all()
    shifts = promised.get("shifts", Counter())
    names = {number: name for name, number in places.volunteers.items()}
    rows = Counter((str(row.shift_role_id), names.get(row.staff_id, "?")) for row in signed)
    full = Counter(row.shift_role_id for row in signed)
    return {
        "double bookings": double,
        "appointments that were promised and are not stored": (told - stored).total(),
        "appointments that are stored and were promised to nobody": (stored - told).total(),
        "shifts with more people than places": sum(number > PLACES for number in full.values()),
        "sign-ups that were promised and are not stored": (shifts - rows).total(),
        "sign-ups that are stored and were promised to nobody": (rows - shifts).total(),
    }


def _utc(written: str) -> str:
    return datetime.fromisoformat(written).astimezone(UTC).isoformat()
