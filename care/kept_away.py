"""Whom a report or a complaint may mean is not rung by that case and does not decide about it; the alarm passes on.

Rather one too many than one who is rung about themselves: a name that only looks alike costs the alarm one rung, and
a lead whom it does not mean lets that colleague back with one tap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit, duty_gaps, live
from care.refusals import Refusal, Refused
from models.crises import CrisisCase
from models.kept_away import KeptFromCase, KeptWhy
from models.staff import Role, RoleName, StaffMember

# Who lets a colleague back. Keeping one away is open to everybody at the desk: fear is said to whoever is there.
MAY_DECIDE = (RoleName.SUPERVISOR, RoleName.BASE_MANAGER)
AT_THE_DESK = (RoleName.COUNSELOR, RoleName.DUTY_OFFICER, RoleName.SUPERVISOR, RoleName.BASE_MANAGER)
LONGEST_WORDS = 500


def of_case(*, session: Session, case_id: int) -> frozenset[int]:
    """Return the numbers of the colleagues who are kept away from the case."""
    return frozenset(
        session.scalars(
            select(KeptFromCase.staff_id).where(KeptFromCase.case_id == case_id, KeptFromCase.let_back_at.is_(None))
        )
    )


def of_person(*, session: Session, beneficiary_id: int) -> frozenset[int]:
    """Return the numbers of the colleagues who are kept away from the person's open case."""
    return frozenset(
        session.scalars(
            select(KeptFromCase.staff_id)
            .join(CrisisCase, CrisisCase.id == KeptFromCase.case_id)
            .where(
                CrisisCase.beneficiary_id == beneficiary_id,
                CrisisCase.closed_at.is_(None),
                KeptFromCase.let_back_at.is_(None),
            )
        )
    )


def rows_of(*, session: Session, case_id: int) -> Sequence[KeptFromCase]:
    """Return everybody who is or was kept away from the case, in order."""
    return session.scalars(
        select(KeptFromCase).where(KeptFromCase.case_id == case_id).order_by(KeptFromCase.since, KeptFromCase.staff_id)
    ).all()


def candidates(*, session: Session, case_id: int, actor: StaffMember) -> Sequence[StaffMember]:
    """Return whom somebody could keep away: everybody who could be rung or take part, and is not kept away yet."""
    return (
        session.scalars(
            select(StaffMember)
            .join(StaffMember.roles)
            .where(
                Role.name.in_([name.value for name in AT_THE_DESK]),
                StaffMember.active,
                StaffMember.id != actor.id,
                StaffMember.id.not_in(of_case(session=session, case_id=case_id)),
            )
            .order_by(StaffMember.id)
        )
        .unique()
        .all()
    )


def must_be_free(*, session: Session, case_id: int, actor: StaffMember) -> None:
    """Raise Refused(KEPT_AWAY) where the case may be about this very colleague."""
    if actor.id in of_case(session=session, case_id=case_id):
        raise Refused(Refusal.KEPT_AWAY)


def must_be_free_of_person(*, session: Session, beneficiary_id: int, actor: StaffMember) -> None:
    """Raise Refused(KEPT_AWAY) where the person's open case may be about this very colleague."""
    if actor.id in of_person(session=session, beneficiary_id=beneficiary_id):
        raise Refused(Refusal.KEPT_AWAY)


def add(
    *,
    session: Session,
    case: CrisisCase,
    staff_ids: Iterable[int],
    why: KeptWhy,
    now: datetime,
    by: StaffMember | None = None,
    words: str | None = None,
) -> bool:
    """Keep colleagues away; tell whether somebody new was among them. The case must be locked already.

    Whoever a lead has let back comes under the rule again when their name comes up again.
    """
    known = {row.staff_id: row for row in rows_of(session=session, case_id=case.id)}
    new = False
    for staff_id in sorted(set(staff_ids)):
        row = known.get(staff_id)
        if row is not None and row.let_back_at is None:
            continue
        if row is None:
            row = KeptFromCase(case_id=case.id, staff_id=staff_id)
            session.add(row)
        row.why, row.since, row.by_id = why, now, by.id if by else None
        row.words = words
        row.let_back_at = row.let_back_by_id = row.let_back_words = None
        new = True
        _trace(session, by, "crisis.keep_away", case.id, staff_id, now)
    session.flush()
    return new


def keep_by_hand(
    *, session: Session, case: CrisisCase, staff_id: int, actor: StaffMember, words: str, now: datetime
) -> bool:
    """Keep a colleague away whom the person has named as the danger; the leads who are not meant are told.

    The case must be locked already (care.crises.keep_away). Raise Refused: KEPT_AWAY, CASE_CLOSED, WRONG_VALUE or
    NOT_FOUND (staff_id), REASON_MISSING or TOO_LONG (words).
    """
    if case.closed_at is not None:
        raise Refused(Refusal.CASE_CLOSED)
    must_be_free(session=session, case_id=case.id, actor=actor)
    said = _said(words)
    if staff_id == actor.id:
        # Whoever is meant passes the case on; nobody takes themselves out of reach of an alarm with one tap.
        raise Refused(Refusal.WRONG_VALUE, "staff_id")
    if session.get(StaffMember, staff_id) is None:
        raise Refused(Refusal.NOT_FOUND, "staff_id")
    new = add(session=session, case=case, staff_ids=[staff_id], why=KeptWhy.LEAD, now=now, by=actor, words=said)
    if new:
        _tell_leads(session, case.id, staff_id, actor, now)
    return new


def _said(words: str) -> str:
    said = words.strip()
    if not said:
        raise Refused(Refusal.REASON_MISSING, "words")
    if len(said) > LONGEST_WORDS:
        raise Refused(Refusal.TOO_LONG, "words")
    return said


def let_back(
    *, session: Session, case_id: int, staff_id: int, actor: StaffMember, words: str, now: datetime
) -> KeptFromCase:
    """Let a colleague back whom the words did not mean, with a reason; the other leads are told.

    Raise Refused: NOT_YOURS, KEPT_AWAY, NOT_FOUND, REASON_MISSING or TOO_LONG (words).
    """
    if not actor.has_any(*MAY_DECIDE):
        raise Refused(Refusal.NOT_YOURS)
    case = session.get(CrisisCase, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise Refused(Refusal.NOT_FOUND)
    # Nobody of those who are meant decides, neither for themselves nor for each other.
    must_be_free(session=session, case_id=case_id, actor=actor)
    row = session.get(KeptFromCase, (case_id, staff_id), populate_existing=True)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    if row.let_back_at is None:
        row.let_back_words = _said(words)
        row.let_back_at, row.let_back_by_id = now, actor.id
        _trace(session, actor, "crisis.let_back", case_id, staff_id, now)
        _tell_leads(session, case_id, staff_id, actor, now)
    return row


def _tell_leads(session: Session, case_id: int, staff_id: int, actor: StaffMember, now: datetime) -> None:
    duty_gaps.tell_leads(
        session=session,
        words="notice.desk",
        link=f"/staff/cases/{case_id}",
        dedupe_key=f"kept-{case_id}-{staff_id}-{now.timestamp():.0f}",
        now=now,
        without=of_case(session=session, case_id=case_id) | {actor.id, staff_id},
    )


def _trace(session: Session, actor: StaffMember | None, verb: str, case_id: int, staff_id: int, now: datetime) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="crisis_case",
        subject_id=case_id,
        now=now,
        staff_id=staff_id,
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=case_id)
    session.flush()
