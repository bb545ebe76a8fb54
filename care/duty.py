"""The on-call roster: who is there now, who comes next, and who is told when nobody is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, chat_shift, leave, live, presence
from care.refusals import Refusal, Refused
from models.duty import DutyPosition, DutyTurn
from models.staff import Role, RoleName, StaffMember

CHAIN = tuple(DutyPosition)
# Positions whose holder can take a chat; a supervisor who checks in counts as a person who is there.
CHAT_POSITIONS = (DutyPosition.ON_CALL, DutyPosition.STAND_IN, DutyPosition.SUPERVISOR)
# A colleague who comes a little early may already check in.
EARLY = timedelta(minutes=30)
# How many coming turns are looked through for one that is not spoilt by leave.
_LOOKED_AHEAD = 50


def _turns_at(session: Session, at: datetime) -> Sequence[DutyTurn]:
    return session.scalars(
        select(DutyTurn)
        .join(DutyTurn.staff)
        .where(DutyTurn.starts_at <= at, DutyTurn.ends_at > at, StaffMember.active)
        .order_by(DutyTurn.id)
    ).all()


def holder(
    *, session: Session, position: DutyPosition, at: datetime, without: Collection[int] = ()
) -> StaffMember | None:
    """Return who holds the position now: one who checked in before one who did not, nobody who has left.

    For a colleague on leave their stand-in is rung; where there is none, the rung is as good as empty. So it is for
    those whose numbers stand in `without`: the alarm is about them (care/kept_away.py).
    """
    turns = [turn for turn in _turns_at(session, at) if turn.position is position and not turn.checked_out_at]
    turns.sort(key=lambda turn: (turn.checked_in_at is None, turn.id))
    keepers = (keeper(session=session, turn=turn, at=at) for turn in turns)
    return next((one for one in keepers if one is not None and one.id not in without), None)


def keeper(*, session: Session, turn: DutyTurn, at: datetime) -> StaffMember | None:
    """Return who answers for a turn: its colleague, during their leave the stand-in; None where there is none.

    Whoever has checked in is there, whatever the plan of leave says.
    """
    if turn.checked_in_at is not None and turn.checked_out_at is None:
        return turn.staff
    if not leave.is_away(session=session, staff_id=turn.staff_id, at=at):
        return turn.staff
    return leave.stand_in(session=session, staff_id=turn.staff_id, at=at)


def present(*, session: Session, at: datetime) -> list[StaffMember]:
    """Return the colleagues who are at the desk on a turn that can take a chat, first on call first."""
    turns = [turn for turn in _turns_at(session, at) if turn.position in CHAT_POSITIONS and presence.is_here(turn, at)]
    turns.sort(key=lambda turn: (CHAIN.index(turn.position), turn.id))
    return list({turn.staff_id: turn.staff for turn in turns}.values())


def lost(*, session: Session, at: datetime) -> list[DutyTurn]:
    """Return the running turns whose colleague is checked in but has not been seen at the desk for a while."""
    return [turn for turn in _turns_at(session, at) if presence.is_lost(turn, at)]


def is_open(*, session: Session, at: datetime) -> bool:
    """Tell whether a person may be offered: somebody is at the desk on a turn or a shift that serves the chat."""
    return bool(present(session=session, at=at) or chat_shift.people(session=session, at=at))


def next_turn(*, session: Session, after: datetime) -> DutyTurn | None:
    """Return the first turn on call that starts later than this moment and that somebody will keep."""
    turns = session.scalars(
        select(DutyTurn)
        .join(DutyTurn.staff)
        .where(
            DutyTurn.position == DutyPosition.ON_CALL,
            DutyTurn.starts_at > after,
            StaffMember.active,
        )
        .order_by(DutyTurn.starts_at, DutyTurn.id)
        .limit(_LOOKED_AHEAD)
    )
    return next((turn for turn in turns if keeper(session=session, turn=turn, at=turn.starts_at) is not None), None)


def expected_turn(*, session: Session, at: datetime) -> DutyTurn | None:
    """Return whose turn it is to answer: of the turn on call that runs now and was not left, else of the next one."""
    running = [
        turn
        for turn in _turns_at(session, at)
        if turn.position is DutyPosition.ON_CALL
        and not turn.checked_out_at
        and keeper(session=session, turn=turn, at=at) is not None
    ]
    return running[0] if running else next_turn(session=session, after=at)


def who_answers(*, session: Session, at: datetime) -> tuple[StaffMember, datetime] | None:
    """Return who answers now or next, and from when on: the one name and time that may be promised to a person."""
    turn = expected_turn(session=session, at=at)
    if turn is None:
        return None
    from_then = max(turn.starts_at, at)
    answers = keeper(session=session, turn=turn, at=from_then)
    return None if answers is None else (answers, from_then)


def last_resort(*, session: Session, at: datetime | None = None, without: Collection[int] = ()) -> StaffMember | None:
    """Return who is told when the roster is empty: a base manager, a supervisor, else any active admin.

    With a moment given, somebody who is not on leave then goes first; on leave is still better than nobody. Nobody
    whose number stands in `without` is told.
    """
    away: StaffMember | None = None
    for name in (RoleName.BASE_MANAGER, RoleName.SUPERVISOR, RoleName.DUTY_OFFICER, RoleName.ADMIN):
        for found in session.scalars(
            select(StaffMember)
            .join(StaffMember.roles)
            .where(Role.name == name.value, StaffMember.active)
            .order_by(StaffMember.id)
        ):
            if found.id in without:
                continue
            if at is None or not leave.is_away(session=session, staff_id=found.id, at=at):
                return found
            away = away or found
    return away


def check_in(*, session: Session, actor: StaffMember, now: datetime) -> DutyTurn:
    """Say "I am here" on the turn that runs now or starts within half an hour; refuse without one."""
    turn = session.scalars(
        select(DutyTurn)
        .where(
            DutyTurn.staff_id == actor.id,
            DutyTurn.starts_at <= now + EARLY,
            DutyTurn.ends_at > now,
        )
        .order_by(DutyTurn.starts_at, DutyTurn.id)
        .limit(1)
    ).first()
    if turn is None:
        raise Refused(Refusal.NOT_ON_ROSTER)
    if turn.checked_in_at is None or turn.checked_out_at is not None:
        turn.checked_in_at, turn.checked_out_at = now, None
        turn.seen_at = now
        audit.record(
            session=session, actor=actor, verb="duty.check_in", subject_type="duty_turn", subject_id=turn.id, now=now
        )
        announce(session=session, now=now)
    elif presence.is_lost(turn, now):
        turn.seen_at = now
        announce(session=session, now=now)
    return turn


def check_out(*, session: Session, actor: StaffMember, now: datetime) -> DutyTurn:
    """Leave the turn; from now on nobody is promised this person."""
    turn = session.scalars(
        select(DutyTurn)
        .where(DutyTurn.staff_id == actor.id, DutyTurn.checked_in_at.is_not(None), DutyTurn.checked_out_at.is_(None))
        .order_by(DutyTurn.starts_at.desc())
        .limit(1)
    ).first()
    if turn is None:
        raise Refused(Refusal.NOT_ON_ROSTER)
    turn.checked_out_at = now
    audit.record(
        session=session, actor=actor, verb="duty.check_out", subject_type="duty_turn", subject_id=turn.id, now=now
    )
    announce(session=session, now=now)
    return turn


def announce(*, session: Session, now: datetime) -> None:
    """Tell the desk and every open chat that who is there, or who comes next, has changed."""
    live.publish(session=session, channel=live.DESK, kind="duty", now=now)
    live.publish(session=session, channel=live.HOURS, kind="hours", now=now)


def add_turn(
    *,
    session: Session,
    actor: StaffMember,
    staff: StaffMember,
    position: DutyPosition,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> DutyTurn:
    """Put a colleague on the roster; refuse a turn that ends before it starts or meets another of theirs."""
    if ends_at <= starts_at:
        raise Refused(Refusal.ENDS_BEFORE_IT_STARTS, "ends_at")
    if not staff.active:
        raise Refused(Refusal.NOT_ACTIVE, "staff_id")
    turn = DutyTurn(staff=staff, position=position, starts_at=starts_at, ends_at=ends_at)
    try:
        with session.begin_nested():
            session.add(turn)
    except IntegrityError:
        # The database knows of every turn, also of the one that a colleague has just put there.
        raise Refused(Refusal.COLLIDES, "staff_id") from None
    audit.record(
        session=session, actor=actor, verb="duty.add_turn", subject_type="duty_turn", subject_id=turn.id, now=now
    )
    announce(session=session, now=now)
    return turn


def remove_turn(*, session: Session, actor: StaffMember, turn_id: int, now: datetime) -> None:
    """Take a turn that has not begun off the roster; a turn that has begun is history."""
    turn = session.get(DutyTurn, turn_id)
    if turn is None or turn.starts_at <= now:
        raise Refused(Refusal.NOT_FOUND)
    audit.record(
        session=session, actor=actor, verb="duty.remove_turn", subject_type="duty_turn", subject_id=turn.id, now=now
    )
    session.delete(turn)
    announce(session=session, now=now)


def turns_between(*, session: Session, start: datetime, end: datetime) -> Sequence[DutyTurn]:
    """Return every turn that touches the span, in order of time and rung."""
    turns = session.scalars(
        select(DutyTurn).where(DutyTurn.starts_at < end, DutyTurn.ends_at > start).order_by(DutyTurn.starts_at)
    ).all()
    return sorted(turns, key=lambda turn: (turn.starts_at, CHAIN.index(turn.position), turn.id))
