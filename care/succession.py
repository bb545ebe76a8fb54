"""What a colleague who leaves has promised: each booking goes to somebody suitable, each shift to whoever waits for it.

Where nobody suitable is free, the person comes onto the waiting list; a place in a shift becomes free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import appointment_news, appointments, audit, booking_checks, sign_ups, waiting_list
from care.booking_checks import Request
from care.refusals import Refusal, Refused
from models.appointments import Appointment, AppointmentState
from models.groups import GroupSession, GroupState
from models.shifts import Shift, SignUp, SignUpState
from models.staff import StaffMember


@dataclass
class HandedOver:
    """What became of each booking, and what somebody still has to decide."""

    moved: list[Appointment] = field(default_factory=list)
    to_waiting_list: list[Appointment] = field(default_factory=list)
    groups: list[GroupSession] = field(default_factory=list)
    places: list[SignUp] = field(default_factory=list)


def bookings_ahead(*, session: Session, staff_id: int, now: datetime) -> Sequence[Appointment]:
    """Return the colleague's appointments that have not begun, in order."""
    return session.scalars(
        select(Appointment)
        .where(
            Appointment.staff_id == staff_id,
            Appointment.state == AppointmentState.BOOKED,
            Appointment.starts_at > now,
        )
        .order_by(Appointment.starts_at)
    ).all()


def groups_ahead(*, session: Session, staff_id: int, now: datetime) -> Sequence[GroupSession]:
    """Return the colleague's planned groups that have not begun, in order."""
    return session.scalars(
        select(GroupSession)
        .where(
            GroupSession.staff_id == staff_id,
            GroupSession.state == GroupState.PLANNED,
            GroupSession.starts_at > now,
        )
        .order_by(GroupSession.starts_at)
    ).all()


def places_ahead(*, session: Session, staff_id: int, now: datetime) -> Sequence[SignUp]:
    """Return the colleague's places in shifts that have not begun, in order."""
    return session.scalars(
        select(SignUp)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(
            SignUp.staff_id == staff_id,
            SignUp.state.in_((SignUpState.SIGNED_UP, SignUpState.OFFERED)),
            Shift.starts_at > now,
        )
        .order_by(Shift.starts_at, SignUp.id)
    ).all()


def hand_over(
    *,
    session: Session,
    actor: StaffMember,
    staff_id: int,
    reason: str,
    now: datetime,
    timezone: str,
    secret: str | None = None,
) -> HandedOver:
    """Give every booking ahead to a suitable colleague at the same time, else put the person on the waiting list.

    Places in shifts become free for those who wait, and stand on the board as empty until somebody takes them.

    Groups are returned: whether one goes on with another leader is for a person to decide.
    """
    member = session.get(StaffMember, staff_id)
    if member is None:
        raise Refused(Refusal.NOT_FOUND, "staff_id")
    if not reason.strip():
        raise Refused(Refusal.REASON_MISSING, "reason")
    done = HandedOver(groups=list(groups_ahead(session=session, staff_id=staff_id, now=now)))
    for row in bookings_ahead(session=session, staff_id=staff_id, now=now):
        if _to_colleague(session, actor, row, reason, now, secret):
            done.moved.append(row)
        else:
            _to_waiting_list(session, actor, row, reason, now)
            done.to_waiting_list.append(row)
    for place in places_ahead(session=session, staff_id=staff_id, now=now):
        done.places.append(
            sign_ups.take_off(session=session, actor=actor, sign_up_id=place.id, now=now, timezone=timezone)
        )
    audit.record(
        session=session,
        actor=actor,
        verb="appointment.hand_over",
        subject_type="staff_member",
        subject_id=staff_id,
        now=now,
        moved=len(done.moved),
        waiting=len(done.to_waiting_list),
        places=len(done.places),
    )
    return done


def _to_colleague(
    session: Session, actor: StaffMember, row: Appointment, reason: str, now: datetime, secret: str | None
) -> bool:
    left = row.staff_id
    request = Request(
        service=row.service,
        starts_at=row.starts_at,
        mode=row.mode,
        beneficiary_id=row.beneficiary_id,
        by_staff=True,
        without_hold_id=row.hold_id,
    )
    try:
        slots = booking_checks.possible(session=session, request=request, now=now)
    except Refused:
        return False
    for slot in slots:
        if slot.staff_id == left:
            continue
        try:
            appointments.relocate(
                session=session, actor=actor, appointment=row, slot=slot, now=now, reason=reason, gives_back=False
            )
        except Refused:
            continue
        appointment_news.moved(session=session, appointment=row, actor=actor, secret=secret, now=now)
        return True
    return False


def _to_waiting_list(session: Session, actor: StaffMember, row: Appointment, reason: str, now: datetime) -> None:
    person, service = row.beneficiary, row.service
    appointments.cancel(session=session, actor=actor, appointment=row, now=now, reason=reason, gives_back=False)
    try:
        waiting_list.ask(session=session, actor=actor, beneficiary=person, service=service, now=now, mode=row.mode)
    except Refused as refused:
        # Several bookings of one person make one wish.
        if refused.refusal is not Refusal.ALREADY_WAITING:
            raise
