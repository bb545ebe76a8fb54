"""A person, please: offered only when the roster says one is there; otherwise a name and a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit, blocks, callbacks, duty, live, opening, transcript
from care.wording import say, when
from models.conversations import Conversation, Message, MessageKind, Owner, Sender
from models.crises import CallBack

# A desk that changes hands is empty for a moment; a promise made in it would only confuse.
CHANGING_HANDS = timedelta(minutes=1)
AT_MOST = 50
# What is said about a person carries this mark: other notices of the site look alike and promise nobody.
ABOUT_A_PERSON = {"about": "person"}
# So many of the newest notices are looked through for the last one about a person.
LOOKED_THROUGH = 30


class Outcome(StrEnum):
    """What became of the wish for a person."""

    OFFERED = "offered"
    ALREADY_WAITING = "already_waiting"
    ALREADY_HERE = "already_here"
    CALL_BACK = "call_back"
    NOBODY = "nobody"
    # The chat rests after abuse; the person is told until when. In danger it does not rest (care/blocks.py).
    RESTING = "resting"


@dataclass(frozen=True)
class Request:
    """The outcome and the fixed words that told the person."""

    outcome: Outcome
    messages: list[Message]
    call_back: CallBack | None = None


def request(
    *,
    session: Session,
    conversation: Conversation,
    now: datetime,
    timezone: str,
    reply_to: Message | None = None,
) -> Request:
    """Ask for a person on behalf of the person in this conversation."""
    if conversation.owner is Owner.STAFF:
        return Request(Outcome.ALREADY_HERE, [])
    resting = blocks.in_the_way(session=session, conversation=conversation, now=now)
    if resting is not None:
        told = blocks.answer(
            session=session, block=resting, conversation=conversation, now=now, timezone=timezone, asked=True
        )
        return Request(Outcome.RESTING, told)
    language = conversation.language
    waiting = conversation.human_requested_at is not None
    if not waiting:
        conversation.human_requested_at = now
        # Every window of the person learns that they wait, and from now on how the line before them moves.
        live.publish(session=session, channel=live.chat_channel(conversation.id), kind="status", now=now)
        audit.record(
            session=session,
            actor=None,
            verb="human.request",
            subject_type="conversation",
            subject_id=conversation.id,
            now=now,
        )
    live.publish(session=session, channel=live.DESK, kind="human_request", now=now, conversation_id=conversation.id)
    call_back = None
    if duty.is_open(session=session, at=now):
        outcome = Outcome.ALREADY_WAITING if waiting else Outcome.OFFERED
        words = say("human.already" if waiting else "human.offered", language)
    else:
        call_back = callbacks.promise(session=session, conversation=conversation, now=now)
        outcome = Outcome.CALL_BACK if call_back else Outcome.NOBODY
        words = _words_of(call_back, language, timezone)
    message = transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.SYSTEM,
        kind=MessageKind.CALL_BACK if call_back else MessageKind.NOTICE,
        text=words,
        extra=dict(ABOUT_A_PERSON),
        now=now,
        reply_to=reply_to,
    )
    return Request(outcome, [message], call_back)


def _words_of(call_back: CallBack | None, language: str, timezone: str) -> str:
    if call_back is None:
        return say("human.nobody", language)
    return say(
        "human.call_back",
        language,
        who=call_back.owner.display_name,
        when=when(call_back.due_at, language, timezone),
    )


def newest_words(*, session: Session, beneficiary_id: int) -> str:
    """Return what the person was last told about a person: one who comes now, or a name and a time; else nothing."""
    told = session.scalars(
        select(Message)
        .join(Message.conversation)
        .where(
            Conversation.beneficiary_id == beneficiary_id,
            Conversation.human_requested_at.is_not(None),
            Message.sender == Sender.SYSTEM,
            Message.kind.in_((MessageKind.NOTICE, MessageKind.CALL_BACK)),
            Message.at >= Conversation.human_requested_at,
        )
        .order_by(Message.id.desc())
        .limit(LOOKED_THROUGH)
    )
    # What is stored beside a message is encrypted, so no query can ask for the mark.
    return next((one.text for one in told if one.extra.get("about") == ABOUT_A_PERSON["about"]), "")


def waiting_for_nobody(*, session: Session, now: datetime) -> list[int]:
    """Return the conversations that wait for a person while the desk has been empty for a minute, longest first."""
    since = opening.closed_since(session=session)
    if since is None or not timedelta(0) <= now - since or now - since < CHANGING_HANDS:
        return []
    if duty.is_open(session=session, at=now) or duty.expected_turn(session=session, at=now) is None:
        return []
    return list(
        session.scalars(
            select(Conversation.id)
            .outerjoin(CallBack, (CallBack.conversation_id == Conversation.id) & CallBack.done_at.is_(None))
            .where(
                Conversation.owner == Owner.BOT,
                Conversation.human_requested_at.is_not(None),
                Conversation.closed_at.is_(None),
                CallBack.id.is_(None),
            )
            .order_by(Conversation.human_requested_at)
            .limit(AT_MOST)
        )
    )


def promise_instead(*, session: Session, conversation_id: int, now: datetime, timezone: str) -> bool:
    """Tell somebody who waits that the colleague has gone, with a name and a time instead; False where none is due."""
    conversation = transcript.locked(session=session, conversation_id=conversation_id)
    if (
        conversation.owner is Owner.STAFF
        or conversation.closed_at is not None
        or callbacks.open_of(session=session, conversation_id=conversation_id) is not None
        or duty.is_open(session=session, at=now)
    ):
        return False
    return request(session=session, conversation=conversation, now=now, timezone=timezone).call_back is not None
