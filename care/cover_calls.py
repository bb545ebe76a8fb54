"""Looking for cover, fairly: who fits and is free, the least asked first, one after the other, until the first yes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, notices, shift_fit, shift_places, sign_ups
from care.refusals import Refusal, Refused
from care.shift_rules import after_quiet, rules
from models.shift_changes import CoverAnswer, CoverAsk, CoverCall, CoverState
from models.shifts import ShiftRole
from models.staff import Role, RoleName, StaffMember

# Who was asked within this time counts as asked lately.
LATELY = timedelta(days=30)


def start(*, session: Session, actor: StaffMember, shift_role_id: int, now: datetime, timezone: str) -> CoverCall:
    """Begin to look for somebody; the first is asked at once unless the hours are quiet. Refuse where nobody fits."""
    role = shift_places.lock_role(session, shift_role_id)
    if role.shift.ends_at <= now or role.shift.cancelled_at is not None:
        raise Refused(Refusal.OVER)
    if len(shift_places.taken_numbers(session, role.id)) >= role.places:
        raise Refused(Refusal.FULL)
    call = CoverCall(shift_role_id=role.id, opened_by_id=actor.id, opened_at=now, state=CoverState.OPEN)
    try:
        with session.begin_nested():
            session.add(call)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_CALLING) from None
    if next(_candidates(session, call, role, now, timezone), None) is None:
        raise Refused(Refusal.NOBODY_FITS)
    _trace(session, actor, "shift.start_cover", call, now)
    _ask_next(session, call, role, now, timezone)
    return call


def go_on(*, session: Session, call_id: int, now: datetime, timezone: str) -> bool:
    """Take one call a step on where its time has come; tell whether anything was done."""
    call = _locked(session, call_id)
    if call.state is not CoverState.OPEN:
        return False
    role = shift_places.lock_role(session, call.shift_role_id)
    if len(shift_places.taken_numbers(session, role.id)) >= role.places:
        _close(session, call, CoverState.FILLED, None, now)
        return True
    if role.shift.ends_at <= now or role.shift.cancelled_at is not None:
        _close(session, call, CoverState.EXHAUSTED, None, now)
        return True
    waiting = open_ask(call)
    if waiting is not None:
        if waiting.answer_by > now:
            return False
        waiting.answer, waiting.answered_at = CoverAnswer.SILENCE, now
        session.flush()
    return _ask_next(session, call, role, now, timezone) or waiting is not None


def open_ask(call: CoverCall) -> CoverAsk | None:
    """Return the question that has no answer yet."""
    return next((ask for ask in call.asks if ask.answer is None), None)


def _ask_next(session: Session, call: CoverCall, role: ShiftRole, now: datetime, timezone: str) -> bool:
    if after_quiet(now, timezone) != now:
        return False
    person = next(_candidates(session, call, role, now, timezone), None)
    if person is None:
        _close(session, call, CoverState.EXHAUSTED, None, now)
        return True
    until = now + timedelta(minutes=rules().cover_answer_minutes)
    # Added through the call, so that the list that is already loaded knows it too.
    ask = CoverAsk(staff_id=person.id, asked_at=now, answer_by=until)
    call.asks.append(ask)
    session.flush()
    notices.tell(
        session=session,
        to=person,
        words="notice.roster",
        now=now,
        dedupe_key=f"shift-cover-{ask.id}",
        not_after=role.shift.ends_at,
        link=f"/staff/shifts/{role.shift_id}",
    )
    _trace(session, None, "shift.ask_cover", call, now, staff_id=person.id)
    return True


def _candidates(
    session: Session, call: CoverCall, role: ShiftRole, now: datetime, timezone: str
) -> Iterator[StaffMember]:
    """Yield who fits and was not asked in this call: the least asked lately first, then the longest ago."""
    place = shift_fit.place_of(role, taken=0)
    asked = {ask.staff_id for ask in call.asks}
    for person in _by_fairness(session, now):
        if person.id in asked:
            continue
        book = shift_fit.diary(
            session=session, staff=person, start=place.starts_at, end=place.ends_at, timezone=timezone
        )
        fit = book.judge(place, now, running_too=True)
        if fit.reason is None and not fit.soft:
            yield person


def _by_fairness(session: Session, now: datetime) -> Sequence[StaffMember]:
    lately = (
        select(CoverAsk.staff_id, func.count().label("times"), func.max(CoverAsk.asked_at).label("last"))
        .where(CoverAsk.asked_at > now - LATELY)
        .group_by(CoverAsk.staff_id)
        .subquery()
    )
    return session.scalars(
        select(StaffMember)
        .join(StaffMember.roles)
        .outerjoin(lately, lately.c.staff_id == StaffMember.id)
        .where(Role.name == RoleName.VOLUNTEER.value, StaffMember.active)
        .order_by(func.coalesce(lately.c.times, 0), lately.c.last, StaffMember.id)
    ).all()


def answer(*, session: Session, actor: StaffMember, ask_id: int, comes: bool, now: datetime, timezone: str) -> CoverAsk:
    """Say yes or no. The first yes takes the place; a late yes is welcome while the place is still free."""
    ask = session.get(CoverAsk, ask_id)
    if ask is None or ask.staff_id != actor.id:
        raise Refused(Refusal.NOT_FOUND)
    call = _locked(session, ask.cover_call_id)
    session.refresh(ask)
    if ask.answer in (CoverAnswer.YES, CoverAnswer.NO):
        return ask
    if not comes:
        ask.answer, ask.answered_at = CoverAnswer.NO, now
        _trace(session, actor, "shift.cover_no", call, now)
        if call.state is CoverState.OPEN and open_ask(call) is None:
            _ask_next(session, call, shift_places.lock_role(session, call.shift_role_id), now, timezone)
        return ask
    if call.state is not CoverState.OPEN:
        raise Refused(Refusal.OFFER_OVER)
    sign_ups.sign_up(
        session=session,
        actor=actor,
        shift_role_id=call.shift_role_id,
        now=now,
        timezone=timezone,
        accepts_soft=True,
        running_too=True,
    )
    ask.answer, ask.answered_at = CoverAnswer.YES, now
    _close(session, call, CoverState.FILLED, actor, now)
    return ask


def stop(*, session: Session, actor: StaffMember, call_id: int, now: datetime) -> CoverCall:
    """Stop looking; whoever was asked last need not answer any more."""
    call = _locked(session, call_id)
    if call.state is CoverState.OPEN:
        _close(session, call, CoverState.STOPPED, actor, now)
    return call


def _close(session: Session, call: CoverCall, state: CoverState, actor: StaffMember | None, now: datetime) -> None:
    call.state, call.closed_at = state, now
    waiting = open_ask(call)
    if waiting is not None:
        waiting.answer, waiting.answered_at = CoverAnswer.TOO_LATE, now
    _trace(session, actor, f"shift.cover_{state.value}", call, now)
    opener = session.get(StaffMember, call.opened_by_id) if call.opened_by_id else None
    if opener is not None and opener is not actor:
        notices.tell(
            session=session,
            to=opener,
            words="notice.roster",
            now=now,
            dedupe_key=f"shift-cover-over-{call.id}",
            link="/staff/shifts/board",
        )


def _locked(session: Session, call_id: int) -> CoverCall:
    call = session.get(CoverCall, call_id, with_for_update={"of": CoverCall}, populate_existing=True)
    if call is None:
        raise Refused(Refusal.NOT_FOUND)
    return call


def running(*, session: Session) -> Sequence[int]:
    """Return the calls that are open, the oldest first."""
    return session.scalars(select(CoverCall.id).where(CoverCall.state == CoverState.OPEN).order_by(CoverCall.id)).all()


def of_roles(*, session: Session, shift_role_ids: Sequence[int]) -> dict[int, CoverCall]:
    """Return the latest call of each role that had one."""
    rows = session.scalars(select(CoverCall).where(CoverCall.shift_role_id.in_(shift_role_ids)).order_by(CoverCall.id))
    return {row.shift_role_id: row for row in rows}


def asked_of(*, session: Session, staff_id: int, now: datetime) -> Sequence[CoverAsk]:
    """Return the questions that the volunteer can still answer, the newest first."""
    rows = session.scalars(
        select(CoverAsk)
        .join(CoverCall, CoverCall.id == CoverAsk.cover_call_id)
        .where(
            CoverAsk.staff_id == staff_id,
            CoverCall.state == CoverState.OPEN,
            CoverAsk.answer.is_(None) | (CoverAsk.answer == CoverAnswer.SILENCE),
        )
        .order_by(CoverAsk.id.desc())
    ).all()
    return [ask for ask in rows if ask.call.shift_role.shift.ends_at > now]


def _trace(
    session: Session, actor: StaffMember | None, verb: str, call: CoverCall, now: datetime, **details: object
) -> None:
    session.flush()
    audit.record(
        session=session, actor=actor, verb=verb, subject_type="cover_call", subject_id=call.id, now=now, **details
    )
