"""Reading a closed red case again: what went well, what cost time, and which decisions of the detector were wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import audit, triage_reviews
from care.case_review_keeping import found, trace
from care.refusals import Refusal, Refused
from models.case_reviews import CaseReview, CaseReviewPart, Delay, ReviewPart
from models.conversations import Message, Sender
from models.crises import LevelName
from models.staff import StaffMember
from models.triage_records import ReviewVerdict
from triage.levels import Level

LONGEST_WORDS = 4_000
# How far before the case was opened words still belong to it.
BEFORE_THE_CASE = timedelta(hours=24)
MESSAGES_AT_MOST = 60


def read(*, session: Session, review_id: int, actor: StaffMember, is_lead: bool, now: datetime) -> CaseReview:
    """Open a review; only the reviewer and the leads may, and the look is recorded because it shows words."""
    review = session.get(CaseReview, review_id)
    if review is None or not (is_lead or review.reviewer is actor or review.done_by_id == actor.id):
        raise Refused(Refusal.NOT_FOUND)
    audit.record(
        session=session,
        actor=actor,
        verb="case_review.read",
        subject_type="case_review",
        subject_id=review.id,
        now=now,
        case_id=review.case_id,
    )
    return review


@dataclass(frozen=True)
class Judged:
    """One message of the person and what the detector made of it."""

    message: Message
    level: Level
    # What a reviewer has said about it already.
    verdict: ReviewVerdict | None
    right_level: Level | None


def judged(*, session: Session, review: CaseReview) -> list[Judged]:
    """Return what the person wrote before and during the case, with each decision, in order."""
    case = review.case
    if case.conversation_id is None:
        return []
    until = case.closed_at or review.created_at
    messages = session.scalars(
        select(Message)
        .where(
            Message.conversation_id == case.conversation_id,
            Message.sender == Sender.PERSON,
            Message.at >= case.opened_at - BEFORE_THE_CASE,
            Message.at <= until,
        )
        .order_by(Message.seq.desc())
        .limit(MESSAGES_AT_MOST)
    ).all()
    ids = [message.id for message in messages]
    decisions = triage_reviews.decisions_of(session=session, message_ids=ids)
    marked = triage_reviews.reviews_of(session=session, message_ids=ids)
    rows_read = []
    for message in reversed(messages):
        decision, mark = decisions.get(message.id), marked.get(message.id)
        rows_read.append(
            Judged(
                message,
                Level(decision.level.value) if decision else Level.GREEN,
                mark.verdict if mark else None,
                Level(mark.level.value) if mark else None,
            )
        )
    return rows_read


@dataclass(frozen=True)
class Findings:
    """What the reviewer writes down; `right_levels` holds the level that a message should have had, by its number."""

    went_well: str
    delay: Delay
    delay_words: str = ""
    change_words: str = ""
    right_levels: Mapping[int, Level] | None = None


def finish(*, session: Session, actor: StaffMember, review_id: int, findings: Findings, now: datetime) -> CaseReview:
    """Write the review down; from now on it is read, never changed. A second tap of the same reviewer adds nothing.

    Each message whose decision was wrong is marked in the same unit of work and goes into the triage loop; a missed
    danger raises the person's case again, because they may still be at risk (care/triage_reviews.py).
    """
    review = found(session=session, review_id=review_id)
    if review.done_at is not None:
        if review.done_by_id == actor.id:
            return review
        raise Refused(Refusal.REVIEW_DONE)
    if review.reviewer is not actor:
        raise Refused(Refusal.NOT_THE_REVIEWER)
    words = _tidy(findings)
    known = {one.message.id: one.level for one in judged(session=session, review=review)}
    for message_id, level in (findings.right_levels or {}).items():
        if message_id not in known:
            raise Refused(Refusal.NOT_FOUND, f"message-{message_id}")
        _mark(session, actor, message_id, known[message_id], level, now)
    review.went_well, review.delay = words["went_well"], findings.delay
    review.delay_words, review.change_words = words["delay_words"] or None, words["change_words"] or None
    review.done_at, review.done_by_id, review.climbs_at = now, actor.id, None
    trace(session, actor, "done", review, now, delay=findings.delay.value, marked=len(findings.right_levels or {}))
    return review


def _tidy(findings: Findings) -> dict[str, str]:
    words = {name: getattr(findings, name).strip() for name in ("went_well", "delay_words", "change_words")}
    for name, text in words.items():
        if len(text) > LONGEST_WORDS:
            raise Refused(Refusal.TOO_LONG, name)
    if not words["went_well"]:
        raise Refused(Refusal.EMPTY, "went_well")
    if findings.delay is not Delay.NOTHING and not words["delay_words"]:
        raise Refused(Refusal.EMPTY, "delay_words")
    return words


def verdict_of(decided: Level, right: Level) -> ReviewVerdict | None:
    """Return what it means that a message should have had another level; nothing where the decision was right."""
    if decided is right:
        return None
    if right.is_at_least(Level.ORANGE) and not decided.is_at_least(Level.ORANGE):
        return ReviewVerdict.MISSED
    if decided.is_at_least(Level.ORANGE) and not right.is_at_least(Level.ORANGE):
        return ReviewVerdict.FALSE_ALARM
    return ReviewVerdict.WRONG_LEVEL


def _mark(session: Session, actor: StaffMember, message_id: int, decided: Level, right: Level, now: datetime) -> None:
    verdict = verdict_of(decided, right)
    if verdict is None:
        return
    known = triage_reviews.reviews_of(session=session, message_ids=[message_id]).get(message_id)
    if known is not None and known.verdict is verdict and known.level is LevelName(right.value):
        return
    triage_reviews.mark(
        session=session, actor=actor, message_id=message_id, verdict=verdict, level=right, note=None, now=now
    )


def waiting(*, session: Session, reviewer_id: int | None = None) -> Sequence[CaseReview]:
    """Return the reviews that are owed, the one that is due first in front; only one colleague's where asked."""
    query = select(CaseReview).where(CaseReview.done_at.is_(None)).order_by(CaseReview.due_at, CaseReview.id)
    if reviewer_id is not None:
        query = query.join(CaseReview.parts).where(
            CaseReviewPart.staff_id == reviewer_id, CaseReviewPart.part == ReviewPart.REVIEWER
        )
    return session.scalars(query).all()


def done(*, session: Session, reviewer_id: int | None = None, limit: int = 100) -> Sequence[CaseReview]:
    """Return the reviews that are written, the newest first."""
    query = select(CaseReview).where(CaseReview.done_at.is_not(None)).order_by(CaseReview.done_at.desc()).limit(limit)
    return session.scalars(query if reviewer_id is None else query.where(CaseReview.done_by_id == reviewer_id)).all()


def delays(*, session: Session) -> dict[Delay, int]:
    """Return how often each thing cost people time, from all written reviews."""
    rows = session.execute(
        select(CaseReview.delay, func.count()).where(CaseReview.done_at.is_not(None)).group_by(CaseReview.delay)
    )
    counted = {delay: count for delay, count in rows if delay is not None}
    return {delay: counted[delay] for delay in Delay if delay in counted}
