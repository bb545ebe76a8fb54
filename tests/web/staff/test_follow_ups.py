"""Follow-ups at the desk: found on my day, written down once, and nothing that was typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.crises import CrisisCase
from models.follow_ups import FollowUp, FollowUpLadder, FollowUpState
from models.staff import RoleName
from tests.fixtures.desk import Browser, DeskSite
from tests.web.staff.test_risk_checks import sign
from triage.levels import Level

REACHED = {"way": "phone", "words": "She sleeps better; her daughter stays.", "worry": "none"}


def after_a_case(site: DeskSite, browser: Browser) -> int:
    """Close a case of a new person after a check; return the number of the first contact."""
    case_id = site.case(site.person(), Level.ORANGE)
    assert sign(browser, case_id).status_code == 303
    assert browser.post(f"/staff/cases/{case_id}/close", {**site.seen(case_id), "reason": "calm"}).status_code == 303
    with site.look() as session:
        return session.scalars(
            select(FollowUp.id).join(FollowUp.ladder).where(FollowUpLadder.case_id == case_id, FollowUp.step_no == 1)
        ).one()


def stored(site: DeskSite, follow_up_id: int) -> FollowUp:
    with site.look() as session:
        row = session.get_one(FollowUp, follow_up_id)
        session.expunge(row)
        return row


def names(site: DeskSite, *roles: RoleName) -> list[tuple[str, Browser]]:
    """Return colleagues with a browser each in which they are signed in."""
    found = [(site.colleague(role), site.browser()) for role in roles]
    in_again(found)
    return found


def in_again(found: list[tuple[str, Browser]]) -> None:
    """Sign everybody in: a session does not last a night."""
    for name, browser in found:
        assert browser.sign_in(name).status_code == 303


def send(browser: Browser, follow_up_id: int, what: str, fields: dict[str, str]) -> Any:
    """Fill one of the four forms of the page in and send it."""
    page = browser.get(f"/staff/follow-ups/{follow_up_id}").get_data(as_text=True)
    form = page[page.index(f"/follow-ups/{follow_up_id}/{what}") :]
    key = re.search(r'name="key" type="hidden" value="([^"]+)"', form)
    assert key is not None
    return browser.post(f"/staff/follow-ups/{follow_up_id}/{what}", {"key": key.group(1)} | fields)


def test_contact_is_found_on_my_day_and_written_down(desk_site: DeskSite) -> None:
    people = names(desk_site, RoleName.COUNSELOR, RoleName.COUNSELOR)
    browser, other = people[0][1], people[1][1]
    number, decoy = after_a_case(desk_site, browser), after_a_case(desk_site, browser)
    desk_site.clock.advance(hours=20)
    in_again(people)
    mine = browser.get("/staff/my-day").get_data(as_text=True)
    assert f"/staff/follow-ups/{number}" in mine
    assert f"/staff/follow-ups/{number}" not in other.get("/staff/my-day").get_data(as_text=True)
    assert f"/staff/follow-ups/{number}" in other.get("/staff/follow-ups").get_data(as_text=True)
    assert send(browser, number, "reached", REACHED).status_code == 303
    assert stored(desk_site, number).state is FollowUpState.REACHED
    assert stored(desk_site, decoy).state is FollowUpState.PLANNED
    page = browser.get(f"/staff/follow-ups/{number}").get_data(as_text=True)
    assert REACHED["words"] in page
    assert "/reached" not in page
    assert len(desk_site.traces("case.see")) >= 2


def test_missed_one_stands_first_for_its_owner_and_is_counted_for_leads(desk_site: DeskSite) -> None:
    people = names(desk_site, RoleName.COUNSELOR, RoleName.SUPERVISOR)
    browser, lead = people[0][1], people[1][1]
    number = after_a_case(desk_site, browser)
    desk_site.clock.advance(hours=33)
    in_again(people)
    late = browser.get("/staff/my-day").get_data(as_text=True)
    assert late.index("Late") < late.index(f"/staff/follow-ups/{number}")
    assert "missed: 1" in lead.get("/staff/my-day").get_data(as_text=True)
    assert "Was due by" in lead.get("/staff/follow-ups").get_data(as_text=True)
    assert "Follow-ups that were missed: 1" in browser.get("/staff/").get_data(as_text=True)


@pytest.mark.parametrize(
    ("what", "fields", "kept", "said"),
    [
        ("reached", {"way": "phone", "worry": "none", "words": " "}, "phone", "reason"),
        ("reached", {"way": "phone", "words": "only words"}, "only words", "Please fill this in."),
        ("not-reached", {"words": "rang twice"}, "rang twice", "Please fill this in."),
        ("waive", {"why": "other", "words": ""}, "other", "reason"),
        ("waive", {"why": "declined", "words": "nonsense"}, "nonsense", "Not a valid choice"),
        ("move", {"reason": "she works", "starts_at": "2026-03-20T10:00"}, "she works", ""),
    ],
)
def test_form_that_cannot_be_taken_comes_back_with_what_was_typed(
    desk_site: DeskSite, what: str, fields: dict[str, str], kept: str, said: str
) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    number = after_a_case(desk_site, browser)
    answer = send(browser, number, what, fields)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert kept in page
    assert said in page
    assert stored(desk_site, number).state is FollowUpState.PLANNED


def test_moving_to_a_colleague_and_leaving_out(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    first, second = after_a_case(desk_site, browser), after_a_case(desk_site, browser)
    wall = (desk_site.clock() + timedelta(hours=30 + 8)).strftime("%Y-%m-%dT%H:%M")
    owner = str(stored(desk_site, first).owner_id)
    assert send(browser, first, "move", {"starts_at": wall, "owner_id": owner, "reason": "busy"}).status_code == 303
    # The same hour of the same colleague is taken, and the page says so.
    taken = send(browser, second, "move", {"starts_at": wall, "owner_id": owner, "reason": "busy"})
    assert taken.status_code == 422
    assert "This time has just been taken" in taken.get_data(as_text=True)
    assert send(browser, second, "waive", {"why": "in_care", "words": ""}).status_code == 303
    assert stored(desk_site, first).state is FollowUpState.MOVED
    assert stored(desk_site, second).state is FollowUpState.WAIVED


def test_worried_colleague_lands_on_the_case_that_was_opened(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    number = after_a_case(desk_site, browser)
    answer = send(browser, number, "reached", REACHED | {"worry": "danger"})
    with desk_site.look() as session:
        case_id = session.scalars(select(CrisisCase.id).where(CrisisCase.closed_at.is_(None))).one()
    assert answer.headers["Location"].endswith(f"/staff/cases/{case_id}")
    page = browser.get(f"/staff/cases/{case_id}").get_data(as_text=True)
    assert "A colleague was worried after a follow-up contact" in page
    waits = browser.get(f"/staff/follow-ups/{number}").get_data(as_text=True)
    assert "The open case" in waits


def test_form_sent_twice_is_written_down_once(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    number = after_a_case(desk_site, browser)
    fields = REACHED | {"key": "k" * 32}
    for _ in range(2):
        assert browser.post(f"/staff/follow-ups/{number}/reached", fields).status_code == 303
    late = browser.post(f"/staff/follow-ups/{number}/reached", REACHED | {"key": "l" * 32})
    assert late.status_code == 422
    assert "A colleague has written this down meanwhile" in late.get_data(as_text=True)


def test_unknown_contact_is_not_found(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    assert browser.get("/staff/follow-ups/4711").status_code == 404
    for what in ("reached", "not-reached", "move", "waive"):
        assert browser.post(f"/staff/follow-ups/4711/{what}", REACHED | {"key": "k" * 32}).status_code == 404
