"""Invented volunteer shifts for a demonstration: templates, a few volunteers, sign-ups, served hours."""

from __future__ import annotations

import secrets
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import hours, shift_templates, sign_ups, staff
from care.refusals import Refused
from care.shift_templates import Plan
from models.qualifications import Qualification
from models.shifts import NotedBy, Shift, ShiftRole, ShiftTemplate, SignUp, SignUpState
from models.staff import RoleName, StaffMember
from models.stations import Station

# Sign-in name, display name: nobody signs in as these, their passwords are thrown away.
VOLUNTEERS = (("v.wumei", "吴梅"), ("v.heping", "何平"), ("v.guoyan", "郭燕"), ("v.dengjie", "邓杰"))
KINDS = ("training.chat", "training.privacy", "training.visit", "check.no_record")
# Chinese name, English name, station, weekdays, from, until, roles.
WEEK = (
    ("上午接待", "Morning at the desk", "base", range(5), 9, 12, {"front_desk": 2, "phone": 2}),
    ("晚间陪伴", "Evening company", "base", range(7), 18, 21, {"chat": 2}),
    ("周末探访", "Weekend visits", "east-street", (5, 6), 14, 17, {"visit": 4, "driver": 1}),
    ("儿童角", "Children's corner", "riverside", (2, 5), 15, 18, {"children": 2}),
)


def load(*, session: Session, now: datetime, timezone: str) -> int:
    """Add templates, volunteers and sign-ups where there are none; return how many shifts were published."""
    if session.scalar(select(ShiftTemplate.id).limit(1)) is not None:
        return shift_templates.publish(session=session, now=now, timezone=timezone)
    planner = staff.by_username(session=session, typed="sunli")
    lead = staff.by_username(session=session, typed="wangfang")
    assert planner is not None
    assert lead is not None
    stations = {one.slug: one.id for one in session.scalars(select(Station))}
    for name_zh, name_en, slug, weekdays, begins, ends, places in WEEK:
        for weekday in weekdays:
            plan = Plan(name_zh, name_en, stations[slug], weekday, time(begins), time(ends), 30, places)
            shift_templates.add(session=session, actor=planner, plan=plan, now=now)
    people = [_volunteer(session, *one, lead, now) for one in VOLUNTEERS]
    known = staff.by_username(session=session, typed="linxiao")
    if known is not None:
        people.insert(0, known)
        _train(session, known, lead, now)
    made = shift_templates.publish(session=session, now=now, timezone=timezone)
    _sign_up(session, people, now, timezone)
    if known is not None:
        _serve(session, known, lead, stations["base"], now, timezone)
    return made


def _volunteer(session: Session, username: str, name: str, lead: StaffMember, now: datetime) -> StaffMember:
    member = staff.create(
        session=session,
        actor=None,
        username=username,
        display_name=name,
        roles=(RoleName.VOLUNTEER,),
        password_hash=f"!{secrets.token_hex(16)}",
        language="zh-CN",
        now=now,
    )
    _train(session, member, lead, now)
    return member


def _train(session: Session, member: StaffMember, lead: StaffMember, now: datetime) -> None:
    held = set(session.scalars(select(Qualification.kind).where(Qualification.staff_id == member.id)))
    for kind in KINDS:
        if kind in held:
            continue
        session.add(
            Qualification(
                staff_id=member.id,
                kind=kind,
                evidence="示例",
                valid_from=now - timedelta(days=60),
                expires_at=now + timedelta(days=300),
                recorded_at=now,
                recorded_by_id=member.id,
                confirmed_at=now,
                confirmed_by_id=lead.id,
            )
        )
    session.flush()


def _sign_up(session: Session, people: list[StaffMember], now: datetime, timezone: str) -> None:
    roles = session.scalars(
        select(ShiftRole.id)
        .join(Shift, Shift.id == ShiftRole.shift_id)
        .where(Shift.starts_at > now, Shift.starts_at < now + timedelta(days=9))
        .order_by(Shift.starts_at, ShiftRole.id)
    ).all()
    for number, role_id in enumerate(roles):
        if number % 3 == 2:
            continue  # Some places stay empty, as in life.
        person = people[number % len(people)]
        try:
            with session.begin_nested():
                sign_ups.sign_up(session=session, actor=person, shift_role_id=role_id, now=now, timezone=timezone)
        except Refused:
            continue


def _serve(
    session: Session, member: StaffMember, lead: StaffMember, station_id: int, now: datetime, timezone: str
) -> None:
    for days in (21, 14, 7):
        start = (now - timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
        shift = Shift(
            station_id=station_id,
            name_zh="晚间陪伴",
            name_en="Evening company",
            starts_at=start,
            ends_at=start + timedelta(hours=3),
            opens_at=start - timedelta(days=20),
            created_at=start - timedelta(days=20),
            roles=[ShiftRole(role="chat", places=2)],
        )
        session.add(shift)
        session.flush()
        row = SignUp(
            shift_role_id=shift.roles[0].id,
            shift_id=shift.id,
            places=2,
            place_no=1,
            staff_id=member.id,
            state=SignUpState.COMPLETED,
            signed_up_at=start - timedelta(days=5),
            confirmed_at=start - timedelta(days=1),
            arrived_at=start,
            arrival_noted_by=NotedBy.CODE,
            left_at=start + timedelta(hours=3),
            leaving_noted_by=NotedBy.CODE,
            ended_at=start + timedelta(hours=3),
        )
        session.add(row)
        session.flush()
        if days > 7:
            hours.approve(session=session, actor=lead, sign_up_id=row.id, now=now, timezone=timezone)
