"""A place changes hands: offered to a colleague or to all, accepted by one, approved by a coordinator, done at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from care import audit, notices, shift_fit, shift_places, waiting_lists
from care.refusals import Refusal, Refused
from care.shift_rules import rules
from models.shift_changes import Swap, SwapState
from models.shifts import Shift, SignUp, SignUpState
from models.staff import Role, RoleName, StaffMember

STANDING = (SwapState.OPEN, SwapState.ACCEPTED)


def offer(
    *,
    session: Session,
    actor: StaffMember,
    sign_up_id: int,
    now: datetime,
    to_staff_id: int | None = None,
    return_sign_up_id: int | None = None,
) -> Swap:
    """Offer one's place to a named volunteer, or to all; a named one may be asked for a place of theirs in return."""
    row = shift_places.own(session, actor, sign_up_id)
    _must_lie_ahead(row, now)
    if to_staff_id is not None:
        _check_colleague(session, actor, to_staff_id)
    if return_sign_up_id is not None:
        _check_return(session, return_sign_up_id, to_staff_id, now)
    swap = Swap(
        sign_up_id=row.id,
        to_staff_id=to_staff_id,
        return_sign_up_id=return_sign_up_id,
        state=SwapState.OPEN,
        asked_at=now,
    )
    try:
        with session.begin_nested():
            session.add(swap)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_OFFERED) from None
    _trace(session, actor, "shift.offer_swap", swap, now)
    if swap.to_staff is not None:
        _tell(session, swap, swap.to_staff, "asked", now)
    return swap


def _must_lie_ahead(row: SignUp, now: datetime) -> None:
    if row.state is not SignUpState.SIGNED_UP or row.shift.starts_at <= now:
        raise Refused(Refusal.OVER)


def _check_colleague(session: Session, actor: StaffMember, staff_id: int) -> None:
    colleague = session.get(StaffMember, staff_id)
    if colleague is None or not colleague.active or not colleague.has_any(RoleName.VOLUNTEER):
        raise Refused(Refusal.NOT_ACTIVE, "to_staff_id")
    if colleague.id == actor.id:
        raise Refused(Refusal.SAME_PERSON, "to_staff_id")


def _check_return(session: Session, sign_up_id: int, staff_id: int | None, now: datetime) -> None:
    wished = session.get(SignUp, sign_up_id)
    if wished is None or staff_id is None or wished.staff_id != staff_id:
        raise Refused(Refusal.NOT_FOUND)
    _must_lie_ahead(wished, now)


def accept(*, session: Session, actor: StaffMember, swap_id: int, now: datetime, timezone: str) -> Swap:
    """Say yes; refused with the reason where either side could not take what they get. A coordinator looks next."""
    swap = _locked(session, swap_id)
    if swap.state is SwapState.ACCEPTED and swap.taker_id == actor.id:
        return swap
    if swap.state is not SwapState.OPEN:
        raise Refused(Refusal.SWAP_IS_OVER)
    if swap.to_staff_id not in (None, actor.id):
        raise Refused(Refusal.NOT_FOUND)
    if swap.sign_up.staff_id == actor.id:
        raise Refused(Refusal.SAME_PERSON)
    _check_both(session, swap, actor, now, timezone)
    swap.state, swap.taker_id, swap.accepted_at = SwapState.ACCEPTED, actor.id, now
    _trace(session, actor, "shift.accept_swap", swap, now)
    return swap


def _check_both(session: Session, swap: Swap, taker: StaffMember, now: datetime, timezone: str) -> None:
    given, returned = swap.sign_up, swap.return_sign_up
    _must_lie_ahead(given, now)
    if returned is not None:
        _must_lie_ahead(returned, now)
        _check_one(session, given.staff, returned, given.shift_id, now, timezone)
    _check_one(session, taker, given, returned.shift_id if returned else None, now, timezone)


def _check_one(
    session: Session, staff: StaffMember, gets: SignUp, gives_shift: int | None, now: datetime, timezone: str
) -> None:
    place = shift_fit.place_of(gets.shift_role, taken=0)
    book = shift_fit.diary(session=session, staff=staff, start=place.starts_at, end=place.ends_at, timezone=timezone)
    if gives_shift is not None:
        book = book.without(gives_shift)
    reason = book.judge(place, now).reason
    if reason is not None:
        raise Refused(reason)


def decline(*, session: Session, actor: StaffMember, swap_id: int, now: datetime) -> Swap:
    """Say no as the colleague who was asked by name."""
    swap = _locked(session, swap_id)
    if swap.to_staff_id != actor.id:
        raise Refused(Refusal.NOT_FOUND)
    ended = _end(session, swap, actor, SwapState.CANCELLED, "shift.decline_swap", now)
    # Whoever asked still has the shift, and should know in time to ask somebody else.
    _tell(session, ended, ended.sign_up.staff, "declined", now)
    return ended


def cancel(*, session: Session, actor: StaffMember, swap_id: int, now: datetime) -> Swap:
    """Take one's own offer back before it is approved."""
    swap = _locked(session, swap_id)
    if swap.sign_up.staff_id != actor.id:
        raise Refused(Refusal.NOT_FOUND)
    return _end(session, swap, actor, SwapState.CANCELLED, "shift.cancel_swap", now)


def _end(session: Session, swap: Swap, actor: StaffMember, state: SwapState, verb: str, now: datetime) -> Swap:
    if swap.state is state:
        return swap
    if swap.state not in STANDING:
        raise Refused(Refusal.SWAP_IS_OVER)
    swap.state = state
    _trace(session, actor, verb, swap, now)
    return swap


def refuse(*, session: Session, actor: StaffMember, swap_id: int, now: datetime) -> Swap:
    """Say no as a coordinator; everybody keeps what they have and is told."""
    swap = _to_decide(session, actor, swap_id)
    swap.state, swap.decided_by_id, swap.decided_at = SwapState.REFUSED, actor.id, now
    _trace(session, actor, "shift.refuse_swap", swap, now)
    _tell_both(session, swap, now)
    return swap


def approve(*, session: Session, actor: StaffMember, swap_id: int, now: datetime, timezone: str) -> Swap:
    """Let the places change hands: all of it in one step, or none where somebody no longer fits."""
    swap = _to_decide(session, actor, swap_id)
    given, returned, taker = swap.sign_up, swap.return_sign_up, swap.taker
    assert taker is not None
    giver = given.staff
    for staff_id in sorted((giver.id, taker.id)):
        shift_places.lock_staff(session, staff_id)
    for number in sorted(row.id for row in (given, returned) if row is not None):
        shift_places.locked(session, number)
    _check_both(session, swap, taker, now, timezone)
    # Decided first: giving the places back ends every other offer that hangs on them.
    swap.state, swap.decided_by_id, swap.decided_at = SwapState.APPROVED, actor.id, now
    session.flush()
    moves = [(given, taker)] + ([(returned, giver)] if returned is not None else [])
    fresh = [_successor(row, staff, now) for row, staff in moves]
    for row, _staff in moves:
        shift_places.give_back(session=session, row=row, state=SignUpState.HANDED_OVER, now=now)
    for row in fresh:
        session.add(row)
        session.flush()
        shift_places.hold_time(session, row, session.get_one(Shift, row.shift_id))
        waiting_lists.has_a_place(session=session, shift_role_id=row.shift_role_id, staff_id=row.staff_id, now=now)
    _trace(session, actor, "shift.approve_swap", swap, now)
    _tell_both(session, swap, now)
    return swap


def _successor(row: SignUp, staff: StaffMember, now: datetime) -> SignUp:
    soon = row.shift.starts_at - now <= timedelta(hours=rules().remind_hours)
    return SignUp(
        shift_role_id=row.shift_role_id,
        shift_id=row.shift_id,
        places=row.places,
        place_no=row.place_no,
        staff_id=staff.id,
        state=SignUpState.SIGNED_UP,
        signed_up_at=now,
        confirmed_at=now if soon else None,
    )


def _to_decide(session: Session, actor: StaffMember, swap_id: int) -> Swap:
    swap = _locked(session, swap_id)
    if swap.state is not SwapState.ACCEPTED:
        raise Refused(Refusal.SWAP_IS_OVER)
    if actor.id in (swap.sign_up.staff_id, swap.taker_id):
        raise Refused(Refusal.NOT_ONES_OWN)
    return swap


def _locked(session: Session, swap_id: int) -> Swap:
    swap = session.get(Swap, swap_id, with_for_update={"of": Swap}, populate_existing=True)
    if swap is None:
        raise Refused(Refusal.NOT_FOUND)
    return swap


def overtaken(*, session: Session, now: datetime) -> Sequence[int]:
    """Return the standing offers whose shift, or the one in return, has begun."""
    theirs, theirs_shift = aliased(SignUp), aliased(Shift)
    return session.scalars(
        select(Swap.id)
        .join(SignUp, SignUp.id == Swap.sign_up_id)
        .join(Shift, Shift.id == SignUp.shift_id)
        .outerjoin(theirs, theirs.id == Swap.return_sign_up_id)
        .outerjoin(theirs_shift, theirs_shift.id == theirs.shift_id)
        .where(Swap.state.in_(STANDING), or_(Shift.starts_at <= now, theirs_shift.starts_at <= now))
        .order_by(Swap.id)
    ).all()


def lapse(*, session: Session, swap_id: int, now: datetime) -> bool:
    """End one offer that time has overtaken."""
    swap = _locked(session, swap_id)
    if swap.state not in STANDING:
        return False
    swap.state = SwapState.LAPSED
    _trace(session, None, "shift.lapse_swap", swap, now)
    return True


def standing_of(*, session: Session, sign_up_ids: Sequence[int]) -> dict[int, Swap]:
    """Return the standing offer of each sign-up that has one."""
    rows = session.scalars(select(Swap).where(Swap.sign_up_id.in_(sign_up_ids), Swap.state.in_(STANDING)))
    return {row.sign_up_id: row for row in rows}


def open_to(*, session: Session, staff: StaffMember, now: datetime) -> Sequence[Swap]:
    """Return the offers that the volunteer may accept: by name first, then those to all."""
    return session.scalars(
        select(Swap)
        .join(SignUp, SignUp.id == Swap.sign_up_id)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(
            Swap.state == SwapState.OPEN,
            or_(Swap.to_staff_id == staff.id, Swap.to_staff_id.is_(None)),
            SignUp.staff_id != staff.id,
            Shift.starts_at > now,
        )
        .order_by(Swap.to_staff_id.is_(None), Shift.starts_at, Swap.id)
        .limit(20)
    ).all()


def to_approve(*, session: Session, now: datetime) -> Sequence[Swap]:
    """Return what waits for a coordinator, the soonest shift first."""
    return session.scalars(
        select(Swap)
        .join(SignUp, SignUp.id == Swap.sign_up_id)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(Swap.state == SwapState.ACCEPTED, Shift.starts_at > now)
        .order_by(Shift.starts_at, Swap.id)
    ).all()


def colleagues(*, session: Session, staff: StaffMember) -> Sequence[StaffMember]:
    """Return the other active volunteers by name."""
    return session.scalars(
        select(StaffMember)
        .join(StaffMember.roles)
        .where(Role.name == RoleName.VOLUNTEER.value, StaffMember.active, StaffMember.id != staff.id)
        .order_by(StaffMember.display_name, StaffMember.id)
    ).all()


def _tell_both(session: Session, swap: Swap, now: datetime) -> None:
    for person in (swap.sign_up.staff, swap.taker):
        if person is not None:
            _tell(session, swap, person, swap.state.value, now)


def _tell(session: Session, swap: Swap, person: StaffMember, what: str, now: datetime) -> None:
    notices.tell(
        session=session,
        to=person,
        words="notice.roster" if what == "asked" else "notice.changed",
        now=now,
        dedupe_key=f"shift-swap-{swap.id}-{what}-{person.id}",
        link="/staff/shifts/mine",
    )


def _trace(session: Session, actor: StaffMember | None, verb: str, swap: Swap, now: datetime) -> None:
    session.flush()
    audit.record(session=session, actor=actor, verb=verb, subject_type="shift_swap", subject_id=swap.id, now=now)
