"""The line to the bot: runs the errand of one message, stores the answer, and speaks itself when the bot is silent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from care import blocks, outbox, transcript
from care.wording import say
from models.conversations import Conversation, Message, MessageKind, Owner, Sender
from models.database import writing
from models.outbox import OutboxKind, OutboxRow

# An answer that comes later than this after the words answers nothing any more.
STALE_AFTER = timedelta(minutes=3)
# The bot reads at most this much of a message; the whole of it is stored and assessed.
BOT_READS = 2_000
BUTTONS_AT_MOST = 12


class BotSilent(Exception):
    """The bot could not be reached or did not answer properly."""


@dataclass(frozen=True)
class BotLine:
    """Where the bot listens, and how long we wait for it."""

    client: httpx.Client
    url: str
    token: str

    def ask(self, turn: dict[str, Any]) -> list[dict[str, Any]]:
        """Send one turn and return the bot's messages; raise BotSilent otherwise."""
        try:
            answer = self.client.post(
                f"{self.url}/webhooks/nuanyang/webhook",
                json=turn,
                headers={"Authorization": f"Bearer {self.token}"},
            )
            answer.raise_for_status()
            messages = answer.json()["messages"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise BotSilent(type(error).__name__) from error
        if not isinstance(messages, list):
            raise BotSilent("malformed")
        return messages

    def is_there(self) -> bool:
        """Tell whether the bot answers at all."""
        try:
            return self.client.get(f"{self.url}/", timeout=1.0).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


def pending_rows(*, session: Session, conversation_id: int) -> Sequence[OutboxRow]:
    """Return the errands of this conversation that still wait, oldest first."""
    return session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.kind == OutboxKind.BOT_TURN,
            OutboxRow.delivered_at.is_(None),
            OutboxRow.given_up_at.is_(None),
        )
        .order_by(OutboxRow.id)
    ).all()


def pending_of(*, session: Session, conversation_id: int, now: datetime) -> int | None:
    """Return the oldest waiting errand, so that answers come in order; None while somebody works on it."""
    rows = pending_rows(session=session, conversation_id=conversation_id)
    if not rows or (rows[0].claimed_until and rows[0].claimed_until >= now):
        return None
    return rows[0].id


def give_up_stale(*, session: Session, now: datetime) -> int:
    """End the errands whose words nobody would expect an answer to any more; return how many."""
    ended = session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.kind == OutboxKind.BOT_TURN,
            OutboxRow.delivered_at.is_(None),
            OutboxRow.given_up_at.is_(None),
            OutboxRow.created_at < now - STALE_AFTER,
        )
        .values(given_up_at=now, claimed_until=None, last_error="stale")
        .execution_options(synchronize_session=False)
    )
    return int(getattr(ended, "rowcount", 0) or 0)


def run(*, session: Session, row_id: int, line: BotLine, clock: Callable[[], datetime]) -> bool:
    """Run one errand in two short transactions with the slow question between them; tell whether it is done.

    No lock is held while the bot thinks: its actions speak to our own site meanwhile.
    """
    with writing(session):
        row = outbox.claim(session=session, row_id=row_id, now=clock())
        turn = None if row is None else _turn(session=session, row=row, now=clock())
    if turn is None:
        return row is None
    try:
        answers = line.ask(turn)
    except BotSilent as silence:
        with writing(session):
            _note_silence(session=session, row_id=row_id, error=str(silence), now=clock())
        return False
    with writing(session):
        _store_answers(session=session, row_id=row_id, answers=answers, now=clock())
    return True


def _turn(*, session: Session, row: OutboxRow, now: datetime) -> dict[str, Any] | None:
    message = session.get(Message, row.payload["message_id"])
    if message is None:
        outbox.give_up(row=row, reason="message_gone", now=now)
        return None
    conversation = message.conversation
    if conversation.owner is Owner.STAFF or conversation.closed_at is not None:
        outbox.give_up(row=row, reason="not_the_bots_turn", now=now)
        return None
    if now - row.created_at > STALE_AFTER:
        outbox.give_up(row=row, reason="stale", now=now)
        return None
    return {
        "sender": conversation.public_id,
        "message_id": message.id,
        "language": conversation.language,
        "text": message.text[:BOT_READS],
        "payload": message.extra.get("payload"),
        "level": row.payload["level"],
        "reasons": row.payload["reasons"],
    }


def _store_answers(*, session: Session, row_id: int, answers: list[dict[str, Any]], now: datetime) -> None:
    row = session.get_one(OutboxRow, row_id, populate_existing=True)
    message = session.get_one(Message, row.payload["message_id"])
    conversation = transcript.locked(session=session, conversation_id=message.conversation_id)
    conversation.bot_reachable = True
    if row.delivered_at is not None:
        return
    if conversation.owner is Owner.STAFF or conversation.closed_at is not None:
        # A colleague took over while the bot was thinking: what it wanted to say is not said.
        outbox.give_up(row=row, reason="taken_over", now=now)
        return
    if blocks.in_the_way(session=session, conversation=conversation, now=now) is not None:
        # The bot has listened and could have raised an alarm; its small talk rests with the chat.
        outbox.give_up(row=row, reason="resting", now=now)
        return
    for answer in answers:
        text, buttons = _readable(answer)
        if text or buttons:
            transcript.append(
                session=session,
                conversation=conversation,
                sender=Sender.BOT,
                kind=_kind(answer),
                text=text,
                buttons=buttons,
                extra=answer.get("extra") if isinstance(answer.get("extra"), dict) else {},
                now=now,
                reply_to=message,
            )
    outbox.delivered(row=row, now=now)


def _readable(answer: dict[str, Any]) -> tuple[str, list[dict[str, str]]]:
    buttons = [
        {"title": str(button["title"]), "payload": str(button["payload"])}
        for button in answer.get("buttons") or []
        if isinstance(button, dict) and button.get("title") and button.get("payload")
    ]
    return str(answer.get("text") or ""), buttons[:BUTTONS_AT_MOST]


def _kind(answer: dict[str, Any]) -> MessageKind:
    allowed = {MessageKind.TEXT, MessageKind.ITEM, MessageKind.ASK, MessageKind.EXERCISE, MessageKind.CARD}
    try:
        kind = MessageKind(answer.get("kind") or "text")
    except ValueError:
        return MessageKind.TEXT
    # Crisis cards and notices are the site's own words; the bot cannot speak in their voice.
    return kind if kind in allowed else MessageKind.TEXT


def _note_silence(*, session: Session, row_id: int, error: str, now: datetime) -> None:
    """Put the errand back and tell the person honestly, once for each message that waits for an answer."""
    row = session.get_one(OutboxRow, row_id, populate_existing=True)
    outbox.failed(row=row, error=error, now=now)
    assert row.conversation_id is not None
    conversation = transcript.locked(session=session, conversation_id=row.conversation_id)
    if conversation.owner is Owner.STAFF:
        return
    if blocks.in_the_way(session=session, conversation=conversation, now=now) is not None:
        return
    for message in _unanswered(session=session, conversation_id=conversation.id):
        _say_away(session=session, conversation=conversation, message=message, now=now)
    conversation.bot_reachable = False


def _unanswered(*, session: Session, conversation_id: int) -> Sequence[Message]:
    """Return the messages that wait for the bot and have been told nothing yet."""
    waiting = [row.payload["message_id"] for row in pending_rows(session=session, conversation_id=conversation_id)]
    reply = aliased(Message)
    answered = select(reply.id).where(reply.reply_to_id == Message.id).exists()
    return session.scalars(select(Message).where(Message.id.in_(waiting), ~answered).order_by(Message.seq)).all()


def _say_away(*, session: Session, conversation: Conversation, message: Message, now: datetime) -> None:
    language = conversation.language
    transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.SYSTEM,
        kind=MessageKind.NOTICE,
        text=say("bot.away" if conversation.bot_reachable else "bot.away_again", language),
        buttons=[{"title": say("button.human", language), "payload": "site:human"}],
        now=now,
        reply_to=message,
    )
    conversation.bot_reachable = False
