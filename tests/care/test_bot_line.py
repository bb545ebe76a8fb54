"""The bot answers after the commit, in order, at most once; when it is silent the site says so and loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from care import bot_line, desk
from care.bot_line import BotLine
from models.conversations import MessageKind, Sender
from models.outbox import OutboxRow
from tests.fixtures.world import World

CALM = "今天下雨了"


class Bot:
    """A bot that says what it is told to, and remembers what it was asked."""

    def __init__(self, answer: Callable[[dict[str, Any]], httpx.Response] | None = None) -> None:
        self.turns: list[dict[str, Any]] = []
        self._answer = answer or (lambda turn: says(f"echo {turn['text']}"))
        transport = httpx.MockTransport(self._hear)
        self.line = BotLine(client=httpx.Client(transport=transport), url="http://127.0.0.1:1", token="the token")

    def _hear(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer the token"
        turn = json.loads(request.content)
        self.turns.append(turn)
        return self._answer(turn)


def says(*texts: str, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"messages": [{"text": text, **more} for text in texts]})


def away(_turn: dict[str, Any]) -> httpx.Response:
    raise httpx.ConnectError("nobody there")


def run(world: World, number: int, bot: Bot) -> bool | None:
    """Do what the site's thread does for one conversation, once."""
    with world.sessions() as session:
        row_id = bot_line.pending_of(session=session, conversation_id=number, now=world.clock())
        session.rollback()
        if row_id is None:
            return None
        return bot_line.run(session=session, row_id=row_id, line=bot.line, clock=world.clock)


def spoken(world: World, number: int, sender: Sender = Sender.BOT) -> list[str]:
    return [message.text for message in world.messages(number) if message.sender is sender]


def test_the_answer_is_stored_beside_the_question(world: World) -> None:
    number, other = world.person(), world.person()
    posted = world.says(number, CALM)
    world.says(other, "不相干")
    bot = Bot()
    assert run(world, number, bot) is True
    assert spoken(world, number) == [f"echo {CALM}"]
    assert spoken(world, other) == []
    assert world.messages(number)[-1].reply_to_id == posted.message.id
    assert run(world, number, bot) is None
    turn = bot.turns[0]
    assert (turn["text"], turn["payload"], turn["level"], turn["language"]) == (CALM, None, "green", "zh-CN")


def test_the_bot_is_told_the_level_that_the_site_found(world: World) -> None:
    number = world.person()
    world.says(number, "我不想活了")
    bot = Bot(lambda _turn: says())
    run(world, number, bot)
    assert bot.turns[0]["level"] == "red"


def test_two_messages_are_answered_in_their_order(world: World) -> None:
    number = world.person()
    world.says(number, "一")
    world.says(number, "二")
    bot = Bot()
    run(world, number, bot)
    run(world, number, bot)
    assert spoken(world, number) == ["echo 一", "echo 二"]


def test_a_turn_that_somebody_works_on_is_left_alone(world: World) -> None:
    number = world.person()
    world.says(number, CALM)
    with world.work() as session:
        row = session.scalars(select(OutboxRow)).one()
        row.claimed_until = world.clock.moment.replace(second=20)
    assert run(world, number, Bot()) is None
    world.clock.advance(seconds=31)  # whoever worked on it was killed
    assert run(world, number, Bot()) is True


def test_a_silent_bot_is_told_honestly_once_for_each_message(world: World) -> None:
    number = world.person()
    world.says(number, "一")
    world.says(number, "二")
    silent = Bot(away)
    assert run(world, number, silent) is False
    world.clock.advance(seconds=2)
    assert run(world, number, silent) is False
    told = [message for message in world.messages(number) if message.kind is MessageKind.NOTICE]
    assert len(told) == 2
    assert told[0].text != told[1].text
    assert told[0].buttons[0]["payload"] == "site:human"
    assert not world.conversation(number).bot_reachable


def test_when_the_bot_is_back_the_words_that_waited_are_answered(world: World) -> None:
    number = world.person()
    world.says(number, CALM)
    run(world, number, Bot(away))
    world.clock.advance(seconds=10)
    assert run(world, number, Bot()) is True
    assert spoken(world, number) == [f"echo {CALM}"]
    assert world.conversation(number).bot_reachable


def test_a_question_that_is_stale_is_not_asked_any_more(world: World) -> None:
    number = world.person()
    world.says(number, CALM)
    world.clock.advance(minutes=4)
    bot = Bot()
    run(world, number, bot)
    assert bot.turns == []
    assert run(world, number, bot) is None


def test_words_of_danger_get_no_second_notice_when_the_bot_is_away(world: World) -> None:
    number = world.person()
    world.says(number, "我不想活了")
    run(world, number, Bot(away))
    kinds = [message.kind for message in world.messages(number)]
    assert kinds == [MessageKind.TEXT, MessageKind.CRISIS]


def test_an_answer_that_comes_after_a_take_over_is_not_said(world: World) -> None:
    officer = world.colleague("officer")
    number = world.person()
    world.says(number, CALM)

    def while_thinking(turn: dict[str, Any]) -> httpx.Response:
        with world.work() as session:
            desk.take_over(
                session=session, conversation_id=number, actor=world.actor(session, officer), now=world.clock()
            )
        return says("too late")

    assert run(world, number, Bot(while_thinking)) is True
    assert spoken(world, number) == []


def test_the_bot_cannot_speak_in_the_voice_of_a_crisis_card(world: World) -> None:
    number = world.person()
    world.says(number, CALM)
    run(world, number, Bot(lambda _turn: says("x", kind="crisis")))
    assert world.messages(number)[-1].kind is MessageKind.TEXT


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(401, json={}),
        httpx.Response(200, text="not json"),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"messages": "words"}),
    ],
    ids=["500", "401", "no json", "no messages", "not a list"],
)
def test_a_broken_answer_counts_as_silence(world: World, answer: httpx.Response) -> None:
    number = world.person()
    world.says(number, CALM)
    assert run(world, number, Bot(lambda _turn: answer)) is False
    assert spoken(world, number) == []


def test_the_bot_reads_the_beginning_of_a_very_long_message(world: World) -> None:
    number = world.person()
    world.says(number, "字" * 10_000)
    bot = Bot()
    run(world, number, bot)
    assert len(bot.turns[0]["text"]) == bot_line.BOT_READS
