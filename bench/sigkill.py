"""Are crisis flags lost when a process is killed outright at a random moment? The answer must be 0.

    .venv/web/bin/python -m bench.sigkill [--trials 200] [--seed 1]

Starts a platform of its own on free loopback ports. In every trial a person sends words of danger while one
process gets SIGKILL; like the real page, the person's program tries again with the same key until the site
has answered. Then every message and every flag is looked for in the database.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from pathlib import Path

import httpx

from bench.visitors import Person
from tests.fixtures.platform import Platform, start_platform

PEOPLE = 10
DANGER = ("我不想活了", "药已经吃了一瓶", "活着没意思", "I want to kill myself")
# The site is the process that could lose a flag, so it dies most often.
VICTIMS = ("site", "site", "site", "schedules", "rasa", "actions")
PATIENCE = 60.0


def send_until_answered(person: Person, key: str, text: str) -> int:
    """Send with one key, as often as it takes; return how many tries it took."""
    deadline = time.monotonic() + PATIENCE
    for tries in range(1, 10_000):
        try:
            if person.post(key, text=text).status_code == httpx.codes.OK:
                return tries
        except httpx.HTTPError:
            pass  # Killed in the middle: the page would try again, and so do we.
        assert time.monotonic() < deadline, "the site did not come back"
        time.sleep(0.05)
    raise AssertionError


def one_trial(platform: Platform, person: Person, chance: random.Random, killed: Counter[str]) -> tuple[str, int]:
    """Send words of danger while a process dies; return the key and the tries."""
    key, victim = uuid.uuid4().hex, chance.choice(VICTIMS)
    tries: list[int] = []
    sender = threading.Thread(target=lambda: tries.append(send_until_answered(person, key, chance.choice(DANGER))))
    sender.start()
    time.sleep(chance.uniform(0, 0.06))
    platform.kill(victim)
    killed[victim] += 1
    platform.start(victim, wait=victim == "site")
    sender.join()
    return key, tries[0]


def lost(platform: Platform, keys: list[str]) -> dict[str, int]:
    """Look for what could have been lost or doubled."""
    path = platform.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        stored = Counter(
            key for (key,) in connection.execute("SELECT client_key FROM messages WHERE client_key NOT NULL")
        )
        flagged = {
            key
            for (key,) in connection.execute(
                "SELECT m.client_key FROM messages m JOIN crisis_flags f ON f.message_id = m.id"
                " WHERE f.source = 'message'"
            )
        }
        unrung = connection.execute(
            "SELECT count(*) FROM crisis_cases c WHERE NOT EXISTS (SELECT 1 FROM escalations e WHERE e.case_id = c.id)"
        ).fetchone()[0]
        whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
    return {
        "messages lost": sum(key not in stored for key in keys),
        "messages doubled": sum(stored[key] > 1 for key in keys),
        "flags lost": sum(key not in flagged for key in keys),
        "cases that rang nobody": unrung,
        "database damaged": int(whole != "ok"),
    }


def main() -> int:
    """Run the trials and print what was lost; exit 1 when anything was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance, killed = random.Random(given.seed), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        platform = start_platform(Path(folder))
        try:
            people = [Person(platform.url) for _ in range(PEOPLE)]
            trials = [one_trial(platform, people[number % PEOPLE], chance, killed) for number in range(given.trials)]
            platform.wait_until_ready()
            found = lost(platform, [key for key, _tries in trials])
        finally:
            platform.supervisor.stop()
    again = sum(tries > 1 for _key, tries in trials)
    print(f"{given.trials} trials, seed {given.seed}; SIGKILL sent to {dict(killed)}; {again} sends had to be repeated")
    for what, number in found.items():
        print(f"{what:<24} {number}")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
