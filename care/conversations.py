"""The chat: every message a person types is assessed and stored in one transaction, whatever the bot does."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import blocks, crises, human, live, outbox, safety_question, safety_replies, transcript, triage_decisions
from care.refusals import Refusal, Refused
from care.safety_question import Answer
from models.base import LARGEST_ID
from models.conversations import Conversation, Message, Owner, Sender
from models.crises import FlagSource
from models.outbox import OutboxKind
from triage.assess import Assessment, assess, mode
from triage.levels import Level

LONGEST_MESSAGE = 20_000  # signs; longer than any story typed on a phone, short enough to assess at once
LONGEST_KEY = 64  # signs
FLOOD_LIMIT = 20  # messages
FLOOD_WINDOW = timedelta(seconds=10)
# How far back a person's own words still belong to what they say now.
ROLLING_WINDOW = timedelta(hours=24)
ROLLING_TURNS = 5
# Titles of buttons that the site itself answers, also while the bot is down.
SITE_PAYLOADS = ("site:human", "site:continue")


@dataclass(frozen=True)
class Posted:
    """A stored message of the person, the fixed replies given at once, and whether the bot must be asked."""

    message: Message
    replies: list[Message]
    repeated: bool
    assessment: Assessment | None


def post(
    *,
    session: Session,
    conversation_id: int,
    client_key: str,
    text: str,
    now: datetime,
    timezone: str,
    button: tuple[int, int] | None = None,
) -> Posted:
    """Take a person's message: once per client key, assessed unless it is a tap, forwarded when the bot owns the chat.

    button is (message id, position). Raise Refused: EMPTY, TOO_LONG, SLOW_DOWN, CLOSED, NO_SUCH_BUTTON,
    WRONG_VALUE for a key that no browser of ours makes.
    """
    if not (client_key.isascii() and client_key.isprintable() and 1 <= len(client_key) <= LONGEST_KEY):
        raise Refused(Refusal.WRONG_VALUE, "client_key")
    conversation = transcript.locked(session=session, conversation_id=conversation_id)
    earlier = session.scalars(
        select(Message).where(Message.conversation_id == conversation.id, Message.client_key == client_key)
    ).first()
    if earlier is not None:
        return Posted(earlier, transcript.replies_to(session=session, message=earlier), repeated=True, assessment=None)
    if conversation.closed_at is not None:
        raise Refused(Refusal.CLOSED)
    payload = None
    if button is not None:
        text, payload = _offered(session=session, conversation=conversation, button=button)
    _refuse_unreadable(text)
    assessment, answer = _weighed(session, conversation, text, payload, now)
    if assessment is None or not assessment.level.is_at_least(Level.ORANGE):
        # Words that sound like danger are never turned away, however many came before them.
        _refuse_flood(session=session, conversation=conversation, now=now)
    message = transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.PERSON,
        text=text,
        now=now,
        client_key=client_key,
        extra={"payload": payload} if payload else {},
    )
    replies: list[Message] = []
    if assessment is not None:
        triage_decisions.record(session=session, message=message, assessment=assessment, now=now)
        replies += _react_to_risk(
            session=session,
            conversation=conversation,
            message=message,
            assessment=assessment,
            answer=answer,
            now=now,
            timezone=timezone,
        )
    if payload in SITE_PAYLOADS:
        replies += _answer_site_button(
            session=session, conversation=conversation, payload=payload, message=message, now=now, timezone=timezone
        )
    elif conversation.owner is Owner.BOT and answer is None:
        # The direct question was the site's own; the bot has nothing to add to its answer.
        queue_bot_turn(session=session, message=message, assessment=assessment, now=now)
        resting = blocks.in_the_way(session=session, conversation=conversation, now=now)
        if resting is not None:
            # The bot still reads the line and may raise an alarm; what it says is not said (care/bot_line.py).
            replies += blocks.answer(
                session=session, block=resting, conversation=conversation, now=now, timezone=timezone
            )
    live.publish(session=session, channel=live.DESK, kind="message", now=now, conversation_id=conversation.id)
    return Posted(message, replies, repeated=False, assessment=assessment)


def _weighed(
    session: Session, conversation: Conversation, text: str, payload: str | None, now: datetime
) -> tuple[Assessment | None, Answer | None]:
    """Assess typed words, and add what they or a tap answer to our direct question."""
    answer = safety_question.answer_of(payload)
    assessment = None if payload else assess(text, previous=_rolling(session, conversation, now))
    if assessment is not None and conversation.owner is Owner.BOT:
        answer = safety_question.typed_answer(session=session, conversation=conversation, text=text, now=now)
    if answer is not None:
        assessment = safety_question.weigh(assessment or Assessment(mode=mode()), answer)
    return assessment, answer


def _refuse_unreadable(text: str) -> None:
    visible = any(unicodedata.category(sign) not in {"Cc", "Cf", "Zs", "Zl", "Zp", "Cn"} for sign in text)
    if not visible:
        raise Refused(Refusal.EMPTY, "text")
    if len(text) > LONGEST_MESSAGE:
        raise Refused(Refusal.TOO_LONG, "text")


def _refuse_flood(*, session: Session, conversation: Conversation, now: datetime) -> None:
    recent = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.sender == Sender.PERSON,
            Message.at > now - FLOOD_WINDOW,
        )
    )
    if (recent or 0) >= FLOOD_LIMIT:
        raise Refused(Refusal.SLOW_DOWN)


def _rolling(session: Session, conversation: Conversation, now: datetime) -> tuple[str, ...]:
    rows = session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.sender == Sender.PERSON,
            Message.at > now - ROLLING_WINDOW,
        )
        .order_by(Message.seq.desc())
        .limit(ROLLING_TURNS)
    ).all()
    return tuple(row.text for row in reversed(rows) if not row.extra.get("payload"))


def _offered(*, session: Session, conversation: Conversation, button: tuple[int, int]) -> tuple[str, str]:
    """Return title and payload of a button that was really offered in this conversation."""
    message_id, position = button
    message = session.get(Message, message_id) if 0 < message_id <= LARGEST_ID else None
    if message is None or message.conversation_id != conversation.id or message.sender is Sender.PERSON:
        raise Refused(Refusal.NO_SUCH_BUTTON)
    if not 0 <= position < len(message.buttons):
        raise Refused(Refusal.NO_SUCH_BUTTON)
    chosen = message.buttons[position]
    return chosen["title"], chosen["payload"]


def queue_bot_turn(*, session: Session, message: Message, assessment: Assessment | None, now: datetime) -> None:
    """Ask for the bot's answer, after the commit."""
    outbox.queue(
        session=session,
        kind=OutboxKind.BOT_TURN,
        dedupe_key=f"bot-turn-{message.id}",
        now=now,
        message_id=message.id,
        conversation_id=message.conversation_id,
        level=assessment.level.value if assessment else Level.GREEN.value,
        reasons=list(assessment.reasons) if assessment else [],
    )


def _react_to_risk(
    *,
    session: Session,
    conversation: Conversation,
    message: Message,
    assessment: Assessment,
    answer: Answer | None,
    now: datetime,
    timezone: str,
) -> list[Message]:
    if assessment.level.is_at_least(Level.YELLOW):
        _flag(session, conversation, message, assessment, now)
    if conversation.owner is Owner.STAFF:
        return []
    if answer is not None and not assessment.human_now:
        key = safety_question.reply_key(answer)
        return [safety_replies.thank(session=session, conversation=conversation, key=key, now=now, reply_to=message)]
    if not assessment.level.is_at_least(Level.ORANGE):
        return []
    return safety_replies.give(
        session=session,
        conversation=conversation,
        level=assessment.level,
        tiers=assessment.tiers,
        now=now,
        timezone=timezone,
        reply_to=message,
    )


def _flag(
    session: Session, conversation: Conversation, message: Message, assessment: Assessment, now: datetime
) -> None:
    crises.raise_flag(
        session=session,
        beneficiary=conversation.beneficiary,
        conversation=conversation,
        signal=crises.Signal(
            source=FlagSource.MESSAGE,
            level=assessment.level,
            reasons=assessment.reasons,
            pattern_ids=assessment.pattern_ids,
            score=assessment.score,
            model_hash=assessment.model_hash,
            message_id=message.id,
        ),
        now=now,
    )


def _answer_site_button(
    *, session: Session, conversation: Conversation, payload: str, message: Message, now: datetime, timezone: str
) -> list[Message]:
    if payload == "site:human":
        return human.request(
            session=session, conversation=conversation, now=now, timezone=timezone, reply_to=message
        ).messages
    return [safety_replies.go_on(session=session, conversation=conversation, now=now, reply_to=message)]
