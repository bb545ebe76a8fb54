"""How fast a crisis reaches the duty screen, how fast the bot answers, and how much memory the platform holds.

    .venv/web/bin/python -m bench.first_light [--runs 3]

Starts a platform of its own on free loopback ports and stops it again. Prints the median over the runs.
"""

from __future__ import annotations

import argparse
import queue
import random
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench.visitors import Officer, Person, percentile
from tests.fixtures.platform import Platform, start_platform

PEOPLE = 20
SECONDS = 14.0
CALM = ("今天又没睡好", "这个月钱不够花", "和儿子吵架了", "一个人在家", "找不到工作", "邻居家装修太吵了")
DANGER = "我不想活了"
TURNS = 30


def to_the_screen(platform: Platform, officer: Officer) -> list[float]:
    """Let 20 people chat; each writes words of danger once. Return seconds from post to duty screen."""
    people = [Person(platform.url) for _ in range(PEOPLE)]
    posted: dict[int, float] = {}
    chance = random.Random(7)
    moments = [chance.uniform(2, SECONDS - 3) for _ in people]

    def chat(person: Person, when: float, seed: int) -> None:
        pace, began, said = random.Random(seed), time.perf_counter(), False
        while (elapsed := time.perf_counter() - began) < SECONDS:
            if not said and elapsed >= when:
                moment = time.perf_counter()
                answer = person.post(text=DANGER)
                posted[answer.json()["messages"][0]["id"]] = moment
                said = True
            else:
                person.post(text=pace.choice(CALM))
            time.sleep(pace.uniform(1.0, 3.0) if said else min(pace.uniform(1.0, 3.0), max(0.01, when - elapsed)))

    threads = [
        threading.Thread(target=chat, args=(person, when, number))
        for number, (person, when) in enumerate(zip(people, moments, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(2)
    codes = _codes(platform, list(posted))
    early = sum(officer.first_seen.get(codes[number], moment) < moment for number, moment in posted.items())
    assert not early, f"{early} people had a case before their words of danger: the calm lines are not calm"
    missing = [code for code in codes.values() if code not in officer.first_seen]
    assert not missing, f"{len(missing)} cases never reached the duty screen"
    return [officer.first_seen[codes[number]] - moment for number, moment in posted.items()]


def _codes(platform: Platform, numbers: list[int]) -> dict[int, str]:
    path = platform.database_url.removeprefix("sqlite:///")
    query = (
        "SELECT m.id, b.code FROM messages m JOIN conversations c ON c.id = m.conversation_id"
        " JOIN beneficiaries b ON b.id = c.beneficiary_id"
    )
    with sqlite3.connect(path) as connection:
        found = dict(connection.execute(query).fetchall())
    return {number: found[number] for number in numbers}


def to_the_reply(platform: Platform) -> list[float]:
    """Let one person talk and answer questions. Return seconds from post to the bot's first words on the page."""
    person = Person(platform.url)
    heard: queue.SimpleQueue[tuple[dict[str, object], float]] = queue.SimpleQueue()
    person.listen(lambda message, moment: heard.put((message, moment)))
    time.sleep(1)
    times: list[float] = []
    card: dict[str, object] | None = None
    for turn in range(TURNS):
        _drain(heard)
        began = time.perf_counter()
        if card is not None:
            person.post(message_id=card["id"], button=0)
        else:
            person.post(text="我想做那个问卷" if turn == TURNS // 2 else CALM[turn % len(CALM)])
        message, moment = _first_of_bot(heard)
        times.append(moment - began)
        time.sleep(0.6)
        last = message
        while not heard.empty():
            last = heard.get()[0]
        card = last if last["kind"] == "item" else None
    return times


def _drain(heard: queue.SimpleQueue[tuple[dict[str, object], float]]) -> None:
    while not heard.empty():
        heard.get()


def _first_of_bot(heard: queue.SimpleQueue[tuple[dict[str, object], float]]) -> tuple[dict[str, object], float]:
    while True:
        message, moment = heard.get(timeout=20)
        if message["sender"] == "bot":
            return message, moment


def resident(platform: Platform) -> dict[str, float]:
    """Return the resident memory of each process with its children, in MB, shared pages counted by share."""
    sizes = {}
    for name, child in platform.supervisor.children.items():
        if child.running is not None:
            sizes[name] = sum(_proportional(pid) for pid in _family(child.running.pid)) / 1024
    return sizes


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _proportional(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _shown(title: str, runs: list[list[float]], shares: tuple[float, ...]) -> None:
    cells = [
        f"p{round(share * 100)} {statistics.median(percentile(run, share) for run in runs) * 1000:6.0f} ms"
        for share in shares
    ]
    print(f"{title:<58} {'   '.join(cells)}   ({len(runs)} runs x {len(runs[0])})", flush=True)


def measure(platform: Platform, runs: int) -> None:
    """Print the table."""
    logins = platform.flask("demo", "logins").splitlines()
    username, password = next(line.split()[:2] for line in logins if line.startswith("zhangmin"))
    officer = Officer(platform.url, username, password)
    officer.watch()
    _shown("one person: post -> bot's reply on the page", [to_the_reply(platform) for _ in range(runs)], (0.5, 0.95))
    crisis: Callable[[], list[list[float]]] = lambda: [_spaced(platform, officer) for _ in range(runs)]  # noqa: E731
    _shown("20 people: words of danger -> duty screen, bot running", crisis(), (0.5, 0.95, 0.99))
    sizes = resident(platform)
    platform.kill("rasa")
    _shown("20 people: words of danger -> duty screen, bot stopped", crisis(), (0.5, 0.95, 0.99))
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
    print(f"{'resident memory of the platform':<58} {sum(sizes.values()):6.0f} MB   ({parts})")


def _spaced(platform: Platform, officer: Officer) -> list[float]:
    """One round; the door lets sixty people a minute in from one address, so rounds keep their distance."""
    began = time.perf_counter()
    times = to_the_screen(platform, officer)
    time.sleep(max(0.0, 21 - (time.perf_counter() - began)))
    return times


def main() -> None:
    """Start a platform, measure, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        platform = start_platform(Path(folder))
        try:
            measure(platform, given.runs)
        finally:
            platform.supervisor.stop()


if __name__ == "__main__":
    sys.exit(main())
