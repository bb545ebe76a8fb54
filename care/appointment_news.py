"""Tells people and colleagues what happened to an appointment, in words that give nothing away on a lock screen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from care import appointment_links, notices
from models.appointments import Appointment
from models.staff import StaffMember


def booked(
    *, session: Session, appointment: Appointment, actor: StaffMember | None, secret: str | None, now: datetime
) -> None:
    """Confirm a new time to the person; tell the colleague unless they booked it themselves."""
    link = _link(session, appointment, secret, now)
    _tell_person(session, appointment, "notice.booked", f"booked:{appointment.id}", now, link)
    _tell_colleague(session, appointment, actor, "notice.booked", f"booked-staff:{appointment.id}", now)


def moved(
    *, session: Session, appointment: Appointment, actor: StaffMember | None, secret: str | None, now: datetime
) -> None:
    """Say that the plan has changed; each move is told once."""
    number = appointment.moves[-1].id if appointment.moves else 0
    link = _link(session, appointment, secret, now)
    _tell_person(session, appointment, "notice.changed", f"moved:{appointment.id}:{number}", now, link)
    _tell_colleague(session, appointment, actor, "notice.changed", f"moved-staff:{appointment.id}:{number}", now)


def cancelled(*, session: Session, appointment: Appointment, actor: StaffMember | None, now: datetime) -> None:
    """Say that it will not take place: to the person when a colleague called it off, and the other way round."""
    if actor is not None:
        _tell_person(session, appointment, "notice.cancelled", f"cancelled:{appointment.id}", now, None)
    _tell_colleague(session, appointment, actor, "notice.cancelled", f"cancelled-staff:{appointment.id}", now)


def _link(session: Session, appointment: Appointment, secret: str | None, now: datetime) -> str | None:
    if secret is None:
        return None
    if not notices.addresses(session=session, to=appointment.beneficiary):
        return None
    return appointment_links.path(
        appointment_links.make(session=session, secret=secret, appointment=appointment, now=now)
    )


def _tell_person(
    session: Session, appointment: Appointment, words: str, key: str, now: datetime, link: str | None
) -> None:
    notices.tell(
        session=session,
        to=appointment.beneficiary,
        words=words,
        now=now,
        dedupe_key=key,
        not_after=appointment.starts_at,
        link=link,
        when=appointment.starts_at,
    )


def _tell_colleague(
    session: Session, appointment: Appointment, actor: StaffMember | None, words: str, key: str, now: datetime
) -> None:
    if actor is not None and actor.id == appointment.staff_id:
        return
    notices.tell(
        session=session,
        to=appointment.staff,
        words=words,
        now=now,
        dedupe_key=key,
        not_after=appointment.starts_at,
        when=appointment.starts_at,
    )
