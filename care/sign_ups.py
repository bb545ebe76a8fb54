"""Volunteers take a place, confirm it and give it back; a place given back is offered to whoever waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import notices, shift_fit, shift_places, waiting_lists
from care.refusals import Refusal, Refused
from care.shift_rules import rules
from models.shifts import Shift, ShiftRole, SignUp, SignUpState
from models.staff import StaffMember


def sign_up(
    *,
    session: Session,
    actor: StaffMember,
    shift_role_id: int,
    now: datetime,
    timezone: str,
    staff: StaffMember | None = None,
    accepts_soft: bool = False,
    running_too: bool = False,
) -> SignUp:
    """Take the lowest free place for the actor, or for a volunteer named by a coordinator; else refuse with the reason.

    Soft clashes are refused as SOFT_CLASH until they are accepted. A shift that runs is open only to cover.
    """
    member = shift_places.lock_staff(session, (staff or actor).id)
    role = shift_places.lock_role(session, shift_role_id)
    numbers = shift_places.taken_numbers(session, role.id)
    _require_fit(session, member, role, len(numbers), now, timezone, accepts_soft, running_too)
    row = SignUp(
        shift_role_id=role.id,
        shift_id=role.shift_id,
        places=role.places,
        place_no=shift_places.lowest_free(numbers, role.places),
        staff_id=member.id,
        state=SignUpState.SIGNED_UP,
        signed_up_at=now,
        confirmed_at=_confirmed_by_signing(role.shift, now),
    )
    try:
        with session.begin_nested():
            row.hold_id = shift_places.hold_of(session, member.id, role.shift)
            session.add(row)
    except IntegrityError:
        # Somebody who did not queue at our locks was faster; the constraint has the last word.
        raise Refused(_lost_to(session, role.id, member.id)) from None
    waiting_lists.has_a_place(session=session, shift_role_id=role.id, staff_id=member.id, now=now)
    shift_places.trace(session, actor, "shift.sign_up", row, now, staff_id=member.id)
    return row


def _require_fit(
    session: Session,
    member: StaffMember,
    role: ShiftRole,
    taken: int,
    now: datetime,
    timezone: str,
    accepts_soft: bool,
    running_too: bool,
) -> None:
    place = shift_fit.place_of(role, taken)
    book = shift_fit.diary(
        session=session,
        staff=member,
        start=place.starts_at,
        end=place.ends_at,
        timezone=timezone,
        only_role=role.role,
    )
    fit = book.judge(place, now, running_too=running_too)
    if fit.reason is not None:
        raise Refused(fit.reason)
    if fit.soft and not accepts_soft:
        raise Refused(Refusal.SOFT_CLASH)


def _lost_to(session: Session, shift_role_id: int, staff_id: int) -> Refusal:
    mine = session.scalar(
        select(SignUp.id)
        .join(ShiftRole, ShiftRole.shift_id == SignUp.shift_id)
        .where(ShiftRole.id == shift_role_id, SignUp.staff_id == staff_id, SignUp.place_no.is_not(None))
    )
    return Refusal.ALREADY_SIGNED_UP if mine is not None else Refusal.FULL


def _confirmed_by_signing(shift: Shift, now: datetime) -> datetime | None:
    # Whoever signs up within the last day has just said that they come.
    return now if shift.starts_at - now <= timedelta(hours=rules().remind_hours) else None


def confirm(*, session: Session, actor: StaffMember, sign_up_id: int, now: datetime) -> SignUp:
    """Say "I am coming"; saying it twice is as good as once."""
    row = shift_places.own(session, actor, sign_up_id)
    if row.state is not SignUpState.SIGNED_UP or row.shift.starts_at <= now:
        raise Refused(Refusal.OVER)
    if row.confirmed_at is None:
        row.confirmed_at = now
        shift_places.trace(session, actor, "shift.confirm", row, now)
    return row


def may_leave(row: SignUp, shift: Shift, now: datetime) -> bool:
    """Tell whether the volunteer may still leave alone: a day before, or just after a slip of the finger."""
    early = shift.starts_at - now >= timedelta(hours=rules().sign_out_hours)
    slip = now - row.signed_up_at <= timedelta(minutes=rules().undo_minutes) and now < shift.starts_at
    return early or slip


def withdraw(*, session: Session, actor: StaffMember, sign_up_id: int, now: datetime, timezone: str) -> SignUp:
    """Give one's place back in time; the next on the waiting list is offered it."""
    row = shift_places.own(session, actor, sign_up_id)
    if row.state is SignUpState.WITHDREW:
        return row
    if row.state is not SignUpState.SIGNED_UP:
        raise Refused(Refusal.OVER)
    if not may_leave(row, row.shift, now):
        raise Refused(Refusal.TOO_LATE_TO_LEAVE)
    shift_places.give_back(session=session, row=row, state=SignUpState.WITHDREW, now=now)
    shift_places.trace(session, actor, "shift.withdraw", row, now)
    waiting_lists.promote(session=session, shift_role_id=row.shift_role_id, now=now, timezone=timezone)
    return row


def take_off(*, session: Session, actor: StaffMember, sign_up_id: int, now: datetime, timezone: str) -> SignUp:
    """Free a volunteer's place as a coordinator; the volunteer is told, and the waiting list moves on."""
    row = shift_places.locked(session, sign_up_id)
    if row.state not in (SignUpState.SIGNED_UP, SignUpState.OFFERED):
        raise Refused(Refusal.OVER)
    shift_places.give_back(session=session, row=row, state=SignUpState.WITHDREW, now=now)
    shift_places.trace(session, actor, "shift.take_off", row, now, staff_id=row.staff_id)
    if row.staff_id != actor.id:
        tell_changed(session, row, now)
    waiting_lists.promote(session=session, shift_role_id=row.shift_role_id, now=now, timezone=timezone)
    return row


def tell_changed(session: Session, row: SignUp, now: datetime) -> None:
    """Tell the volunteer in neutral words that their plan has changed."""
    notices.tell(
        session=session,
        to=row.staff,
        words="notice.changed",
        now=now,
        dedupe_key=f"shift-changed-{row.id}-{row.state.value}",
        link=f"/staff/shifts/{row.shift_id}",
    )


def to_remind(*, session: Session, now: datetime) -> Sequence[int]:
    """Return the sign-ups that begin within the day and were neither asked nor confirmed, the soonest first."""
    return session.scalars(
        select(SignUp.id)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(
            SignUp.state == SignUpState.SIGNED_UP,
            SignUp.reminded_at.is_(None),
            SignUp.confirmed_at.is_(None),
            Shift.starts_at > now,
            Shift.starts_at <= now + timedelta(hours=rules().remind_hours),
        )
        .order_by(Shift.starts_at, SignUp.id)
    ).all()


def remind(*, session: Session, sign_up_id: int, now: datetime) -> bool:
    """Ask one volunteer to confirm, once."""
    row = shift_places.locked(session, sign_up_id)
    if row.state is not SignUpState.SIGNED_UP or row.reminded_at is not None or row.confirmed_at is not None:
        return False
    row.reminded_at = now
    notices.tell(
        session=session,
        to=row.staff,
        words="notice.confirm",
        now=now,
        dedupe_key=f"shift-confirm-{row.id}",
        not_after=row.shift.starts_at,
        link=f"/staff/shifts/{row.shift_id}",
        when=row.shift.starts_at,
    )
    shift_places.trace(session, None, "shift.remind", row, now)
    return True
