"""People in danger who write while things break: like the page, each repeats a line until the site says it has it."""

from __future__ import annotations

import itertools
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from bench.crisis_chain.house import Visitor, browser
from tests.fixtures.platform import Platform

DANGER = ("我不想活了", "药已经吃了一瓶", "活着没意思", "I want to kill myself")
# The answers after which the page sends again (web/static/js/chat/outbox.js); after any other it gives the words back.
TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
# A browser that waits a second sends its line again while the site still works on the first one.
WAITS = (1.0, 4.0, 20.0)  # seconds
# No fault lasts longer; who still has no answer then has been forgotten.
PATIENCE = 150.0  # seconds
# Form tokens last an hour; a page is opened anew long before.
VISITS_PER_PAGE = 40


@dataclass(frozen=True)
class Line:
    """One flagged line: whose it is, and the key under which it must be stored once."""

    conversation_id: int
    key: str


@dataclass
class Tally:
    """What the people have sent and what they were told; shared by their threads."""

    sent: list[Line] = field(default_factory=list)
    acknowledged: list[Line] = field(default_factory=list)
    unanswered: list[Line] = field(default_factory=list)
    # Statuses after which the page would not send again, by status.
    turned_away: Counter[int] = field(default_factory=Counter)
    # Why a line had to be sent again, by status or class of the error.
    repeats: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Add what the people of another house have sent; only the numbers of lines mean something after that."""
        self.sent += other.sent
        self.acknowledged += other.acknowledged
        self.unanswered += other.unanswered
        self.turned_away += other.turned_away
        self.repeats += other.repeats


class Writers:
    """A few threads, each the fingers of many people after one another."""

    def __init__(self, platform: Platform, visitors: Sequence[Visitor], hands: int, seed: int) -> None:
        self.platform = platform
        self.tally = Tally()
        self.stop = threading.Event()
        self.broken: list[str] = []
        self._threads = [
            threading.Thread(target=self._write, args=(visitors[number::hands], random.Random(seed + number)))
            for number in range(hands)
        ]

    def start(self) -> None:
        """Begin to write."""
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    def finish(self) -> Tally:
        """Let each finish the line at hand, and return what became of all of them."""
        self.stop.set()
        deadline = time.monotonic() + PATIENCE + 30
        for thread in self._threads:
            thread.join(max(0.1, deadline - time.monotonic()))
        assert not any(thread.is_alive() for thread in self._threads), "somebody still writes"
        self.must_be_well()
        return self.tally

    def must_be_well(self) -> None:
        """Fail when a thread has died of an error of its own."""
        assert not self.broken, self.broken

    def _write(self, visitors: Sequence[Visitor], chance: random.Random) -> None:
        try:
            for number in itertools.count():
                if self.stop.is_set():
                    return
                if number % VISITS_PER_PAGE == 0:
                    first = visitors[number % len(visitors)]
                    opened = self._open(first)
                    if opened is None:
                        return
                    http, token = opened
                    cookie = http.headers["Cookie"]
                visitor = visitors[number % len(visitors)]
                # The page is open already when things break; its form token serves whoever holds the key.
                http.headers["Cookie"] = cookie.replace(first.key, visitor.key)
                self._talk(http, token, visitor, chance)
        except Exception as error:
            # A thread that dies unseen would make the figures look better than they are.
            self.broken.append(repr(error))
            raise

    def _talk(self, http: httpx.Client, token: str, visitor: Visitor, chance: random.Random) -> None:
        for _ in range(chance.randint(1, 4)):
            if self.stop.is_set():
                return
            self._send(http, token, visitor, chance)
            time.sleep(chance.uniform(0.05, 0.4))

    def _open(self, visitor: Visitor) -> tuple[httpx.Client, str] | None:
        while not self.stop.is_set():
            try:
                return browser(self.platform, visitor)
            except (httpx.HTTPError, AssertionError):
                # The page did not come; a person would press "reload".
                time.sleep(0.2)
        return None

    def _send(self, http: httpx.Client, token: str, visitor: Visitor, chance: random.Random) -> None:
        line, text = Line(visitor.conversation_id, uuid.uuid4().hex), chance.choice(DANGER)
        self.tally.sent.append(line)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = http.post(
                    "/chat/messages",
                    json={"client_key": line.key, "text": text},
                    headers={"X-CSRFToken": token, "Accept": "application/json"},
                    timeout=chance.choice(WAITS),
                )
            except httpx.HTTPError as error:
                self.tally.repeats[type(error).__name__] += 1
            else:
                if answer.is_success:
                    self.tally.acknowledged.append(line)
                    return
                if answer.status_code not in TRY_AGAIN:
                    self.tally.turned_away[answer.status_code] += 1
                    return
                self.tally.repeats[str(answer.status_code)] += 1
            time.sleep(chance.uniform(0.05, 0.4))
        self.tally.unanswered.append(line)
