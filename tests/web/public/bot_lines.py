"""A line of the bot in the newest conversation, written as the errand to the bot would bring it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from care import transcript
from models.conversations import Conversation, MessageKind, Sender
from tests.fixtures.desk import DeskSite


def bot_says(
    site: DeskSite,
    text: str,
    titles: Sequence[str] = (),
    kind: MessageKind = MessageKind.ASK,
    *,
    extra: Mapping[str, Any] | None = None,
    payloads: Mapping[str, str] | None = None,
) -> None:
    """Let the bot say something with buttons; each answers by its place unless it is given another payload."""
    given = payloads or {}
    with site.work() as session:
        conversation = session.scalars(select(Conversation).order_by(Conversation.id.desc())).first()
        assert conversation is not None
        transcript.append(
            session=session,
            conversation=conversation,
            sender=Sender.BOT,
            kind=kind,
            text=text,
            buttons=[
                {"title": title, "payload": given.get(title, f"/answer{place}")} for place, title in enumerate(titles)
            ],
            extra=dict(extra or {}),
            now=site.clock(),
        )
    site.app.extensions["live"].poke()
