"""One gentle, direct question at orange, and what the answer changes: it can raise, it never lowers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.wording import say
from models.conversations import Conversation, Message, Sender
from triage.answers import parse_answer
from triage.assess import Assessment
from triage.instruments import REFUSED
from triage.levels import Level, highest

PAYLOAD = "site:safety:"
# A question asked again within hours is no care; the alarm itself stays, whatever is answered.
ASK_AGAIN_AFTER = timedelta(hours=6)
# A typed answer belongs to the question for this long.
ANSWER_WITHIN = timedelta(minutes=30)
# The screening question "right now?" of the ASQ reads the same words (triage/data/answer_words.json).
_RIGHT_NOW = "asq.5"


class Answer(StrEnum):
    """What a person can say to "are you thinking of it right now?"."""

    NOW = "now"
    SOMETIMES = "sometimes"
    NO = "no"
    UNSAID = "unsaid"


# Not saying counts as a yes that may wait for today, as a refused answer does in the ASQ (instruments.yaml).
_LEVEL = {Answer.NOW: Level.RED, Answer.SOMETIMES: Level.ORANGE, Answer.UNSAID: Level.ORANGE, Answer.NO: Level.GREEN}
_REASON = {
    Answer.NOW: "says_yes_now",
    Answer.SOMETIMES: "says_sometimes",
    Answer.UNSAID: "would_not_say",
    Answer.NO: "says_no_when_asked",
}
_SOMETIMES = ("有时", "偶尔", "想过", "以前想", "会想", "sometimes", "now and then", "i have thought")


def may_ask(*, session: Session, conversation: Conversation, level: Level, now: datetime) -> bool:
    """Tell whether the question belongs under this card: at orange, and not asked in the last hours."""
    if level is not Level.ORANGE:
        return False
    recent = session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.sender == Sender.SYSTEM,
            Message.at > now - ASK_AGAIN_AFTER,
        )
        .order_by(Message.seq.desc())
        .limit(50)
    )
    return not any(message.extra.get("asks_safety") for message in recent)


def buttons(language: str) -> list[dict[str, str]]:
    """Return the four answers and the wish for a person."""
    return [
        *({"title": say(f"answer.safety.{one}", language), "payload": PAYLOAD + one} for one in Answer),
        {"title": say("button.human", language), "payload": "site:human"},
    ]


def answer_of(payload: str | None) -> Answer | None:
    """Return the answer behind a tap, or None for any other button."""
    if payload is None or not payload.startswith(PAYLOAD):
        return None
    return Answer(payload.removeprefix(PAYLOAD))


def typed_answer(*, session: Session, conversation: Conversation, text: str, now: datetime) -> Answer | None:
    """Return what typed words answer, when the question is the last thing we said; None where they are unsure."""
    last = session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.sender != Sender.STAFF)
        .order_by(Message.seq.desc())
        .limit(6)
    ).all()
    for message in last:
        if message.sender is Sender.PERSON or message.at < now - ANSWER_WITHIN:
            return None
        if message.extra.get("asks_safety"):
            return _read(text)
    return None


def _read(text: str) -> Answer | None:
    words = text.strip().lower()
    if len(words) <= 20 and any(word in words for word in _SOMETIMES) and "没" not in words:
        return Answer.SOMETIMES
    value = parse_answer(_RIGHT_NOW, text)
    return {1: Answer.NOW, 0: Answer.NO, REFUSED: Answer.UNSAID}.get(value) if value is not None else None


def weigh(assessment: Assessment, answer: Answer) -> Assessment:
    """Return the assessment with the answer added; "no" is shown beside it and lowers nothing."""
    level = highest((assessment.level, _LEVEL[answer]))
    tiers = assessment.tiers or (("active_ideation",) if answer is Answer.NOW else ())
    return replace(assessment, level=level, tiers=tiers, reasons=(*assessment.reasons, _REASON[answer]))


def reply_key(answer: Answer) -> str:
    """Return the fixed sentence that thanks for an answer that needs no card; NOW always gets one."""
    return f"thanks.safety.{answer}"
