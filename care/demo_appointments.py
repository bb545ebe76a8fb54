"""Invented services, plans, appointments, a group and a waiting list, so that the calendar is not empty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import appointments, availability, groups, holidays, series, services, slots, staff, waiting_list
from care.availability import Hours
from care.refusals import Refused
from care.services import Terms
from models.availability import WeeklyPlan
from models.beneficiaries import Beneficiary
from models.services import Mode, Service
from models.staff import StaffMember, Team
from models.stations import Station
from models.waiting_list import PartOfDay

ZONE = "Asia/Shanghai"

SERVICES = (
    ("first_talk", Terms("第一次谈话", "First talk", minutes=50, notice_minutes=240)),
    ("counselling", Terms("心理咨询", "Counselling", minutes=50, notice_minutes=720, change_hours=24)),
    ("phone_check", Terms("电话问候", "Phone check-in", minutes=20, offline=False, online=False, change_hours=4)),
    (
        "sleep_group",
        Terms("睡眠小组", "Sleep group", minutes=90, seats=8, online=False, phone=False, self_booking=False),
    ),
)

# Who works when: sign-in name, weekdays, mornings and afternoons (hours on the wall), station.
PLANS = (
    ("chenyu", range(5), ((9, 12), (14, 18)), "base"),
    ("anna", range(4), ((10, 13), (14, 17)), "east-street"),
    ("wangfang", (1, 3), ((14, 18),), "base"),
)


def load(*, session: Session, now: datetime) -> int:
    """Fill the calendar of the coming two weeks; return how many appointments were booked. Loaded once."""
    if services.every(session=session, with_closed=True):
        return 0
    holidays.keep_up(session=session, now=now)
    lead = staff.by_username(session=session, typed="wangfang")
    people = session.scalars(select(Beneficiary).order_by(Beneficiary.id)).all()
    if lead is None or not people:
        return 0
    opened = {
        key: services.open_service(session=session, actor=lead, key=key, terms=terms, now=now)
        for key, terms in SERVICES
    }
    for username, weekdays, hours, slug in PLANS:
        _plan(session, username, weekdays, hours, slug, now)
    booked = _book(session, lead, people, opened, now)
    _group(session, lead, people, opened["sleep_group"], now)
    waiting_list.ask(
        session=session,
        actor=lead,
        beneficiary=people[-1],
        service=opened["counselling"],
        now=now,
        part_of_day=PartOfDay.MORNING,
    )
    return booked


def _plan(
    session: Session,
    username: str,
    weekdays: Sequence[int],
    hours: Sequence[tuple[int, int]],
    slug: str,
    now: datetime,
) -> None:
    member = staff.by_username(session=session, typed=username)
    if member is None or session.scalar(select(WeeklyPlan.id).where(WeeklyPlan.staff_id == member.id)) is not None:
        return
    member.team = member.team or Team.COUNSELOR
    session.flush()
    availability.add_plan(
        session=session,
        actor=member,
        staff_id=member.id,
        hours=[Hours(day, starts * 60, ends * 60) for day in weekdays for starts, ends in hours],
        breaks=[Hours(day, 15 * 60 + 50, 16 * 60) for day in weekdays],
        valid_from=date(now.year, 1, 1),
        station_id=session.scalar(select(Station.id).where(Station.slug == slug)),
        now=now,
    )


def _book(
    session: Session,
    lead: StaffMember,
    people: Sequence[Beneficiary],
    opened: dict[str, Service],
    now: datetime,
) -> int:
    counselling, phone = opened["counselling"], opened["phone_check"]
    booked = _weekly(session, lead, people[0], counselling, now)
    wishes = (
        (counselling, Mode.OFFLINE, 0),
        (counselling, Mode.ONLINE, 1),
        (phone, Mode.PHONE, 2),
        (opened["first_talk"], Mode.OFFLINE, 3),
        (phone, Mode.PHONE, 5),
    )
    for number, (service, mode, days) in enumerate(wishes):
        person = people[number % len(people)]
        found = slots.find(
            session=session,
            service=service,
            start=now + timedelta(days=days),
            end=now + timedelta(days=days + 5),
            now=now,
            mode=mode,
            beneficiary_id=person.id,
            one_each=True,
            limit=3,
        )
        for slot in found[number % 3 : number % 3 + 1]:
            appointments.book(
                session=session,
                actor=lead,
                beneficiary=person,
                service=service,
                starts_at=slot.starts_at,
                now=now,
                mode=mode,
                staff_id=slot.staff_id,
                tell=False,
            )
            booked += 1
    return booked


def _weekly(session: Session, lead: StaffMember, person: Beneficiary, service: Service, now: datetime) -> int:
    """Book four weekly meetings with one colleague, where four can be had."""
    found = slots.find(
        session=session,
        service=service,
        start=now + timedelta(days=1),
        end=now + timedelta(days=8),
        now=now,
        mode=Mode.OFFLINE,
        beneficiary_id=person.id,
        limit=1,
    )
    if not found:
        return 0
    try:
        done = series.book(
            session=session,
            actor=lead,
            beneficiary=person,
            service=service,
            staff_id=found[0].staff_id,
            starts_at=found[0].starts_at,
            wanted=4,
            now=now,
            mode=Mode.OFFLINE,
        )
    except Refused:
        return 0
    return sum(meeting.appointment is not None for meeting in done.meetings)


def _group(session: Session, lead: StaffMember, people: Sequence[Beneficiary], service: Service, now: datetime) -> None:
    wall = now.astimezone(ZoneInfo(ZONE)).date()
    # The Thursday after next Monday, when whoever leads the group works.
    day = wall + timedelta(days=7 - wall.weekday() + 3)
    try:
        group = groups.plan(
            session=session,
            actor=lead,
            service=service,
            title_zh="睡个好觉：四次小组之一",
            title_en="Sleep well: one of four meetings",
            staff_id=lead.id,
            starts_at=datetime.combine(day, time(14, 0), ZoneInfo(ZONE)),
            now=now,
        )
        for person in people[:2]:
            groups.take_seat(session=session, actor=lead, group=group, beneficiary=person, now=now)
    except Refused:
        # The day is a holiday, or the hall is taken: a demonstration goes on without the group.
        return
