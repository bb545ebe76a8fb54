"""An alarm climbs rung by rung until a named person answers, and passes by whom the case may be about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit, duty, kept_away, live, outbox
from care.clocks import clock
from models.crises import CrisisCase, Escalation
from models.duty import DutyPosition
from models.outbox import OutboxKind
from models.staff import StaffMember


def climb(*, session: Session, case: CrisisCase, now: datetime) -> None:
    """Ring the next rung that has somebody; every rung passed is a row, an empty one too."""
    kept = kept_away.of_case(session=session, case_id=case.id)
    for _ in duty.CHAIN:
        position = duty.CHAIN[case.hops % len(duty.CHAIN)]
        staff = duty.holder(session=session, position=position, at=now, without=kept)
        case.hops += 1
        _record_hop(session=session, case=case, position=position, staff=staff, now=now)
        if staff is not None:
            case.owner = staff
            break
    else:
        # The roster is empty at every rung: somebody who can repair that is told.
        case.owner = duty.last_resort(session=session, at=now, without=kept)
        if case.owner is None and kept:
            # Where nobody else is left at the base, silence would be worse: they learn that somebody is in danger and
            # can fetch help, but they still cannot open the case.
            case.owner = duty.last_resort(session=session, at=now)
    case.climbs_at = now + clock(case.risk).climb
    outbox.queue(
        session=session,
        kind=OutboxKind.CRISIS_NOTICE,
        dedupe_key=f"case-{case.id}-hop-{case.hops}",
        now=now,
        case_id=case.id,
        hop_no=case.hops,
        # After the last rung the alarm starts again and tells everybody.
        everybody=case.hops > len(duty.CHAIN),
    )
    live.publish(session=session, channel=live.DESK, kind="alarm", now=now, case_id=case.id, hop=case.hops)


def _record_hop(
    *, session: Session, case: CrisisCase, position: DutyPosition, staff: StaffMember | None, now: datetime
) -> None:
    session.add(
        Escalation(
            case=case,
            hop_no=case.hops,
            position=position,
            staff=staff,
            at=now,
            seconds=max(0, round((now - case.raised_at).total_seconds())),
        )
    )
    session.flush()


def due_to_climb(*, session: Session, now: datetime) -> Sequence[int]:
    """Return ids of open cases whose alarm nobody answered in time, the highest level first.

    A clock that was set back must not silence an alarm: a climb that is further away than the step
    that runs can be is treated as due.
    """
    rows = session.scalars(
        select(CrisisCase).where(CrisisCase.closed_at.is_(None), CrisisCase.climbs_at.is_not(None))
    ).all()
    due = [case for case in rows if case.climbs_at is not None and (case.climbs_at <= now or _clock_jumped(case, now))]
    due.sort(key=lambda case: (-case.risk.rank, case.climbs_at))
    return [case.id for case in due]


def _clock_jumped(case: CrisisCase, now: datetime) -> bool:
    steps = clock(case.risk)
    longest = steps.climb if case.acknowledged_at is None else max(steps.after_acknowledging, steps.contact)
    assert case.climbs_at is not None
    return case.climbs_at - now > longest + timedelta(seconds=5)


def climb_if_due(*, session: Session, case_id: int, now: datetime) -> bool:
    """Let one case climb if it still must; a case that was answered meanwhile is left alone."""
    case = session.get(CrisisCase, case_id, with_for_update=True, populate_existing=True)
    if case is None or case.closed_at or case.climbs_at is None:
        return False
    if case.climbs_at > now and not _clock_jumped(case, now):
        return False
    if case.acknowledged_at is not None:
        # Taken, but the person has not been spoken with: the promise is broken and the alarm returns.
        case.acknowledged_at, case.acknowledged_by_id = None, None
    climb(session=session, case=case, now=now)
    audit.record(
        session=session,
        actor=None,
        verb="crisis.climb",
        subject_type="crisis_case",
        subject_id=case.id,
        now=now,
        hop=case.hops,
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=case.id)
    return True


def ring_without_them(*, session: Session, case: CrisisCase, now: datetime) -> None:
    """Let the alarm go on to somebody else where whoever is kept away has taken the case or is being rung."""
    kept = kept_away.of_case(session=session, case_id=case.id)
    if case.closed_at is not None or not case.hops or not {case.acknowledged_by_id, case.owner_id} & kept:
        return
    # Their word that they have spoken with the person is not taken either.
    case.acknowledged_at, case.acknowledged_by_id, case.contacted_at = None, None, None
    climb(session=session, case=case, now=now)
