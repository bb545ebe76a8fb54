"""The roster's pages: the ordinary week, filling, hand-over, gaps, and whether a desk is awake."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.duty import DutyPatternSlot, DutyPosition, DutySwap, DutyTurn
from models.staff import RoleName, StaffMember
from tests.fixtures.desk import Browser, DeskSite

LINE = {"staff_id": "1", "position": "on_call", "weekdays": ["0", "2"], "starts": "20:00", "ends": "08:00"}
FILL = {"week": "2026-03-11", "source": "pattern", "copied": ""}


def page_of(browser: Browser, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status
    return str(answer.get_data(as_text=True))


def turns(site: DeskSite) -> list[DutyTurn]:
    with site.look() as session:
        found = list(session.scalars(select(DutyTurn).order_by(DutyTurn.starts_at)))
        session.expunge_all()
        return found


def test_a_lead_writes_the_ordinary_week_looks_and_fills(desk_site: DeskSite) -> None:
    desk_site.colleague(RoleName.DUTY_OFFICER)
    browser = desk_site.signed_in(RoleName.SUPERVISOR)
    assert browser.post("/staff/duty/pattern/slots", LINE).status_code == 303
    assert "20:00–08:00" in page_of(browser, "/staff/duty/pattern")
    preview = page_of(browser, "/staff/duty/fill?week=2026-03-11&source=pattern")
    assert "Put 2 turns on the roster" in preview
    assert turns(desk_site) == []
    assert browser.post("/staff/duty/fill", FILL).status_code == 303
    assert [turn.starts_at.isoformat() for turn in turns(desk_site)] == [
        "2026-03-09T12:00:00+00:00",
        "2026-03-11T12:00:00+00:00",
    ]
    assert browser.post("/staff/duty/fill", FILL).status_code == 303
    assert len(turns(desk_site)) == 2
    assert "already on the roster" in page_of(browser, "/staff/duty/fill?week=2026-03-11&source=pattern")


def test_another_week_is_copied(desk_site: DeskSite) -> None:
    officer = desk_site.colleague(RoleName.DUTY_OFFICER)
    desk_site.turn(officer)
    browser = desk_site.signed_in(RoleName.BASE_MANAGER)
    assert browser.post("/staff/duty/fill", FILL | {"source": "week", "copied": "2026-03-04"}).status_code == 303
    assert [turn.starts_at.isoformat() for turn in turns(desk_site)] == [
        "2026-03-02T02:00:00+00:00",
        "2026-03-09T02:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"weekdays": []}, "Please choose at least one day."),
        ({"weekdays": ["9"]}, "field--error"),
        ({"starts": "late"}, "field--error"),
        ({"staff_id": "4711"}, "field--error"),
        ({"position": "king"}, "field--error"),
    ],
)
def test_a_refused_line_says_why_and_keeps_what_was_typed(
    desk_site: DeskSite, changed: dict[str, object], words: str
) -> None:
    desk_site.colleague(RoleName.DUTY_OFFICER)
    answer = desk_site.signed_in(RoleName.SUPERVISOR).post("/staff/duty/pattern/slots", LINE | changed)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert 'value="08:00"' in answer.get_data(as_text=True)
    with desk_site.look() as session:
        assert session.scalars(select(DutyPatternSlot)).all() == []


@pytest.mark.parametrize(
    "query", ["week=&source=pattern", "week=2026-13-40&source=pattern", "week=2026-03-09&source=x"]
)
def test_a_week_that_cannot_be_is_refused_in_words(desk_site: DeskSite, query: str) -> None:
    browser = desk_site.signed_in(RoleName.SUPERVISOR)
    assert "field--error" in page_of(browser, f"/staff/duty/fill?{query}", 422)


def test_a_turn_is_handed_over_on_the_pages(desk_site: DeskSite) -> None:
    giver, taker = desk_site.colleague(RoleName.DUTY_OFFICER), desk_site.colleague(RoleName.COUNSELOR)
    desk_site.clock.advance(hours=-5)
    turn = desk_site.turn(giver)
    desk_site.clock.advance(hours=-1)
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    first, second = desk_site.browser(), desk_site.browser()
    first.sign_in(giver)
    second.sign_in(taker)
    assert first.post(f"/staff/duty/turns/{turn}/offer", {"to_staff_id": "2"}).status_code == 303
    assert "Take the offer back" in page_of(first, "/staff/duty/swaps")
    assert "I take it over" in page_of(second, "/staff/duty/swaps")
    assert "offers you a turn" in page_of(second, "/staff/my-day")
    assert second.post("/staff/duty/swaps/1/accept").status_code == 303
    assert "A hand-over waits for your approval" in page_of(lead, "/staff/my-day")
    assert lead.post("/staff/duty/swaps/1/approve").status_code == 303
    assert [one.staff_id for one in turns(desk_site)] == [2]
    again = lead.post("/staff/duty/swaps/1/approve", as_json=True)
    assert (again.status_code, again.get_json()["error"]) == (409, "swap_is_over")


def test_an_offer_to_somebody_who_cannot_is_refused_beside_the_field(desk_site: DeskSite) -> None:
    giver = desk_site.colleague(RoleName.DUTY_OFFICER)
    desk_site.clock.advance(hours=1)
    turn = desk_site.turn(giver)
    desk_site.clock.advance(hours=-1)
    browser = desk_site.browser()
    browser.sign_in(giver)
    other = desk_site.signed_in(RoleName.COUNSELOR)
    for wrong in ("1", "4711", "x", ""):
        answer = browser.post(f"/staff/duty/turns/{turn}/offer", {"to_staff_id": wrong})
        assert (answer.status_code, 'id="to-1-error"' in answer.get_data(as_text=True)) == (422, True)
    assert other.post(f"/staff/duty/turns/{turn}/offer", {"to_staff_id": "1"}).status_code == 404
    with desk_site.look() as session:
        assert session.scalars(select(DutySwap)).all() == []


def test_gaps_stand_on_the_roster_the_queue_and_the_day_of_leads(desk_site: DeskSite) -> None:
    lead, officer = desk_site.signed_in(RoleName.SUPERVISOR), desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert "Gaps in the next 14 days" in page_of(lead, "/staff/duty")
    assert "The duty roster has gaps on 14 of the next 14 days." in page_of(lead, "/staff/")
    assert "The duty roster has gaps" in page_of(lead, "/staff/my-day")
    for path in ("/staff/duty", "/staff/", "/staff/my-day"):
        assert "roster has gaps" not in page_of(officer, path)


def arrive(site: DeskSite) -> Browser:
    officer = site.colleague(RoleName.DUTY_OFFICER)
    site.turn(officer)
    browser = site.browser()
    browser.sign_in(officer)
    assert browser.post("/staff/here").status_code == 303
    return browser


def test_an_open_desk_keeps_its_colleague_present_and_a_silent_one_is_shown(desk_site: DeskSite) -> None:
    browser, lead = arrive(desk_site), desk_site.signed_in(RoleName.SUPERVISOR)
    for _ in range(5):
        desk_site.clock.advance(minutes=2)
        assert browser.json("/staff/queue/state").get_json()["duty"]["somebody"] is True
    desk_site.clock.advance(minutes=4)
    state = lead.json("/staff/queue/state").get_json()["duty"]
    assert state["somebody"] is False
    assert "Colleague 1: checked in, not seen since 10:10" in state["present"]
    assert "Checked in, not seen since 10:10" in page_of(lead, "/staff/duty")
    browser.json("/staff/queue/state")
    assert lead.json("/staff/queue/state").get_json()["duty"]["somebody"] is True


def test_the_heartbeat_costs_one_write_a_minute_at_most(desk_site: DeskSite) -> None:
    browser = arrive(desk_site)
    seen = set()
    for _ in range(12):
        desk_site.clock.advance(seconds=15)
        browser.json("/staff/queue/state")
        seen.add(turns(desk_site)[0].seen_at)
    assert len(seen) <= 4


def test_leaving_is_not_undone_by_the_page_that_was_left_open(desk_site: DeskSite) -> None:
    browser = arrive(desk_site)
    desk_site.clock.advance(minutes=2)
    browser.post("/staff/away")
    desk_site.clock.advance(minutes=2)
    assert browser.json("/staff/queue/state").get_json()["duty"]["somebody"] is False


def test_the_public_page_says_now_next_and_the_plan_in_both_languages(desk_site: DeskSite) -> None:
    browser = desk_site.browser()
    english = {"Accept-Language": "en"}
    assert "现在没有同事值班，下一班还没有排好" in page_of(browser, "/hours")
    arrive(desk_site)
    page = desk_site.browser().get("/hours", headers=english).get_data(as_text=True)
    assert "A colleague is on duty now" in page
    assert "10:00–18:00" in page
    desk_site.clock.advance(minutes=4)
    page = desk_site.browser().get("/hours", headers=english).get_data(as_text=True)
    assert "No colleague is on duty now" in page


def test_hours_of_the_deactivated_are_not_promised_to_the_public(desk_site: DeskSite) -> None:
    officer = desk_site.colleague(RoleName.DUTY_OFFICER)
    desk_site.turn(officer)
    with desk_site.work() as session:
        session.scalars(select(StaffMember)).one().active = False
        # A decoy: somebody else, at a step that serves no chat.
        session.add(
            DutyTurn(
                staff_id=1,
                position=DutyPosition.BASE_LEADER,
                starts_at=desk_site.clock() + timedelta(days=1),
                ends_at=desk_site.clock() + timedelta(days=1, hours=1),
            )
        )
    assert "10:00–18:00" not in page_of(desk_site.browser(), "/hours")
