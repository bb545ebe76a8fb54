"""Waiting for a full shift: in the order of asking, each freed place is kept for one person who then says yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, notices, shift_fit, shift_places
from care.refusals import Refusal, Refused
from care.shift_rules import after_quiet, rules
from models.shifts import ShiftRole, SignUp, SignUpState, WaitingEntry, WaitingState
from models.staff import StaffMember

STANDING = (WaitingState.WAITING, WaitingState.OFFERED)
# Put together once: see care.shift_places.
_ENTRY_OF = select(WaitingEntry).where(
    WaitingEntry.shift_role_id == bindparam("role_id"),
    WaitingEntry.staff_id == bindparam("staff_id"),
    WaitingEntry.state.in_(STANDING),
)


def entry_of(*, session: Session, shift_role_id: int, staff_id: int) -> WaitingEntry | None:
    """Return the person's standing wish for this role."""
    return session.scalars(_ENTRY_OF, {"role_id": shift_role_id, "staff_id": staff_id}).first()


def has_a_place(*, session: Session, shift_role_id: int, staff_id: int, now: datetime) -> None:
    """End the wish of somebody who has come to a place by another way."""
    entry = entry_of(session=session, shift_role_id=shift_role_id, staff_id=staff_id)
    if entry is not None and entry.state is WaitingState.WAITING:
        entry.state, entry.ended_at = WaitingState.TAKEN, now


def join(*, session: Session, actor: StaffMember, shift_role_id: int, now: datetime, timezone: str) -> WaitingEntry:
    """Wait for a role that is full and fits in every other way; otherwise refuse with the reason."""
    role = shift_places.lock_role(session, shift_role_id)
    if entry_of(session=session, shift_role_id=role.id, staff_id=actor.id) is not None:
        raise Refused(Refusal.ALREADY_WAITING)
    reason = _fit(session, actor, role, now, timezone)
    if reason is None:
        raise Refused(Refusal.PLACE_FREE)
    if reason is not Refusal.FULL:
        raise Refused(reason)
    entry = WaitingEntry(shift_role_id=role.id, staff_id=actor.id, state=WaitingState.WAITING, asked_at=now)
    try:
        with session.begin_nested():
            session.add(entry)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_WAITING) from None
    _trace(session, actor, "shift.wait", entry, now)
    return entry


def leave(*, session: Session, actor: StaffMember, entry_id: int, now: datetime) -> WaitingEntry:
    """Take one's name off the list."""
    entry = session.get(WaitingEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None or entry.staff_id != actor.id:
        raise Refused(Refusal.NOT_FOUND)
    if entry.state is WaitingState.OFFERED:
        raise Refused(Refusal.ALREADY_SIGNED_UP)
    if entry.state is WaitingState.WAITING:
        entry.state, entry.ended_at = WaitingState.LEFT, now
        _trace(session, actor, "shift.wait_no_more", entry, now)
    return entry


def promote(*, session: Session, shift_role_id: int, now: datetime, timezone: str) -> list[SignUp]:
    """Keep each free place for the first who waits and still fits; nobody from outside can slip in between."""
    role = shift_places.lock_role(session, shift_role_id)
    until = offer_end(role.shift.starts_at, now, timezone)
    if until is None or role.shift.cancelled_at is not None:
        return []
    offers: list[SignUp] = []
    waiting = session.scalars(
        select(WaitingEntry)
        .where(WaitingEntry.shift_role_id == role.id, WaitingEntry.state == WaitingState.WAITING)
        .order_by(WaitingEntry.asked_at, WaitingEntry.id)
    ).all()
    for entry in waiting:
        numbers = shift_places.taken_numbers(session, role.id)
        if len(numbers) >= role.places:
            break
        if _fit(session, entry.staff, role, now, timezone, taken=len(numbers)) is None:
            offers.append(_offer(session, entry, role, numbers, until, now))
    return offers


def offer_end(starts_at: datetime, now: datetime, timezone: str) -> datetime | None:
    """Return until when an offer made now is kept; None when the shift begins too soon for an answer."""
    least = timedelta(minutes=rules().offer_least_minutes)
    wished = after_quiet(now, timezone) + timedelta(minutes=rules().offer_minutes)
    until = min(wished, starts_at - least)
    return until if until - now >= least else None


def _offer(
    session: Session, entry: WaitingEntry, role: ShiftRole, numbers: list[int], until: datetime, now: datetime
) -> SignUp:
    row = SignUp(
        shift_role_id=role.id,
        shift_id=role.shift_id,
        places=role.places,
        place_no=shift_places.lowest_free(numbers, role.places),
        staff_id=entry.staff_id,
        state=SignUpState.OFFERED,
        signed_up_at=now,
        offer_until=until,
    )
    session.add(row)
    session.flush()
    entry.state, entry.sign_up_id = WaitingState.OFFERED, row.id
    shift_places.trace(session, None, "shift.offer", row, now, staff_id=row.staff_id)
    notices.tell(
        session=session,
        to=entry.staff,
        words="notice.offer",
        now=now,
        dedupe_key=f"shift-offer-{row.id}",
        not_after=until,
        link=f"/staff/shifts/{row.shift_id}",
        when=until,
    )
    return row


def accept(*, session: Session, actor: StaffMember, sign_up_id: int, now: datetime, timezone: str) -> SignUp:
    """Say yes to an offer: from now on the place and the time are taken. Soft clashes were accepted by waiting."""
    shift_places.lock_staff(session, actor.id)
    row = shift_places.own(session, actor, sign_up_id)
    if row.state is SignUpState.SIGNED_UP:
        return row
    if row.state is not SignUpState.OFFERED or row.offer_until is None or row.offer_until <= now:
        raise Refused(Refusal.OFFER_OVER)
    reason = _fit(session, actor, row.shift_role, now, timezone, taken=0, except_shift=row.shift_id)
    if reason is not None:
        raise Refused(reason)
    row.state, row.confirmed_at = SignUpState.SIGNED_UP, now
    shift_places.hold_time(session, row, row.shift)
    _close_entry(session, row, WaitingState.TAKEN, now)
    shift_places.trace(session, actor, "shift.accept_offer", row, now)
    return row


def decline(*, session: Session, actor: StaffMember, sign_up_id: int, now: datetime, timezone: str) -> SignUp:
    """Say no to an offer; the next who waits is asked."""
    row = shift_places.own(session, actor, sign_up_id)
    if row.state is not SignUpState.OFFERED:
        raise Refused(Refusal.OFFER_OVER)
    return _end_offer(session, row, SignUpState.DECLINED, WaitingState.LEFT, actor, now, timezone)


def lapsed(*, session: Session, now: datetime) -> Sequence[int]:
    """Return the offers that ran out without an answer, the oldest first."""
    return session.scalars(
        select(SignUp.id)
        .where(SignUp.state == SignUpState.OFFERED, SignUp.offer_until <= now)
        .order_by(SignUp.offer_until, SignUp.id)
    ).all()


def lapse(*, session: Session, sign_up_id: int, now: datetime, timezone: str) -> bool:
    """End one offer that ran out, and pass the place on."""
    row = shift_places.locked(session, sign_up_id)
    if row.state is not SignUpState.OFFERED or row.offer_until is None or row.offer_until > now:
        return False
    _end_offer(session, row, SignUpState.LAPSED, WaitingState.LAPSED, None, now, timezone)
    return True


def _end_offer(
    session: Session,
    row: SignUp,
    state: SignUpState,
    waiting: WaitingState,
    actor: StaffMember | None,
    now: datetime,
    timezone: str,
) -> SignUp:
    _close_entry(session, row, waiting, now)
    shift_places.give_back(session=session, row=row, state=state, now=now)
    shift_places.trace(session, actor, f"shift.offer_{state.value}", row, now, staff_id=row.staff_id)
    promote(session=session, shift_role_id=row.shift_role_id, now=now, timezone=timezone)
    return row


def _close_entry(session: Session, row: SignUp, state: WaitingState, now: datetime) -> None:
    entry = session.scalars(select(WaitingEntry).where(WaitingEntry.sign_up_id == row.id)).first()
    if entry is not None:
        entry.state, entry.sign_up_id, entry.ended_at = state, None, now


def _fit(
    session: Session,
    staff: StaffMember,
    role: ShiftRole,
    now: datetime,
    timezone: str,
    *,
    taken: int | None = None,
    except_shift: int | None = None,
) -> Refusal | None:
    number = len(shift_places.taken_numbers(session, role.id)) if taken is None else taken
    place = shift_fit.place_of(role, number)
    book = shift_fit.diary(session=session, staff=staff, start=place.starts_at, end=place.ends_at, timezone=timezone)
    return (book.without(except_shift) if except_shift else book).judge(place, now).reason


def standing(*, session: Session, shift_role_ids: Sequence[int]) -> dict[int, list[WaitingEntry]]:
    """Return who waits for each role, in order."""
    found: dict[int, list[WaitingEntry]] = {number: [] for number in shift_role_ids}
    for entry in session.scalars(
        select(WaitingEntry)
        .where(WaitingEntry.shift_role_id.in_(shift_role_ids), WaitingEntry.state.in_(STANDING))
        .order_by(WaitingEntry.asked_at, WaitingEntry.id)
    ):
        found[entry.shift_role_id].append(entry)
    return found


def position(*, session: Session, entry: WaitingEntry) -> int:
    """Return the person's place in the queue, counted from one."""
    before = session.scalar(
        select(func.count())
        .select_from(WaitingEntry)
        .where(
            WaitingEntry.shift_role_id == entry.shift_role_id,
            WaitingEntry.state == WaitingState.WAITING,
            (WaitingEntry.asked_at < entry.asked_at)
            | ((WaitingEntry.asked_at == entry.asked_at) & (WaitingEntry.id < entry.id)),
        )
    )
    return int(before or 0) + 1


def _trace(session: Session, actor: StaffMember, verb: str, entry: WaitingEntry, now: datetime) -> None:
    session.flush()
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="shift_waiting",
        subject_id=entry.id,
        now=now,
        shift_role_id=entry.shift_role_id,
    )
