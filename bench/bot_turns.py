"""How long one turn of the bot takes while several people chat at once.

    .venv/web/bin/python -m bench.bot_turns [--people 10] [--turns 12] [--base-url URL]

Starts a platform of its own on free loopback ports, with the trained bot and a fresh SQLite file, and stops it
again; with --base-url it speaks to a running one. Half of the people give their details and their consents, the
other half talk a little and answer the first questions. Exits with 1 when the bot is too slow.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import sqlite3
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bench.rosters import Figure, share
from bench.visitors import Person
from ops.places import ROOT
from tests.fixtures.platform import Platform, start_platform
from tests.fixtures.rasa_server import BOT_TOKEN

# The plan of record: p95 of a bot turn, ten people chatting on two cores.
AT_MOST_MS = 250.0
# People read what was said before they answer.
PAUSE_S = (1.0, 3.0)
PATIENCE_S = 30.0
TITLES: dict[str, dict[str, str]] = json.loads((ROOT / "bot/domain/button_words.json").read_text("utf-8"))


FIRST, CALM = "first", "calm"
# The lowest answers of the questions. A tap on any other may raise an alarm, and then the site speaks for the bot.
CALM_TITLES = ("完全不会", "否")


@dataclass(frozen=True)
class Step:
    """What a person does in one turn: type words, or tap a button, named by its key or as FIRST or CALM."""

    text: str = ""
    tap: str = ""


INTAKE = (
    Step("您好"),
    Step("帮我登记一下情况"),
    Step("叫我王姐吧"),
    Step(tap="age_60"),
    Step(tap=FIRST),
    Step(tap="worry_money"),
    Step("儿子好久没回来了"),
    Step(tap="urgency_week"),
    Step(tap="yes"),
    Step(tap="no"),
    Step(tap="yes"),
    Step(tap="contact_no"),
    Step(tap="card_right"),
)
TALK = (Step("您好"), Step("今天又没睡好"), Step("这个月钱不够花"), Step("你是机器人吗"), Step("和儿子吵架了"))
SCREENING = (Step("我想答那几个小问题"), *(Step(tap=CALM),) * 8)
ROUTES = ((*INTAKE, *TALK, *SCREENING), (*TALK, *SCREENING, *INTAKE))


@dataclass(frozen=True)
class Turn:
    """The seconds of one turn, on the clock of the person's page."""

    message_id: int
    typed: bool
    # From the tap on "send" to the first words of the bot on the page.
    waited: float
    # From the moment the page knows that its message is stored to the same words.
    answered: float


@dataclass
class Chatter:
    """Somebody who walks a route with the pauses of a reader."""

    base: str
    route: Sequence[Step]
    chance: random.Random
    turns: list[Turn] = field(default_factory=list)
    _heard: queue.SimpleQueue[tuple[dict[str, Any], float]] = field(default_factory=queue.SimpleQueue)
    _shown: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.person = Person(self.base)
        self.person.listen(lambda message, moment: self._heard.put((message, moment)))

    def walk(self) -> None:
        """Take every step of the route."""
        for step in self.route:
            time.sleep(self.chance.uniform(*PAUSE_S))
            self._catch_up()
            self.turns.append(self._turn(step))

    def _turn(self, step: Step) -> Turn:
        body = {"text": step.text} if step.text else self._button(step.tap)
        began = time.perf_counter()
        answer = self.person.post(**body)
        stored = time.perf_counter()
        answer.raise_for_status()
        mine = answer.json()["messages"][0]
        seen = self._first_of_bot(after=mine["seq"])
        return Turn(mine["id"], bool(step.text), seen - began, max(0.0, seen - stored))

    def _first_of_bot(self, *, after: int) -> float:
        deadline = time.perf_counter() + PATIENCE_S
        while True:
            message, moment = self._heard.get(timeout=max(0.01, deadline - time.perf_counter()))
            if message["seq"] > after and message["sender"] == "system":
                raise AssertionError(f"the site had to speak for the bot: {message['text']}")
            if message["seq"] > after and message["sender"] == "bot":
                self._shown = message
                return moment

    def _catch_up(self) -> None:
        while not self._heard.empty():
            message, _moment = self._heard.get()
            if message["sender"] == "bot":
                self._shown = message

    def _button(self, key: str) -> dict[str, Any]:
        titles = [button["title"] for button in self._shown["buttons"]]
        wanted = {FIRST: titles[:1], CALM: CALM_TITLES}.get(key) or (TITLES[key]["zh-CN"],)
        places = [place for place, title in enumerate(titles) if title in wanted]
        assert places, f"no button {key} under: {self._shown['text']}"
        return {"message_id": self._shown["id"], "button": places[0]}


def chat(base: str, people: int, turns: int, seed: int) -> list[Turn]:
    """Let the people chat at once; return all turns. Raises when one of them could not walk on."""
    chatters = [
        Chatter(base, ROUTES[number % len(ROUTES)][:turns], random.Random(seed + number)) for number in range(people)
    ]
    threads = [threading.Thread(target=chatter.walk) for chatter in chatters]
    time.sleep(1)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [turn for chatter in chatters for turn in chatter.turns]
    asked = sum(len(chatter.route) for chatter in chatters)
    assert len(done) == asked, f"only {len(done)} of {asked} turns were answered"
    return done


def stored_gaps(platform: Platform, turns: Sequence[Turn]) -> list[float]:
    """Return for each turn the seconds from the stored message to the stored reply, on the site's own clock."""
    query = (
        "SELECT (julianday(min(r.at)) - julianday(m.at)) * 86400 FROM messages m"
        " JOIN messages r ON r.reply_to_id = m.id AND r.sender = 'bot' WHERE m.id = ?"
    )
    with sqlite3.connect(platform.database_url.removeprefix("sqlite:///")) as connection:
        found = [connection.execute(query, (turn.message_id,)).fetchone()[0] for turn in turns]
    return [seconds for seconds in found if seconds is not None]


def rasa_alone(platform: Platform, people: int, turns: int, seed: int) -> list[float]:
    """Ask Rasa and its actions directly, with the same people, small talk and pauses; return the seconds."""
    with sqlite3.connect(platform.database_url.removeprefix("sqlite:///")) as connection:
        rows = connection.execute("SELECT public_id FROM conversations ORDER BY id DESC LIMIT ?", (people,)).fetchall()
    times: list[float] = []

    def ask(public_id: str, chance: random.Random) -> None:
        with httpx.Client(timeout=PATIENCE_S, trust_env=False) as client:
            for number in range(turns):
                time.sleep(chance.uniform(*PAUSE_S))
                body = _direct(public_id, number, TALK[number % len(TALK)].text)
                began = time.perf_counter()
                answer = client.post(
                    f"http://127.0.0.1:{platform.ports.rasa}/webhooks/nuanyang/webhook",
                    json=body,
                    headers={"Authorization": f"Bearer {BOT_TOKEN}"},
                )
                times.append(time.perf_counter() - began)
                answer.raise_for_status()

    threads = [
        threading.Thread(target=ask, args=(public_id, random.Random(seed + number)))
        for number, (public_id,) in enumerate(rows)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _direct(public_id: str, number: int, text: str) -> dict[str, Any]:
    # Numbers that no stored message has, so that the bot takes each for a new one.
    message_id = 1_000_000_000 + uuid.uuid4().int % 1_000_000_000 + number
    turn = {"sender": public_id, "message_id": message_id, "language": "zh-CN", "text": text}
    return {**turn, "payload": None, "level": "green", "reasons": []}


def spent(platform: Platform) -> dict[str, float]:
    """Return the seconds that each process and its children have computed; other work on the machine adds little."""
    running = {name: child.running.pid for name, child in platform.supervisor.children.items() if child.running}
    return {name: sum(_computed(pid) for pid in _family(pid)) for name, pid in running.items()}


def _family(pid: int) -> list[int]:
    children = [int(one) for path in Path(f"/proc/{pid}/task").glob("*/children") for one in path.read_text().split()]
    return [pid, *(one for child in children for one in _family(child))]


def _computed(pid: int) -> float:
    # After the name in brackets, the 12th and 13th field are the ticks in user and kernel mode (proc(5)).
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def figures(what: str, seconds: Sequence[float], *, most: float | None = None) -> list[Figure]:
    """Return median and p95 in milliseconds."""
    milliseconds = [one * 1000 for one in seconds]
    return [
        Figure(f"{what}, median", share(milliseconds, 0.5), "ms"),
        Figure(f"{what}, p95", share(milliseconds, 0.95), "ms", most=most),
    ]


def of_the_pages(turns: Sequence[Turn]) -> list[Figure]:
    """Return what the people's pages have seen."""
    return [
        Figure("turns", len(turns), ""),
        *figures("bot turn: message stored -> reply on the page", [t.answered for t in turns], most=AT_MOST_MS),
        *figures("  of these, typed words", [t.answered for t in turns if t.typed]),
        *figures("  of these, taps", [t.answered for t in turns if not t.typed]),
        *figures("person's wait: send -> reply on the page", [t.waited for t in turns]),
    ]


def measured(people: int, turns: int, seed: int) -> list[Figure]:
    """Start a platform, measure, stop it."""
    with tempfile.TemporaryDirectory(prefix="nuanyang-turns-") as folder:
        platform = start_platform(Path(folder))
        try:
            before = spent(platform)
            walked = chat(platform.url, people, turns, seed)
            after = spent(platform)
            stored = stored_gaps(platform, walked)
            direct = rasa_alone(platform, people, min(turns, len(TALK)), seed)
        finally:
            platform.supervisor.stop()
    return [
        *of_the_pages(walked),
        *figures("the site's clock: message taken -> reply stored", stored),
        *figures("Rasa and its actions alone, small talk asked directly", direct),
        *(
            Figure(f"computing time of a turn, {name}", (after[name] - before[name]) / len(walked) * 1000, "ms")
            for name in sorted(after)
        ),
    ]


def main() -> int:
    """Print the figures; return 1 when the bot is too slow."""
    parser = argparse.ArgumentParser(prog="python -m bench.bot_turns", description=__doc__)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--turns", type=int, default=12, help=f"of each person, at most {len(ROUTES[0])} (default 12)")
    parser.add_argument("--seed", type=int, default=7, help="of the pauses")
    parser.add_argument("--base-url", help="a running site with its bot; by default one of its own")
    given = parser.parse_args()
    if given.base_url:
        found = of_the_pages(chat(given.base_url.rstrip("/"), given.people, given.turns, given.seed))
    else:
        found = measured(given.people, given.turns, given.seed)
    print(f"bot turns: {given.people} people at once, {given.turns} turns each, seed {given.seed}")
    for figure in found:
        print(figure.line())
    return int(not all(figure.reached for figure in found))


if __name__ == "__main__":
    sys.exit(main())
