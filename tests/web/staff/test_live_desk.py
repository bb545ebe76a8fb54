"""The pages of the live desk: who may do what, nothing typed is lost, and the person never meets a whisper."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from care import people
from models.canned_replies import CannedReply
from models.conversations import Conversation
from models.desk_handovers import DeskHandover
from models.desk_notes import DeskNote
from models.ratings import Rating
from models.staff import RoleName, StaffMember
from models.transfers import Transfer, TransferState
from tests.fixtures.desk import Browser, DeskSite
from triage.levels import Level
from web.common.chat_key import COOKIE

KEY = "a key that a form brings"


def _do(browser: Browser, conversation_id: int, act: str, **data: Any) -> Any:
    return browser.post(f"/staff/conversations/{conversation_id}/{act}", data, as_json=True)


def _taken(site: DeskSite, browser: Browser) -> int:
    number = site.person()
    site.says(number, "我想找人说说话")
    assert _do(browser, number, "take-over").status_code == 200
    return number


def _staff_id(site: DeskSite, username: str) -> int:
    with site.look() as session:
        return session.scalars(select(StaffMember.id).where(StaffMember.username == username)).one()


def _entered(site: DeskSite, *roles: RoleName) -> tuple[Browser, str]:
    browser, name = site.browser(), site.colleague(*roles)
    assert browser.sign_in(name).status_code == 303
    return browser, name


def _person_of(site: DeskSite, number: int) -> FlaskClient:
    """Return a browser that holds the key of this conversation."""
    with site.work() as session:
        beneficiary = session.get_one(Conversation, number).beneficiary
        key = people._grant_key(
            session=session, secret=site.settings.secret_key, beneficiary=beneficiary, now=site.clock()
        )
    client = site.app.test_client()
    client.set_cookie(COOKIE, key)
    return client


def test_a_whisper_reaches_the_counselor_and_never_the_person(desk_site: DeskSite) -> None:
    counselor, lead = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    number = _taken(desk_site, counselor)
    person = _person_of(desk_site, number)
    assert _do(lead, number, "whispers", text="ask who is with her", key=KEY).status_code == 200
    assert _do(lead, number, "notes", text="came by last week", key=KEY + "2").status_code == 200
    told = counselor.json(f"/staff/conversations/{number}/messages?after=0").get_json()["side"]
    assert [one["text"] for one in told["notes"]] == ["ask who is with her", "came by last week"]
    stream = next(iter(counselor.get(f"/staff/conversations/{number}/stream?after=0").response))
    assert stream
    asked = person.get("/chat/messages?after=0", headers={"Accept": "application/json"}).get_data(as_text=True)
    page = person.get("/chat").get_data(as_text=True)
    lines = person.get("/chat/stream?after=0")
    heard = "".join(str(next(iter(lines.response))) for _ in range(2))
    lines.close()
    assert "我想找人说说话" in [one["text"] for one in json.loads(asked)["messages"]]
    for found in (asked, page, heard):
        assert "ask who is with her" not in found
        assert "came by last week" not in found


def test_a_colleague_who_is_no_lead_neither_whispers_nor_reads_along(desk_site: DeskSite) -> None:
    owner, other = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.DUTY_OFFICER)
    number = _taken(desk_site, owner)
    assert _do(other, number, "whispers", text="psst", key=KEY).status_code == 403
    assert _do(other, number, "watch").status_code == 403
    with desk_site.look() as session:
        assert not session.scalars(select(DeskNote)).all()


def test_reading_along_is_seen_by_the_one_who_speaks_and_is_on_record(desk_site: DeskSite) -> None:
    counselor, lead = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    number = _taken(desk_site, counselor)
    assert _do(lead, number, "watch").status_code == 200
    assert "reads along" in counselor.get(f"/staff/conversations/{number}").get_data(as_text=True)
    assert desk_site.traces("conversation.watch") == [number]
    assert _do(lead, number, "unwatch").status_code == 200
    told = counselor.json(f"/staff/conversations/{number}/messages?after=0").get_json()["side"]
    assert told["watching"] == ""


def test_a_conversation_is_offered_and_accepted(desk_site: DeskSite) -> None:
    giver = desk_site.signed_in(RoleName.COUNSELOR)
    receiver, name = _entered(desk_site, RoleName.COUNSELOR)
    number = _taken(desk_site, giver)
    to = f"staff:{_staff_id(desk_site, name)}"
    answer = giver.post(f"/staff/conversations/{number}/transfer", {"to": to, "reason": "end of my shift"})
    assert answer.status_code == 303
    state = receiver.json("/staff/queue/state").get_json()
    assert [one["id"] for one in state["offers"]] == [number]
    assert "end of my shift" in receiver.get(f"/staff/conversations/{number}").get_data(as_text=True)
    assert "would like to pass" in receiver.get("/staff/my-day").get_data(as_text=True)
    with desk_site.look() as session:
        offer = session.scalars(select(Transfer)).one().id
    assert giver.post(f"/staff/transfers/{offer}/accept", as_json=True).status_code == 404
    assert receiver.post(f"/staff/transfers/{offer}/accept", as_json=True).status_code == 200
    assert desk_site.conversation(number).owner_staff_id == _staff_id(desk_site, name)


def test_words_of_a_refused_offer_stay_on_the_page(desk_site: DeskSite) -> None:
    giver = desk_site.signed_in(RoleName.COUNSELOR)
    number = _taken(desk_site, giver)
    path = f"/staff/conversations/{number}/transfer"
    for to in ("", "staff:999", "staff:x", "team:nobody"):
        answer = giver.post(path, {"to": to, "reason": "my reason is kept"})
        assert answer.status_code == 422
        assert "my reason is kept" in answer.get_data(as_text=True)
    assert giver.post(path, {"to": "team:supervisor", "reason": " "}).status_code == 422
    assert giver.post(path, {"to": "team:supervisor", "reason": "x" * 1001}).status_code == 422
    with desk_site.look() as session:
        assert not session.scalars(select(Transfer)).all()


def test_declined_and_expired_offers_are_told_to_the_giver_who_still_has_it(desk_site: DeskSite) -> None:
    giver = desk_site.signed_in(RoleName.COUNSELOR)
    receiver, name = _entered(desk_site, RoleName.COUNSELOR)
    number = _taken(desk_site, giver)
    to = {"to": f"staff:{_staff_id(desk_site, name)}", "reason": "shift"}
    giver.post(f"/staff/conversations/{number}/transfer", to)
    with desk_site.look() as session:
        offer = session.scalars(select(Transfer)).one().id
    receiver.post(f"/staff/transfers/{offer}/decline", as_json=True)
    assert "could not take it" in giver.get(f"/staff/conversations/{number}").get_data(as_text=True)
    giver.post(f"/staff/conversations/{number}/transfer", to)
    desk_site.clock.moment += timedelta(minutes=4)
    assert "did not answer" in giver.get(f"/staff/conversations/{number}").get_data(as_text=True)
    with desk_site.look() as session:
        assert [one.state for one in session.scalars(select(Transfer))] == [
            TransferState.DECLINED,
            TransferState.OFFERED,
        ]


def test_too_long_and_empty_notes_are_refused_and_stay(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    number = desk_site.person()
    page = browser.post(f"/staff/conversations/{number}/notes", {"text": "n" * 2001, "key": KEY})
    assert page.status_code == 422
    assert "n" * 2001 in page.get_data(as_text=True)
    assert _do(browser, number, "notes", text=" ", key=KEY).get_json()["error"] == "empty"
    assert _do(browser, 999, "notes", text="x", key=KEY).status_code == 404


def test_a_full_desk_is_told_why_and_a_lead_changes_the_number(desk_site: DeskSite) -> None:
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    browser, name = _entered(desk_site, RoleName.COUNSELOR)
    who = _staff_id(desk_site, name)
    assert browser.post("/staff/desk/caps", {"staff_id": who, "at_most": 9}).status_code == 403
    assert lead.post("/staff/desk/caps", {"staff_id": who, "at_most": 1}).status_code == 303
    for wrong in (0, 21, "x"):
        assert lead.post("/staff/desk/caps", {"staff_id": who, "at_most": wrong}).status_code == 422
    assert "1 now" not in lead.get("/staff/desk/caps").get_data(as_text=True)
    _taken(desk_site, browser)
    assert "1 now" in lead.get("/staff/desk/caps").get_data(as_text=True)
    refused = _do(browser, desk_site.person(), "take-over")
    assert (refused.status_code, refused.get_json()["error"]) == (409, "over_chat_cap")
    red = desk_site.person()
    desk_site.case(red, Level.RED)
    assert _do(browser, red, "take-over").status_code == 200


def test_a_reply_is_written_read_by_another_and_offered_in_the_language_of_the_person(desk_site: DeskSite) -> None:
    counselor, lead = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    words = {"title_zh": "问候", "title_en": "Hello there", "text_zh": "您好，我在听。", "text_en": "I am listening."}
    refused = counselor.post("/staff/desk/replies/new", words | {"text_en": ""})
    assert refused.status_code == 422
    assert "您好，我在听。" in refused.get_data(as_text=True)
    assert counselor.post("/staff/desk/replies/new", words).status_code == 303
    with desk_site.look() as session:
        reply = session.scalars(select(CannedReply)).one().id
    assert counselor.post(f"/staff/desk/replies/{reply}/approve", {"version": 1}).status_code == 403
    number = _taken(desk_site, counselor)
    path = f"/staff/conversations/{number}"
    assert "data-canned" not in counselor.get(path).get_data(as_text=True)
    assert lead.post(f"/staff/desk/replies/{reply}/approve", {"version": 1}).status_code == 303
    assert 'data-canned="您好，我在听。"' in counselor.get(path).get_data(as_text=True)
    desk_site.case(number, Level.ORANGE)
    page = counselor.get(path).get_data(as_text=True)
    assert "data-canned" not in page
    assert "your own words carry" in page


def test_a_rating_is_asked_for_once_it_has_ended_and_counted_for_leads(desk_site: DeskSite) -> None:
    counselor, lead = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    number = _taken(desk_site, counselor)
    browser = Browser(_person_of(desk_site, number))
    _do(counselor, number, "messages", text="您好", client_key=KEY)
    assert browser.json("/chat/messages").get_json()["status"]["rate"] is False
    _do(counselor, number, "close")
    assert browser.json("/chat/messages").get_json()["status"]["rate"] is True
    assert browser.post("/chat/rating", {"stars": 9, "words": "kept words"}).status_code == 422
    assert browser.post("/chat/rating", {"stars": 4, "words": "good to be heard"}).status_code == 303
    assert browser.post("/chat/rating", {"stars": 1}).status_code == 409
    assert counselor.get("/staff/desk/ratings").status_code == 403
    page = lead.get("/staff/desk/ratings").get_data(as_text=True)
    assert "Answers: 1" in page
    assert "good to be heard" not in page
    assert "good to be heard" in lead.post("/staff/desk/ratings/words").get_data(as_text=True)
    with desk_site.look() as session:
        assert session.scalars(select(Rating.stars)).all() == [4]


def test_who_leaves_with_open_risks_is_led_to_the_note_and_the_next_takes_it(desk_site: DeskSite) -> None:
    leaving, name = _entered(desk_site, RoleName.DUTY_OFFICER)
    coming = desk_site.signed_in(RoleName.DUTY_OFFICER)
    desk_site.turn(name)
    leaving.post("/staff/here")
    number = desk_site.person()
    desk_site.case(number, Level.RED)
    assert leaving.post("/staff/away").location.endswith("/staff/desk/handover")
    page = leaving.get("/staff/desk/handover").get_data(as_text=True)
    assert desk_site.code_of(number) in page
    assert leaving.post("/staff/desk/handover", {"note": " ", "key": KEY}).status_code == 422
    assert leaving.post("/staff/desk/handover", {"note": "call her first", "key": KEY}).status_code == 303
    assert "call her first" in coming.get("/staff/desk/handover").get_data(as_text=True)
    assert "please read and take over" in coming.get("/staff/my-day").get_data(as_text=True)
    with desk_site.look() as session:
        note = session.scalars(select(DeskHandover)).one().id
    assert coming.post(f"/staff/desk/handover/{note}/taken").status_code == 303
    assert "please read and take over" not in coming.get("/staff/my-day").get_data(as_text=True)


def test_the_card_says_what_was_told_and_what_was_promised(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    number, decoy = desk_site.person(), desk_site.person()
    with desk_site.work() as session:
        from care import intakes

        intakes.update(
            session=session,
            conversation=session.get_one(Conversation, number),
            fields={"worries": ["money"], "story": "told once", "urgency": "today", "approved": True},
            now=desk_site.clock(),
        )
    desk_site.case(number, Level.RED)
    page = browser.get(f"/staff/conversations/{number}").get_data(as_text=True)
    card = page[page.index('id="once-title"') : page.index('id="beside"')]
    for words in ("Money", "told once", "Today", "What worries us", "has read this and said that it is right"):
        assert words in card
    assert "told once" not in browser.get(f"/staff/conversations/{decoy}").get_data(as_text=True)


@pytest.mark.parametrize("path", ["desk/replies", "desk/replies/new", "desk/handover", "desk/caps", "desk/ratings"])
def test_every_page_opens_for_a_lead_and_stays_closed_to_those_who_read_no_chats(
    desk_site: DeskSite, path: str
) -> None:
    assert desk_site.signed_in(RoleName.SUPERVISOR).get(f"/staff/{path}").status_code == 200
    assert desk_site.signed_in(RoleName.VOLUNTEER).get(f"/staff/{path}").status_code == 403
    assert desk_site.signed_in(RoleName.SOCIAL_WORKER).get(f"/staff/{path}").status_code == 403
