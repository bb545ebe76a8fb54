"""A conversation its owner forgets has a clock of its own: it rings the owner, then whoever supervises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, chat_caps, duty, live, notices, supervision, transcript
from models.conversations import Conversation, Message, Owner, Sender, TakeOver
from models.duty import DutyPosition
from models.reply_alarms import ReplyAlarm, ReplyStep
from models.staff import StaffMember

# How long a person's line may stand without an answer before each step rings. A choice of the project: a minute is
# long in a crisis, and three are long enough to think about an answer.
AFTER = {ReplyStep.OWNER: timedelta(minutes=3), ReplyStep.SUPERVISOR: timedelta(minutes=6)}
AFTER_IN_DANGER = {ReplyStep.OWNER: timedelta(minutes=1), ReplyStep.SUPERVISOR: timedelta(minutes=2)}


@dataclass(frozen=True)
class Unanswered:
    """The first line of a person that nobody has answered, and since when somebody should have."""

    conversation_id: int
    beneficiary_id: int
    message_id: int
    since: datetime


def unanswered(*, session: Session, conversation_ids: Sequence[int] | None = None) -> list[Unanswered]:
    """Return what waits for an answer in the conversations that colleagues own, the longest wait first.

    The clock of a line that was written before the colleague came starts when they came.
    """
    answered = (
        select(func.coalesce(func.max(Message.seq), 0))
        .where(Message.conversation_id == Conversation.id, Message.sender == Sender.STAFF)
        .correlate(Conversation)
        .scalar_subquery()
    )
    query = (
        select(
            Conversation.id,
            Conversation.beneficiary_id,
            func.min(Message.id).label("message_id"),
            func.min(Message.at).label("written_at"),
            func.max(TakeOver.taken_at).label("taken_at"),
        )
        .join(Message, and_(Message.conversation_id == Conversation.id, Message.sender == Sender.PERSON))
        .outerjoin(TakeOver, and_(TakeOver.conversation_id == Conversation.id, TakeOver.returned_at.is_(None)))
        .where(Conversation.owner == Owner.STAFF, Conversation.closed_at.is_(None), Message.seq > answered)
        .group_by(Conversation.id, Conversation.beneficiary_id)
    )
    if conversation_ids is not None:
        query = query.where(Conversation.id.in_(conversation_ids))
    found = [
        Unanswered(row.id, row.beneficiary_id, row.message_id, max(row.written_at, row.taken_at or row.written_at))
        for row in session.execute(query)
    ]
    return sorted(found, key=lambda one: (one.since, one.conversation_id))


def due(*, session: Session, now: datetime) -> list[int]:
    """Return the conversations in which a step has to ring now."""
    return [
        one.conversation_id for one in unanswered(session=session) if _due_steps(session, one, now, _rung(session, one))
    ]


def _rung(session: Session, one: Unanswered) -> set[ReplyStep]:
    return set(session.scalars(select(ReplyAlarm.step).where(ReplyAlarm.message_id == one.message_id)).all())


def _due_steps(session: Session, one: Unanswered, now: datetime, rung: set[ReplyStep]) -> list[ReplyStep]:
    in_danger = chat_caps.is_in_danger(session=session, beneficiary_id=one.beneficiary_id)
    after = AFTER_IN_DANGER if in_danger else AFTER
    return [step for step in ReplyStep if step not in rung and now - one.since >= after[step]]


def ring(*, session: Session, conversation_id: int, now: datetime) -> int:
    """Ring each step that is due, once for each line; return how many rang."""
    conversation = transcript.locked(session=session, conversation_id=conversation_id)
    found = unanswered(session=session, conversation_ids=[conversation_id])
    if not found:
        # The answer came while the sweep was on its way.
        return 0
    steps = _due_steps(session, found[0], now, _rung(session, found[0]))
    return sum(_ring_one(session, conversation, found[0], step, now) for step in steps)


def _ring_one(session: Session, conversation: Conversation, one: Unanswered, step: ReplyStep, now: datetime) -> int:
    person = _whom(session, conversation, step, now)
    row = ReplyAlarm(
        conversation_id=conversation.id,
        message_id=one.message_id,
        step=step,
        staff_id=person.id if person else None,
        at=now,
        seconds=round((now - one.since).total_seconds()),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # Another sweep has rung this step.
        return 0
    audit.record(
        session=session,
        actor=None,
        verb="conversation.unanswered",
        subject_type="conversation",
        subject_id=conversation.id,
        now=now,
        step=step.value,
        seconds=row.seconds,
        staff_id=row.staff_id,
    )
    live.publish(session=session, channel=live.DESK, kind="unanswered", now=now, conversation_id=conversation.id)
    live.publish(session=session, channel=live.side_channel(conversation.id), kind="unanswered", now=now)
    if person is not None:
        notices.tell(
            session=session,
            to=person,
            words="notice.desk",
            now=now,
            dedupe_key=f"unanswered-{one.message_id}-{step.value}",
            link=f"/staff/conversations/{conversation.id}",
            urgent=True,
        )
    return 1


def _whom(session: Session, conversation: Conversation, step: ReplyStep, now: datetime) -> StaffMember | None:
    owner = conversation.owner_staff
    if step is ReplyStep.OWNER or owner is None:
        return owner
    candidates = (
        duty.holder(session=session, position=DutyPosition.SUPERVISOR, at=now),
        supervision.supervisor_of(session=session, staff_id=owner.id),
        duty.holder(session=session, position=DutyPosition.BASE_LEADER, at=now),
        duty.last_resort(session=session),
    )
    return next((one for one in candidates if one is not None and one.active and one.id != owner.id), None)


def rung_in(*, session: Session, conversation_ids: Sequence[int]) -> dict[int, datetime]:
    """Return since when somebody waits, for each of these conversations in which a step has rung for that line."""
    found = unanswered(session=session, conversation_ids=conversation_ids)
    rung = set(
        session.scalars(
            select(ReplyAlarm.message_id).where(ReplyAlarm.message_id.in_([one.message_id for one in found]))
        ).all()
    )
    return {one.conversation_id: one.since for one in found if one.message_id in rung}
