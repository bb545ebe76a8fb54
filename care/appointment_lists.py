"""Lists of appointments: a span, a person, what is ahead, what waits for its outcome. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import live
from care.refusals import Refusal, Refused
from models.appointments import Appointment, AppointmentState
from models.groups import GroupSession, GroupState


def get(*, session: Session, appointment_id: int) -> Appointment:
    """Return an appointment; refuse NOT_FOUND."""
    found = session.get(Appointment, appointment_id)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


def between(
    *, session: Session, start: datetime, end: datetime, staff_id: int | None = None, with_cancelled: bool = False
) -> Sequence[Appointment]:
    """Return the appointments that touch the span, of one colleague or of all, in order."""
    query = select(Appointment).where(Appointment.starts_at < end, Appointment.ends_at > start)
    if staff_id is not None:
        query = query.where(Appointment.staff_id == staff_id)
    if not with_cancelled:
        query = query.where(Appointment.hold_id.is_not(None))
    return session.scalars(query.order_by(Appointment.starts_at, Appointment.id)).all()


def of_person(*, session: Session, beneficiary_id: int) -> Sequence[Appointment]:
    """Return every appointment of the person, the latest first; nothing disappears."""
    return session.scalars(
        select(Appointment)
        .where(Appointment.beneficiary_id == beneficiary_id)
        .order_by(Appointment.starts_at.desc(), Appointment.id.desc())
    ).all()


def ahead(*, session: Session, beneficiary_id: int, now: datetime) -> Sequence[Appointment]:
    """Return what the person has before them, in order."""
    return session.scalars(
        select(Appointment)
        .where(
            Appointment.beneficiary_id == beneficiary_id,
            Appointment.state == AppointmentState.BOOKED,
            Appointment.ends_at > now,
        )
        .order_by(Appointment.starts_at)
    ).all()


def booked_by_day(*, session: Session, after: datetime, timezone: str) -> Counter[date]:
    """Return how many booked appointments and groups stand on each day from a moment on, in the base's own time."""
    zone = ZoneInfo(timezone)
    starts = [
        *session.scalars(
            select(Appointment.starts_at).where(
                Appointment.state == AppointmentState.BOOKED, Appointment.starts_at >= after
            )
        ),
        *session.scalars(
            select(GroupSession.starts_at).where(
                GroupSession.state == GroupState.PLANNED, GroupSession.starts_at >= after
            )
        ),
    ]
    return Counter(at.astimezone(zone).date() for at in starts)


def to_complete(*, session: Session, now: datetime, staff_id: int | None = None) -> Sequence[Appointment]:
    """Return what is over and still waits for somebody to say what became of it, the oldest first."""
    query = select(Appointment).where(Appointment.state == AppointmentState.BOOKED, Appointment.ends_at <= now)
    if staff_id is not None:
        query = query.where(Appointment.staff_id == staff_id)
    return session.scalars(query.order_by(Appointment.starts_at, Appointment.id)).all()


def no_shows(*, session: Session, beneficiary_id: int) -> int:
    """Return how often the person did not come."""
    query = select(func.count()).where(
        Appointment.beneficiary_id == beneficiary_id, Appointment.state == AppointmentState.NO_SHOW
    )
    return session.scalar(query) or 0


def ask_for_outcomes(*, session: Session, now: datetime) -> int:
    """Mark what is over and has no outcome, and wake the pages of whoever has to say it; return how many are new."""
    rows = [row for row in to_complete(session=session, now=now) if row.outcome_asked_at is None]
    for row in rows:
        row.outcome_asked_at = now
        live.publish(
            session=session,
            channel=live.DESK,
            kind="appointments",
            now=now,
            appointment_id=row.id,
            staff_id=row.staff_id,
        )
    session.flush()
    return len(rows)
