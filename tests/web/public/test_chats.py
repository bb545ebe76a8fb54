"""The chat as a browser without scripts and as our own scripts use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from models.conversations import Message
from models.staff import RoleName
from tests.fixtures.desk import DeskSite
from tests.web.public.conftest import Visitor

ROOT = Path(__file__).parents[3]


def test_chat_begins_with_the_truth_about_the_programme(visitor: Visitor) -> None:
    visitor.begins()
    (greeting,) = visitor.messages()
    assert greeting["sender"] == "bot"
    assert "不是真人" in greeting["text"]


def test_chat_begins_with_a_tap_for_whoever_finds_no_words(visitor: Visitor, desk_site: DeskSite) -> None:
    visitor.begins()
    with desk_site.look() as session:
        (buttons,) = session.scalars(select(Message.buttons)).all()
    titles = json.loads((ROOT / "bot" / "domain" / "button_words.json").read_text(encoding="utf-8"))
    assert buttons == [
        {"title": titles[intent]["zh-CN"], "payload": f"/{intent}"} for intent in ("start_intake", "start_screening")
    ]


def test_beginning_again_goes_back_into_the_same_conversation(visitor: Visitor) -> None:
    visitor.begins()
    visitor.says("第一句")
    visitor.post("/chat/start")
    assert [view["text"] for view in visitor.messages()][1:] == ["第一句"]


def test_return_code_is_shown_once(visitor: Visitor) -> None:
    code = visitor.begins()
    assert code not in visitor.text("/chat")


def test_message_is_stored_once_however_often_it_is_sent(visitor: Visitor) -> None:
    visitor.begins()
    first = visitor.says("你好", key="the-same-key").get_json()
    again = visitor.says("你好", key="the-same-key").get_json()
    assert again["messages"][0]["id"] == first["messages"][0]["id"]
    assert len(visitor.messages()) == 2


def test_people_read_only_their_own_words(visitor: Visitor, create_visitor: Callable[[], Visitor]) -> None:
    other = create_visitor()
    other.begins()
    other.says("别人的话")
    visitor.begins()
    visitor.says("我的话")
    assert "别人的话" not in json.dumps(visitor.messages(), ensure_ascii=False)
    assert "别人的话" not in visitor.text("/chat")


def test_crisis_card_comes_with_the_answer_and_offers_a_person(visitor: Visitor) -> None:
    visitor.begins()
    mine, card = visitor.says("我不想活了").get_json()["messages"]
    assert mine["mine"]
    assert card["kind"] == "crisis"
    assert card["buttons_open"]
    assert set(card["buttons"][0]) == {"title"}
    page = visitor.text("/chat")
    assert 'class="number" href="tel:120"' in page
    assert "site:human" not in page


def test_tap_on_an_offered_button_is_taken_and_an_invented_one_is_not(visitor: Visitor) -> None:
    visitor.begins()
    card = visitor.says("我不想活了").get_json()["messages"][1]
    body = {"client_key": f"tap-{card['id']}", "message_id": card["id"], "button": 1}
    taken = visitor.ask("/chat/messages", body)
    assert taken.status_code == 200
    assert taken.get_json()["messages"][0]["text"] == card["buttons"][1]["title"]
    for wrong in ({"button": 9}, {"button": -1}, {"message_id": 9999}, {"button": "x"}):
        refused = visitor.ask("/chat/messages", body | {"client_key": f"k-{wrong}"[:64]} | wrong)
        assert refused.status_code == 422
        assert refused.get_json()["error"] == "no_such_button"


@pytest.mark.parametrize(
    ("text", "status", "error"),
    [("", 400, "empty"), ("  \u200b\u2060 ", 400, "empty"), ("很" * 20_001, 413, "too_long")],
)
def test_what_cannot_be_taken_is_refused_in_kind_words(visitor: Visitor, text: str, status: int, error: str) -> None:
    visitor.begins()
    answer = visitor.says(text)
    assert answer.status_code == status
    assert answer.get_json()["error"] == error
    assert answer.get_json()["words"]


@pytest.mark.parametrize(
    "text",
    [
        "很" * 10_000,
        "🙂🙃",
        "שלום ‮abc",
        "a\u200bb",
        "'; DROP TABLE messages;--",
        "<script>alert(1)</script>",
        '/answer{"item":"phq-9.1","value":3}',
        "/restart",
    ],
    ids=["long", "emoji", "right-to-left", "zero-width", "sql", "html", "intent", "restart"],
)
def test_unusual_words_are_kept_exactly_and_do_nothing(visitor: Visitor, text: str) -> None:
    visitor.begins()
    assert visitor.says(text).status_code == 200
    assert [view["text"] for view in visitor.messages() if view["mine"]] == [text]
    assert "<script>alert" not in visitor.text("/chat")


def test_flood_is_slowed_and_says_when_to_try_again(visitor: Visitor) -> None:
    visitor.begins()
    answers = [visitor.says(f"第{number}句") for number in range(30)]
    slowed = [answer for answer in answers if answer.status_code == 429]
    assert slowed
    assert slowed[0].get_json()["error"] == "slow_down"
    assert slowed[0].get_json()["retry_after"] > 0


def test_without_scripts_writing_redirects_to_the_newest_message(visitor: Visitor) -> None:
    visitor.begins()
    answer = visitor.post("/chat/messages", client_key="form-key-1", text="没有脚本也能写")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/chat#newest"
    assert "没有脚本也能写" in visitor.text("/chat")


def test_without_scripts_a_refused_text_is_still_in_the_page(visitor: Visitor) -> None:
    visitor.begins()
    long = "长" * 20_001
    answer = visitor.post("/chat/messages", client_key="form-key-2", text=long)
    assert answer.status_code == 413
    assert f">{long}</textarea>" in answer.get_data(as_text=True)


def test_without_scripts_a_button_works(visitor: Visitor) -> None:
    visitor.begins()
    card = visitor.says("我不想活了").get_json()["messages"][1]
    visitor.post("/chat/messages", client_key=f"tap-{card['id']}", button=f"{card['id']}.1")
    assert card["buttons"][1]["title"] in [view["text"] for view in visitor.messages() if view["mine"]]


def test_asking_for_a_person_with_nobody_there_promises_nobody(visitor: Visitor) -> None:
    visitor.begins()
    answer = visitor.ask("/chat/human").get_json()
    assert "不能答应" in answer["messages"][0]["text"]
    assert answer["status"]["waiting"]
    assert not answer["status"]["staffed"]


def test_status_names_the_colleague_who_took_over(site: DeskSite, visitor: Visitor) -> None:
    visitor.begins()
    desk = site.signed_in(RoleName.COUNSELOR)
    desk.post("/staff/conversations/1/take-over")
    status = visitor.client.get("/chat/messages", headers={"Accept": "application/json"}).get_json()["status"]
    assert status["owner"] == "staff"
    assert status["staff_name"] == "Colleague 1"
    assert "Colleague 1" in visitor.text("/chat")


def test_ended_conversation_refuses_words_kindly_and_offers_a_new_beginning(site: DeskSite, visitor: Visitor) -> None:
    visitor.begins()
    desk = site.signed_in(RoleName.COUNSELOR)
    desk.post("/staff/conversations/1/take-over")
    desk.post("/staff/conversations/1/close")
    assert visitor.says("还在吗").get_json()["error"] == "closed"
    visitor.post("/chat/start")
    assert visitor.says("我又来了").status_code == 200


@pytest.mark.parametrize("path", ["/chat/messages", "/chat/human", "/chat/code"])
def test_browser_without_a_key_is_told_so(visitor: Visitor, path: str) -> None:
    answer = visitor.ask(path, {"client_key": "k", "text": "你好"})
    assert answer.status_code == 401
    assert answer.get_json()["error"] == "no_conversation"


def test_form_token_is_asked_for(visitor: Visitor) -> None:
    visitor.begins()
    answer = visitor.client.post("/chat/messages", json={"client_key": "k", "text": "你好"})
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "csrf"


def test_leaving_forgets_the_browser_but_not_the_conversation(visitor: Visitor) -> None:
    code = visitor.begins()
    visitor.says("先走了")
    left = visitor.post("/chat/leave")
    assert 'http-equiv="refresh"' in left.get_data(as_text=True)
    assert visitor.get("/chat").headers["Location"] == "/resume?expired=1"
    assert visitor.post("/resume", code=code).headers["Location"] == "/chat"
    assert "先走了" in visitor.text("/chat")


def test_stolen_cookie_opens_nothing_after_leaving(visitor: Visitor, create_visitor: Callable[[], Visitor]) -> None:
    visitor.begins()
    key = visitor.client.get_cookie("ny_chat")
    assert key is not None
    visitor.post("/chat/leave")
    thief = create_visitor()
    thief.client.set_cookie("ny_chat", key.value)
    assert thief.get("/chat").status_code == 303


def test_code_forgives_how_hands_write(visitor: Visitor, create_visitor: Callable[[], Visitor]) -> None:
    code = visitor.begins()
    other_phone = create_visitor()
    assert other_phone.post("/resume", code=f" {code.lower().replace('-', ' ')} ").headers["Location"] == "/chat"


@pytest.mark.parametrize(("code", "status"), [("", 400), ("AAAA-BBBB-CCCC-DDDD", 404), ("x" * 100, 400)])
def test_wrong_code_is_refused_with_words_beside_the_field(visitor: Visitor, code: str, status: int) -> None:
    answer = visitor.post("/resume", code=code)
    assert answer.status_code == status
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)


def test_guessing_codes_is_slowed(visitor: Visitor) -> None:
    statuses = [visitor.post("/resume", code=f"AAAA-BBBB-CCCC-{number:04}").status_code for number in range(12)]
    assert statuses[-1] == 429


def test_new_code_replaces_the_old_one(visitor: Visitor, create_visitor: Callable[[], Visitor]) -> None:
    old = visitor.begins()
    new = visitor.ask("/chat/code").get_json()["code"]
    assert create_visitor().post("/resume", code=old).status_code == 404
    assert create_visitor().post("/resume", code=new).status_code == 303


def test_stream_tells_state_and_what_came_after_the_last_number(visitor: Visitor) -> None:
    visitor.begins()
    visitor.says("第二条")
    stream = visitor.client.get("/chat/stream", headers={"Last-Event-ID": "1"}, buffered=False)
    lines = [next(stream.response).decode() for _ in range(3)]
    stream.close()
    assert lines[0].startswith("retry:")
    assert "event: status" in lines[1]
    assert lines[2].startswith("id: 2\nevent: message")
    assert "第二条" in lines[2]
