"""Live updates: one thread per process follows the event rows and wakes the streams that wait for them.

An event is only a wake-up. What a browser is sent is read from the records themselves, after the last
number it has seen, so an event that is late, doubled or lost changes nothing.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Response
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from models.live import LiveEvent

# How often another process's events (the scheduler's, the bot's) are looked for.
POLL_SECONDS = 0.25
KEEP_ALIVE_SECONDS = 15.0
# On PostgreSQL a lower number may be committed after a higher one; this many are looked at again.
LOOK_BACK = 200

Event = tuple[int, str, dict[str, Any]]


class LiveFeed:
    """Follows live_events and hands each event to the streams subscribed to its channel."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._streams: dict[str, set[queue.SimpleQueue[Event]]] = defaultdict(set)
        # When the newest event of a watched channel was seen in the database, by a clock that nobody can set.
        self._told_at: dict[str, float] = {}
        self._seen: deque[int] = deque(maxlen=LOOK_BACK * 4)
        self._thread: threading.Thread | None = None
        self._last = 0

    def poke(self) -> None:
        """Look for new events now instead of at the next poll."""
        self._wake.set()

    def subscribe(self, *channels: str) -> queue.SimpleQueue[Event]:
        """Return a queue that receives the events of the channels from now on."""
        inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        with self._lock:
            if self._thread is None:
                self._begin_at_the_newest()
                self._thread = threading.Thread(target=self._follow, name="live-feed", daemon=True)
                self._thread.start()
            for channel in channels:
                self._streams[channel].add(inbox)
        return inbox

    def unsubscribe(self, inbox: queue.SimpleQueue[Event]) -> None:
        """Forget a stream whose browser has gone."""
        with self._lock:
            for channel in list(self._streams):
                self._streams[channel].discard(inbox)
                if not self._streams[channel]:
                    del self._streams[channel]
                    self._told_at.pop(channel, None)

    def told_at(self, channel: str) -> float:
        """Return from when on a reading holds every event handed out in the channel, as time.monotonic() tells it."""
        with self._lock:
            return self._told_at.get(channel, 0.0)

    def watchers(self) -> int:
        """Return how many streams are open."""
        with self._lock:
            return len({id(inbox) for inboxes in self._streams.values() for inbox in inboxes})

    def _begin_at_the_newest(self) -> None:
        with self._engine.connect() as connection:
            self._last = connection.scalar(select(func.max(LiveEvent.id))) or 0
            # What is there already is old news, also where the latest numbers are looked at again.
            self._seen.extend(connection.scalars(select(LiveEvent.id).where(LiveEvent.id > self._last - LOOK_BACK)))

    def _follow(self) -> None:
        while True:
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()
            try:
                self._hand_out()
            except SQLAlchemyError:
                # The database is away for a moment; the next poll catches up from the last number.
                continue

    def _hand_out(self) -> None:
        table = LiveEvent.__table__
        floor = self._last - LOOK_BACK if self._engine.dialect.name == "postgresql" else self._last
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(table.c.id, table.c.channel, table.c.kind, table.c.payload)
                .where(table.c.id > floor)
                .order_by(table.c.id)
                .limit(1000)
            ).all()
        # Taken after the events were seen: whoever begins to read now or later finds what they tell of.
        seen_at = time.monotonic()
        for row in rows:
            if row.id <= self._last and row.id in self._seen:
                continue
            self._seen.append(row.id)
            self._last = max(self._last, row.id)
            with self._lock:
                inboxes = self._streams.get(row.channel)
                if inboxes:
                    self._told_at[row.channel] = seen_at
                for inbox in inboxes or ():
                    inbox.put((row.id, row.kind, row.payload))


def sse(event: str, data: Any, number: int | None = None) -> str:
    """Return one server-sent event; number is what the browser sends back when it reconnects."""
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def stream(
    app: Flask,
    channels: tuple[str, ...],
    first: Callable[[], Iterator[str]],
    again: Callable[[list[Event]], Iterator[str]],
    pause: float = 0.0,
) -> Response:
    """Answer with an endless stream: `first` says where things stand, `again` what changed since.

    Both run inside an application context of their own and their session is given back after each turn,
    so that a waiting browser holds a thread but no database connection. After each turn that said something the
    stream rests for `pause` seconds; what happens meanwhile is kept and told in one turn.
    """
    feed: LiveFeed = app.extensions["live"]

    def lines() -> Iterator[str]:
        inbox = feed.subscribe(*channels)
        try:
            yield "retry: 2000\n\n"
            with app.app_context():
                yield from list(first())
            while True:
                events = _next_events(inbox)
                if not events:
                    yield ": keep-alive\n\n"
                    continue
                with app.app_context():
                    said = list(again(events))
                yield from said
                if said and pause:
                    time.sleep(pause)
        finally:
            feed.unsubscribe(inbox)

    response = Response(lines(), mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    # Reverse proxies must pass each line on at once.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _next_events(inbox: queue.SimpleQueue[Event]) -> list[Event]:
    try:
        events = [inbox.get(timeout=KEEP_ALIVE_SECONDS)]
    except queue.Empty:
        return []
    while True:
        try:
            events.append(inbox.get_nowait())
        except queue.Empty:
            return events
