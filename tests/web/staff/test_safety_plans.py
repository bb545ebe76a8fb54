"""The safety plan at the desk and in the person's own chat."""

from __future__ import annotations

from typing import Any

import pytest

from care import people, safety_plans
from models.staff import RoleName
from tests.fixtures.desk import Browser, DeskSite
from web.common import chat_key, languages
from web.common.safety_plan_words import HEADINGS

WORDS = {"warning_signs": "整夜睡不着", "own_ways": "去河边走走", "together": "y"}


def _beneficiary(site: DeskSite) -> int:
    return site.conversation(site.person()).beneficiary_id


def _write(browser: Browser, person: int, above: int = 0, **words: str) -> Any:
    return browser.post(f"/staff/beneficiaries/{person}/safety-plan", WORDS | {"above": str(above)} | words)


def _inside(site: DeskSite) -> tuple[Browser, int]:
    """Return a browser that holds a person's key, and the number of the person."""
    with site.work() as session:
        door = people.open_door(session=session, secret=site.settings.secret_key, language="en", now=site.clock())
        key, number = door.chat_key, door.conversation.beneficiary_id
    browser = Browser(site.app.test_client())
    browser.client.set_cookie(chat_key.COOKIE, key)
    browser.client.set_cookie(languages.COOKIE, "en")
    return browser, number


def test_plan_is_written_read_and_kept_in_versions(desk_site: DeskSite) -> None:
    person, decoy = _beneficiary(desk_site), _beneficiary(desk_site)
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    assert "There is no plan yet" in browser.get(f"/staff/beneficiaries/{person}/safety-plan").get_data(as_text=True)
    assert _write(browser, person).status_code == 303
    begun = browser.get(f"/staff/beneficiaries/{person}/safety-plan/new").get_data(as_text=True)
    assert "去河边走走" in begun
    assert _write(browser, person, 1, own_ways="喝杯热茶").status_code == 303
    page = browser.get(f"/staff/beneficiaries/{person}/safety-plan").get_data(as_text=True)
    assert page.index("喝杯热茶") < page.index("Older versions") < page.index("去河边走走")
    for number in ("12356", "120", "110"):
        assert f"<strong>{number}</strong>" in page.split('class="plan"')[1]
    assert desk_site.traces("safety_plan.see")[:1] == [person]
    assert "去河边走走" not in browser.get(f"/staff/beneficiaries/{decoy}/safety-plan").get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"together": ""}, "not made together"),
        ({"surroundings": "交给姐姐保管", "people_to_ask": "长" * 2001}, "长长长"),
        ({"above": "3"}, "a newer version"),
        ({"above": "x"}, "去河边走走"),
    ],
)
def test_refused_plan_keeps_its_words_on_the_page(desk_site: DeskSite, change: dict[str, str], said: str) -> None:
    person, browser = _beneficiary(desk_site), desk_site.signed_in(RoleName.COUNSELOR)
    answer = _write(browser, person, **({"surroundings": "交给姐姐保管"} | change))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert said in page
    assert "交给姐姐保管" in page
    with desk_site.look() as session:
        assert safety_plans.newest(session=session, beneficiary_id=person) is None


def test_empty_plan_is_none(desk_site: DeskSite) -> None:
    person, browser = _beneficiary(desk_site), desk_site.signed_in(RoleName.COUNSELOR)
    answer = _write(browser, person, warning_signs="", own_ways="  ")
    assert answer.status_code == 422
    assert "at least one step" in answer.text


def test_person_reads_the_own_plan_in_the_chat_and_nobody_elses(desk_site: DeskSite) -> None:
    browser, person = _inside(desk_site)
    other, _number = _inside(desk_site)
    assert "There is no plan yet" in browser.get("/my-plan").get_data(as_text=True)
    assert "/my-plan" not in browser.get("/chat").get_data(as_text=True)
    _write(desk_site.signed_in(RoleName.COUNSELOR), person)
    page = browser.get("/my-plan").get_data(as_text=True)
    assert "去河边走走" in page
    assert "12356" in page.split('class="plan"')[1]
    assert "/my-plan" in browser.get("/chat").get_data(as_text=True)
    assert "去河边走走" not in other.get("/my-plan").get_data(as_text=True)
    assert "去河边走走" not in desk_site.browser().get("/my-plan", follow_redirects=True).get_data(as_text=True)


def test_case_page_leads_to_the_plan(desk_site: DeskSite) -> None:
    conversation_id = desk_site.person()
    person, case_id = desk_site.conversation(conversation_id).beneficiary_id, desk_site.case(conversation_id)
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert f"/staff/beneficiaries/{person}/safety-plan/new" in browser.get(f"/staff/cases/{case_id}").text
    _write(browser, person)
    assert "Open the plan" in browser.get(f"/staff/cases/{case_id}").text


@pytest.mark.parametrize("role", [RoleName.VOLUNTEER, RoleName.SOCIAL_WORKER, RoleName.ADMIN])
def test_plan_is_not_for_everybody(desk_site: DeskSite, role: RoleName) -> None:
    person, browser = _beneficiary(desk_site), desk_site.signed_in(role)
    assert browser.get(f"/staff/beneficiaries/{person}/safety-plan").status_code == 403
    assert _write(browser, person).status_code == 403


def test_forged_number_finds_nothing(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    assert browser.get("/staff/beneficiaries/4711/safety-plan").status_code == 404
    assert browser.get("/staff/beneficiaries/4711/safety-plan/new").status_code == 404
    assert _write(browser, 4711).status_code == 404


def test_no_promise_is_asked_of_anybody() -> None:
    assert set(HEADINGS) == set(safety_plans.STEPS)
    assert not any("promise" in str(words).lower() or "不自杀" in str(words) for words in HEADINGS.values())
