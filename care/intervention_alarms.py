"""Ring the case again while nobody says whether the one who was sent has arrived, or while a duty is late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from care import audit, crises, intervention_duties, intervention_rules, live
from models.crises import CrisisCase
from models.interventions import CaseDuty, Intervention

# A clock that was set back must not silence an alarm: what lies further ahead than any wait allows is due.
_FURTHEST = timedelta(days=1, minutes=1)


def due(*, session: Session, now: datetime) -> Sequence[int]:
    """Return ids of open cases on which somebody must be asked again, or whose duties are not written down yet."""
    ringing = [
        select(kind.case_id).where(
            kind.alarm_at.is_not(None), or_(kind.alarm_at <= now, kind.alarm_at > now + _FURTHEST)
        )
        for kind in (Intervention, CaseDuty)
    ]
    late = {number for query in ringing for number in session.scalars(query)}
    cases = session.scalars(
        select(CrisisCase)
        .where(CrisisCase.closed_at.is_(None))
        .options(selectinload(CrisisCase.flags), joinedload(CrisisCase.beneficiary))
        .order_by(CrisisCase.id)
    ).all()
    return [case.id for case in cases if case.id in late or _misses_a_duty(session, case)]


def _misses_a_duty(session: Session, case: CrisisCase) -> bool:
    """Tell whether the age, told after the flag, asks for something that is not written down."""
    wanted = intervention_rules.asked_for(case)
    if not wanted:
        return False
    there = {row.kind for row in intervention_duties.of_case(session=session, case_id=case.id)}
    return any(kind not in there for kind in wanted)


def ring(*, session: Session, case_id: int, now: datetime) -> bool:
    """Let the case ring once for everything on it that is due; tell whether anything was."""
    case = session.get(CrisisCase, case_id, with_for_update=True, populate_existing=True)
    if case is None or case.closed_at is not None:
        return False
    added = intervention_duties.expect(session=session, case=case, now=now)
    rang = [_again(row, now) for row in _open_rows(session, case_id)]
    if any(rang):
        # Whoever took the case has not answered: their word is not enough any more, and the chain begins to climb.
        case.acknowledged_at, case.acknowledged_by_id = None, None
        crises.climb(session=session, case=case, now=now)
        audit.record(
            session=session,
            actor=None,
            verb="intervention.alarm",
            subject_type="crisis_case",
            subject_id=case_id,
            now=now,
            count=sum(rang),
        )
        live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=case_id)
    session.flush()
    return bool(added) or any(rang)


def _open_rows(session: Session, case_id: int) -> list[Intervention | CaseDuty]:
    steps = session.scalars(
        select(Intervention).where(Intervention.case_id == case_id, Intervention.alarm_at.is_not(None))
    ).all()
    duties = session.scalars(select(CaseDuty).where(CaseDuty.case_id == case_id, CaseDuty.alarm_at.is_not(None))).all()
    return [*steps, *duties]


def _again(row: Intervention | CaseDuty, now: datetime) -> bool:
    assert row.alarm_at is not None
    if now < row.alarm_at <= now + _FURTHEST:
        return False
    rests = (
        intervention_rules.arrival_again() if isinstance(row, Intervention) else intervention_rules.duty_again(row.kind)
    )
    row.alarms, row.alarm_at = row.alarms + 1, now + rests
    return True
