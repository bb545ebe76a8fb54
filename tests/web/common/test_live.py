"""The live feed wakes whoever watches a channel, in order, once, and forgets whoever has gone."""

from __future__ import annotations

import json
import queue
import time
from typing import Any

import pytest
from flask import Flask

from care import live
from tests.fixtures.world import World, at_once
from web.common import live as lines
from web.common.live import Event, LiveFeed, sse


def _publish(world: World, channel: str, count: int = 1) -> None:
    for number in range(count):
        with world.work() as session:
            live.publish(session=session, channel=channel, kind="message", now=world.clock(), seq=number)


def _take(inbox: queue.SimpleQueue[Event]) -> list[Event]:
    taken = []
    while True:
        try:
            taken.append(inbox.get_nowait())
        except queue.Empty:
            return taken


def _quiet_feed(world: World) -> LiveFeed:
    """A feed whose thread never runs: the test itself hands out."""
    feed = LiveFeed(world.engine)
    feed._follow = lambda: None  # type: ignore[method-assign]
    return feed


def test_a_stream_hears_its_own_channel_from_now_on_and_no_other(any_world: World) -> None:
    _publish(any_world, "chat:1")
    feed = _quiet_feed(any_world)
    mine, other = feed.subscribe("chat:1"), feed.subscribe("desk")
    _publish(any_world, "chat:1", 2)
    feed._hand_out()
    assert [payload for _id, _kind, payload in _take(mine)] == [{"seq": 0}, {"seq": 1}]
    assert _take(other) == []


def test_an_event_is_handed_out_once(any_world: World) -> None:
    feed = _quiet_feed(any_world)
    inbox = feed.subscribe("chat:1")
    _publish(any_world, "chat:1", 5)
    for _ in range(3):
        feed._hand_out()
    assert len(_take(inbox)) == 5


def test_events_of_many_writers_at_once_all_arrive(any_world: World) -> None:
    feed = _quiet_feed(any_world)
    inbox = feed.subscribe("desk")
    at_once(*[lambda: _publish(any_world, "desk", 4)] * 6)
    feed._hand_out()
    numbers = [number for number, _kind, _payload in _take(inbox)]
    assert len(numbers) == len(set(numbers)) == 24


def test_more_events_than_one_look_reads_are_caught_up(world: World) -> None:
    feed = _quiet_feed(world)
    inbox = feed.subscribe("desk")
    with world.work() as session:
        for _ in range(1500):
            live.publish(session=session, channel="desk", kind="case", now=world.clock())
    feed._hand_out()
    feed._hand_out()
    assert len(_take(inbox)) == 1500


def test_whoever_has_gone_is_forgotten(world: World) -> None:
    feed = _quiet_feed(world)
    inbox, other = feed.subscribe("desk", "chat:1"), feed.subscribe("desk")
    assert feed.watchers() == 2
    feed.unsubscribe(inbox)
    _publish(world, "desk")
    feed._hand_out()
    assert (feed.watchers(), _take(inbox), len(_take(other))) == (1, [], 1)


def test_reading_after_the_hour_of_an_event_holds_it_and_other_channels_do_not_count(world: World) -> None:
    feed = _quiet_feed(world)
    desk = feed.subscribe("desk")
    feed.subscribe("chat:1")
    assert feed.told_at("desk") == 0.0
    before = time.monotonic()
    _publish(world, "desk")
    committed = time.monotonic()
    feed._hand_out()
    told = feed.told_at("desk")
    assert before < committed <= told <= time.monotonic()
    _publish(world, "chat:1")
    feed._hand_out()
    assert feed.told_at("desk") == told
    feed.unsubscribe(desk)
    assert feed.told_at("desk") == 0.0


def test_a_stream_that_rests_tells_what_happened_meanwhile_in_one_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, app, rests = _quiet_feed(world), Flask("rest"), []
    app.extensions["live"] = feed
    turns: list[list[int]] = []

    def again(events: list[Event]) -> Any:
        turns.append([payload["seq"] for _number, _kind, payload in events])
        return iter(() if payload_is_quiet(events) else ("said\n\n",))

    def payload_is_quiet(events: list[Event]) -> bool:
        return all(kind == "quiet" for _number, kind, _payload in events)

    def rest(seconds: float) -> None:
        rests.append(seconds)
        _publish(world, "desk", 3)
        feed._hand_out()

    monkeypatch.setattr(lines.time, "sleep", rest)
    with app.test_request_context():
        parts = iter(lines.stream(app, ("desk",), lambda: iter(("first\n\n",)), again, pause=0.1).response)
    assert [next(parts), next(parts)] == ["retry: 2000\n\n", "first\n\n"]
    # A turn that says nothing needs no rest.
    with world.work() as session:
        live.publish(session=session, channel="desk", kind="quiet", now=world.clock(), seq=9)
    feed._hand_out()
    _publish(world, "desk")
    feed._hand_out()
    assert next(parts) == next(parts) == "said\n\n"
    assert (turns, rests) == ([[9, 0], [0, 1, 2]], [0.1])


def test_swept_events_never_give_their_numbers_away(world: World) -> None:
    feed = _quiet_feed(world)
    inbox = feed.subscribe("desk")
    _publish(world, "desk", 3)
    feed._hand_out()
    world.clock.advance(hours=3)
    with world.work() as session:
        live.prune(session=session, now=world.clock())
    _publish(world, "desk")
    feed._hand_out()
    assert len(_take(inbox)) == 4


def test_a_line_break_in_a_message_cannot_forge_an_event() -> None:
    data: Any = {"text": "一\n\nevent: alarm\ndata: {}\r\n"}
    lines = sse("message", data, number=7).split("\n")
    assert lines[:2] == ["id: 7", "event: message"]
    assert json.loads(lines[2].removeprefix("data: ")) == data
    assert lines[3:] == ["", ""]
