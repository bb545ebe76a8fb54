"""The live line to the browser: what is new in its own conversation, read from the records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from flask import Flask, current_app, request

from care import live, transcript
from models.conversations import Conversation
from web.common.access import Access, access
from web.common.database import db
from web.common.live import Event, sse, stream
from web.public import blueprint
from web.public.message_views import message_views, status_view
from web.public.own_conversation import own


class Listener:
    """Remembers the last message that one browser has been sent."""

    def __init__(self, conversation_id: int, seen: int) -> None:
        self.conversation_id = conversation_id
        self.seen = seen
        self.waits = False

    def first(self) -> Iterator[str]:
        """Say how things stand, and everything since the number the browser came with."""
        yield self._status()
        yield from self._new_messages()

    def again(self, events: list[Event]) -> Iterator[str]:
        """Say what has changed since the last turn."""
        kinds = {kind for _number, kind, _payload in events}
        if "message" in kinds:
            yield from self._new_messages()
        # The line in front of somebody concerns those who stand in it, and nobody else.
        if kinds - {"message", "typing", "waiting"} or ("waiting" in kinds and self.waits):
            yield self._status()
        for _number, kind, payload in events:
            if kind == "typing":
                yield sse("typing", {"who": payload.get("who", "staff")})

    def _new_messages(self) -> Iterator[str]:
        rows = transcript.messages_after(session=db.session(), conversation_id=self.conversation_id, seq=self.seen)
        for view in message_views(rows):
            self.seen = view["seq"]
            yield sse("message", view, number=self.seen)

    def _status(self) -> str:
        status = status_view(db.session.get_one(Conversation, self.conversation_id))
        self.waits = status["waiting"]
        return sse("status", status)


@blueprint.get("/chat/stream")
@access(Access.PERSON)
def chat_stream() -> Any:
    """Send new messages and changes of state as they happen."""
    conversation_id = own().id
    listener = Listener(conversation_id, _last_seen())
    app = cast("Any", current_app)._get_current_object()
    # The desk's hours are everybody's: who waits learns in the same second that somebody has come or gone.
    channels = (live.chat_channel(conversation_id), live.HOURS, live.WAITING)
    return stream(cast("Flask", app), channels, listener.first, listener.again)


def _last_seen() -> int:
    for value in (request.headers.get("Last-Event-ID"), request.args.get("after")):
        if value and value.isdecimal() and len(value) < 10:
            return int(value)
    return 0
