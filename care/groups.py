"""Group sessions: planned with numbered seats, which are taken and given up one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import appointments, audit, booking_checks, calendar, live, notices
from care.booking_checks import Request
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.calendar import HolderKind, HoldKind
from models.groups import GroupSeat, GroupSession, GroupState, SeatState
from models.services import MOST_SEATS, Mode, Service
from models.staff import StaffMember

LONGEST_TITLE = 60


def plan(
    *,
    session: Session,
    actor: StaffMember,
    service: Service,
    title_zh: str,
    title_en: str,
    staff_id: int,
    starts_at: datetime,
    now: datetime,
    mode: Mode | None = None,
    room_id: int | None = None,
    seats: int | None = None,
    outside_plan: bool = False,
) -> GroupSession:
    """Plan a session of a group service; it takes the colleague's time and the room."""
    number = service.seats if seats is None else seats
    if not service.is_group:
        raise Refused(Refusal.NOT_THIS_WAY, "service_id")
    if not 1 <= number <= MOST_SEATS:
        raise Refused(Refusal.WRONG_VALUE, "seats")
    for field, title in (("title_zh", title_zh), ("title_en", title_en)):
        if not title.strip():
            raise Refused(Refusal.EMPTY, field)
        if len(title.strip()) > LONGEST_TITLE:
            raise Refused(Refusal.TOO_LONG, field)
    request = Request(
        service=service,
        starts_at=starts_at,
        mode=mode or service.modes[0],
        staff_id=staff_id,
        room_id=room_id,
        by_staff=True,
        outside_plan=outside_plan,
    )
    try:
        slot = booking_checks.possible(session=session, request=request, now=now)[0]
        hold = calendar.hold(
            session=session,
            kind=HoldKind.GROUP_SESSION,
            holders=appointments.holders_of(slot.staff_id, slot.room_id, None),
            starts_at=slot.starts_at,
            ends_at=slot.ends_at + timedelta(minutes=service.buffer_minutes),
        )
    except Refused as clash:
        # The second of two taps finds the session that the first one planned.
        known = _same(session, service, staff_id, starts_at, title_zh.strip())
        if known is not None and known.seats == number:
            return known
        raise appointments.in_our_words(clash) from None
    row = GroupSession(
        service=service,
        title_zh=title_zh.strip(),
        title_en=title_en.strip(),
        staff_id=slot.staff_id,
        room_id=slot.room_id,
        mode=slot.mode,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        seats=number,
        hold_id=hold.id,
        created_at=now,
        created_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    _trace(session, actor, "group.plan", row, now)
    return row


def _same(session: Session, service: Service, staff_id: int, starts_at: datetime, title_zh: str) -> GroupSession | None:
    return session.scalars(
        select(GroupSession).where(
            GroupSession.service_id == service.id,
            GroupSession.staff_id == staff_id,
            GroupSession.starts_at == starts_at,
            GroupSession.title_zh == title_zh,
            GroupSession.state == GroupState.PLANNED,
        )
    ).first()


def get(*, session: Session, session_id: int) -> GroupSession:
    """Return a group session; refuse NOT_FOUND."""
    found = session.get(GroupSession, session_id)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


def coming(*, session: Session, now: datetime, days: int = 60) -> Sequence[GroupSession]:
    """Return the planned sessions that have not begun, in order."""
    return session.scalars(
        select(GroupSession)
        .where(
            GroupSession.state == GroupState.PLANNED,
            GroupSession.starts_at > now,
            GroupSession.starts_at < now + timedelta(days=days),
        )
        .order_by(GroupSession.starts_at, GroupSession.id)
    ).all()


def taken(*, session: Session, group: GroupSession) -> list[GroupSeat]:
    """Return the seats that have somebody on them, in the order of their numbers."""
    return list(
        session.scalars(
            select(GroupSeat)
            .where(GroupSeat.session_id == group.id, GroupSeat.seat_no.is_not(None))
            .order_by(GroupSeat.seat_no)
        )
    )


def seats_left(*, session: Session, group: GroupSession) -> int:
    """Return how many seats are free."""
    return group.seats - len(taken(session=session, group=group))


def take_seat(
    *,
    session: Session,
    actor: StaffMember | None,
    group: GroupSession,
    beneficiary: Beneficiary,
    now: datetime,
) -> GroupSeat:
    """Give the person the lowest free seat; the same person twice is one seat."""
    _must_be_ahead(group, now)
    for _attempt in range(group.seats + 1):
        there = taken(session=session, group=group)
        own = next((seat for seat in there if seat.beneficiary_id == beneficiary.id), None)
        if own is not None:
            return own
        free = sorted(set(range(1, group.seats + 1)) - {seat.seat_no for seat in there})
        if not free:
            raise Refused(Refusal.SEATS_TAKEN)
        seat = _sit(session, actor, group, beneficiary, free[0], now)
        if seat is not None:
            _trace(session, actor, "group.take_seat", group, now, seat_id=seat.id)
            _tell(session, group, beneficiary, "notice.booked", now)
            return seat
    raise Refused(Refusal.SEATS_TAKEN)


def _sit(
    session: Session,
    actor: StaffMember | None,
    group: GroupSession,
    beneficiary: Beneficiary,
    number: int,
    now: datetime,
) -> GroupSeat | None:
    """Put the person on a seat; None when somebody sat down there in the same moment."""
    try:
        with session.begin_nested():
            hold = calendar.hold(
                session=session,
                kind=HoldKind.GROUP_SESSION,
                holders=[(HolderKind.BENEFICIARY, beneficiary.id)],
                starts_at=group.starts_at,
                ends_at=group.ends_at,
            )
            seat = GroupSeat(
                session_id=group.id,
                seats=group.seats,
                seat_no=number,
                beneficiary_id=beneficiary.id,
                hold_id=hold.id,
                taken_at=now,
                taken_by_id=actor.id if actor else None,
            )
            session.add(seat)
    except IntegrityError:
        return None
    except Refused as clash:
        # The other half of a double click holds the person's own time already.
        there = taken(session=session, group=group)
        if any(seat.beneficiary_id == beneficiary.id for seat in there):
            return None
        raise appointments.in_our_words(clash) from None
    return seat


def _must_be_ahead(group: GroupSession, now: datetime) -> None:
    if group.state is not GroupState.PLANNED or group.starts_at <= now:
        raise Refused(Refusal.APPOINTMENT_OVER)


def give_up(*, session: Session, actor: StaffMember | None, seat: GroupSeat, now: datetime) -> GroupSeat:
    """Let a seat go; the next person can have its number."""
    session.refresh(seat, with_for_update=True)
    if seat.state is SeatState.GIVEN_UP:
        return seat
    if seat.state is not SeatState.TAKEN:
        raise Refused(Refusal.APPOINTMENT_OVER)
    group = get(session=session, session_id=seat.session_id)
    _must_be_ahead(group, now)
    _free(session, seat, SeatState.GIVEN_UP, now)
    _trace(session, actor, "group.give_up_seat", group, now, seat_id=seat.id)
    return seat


def _free(session: Session, seat: GroupSeat, state: SeatState, now: datetime) -> None:
    hold = seat.hold
    seat.state, seat.seat_no, seat.hold_id, seat.ended_at = state, None, None, now
    session.flush()
    if hold is not None:
        calendar.release(session=session, hold=hold)
    session.expire(seat, ["hold"])


def cancel(*, session: Session, actor: StaffMember, group: GroupSession, reason: str, now: datetime) -> list[GroupSeat]:
    """Call the session off with a reason; everybody with a seat is told. Return the seats that were taken."""
    session.refresh(group, with_for_update={"of": GroupSession})
    _must_be_ahead(group, now)
    if not reason.strip():
        raise Refused(Refusal.REASON_MISSING, "reason")
    there = taken(session=session, group=group)
    for seat in there:
        _free(session, seat, SeatState.CANCELLED, now)
        _tell(session, group, seat.beneficiary, "notice.cancelled", now)
    hold = group.hold
    group.state, group.reason, group.hold_id = GroupState.CANCELLED, reason.strip()[:500], None
    session.flush()
    if hold is not None:
        calendar.release(session=session, hold=hold)
    session.expire(group, ["hold"])
    _trace(session, actor, "group.cancel", group, now, seats=len(there))
    return there


def close(
    *, session: Session, actor: StaffMember, group: GroupSession, came: Sequence[int], now: datetime
) -> GroupSession:
    """Say who came, by the numbers of their seats' rows; the others with a seat are noted as not come."""
    session.refresh(group, with_for_update={"of": GroupSession})
    if group.state is GroupState.COMPLETED:
        return group
    if group.state is not GroupState.PLANNED:
        raise Refused(Refusal.APPOINTMENT_OVER)
    if group.starts_at > now:
        raise Refused(Refusal.NOT_BEGUN)
    there = taken(session=session, group=group)
    if not set(came) <= {seat.id for seat in there}:
        raise Refused(Refusal.WRONG_VALUE, "came")
    for seat in there:
        seat.state = SeatState.ATTENDED if seat.id in came else SeatState.NO_SHOW
        seat.ended_at = now
    group.state = GroupState.COMPLETED
    session.flush()
    _trace(session, actor, "group.close", group, now, came=len(set(came)))
    return group


def _tell(session: Session, group: GroupSession, person: Beneficiary, words: str, now: datetime) -> None:
    notices.tell(
        session=session,
        to=person,
        words=words,
        now=now,
        # Somebody may take a seat, give it up and take one again: each is told.
        dedupe_key=f"group:{group.id}:{person.id}:{words}:{int(now.timestamp())}",
        not_after=group.starts_at,
        when=group.starts_at,
    )


def _trace(
    session: Session, actor: StaffMember | None, verb: str, row: GroupSession, now: datetime, **more: object
) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="group_session",
        subject_id=row.id,
        now=now,
        staff_id=row.staff_id,
        **more,
    )
    live.publish(
        session=session, channel=live.DESK, kind="appointments", now=now, group_id=row.id, staff_id=row.staff_id
    )
