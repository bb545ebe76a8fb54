"""Who came and who left: by the code on the station's screen, by a colleague, or by the clock."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import calendar, live, shift_places, waiting_lists
from care.refusals import Refusal, Refused
from care.shift_rules import chat_roles, rules
from models.shifts import NotedBy, Shift, SignUp, SignUpState
from models.staff import StaffMember

CODE_LENGTH = 6


def code(*, secret: str, shift_id: int, now: datetime) -> str:
    """Return the code that the station's screen shows for this shift now."""
    return _code(secret, shift_id, _step(now))


def _step(now: datetime) -> int:
    return int(now.timestamp()) // (rules().code_minutes * 60)


def _code(secret: str, shift_id: int, step: int) -> str:
    digest = hmac.new(secret.encode(), f"shift-code:{shift_id}:{step}".encode(), hashlib.sha256).digest()
    return str(int.from_bytes(digest[:8]) % 10**CODE_LENGTH).zfill(CODE_LENGTH)


def is_right(*, secret: str, shift_id: int, typed: str, now: datetime) -> bool:
    """Tell whether the code is the one on the screen, or the one just before it."""
    digits = "".join(sign for sign in typed if sign.isdigit())
    plain = "".join(str(int(sign)) for sign in digits if sign.isdecimal())
    # Both are compared in full, so that the time taken tells nothing.
    fits = [hmac.compare_digest(_code(secret, shift_id, _step(now) - back), plain) for back in (0, 1)]
    return any(fits)


def check_in(
    *, session: Session, actor: StaffMember, sign_up_id: int, typed: str, secret: str, now: datetime
) -> SignUp:
    """Say "I am here" with the code; refuse a wrong code, one's own impatience, and a shift that is over."""
    row = shift_places.own(session, actor, sign_up_id)
    if row.state is SignUpState.ARRIVED:
        return row
    _may_arrive(row, now)
    if not is_right(secret=secret, shift_id=row.shift_id, typed=typed, now=now):
        raise Refused(Refusal.WRONG_SHIFT_CODE, "code")
    return _arrive(session, row, actor, NotedBy.CODE, now)


def note_arrival(*, session: Session, actor: StaffMember, sign_up_id: int, now: datetime) -> SignUp:
    """Note as a colleague that the volunteer is here."""
    row = shift_places.locked(session, sign_up_id)
    if row.state is SignUpState.ARRIVED:
        return row
    if row.staff_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN)
    _may_arrive(row, now)
    return _arrive(session, row, actor, NotedBy.COLLEAGUE, now)


def _may_arrive(row: SignUp, now: datetime) -> None:
    if row.state is not SignUpState.SIGNED_UP or now >= row.shift.ends_at:
        raise Refused(Refusal.OVER)
    if now < row.shift.starts_at - timedelta(minutes=rules().check_in_early_minutes):
        raise Refused(Refusal.TOO_EARLY)


def _arrive(session: Session, row: SignUp, actor: StaffMember, by: NotedBy, now: datetime) -> SignUp:
    row.state, row.arrived_at, row.arrival_noted_by = SignUpState.ARRIVED, now, by
    row.confirmed_at = row.confirmed_at or now
    shift_places.trace(session, actor, "shift.check_in", row, now, by=by.value)
    _tell_desk(session, row, now)
    return row


def check_out(
    *, session: Session, actor: StaffMember, sign_up_id: int, typed: str, secret: str, now: datetime
) -> SignUp:
    """Say "I am leaving" with the code; long before the end it counts as left early."""
    row = shift_places.own(session, actor, sign_up_id)
    if row.state in (SignUpState.COMPLETED, SignUpState.ABANDONED):
        return row
    if row.state is not SignUpState.ARRIVED:
        raise Refused(Refusal.NOT_ARRIVED)
    if not is_right(secret=secret, shift_id=row.shift_id, typed=typed, now=now):
        raise Refused(Refusal.WRONG_SHIFT_CODE, "code")
    return _leave(session, row, actor, NotedBy.CODE, now, now)


def note_leaving(*, session: Session, actor: StaffMember, sign_up_id: int, now: datetime) -> SignUp:
    """Note as a colleague that the volunteer has gone."""
    row = shift_places.locked(session, sign_up_id)
    if row.state in (SignUpState.COMPLETED, SignUpState.ABANDONED):
        return row
    if row.staff_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN)
    if row.state is not SignUpState.ARRIVED:
        raise Refused(Refusal.NOT_ARRIVED)
    return _leave(session, row, actor, NotedBy.COLLEAGUE, now, now)


def _leave(
    session: Session, row: SignUp, actor: StaffMember | None, by: NotedBy, left_at: datetime, now: datetime
) -> SignUp:
    early = row.shift.ends_at - left_at > timedelta(minutes=rules().left_early_minutes)
    row.state = SignUpState.ABANDONED if early else SignUpState.COMPLETED
    # Whoever arrives in the last second may leave in it, never before it.
    row.left_at, row.leaving_noted_by, row.ended_at = max(left_at, row.arrived_at or left_at), by, now
    shift_places.trace(session, actor, "shift.check_out", row, now, by=by.value, state=row.state.value)
    _tell_desk(session, row, now)
    return row


def note_absence(
    *, session: Session, actor: StaffMember | None, sign_up_id: int, now: datetime, timezone: str
) -> SignUp:
    """Note that the volunteer did not come. While the shift runs the place becomes free for cover."""
    row = shift_places.locked(session, sign_up_id)
    if row.state is SignUpState.NO_SHOW:
        return row
    if actor is not None and row.staff_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN)
    if row.state is not SignUpState.SIGNED_UP:
        raise Refused(Refusal.OVER)
    if now < row.shift.starts_at + timedelta(minutes=rules().late_minutes):
        raise Refused(Refusal.TOO_EARLY)
    row.state, row.ended_at = SignUpState.NO_SHOW, now
    if now < row.shift.ends_at:
        _free_place(session, row)
    shift_places.trace(session, actor, "shift.no_show", row, now, staff_id=row.staff_id)
    waiting_lists.promote(session=session, shift_role_id=row.shift_role_id, now=now, timezone=timezone)
    return row


def _free_place(session: Session, row: SignUp) -> None:
    row.place_no = None
    if row.hold is not None:
        hold, row.hold_id = row.hold, None
        session.flush()
        calendar.release(session=session, hold=hold)


def correct(*, session: Session, actor: StaffMember, sign_up_id: int, state: SignUpState, now: datetime) -> SignUp:
    """Mend how a shift ended as a coordinator: completed, left early or absent. Hours are mended by a correction."""
    row = shift_places.locked(session, sign_up_id)
    ended = (SignUpState.COMPLETED, SignUpState.ABANDONED, SignUpState.NO_SHOW)
    if state not in ended:
        raise Refused(Refusal.WRONG_VALUE, "state")
    if row.staff_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN)
    if row.state not in ended:
        raise Refused(Refusal.OVER)
    before, row.state = row.state, state
    shift_places.trace(session, actor, "shift.correct", row, now, before=before.value, after=state.value)
    return row


def absent(*, session: Session, now: datetime) -> Sequence[int]:
    """Return the sign-ups whose shift ended a while ago without an arrival."""
    return _ended(session, SignUpState.SIGNED_UP, now - timedelta(minutes=rules().no_show_minutes))


def forgotten(*, session: Session, now: datetime) -> Sequence[int]:
    """Return the sign-ups whose shift ended a while ago without a check-out."""
    return _ended(session, SignUpState.ARRIVED, now - timedelta(minutes=rules().check_out_minutes))


def _ended(session: Session, state: SignUpState, before: datetime) -> Sequence[int]:
    return session.scalars(
        select(SignUp.id)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(SignUp.state == state, Shift.ends_at <= before)
        .order_by(SignUp.id)
    ).all()


def close_forgotten(*, session: Session, sign_up_id: int, now: datetime) -> bool:
    """Check somebody out at the planned end; the approver of the hours sees that the clock did it."""
    row = shift_places.locked(session, sign_up_id)
    if row.state is not SignUpState.ARRIVED:
        return False
    _leave(session, row, None, NotedBy.CLOCK, row.shift.ends_at, now)
    return True


def _tell_desk(session: Session, row: SignUp, now: datetime) -> None:
    # The chat opens and closes with the people who serve it, so the desk looks again.
    if row.shift_role.role in chat_roles():
        live.publish(session=session, channel=live.DESK, kind="duty", now=now, sign_up_id=row.id)
