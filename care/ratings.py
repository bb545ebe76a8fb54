"""How it was: asked once, after a conversation with a person, and never of somebody who was in danger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, crises, transcript
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.conversations import Conversation, Message, Sender
from models.crises import CrisisCase, FlagSource
from models.ratings import Rating
from models.staff import RoleName, StaffMember
from triage.assess import assess
from triage.levels import Level

MAY_READ = (RoleName.SUPERVISOR, RoleName.BASE_MANAGER)
LONGEST_WORDS = 1_000
# After this nobody is asked any more: a rating of a talk long past says little.
ASKED_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Counts:
    """How often each number was given, the best first, and how many wrote something."""

    stars: dict[int, int]
    with_words: int

    @property
    def total(self) -> int:
        """Return how many rated."""
        return sum(self.stars.values())


def may_ask(*, session: Session, conversation: Conversation, now: datetime) -> bool:
    """Tell whether this conversation may be rated: over, with a colleague in it, in no danger, and not rated yet."""
    closed_at = conversation.closed_at
    if closed_at is None or now - closed_at > ASKED_FOR:
        return False
    if not _somebody_spoke(session, conversation.id) or _was_in_danger(session, conversation):
        return False
    return of(session=session, conversation_id=conversation.id) is None


def _somebody_spoke(session: Session, conversation_id: int) -> bool:
    query = select(exists().where(Message.conversation_id == conversation_id, Message.sender == Sender.STAFF))
    return bool(session.scalar(query))


def _was_in_danger(session: Session, conversation: Conversation) -> bool:
    """Tell whether any case of the person was open while they talked, or is open now."""
    query = select(
        exists().where(
            CrisisCase.beneficiary_id == conversation.beneficiary_id,
            or_(CrisisCase.closed_at.is_(None), CrisisCase.closed_at >= conversation.created_at),
        )
    )
    return bool(session.scalar(query))


def of(*, session: Session, conversation_id: int) -> Rating | None:
    """Return what was given for a conversation."""
    return session.scalars(select(Rating).where(Rating.conversation_id == conversation_id)).first()


def rate(*, session: Session, conversation_id: int, stars: int, words: str, now: datetime) -> Rating:
    """Keep the person's answer; the words are weighed like every other word of theirs. Refuse a second answer."""
    conversation = transcript.locked(session=session, conversation_id=conversation_id)
    if of(session=session, conversation_id=conversation_id) is not None:
        raise Refused(Refusal.ALREADY_RATED)
    if not may_ask(session=session, conversation=conversation, now=now):
        raise Refused(Refusal.NOT_RATED)
    if not 1 <= stars <= 5:
        raise Refused(Refusal.WRONG_VALUE, "stars")
    said = words.strip()
    if len(said) > LONGEST_WORDS:
        raise Refused(Refusal.TOO_LONG, "words")
    row = Rating(conversation_id=conversation_id, stars=stars, words=said or None, at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_RATED) from None
    audit.record(
        session=session,
        actor=None,
        verb="conversation.rate",
        subject_type="conversation",
        subject_id=conversation_id,
        now=now,
        stars=stars,
    )
    if said:
        _weigh(session, conversation, said, now)
    return row


def _weigh(session: Session, conversation: Conversation, said: str, now: datetime) -> None:
    found = assess(said)
    if not found.level.is_at_least(Level.YELLOW):
        return
    crises.raise_flag(
        session=session,
        beneficiary=conversation.beneficiary,
        conversation=conversation,
        signal=crises.Signal(
            source=FlagSource.MESSAGE,
            level=found.level,
            reasons=found.reasons,
            pattern_ids=found.pattern_ids,
            score=found.score,
            model_hash=found.model_hash,
        ),
        now=now,
    )


def counts(*, session: Session, since: datetime) -> Counts:
    """Return how the conversations since this moment were rated; exercises are not counted."""
    rows = session.execute(
        select(Rating.stars, func.count(), func.count(Rating.words))
        .join(Conversation, Conversation.id == Rating.conversation_id)
        .join(Beneficiary, Beneficiary.id == Conversation.beneficiary_id)
        .where(Rating.at >= since, Beneficiary.synthetic.is_(False))
        .group_by(Rating.stars)
    ).all()
    found = {stars: (number, words) for stars, number, words in rows}
    return Counts(
        stars={stars: found.get(stars, (0, 0))[0] for stars in (5, 4, 3, 2, 1)},
        with_words=sum(words for _number, words in found.values()),
    )


def read_words(*, session: Session, actor: StaffMember, since: datetime, now: datetime) -> list[Rating]:
    """Open what people wrote, the newest first; who looked is recorded."""
    if not actor.has_any(*MAY_READ):
        raise Refused(Refusal.NOT_YOURS)
    rows = session.scalars(
        select(Rating).where(Rating.at >= since, Rating.words.is_not(None)).order_by(Rating.at.desc()).limit(100)
    ).all()
    audit.record(
        session=session,
        actor=actor,
        verb="rating.read_words",
        subject_type="staff_member",
        subject_id=actor.id,
        now=now,
        count=len(rows),
    )
    return list(rows)
