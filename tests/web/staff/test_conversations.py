"""A conversation at the desk: taken over, spoken in by its owner only, handed back, taken over again, ended."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from models.conversations import Message, Owner, Sender, TakeOver
from models.staff import RoleName
from tests.fixtures.desk import Browser, DeskSite
from triage.levels import Level


def _said(site: DeskSite, conversation_id: int, sender: Sender = Sender.STAFF) -> list[str]:
    with site.look() as session:
        rows = session.scalars(
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.sender == sender)
            .order_by(Message.seq)
        )
        return [row.text for row in rows]


def _write(browser: Browser, conversation_id: int, text: str, key: str | None = None):  # type: ignore[no-untyped-def]
    data = {"text": text, "client_key": key or str(uuid.uuid4())}
    return browser.post(f"/staff/conversations/{conversation_id}/messages", data, as_json=True)


def _do(browser: Browser, conversation_id: int, act: str):  # type: ignore[no-untyped-def]
    return browser.post(f"/staff/conversations/{conversation_id}/{act}", as_json=True)


def test_take_over_hand_back_and_take_over_again(desk_site: DeskSite) -> None:
    conversation_id, decoy = desk_site.person(), desk_site.person()
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    for _ in range(2):
        assert _do(browser, conversation_id, "take-over").status_code == 200
        assert desk_site.conversation(conversation_id).owner is Owner.STAFF
        assert _write(browser, conversation_id, "您好").status_code == 200
        assert _do(browser, conversation_id, "hand-back").status_code == 200
        assert desk_site.conversation(conversation_id).owner is Owner.BOT
    assert len(_said(desk_site, conversation_id)) == 2
    assert desk_site.conversation(decoy).owner is Owner.BOT
    with desk_site.look() as session:
        spells = session.scalars(select(TakeOver)).all()
        assert [(spell.conversation_id, spell.returned_at is not None) for spell in spells] == [
            (conversation_id, True),
            (conversation_id, True),
        ]


def test_writing_without_owning_is_refused_and_nothing_is_said(desk_site: DeskSite) -> None:
    conversation_id = desk_site.person()
    owner, other = desk_site.signed_in(RoleName.DUTY_OFFICER), desk_site.signed_in(RoleName.COUNSELOR)
    assert _write(other, conversation_id, "too early").status_code == 409
    _do(owner, conversation_id, "take-over")
    refused = _write(other, conversation_id, "not mine")
    assert (refused.status_code, refused.get_json()["error"]) == (409, "not_yours")
    assert _said(desk_site, conversation_id) == []


def test_colleague_cannot_take_what_another_holds_but_a_supervisor_can(desk_site: DeskSite) -> None:
    conversation_id = desk_site.person()
    first, second = desk_site.signed_in(RoleName.DUTY_OFFICER), desk_site.signed_in(RoleName.COUNSELOR)
    supervisor = desk_site.signed_in(RoleName.SUPERVISOR)
    _do(first, conversation_id, "take-over")
    assert _do(second, conversation_id, "take-over").get_json()["error"] == "owned_by_colleague"
    assert _do(supervisor, conversation_id, "take-over").status_code == 200
    assert _write(first, conversation_id, "still me?").status_code == 409
    assert _write(supervisor, conversation_id, "I am here now").status_code == 200


def test_double_submit_says_it_once(desk_site: DeskSite) -> None:
    conversation_id, browser = desk_site.person(), desk_site.signed_in(RoleName.DUTY_OFFICER)
    _do(browser, conversation_id, "take-over")
    key = str(uuid.uuid4())
    first, again = (_write(browser, conversation_id, "我在", key).get_json() for _ in range(2))
    assert first == again
    _write(browser, conversation_id, "我在")
    assert _said(desk_site, conversation_id) == ["我在", "我在"]


@pytest.mark.parametrize(("text", "status"), [("", 400), ("   \n ", 400), ("字" * 4000, 200), ("字" * 4001, 413)])
def test_message_of_the_wrong_length_is_refused_in_words(desk_site: DeskSite, text: str, status: int) -> None:
    conversation_id, browser = desk_site.person(), desk_site.signed_in(RoleName.DUTY_OFFICER)
    _do(browser, conversation_id, "take-over")
    answer = _write(browser, conversation_id, text)
    assert answer.status_code == status
    assert status == 200 or answer.get_json()["words"]


def test_refused_words_stay_in_the_field_without_script(desk_site: DeskSite) -> None:
    conversation_id, browser = desk_site.person(), desk_site.signed_in(RoleName.DUTY_OFFICER)
    path = f"/staff/conversations/{conversation_id}/messages"
    answer = browser.post(path, {"text": "words that took a while", "client_key": str(uuid.uuid4())})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "words that took a while</textarea>" in page
    assert "Take the conversation over before you write in it." in page


def test_taking_the_chat_takes_the_case_and_speaking_is_contact(desk_site: DeskSite) -> None:
    conversation_id = desk_site.person()
    case_id, decoy = desk_site.case(conversation_id), desk_site.case(desk_site.person())
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    _do(browser, conversation_id, "take-over")
    assert desk_site.stored_case(case_id).acknowledged_at is not None
    assert desk_site.stored_case(case_id).contacted_at is None
    _write(browser, conversation_id, "我是张敏，我在听")
    assert desk_site.stored_case(case_id).contacted_at is not None
    assert desk_site.stored_case(decoy).acknowledged_at is None


@pytest.mark.parametrize(("level", "status"), [(Level.RED, 409), (Level.ORANGE, 409), (Level.YELLOW, 200)])
def test_conversation_with_an_open_serious_case_cannot_be_ended(desk_site: DeskSite, level: Level, status: int) -> None:
    conversation_id = desk_site.person()
    desk_site.case(conversation_id, level)
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert _do(browser, conversation_id, "close").status_code == status
    assert (desk_site.conversation(conversation_id).closed_at is not None) is (status == 200)


def test_nobody_ends_what_a_colleague_is_in(desk_site: DeskSite) -> None:
    conversation_id = desk_site.person()
    owner, other = desk_site.signed_in(RoleName.DUTY_OFFICER), desk_site.signed_in(RoleName.COUNSELOR)
    _do(owner, conversation_id, "take-over")
    assert _do(other, conversation_id, "close").status_code == 409
    assert _do(other, conversation_id, "hand-back").status_code == 409
    assert _do(owner, conversation_id, "close").status_code == 200
    assert _write(owner, conversation_id, "one more thing").get_json()["error"] == "closed"


@pytest.mark.parametrize("act", ["take-over", "hand-back", "close", "messages"])
def test_forged_number_of_a_conversation_finds_nothing(desk_site: DeskSite, act: str) -> None:
    conversation_id, browser = desk_site.person(), desk_site.signed_in(RoleName.SUPERVISOR)
    data = {"text": "hello", "client_key": str(uuid.uuid4())}
    assert browser.post(f"/staff/conversations/{conversation_id + 99}/{act}", data).status_code == 404
    assert browser.get(f"/staff/conversations/{conversation_id + 99}/stream").status_code == 404
    assert desk_site.conversation(conversation_id).owner is Owner.BOT


def test_every_button_needs_the_form_token(desk_site: DeskSite) -> None:
    conversation_id, browser = desk_site.person(), desk_site.signed_in(RoleName.SUPERVISOR)
    case_id = desk_site.case(conversation_id)
    for path in (
        f"/staff/conversations/{conversation_id}/take-over",
        f"/staff/conversations/{conversation_id}/close",
        f"/staff/cases/{case_id}/acknowledge",
        "/staff/here",
        "/staff/duty/turns",
        "/staff/sign-out",
        "/staff/account/language",
    ):
        assert browser.client.post(path, data={"text": "x"}).status_code == 400, path
    assert desk_site.conversation(conversation_id).owner is Owner.BOT
    assert desk_site.stored_case(case_id).acknowledged_at is None


def test_opening_a_conversation_leaves_a_trace(desk_site: DeskSite) -> None:
    conversation_id, _decoy = desk_site.person(), desk_site.person()
    desk_site.signed_in(RoleName.COUNSELOR).get(f"/staff/conversations/{conversation_id}")
    assert desk_site.traces("conversation.see") == [conversation_id]


def test_markup_that_a_person_types_is_shown_as_text(desk_site: DeskSite) -> None:
    conversation_id = desk_site.person()
    desk_site.says(conversation_id, '<img src=x onerror="alert(1)"><script>alert(2)</script> & </textarea>')
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    page = browser.get(f"/staff/conversations/{conversation_id}").get_data(as_text=True)
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "&lt;img src=x onerror=" in page
    told = browser.json(f"/staff/conversations/{conversation_id}/messages?after=0")
    assert told.mimetype == "application/json"
    assert "<img src=x" in told.get_json()["messages"][0]["text"]


def test_message_that_worried_us_carries_its_level_and_reason(desk_site: DeskSite) -> None:
    conversation_id, browser = desk_site.person(), desk_site.signed_in(RoleName.COUNSELOR)
    desk_site.says(conversation_id, "今天天气不错")
    desk_site.says(conversation_id, "我不想活了")
    rows = browser.json(f"/staff/conversations/{conversation_id}/messages").get_json()["messages"]
    calm, worrying = [row for row in rows if row["sender"] == "person"]
    assert (calm["level"], calm["reasons"], calm["mine"]) == ("", [], False)
    assert worrying["level"] in {"orange", "red", "emergency"}
    assert worrying["reasons"]


def test_messages_after_a_number_are_the_newer_ones(desk_site: DeskSite) -> None:
    conversation_id, browser = desk_site.person(), desk_site.signed_in(RoleName.COUNSELOR)
    for text in ("一", "二", "三"):
        desk_site.says(conversation_id, text)
    rows = browser.json(f"/staff/conversations/{conversation_id}/messages?after=2").get_json()["messages"]
    assert [row["text"] for row in rows] == ["三"]


def test_live_line_resumes_after_the_last_number_and_brings_both_sides(desk_site: DeskSite) -> None:
    from tests.web.staff.test_queue import _events

    conversation_id, browser = desk_site.person(), desk_site.signed_in(RoleName.DUTY_OFFICER)
    desk_site.says(conversation_id, "一")
    desk_site.says(conversation_id, "二")
    path = f"/staff/conversations/{conversation_id}/stream"
    stream = browser.get(path, headers={"Last-Event-ID": "1"})
    first = _events(stream, 2)
    assert [(name, data.get("text")) for name, data in first] == [("message", "二"), ("status", None)]
    _do(browser, conversation_id, "take-over")
    _write(browser, conversation_id, "我在")
    desk_site.says(conversation_id, "谢谢")
    desk_site.app.extensions["live"].poke()
    heard: list[str] = []
    while "谢谢" not in heard:
        heard += [data["text"] for name, data in _events(stream, 1) if name == "message"]
    assert heard[-2:] == ["我在", "谢谢"]
    stream.close()
