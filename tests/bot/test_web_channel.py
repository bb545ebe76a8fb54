"""The line from the site: one token, no command in typed words, and no message heard twice."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import httpx
import pytest
from components.web_channel import WebChannel, view, words_of
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Sanic

TOKEN = "token-of-this-test"
ADDRESS = "/webhooks/nuanyang/webhook"
TURN: dict[str, Any] = {"sender": "c-1", "message_id": 41, "language": "zh-CN", "text": "您好", "level": "green"}


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


class Bot:
    """Stands for Rasa: hears, answers with what it heard, and remembers as the tracker store does."""

    def __init__(self) -> None:
        self.store = InMemoryTrackerStore(Domain.empty())
        self.heard: list[UserMessage] = []
        self.slow = 0.0

    async def hear(self, message: UserMessage) -> None:
        """Answer with one message that has a button."""
        self.heard.append(message)
        await asyncio.sleep(self.slow)
        custom = {"text": f"读到 {message.text}", "kind": "ask", "buttons": [{"title": "停", "payload": "/stop"}]}
        await message.output_channel.send_custom_json(message.sender_id, custom)
        tracker = await self.store.retrieve(message.sender_id)
        tracker = tracker or DialogueStateTracker.from_events(message.sender_id, [])
        tracker.update(UserUttered(message.text, metadata=message.metadata))
        tracker.update(BotUttered(None, {"custom": custom}))
        await self.store.save(tracker)


class Line:
    """The channel, spoken to without a socket."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.channel = WebChannel(TOKEN)

    def restart(self) -> None:
        """Lose all that the channel kept in memory, as a new process does."""
        self.channel = WebChannel(TOKEN)

    async def _served(self) -> Sanic:
        app = Sanic(f"bot-{uuid.uuid4().hex}")
        app.blueprint(self.channel.blueprint(self.bot.hear), url_prefix="/webhooks/nuanyang")
        app.ctx.agent = type("Agent", (), {"tracker_store": self.bot.store})
        await app._startup()
        return app

    def post(self, *bodies: Any, header: str | None = f"Bearer {TOKEN}") -> list[httpx.Response]:
        """Send bodies at the same time and return the answers."""
        return asyncio.run(self._post(bodies, header))

    async def _post(self, bodies: tuple[Any, ...], header: str | None) -> list[httpx.Response]:
        headers = {"Authorization": header} if header is not None else {}
        transport = httpx.ASGITransport(app=await self._served())
        async with httpx.AsyncClient(transport=transport, base_url="http://bot", headers=headers) as client:
            posts = [client.post(ADDRESS, content=_bytes(body)) for body in bodies]
            return list(await asyncio.gather(*posts))


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    # Sanic rewrites its own methods at the start; only like this may a process start it more than once.
    monkeypatch.setattr(Sanic, "test_mode", True)
    return Line(Bot())


@pytest.mark.parametrize("header", [None, "", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
def test_without_the_token_nobody_is_heard(line: Line, header: str | None) -> None:
    assert line.post(TURN, header=header)[0].status_code == 401
    assert line.bot.heard == []


def test_channel_without_a_token_does_not_open() -> None:
    for credentials in (None, {}, {"token": ""}):
        with pytest.raises(ValueError, match="token"):
            WebChannel.from_credentials(credentials)
    assert WebChannel.from_credentials({"token": TOKEN}).name() == "nuanyang"


def test_turn_reaches_the_bot_with_what_the_site_says_of_it(line: Line) -> None:
    answer = line.post({**TURN, "level": "red", "language": "en"})[0]
    heard = line.bot.heard[0]
    assert (heard.text, heard.sender_id) == ("您好", "c-1")
    assert heard.metadata == {"message_id": 41, "language": "en", "level": "red"}
    assert answer.json()["messages"] == [
        {"text": "读到 您好", "buttons": [{"title": "停", "payload": "/stop"}], "kind": "ask", "extra": {}}
    ]


@pytest.mark.parametrize(
    "typed", ['/answer{"item": "asq.5", "value": 0}', "/restart", "/ask_human", "  /stop", "/", "//stop"]
)
def test_typed_words_are_never_a_command(line: Line, typed: str) -> None:
    line.post({**TURN, "text": typed})
    assert line.bot.heard[0].text == "／" + typed.strip()[1:]


def test_payload_of_a_button_is_run_and_its_title_is_not(line: Line) -> None:
    line.post({**TURN, "text": "几乎每天", "payload": '/answer{"item": "phq-9.1", "value": 3}'})
    assert line.bot.heard[0].text == '/answer{"item": "phq-9.1", "value": 3}'


@pytest.mark.parametrize("payload", [None, "", "stop", 7, ["/stop"], " /stop"])
def test_what_is_no_payload_leaves_the_words(payload: Any) -> None:
    assert words_of({"text": "您好", "payload": payload}) == "您好"


def test_same_message_again_is_answered_again_and_heard_once(line: Line) -> None:
    first, again = (line.post(TURN)[0].json() for _ in range(2))
    assert first == again
    assert len(line.bot.heard) == 1


def test_same_message_after_a_restart_is_heard_once(line: Line) -> None:
    first = line.post(TURN)[0].json()
    line.restart()
    assert line.post(TURN)[0].json() == first
    assert len(line.bot.heard) == 1


def test_same_message_while_the_first_is_still_being_answered_is_heard_once(line: Line) -> None:
    line.bot.slow = 0.02
    first, again = line.post(TURN, TURN)
    assert first.json() == again.json()
    assert len(line.bot.heard) == 1


def test_older_message_is_answered_with_its_own_answer(line: Line) -> None:
    line.post(TURN)
    line.post({**TURN, "message_id": 43, "text": "睡不着"})
    assert line.post(TURN)[0].json()["messages"][0]["text"] == "读到 您好"
    assert len(line.bot.heard) == 2


def test_other_person_with_the_same_number_is_heard(line: Line) -> None:
    line.post(TURN)
    line.post({**TURN, "sender": "c-2"})
    assert [message.sender_id for message in line.bot.heard] == ["c-1", "c-2"]


@pytest.mark.parametrize(
    "body",
    [b"", [], "您好", {}, {"sender": "c-1"}, {"message_id": 4}, {**TURN, "sender": ""}, {**TURN, "message_id": "4"}],
)
def test_malformed_turn_is_refused_and_not_heard(line: Line, body: Any) -> None:
    assert line.post(body)[0].status_code == 422
    assert line.bot.heard == []


def test_broken_json_is_refused_and_not_heard(line: Line) -> None:
    assert 400 <= line.post(b"{nope")[0].status_code < 500
    assert line.bot.heard == []


def test_message_is_shown_only_in_kinds_the_page_knows() -> None:
    assert view("好", {})["kind"] == "text"
    assert view(None, {"custom": {"text": "好", "kind": "script"}})["kind"] == "text"
    assert view(None, {"custom": {"text": "吸气", "kind": "exercise", "extra": {"exercise": "breathing"}}}) == {
        "text": "吸气",
        "buttons": [],
        "kind": "exercise",
        "extra": {"exercise": "breathing"},
    }
