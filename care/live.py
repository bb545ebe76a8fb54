"""Tells browsers that something changed: a row in the same transaction, so nothing is announced that did not happen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.live import LiveEvent

DESK = "desk"
# For every open chat: who answers now, or when somebody will, has changed.
HOURS = "hours"
# For every chat whose person waits: the line in front of somebody has changed.
WAITING = "waiting"
# Browsers that were away longer than this read the records themselves, not the events.
KEPT_FOR = timedelta(hours=2)


def chat_channel(conversation_id: int) -> str:
    """Return the channel of one conversation."""
    return f"chat:{conversation_id}"


def side_channel(conversation_id: int) -> str:
    """Return what colleagues say to each other about a conversation; a person's browser never listens to it."""
    return f"side:{conversation_id}"


def publish(*, session: Session, channel: str, kind: str, now: datetime, **payload: Any) -> None:
    """Queue an event for every browser that watches the channel; payload holds ids only."""
    session.add(LiveEvent(channel=channel, kind=kind, payload=payload, at=now))


def prune(*, session: Session, now: datetime) -> int:
    """Forget events that no browser can still ask for; return how many."""
    result = session.execute(delete(LiveEvent).where(LiveEvent.at < now - KEPT_FOR))
    return int(getattr(result, "rowcount", 0) or 0)
