"""Leave with a stand-in: asked, approved or declined with a reason, taken back. Two leaves never overlap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, live
from care.refusals import Refusal, Refused
from models.leave import Leave, LeaveCell, LeaveState
from models.staff import RoleName, StaffMember

Span = tuple[datetime, datetime]

# Leave begins and ends on the half hour.
STEP = timedelta(minutes=30)
# Parental leave is the longest that a base plans in one piece.
LONGEST = timedelta(days=366)
LONGEST_NOTE = 500
_RUNNING = (LeaveState.ASKED, LeaveState.APPROVED)
# Whoever stands in may be away too; after this many steps nobody is left who knows the people.
_LONGEST_CHAIN = 5


def ask(
    *,
    session: Session,
    actor: StaffMember,
    staff_id: int,
    starts_at: datetime,
    ends_at: datetime,
    stand_in_id: int | None,
    note: str,
    now: datetime,
) -> Leave:
    """Ask for leave, for oneself or for a colleague who fell ill; it counts once somebody approves it."""
    _check_span(starts_at, ends_at)
    if len(note) > LONGEST_NOTE:
        raise Refused(Refusal.TOO_LONG, "note")
    member = session.get(StaffMember, staff_id)
    if member is None or not member.active:
        raise Refused(Refusal.NOT_ACTIVE, "staff_id")
    if stand_in_id is not None:
        _check_stand_in(session, staff_id, stand_in_id, (starts_at, ends_at))
    if _stands_in_for(session, staff_id, (starts_at, ends_at)):
        raise Refused(Refusal.STANDS_IN, "starts_at")
    row = Leave(
        staff_id=staff_id,
        stand_in_id=stand_in_id,
        starts_at=starts_at,
        ends_at=ends_at,
        note=note.strip() or None,
        asked_at=now,
    )
    _take(session, row)
    _trace(session, actor, "leave.ask", row, now)
    return row


def _check_span(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise Refused(Refusal.ENDS_BEFORE_IT_STARTS, "ends_at")
    if ends_at - starts_at > LONGEST:
        raise Refused(Refusal.LEAVE_TOO_LONG, "ends_at")
    for field, at in (("starts_at", starts_at), ("ends_at", ends_at)):
        if at.timestamp() % STEP.total_seconds():
            raise Refused(Refusal.WRONG_VALUE, field)


def _check_stand_in(session: Session, staff_id: int, stand_in_id: int, span: Span) -> None:
    stand_in = session.get(StaffMember, stand_in_id)
    if stand_in is None or not stand_in.active or stand_in_id == staff_id:
        raise Refused(Refusal.STAND_IN_AWAY, "stand_in_id")
    if _overlapping(session, Leave.staff_id == stand_in_id, span):
        raise Refused(Refusal.STAND_IN_AWAY, "stand_in_id")


def _stands_in_for(session: Session, staff_id: int, span: Span) -> bool:
    return bool(_overlapping(session, Leave.stand_in_id == staff_id, span))


def _overlapping(session: Session, whose: object, span: Span) -> Sequence[Leave]:
    query = select(Leave).where(
        whose,  # type: ignore[arg-type]
        Leave.state.in_(_RUNNING),
        Leave.starts_at < span[1],
        Leave.ends_at > span[0],
    )
    return session.scalars(query.order_by(Leave.starts_at)).all()


def _take(session: Session, row: Leave) -> None:
    """Write the leave with its half hours, or refuse; a leave asked for twice meets itself here."""
    first, last = (int(at.astimezone(UTC).timestamp() // STEP.total_seconds()) for at in (row.starts_at, row.ends_at))
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
            session.execute(
                insert(LeaveCell),
                [{"staff_id": row.staff_id, "cell": cell, "leave_id": row.id} for cell in range(first, last)],
            )
    except IntegrityError as error:
        raise Refused(Refusal.LEAVE_OVERLAPS, "starts_at") from error


def approve(*, session: Session, actor: StaffMember, leave_id: int, now: datetime) -> Leave:
    """Say yes; refused for one's own leave, and when the stand-in has gone away meanwhile."""
    row = _open(session, actor, leave_id)
    if row.stand_in_id is not None:
        _check_stand_in(session, row.staff_id, row.stand_in_id, (row.starts_at, row.ends_at))
    _decide(row, LeaveState.APPROVED, actor, now)
    _trace(session, actor, "leave.approve", row, now)
    return row


def decline(*, session: Session, actor: StaffMember, leave_id: int, reason: str, now: datetime) -> Leave:
    """Say no, with a reason that the person reads."""
    row = _open(session, actor, leave_id)
    said = reason.strip()
    if not said:
        raise Refused(Refusal.REASON_MISSING, "reason")
    row.reason = said[:LONGEST_NOTE]
    _decide(row, LeaveState.DECLINED, actor, now)
    _give_back(session, row)
    _trace(session, actor, "leave.decline", row, now)
    return row


def cancel(*, session: Session, actor: StaffMember, leave_id: int, now: datetime) -> Leave:
    """Take a leave back before it ends: one's own, or any for those who decide. The row stays."""
    row = session.get(Leave, leave_id, with_for_update=True)
    if row is None or (row.staff_id != actor.id and not may_decide(actor)):
        raise Refused(Refusal.NOT_FOUND)
    if row.state not in _RUNNING or row.ends_at <= now:
        raise Refused(Refusal.ALREADY_DECIDED)
    _decide(row, LeaveState.CANCELLED, actor, now)
    _give_back(session, row)
    _trace(session, actor, "leave.cancel", row, now)
    return row


def may_decide(actor: StaffMember) -> bool:
    """Tell whether the colleague may approve the leave of others."""
    return actor.has_any(RoleName.SUPERVISOR, RoleName.BASE_MANAGER)


def _open(session: Session, actor: StaffMember, leave_id: int) -> Leave:
    row = session.get(Leave, leave_id, with_for_update=True)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    if row.state is not LeaveState.ASKED:
        raise Refused(Refusal.ALREADY_DECIDED)
    if row.staff_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN)
    return row


def _decide(row: Leave, state: LeaveState, actor: StaffMember, now: datetime) -> None:
    row.state, row.decided_at, row.decided_by_id = state, now, actor.id


def _give_back(session: Session, row: Leave) -> None:
    session.execute(delete(LeaveCell).where(LeaveCell.leave_id == row.id))


def _trace(session: Session, actor: StaffMember, verb: str, row: Leave, now: datetime) -> None:
    session.flush()
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="leave",
        subject_id=row.id,
        now=now,
        staff_id=row.staff_id,
        stand_in_id=row.stand_in_id,
    )
    live.publish(session=session, channel=live.DESK, kind="leave", now=now, staff_id=row.staff_id)
    session.flush()


# Built once: each search for a free time asks this.
_AWAY = (
    select(Leave.staff_id, Leave.starts_at, Leave.ends_at)
    .where(
        Leave.staff_id.in_(bindparam("ids", expanding=True)),
        Leave.state == LeaveState.APPROVED,
        Leave.starts_at < bindparam("ends"),
        Leave.ends_at > bindparam("begins"),
    )
    .order_by(Leave.starts_at)
)


def spans(*, session: Session, staff_ids: Sequence[int], start: datetime, end: datetime) -> dict[int, list[Span]]:
    """Return when each colleague is away between two moments: approved leave only, in order."""
    found: dict[int, list[Span]] = {staff_id: [] for staff_id in staff_ids}
    rows = session.execute(_AWAY, {"ids": list(staff_ids), "begins": start, "ends": end})
    for staff_id, starts_at, ends_at in rows:
        found[staff_id].append((starts_at, ends_at))
    return found


def is_away(*, session: Session, staff_id: int, at: datetime) -> bool:
    """Tell whether the colleague is on approved leave at the moment."""
    return running(session=session, staff_id=staff_id, at=at) is not None


def running(*, session: Session, staff_id: int, at: datetime) -> Leave | None:
    """Return the approved leave that covers the moment."""
    return session.scalars(
        select(Leave).where(
            Leave.staff_id == staff_id,
            Leave.state == LeaveState.APPROVED,
            Leave.starts_at <= at,
            Leave.ends_at > at,
        )
    ).first()


def stand_in(*, session: Session, staff_id: int, at: datetime) -> StaffMember | None:
    """Return who acts for a colleague who is away; follows on when the stand-in is away too. None: nobody does."""
    asked, current = {staff_id}, staff_id
    for _step in range(_LONGEST_CHAIN):
        leave = running(session=session, staff_id=current, at=at)
        if leave is None or leave.stand_in is None or leave.stand_in_id in asked:
            return None
        current = leave.stand_in.id
        asked.add(current)
        if leave.stand_in.active and not is_away(session=session, staff_id=current, at=at):
            return leave.stand_in
    return None


def of(*, session: Session, staff_id: int) -> Sequence[Leave]:
    """Return every leave of the colleague, the latest first; nothing disappears."""
    return session.scalars(
        select(Leave).where(Leave.staff_id == staff_id).order_by(Leave.starts_at.desc(), Leave.id.desc())
    ).all()


def waiting(*, session: Session) -> Sequence[Leave]:
    """Return what waits for a decision, the soonest leave first."""
    return session.scalars(select(Leave).where(Leave.state == LeaveState.ASKED).order_by(Leave.starts_at)).all()


def ahead(*, session: Session, now: datetime, days: int = 60) -> Sequence[Leave]:
    """Return who is away now and in the coming weeks, asked for or approved, in order."""
    return session.scalars(
        select(Leave)
        .where(Leave.state.in_(_RUNNING), Leave.ends_at > now, Leave.starts_at < now + timedelta(days=days))
        .order_by(Leave.starts_at, Leave.id)
    ).all()
