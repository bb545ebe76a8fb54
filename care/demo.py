"""Invented people for a demonstration: stations, colleagues of every role, a full roster, a few conversations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import (
    demo_appointments,
    demo_desk,
    demo_duty,
    demo_follow_ups,
    demo_notes,
    demo_people,
    demo_people_at_risk,
    demo_shifts,
    demo_talks,
    demo_voices,
    duty,
    staff,
)
from care.demo_people import Person
from models.duty import DutyPosition, DutyTurn
from models.staff import RoleName, StaffMember
from models.stations import Station

ROSTER_DAYS = 15  # today and the two weeks after it


PEOPLE = (
    Person("zhangmin", "张敏", (RoleName.DUTY_OFFICER, RoleName.COUNSELOR), "duty officer, on call by day"),
    Person("liqiang", "李强", (RoleName.DUTY_OFFICER,), "duty officer, on call by night"),
    Person("chenyu", "陈瑜", (RoleName.COUNSELOR,), "counselor"),
    Person("anna", "安娜", (RoleName.COUNSELOR,), "counselor, reads English", "en"),
    Person("wangfang", "王芳", (RoleName.SUPERVISOR, RoleName.COUNSELOR), "supervisor"),
    Person("zhaolei", "赵磊", (RoleName.BASE_MANAGER,), "base manager"),
    Person("sunli", "孙丽", (RoleName.SOCIAL_WORKER,), "social worker"),
    Person("linxiao", "林晓", (RoleName.VOLUNTEER,), "volunteer"),
    Person("guanli", "系统管理员", (RoleName.ADMIN,), "administrator"),
    *demo_people.MORE,
)

# Slug, Chinese name, English name, parent. No such place exists.
STATIONS = (
    ("base", "暖阳基地", "Nuanyang base", None),
    ("east-street", "东街道站", "East Street station", "base"),
    ("west-street", "西街道站", "West Street station", "base"),
    ("north-street", "北街道站", "North Street station", "base"),
    ("riverside", "河畔社区站", "Riverside community station", "east-street"),
    ("orchard", "果园社区站", "Orchard community station", "west-street"),
    ("station-road", "车站路社区站", "Station Road community station", "north-street"),
)

# Who is where, by the hour at which the turn begins in the base's own time, and for how many hours.
# Each duty officer is on call for one half of the day and stands in for the other: both can always check in.
ROSTER = (
    (DutyPosition.ON_CALL, "zhangmin", 8, 12),
    (DutyPosition.ON_CALL, "liqiang", 20, 12),
    (DutyPosition.STAND_IN, "liqiang", 8, 12),
    (DutyPosition.STAND_IN, "zhangmin", 20, 12),
    (DutyPosition.SUPERVISOR, "wangfang", 0, 24),
    (DutyPosition.BASE_LEADER, "zhaolei", 0, 24),
)


def load_people(
    *, session: Session, now: datetime, hashed: Callable[[str], str], passwords: Mapping[str, str]
) -> dict[str, str]:
    """Add missing stations and colleagues; return the passwords that were made, by sign-in name.

    A password that is known from an earlier load is used again.
    """
    _load_stations(session)
    made: dict[str, str] = {}
    for person in PEOPLE:
        if staff.by_username(session=session, typed=person.username) is not None:
            continue
        password = passwords.get(person.username) or staff.new_password()
        staff.create(
            session=session,
            actor=None,
            username=person.username,
            display_name=person.display_name,
            roles=person.roles,
            password_hash=hashed(password),
            now=now,
            language=person.language,
        )
        made[person.username] = password
    demo_people.load(session=session, now=now)
    return made


def _load_stations(session: Session) -> None:
    known = {station.slug: station for station in session.scalars(select(Station)).all()}
    for slug, name_zh, name_en, parent in STATIONS:
        if slug in known:
            continue
        known[slug] = Station(
            slug=slug, name_zh=name_zh, name_en=name_en, parent_id=known[parent].id if parent else None
        )
        session.add(known[slug])
        session.flush()


def load_roster(*, session: Session, now: datetime, timezone: str) -> int:
    """Fill every hour from today to two weeks on; return how many turns were added."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    members = {person.username: staff.by_username(session=session, typed=person.username) for person in PEOPLE}
    planner = members["wangfang"]
    assert planner is not None
    added = 0
    # It begins yesterday, because the first hours of today belong to yesterday's night turn.
    for number in range(-1, ROSTER_DAYS):
        for position, username, hour, hours in ROSTER:
            start = datetime.combine(today + timedelta(days=number), time(hour), zone)
            member = members[username]
            if member is None or not member.active or _is_covered(session, position, start, hours):
                continue
            turn = (start, start + timedelta(hours=hours))
            added += _add(session=session, planner=planner, member=member, position=position, turn=turn, now=now)
    return added


def _is_covered(session: Session, position: DutyPosition, start: datetime, hours: int) -> bool:
    end = start + timedelta(hours=hours)
    turns = duty.turns_between(session=session, start=start, end=end)
    return any(turn.position is position for turn in turns)


def _add(
    *,
    session: Session,
    planner: StaffMember,
    member: StaffMember,
    position: DutyPosition,
    turn: tuple[datetime, datetime],
    now: datetime,
) -> int:
    busy = session.scalar(
        select(DutyTurn.id).where(
            DutyTurn.staff_id == member.id, DutyTurn.starts_at < turn[1], DutyTurn.ends_at > turn[0]
        )
    )
    if busy is not None:
        return 0
    duty.add_turn(
        session=session, actor=planner, staff=member, position=position, starts_at=turn[0], ends_at=turn[1], now=now
    )
    return 1


def load_conversations(*, session: Session, now: datetime, timezone: str, secret: str) -> int:
    """Add the invented conversations unless they are there; return how many were added."""
    counselor = staff.by_username(session=session, typed="chenyu")
    assert counselor is not None
    added = demo_talks.load(session=session, now=now, timezone=timezone, secret=secret, counselor=counselor)
    demo_people.load_work(session=session, now=now, secret=secret)
    demo_duty.load(session=session, now=now, secret=secret)
    demo_appointments.load(session=session, now=now)
    demo_notes.load(session=session, now=now)
    demo_shifts.load(session=session, now=now, timezone=timezone)
    demo_follow_ups.load(session=session, now=now, secret=secret)
    demo_voices.load(session=session, now=now, timezone=timezone, secret=secret)
    demo_desk.load(session=session, now=now)
    demo_people_at_risk.load(session=session, now=now, timezone=timezone)
    return added
