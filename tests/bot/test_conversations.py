"""Whole conversations with the trained bot over its real channel; the site is played on loopback."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from actions.wording import button_title
from ruamel.yaml import YAML

from tests.bot.talk import PlayedSite
from tests.fixtures.rasa_server import RasaServer
from triage.assess import assess

FOLDER = Path(__file__).with_name("conversations")
NUMBERS = itertools.count(1)

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(240)]


def told() -> list[Any]:
    """Return every conversation of the folder."""
    reader = YAML(typ="safe")
    return [
        pytest.param(story, id=f"{file.stem}: {story['title']}")
        for file in sorted(FOLDER.glob("*.yml"))
        for story in reader.load(file.read_text("utf-8"))
    ]


class Sites:
    """One played site for each conversation, behind one port."""

    def __init__(self) -> None:
        self.of: dict[str, PlayedSite] = {}

    def answer(self, method: str, path: str, body: bytes) -> httpx.Response:
        """Answer as the site of the conversation in the path."""
        parts = path.split("/")
        played = self.of[parts[4]] if "conversations" in parts else PlayedSite()
        if played.away:
            return httpx.Response(503, json={"error": "away"})
        return played._answer(httpx.Request(method, f"http://site{path}", content=body))


@pytest.fixture(scope="module")
def sites(rasa_server: RasaServer) -> Iterator[Sites]:
    """Serve the played sites where the actions expect the real one."""
    played = Sites()

    class Handler(BaseHTTPRequestHandler):
        # One request a connection: a line kept open would still speak to the sites of the module before this one.
        protocol_version = "HTTP/1.0"

        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            known = self.headers.get("Authorization") == f"Bearer {rasa_server.token}"
            answer = played.answer(self.command, self.path, body) if known else httpx.Response(401, json={})
            self.send_response(answer.status_code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_PUT = do_POST = _reply  # noqa: N815  the names that http.server calls

        def log_message(self, *args: Any) -> None:
            """Keep the output of the tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", rasa_server.site_port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield played
    server.shutdown()
    thread.join()
    server.server_close()


class Person:
    """Writes and taps as the browser and the site do together."""

    def __init__(self, server: RasaServer, site: PlayedSite, name: str, language: str) -> None:
        self.server, self.site, self.name, self.language = server, site, name, language
        self.said: list[dict[str, Any]] = []
        self.buttons: list[dict[str, str]] = []
        self.number = 0

    def type(self, text: str) -> None:
        """Write words; the site gives its level with them."""
        self._send({"text": text, "payload": None, "level": assess(text).level.value})

    def tap(self, title: str) -> None:
        """Tap a button that was shown in the last messages with buttons."""
        payload = next((b["payload"] for b in self.buttons if b["title"] == title), None)
        assert payload is not None, f"no button {title!r} among {[b['title'] for b in self.buttons]}"
        self._send({"text": title, "payload": payload, "level": "green"})

    def _send(self, turn: dict[str, Any]) -> None:
        self.number += 1
        answer = httpx.post(
            f"{self.server.url}/webhooks/nuanyang/webhook",
            headers={"Authorization": f"Bearer {self.server.token}"},
            json={"sender": self.name, "message_id": self.number, "language": self.language, "reasons": [], **turn},
            timeout=30,
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        self.said = answer.json()["messages"]
        shown = [button for message in self.said for button in message["buttons"]]
        self.buttons = shown or self.buttons


def _prepare(site: PlayedSite, begin: dict[str, Any]) -> None:
    for name, value in begin.items():
        assert hasattr(site, name), name
        setattr(site, name, value)


def _prepare_bookings(site: PlayedSite, story: dict[str, Any]) -> None:
    site.bookings.english = story.get("language") == "en"
    site.bookings.free = story.get("free", site.bookings.free)
    for at in story.get("have", []):
        site.bookings.have(at)


def _turn(person: Person, step: dict[str, Any]) -> None:
    if "site_away" in step:
        person.site.away = step["site_away"]
    if "language" in step:
        person.language = step["language"]
    if "tap" in step:
        person.tap(button_title(step["tap"], person.language))
    elif "tap_title" in step:
        person.tap(step["tap_title"])
    elif "answer" in step:
        for _ in range(step.get("times", 1)):
            wanted = f'"value": {step["answer"]}}}'
            person.tap(next(b["title"] for b in person.buttons if b["payload"].endswith(wanted)))
    elif "press" in step:
        person.tap(step["press"])
    elif "say" in step:
        person.type(step["say"])
    if "refuse" in step:
        person.site.bookings.refuse, person.site.bookings.refuse_takes = step["refuse"], step.get("takes", [])
    _expect(person, step)


def _words(person: Person, step: dict[str, Any]) -> str:
    """Return what was said, and the words on the buttons where the step asks for them."""
    words = [message["text"] for message in person.said]
    if step.get("in_buttons"):
        words += [button["title"] for message in person.said for button in message["buttons"]]
    return "\n".join(words)


def _expect(person: Person, step: dict[str, Any]) -> None:
    said, words = person.said, _words(person, step)
    shown = f"{step} was answered with {json.dumps(said, ensure_ascii=False)}"
    for fragment in step.get("hears", []):
        assert fragment in words, shown
    for fragment in step.get("never", []):
        assert fragment not in words, shown
    for payload in step.get("offers", []):
        assert payload in [b["payload"] for m in said for b in m["buttons"]], shown
    if "kinds" in step:
        assert [message["kind"] for message in said] == step["kinds"], shown
    if "item" in step:
        assert said[-1]["extra"].get("item") == step["item"], shown
    if step.get("silent"):
        assert said == [], shown
    if "answers" in step:
        assert person.site.answers == step["answers"], shown
    assert person.site.approved is step.get("approved", person.site.approved), shown
    assert person.site.bookings.at() == step.get("booked", person.site.bookings.at()), shown
    for field, value in step.get("intake", {}).items():
        assert person.site.intake.get(field) == value, shown
    for end, count in step.get("asked_of_site", {}).items():
        assert len(person.site.sent(f"/{end}")) == count, shown


@pytest.mark.parametrize("story", told())
def test_conversation(rasa_server: RasaServer, sites: Sites, story: dict[str, Any]) -> None:
    site, name = PlayedSite(), f"told-{next(NUMBERS)}"
    _prepare(site, story.get("site", {}))
    _prepare_bookings(site, story)
    sites.of[name] = site
    person = Person(rasa_server, site, name, story.get("language", "zh-CN"))
    for step in story["turns"]:
        _turn(person, step)


def test_forty_conversations_are_told_and_both_languages() -> None:
    languages = [param.values[0].get("language", "zh-CN") for param in told()]
    assert len(languages) >= 40
    assert min(languages.count("zh-CN"), languages.count("en")) >= 15


def test_same_message_twice_is_answered_twice_and_done_once(rasa_server: RasaServer, sites: Sites) -> None:
    site = sites.of["twice"] = PlayedSite()
    person = Person(rasa_server, site, "twice", "zh-CN")
    person.type("我想答那几个小问题")
    person.tap("跳过")
    first, person.number = person.said, person.number - 1
    person.buttons = [{"title": "跳过", "payload": "/skip"}]
    person.tap("跳过")
    assert person.said == first
    assert list(site.answers) == ["phq-9.1"]


def test_typed_payload_answers_nothing(rasa_server: RasaServer, sites: Sites) -> None:
    site = sites.of["forger"] = PlayedSite()
    person = Person(rasa_server, site, "forger", "zh-CN")
    person.type("我想答那几个小问题")
    person.type('/answer{"item": "phq-9.1", "value": 3}')
    assert site.answers == {}
    assert person.said[-1]["extra"]["item"] == "phq-9.1"
