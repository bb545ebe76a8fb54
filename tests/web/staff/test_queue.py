"""The duty screen: who is on it, in which order, and that the live line tells the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from care import human, transcript
from models.live import Heartbeat
from models.staff import RoleName
from tests.fixtures.desk import Browser, DeskSite
from triage.levels import Level
from web.staff import queue


def _state(browser: Browser) -> Any:
    return browser.json("/staff/queue/state").get_json()


def _asks_for_a_person(site: DeskSite, conversation_id: int) -> None:
    with site.work() as session:
        human.request(
            session=session,
            conversation=transcript.locked(session=session, conversation_id=conversation_id),
            now=site.clock(),
            timezone="Asia/Shanghai",
        )


def test_highest_level_comes_first_and_unanswered_before_answered(desk_site: DeskSite) -> None:
    low = desk_site.case(desk_site.person(), Level.YELLOW)
    taken = desk_site.case(desk_site.person(), Level.RED)
    high = desk_site.case(desk_site.person(), Level.EMERGENCY)
    open_ = desk_site.case(desk_site.person(), Level.RED)
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    browser.post(f"/staff/cases/{taken}/acknowledge")
    assert [row["id"] for row in _state(browser)["cases"]] == [high, open_, taken, low]


def test_queue_shows_a_code_and_reasons_in_words_but_never_a_name_or_a_message(desk_site: DeskSite) -> None:
    conversation_id = desk_site.person()
    with desk_site.work() as session:
        transcript.locked(session=session, conversation_id=conversation_id).beneficiary.called = "周小梅"
    desk_site.says(conversation_id, "我不想活了，今晚就走，床头的药")
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    page = browser.get("/staff/").get_data(as_text=True)
    told = json.dumps(_state(browser), ensure_ascii=False)
    for shown in (page, told):
        assert desk_site.code_of(conversation_id) in shown
        assert "周小梅" not in shown
        assert "床头的药" not in shown
    assert all("_" not in reason for reason in _state(browser)["cases"][0]["reasons"])


def test_only_loud_levels_ring_and_only_until_somebody_took_them(desk_site: DeskSite) -> None:
    loud, quiet = desk_site.case(desk_site.person(), Level.RED), desk_site.case(desk_site.person(), Level.YELLOW)
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert {row["id"]: row["alarm"] for row in _state(browser)["cases"]} == {loud: True, quiet: False}
    browser.post(f"/staff/cases/{loud}/acknowledge")
    assert not any(row["alarm"] for row in _state(browser)["cases"])


def test_row_says_whom_it_rings_and_then_who_took_it(desk_site: DeskSite) -> None:
    officer = desk_site.colleague(RoleName.DUTY_OFFICER)
    desk_site.turn(officer)
    case_id = desk_site.case(desk_site.person())
    browser = desk_site.browser()
    browser.sign_in(officer)
    assert _state(browser)["cases"][0]["who"] == "Ringing Colleague 1 (On call), step 1"
    browser.post(f"/staff/cases/{case_id}/acknowledge")
    assert _state(browser)["cases"][0]["who"] == "Taken by Colleague 1 at 10:00 · not spoken with yet"


def test_empty_roster_is_said_and_not_hidden(desk_site: DeskSite) -> None:
    desk_site.case(desk_site.person())
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert "roster is empty" in json.dumps(_state(browser)) or "Nobody is on the roster" in json.dumps(_state(browser))


def test_person_who_asks_for_a_person_waits_on_the_screen(desk_site: DeskSite) -> None:
    asking, talking = desk_site.person(), desk_site.person()
    desk_site.says(talking, "今天天气不错")
    _asks_for_a_person(desk_site, asking)
    state = _state(desk_site.signed_in(RoleName.COUNSELOR))
    assert [row["id"] for row in state["waiting"]] == [asking]
    assert talking in [row["id"] for row in state["recent"]]


def test_promised_call_back_names_its_owner_and_turns_overdue(desk_site: DeskSite) -> None:
    officer, conversation_id = desk_site.colleague(RoleName.DUTY_OFFICER), desk_site.person()
    desk_site.clock.advance(hours=3)
    desk_site.turn(officer)
    desk_site.clock.advance(hours=-3)
    _asks_for_a_person(desk_site, conversation_id)
    browser = desk_site.browser()
    browser.sign_in(officer)
    row = _state(browser)["call_backs"][0]
    assert (row["owner"], row["mine"], row["overdue"]) == ("Colleague 1", True, False)
    desk_site.clock.advance(hours=5)
    browser.sign_in(officer)
    assert _state(browser)["call_backs"][0]["overdue"]


def test_check_in_and_out_change_what_people_are_told(desk_site: DeskSite) -> None:
    officer = desk_site.colleague(RoleName.DUTY_OFFICER)
    desk_site.turn(officer)
    browser = desk_site.browser()
    browser.sign_in(officer)
    assert _state(browser)["duty"]["state"] == "expected"
    browser.post("/staff/here")
    assert _state(browser)["duty"]["state"] == "here"
    assert _state(browser)["duty"]["somebody"]
    browser.post("/staff/away")
    assert not _state(browser)["duty"]["somebody"]


def test_check_in_without_a_turn_is_refused_in_words(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    answer = browser.post("/staff/here", as_json=True)
    assert answer.status_code == 409
    assert "no duty turn" in answer.get_json()["words"]


def test_silent_scheduler_is_shown_after_thirty_seconds(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert _state(browser)["system"] == {"scheduler": False, "bot": False}
    with desk_site.work() as session:
        session.add(Heartbeat(name="scheduler", at=desk_site.clock()))
    desk_site.clock.advance(seconds=30)
    assert _state(browser)["system"]["scheduler"]
    desk_site.clock.advance(seconds=1)
    assert not _state(browser)["system"]["scheduler"]


def _events(stream: Any, count: int) -> list[tuple[str, Any]]:
    """Read events of a stream as a browser does; stop after so many."""
    found: list[tuple[str, Any]] = []
    for part in stream.response:
        for block in part.decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "event" in fields:
                found.append((fields["event"], json.loads(fields["data"])))
        if len(found) >= count:
            break
    return found


def test_stream_sends_the_state_at_once_and_again_when_a_case_opens(desk_site: DeskSite) -> None:
    browser, conversation_id = desk_site.signed_in(RoleName.DUTY_OFFICER), desk_site.person()
    stream = browser.get("/staff/stream")
    assert stream.mimetype == "text/event-stream"
    name, state = _events(stream, 1)[0]
    assert (name, state["cases"]) == ("queue", [])
    case_id = desk_site.case(conversation_id)
    desk_site.app.extensions["live"].poke()
    name, state = _events(stream, 1)[0]
    assert (name, [row["id"] for row in state["cases"]]) == ("queue", [case_id])
    assert state["cases"][0]["reasons"] == ["The person said so to a colleague"]
    stream.close()


def test_stream_tells_a_deactivated_colleague_nothing_more(desk_site: DeskSite) -> None:
    name, browser, conversation_id = desk_site.colleague(RoleName.DUTY_OFFICER), desk_site.browser(), desk_site.person()
    manager = desk_site.signed_in(RoleName.BASE_MANAGER)
    browser.sign_in(name)
    stream = browser.get("/staff/stream")
    assert _events(stream, 1)[0][0] == "queue"
    assert manager.post("/staff/people/1/deactivate").status_code == 303
    desk_site.case(conversation_id)
    desk_site.app.extensions["live"].poke()
    assert {event for event, _ in _events(stream, 1)} == {"signed_out"}
    stream.close()


def test_other_roles_land_on_a_plain_page(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.VOLUNTEER)
    assert browser.get("/staff/").headers["Location"] == "/staff/my-day"
    page = browser.get("/staff/my-day").get_data(as_text=True)
    assert "/staff/account" in page
    assert "data-queue" not in page
    assert "/staff/duty" not in page


def test_small_talk_waits_but_a_case_never_does(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(queue.time, "monotonic", lambda: now[0])
    calm = queue._Calm()
    assert not calm.can_wait([(1, "message", {})])
    now[0] += 0.5
    assert calm.can_wait([(2, "message", {}), (3, "intake", {})])
    assert not calm.can_wait([(4, "message", {}), (5, "case", {}), (6, "alarm", {})])
    assert not calm.can_wait([(7, "human_request", {})])
    now[0] += queue.SMALL_TALK_EVERY
    assert not calm.can_wait([(8, "message", {})])
