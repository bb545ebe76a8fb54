"""Appointments: book, move, cancel, and say what became of them. Nobody and no room is ever booked twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import (
    appointment_lists,
    appointment_news,
    audit,
    booking_checks,
    calendar,
    form_keys,
    live,
    reminders,
    waiting_list,
)
from care.behalf import LONGEST_REASON, Behalf, check_behalf
from care.booking_checks import Request
from care.matching import Wish
from care.refusals import Refusal, Refused
from care.slots import Slot
from models.appointments import Appointment, AppointmentState
from models.beneficiaries import Beneficiary
from models.calendar import CalendarHold, HolderKind, HoldKind
from models.services import Mode, Service
from models.staff import StaffMember

# A person who books alone keeps at most so many ahead: nobody empties the calendar by pressing a button.
MOST_AHEAD = 6


def book(
    *,
    session: Session,
    actor: StaffMember | None,
    beneficiary: Beneficiary,
    service: Service,
    starts_at: datetime,
    now: datetime,
    mode: Mode | None = None,
    staff_id: int | None = None,
    language: str | None = None,
    specialty: str | None = None,
    wish: Wish = Wish.ANY,
    station_id: int | None = None,
    room_id: int | None = None,
    behalf: Behalf | None = None,
    form_key: str | None = None,
    outside_plan: bool = False,
    secret: str | None = None,
    tell: bool = True,
) -> Appointment:
    """Book a time, with any colleague who fits or with one; actor None: the person does it alone.

    `outside_plan` lets a colleague agree to a time outside the plan. The same `form_key` from the same person finds
    the appointment of the first time. With `secret` the notices carry a link for changing and cancelling.
    """
    key = form_keys.stored(owner_id=beneficiary.id, form_key=form_key)
    known = _known(session, key, service)
    if known is not None:
        return known
    if service.is_group:
        raise Refused(Refusal.NOT_THIS_WAY, "service_id")
    check_behalf(behalf)
    if actor is None:
        _check_alone(session, beneficiary, service, now)
    request = Request(
        service=service,
        starts_at=starts_at,
        mode=mode or service.modes[0],
        beneficiary_id=beneficiary.id,
        staff_id=staff_id,
        language=language,
        specialty=specialty,
        wish=wish,
        station_id=station_id,
        room_id=room_id,
        by_staff=actor is not None,
        outside_plan=outside_plan and actor is not None,
    )
    try:
        slots = booking_checks.possible(session=session, request=request, now=now)
        slot, hold = take_first(session=session, slots=slots, beneficiary_id=beneficiary.id, service=service)
    except Refused:
        # The other half of a double click may have been a moment faster.
        known = _known(session, key, service)
        if known is not None:
            return known
        raise
    row = _write(session, actor, beneficiary, service, slot, hold, behalf, key, now)
    reminders.plan(session=session, appointment=row, now=now)
    _trace(session, actor, "appointment.book", row, now, alone=actor is None)
    if tell:
        appointment_news.booked(session=session, appointment=row, actor=actor, secret=secret, now=now)
    return row


def _known(session: Session, key: str | None, service: Service) -> Appointment | None:
    if key is None:
        return None
    found = session.scalars(select(Appointment).where(Appointment.form_key_hash == key)).first()
    if found is not None and found.service_id != service.id:
        raise Refused(Refusal.KEY_USED)
    return found


def _check_alone(session: Session, beneficiary: Beneficiary, service: Service, now: datetime) -> None:
    if not service.self_booking:
        raise Refused(Refusal.NOT_THIS_WAY, "service_id")
    if len(appointment_lists.ahead(session=session, beneficiary_id=beneficiary.id, now=now)) >= MOST_AHEAD:
        raise Refused(Refusal.TOO_MANY_BOOKINGS)


def take_first(
    *,
    session: Session,
    slots: Sequence[Slot],
    beneficiary_id: int,
    service: Service,
    kind: HoldKind = HoldKind.APPOINTMENT,
) -> tuple[Slot, CalendarHold]:
    """Hold the first of the slots that nobody has taken in the meantime; refuse with the reason of the last."""
    refused = Refused(Refusal.NOBODY_FREE, "starts_at")
    for slot in slots:
        try:
            row = calendar.hold(
                session=session,
                kind=kind,
                holders=holders_of(slot.staff_id, slot.room_id, beneficiary_id),
                starts_at=slot.starts_at,
                ends_at=slot.ends_at + timedelta(minutes=service.buffer_minutes),
            )
        except Refused as clash:
            refused = in_our_words(clash)
        else:
            return slot, row
    raise refused


def holders_of(staff_id: int, room_id: int | None, beneficiary_id: int | None) -> list[calendar.Holder]:
    """Return everybody whose time a meeting takes, always in the same order so that two bookings cannot block."""
    holders: list[calendar.Holder] = [(HolderKind.STAFF, staff_id)]
    if room_id is not None:
        holders.append((HolderKind.ROOM, room_id))
    if beneficiary_id is not None:
        holders.append((HolderKind.BENEFICIARY, beneficiary_id))
    return holders


def in_our_words(clash: Refused) -> Refused:
    """Return the refusal of the calendar as this desk says it."""
    words = {"beneficiary_id": Refusal.ALREADY_BOOKED, "room_id": Refusal.NO_ROOM}
    if clash.refusal is not Refusal.OCCUPIED:
        return clash
    return Refused(words.get(clash.field or "", Refusal.OCCUPIED), clash.field or "starts_at")


def _write(
    session: Session,
    actor: StaffMember | None,
    beneficiary: Beneficiary,
    service: Service,
    slot: Slot,
    hold: CalendarHold,
    behalf: Behalf | None,
    key: str | None,
    now: datetime,
) -> Appointment:
    row = Appointment(
        service=service,
        beneficiary_id=beneficiary.id,
        staff_id=slot.staff_id,
        room_id=slot.room_id,
        mode=slot.mode,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        hold_id=hold.id,
        booked_at=now,
        booked_by_id=actor.id if actor else None,
        form_key_hash=key,
    )
    if behalf is not None:
        row.behalf_who, row.behalf_relation = behalf.who.strip(), behalf.relation.strip()
        row.behalf_consent = behalf.consent.strip()
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # The form's key was used for another time in the same moment.
        raise Refused(Refusal.KEY_USED) from None
    return row


def move(
    *,
    session: Session,
    actor: StaffMember | None,
    appointment: Appointment,
    starts_at: datetime,
    now: datetime,
    staff_id: int | None = None,
    room_id: int | None = None,
    mode: Mode | None = None,
    reason: str = "",
    outside_plan: bool = False,
    secret: str | None = None,
    tell: bool = True,
) -> Appointment:
    """Take another time or another colleague; refused, the old time stays. What it was before is kept."""
    lock(session=session, appointment=appointment)
    _check_change(appointment, actor, now)
    wanted = staff_id or keeps_to(appointment)
    if starts_at == appointment.starts_at and wanted == appointment.staff_id and room_id is None:
        return appointment
    request = Request(
        service=appointment.service,
        starts_at=starts_at,
        mode=mode or appointment.mode,
        beneficiary_id=appointment.beneficiary_id,
        staff_id=wanted,
        room_id=room_id,
        by_staff=actor is not None,
        outside_plan=outside_plan and actor is not None,
        without_hold_id=appointment.hold_id,
    )
    slot = booking_checks.possible(session=session, request=request, now=now)[0]
    relocate(session=session, actor=actor, appointment=appointment, slot=slot, now=now, reason=reason)
    if tell:
        appointment_news.moved(session=session, appointment=appointment, actor=actor, secret=secret, now=now)
    return appointment


def keeps_to(appointment: Appointment) -> int | None:
    """Return with whom it stays when it is moved; None, so that anybody suitable may, where the colleague has left."""
    return appointment.staff_id if appointment.staff.active else None


def relocate(
    *,
    session: Session,
    actor: StaffMember | None,
    appointment: Appointment,
    slot: Slot,
    now: datetime,
    reason: str = "",
    gives_back: bool = True,
) -> None:
    """Put an open appointment into a slot that was found possible, and remember where it was.

    `gives_back` False: the old time is not offered to those who wait, because the colleague will not be there.
    """
    hold = appointment.hold
    assert hold is not None, "a booked appointment holds its time"
    freed = waiting_list.freed_time(appointment=appointment, now=now)
    try:
        calendar.move(
            session=session,
            hold=hold,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at + timedelta(minutes=appointment.service.buffer_minutes),
            holders=holders_of(slot.staff_id, slot.room_id, appointment.beneficiary_id),
        )
    except Refused as clash:
        raise in_our_words(clash) from None
    before = appointment.move_to(slot.starts_at, slot.ends_at, slot.staff_id, slot.room_id)
    appointment.mode = slot.mode
    before.moved_at, before.moved_by_id = now, actor.id if actor else None
    before.reason = reason.strip()[:LONGEST_REASON] or None
    session.add_all([before, freed] if gives_back else [before])
    session.flush()
    session.expire(appointment, ["staff", "room", "moves"])
    reminders.plan(session=session, appointment=appointment, now=now)
    _trace(session, actor, "appointment.move", appointment, now, move_id=before.id)


def lock(*, session: Session, appointment: Appointment) -> None:
    """Read the appointment as it is stored now, and let nobody else change it until the unit of work is over."""
    session.refresh(appointment, with_for_update={"of": Appointment})


def _check_change(appointment: Appointment, actor: StaffMember | None, now: datetime) -> None:
    if not appointment.is_open or appointment.starts_at <= now:
        raise Refused(Refusal.APPOINTMENT_OVER)
    if actor is None and not may_change_alone(appointment=appointment, now=now):
        raise Refused(Refusal.TOO_LATE_TO_CHANGE)


def may_change_alone(*, appointment: Appointment, now: datetime) -> bool:
    """Tell whether the person can still change or cancel without a colleague."""
    return appointment.is_open and now <= change_until(appointment)


def change_until(appointment: Appointment) -> datetime:
    """Return the last moment at which the person can change or cancel alone."""
    return appointment.starts_at - timedelta(hours=appointment.service.change_hours)


def cancel(
    *,
    session: Session,
    actor: StaffMember | None,
    appointment: Appointment,
    now: datetime,
    reason: str = "",
    tell: bool = True,
    gives_back: bool = True,
) -> Appointment:
    """Call it off and give the time back; a colleague says why, a person need not."""
    lock(session=session, appointment=appointment)
    if appointment.is_cancelled:
        # The second of two taps finds done what it wanted.
        return appointment
    _check_change(appointment, actor, now)
    said = reason.strip()[:LONGEST_REASON]
    if actor is not None and not said:
        raise Refused(Refusal.REASON_MISSING, "reason")
    hold = appointment.hold
    if gives_back:
        session.add(waiting_list.freed_time(appointment=appointment, now=now))
    state = AppointmentState.CANCELLED_BY_PERSON if actor is None else AppointmentState.CANCELLED_BY_STAFF
    appointment.end(state, now, actor, said or None)
    session.flush()
    if hold is not None:
        calendar.release(session=session, hold=hold)
    session.expire(appointment, ["hold"])
    reminders.forget(session=session, appointment=appointment)
    _trace(session, actor, "appointment.cancel", appointment, now)
    if tell:
        appointment_news.cancelled(session=session, appointment=appointment, actor=actor, now=now)
    return appointment


def complete(*, session: Session, actor: StaffMember, appointment: Appointment, now: datetime) -> Appointment:
    """Say that it took place."""
    return _outcome(session, actor, appointment, AppointmentState.COMPLETED, now)


def no_show(*, session: Session, actor: StaffMember, appointment: Appointment, now: datetime) -> Appointment:
    """Say that the person did not come; it is counted, and never a punishment."""
    return _outcome(session, actor, appointment, AppointmentState.NO_SHOW, now)


def _outcome(
    session: Session, actor: StaffMember, appointment: Appointment, state: AppointmentState, now: datetime
) -> Appointment:
    lock(session=session, appointment=appointment)
    if appointment.state is state:
        return appointment
    if not appointment.is_open:
        raise Refused(Refusal.APPOINTMENT_OVER)
    if appointment.starts_at > now:
        raise Refused(Refusal.NOT_BEGUN)
    appointment.end(state, now, actor)
    session.flush()
    reminders.forget(session=session, appointment=appointment)
    _trace(session, actor, f"appointment.{state.value}", appointment, now)
    return appointment


def _trace(
    session: Session, actor: StaffMember | None, verb: str, row: Appointment, now: datetime, **more: object
) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="appointment",
        subject_id=row.id,
        now=now,
        staff_id=row.staff_id,
        beneficiary_id=row.beneficiary_id,
        **more,
    )
    live.publish(
        session=session, channel=live.DESK, kind="appointments", now=now, appointment_id=row.id, staff_id=row.staff_id
    )
