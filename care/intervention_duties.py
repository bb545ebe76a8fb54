"""What a case must not be closed without: the word with the guardian, and the report of harm to a minor.

`care.crises` calls the first two while it holds the case; care/intervention_alarms.py lets the case ring.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, intervention_rules, kept_away, live
from care.refusals import Refusal, Refused
from models.crises import CrisisCase
from models.interventions import CaseDuty, DutyKind, DutyOutcome, Intervention, ReportedTo
from models.staff import RoleName, StaffMember

LONGEST_WORDS = 2_000
# Leaving a report undone is a decision about the law; it carries the name of somebody who leads.
LEADS = (RoleName.SUPERVISOR, RoleName.BASE_MANAGER)


def expect(*, session: Session, case: CrisisCase, now: datetime, asked_by: StaffMember | None = None) -> list[CaseDuty]:
    """Write down what the age and the flags ask for and is not there yet; return what was added."""
    there = {row.kind for row in of_case(session=session, case_id=case.id)}
    wanted = [kind for kind in intervention_rules.asked_for(case) if kind not in there]
    return [row for kind in wanted if (row := _add(session, case, kind, asked_by, now)) is not None]


def _add(
    session: Session, case: CrisisCase, kind: DutyKind, asked_by: StaffMember | None, now: datetime
) -> CaseDuty | None:
    due_at = now + intervention_rules.duty_due(kind, case.beneficiary.age_band)
    row = CaseDuty(
        case_id=case.id,
        kind=kind,
        created_at=now,
        created_by_id=asked_by.id if asked_by else None,
        due_at=due_at,
        alarm_at=due_at,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # Another voice saw the same in this moment.
        return None
    _trace(session, asked_by, "duty_of_care.expect", row, now)
    return row


def must_be_over(*, session: Session, case_id: int) -> None:
    """Refuse to close a case from which somebody was sent and not answered for, or on which a duty is open."""
    waiting = session.scalar(
        select(Intervention.id).where(Intervention.case_id == case_id, Intervention.alarm_at.is_not(None)).limit(1)
    )
    if waiting is not None:
        raise Refused(Refusal.ARRIVAL_OPEN)
    duty = session.scalar(select(CaseDuty.id).where(CaseDuty.case_id == case_id, CaseDuty.outcome.is_(None)).limit(1))
    if duty is not None:
        raise Refused(Refusal.DUTY_OPEN)


def of_case(*, session: Session, case_id: int) -> Sequence[CaseDuty]:
    """Return the duties of a case, open and settled, the oldest first."""
    return session.scalars(select(CaseDuty).where(CaseDuty.case_id == case_id).order_by(CaseDuty.id)).all()


def report_is_told(*, session: Session, case: CrisisCase) -> bool:
    """Tell whether a colleague has said that a minor is hurt and the report for it is still due."""
    told = any(intervention_rules.TOLD in flag.reasons for flag in case.flags)
    return told and any(
        row.kind is DutyKind.REPORT and row.outcome is None for row in of_case(session=session, case_id=case.id)
    )


def done(
    *,
    session: Session,
    duty_id: int,
    actor: StaffMember,
    words: str,
    now: datetime,
    reported_to: ReportedTo | None = None,
) -> CaseDuty:
    """Write down that the guardian knows, or to whom the report was made and what was said."""
    row = _open(session, duty_id, actor)
    if row.kind is DutyKind.REPORT and reported_to is None:
        raise Refused(Refusal.EMPTY, "reported_to")
    said = _words(words)
    row.reported_to = reported_to if row.kind is DutyKind.REPORT else None
    _settle(session, row, DutyOutcome.DONE, actor, said, now)
    return row


def refuse(*, session: Session, duty_id: int, actor: StaffMember, words: str, now: datetime) -> CaseDuty:
    """Leave it undone with a reason, for instance because the guardian is the one who hurts.

    That a report is not made is signed by a supervisor or the base manager: Refused(ONLY_A_LEAD).
    """
    row = _open(session, duty_id, actor)
    if row.kind is DutyKind.REPORT and not actor.has_any(*LEADS):
        raise Refused(Refusal.ONLY_A_LEAD, "words")
    said = _words(words)
    _settle(session, row, DutyOutcome.REFUSED, actor, said, now)
    return row


def _settle(
    session: Session, row: CaseDuty, outcome: DutyOutcome, actor: StaffMember, words: str, now: datetime
) -> None:
    row.outcome, row.settled_at, row.settled_by_id = outcome, now, actor.id
    row.words, row.alarm_at = words, None
    session.flush()
    _trace(session, actor, f"duty_of_care.{outcome.value}", row, now)


def _open(session: Session, duty_id: int, actor: StaffMember) -> CaseDuty:
    row = session.get(CaseDuty, duty_id)
    if row is None or not actor.active:
        raise Refused(Refusal.NOT_FOUND)
    # The case first, as closing takes it: of "settled" and "closed" in one second one waits for the other.
    session.get(CrisisCase, row.case_id, with_for_update=True, populate_existing=True)
    kept_away.must_be_free(session=session, case_id=row.case_id, actor=actor)
    row = session.get(CaseDuty, duty_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    if row.outcome is not None:
        raise Refused(Refusal.DUTY_SETTLED, "words")
    return row


def _words(given: str) -> str:
    said = given.strip()
    if len(said) > LONGEST_WORDS:
        raise Refused(Refusal.TOO_LONG, "words")
    if not said:
        raise Refused(Refusal.REASON_MISSING, "words")
    return said


def _trace(session: Session, actor: StaffMember | None, verb: str, row: CaseDuty, now: datetime) -> None:
    session.flush()
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="crisis_case",
        subject_id=row.case_id,
        now=now,
        duty=row.kind.value,
        reported_to=row.reported_to.value if row.reported_to else None,
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=row.case_id)
    session.flush()
