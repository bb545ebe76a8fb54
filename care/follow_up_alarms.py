"""Remind of a follow-up when its window opens; a missed one climbs: owner, supervisor, base leader, again and again.

The first days after a red case are the most dangerous ones: a contact of them that was missed, or found nobody as often
as it may be tried, opens a case, whose alarm and clock go on until somebody has spoken with the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from care import audit, crises, duty, duty_gaps, live, notices, supervision
from care.follow_up_steps import rules
from models.crises import FlagSource
from models.duty import DutyPosition
from models.follow_ups import FollowUp, FollowUpClimb, FollowUpLadder, FollowUpState, Rung
from models.staff import RoleName, StaffMember
from triage.levels import Level

_CHAIN = tuple(Rung)


def due_to_remind(*, session: Session, now: datetime) -> Sequence[int]:
    """Return ids of attempts whose moment has come and of which the owner has not been told."""
    return session.scalars(
        _waiting().where(FollowUp.reminded_at.is_(None), FollowUp.opens_at <= now).order_by(FollowUp.due_at)
    ).all()


def remind(*, session: Session, follow_up_id: int, now: datetime) -> bool:
    """Tell the owner once, in neutral words, that something is to be done before the window closes."""
    row = session.get(FollowUp, follow_up_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not FollowUpState.PLANNED or row.reminded_at is not None or not _is_awake(row):
        return False
    row.reminded_at = now
    notices.tell(
        session=session,
        to=row.owner,
        words="notice.desk_by",
        now=now,
        dedupe_key=f"follow-up-{row.id}-by-{row.owner_id}",
        not_after=row.closes_at,
        link="/staff/follow-ups",
        when=row.closes_at,
    )
    return True


def due_to_climb(*, session: Session, now: datetime) -> Sequence[int]:
    """Return ids of missed attempts whose next hop is due, the longest missed first.

    A clock that was set back must not silence a hop: one that is further away than the longest step allows is due.
    """
    far = now + max(rules().climb) + timedelta(seconds=5)
    jumped = (FollowUp.hops > 0) & (FollowUp.climbs_at > FollowUp.closes_at) & (FollowUp.climbs_at > far)
    return session.scalars(_waiting().where(or_(FollowUp.climbs_at <= now, jumped)).order_by(FollowUp.closes_at)).all()


def _waiting() -> Select[int]:
    return (
        select(FollowUp.id)
        .join(FollowUp.ladder)
        .where(
            FollowUp.state == FollowUpState.PLANNED,
            FollowUpLadder.paused_at.is_(None),
            FollowUpLadder.ended_at.is_(None),
        )
    )


def _is_awake(row: FollowUp) -> bool:
    return row.ladder.paused_at is None and row.ladder.ended_at is None


def climb(*, session: Session, follow_up_id: int, now: datetime) -> bool:
    """Tell the next rung of a missed contact; every hop is a row, an empty rung too. Tell False if it was kept."""
    row = session.get(FollowUp, follow_up_id, populate_existing=True)
    if row is None or not _is_due(row, now):
        return False
    with session.begin_nested() as attempt:
        if _opens_a_case(row):
            # Before the row is held: a message that opens a case takes the two in this order too.
            _open_a_case(session, row, now)
        session.refresh(row, with_for_update=True)
        if row.state is not FollowUpState.PLANNED or not _has_run_out(row, now):
            # Kept, or told by another sweep, in this very moment: nothing of this hop has happened.
            attempt.rollback()
            return False
        _hop(session, row, now)
    return True


def _is_due(row: FollowUp, now: datetime) -> bool:
    return row.state is FollowUpState.PLANNED and _is_awake(row) and _has_run_out(row, now)


def _has_run_out(row: FollowUp, now: datetime) -> bool:
    if row.climbs_at is None:
        return False
    return row.climbs_at <= now or row.climbs_at - now > max(rules().climb)


def _opens_a_case(row: FollowUp) -> bool:
    step = next((one for one in rules().steps if one.name == row.step), None)
    if step is None or not step.opens_a_case:
        return False
    case = row.ladder.case
    return any(level.is_at_least(Level.RED) for level in (case.risk, *(Level(one.level.value) for one in case.flags)))


def _open_a_case(session: Session, row: FollowUp, now: datetime) -> None:
    crises.raise_flag(
        session=session,
        beneficiary=row.ladder.beneficiary,
        conversation=None,
        signal=crises.Signal(source=FlagSource.STAFF, level=Level.ORANGE, reasons=("follow_up_missed",)),
        now=now,
    )


def _hop(session: Session, row: FollowUp, now: datetime) -> None:
    for place in range(min(row.hops, len(_CHAIN) - 1), len(_CHAIN)):
        told = _whom(session, row, _CHAIN[place], now)
        row.hops += 1
        _note(session, row, _CHAIN[place], told, now)
        if told:
            break
    row.climbs_at = now + rules().climb[min(row.hops, len(rules().climb)) - 1]
    live.publish(session=session, channel=live.DESK, kind="follow_up", now=now, ladder_id=row.ladder_id)
    session.flush()


def _note(session: Session, row: FollowUp, rung: Rung, told: Sequence[StaffMember], now: datetime) -> None:
    session.add(
        FollowUpClimb(follow_up_id=row.id, hop_no=row.hops, rung=rung, staff_id=told[0].id if told else None, at=now)
    )
    for person in told:
        notices.tell(
            session=session,
            to=person,
            words="notice.desk",
            now=now,
            dedupe_key=f"follow-up-late-{row.id}-{row.hops}-{person.id}",
            link="/staff/follow-ups",
        )
    audit.record(
        session=session,
        actor=None,
        verb="follow_up.climb",
        subject_type="follow_up",
        subject_id=row.id,
        now=now,
        hop=row.hops,
        rung=rung.value,
    )
    session.flush()


def _whom(session: Session, row: FollowUp, rung: Rung, now: datetime) -> list[StaffMember]:
    """Return who is told at a rung, the one whose name stands in the row first."""
    if rung is Rung.OWNER:
        return [row.owner] if row.owner.active else []
    if rung is Rung.SUPERVISOR:
        own = supervision.supervisor_of(session=session, staff_id=row.owner_id)
        on_duty = duty.holder(session=session, position=DutyPosition.SUPERVISOR, at=now)
        leads = [one for one in duty_gaps.leads(session=session) if one.has_any(RoleName.SUPERVISOR)]
        return _first_of(own, on_duty, *leads)
    on_duty = duty.holder(session=session, position=DutyPosition.BASE_LEADER, at=now)
    managers = [one for one in duty_gaps.leads(session=session) if one.has_any(RoleName.BASE_MANAGER)]
    return _first_of(on_duty, *managers, duty.last_resort(session=session))


def _first_of(*wished: StaffMember | None) -> list[StaffMember]:
    return [one for one in wished if one is not None and one.active][:1]
