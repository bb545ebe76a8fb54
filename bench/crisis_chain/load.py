"""A full house: 200 open chats, 20 consoles, and how long words of danger and live messages take to the screens."""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.crisis_chain.house import Place, Running, Visitor, browser, colleague, house, open_doors
from bench.visitors import percentile
from models.beneficiaries import Beneficiary
from models.conversations import Conversation
from models.database import open_engine

DANGER = "我不想活了，药已经准备好了"
CALM = ("今天天气不错", "我在家里坐着", "孩子去上学了", "谢谢你听我说", "我想一想")
# Seconds between two lines of one person who is chatting.
PACE = (10.0, 30.0)
SETTLE = 3.0


@dataclass
class Figures:
    """Seconds from the sending to the screen; None for what never came."""

    alarms: list[float | None] = field(default_factory=list)
    to_counselor: list[float | None] = field(default_factory=list)
    to_person: list[float | None] = field(default_factory=list)
    streams: int = 0
    refused: int = 0


def events(http: httpx.Client, path: str, opened: threading.Semaphore | None = None) -> Iterator[tuple[str, Any]]:
    """Yield name and data of each server-sent event."""
    with http.stream("GET", path, timeout=None, headers={"Accept": "text/event-stream"}) as answer:
        if answer.status_code != httpx.codes.OK:
            return
        if opened is not None:
            opened.release()
        name = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                yield name, json.loads(line[6:])


class FullHouse:
    """The people, the consoles and what they have seen."""

    def __init__(self, platform: Place, chats: int, consoles: int, talks: int) -> None:
        self.platform = platform
        self.visitors = open_doors(platform, chats)
        self.stop = threading.Event()
        self.opened = threading.Semaphore(0)
        self.lock = threading.Lock()
        # When each line was first seen on a screen, by its text; alarms by console and code of the case.
        self.seen: dict[tuple[str, str], float] = {}
        self.codes: list[dict[str, float]] = [{} for _ in range(consoles)]
        self.officer, self.officer_token = colleague(platform, "zhangmin")
        self.browsers = [browser(platform, one) for one in self.visitors]
        self.talks = talks

    def open_everything(self) -> int:
        """Open every page's live line; return how many did open within half a minute."""
        for number, (http, _token) in enumerate(self.browsers):
            self._thread(self._listen_as_person, http, number)
        for number in range(len(self.codes)):
            self._thread(self._watch_queue, number)
        wanted, opened = len(self.browsers) + len(self.codes), 0
        deadline = time.monotonic() + 30
        while opened < wanted and self.opened.acquire(timeout=max(0.01, deadline - time.monotonic())):
            opened += 1
        return opened

    def _thread(self, deed: Callable[..., None], *given: Any) -> threading.Thread:
        def run() -> None:
            try:
                deed(*given)
            except (httpx.HTTPError, json.JSONDecodeError):
                pass  # The measurement is over, or the site let the line go: what never arrives is counted.

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def _listen_as_person(self, http: httpx.Client, number: int) -> None:
        for name, data in events(http, "/chat/stream", self.opened):
            if name == "message" and data["sender"] == "staff":
                self._note("person", data["text"])

    def _listen_as_counselor(self, visitor: Visitor) -> None:
        path = f"/staff/conversations/{visitor.conversation_id}/stream"
        for name, data in events(self.officer, path, self.opened):
            if name == "message":
                self._note("counselor", data["text"])

    def _note(self, who: str, text: str) -> None:
        with self.lock:
            self.seen.setdefault((who, text), time.perf_counter())

    def _watch_queue(self, number: int) -> None:
        for name, state in events(self.officer, "/staff/stream", self.opened):
            if name == "queue":
                moment = time.perf_counter()
                for case in state["cases"]:
                    self.codes[number].setdefault(case["code"], moment)

    def say(self, number: int, text: str) -> bool:
        """Let a person write; tell whether the site took it."""
        http, token = self.browsers[number]
        answer = http.post(
            "/chat/messages",
            json={"client_key": uuid.uuid4().hex, "text": text},
            headers={"X-CSRFToken": token, "Accept": "application/json"},
        )
        return answer.status_code == httpx.codes.OK

    def reply(self, number: int, text: str) -> bool:
        """Let the counselor write to a person."""
        answer = self.officer.post(
            f"/staff/conversations/{self.visitors[number].conversation_id}/messages",
            data={"csrf_token": self.officer_token, "text": text, "client_key": uuid.uuid4().hex},
            headers={"Accept": "application/json"},
        )
        return answer.status_code == httpx.codes.OK

    def take_over(self) -> None:
        """Let the counselor speak with the first few people."""
        for number in range(self.talks):
            visitor = self.visitors[number]
            path = f"/staff/conversations/{visitor.conversation_id}/take-over"
            self.officer.post(path, data={"csrf_token": self.officer_token}, follow_redirects=False)
            self._thread(self._listen_as_counselor, visitor)

    def chatter(self, number: int, chance: random.Random) -> None:
        """Let one person chat until the end."""
        while not self.stop.wait(chance.uniform(*PACE)):
            try:
                self.say(number, chance.choice(CALM))
            except httpx.HTTPError:
                continue


def measure(
    folder: Path, *, chats: int, consoles: int, alarms: int, rounds: int, seed: int, at: Running | None = None
) -> Figures:
    """Fill a house of its own, or a site that runs already, and measure in it."""
    figures, chance = Figures(), random.Random(seed)
    talks = 3  # No more than one counselor may hold at a time.
    with nullcontext(at) if at is not None else house(folder) as platform:
        full = FullHouse(platform, chats, consoles, talks)
        figures.streams = full.open_everything()
        full.take_over()
        for number in range(talks + alarms, chats):
            threading.Thread(target=full.chatter, args=(number, random.Random(seed + number)), daemon=True).start()
        time.sleep(SETTLE)
        sent = _alarms(full, range(talks, talks + alarms), chance)
        _talks(full, rounds, talks, figures)
        time.sleep(SETTLE)
        full.stop.set()
        codes = _codes(platform)
        for number, moment in sent.items():
            code = codes[full.visitors[number].conversation_id]
            for screen in full.codes:
                figures.alarms.append(screen[code] - moment if code in screen else None)
    return figures


def _alarms(full: FullHouse, numbers: range, chance: random.Random) -> dict[int, float]:
    sent = {}
    for number in numbers:
        sent[number] = time.perf_counter()
        full.say(number, DANGER)
        time.sleep(chance.uniform(0.2, 1.0))
    return sent


def _talks(full: FullHouse, rounds: int, talks: int, figures: Figures) -> None:
    moments: dict[tuple[str, str], float] = {}
    for round_number in range(rounds):
        for number in range(talks):
            words = f"第{round_number}句，{number}"
            moments["counselor", f"我说{words}"] = time.perf_counter()
            figures.refused += not full.say(number, f"我说{words}")
            moments["person", f"您好{words}"] = time.perf_counter()
            figures.refused += not full.reply(number, f"您好{words}")
            time.sleep(0.05)
    time.sleep(SETTLE)
    for (who, text), moment in moments.items():
        seen = full.seen.get((who, text))
        taken = None if seen is None else seen - moment
        (figures.to_counselor if who == "counselor" else figures.to_person).append(taken)


def _codes(platform: Place) -> dict[int, str]:
    engine = open_engine(platform.database_url)
    with Session(engine) as session:
        rows = session.execute(
            select(Conversation.id, Beneficiary.code).join(Beneficiary, Beneficiary.id == Conversation.beneficiary_id)
        ).all()
    engine.dispose()
    return {row[0]: row[1] for row in rows}


def p95(values: list[float | None]) -> float:
    """Return the 95th percentile; what never came counts as endless."""
    return percentile([float("inf") if one is None else one for one in values], 0.95)
