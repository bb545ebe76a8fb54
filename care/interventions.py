"""The least-invasive ladder on a case: ask, plan, relative or guardian, somebody from nearby, police or ambulance.

Each step has consent or a reason. Whoever is sent is waited for; the last two rungs are read by a second colleague,
before where time allows, afterwards where it does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from care import audit, contact_checks, intervention_rules, kept_away, live, notices, supervision
from care.duty_gaps import leads
from care.intervention_rules import RUNG, SENT
from care.refusals import Refusal, Refused
from models.crises import CrisisCase
from models.interventions import Basis, Intervention, StepEnd, StepKind, Verdict
from models.staff import RoleName, StaffMember

LONGEST_WORDS = 2_000
READERS = (RoleName.SUPERVISOR, RoleName.BASE_MANAGER)
_WITH_A_YES = (Basis.CONSENT, Basis.GUARDIAN_CONSENT)
_ENDS = (StepEnd.DONE, StepEnd.ARRIVED, StepEnd.NOT_NEEDED, StepEnd.FAILED)


@dataclass(frozen=True)
class Step:
    """What a colleague is about to do, or has done."""

    kind: StepKind
    basis: Basis
    words: str = ""
    # Why without a yes, or why this step before a smaller one.
    reason: str = ""
    # Only for who is sent: in how many minutes they should be there; the usual time where it is not given.
    minutes: int | None = None
    # Only for who is sent: a supervisor reads it first, because there is time.
    ask_first: bool = False


def take(*, session: Session, case_id: int, actor: StaffMember, step: Step, key: str, now: datetime) -> Intervention:
    """Write a step down and begin it; the same form sent twice sends nobody twice.

    Raises Refused(REASON_MISSING, "reason") without a yes, or where a smaller step was left out, and no reason given.
    """
    known = session.scalars(select(Intervention).where(Intervention.key == key)).first()
    if known is not None:
        if known.case_id != case_id or known.proposed_by_id != actor.id:
            raise Refused(Refusal.KEY_USED)
        return known
    case = _open_case(session, case_id)
    kept_away.must_be_free(session=session, case_id=case.id, actor=actor)
    reason, words = _words(step.reason, "reason"), _words(step.words, "words")
    if not reason and (step.basis not in _WITH_A_YES or leaves_out(session=session, case_id=case.id, kind=step.kind)):
        raise Refused(Refusal.REASON_MISSING, "reason")
    if step.kind in (StepKind.RELATIVE, StepKind.GUARDIAN) and not reason:
        contact = case.beneficiary.emergency_contact
        # Who was named may be who does harm: whoever rings a relative says that it is somebody else, or why even so.
        if (
            contact is not None
            and contact_checks.offer(session=session, contact=contact) is not contact_checks.Offer.OPEN
        ):
            raise Refused(Refusal.CONTACT_NOT_SAFE, "reason")
    row = Intervention(
        key=key,
        case_id=case.id,
        kind=step.kind,
        basis=step.basis,
        reason=reason or None,
        words=words or None,
        proposed_at=now,
        proposed_by_id=actor.id,
    )
    if not (step.kind in SENT and step.ask_first):
        _begin(row, actor, _wait(step.kind, step.minutes), now)
    session.add(row)
    session.flush()
    _trace(session, actor, "intervention.take", row, now)
    if step.kind in SENT:
        _ask_reader(session, row, actor, now)
    return row


def _wait(kind: StepKind, minutes: int | None) -> timedelta | None:
    if kind not in SENT:
        return None
    if minutes is None:
        return intervention_rules.arrival(kind)
    wait = timedelta(minutes=minutes)
    if not timedelta(0) < wait <= intervention_rules.longest_arrival():
        raise Refused(Refusal.WRONG_VALUE, "minutes")
    return wait


def _begin(row: Intervention, actor: StaffMember, wait: timedelta | None, now: datetime) -> None:
    row.begun_at, row.begun_by_id = now, actor.id
    if wait is not None:
        row.expected_at = row.alarm_at = now + wait
    elif row.kind not in (StepKind.RELATIVE, StepKind.GUARDIAN):
        # A question and a plan are over when they are written down; with a relative one waits for an answer.
        row.ended_at, row.ended_by_id, row.ending = now, actor.id, StepEnd.DONE


def leaves_out(*, session: Session, case_id: int, kind: StepKind) -> bool:
    """Tell whether a smaller step has not been tried on this case: then the bigger one says why."""
    tried = {
        RUNG[row.kind]
        for row in of_case(session=session, case_id=case_id)
        if row.begun_at is not None and row.ending is not StepEnd.NOT_AGREED
    }
    return any(rung not in tried for rung in range(1, RUNG[kind]))


def _ask_reader(session: Session, row: Intervention, actor: StaffMember, now: datetime) -> None:
    reader = supervision.supervisor_of(session=session, staff_id=actor.id)
    wished = [reader] if reader is not None and reader.active else list(leads(session=session))
    for person in wished:
        if person.id == actor.id:
            continue
        notices.tell(
            session=session,
            to=person,
            words="notice.urgent" if row.begun_at is None else "notice.desk",
            now=now,
            dedupe_key=f"step-{row.id}-read-{person.id}",
            link=f"/staff/cases/{row.case_id}",
            urgent=row.begun_at is None,
        )


def begin(
    *, session: Session, step_id: int, actor: StaffMember, now: datetime, minutes: int | None = None, reason: str = ""
) -> Intervention:
    """Send somebody after the second reader has agreed, or at once where it cannot wait, with a reason."""
    row = _row(session, step_id, actor)
    if row.ended_at is not None:
        raise Refused(Refusal.STEP_OVER)
    if row.begun_at is not None:
        return row
    said = _words(reason, "reason")
    if row.verdict is not Verdict.AGREED and not said:
        raise Refused(Refusal.STEP_UNREAD, "reason")
    if said:
        row.reason = f"{row.reason}\n{said}" if row.reason else said
    _begin(row, actor, _wait(row.kind, minutes), now)
    _trace(session, actor, "intervention.begin", row, now)
    return row


def read(
    *, session: Session, step_id: int, actor: StaffMember, verdict: Verdict, words: str, now: datetime
) -> Intervention:
    """Give the word of the second reader. A no before the step ends it; a no afterwards stays beside it to be read."""
    row = _row(session, step_id, actor)
    if row.kind not in SENT or not actor.has_any(*READERS):
        raise Refused(Refusal.NOT_FOUND)
    if row.proposed_by_id == actor.id or row.begun_by_id == actor.id:
        raise Refused(Refusal.OWN_STEP)
    if row.verdict is not None:
        if row.reader_id == actor.id and row.verdict is verdict:
            return row
        raise Refused(Refusal.ALREADY_READ)
    said = _words(words, "reader_words")
    if verdict is Verdict.NOT_AGREED and not said:
        raise Refused(Refusal.REASON_MISSING, "reader_words")
    row.verdict, row.reader_id, row.read_at, row.reader_words = verdict, actor.id, now, said or None
    if verdict is Verdict.NOT_AGREED and row.begun_at is None and row.ended_at is None:
        row.ended_at, row.ended_by_id, row.ending = now, actor.id, StepEnd.NOT_AGREED
    _trace(session, actor, "intervention.read", row, now, verdict=verdict.value)
    return row


def finish(
    *, session: Session, step_id: int, actor: StaffMember, ending: StepEnd, words: str, now: datetime
) -> Intervention:
    """Say how the step ended: they arrived, it was done, it was not needed, or it failed. Only then the alarm rests."""
    row = _row(session, step_id, actor)
    if ending not in _ENDS or (ending is StepEnd.ARRIVED and (row.kind not in SENT or row.begun_at is None)):
        raise Refused(Refusal.WRONG_VALUE, "ending")
    if row.ended_at is not None:
        if row.ending is ending and row.ended_by_id == actor.id:
            return row
        raise Refused(Refusal.STEP_OVER)
    said = _words(words, "ending_words")
    if ending in (StepEnd.NOT_NEEDED, StepEnd.FAILED) and not said:
        raise Refused(Refusal.REASON_MISSING, "ending_words")
    row.ended_at, row.ended_by_id, row.ending, row.alarm_at = now, actor.id, ending, None
    row.ending_words = said or None
    _trace(session, actor, "intervention.finish", row, now, ending=ending.value)
    return row


def wait_longer(*, session: Session, step_id: int, actor: StaffMember, minutes: int, now: datetime) -> Intervention:
    """Answer "not yet": whoever was sent is asked after again in so many minutes."""
    row = _row(session, step_id, actor)
    if row.ended_at is not None or row.begun_at is None or row.kind not in SENT:
        raise Refused(Refusal.STEP_OVER)
    wait = _wait(row.kind, minutes)
    assert wait is not None
    row.expected_at = row.alarm_at = now + wait
    _trace(session, actor, "intervention.wait", row, now, minutes=minutes)
    return row


def of_case(*, session: Session, case_id: int) -> Sequence[Intervention]:
    """Return the steps of a case in the order in which they were written down."""
    return session.scalars(select(Intervention).where(Intervention.case_id == case_id).order_by(Intervention.id)).all()


def unread(*, session: Session) -> Sequence[Intervention]:
    """Return the steps that wait for a second reader, those that have not begun first: they wait for it."""
    return session.scalars(
        select(Intervention)
        .where(
            Intervention.kind.in_(SENT),
            Intervention.verdict.is_(None),
            or_(Intervention.begun_at.is_not(None), Intervention.ended_at.is_(None)),
        )
        .order_by(Intervention.begun_at.is_not(None), Intervention.proposed_at)
    ).all()


def _open_case(session: Session, case_id: int) -> CrisisCase:
    case = session.get(CrisisCase, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise Refused(Refusal.NOT_FOUND)
    if case.closed_at is not None:
        raise Refused(Refusal.CASE_CLOSED)
    return case


def _row(session: Session, step_id: int, actor: StaffMember) -> Intervention:
    row = session.get(Intervention, step_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    kept_away.must_be_free(session=session, case_id=row.case_id, actor=actor)
    # The case first, as closing takes it.
    session.get(CrisisCase, row.case_id, with_for_update=True, populate_existing=True)
    return session.get_one(Intervention, step_id, with_for_update=True, populate_existing=True)


def _words(given: str, field: str) -> str:
    said = given.strip()
    if len(said) > LONGEST_WORDS:
        raise Refused(Refusal.TOO_LONG, field)
    return said


def _trace(session: Session, actor: StaffMember, verb: str, row: Intervention, now: datetime, **more: object) -> None:
    session.flush()
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="crisis_case",
        subject_id=row.case_id,
        now=now,
        step=row.kind.value,
        basis=row.basis.value,
        **more,
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=row.case_id)
    session.flush()
