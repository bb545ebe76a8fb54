"""The wallboard shows counts, clocks and colleagues, and nothing about anybody who is helped."""

from __future__ import annotations

import re
from typing import Any

from models.conversations import Conversation
from models.duty import DutyPosition, DutyTurn
from models.staff import RoleName
from tests.fixtures.desk import DeskSite
from triage.levels import Level


def _board(browser: Any) -> Any:
    answer = browser.json("/staff/wallboard/state")
    assert answer.status_code == 200
    return answer.get_json()


def test_an_empty_desk_is_shown_as_calm(desk_site: DeskSite) -> None:
    board = _board(desk_site.signed_in(RoleName.DUTY_OFFICER))
    assert (board["waiting"], board["alarms"], board["talks"], board["clocks"], board["on_duty"]) == (0, 0, 0, [], [])
    assert (board["is_open"], board["oldest"], board["alarm_since"]) == (False, None, None)


def test_what_waits_and_what_rings_is_counted_with_its_oldest(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    first = desk_site.clock()
    desk_site.case(desk_site.person(), Level.ORANGE)
    asking = desk_site.person()
    with desk_site.work() as session:
        waiting = session.get_one(Conversation, asking)
        waiting.human_requested_at = first
    desk_site.clock.advance(minutes=1)
    red = desk_site.case(desk_site.person(), Level.RED)
    # The decoy: a quiet level runs a clock and rings nobody.
    desk_site.case(desk_site.person(), Level.BLUE)
    board = _board(browser)
    assert (board["waiting"], board["oldest"]) == (1, first.isoformat())
    assert (board["alarms"], board["alarm_since"]) == (2, first.isoformat())
    assert [(row["level"], row["rings"]) for row in board["clocks"]] == [
        ("red", True),
        ("orange", True),
        ("blue", False),
    ]
    browser.post(f"/staff/cases/{red}/acknowledge")
    board = _board(browser)
    assert (board["alarms"], board["clocks"][0]["state"]) == (1, "taken, not spoken with yet")


def test_the_board_never_shows_who_is_helped(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    person = desk_site.person()
    desk_site.says(person, "我不想活了")
    code = desk_site.code_of(person)
    assert _board(browser)["clocks"]
    for path in ("/staff/wallboard", "/staff/wallboard/state"):
        text = browser.get(path).get_data(as_text=True)
        assert code not in text
        assert "不想活" not in text
        assert not re.search(r"/staff/(cases|conversations)/\d", text)
    # The decoy: the queue does show the code.
    assert code in browser.get("/staff/").get_data(as_text=True)


def test_colleagues_of_the_turn_are_shown_with_what_they_are(desk_site: DeskSite) -> None:
    here, listed = desk_site.colleague(RoleName.DUTY_OFFICER), desk_site.colleague(RoleName.SUPERVISOR)
    desk_site.turn(here)
    desk_site.turn(listed, position=DutyPosition.SUPERVISOR)
    browser = desk_site.browser()
    browser.sign_in(here)
    assert [row["here"] for row in _board(browser)["on_duty"]] == [False, False]
    browser.post("/staff/here")
    board = _board(browser)
    assert [(row["name"], row["here"]) for row in board["on_duty"]] == [("Colleague 1", True), ("Colleague 2", False)]
    assert board["is_open"]


def test_a_board_on_the_wall_is_no_sign_that_somebody_sits_there(desk_site: DeskSite) -> None:
    name = desk_site.colleague(RoleName.DUTY_OFFICER)
    turn_id = desk_site.turn(name)
    browser = desk_site.browser()
    browser.sign_in(name)
    browser.post("/staff/here")
    desk_site.clock.advance(minutes=4)
    _board(browser)
    browser.get("/staff/wallboard")
    with desk_site.look() as session:
        assert session.get_one(DutyTurn, turn_id).seen_at == desk_site.clock.advance(minutes=-4)
    desk_site.clock.advance(minutes=4)
    # The decoy: the queue is.
    browser.json("/staff/queue/state")
    with desk_site.look() as session:
        assert session.get_one(DutyTurn, turn_id).seen_at == desk_site.clock()


def test_the_board_is_for_those_who_hold_the_desk(desk_site: DeskSite) -> None:
    for role in (RoleName.VOLUNTEER, RoleName.SOCIAL_WORKER):
        assert desk_site.signed_in(role).get("/staff/wallboard").status_code == 403


def test_a_silent_scheduler_is_told_on_the_wall(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert not _board(browser)["scheduler"]
    assert 'data-system="scheduler" role="alert">' in browser.get("/staff/wallboard").get_data(as_text=True)


def test_the_stream_of_the_board_begins_with_the_whole_board(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    stream = browser.get("/staff/wallboard/stream")
    lines = iter(stream.response)
    text = ""
    while "event: board" not in text:
        part = next(lines)
        text += part.decode() if isinstance(part, bytes) else part
    stream.close()
    assert '"alarms": 0' in text
