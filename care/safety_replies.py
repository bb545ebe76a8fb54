"""The fixed reply to words of danger: what to do now, the numbers, and only then who can be promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import callbacks, duty, safety_question, transcript
from care.wording import say, when
from models.conversations import Conversation, Message, MessageKind, Sender
from triage.levels import Level

# Within this time a short reply is kinder than the same long card again.
REPEAT_AFTER = timedelta(minutes=10)

# Which sentence answers which tier of triage; the first that fits wins, the wish to die is the default.
_BY_TIER = (
    (
        "crisis.suicide",
        ("attempt", "active", "plan", "means", "method", "farewell", "preparation", "passive", "self_harm"),
    ),
    ("crisis.abuse", ("abuse",)),
    ("crisis.violence", ("harm_other", "harm_to_others", "violence")),
    ("crisis.voices", ("psychosis",)),
    ("crisis.other_person", ("third",)),
)


def sentence_for(tiers: Sequence[str]) -> str:
    """Return the name of the fixed sentence that answers these tiers."""
    for key, starts in _BY_TIER:
        if any(tier.startswith(start) for tier in tiers for start in starts):
            return key
    return "crisis.suicide"


def question_for(sentence: str) -> str:
    """Return the direct question that fits a fixed sentence: about dying, about the other person, or about danger."""
    return {
        "crisis.suicide": "ask.safety.self",
        "crisis.other_person": "ask.safety.other",
    }.get(sentence, "ask.safety.danger")


def thank(
    *, session: Session, conversation: Conversation, key: str, now: datetime, reply_to: Message | None = None
) -> Message:
    """Thank for an answer to the direct question; the offer of a person stays open."""
    return transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.SYSTEM,
        kind=MessageKind.NOTICE,
        text=say(key, conversation.language),
        now=now,
        buttons=[{"title": say("button.human", conversation.language), "payload": "site:human"}],
        reply_to=reply_to,
    )


def give(
    *,
    session: Session,
    conversation: Conversation,
    level: Level,
    tiers: Sequence[str],
    now: datetime,
    timezone: str,
    reply_to: Message | None = None,
) -> list[Message]:
    """Answer at once with the fixed card, or shortly when the same card stands a few lines above."""
    language = conversation.language
    key = sentence_for(tiers)
    last = _last_card(session, conversation, now)
    if last is not None and last.extra.get("sentence") == key and Level(last.extra["level"]).is_at_least(level):
        card = transcript.append(
            session=session,
            conversation=conversation,
            sender=Sender.SYSTEM,
            kind=MessageKind.NOTICE,
            text=say("crisis.again", language),
            now=now,
            buttons=_buttons(language),
            reply_to=reply_to,
        )
        return [card]
    asks = safety_question.may_ask(session=session, conversation=conversation, level=level, now=now)
    words = [say(key, language), _who_can_come(session, conversation, now, timezone)]
    if asks:
        words.append(say(question_for(key), language))
    card = transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.SYSTEM,
        kind=MessageKind.CRISIS,
        text="\n".join(words),
        now=now,
        buttons=safety_question.buttons(language) if asks else _buttons(language),
        extra={"sentence": key, "level": level.value, "numbers": ["120", "110", "12356"], "asks_safety": asks},
        reply_to=reply_to,
    )
    return [card]


def _last_card(session: Session, conversation: Conversation, now: datetime) -> Message | None:
    return session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.kind == MessageKind.CRISIS,
            Message.at > now - REPEAT_AFTER,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    ).first()


def _who_can_come(session: Session, conversation: Conversation, now: datetime, timezone: str) -> str:
    language = conversation.language
    if duty.present(session=session, at=now):
        return say("crisis.staffed", language)
    promise = callbacks.promise(session=session, conversation=conversation, now=now)
    if promise is None:
        return say("crisis.nobody", language)
    return say(
        "crisis.unstaffed",
        language,
        who=promise.owner.display_name,
        when=when(promise.due_at, language, timezone),
    )


def _buttons(language: str) -> list[dict[str, str]]:
    return [
        {"title": say("button.human", language), "payload": "site:human"},
        {"title": say("button.continue", language), "payload": "site:continue"},
    ]


def go_on(*, session: Session, conversation: Conversation, now: datetime, reply_to: Message | None = None) -> Message:
    """Answer "I am safe and want to go on"; it lowers nothing."""
    return transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.SYSTEM,
        kind=MessageKind.NOTICE,
        text=say("continue.ok", conversation.language),
        now=now,
        reply_to=reply_to,
    )
