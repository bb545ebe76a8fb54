"""Who owes the review of a closed red case: given on closing, replaced when they leave, reminded, told on when late.

`care.crises` calls `case_closed` while it holds the case, so that no red case closes without somebody who reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from care import audit, duty_gaps, live, notices
from care.case_review_people import handlers, next_reviewer
from care.refusals import Refusal, Refused
from models.case_reviews import CaseReview, CaseReviewPart, ReviewPart
from models.crises import CrisisCase
from models.staff import StaffMember
from triage.levels import Level

# Long enough to find a calm hour, short enough that those who were there still remember.
DUE_AFTER = timedelta(days=7)
REMIND_BEFORE = timedelta(days=2)
# A late review is told to the leads, and again and again at this pace.
CLIMB_EVERY = timedelta(days=3)
PAGE = "/staff/case-reviews"


def is_owed(case: CrisisCase) -> bool:
    """Tell whether the case must be read again: it stood at red or higher once, and a real person was in it."""
    levels = [case.risk, *(Level(flag.level.value) for flag in case.flags)]
    return any(level.is_at_least(Level.RED) for level in levels) and not case.beneficiary.synthetic


def case_closed(*, session: Session, case: CrisisCase, now: datetime) -> CaseReview | None:
    """Give a closed red case to a reviewer; where all had a part in it, the leads are told by the next sweep."""
    if not is_owed(case):
        return None
    review = CaseReview(case=case, created_at=now, due_at=now + DUE_AFTER, climbs_at=now + DUE_AFTER)
    session.add(review)
    session.flush()
    for staff_id in sorted(handlers(session=session, case=case)):
        session.add(CaseReviewPart(review_id=review.id, staff_id=staff_id, part=ReviewPart.HANDLER, since=now))
    session.flush()
    assign(session=session, review=review, now=now)
    return review


def assign(*, session: Session, review: CaseReview, now: datetime) -> StaffMember | None:
    """Give the review to whoever has the fewest; a reviewer who has left is replaced. None where nobody is left."""
    session.refresh(review)
    chosen = next_reviewer(session=session, review=review, now=now)
    _set_reviewer(session, review, chosen, now)
    if chosen is None and not review.hops:
        # The leads are told at once, and then at the usual pace.
        review.climbs_at = min(now, review.climbs_at or now)
    trace(session, None, "assign", review, now, reviewer=chosen.id if chosen else None)
    return chosen


def _set_reviewer(session: Session, review: CaseReview, chosen: StaffMember | None, now: datetime) -> None:
    for part in list(review.parts):
        if part.part is ReviewPart.REVIEWER:
            session.delete(part)
    session.flush()
    if chosen is not None:
        session.add(CaseReviewPart(review_id=review.id, staff_id=chosen.id, part=ReviewPart.REVIEWER, since=now))
    review.reminded_at = None
    session.flush()
    session.refresh(review)


def give(*, session: Session, actor: StaffMember, review_id: int, staff_id: int, now: datetime) -> CaseReview:
    """Let a lead give the review to somebody else who had no part in the case."""
    review = found(session=session, review_id=review_id)
    if review.done_at is not None:
        raise Refused(Refusal.REVIEW_DONE)
    chosen = session.get(StaffMember, staff_id)
    if chosen is None or not chosen.active:
        raise Refused(Refusal.NOT_ACTIVE, "staff_id")
    if any(part.staff_id == staff_id and part.part is ReviewPart.HANDLER for part in review.parts):
        raise Refused(Refusal.HAD_A_HAND, "staff_id")
    if review.reviewer is not chosen:
        _set_reviewer(session, review, chosen, now)
        trace(session, actor, "give", review, now, reviewer=chosen.id)
    return review


def found(*, session: Session, review_id: int) -> CaseReview:
    """Return the review, held for this unit of work where the database can; raise Refused(NOT_FOUND)."""
    review = session.scalars(
        select(CaseReview)
        .where(CaseReview.id == review_id)
        .with_for_update(of=CaseReview)
        .execution_options(populate_existing=True)
    ).first()
    if review is None:
        raise Refused(Refusal.NOT_FOUND)
    return review


def trace(
    session: Session, actor: StaffMember | None, verb: str, review: CaseReview, now: datetime, **details: object
) -> None:
    """Leave the trace of what happened to a review, and let the screens look again."""
    audit.record(
        session=session,
        actor=actor,
        verb=f"case_review.{verb}",
        subject_type="case_review",
        subject_id=review.id,
        now=now,
        case_id=review.case_id,
        **details,
    )
    live.publish(session=session, channel=live.DESK, kind="case_review", now=now, review_id=review.id)
    session.flush()


def due(*, session: Session, now: datetime) -> Sequence[int]:
    """Return ids of reviews that need somebody, a reminder, or a word to the leads."""
    reviewers = (
        select(CaseReviewPart.review_id)
        .join(CaseReviewPart.staff)
        .where(CaseReviewPart.part == ReviewPart.REVIEWER, StaffMember.active)
    )
    return session.scalars(
        select(CaseReview.id)
        .where(
            CaseReview.done_at.is_(None),
            or_(
                CaseReview.climbs_at <= now,
                CaseReview.reminded_at.is_(None) & (CaseReview.due_at <= now + REMIND_BEFORE),
                CaseReview.id.not_in(reviewers),
            ),
        )
        .order_by(CaseReview.due_at)
    ).all()


def look_after(*, session: Session, review_id: int, now: datetime) -> bool:
    """Find a reviewer where one is missing, remind them once, tell the leads of a late one; False if all is well."""
    review = found(session=session, review_id=review_id)
    if review.done_at is not None:
        return False
    changed = False
    left = review.reviewer is not None and not review.reviewer.active
    if left or (review.reviewer is None and next_reviewer(session=session, review=review, now=now) is not None):
        assign(session=session, review=review, now=now)
        changed = True
    if review.reviewer is not None and review.reminded_at is None and review.due_at <= now + REMIND_BEFORE:
        _remind(session, review, review.reviewer, now)
        changed = True
    if review.climbs_at is not None and review.climbs_at <= now:
        _climb(session, review, now)
        changed = True
    return changed


def _remind(session: Session, review: CaseReview, reviewer: StaffMember, now: datetime) -> None:
    review.reminded_at = now
    notices.tell(
        session=session,
        to=reviewer,
        words="notice.desk_by",
        now=now,
        dedupe_key=f"case-review-{review.id}-by-{reviewer.id}",
        link=PAGE,
        when=review.due_at,
    )
    trace(session, None, "remind", review, now)


def _climb(session: Session, review: CaseReview, now: datetime) -> None:
    review.hops += 1
    review.climbs_at = now + CLIMB_EVERY
    duty_gaps.tell_leads(
        session=session,
        words="notice.desk",
        link=PAGE,
        dedupe_key=f"case-review-late-{review.id}-{review.hops}",
        now=now,
    )
    trace(session, None, "climb", review, now, hop=review.hops)
