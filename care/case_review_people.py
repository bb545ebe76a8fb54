"""Who had a part in a case, and who reads it again: fairly, and never one of the first."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from care import leave
from models.audit import AuditEntry
from models.case_reviews import CaseReview, CaseReviewPart, ReviewPart
from models.conversations import Conversation, Message, TakeOver
from models.crises import CrisisCase
from models.risk_checks import RiskCheck
from models.staff import Role, RoleName, StaffMember

# Those who read chats and can judge what was said in them (web/common/access.py says the same of the page).
REVIEWERS = (RoleName.COUNSELOR, RoleName.SUPERVISOR)
# Reviews of half a year are spread evenly; older ones no longer count for anybody.
REMEMBERED = timedelta(days=180)
# A look is no deed: whoever only opened the case may judge it.
_LOOKS = ("crisis.see",)


def handlers(*, session: Session, case: CrisisCase) -> set[int]:
    """Return everybody who took, raised, spoke, checked, closed or read the case while it was open."""
    found = {case.acknowledged_by_id, case.closed_by_id, case.second_reader_id, case.unchecked_by_id}
    found |= set(
        session.scalars(
            select(AuditEntry.staff_id).where(
                AuditEntry.subject_type == "crisis_case",
                AuditEntry.subject_id == case.id,
                AuditEntry.verb.like("crisis.%"),
                AuditEntry.verb.not_in(_LOOKS),
                AuditEntry.staff_id.is_not(None),
            )
        )
    )
    found |= set(session.scalars(select(RiskCheck.author_id).where(RiskCheck.case_id == case.id)))
    chats = select(Conversation.id).where(Conversation.beneficiary_id == case.beneficiary_id)
    found |= set(
        session.scalars(
            select(Message.staff_id).where(
                Message.conversation_id.in_(chats), Message.staff_id.is_not(None), Message.at >= case.opened_at
            )
        )
    )
    found |= set(
        session.scalars(
            select(TakeOver.staff_id).where(
                TakeOver.conversation_id.in_(chats),
                (TakeOver.returned_at.is_(None)) | (TakeOver.returned_at >= case.opened_at),
            )
        )
    )
    return {staff_id for staff_id in found if staff_id is not None}


def candidates(*, session: Session, review: CaseReview) -> list[StaffMember]:
    """Return who may review the case: counselors and supervisors who are active and had no part in it."""
    taken = {part.staff_id for part in review.parts if part.part is ReviewPart.HANDLER}
    people = session.scalars(
        select(StaffMember)
        .join(StaffMember.roles)
        .where(Role.name.in_([name.value for name in REVIEWERS]), StaffMember.active)
        .order_by(StaffMember.id)
    ).unique()
    return [one for one in people if one.id not in taken]


def next_reviewer(*, session: Session, review: CaseReview, now: datetime) -> StaffMember | None:
    """Return who reads it: somebody who is here before somebody on leave, was not rung, and has the fewest to read."""
    people = candidates(session=session, review=review)
    if not people:
        return None
    owed = _counts(session, CaseReview.done_at.is_(None))
    lately = _counts(session, CaseReview.created_at >= now - REMEMBERED)
    rung = {hop.staff_id for hop in review.case.escalations}

    def order(one: StaffMember) -> tuple[bool, bool, int, int, int]:
        away = leave.is_away(session=session, staff_id=one.id, at=now)
        return away, one.id in rung, owed.get(one.id, 0), lately.get(one.id, 0), one.id

    return min(people, key=order)


def _counts(session: Session, which: ColumnElement[bool]) -> dict[int, int]:
    rows = session.execute(
        select(CaseReviewPart.staff_id, func.count())
        .join(CaseReviewPart.review)
        .where(CaseReviewPart.part == ReviewPart.REVIEWER, which)
        .group_by(CaseReviewPart.staff_id)
    )
    return dict(iter(rows))
