"""When a ladder of follow-ups begins, waits, goes on and ends: the crisis case of the person decides.

`care.crises` calls this while it holds the case, so that no case closes without what follows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit, calendar, caseload, duty, leave, live
from care.follow_up_steps import rules
from models.crises import CrisisCase, UncheckedReason
from models.follow_ups import FollowUp, FollowUpLadder, FollowUpState, LadderEnd, WaiveReason
from models.staff import RoleName, StaffMember, Team
from triage.levels import Level

# Who may keep a follow-up: those who read cases (web/common/access.py says the same of the pages).
KEEPERS = (RoleName.COUNSELOR, RoleName.DUTY_OFFICER, RoleName.SUPERVISOR, RoleName.BASE_MANAGER)
# Whoever was never in danger is not called ten times: the second reader has signed these words.
_NOBODY_TO_FOLLOW = (UncheckedReason.WRONG_PERSON, UncheckedReason.FALSE_ALARM, UncheckedReason.EXERCISE)


def running(*, session: Session, beneficiary_id: int) -> FollowUpLadder | None:
    """Return the person's ladder that has not ended, locked for this unit of work where the database can."""
    return session.scalars(
        select(FollowUpLadder)
        .where(FollowUpLadder.beneficiary_id == beneficiary_id, FollowUpLadder.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def calls_for_one(case: CrisisCase) -> bool:
    """Tell whether the case stood at orange or higher at any time, and was about danger to this person."""
    if case.beneficiary.is_drill or (case.risk_check_id is None and case.unchecked_reason in _NOBODY_TO_FOLLOW):
        return False
    levels = [case.risk, *(Level(flag.level.value) for flag in case.flags)]
    return any(level.is_at_least(Level.ORANGE) for level in levels)


def case_opened(*, session: Session, case: CrisisCase, now: datetime) -> None:
    """Let the person's ladder wait: from now on the clock of the new case speaks."""
    ladder = running(session=session, beneficiary_id=case.beneficiary_id)
    if ladder is None or ladder.paused_at is not None:
        return
    ladder.paused_at = now
    for row in planned(session=session, ladder_id=ladder.id):
        let_go(session=session, row=row)
    _trace(session, None, "follow_up.pause", ladder, now)


def case_closed(*, session: Session, case: CrisisCase, actor: StaffMember, now: datetime) -> FollowUpLadder | None:
    """Begin what follows the case; an older ladder is merged into it, or goes on where this case began none."""
    old = running(session=session, beneficiary_id=case.beneficiary_id)
    if not calls_for_one(case):
        if old is not None:
            _go_on(session, old, actor, now)
        return old
    if old is not None:
        end(session=session, ladder=old, ending=LadderEnd.NEW_CASE, actor=actor, now=now, why=WaiveReason.NEW_CASE)
    return _begin(session, case, actor, now)


def _begin(session: Session, case: CrisisCase, actor: StaffMember, now: datetime) -> FollowUpLadder:
    ladder = FollowUpLadder(case_id=case.id, beneficiary_id=case.beneficiary_id, started_at=now)
    session.add(ladder)
    session.flush()
    for number, step in enumerate(rules().steps, start=1):
        opens_at, due_at, closes_at = step.window(now)
        session.add(
            FollowUp(
                ladder_id=ladder.id,
                step_no=number,
                step=step.name,
                owner_id=owner_for(session=session, case=case, at=due_at, otherwise=actor).id,
                opens_at=opens_at,
                due_at=due_at,
                closes_at=closes_at,
                climbs_at=closes_at,
            )
        )
    session.flush()
    _trace(session, actor, "follow_up.begin", ladder, now)
    return ladder


def preferred(*, session: Session, case: CrisisCase, at: datetime) -> list[StaffMember]:
    """Return who should keep a contact with the person, the nearest first: counselor, case owner, their stand-ins."""
    known = [
        caseload.worker_of(session=session, beneficiary_id=case.beneficiary_id, team=Team.COUNSELOR),
        case.owner,
        case.acknowledged_by,
    ]
    known += [leave.stand_in(session=session, staff_id=one.id, at=at) for one in known if one is not None]
    return list({one.id: one for one in known if one is not None and may_keep(one)}.values())


def may_keep(member: StaffMember) -> bool:
    """Tell whether the colleague is here and reads cases."""
    return member.active and member.has_any(*KEEPERS)


def owner_for(*, session: Session, case: CrisisCase, at: datetime, otherwise: StaffMember | None) -> StaffMember:
    """Return who answers for a contact at a moment; raises LookupError at a base without a single active colleague."""
    wished = [*preferred(session=session, case=case, at=at), *([otherwise] if otherwise else [])]
    for member in wished:
        if may_keep(member) and not leave.is_away(session=session, staff_id=member.id, at=at):
            return member
    turn = duty.expected_turn(session=session, at=at)
    if turn is not None and may_keep(turn.staff):
        return turn.staff
    last = duty.last_resort(session=session) or otherwise
    if last is None:
        raise LookupError("nobody is left at this base")
    return last


def planned(*, session: Session, ladder_id: int) -> Sequence[FollowUp]:
    """Return the attempts of a ladder that are still to come, in order."""
    return session.scalars(
        select(FollowUp)
        .where(FollowUp.ladder_id == ladder_id, FollowUp.state == FollowUpState.PLANNED)
        .order_by(FollowUp.step_no)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def let_go(*, session: Session, row: FollowUp) -> None:
    """Give back the time that was taken for an attempt."""
    hold, row.hold, row.tried_at = row.hold, None, None
    session.flush()
    if hold is not None:
        calendar.release(session=session, hold=hold)


def _go_on(session: Session, ladder: FollowUpLadder, actor: StaffMember, now: datetime) -> None:
    """Go on after a case that began no ladder: what fell into its time was kept by the case itself."""
    ladder.paused_at = None
    for row in planned(session=session, ladder_id=ladder.id):
        if row.closes_at <= now:
            leave_out(session=session, row=row, why=WaiveReason.NEW_CASE, actor=None, now=now)
    _trace(session, actor, "follow_up.go_on", ladder, now)
    finish_if_over(session=session, ladder=ladder, now=now)


def leave_out(
    *,
    session: Session,
    row: FollowUp,
    why: WaiveReason,
    actor: StaffMember | None,
    now: datetime,
    words: str | None = None,
) -> None:
    """Mark an attempt as left out and give its time back."""
    let_go(session=session, row=row)
    row.state, row.waive_reason, row.done_at, row.climbs_at = FollowUpState.WAIVED, why, now, None
    row.done_by_id = actor.id if actor else None
    row.words = words
    session.flush()


def end(
    *,
    session: Session,
    ladder: FollowUpLadder,
    ending: LadderEnd,
    actor: StaffMember | None,
    now: datetime,
    why: WaiveReason,
    words: str | None = None,
) -> None:
    """End the ladder: every contact that was still to come is left out for the same reason."""
    for row in planned(session=session, ladder_id=ladder.id):
        leave_out(session=session, row=row, why=why, actor=actor, now=now, words=words)
    ladder.ended_at, ladder.ending, ladder.ended_by_id = now, ending, actor.id if actor else None
    _trace(session, actor, "follow_up.end", ladder, now)
    session.flush()


def finish_if_over(*, session: Session, ladder: FollowUpLadder, now: datetime) -> None:
    """End a ladder of which nothing is still to come."""
    if ladder.ended_at is None and not planned(session=session, ladder_id=ladder.id):
        ladder.ended_at, ladder.ending = now, LadderEnd.DONE
        _trace(session, None, "follow_up.end", ladder, now)
        session.flush()


def _trace(session: Session, actor: StaffMember | None, verb: str, ladder: FollowUpLadder, now: datetime) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="follow_up_ladder",
        subject_id=ladder.id,
        now=now,
        case_id=ladder.case_id,
        ending=ladder.ending.value if ladder.ending else None,
    )
    live.publish(session=session, channel=live.DESK, kind="follow_up", now=now, ladder_id=ladder.id)
