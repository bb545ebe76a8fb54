"""People and a duty officer as programs: what a browser sends and hears, without the browser."""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


def client(base: str, language: str = "zh-CN") -> httpx.Client:
    """Return a browser without a picture; only loopback addresses are ever asked."""
    assert base.startswith(("http://127.0.0.1:", "http://localhost:")), "measurements run against this machine only"
    return httpx.Client(
        base_url=base, headers={"Accept-Language": language}, follow_redirects=True, timeout=30, trust_env=False
    )


def _token(page: httpx.Response) -> str:
    found = _TOKEN.search(page.text)
    assert found is not None, f"no form token on {page.url} ({page.status_code})"
    return found.group(1)


def events(http: httpx.Client, path: str) -> Iterator[tuple[str, Any, float]]:
    """Yield name, data and moment of arrival of each server-sent event."""
    with http.stream("GET", path, timeout=None, headers={"Accept": "text/event-stream"}) as answer:
        name = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                yield name, json.loads(line[6:]), time.perf_counter()


@dataclass
class Person:
    """Somebody with an open chat."""

    base: str
    language: str = "zh-CN"
    http: httpx.Client = field(init=False)
    token: str = field(init=False)

    def __post_init__(self) -> None:
        self.http = client(self.base, self.language)
        self.http.post("/chat/start", data={"csrf_token": _token(self.http.get("/"))}).raise_for_status()
        self.token = _token(self.http.get("/chat"))

    def post(self, key: str | None = None, **body: Any) -> httpx.Response:
        """Send words (text=) or a tap (message_id=, button=)."""
        return self.http.post(
            "/chat/messages",
            json={"client_key": key or uuid.uuid4().hex, **body},
            headers={"X-CSRFToken": self.token, "Accept": "application/json"},
        )

    def listen(self, hear: Callable[[dict[str, Any], float], None]) -> threading.Thread:
        """Hear every message of the chat as it arrives, in a thread of its own."""

        def run() -> None:
            try:
                for name, data, moment in events(self.http, "/chat/stream"):
                    if name == "message":
                        hear(data, moment)
            except httpx.HTTPError:
                return

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread


@dataclass
class Officer:
    """The duty officer's screen: remembers when each case was first seen on it."""

    base: str
    username: str
    password: str
    first_seen: dict[str, float] = field(default_factory=dict)
    ready: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Sign in and follow the queue until the process ends."""
        http = client(self.base)
        page = http.get("/staff/sign-in")
        form = {"csrf_token": _token(page), "username": self.username, "password": self.password}
        answer = http.post("/staff/sign-in", data=form)
        assert answer.url.path != "/staff/sign-in", "the officer could not sign in"
        threading.Thread(target=self._follow, args=(http,), daemon=True).start()
        assert self.ready.wait(20), "the duty screen's line did not open"

    def _follow(self, http: httpx.Client) -> None:
        try:
            for name, state, moment in events(http, "/staff/stream"):
                if name == "queue":
                    for case in state["cases"]:
                        self.first_seen.setdefault(case["code"], moment)
                    self.ready.set()
        except httpx.HTTPError:
            return


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]
