"""What a phone can send by accident or on purpose: each has a decided outcome, kindly worded, and no words are lost."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models.conversations import Conversation, Message, Sender
from models.crises import CrisisCase
from models.outbox import OutboxRow
from tests.fixtures.desk import DeskSite

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
DANGER = "我不想活了"


class Phone:
    """A browser in which the chat has been begun."""

    def __init__(self, site: DeskSite) -> None:
        self.site = site
        self.client: FlaskClient = site.app.test_client()
        assert self.post("/chat/start").status_code == 303

    def token(self) -> str:
        """Return the form token of this browser's session."""
        found = TOKEN.search(self.client.get("/").get_data(as_text=True))
        assert found is not None
        return found.group(1)

    def post(self, path: str, data: Any = None, **more: Any) -> Any:
        """Send as the page's script does."""
        headers = {"X-CSRFToken": self.token(), "Accept": "application/json"}
        content = {} if data is None else {"json": data}
        return self.client.post(path, headers=headers, **content, **more)

    def say(self, text: Any, key: str | None = None, **more: Any) -> Any:
        """Send a message."""
        return self.post("/chat/messages", {"client_key": key or uuid.uuid4().hex, "text": text} | more)

    def shown(self) -> list[dict[str, Any]]:
        """Return the messages that the page shows."""
        answer = self.client.get("/chat/messages", headers={"Accept": "application/json"})
        messages: list[dict[str, Any]] = answer.get_json()["messages"]
        return messages

    def own_words(self) -> list[str]:
        """Return what the person has said."""
        return [message["text"] for message in self.shown() if message["mine"]]


@pytest.fixture
def phone(desk_site: DeskSite, monkeypatch: pytest.MonkeyPatch) -> Phone:
    # The errand stays a row: what the bot answers is not what these tests are about.
    monkeypatch.setattr(desk_site.app.extensions["bot_turns"], "start", lambda _conversation_id: None)
    return Phone(desk_site)


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        '/intent{"a": "b"}',
        "'; DROP TABLE messages; --",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "{{ 7 * 7 }} {% raw %}",
        "😀😭🙏",
        "مرحبا \u202eكيف حالك",
        "心\u200b里\u200b闷",
        "\u0000中间有空字符",
        "一行\n\n又一行\r\n第三行",
        "长" * 10_000,
        "%s %(x)s %d",
    ],
)
def test_any_words_are_kept_as_they_were_typed(phone: Phone, text: str) -> None:
    answer = phone.say(text)
    assert answer.status_code == 200
    assert answer.get_json()["messages"][0]["text"] == text
    assert phone.own_words() == [text]
    with phone.site.look() as session:
        # Only a button that the bot offered is ever executed; typed words carry no payload.
        assert session.scalars(select(Message).where(Message.sender == Sender.PERSON)).one().extra == {}


def test_markup_is_shown_as_text_on_the_page(phone: Phone) -> None:
    phone.say("<b>重</b><script>alert(1)</script>")
    page = phone.client.get("/chat").get_data(as_text=True)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200d\ufeff", None, 5, ["x"], {"a": 1}])
def test_nothing_to_read_is_refused_kindly(phone: Phone, text: Any) -> None:
    answer = phone.say(text)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "empty")
    assert len(answer.get_json()["words"]) > 5
    assert phone.own_words() == []


def test_a_text_beyond_any_story_is_refused_whole(phone: Phone) -> None:
    assert phone.say("长" * 20_000).status_code == 200
    answer = phone.say("长" * 20_001)
    assert (answer.status_code, answer.get_json()["error"]) == (413, "too_long")
    assert [len(words) for words in phone.own_words()] == [20_000]


def test_a_body_beyond_all_measure_is_refused_in_words(phone: Phone) -> None:
    answer = phone.say("x" * 600_000)
    assert answer.status_code == 413
    assert answer.get_json()["words"]


@pytest.mark.parametrize("key", [None, 5, "", "k" * 65, "\ud800", ["k"]])
def test_a_message_without_a_usable_key_is_refused(phone: Phone, key: Any) -> None:
    answer = phone.post("/chat/messages", {"client_key": key, "text": "在吗"})
    assert (answer.status_code, answer.get_json()["field"]) == (422, "client_key")


@pytest.mark.parametrize(
    ("message_id", "button"),
    [(10**30, 0), (-1, 0), (0, 0), (1, 99), (1, -1), ("x", 0), (None, 0), (1, "x"), (1, float("inf")), (1, [0])],
)
def test_a_button_that_was_never_offered_is_refused(phone: Phone, message_id: Any, button: Any) -> None:
    data = {"client_key": uuid.uuid4().hex, "message_id": message_id, "button": button}
    answer = phone.post("/chat/messages", data)
    assert (answer.status_code, answer.get_json()["error"]) == (422, "no_such_button")
    assert phone.own_words() == []


def test_a_button_of_somebody_elses_conversation_is_refused(phone: Phone) -> None:
    other = Phone(phone.site)
    other.say(DANGER)
    offered = next(message for message in other.shown() if message["buttons"])
    data = {"client_key": "k1", "message_id": offered["id"], "button": 0}
    assert phone.post("/chat/messages", data).status_code == 422
    assert other.post("/chat/messages", data).status_code == 200


def test_a_payload_from_the_browser_is_ignored(phone: Phone) -> None:
    phone.say("你好", payload="/restart", level="green", extra={"payload": "/restart"})
    with phone.site.look() as session:
        assert session.scalars(select(Message).where(Message.sender == Sender.PERSON)).one().extra == {}


def test_a_double_tap_and_a_lost_answer_are_one_message(phone: Phone) -> None:
    first, second = phone.say(DANGER, key="same"), phone.say(DANGER, key="same")
    assert first.get_json() == second.get_json()
    assert phone.own_words() == [DANGER]
    with phone.site.look() as session:
        assert session.scalar(select(func.count()).select_from(CrisisCase)) == 1
        assert session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.kind == "bot_turn")) == 1


def test_a_hundred_messages_at_once_are_slowed_but_danger_is_heard(phone: Phone) -> None:
    token = phone.token()
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    answers = [
        phone.client.post("/chat/messages", headers=headers, json={"client_key": f"k{number}", "text": f"{number}"})
        for number in range(30)
    ]
    assert {answer.status_code for answer in answers} == {200, 429}
    slowed = next(answer for answer in answers if answer.status_code == 429)
    assert slowed.get_json()["retry_after"] == 5
    assert phone.say(DANGER).status_code == 200
    phone.site.clock.advance(seconds=11)
    # The same key as a message that was slowed down: now it is taken.
    assert phone.say("29", key="k29").status_code == 200


def test_two_tabs_share_one_conversation(phone: Phone) -> None:
    assert phone.post("/chat/start").status_code == 303
    phone.say("第一页")
    phone.say("第二页")
    assert phone.own_words() == ["第一页", "第二页"]
    with phone.site.look() as session:
        assert session.scalar(select(func.count()).select_from(Conversation)) == 1


def test_words_of_danger_are_answered_in_the_same_answer(phone: Phone) -> None:
    kinds = [message["kind"] for message in phone.say(DANGER).get_json()["messages"]]
    assert kinds == ["text", "crisis"]


def test_payloads_and_levels_never_reach_the_browser(phone: Phone) -> None:
    said = phone.say(DANGER).get_data(as_text=True)
    said += phone.client.get("/chat/messages", headers={"Accept": "application/json"}).get_data(as_text=True)
    said += phone.client.get("/chat").get_data(as_text=True)
    for word in ("site:human", "payload", '"level"', '"sentence"'):
        assert word not in said


def test_without_the_form_token_nothing_is_stored(phone: Phone) -> None:
    answer = phone.client.post(
        "/chat/messages", json={"client_key": "k", "text": "在吗"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.get_json()["error"]) == (400, "csrf")
    assert phone.own_words() == []


def test_after_leaving_the_browser_knows_nothing(phone: Phone) -> None:
    phone.say("今天有点闷")
    phone.post("/chat/leave")
    answer = phone.client.get("/chat/messages", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["error"]) == (401, "no_conversation")
    page = phone.client.get("/chat", follow_redirects=True).get_data(as_text=True)
    assert "今天有点闷" not in page


@pytest.mark.parametrize("after", ["-5", "x", "99999999999999999999999", "1e9", ""])
def test_a_strange_place_to_read_from_shows_no_error(phone: Phone, after: str) -> None:
    answer = phone.client.get(f"/chat/messages?after={after}", headers={"Accept": "application/json"})
    assert answer.status_code == 200
