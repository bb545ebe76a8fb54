"""Numbered places: locked, counted, taken and given back. What sign-ups, waiting lists, swaps and cover calls share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, lazyload

from care import audit, calendar
from care.refusals import Refusal, Refused
from models.calendar import HolderKind, HoldKind
from models.shift_changes import Swap, SwapState
from models.shifts import Shift, ShiftRole, SignUp, SignUpState, WaitingEntry, WaitingState
from models.staff import StaffMember

# Asked with every sign-up, fifty people at a time: putting the questions together anew costs more than their answers.
_LOCKED_ROLE = (
    select(ShiftRole)
    .options(joinedload(ShiftRole.shift, innerjoin=True).options(lazyload(Shift.roles), lazyload(Shift.station)))
    .where(ShiftRole.id == bindparam("role_id"))
    .with_for_update(of=ShiftRole, key_share=True)
    .execution_options(populate_existing=True)
)
_TAKEN_NUMBERS = select(SignUp.place_no).where(
    SignUp.shift_role_id == bindparam("role_id"), SignUp.place_no.is_not(None)
)


def lock_staff(session: Session, staff_id: int) -> StaffMember:
    """Let one person take one place at a time, so that two tabs cannot pass the caps together."""
    if session.get_bind().dialect.name != "sqlite":  # There a unit of work that writes is alone from its beginning.
        session.execute(select(StaffMember.id).where(StaffMember.id == staff_id).with_for_update(key_share=True))
    return session.get_one(StaffMember, staff_id)


def lock_role(session: Session, shift_role_id: int) -> ShiftRole:
    """Let the places of one role change one after the other; refuse NOT_FOUND."""
    role = session.scalars(_LOCKED_ROLE, {"role_id": shift_role_id}).first()
    if role is None:
        raise Refused(Refusal.NOT_FOUND)
    return role


def taken_numbers(session: Session, shift_role_id: int) -> list[int]:
    """Return the numbers of the places that somebody holds or held."""
    found = session.scalars(_TAKEN_NUMBERS, {"role_id": shift_role_id})
    return [number for number in found if number is not None]


def lowest_free(numbers: Sequence[int], places: int) -> int:
    """Return the lowest place that is free; refuse FULL."""
    for number in range(1, places + 1):
        if number not in numbers:
            return number
    raise Refused(Refusal.FULL)


def hold_time(session: Session, row: SignUp, shift: Shift) -> None:
    """Take the volunteer's time; refuse COLLIDES."""
    row.hold_id = hold_of(session, row.staff_id, shift)


def hold_of(session: Session, staff_id: int, shift: Shift) -> int:
    """Take a volunteer's time for a shift and return the number of the hold; refuse COLLIDES."""
    try:
        hold = calendar.hold(
            session=session,
            kind=HoldKind.SHIFT,
            holders=[(HolderKind.STAFF, staff_id)],
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
        )
    except Refused as refused:
        raise Refused(Refusal.COLLIDES if refused.refusal is Refusal.OCCUPIED else refused.refusal) from None
    return hold.id


def trace(
    session: Session, actor: StaffMember | None, verb: str, row: SignUp, now: datetime, **details: object
) -> None:
    """Leave the trace of what happened to a sign-up."""
    session.flush()
    audit.record(session=session, actor=actor, verb=verb, subject_type="sign_up", subject_id=row.id, now=now, **details)


def own(session: Session, actor: StaffMember, sign_up_id: int) -> SignUp:
    """Return the actor's own sign-up, locked; refuse NOT_FOUND for somebody else's."""
    row = locked(session, sign_up_id)
    if row.staff_id != actor.id:
        raise Refused(Refusal.NOT_FOUND)
    return row


def locked(session: Session, sign_up_id: int) -> SignUp:
    """Return a sign-up as it is now, and let nobody else change it meanwhile; refuse NOT_FOUND."""
    row = session.get(SignUp, sign_up_id, with_for_update={"of": SignUp}, populate_existing=True)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    return row


def give_back(*, session: Session, row: SignUp, state: SignUpState, now: datetime) -> None:
    """Free the place and the time of a sign-up, and end what hung on it."""
    row.state, row.place_no, row.ended_at = state, None, now
    if row.hold is not None:
        hold, row.hold_id = row.hold, None
        session.flush()
        calendar.release(session=session, hold=hold)
    for entry in session.scalars(select(WaitingEntry).where(WaitingEntry.sign_up_id == row.id)):
        entry.state, entry.sign_up_id, entry.ended_at = WaitingState.OVER, None, now
    for swap in session.scalars(
        select(Swap).where(
            (Swap.sign_up_id == row.id) | (Swap.return_sign_up_id == row.id),
            Swap.state.in_((SwapState.OPEN, SwapState.ACCEPTED)),
        )
    ):
        swap.state = SwapState.CANCELLED
    session.flush()
