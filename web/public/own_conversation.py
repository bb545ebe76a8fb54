"""The conversation of the browser that asks."""

from __future__ import annotations

from datetime import datetime

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from care import people, transcript
from care.wording import say
from models.beneficiaries import Beneficiary
from models.conversations import Conversation, Sender
from web.common import chat_key
from web.common.database import reading

# What the bot can begin with at once; the titles are those under which it offers the same later.
BEGINNINGS = ("start_intake", "start_screening")


def newest_of(session: Session, beneficiary_id: int) -> Conversation | None:
    """Return the person's newest conversation, open or ended."""
    return session.scalars(
        select(Conversation).where(Conversation.beneficiary_id == beneficiary_id).order_by(Conversation.id.desc())
    ).first()


def own(session: Session | None = None) -> Conversation:
    """Return the newest conversation of the person whose key the guard has checked."""
    found = newest_of(session or reading(), g.beneficiary.id)
    assert found is not None, "a key is only ever given together with a conversation"
    return found


def begin(*, session: Session, beneficiary: Beneficiary, now: datetime) -> Conversation:
    """Return the person's open conversation; a new one begins with the fixed greeting and two ways to begin by tap."""
    conversation = people.current_conversation(session=session, beneficiary=beneficiary, now=now)
    conversation = transcript.locked(session=session, conversation_id=conversation.id)
    if conversation.last_seq == 0:
        transcript.append(
            session=session,
            conversation=conversation,
            sender=Sender.BOT,
            text=say("greeting", conversation.language),
            now=now,
            # Whoever cannot find words, or types badly, begins with one tap instead.
            buttons=_beginnings(conversation.language),
        )
    return conversation


def _beginnings(language: str) -> list[dict[str, str]]:
    return [{"title": say(f"button.{intent}", language), "payload": f"/{intent}"} for intent in BEGINNINGS]


def speak(*, session: Session, language: str) -> None:
    """Let the conversation of this browser, if it has one, go on in the language."""
    person = chat_key.person()
    if person is None:
        return
    person.language = language
    conversation = newest_of(session, person.id)
    if conversation is not None and conversation.closed_at is None:
        transcript.locked(session=session, conversation_id=conversation.id).language = language
