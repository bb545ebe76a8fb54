"""A conversation its owner forgets has a clock of its own: it rings the owner, whoever supervises, then everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import alarms, audit, chat_caps, duty, kept_away, live, notices, supervision, transcript
from models.conversations import Conversation, Message, Owner, Sender, TakeOver
from models.duty import DutyPosition
from models.reply_alarms import ReplyAlarm, ReplyStep
from models.staff import StaffMember

# How long a person's line may stand without an answer before each step rings. A choice of the project: a minute is
# long in a crisis, and three are long enough to think about an answer.
AFTER = {
    ReplyStep.OWNER: timedelta(minutes=3),
    ReplyStep.SUPERVISOR: timedelta(minutes=6),
    ReplyStep.EVERYBODY: timedelta(minutes=12),
}
AFTER_IN_DANGER = {
    ReplyStep.OWNER: timedelta(minutes=1),
    ReplyStep.SUPERVISOR: timedelta(minutes=2),
    ReplyStep.EVERYBODY: timedelta(minutes=3),
}
# After the last step it starts again and tells everybody, until somebody answers or the conversation is given back.
AGAIN, AGAIN_IN_DANGER = timedelta(minutes=30), timedelta(minutes=3)
# A moment that lies further ahead than this was written before the clock was set back.
AHEAD = timedelta(seconds=5)
_STEPS = tuple(ReplyStep)


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


@dataclass(frozen=True)
class _Rung:
    """The last hop that rang for a line, and when."""

    hop_no: int
    at: datetime


def due(*, session: Session, now: datetime) -> list[int]:
    """Return the conversations in which a hop has to ring now."""
    found = unanswered(session=session)
    rung = _rung(session, [one.message_id for one in found])
    return [one.conversation_id for one in found if _due_hops(session, one, now, rung.get(one.message_id))]


def _rung(session: Session, message_ids: Sequence[int]) -> dict[int, _Rung]:
    rows = session.scalars(
        select(ReplyAlarm).where(ReplyAlarm.message_id.in_(message_ids)).order_by(ReplyAlarm.hop_no)
    ).all()
    return {row.message_id: _Rung(row.hop_no, row.at) for row in rows}


def _due_hops(session: Session, one: Unanswered, now: datetime, last: _Rung | None) -> list[int]:
    """Return the numbers of the hops that are due: what a dead scheduler has missed, everybody at most once."""
    in_danger = chat_caps.is_in_danger(session=session, beneficiary_id=one.beneficiary_id)
    after, again = (AFTER_IN_DANGER, AGAIN_IN_DANGER) if in_danger else (AFTER, AGAIN)
    done = last.hop_no if last else 0
    if one.since - now > AHEAD or (last is not None and last.at - now > AHEAD):
        # The clock was set back: it cannot be told how long the line has stood, so it rings now and goes on from there.
        rang_lately = last is not None and timedelta(0) <= now - last.at < after[ReplyStep.OWNER]
        return [] if rang_lately else [done + 1]
    if last is not None and done >= len(_STEPS):
        return [done + 1] if now - last.at >= again else []
    return [hop for hop in range(done + 1, len(_STEPS) + 1) if now - one.since >= after[step_of(hop)]]


def step_of(hop_no: int) -> ReplyStep:
    """Return whom a hop rings: owner, supervisor, and from the third on everybody."""
    return _STEPS[min(hop_no, len(_STEPS)) - 1]


def ring(*, session: Session, conversation_id: int, now: datetime) -> int:
    """Ring each hop that is due, once for each line; return how many rang."""
    conversation = transcript.locked(session=session, conversation_id=conversation_id)
    found = unanswered(session=session, conversation_ids=[conversation_id])
    if not found:
        # The answer came while the sweep was on its way.
        return 0
    one = found[0]
    hops = _due_hops(session, one, now, _rung(session, [one.message_id]).get(one.message_id))
    return sum(_ring_one(session, conversation, one, hop, now) for hop in hops)


def _ring_one(session: Session, conversation: Conversation, one: Unanswered, hop_no: int, now: datetime) -> int:
    step = step_of(hop_no)
    people = _whom(session, conversation, step, now)
    row = ReplyAlarm(
        conversation_id=conversation.id,
        message_id=one.message_id,
        hop_no=hop_no,
        step=step,
        staff_id=people[0].id if people else None,
        at=now,
        seconds=max(0, round((now - one.since).total_seconds())),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # Another sweep has rung this hop.
        return 0
    audit.record(
        session=session,
        actor=None,
        verb="conversation.unanswered",
        subject_type="conversation",
        subject_id=conversation.id,
        now=now,
        step=step.value,
        hop=hop_no,
        seconds=row.seconds,
        staff_id=row.staff_id,
        told=len(people),
    )
    live.publish(session=session, channel=live.DESK, kind="unanswered", now=now, conversation_id=conversation.id)
    live.publish(session=session, channel=live.side_channel(conversation.id), kind="unanswered", now=now)
    for person in people:
        notices.tell(
            session=session,
            to=person,
            words="notice.desk",
            now=now,
            dedupe_key=f"unanswered-{one.message_id}-{hop_no}",
            link=f"/staff/conversations/{conversation.id}",
            urgent=True,
        )
    return 1


def _whom(session: Session, conversation: Conversation, step: ReplyStep, now: datetime) -> list[StaffMember]:
    owner = conversation.owner_staff
    if step is ReplyStep.OWNER and owner is not None:
        return [owner]
    kept = kept_away.of_person(session=session, beneficiary_id=conversation.beneficiary_id)
    if step is ReplyStep.EVERYBODY:
        # The owner among them: whoever sits in front of the chat is the nearest of all.
        known = [owner] if owner is not None and owner.active else []
        others = alarms.everybody(session=session, now=now)
        return [one for one in {one.id: one for one in (*known, *others)}.values() if one.id not in kept]
    candidates = (
        duty.holder(session=session, position=DutyPosition.SUPERVISOR, at=now, without=kept),
        supervision.supervisor_of(session=session, staff_id=owner.id) if owner is not None else None,
        duty.holder(session=session, position=DutyPosition.BASE_LEADER, at=now, without=kept),
        duty.last_resort(session=session, without=kept),
    )
    owner_id = owner.id if owner is not None else None
    fits = [one for one in candidates if one is not None and one.active and one.id not in {owner_id, *kept}]
    return fits[:1]


def rung_in(*, session: Session, conversation_ids: Sequence[int]) -> dict[int, datetime]:
    """Return since when somebody waits, for each of these conversations in which a step has rung for that line."""
    found = unanswered(session=session, conversation_ids=conversation_ids)
    rung = set(
        session.scalars(
            select(ReplyAlarm.message_id).where(ReplyAlarm.message_id.in_([one.message_id for one in found]))
        ).all()
    )
    return {one.conversation_id: one.since for one in found if one.message_id in rung}
