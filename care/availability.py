"""When a colleague can be booked: weekly plans with breaks, and the dates on which the week is different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, live
from care.refusals import Refusal, Refused
from models.appointments import Appointment, AppointmentState
from models.availability import FOREVER, DateException, ExceptionKind, WeeklyBreak, WeeklyHours, WeeklyPlan
from models.staff import StaffMember
from models.stations import Station

STEP = 5
DAY = 24 * 60
LONGEST_EXTRA = timedelta(hours=16)
LONGEST_BLOCK = timedelta(days=62)
LONGEST_NOTE = 200


@dataclass(frozen=True)
class Hours:
    """A stretch of one weekday (Monday is 0), in minutes from midnight on the colleague's wall; 1440 is midnight."""

    weekday: int
    starts: int
    ends: int


@dataclass(frozen=True)
class Blocked:
    """A date exception, with the appointments that already stand in its time."""

    exception: DateException
    in_the_way: Sequence[Appointment]


def _check_hours(stretches: Sequence[Hours], field: str) -> None:
    for one in stretches:
        if not 0 <= one.weekday <= 6 or not 0 <= one.starts < DAY or not one.ends <= DAY:
            raise Refused(Refusal.WRONG_VALUE, field)
        if one.ends <= one.starts:
            raise Refused(Refusal.ENDS_BEFORE_IT_STARTS, field)
        if one.starts % STEP or one.ends % STEP:
            raise Refused(Refusal.WRONG_VALUE, field)


def _check_place(session: Session, timezone: str, station_id: int | None) -> None:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Refused(Refusal.WRONG_VALUE, "timezone") from None
    if station_id is not None:
        station = session.get(Station, station_id)
        if station is None or not station.active:
            raise Refused(Refusal.NOT_FOUND, "station_id")


def add_plan(
    *,
    session: Session,
    actor: StaffMember,
    staff_id: int,
    hours: Sequence[Hours],
    valid_from: date,
    now: datetime,
    breaks: Sequence[Hours] = (),
    valid_until: date | None = None,
    station_id: int | None = None,
    timezone: str = "Asia/Shanghai",
    runs_on_holidays: bool = False,
    runs_on_make_up_days: bool = True,
) -> WeeklyPlan:
    """Write down a colleague's ordinary week; refuse hours that another plan of theirs has on the same days."""
    member = session.get(StaffMember, staff_id)
    if member is None or not member.active:
        raise Refused(Refusal.NOT_ACTIVE, "staff_id")
    if not hours:
        raise Refused(Refusal.EMPTY, "hours")
    if valid_until is not None and valid_until < valid_from:
        raise Refused(Refusal.ENDS_BEFORE_IT_STARTS, "valid_until")
    _check_hours(hours, "hours")
    _check_hours(breaks, "breaks")
    _check_place(session, timezone, station_id)
    plan = WeeklyPlan(
        staff_id=staff_id,
        station_id=station_id,
        timezone=timezone,
        valid_from=valid_from,
        valid_until=valid_until or FOREVER,
        runs_on_holidays=runs_on_holidays,
        runs_on_make_up_days=runs_on_make_up_days,
        created_at=now,
    )
    _store(session, plan, hours, breaks)
    _trace(session, actor, "plan.add", "weekly_plan", plan.id, staff_id, now)
    return plan


def _store(session: Session, plan: WeeklyPlan, hours: Sequence[Hours], breaks: Sequence[Hours]) -> None:
    try:
        with session.begin_nested():
            session.add(plan)
            session.flush()
            for one in sorted(hours, key=lambda stretch: (stretch.weekday, stretch.starts)):
                session.add(
                    WeeklyHours(
                        plan_id=plan.id,
                        staff_id=plan.staff_id,
                        valid_from=plan.valid_from,
                        valid_until=plan.valid_until,
                        starts_minute=one.weekday * DAY + one.starts,
                        ends_minute=one.weekday * DAY + one.ends,
                    )
                )
                # One by one, so that two hours of the same form that overlap are refused as well.
                session.flush()
            for one in breaks:
                begin = one.weekday * DAY + one.starts
                session.add(
                    WeeklyBreak(plan_id=plan.id, starts_minute=begin, ends_minute=begin + one.ends - one.starts)
                )
            session.flush()
    except IntegrityError:
        raise Refused(Refusal.PLANS_OVERLAP, "hours") from None
    session.refresh(plan)


def end_plan(
    *, session: Session, actor: StaffMember, plan_id: int, last_day: date, now: datetime
) -> Sequence[Appointment]:
    """Let a plan run out after a day; return the appointments after it that somebody has to look at."""
    plan = session.get(WeeklyPlan, plan_id)
    if plan is None:
        raise Refused(Refusal.NOT_FOUND)
    if last_day < plan.valid_from:
        raise Refused(Refusal.ENDS_BEFORE_IT_STARTS, "valid_until")
    if last_day > plan.valid_until:
        raise Refused(Refusal.WRONG_VALUE, "valid_until")
    plan.valid_until = last_day
    session.flush()
    session.expire(plan, ["hours"])
    _trace(session, actor, "plan.end", "weekly_plan", plan.id, plan.staff_id, now)
    after = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), ZoneInfo(plan.timezone))
    return _booked_between(session, plan.staff_id, max(after, now), None)


def remove_plan(*, session: Session, actor: StaffMember, plan_id: int, now: datetime) -> None:
    """Take a plan away that has not begun; one that has begun is ended instead."""
    plan = session.get(WeeklyPlan, plan_id)
    if plan is None:
        raise Refused(Refusal.NOT_FOUND)
    if plan.valid_from <= now.astimezone(ZoneInfo(plan.timezone)).date():
        raise Refused(Refusal.TURN_HAS_BEGUN)
    _trace(session, actor, "plan.remove", "weekly_plan", plan.id, plan.staff_id, now)
    session.delete(plan)
    session.flush()


def plans_of(*, session: Session, staff_id: int, now: datetime) -> Sequence[WeeklyPlan]:
    """Return the plans that are not over, the earliest first."""
    return session.scalars(
        select(WeeklyPlan)
        .where(WeeklyPlan.staff_id == staff_id, WeeklyPlan.valid_until >= now.date() - timedelta(days=1))
        .order_by(WeeklyPlan.valid_from, WeeklyPlan.id)
    ).all()


def open_extra(
    *,
    session: Session,
    actor: StaffMember,
    staff_id: int,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    station_id: int | None = None,
    note: str = "",
) -> DateException:
    """Open time that the plan does not have, on a holiday too."""
    _check_place(session, "UTC", station_id)
    span = _checked_span(starts_at, ends_at, LONGEST_EXTRA)
    return _except(session, actor, staff_id, ExceptionKind.EXTRA, span, note, now, station_id)


def block(
    *,
    session: Session,
    actor: StaffMember,
    staff_id: int,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    note: str = "",
) -> Blocked:
    """Close time that the plan has; appointments that stand in it are returned, none is cancelled by itself."""
    span = _checked_span(starts_at, ends_at, LONGEST_BLOCK)
    row = _except(session, actor, staff_id, ExceptionKind.BLOCKED, span, note, now, None)
    return Blocked(row, _booked_between(session, staff_id, starts_at, ends_at))


def _checked_span(starts_at: datetime, ends_at: datetime, longest: timedelta) -> tuple[datetime, datetime]:
    if ends_at <= starts_at:
        raise Refused(Refusal.ENDS_BEFORE_IT_STARTS, "ends_at")
    if ends_at - starts_at > longest:
        raise Refused(Refusal.WRONG_VALUE, "ends_at")
    for field, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        if moment.timestamp() % (STEP * 60):
            raise Refused(Refusal.WRONG_VALUE, field)
    return starts_at, ends_at


def _except(
    session: Session,
    actor: StaffMember,
    staff_id: int,
    kind: ExceptionKind,
    span: tuple[datetime, datetime],
    note: str,
    now: datetime,
    station_id: int | None,
) -> DateException:
    member = session.get(StaffMember, staff_id)
    if member is None or not member.active:
        raise Refused(Refusal.NOT_ACTIVE, "staff_id")
    if len(note) > LONGEST_NOTE:
        raise Refused(Refusal.TOO_LONG, "note")
    row = DateException(
        staff_id=staff_id,
        kind=kind,
        starts_at=span[0],
        ends_at=span[1],
        station_id=station_id,
        note=note.strip() or None,
        created_at=now,
        created_by_id=actor.id,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_THERE, "starts_at") from None
    _trace(session, actor, f"exception.{kind.value}", "date_exception", row.id, staff_id, now)
    return row


def remove_exception(*, session: Session, actor: StaffMember, exception_id: int, now: datetime) -> None:
    """Let the ordinary week hold again."""
    row = session.get(DateException, exception_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    _trace(session, actor, "exception.remove", "date_exception", row.id, row.staff_id, now)
    session.delete(row)
    session.flush()


def exceptions_of(*, session: Session, staff_id: int, start: datetime, end: datetime) -> Sequence[DateException]:
    """Return the exceptions that touch the span, in order."""
    return session.scalars(
        select(DateException)
        .where(DateException.staff_id == staff_id, DateException.starts_at < end, DateException.ends_at > start)
        .order_by(DateException.starts_at, DateException.id)
    ).all()


def _booked_between(session: Session, staff_id: int, start: datetime, end: datetime | None) -> Sequence[Appointment]:
    query = select(Appointment).where(
        Appointment.staff_id == staff_id, Appointment.state == AppointmentState.BOOKED, Appointment.ends_at > start
    )
    if end is not None:
        query = query.where(Appointment.starts_at < end)
    return session.scalars(query.order_by(Appointment.starts_at)).all()


def _trace(
    session: Session, actor: StaffMember, verb: str, subject_type: str, subject_id: int, staff_id: int, now: datetime
) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type=subject_type,
        subject_id=subject_id,
        now=now,
        staff_id=staff_id,
    )
    live.publish(session=session, channel=live.DESK, kind="availability", now=now, staff_id=staff_id)
