"""Fifty clients go for the same places through the real pages: appointments without an account, shifts with one.

    .venv/web/bin/python -m bench.rosters race [--postgres] [--half shifts] [--clients 50] [--attempts 200]
    .venv/web/bin/python -m bench.rosters race --base-url http://127.0.0.1:8000

Without --base-url it starts a site of its own on a fresh SQLite file, or with --postgres on a fresh PostgreSQL server.
With it, the environment must be that of the site (NUANYANG_DATABASE_URL, NUANYANG_SECRET_KEY, NUANYANG_FIELD_KEYS):
the places are seeded in its database and looked at afterwards.
Never point it at a base with real people. The throttle of the doors stays as it is: every client comes from several
loopback addresses, as fifty people come from several networks.
"""

from __future__ import annotations

import html
import itertools
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Lock

import httpx
from sqlalchemy.orm import Session

import config
from bench.race_places import PASSWORD, Places, found_wrong, seed
from bench.race_site import own_site
from bench.rosters import Figure, Options, share
from care.refusals import Refusal
from models.database import open_engine, writing
from web import create_app
from web.common.refusal_words import refusal_words
from web.common.slot_days import stamp
from web.staff.shifts import words as shift_words

# From one address a door lets sixty people a minute in; each client has so many.
ADDRESSES = 10
PATIENCE = 60.0
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
_KEY = re.compile(r'name="form_key"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="form_key"')


@dataclass
class Told:
    """What the clients were told, and how long each waited for it."""

    answers: Counter[str] = field(default_factory=Counter)
    # What was promised: (whose place, who has it). Of appointments only the time is known to the outside.
    promised: Counter[tuple[str, str]] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def note(self, answer: str, place: str, who: str, took: float) -> None:
        """Write one answer down."""
        with self._lock:
            self.times.append(took * 1000)
            if answer.startswith("error:"):
                self.errors[answer] += 1
            else:
                self.answers[answer] += 1
            if answer == "won":
                self.promised[place, who] += 1


def _sentences() -> dict[str, str]:
    """Return the name of each refusal by the sentence in which a page says it."""
    said = {str(refusal_words(one)): one.value for one in Refusal}
    said |= {str(words): one.value for one, words in shift_words.SENTENCES.items()}
    # What every unknown reason would say is the name of none.
    said.pop(str(refusal_words(400)), None)
    return said


class Client:
    """One person at a browser, on a network with several addresses."""

    def __init__(self, base: str, number: int) -> None:
        hosts = (f"127.{1 + number // 250}.{1 + number % 250}.{1 + one}" for one in range(ADDRESSES))
        self.lines = itertools.cycle([_line(base, host) for host in hosts])
        self.desk: httpx.Client | None = None
        self.token = ""

    def sign_in(self, base: str, host: str, username: str) -> None:
        """Sign in at the desk."""
        self.desk = _line(base, host)
        page = self.desk.get("/staff/sign-in")
        form = {"csrf_token": _found(_TOKEN, page.text), "username": username, "password": PASSWORD}
        answer = self.desk.post("/staff/sign-in", data=form)
        assert answer.status_code == httpx.codes.SEE_OTHER, f"{username} could not sign in: {answer.status_code}"
        self.token = _found(_TOKEN, self.desk.get("/staff/shifts/mine").text)

    def book(self, service_id: int, at: str, said: Mapping[str, str]) -> str:
        """Take a time as somebody who has never been here."""
        line = next(self.lines)
        line.cookies.clear()
        asked = {"service": str(service_id), "mode": "phone", "at": at}
        page = line.get("/booking/confirm", params=asked)
        if page.status_code != httpx.codes.OK:
            return f"error: page {page.status_code}"
        form = asked | {"csrf_token": _found(_TOKEN, page.text), "form_key": _found(_KEY, page.text), "for_whom": "me"}
        answer = line.post("/booking/confirm", data=form)
        if answer.status_code == httpx.codes.SEE_OTHER and "/appointments/" in answer.headers["location"]:
            return "won"
        return _reason(answer, said) if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY else _wrong(answer)

    def take(self, shift_role_id: int, said: Mapping[str, str]) -> str:
        """Sign up for a place of a shift, and read what the next page says."""
        assert self.desk is not None
        path = f"/staff/shifts/places/{shift_role_id}/take"
        answer = self.desk.post(path, data={"csrf_token": self.token, "accepts": "yes", "next": "/staff/shifts/mine"})
        if answer.status_code != httpx.codes.SEE_OTHER:
            return _wrong(answer)
        page = self.desk.get(answer.headers["location"])
        if page.status_code != httpx.codes.OK:
            return _wrong(page)
        return "won" if "You are signed up. Thank you." in page.text else _reason(page, said)


def _line(base: str, host: str) -> httpx.Client:
    assert base.startswith(("http://127.0.0.1:", "http://localhost:")), "measurements run against this machine only"
    carrier = httpx.HTTPTransport(local_address=host, retries=0)
    return httpx.Client(base_url=base, headers={"Accept-Language": "en"}, timeout=PATIENCE, transport=carrier)


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found is not None, f"the page has no {pattern.pattern}"
    return html.unescape(next(group for group in found.groups() if group))


def _reason(answer: httpx.Response, said: Mapping[str, str]) -> str:
    text = html.unescape(answer.text)
    return next((name for sentence, name in said.items() if sentence in text), "error: a refusal without a reason")


def _wrong(answer: httpx.Response) -> str:
    return f"error: {answer.request.method} answered {answer.status_code}"


def _race(clients: int, attempts: int, one: Callable[[int, int], tuple[str, str, str]]) -> Told:
    """Let every client try so often at once; `one` returns the answer, the place, and who has it when it was won."""
    told = Told()

    def run(number: int) -> None:
        for attempt in range(attempts):
            began = time.perf_counter()
            try:
                answer, place, who = one(number, attempt)
            except (httpx.HTTPError, AssertionError) as error:
                answer, place, who = f"error: {type(error).__name__}", "", ""
            told.note(answer, place, who, time.perf_counter() - began)

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(run, range(clients)))
    told.seconds = time.perf_counter() - began
    return told


def race(base: str, places: Places, options: Options) -> dict[str, Told]:
    """Run both races and return what was told."""
    clients = [Client(base, number) for number in range(options.clients)]
    said = _sentences()
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(one.sign_in, base, f"127.9.{1 + number // 250}.{1 + number % 250}", places.usernames[number])
            for number, one in enumerate(clients)
        ]
        for job in jobs:
            job.result()

    def book(number: int, attempt: int) -> tuple[str, str, str]:
        at = places.starts[(number // 5 + attempt) % len(places.starts)]
        return clients[number].book(places.service_id, stamp(at), said), at.isoformat(), ""

    def take(number: int, attempt: int) -> tuple[str, str, str]:
        role = places.shift_role_ids[(number * 7 + attempt * 5) % len(places.shift_role_ids)]
        return clients[number].take(role, said), str(role), places.usernames[number]

    halves = {"appointments": book, "shifts": take}
    return {
        name: _race(options.clients, options.attempts, one)
        for name, one in halves.items()
        if options.half in (None, name)
    }


def measure(options: Options) -> list[Figure]:
    """Seed, race, and look into the database."""
    with ExitStack() as stack:
        if options.base_url:
            base, settings = options.base_url, config.load()
        else:
            base, settings = stack.enter_context(own_site(options.postgres, options.database_url))
        # The accounts are made as the site itself makes them: its secret is in the form in which a password is kept.
        with create_app(settings).app_context():
            engine = open_engine(settings.database_url)
            with Session(engine) as session, writing(session):
                places = seed(session, options.clients, options.attempts)
        stack.callback(engine.dispose)
        told = race(base, places, options)
        with Session(engine) as session:
            wrong = found_wrong(session, places, {name: one.promised for name, one in told.items()})
    return [figure for name, one in told.items() for figure in _figures(name, one)] + [
        Figure(what, number, "", most=0) for what, number in wrong.items()
    ]


def _figures(name: str, told: Told) -> list[Figure]:
    refused = {answer: count for answer, count in told.answers.items() if answer != "won"}
    print(f"  {name}: {told.answers['won']} won; refused: {refused or 'nobody'}; errors: {dict(told.errors) or 'none'}")
    # The figure of the issue is of sign-ups; booking is for information, since each is somebody new with a code.
    asked = name == "shifts"
    return [
        Figure(f"{name}: attempts", len(told.times) / told.seconds, "/s", least=80 if asked else None),
        Figure(f"{name}: won", told.answers["won"] / told.seconds, "/s"),
        Figure(f"{name}: median of an attempt, pages and all", share(told.times, 0.5), "ms"),
        Figure(f"{name}: p99 of an attempt", share(told.times, 0.99), "ms", most=1500 if asked else None),
        Figure(f"{name}: errors, and refusals without a named reason", sum(told.errors.values()), "", most=0),
    ]
