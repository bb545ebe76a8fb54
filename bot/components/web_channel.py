"""The line from the site: one token, one turn at a time, and never the same message twice."""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

KINDS = ("text", "item", "ask", "exercise", "card")
# How many people's last message numbers are remembered without asking the tracker store.
REMEMBERED = 2_000


class WebChannel(InputChannel):
    """Takes what the site forwards and returns what the bot says."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._last: OrderedDict[str, int] = OrderedDict()
        # Weak: a lock lives as long as somebody holds it or waits for it.
        self._busy: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def name(cls) -> str:
        """Return the name in the channel's address."""
        return "nuanyang"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebChannel:
        """Create the channel; without a token it must not open."""
        token = (credentials or {}).get("token")
        if not token:
            raise ValueError("the channel needs a token")
        return cls(str(token))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the addresses of this channel."""
        webhook = Blueprint("nuanyang_webhook")

        @webhook.get("/")
        async def health(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not self._knows(request):
                return response.json({"error": "token"}, status=401)
            turn = request.json if isinstance(request.json, dict) else {}
            sender, number = turn.get("sender"), turn.get("message_id")
            if not isinstance(sender, str) or not sender or not isinstance(number, int):
                return response.json({"error": "malformed"}, status=422)
            # The site asks again when an answer takes too long; the second question waits for the first answer.
            async with self._busy.setdefault(sender, asyncio.Lock()):
                said = await self._said_before(request, sender, number)
                if said is None:
                    said = await self._hear(on_new_message, turn)
                self._remember(sender, number)
            return response.json({"messages": said})

        return webhook

    def _knows(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())

    def _remember(self, sender: str, number: int) -> None:
        self._last[sender] = max(number, self._last.pop(sender, 0))
        while len(self._last) > REMEMBERED:
            self._last.popitem(last=False)

    async def _said_before(self, request: Request, sender: str, number: int) -> list[dict[str, Any]] | None:
        """Return what was answered to this message before, or None when it is new."""
        if self._last.get(sender, number) < number:
            return None
        tracker = await request.app.ctx.agent.tracker_store.retrieve(sender)
        if tracker is None:
            return None
        said: list[dict[str, Any]] | None = None
        for event in tracker.events:
            if isinstance(event, UserUttered):
                if said is not None:
                    break
                if (event.metadata or {}).get("message_id") == number:
                    said = []
            elif isinstance(event, BotUttered) and said is not None:
                said.append(view(event.text, event.data or {}))
        return said

    async def _hear(
        self, on_new_message: Callable[[UserMessage], Awaitable[Any]], turn: dict[str, Any]
    ) -> list[dict[str, Any]]:
        collector = CollectingOutputChannel()
        await on_new_message(
            UserMessage(
                words_of(turn),
                collector,
                turn["sender"],
                input_channel=self.name(),
                metadata={
                    "message_id": turn["message_id"],
                    "language": turn.get("language") or "zh-CN",
                    "level": turn.get("level") or "green",
                },
            )
        )
        return [view(message.get("text"), message) for message in collector.messages]


def words_of(turn: dict[str, Any]) -> str:
    """Return what Rasa reads: a button's payload as it was offered, typed words never as a command."""
    payload = turn.get("payload")
    if isinstance(payload, str) and payload.startswith("/"):
        return payload
    text = str(turn.get("text") or "").strip()
    # Rasa runs any text that begins with a slash as an intent; a full-width one reads the same to a person.
    return "／" + text[1:] if text.startswith("/") else text


def view(text: str | None, parts: dict[str, Any]) -> dict[str, Any]:
    """Return a message as the site stores it."""
    custom = parts.get("custom") or {}
    buttons = custom.get("buttons") or parts.get("buttons") or []
    kind = custom.get("kind") or ("ask" if buttons else "text")
    return {
        "text": custom.get("text") or text or "",
        "buttons": [{"title": button["title"], "payload": button["payload"]} for button in buttons],
        "kind": kind if kind in KINDS else "text",
        "extra": custom.get("extra") or {},
    }
