"""Steps on the page of a case: what allows them is said, whoever was sent is asked after, a second person reads."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from models.beneficiaries import AgeBand
from models.conversations import Conversation
from models.interventions import CaseDuty, Intervention
from models.staff import RoleName
from tests.fixtures.desk import Browser, DeskSite
from triage.levels import Level

POLICE = {"kind": "police", "basis": "life_in_danger", "reason": "No voice on the phone any more."}


def take(browser: Browser, case_id: int, fields: dict[str, str]) -> Any:
    """Fill in the form of a step and send it."""
    page = browser.get(f"/staff/cases/{case_id}/steps/new").get_data(as_text=True)
    key = re.search(r'name="key" type="hidden" value="([^"]+)"', page)
    assert key is not None
    return browser.post(f"/staff/cases/{case_id}/steps", {"key": key.group(1)} | fields)


def only(site: DeskSite, kind: type[Any]) -> Any:
    with site.look() as session:
        row = session.scalars(select(kind)).one()
        session.expunge(row)
        return row


def text(browser: Browser, path: str) -> str:
    return str(browser.get(path).get_data(as_text=True))


def test_sent_police_are_asked_after_on_the_case_until_somebody_answers(desk_site: DeskSite) -> None:
    case_id, decoy = (desk_site.case(desk_site.person()) for _ in range(2))
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    assert take(browser, case_id, POLICE).status_code == 303
    step = only(desk_site, Intervention)
    page = text(browser, f"/staff/cases/{case_id}")
    assert "Have they arrived?" in page
    assert "second reader still to read it" in page
    assert "Have they arrived?" not in text(browser, f"/staff/cases/{decoy}")
    assert browser.post(f"/staff/steps/{step.id}/wait", {"minutes": "0"}).status_code == 422
    assert browser.post(f"/staff/steps/{step.id}/wait", {"minutes": "20"}).status_code == 303
    assert browser.post(f"/staff/steps/{step.id}/end", {"ending": "arrived"}).status_code == 303
    assert "Have they arrived?" not in text(browser, f"/staff/cases/{case_id}")


def test_step_without_a_yes_and_a_reason_comes_back_with_what_was_typed(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person())
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    answer = take(browser, case_id, POLICE | {"reason": "", "words": "She said goodbye to the cat."})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "She said goodbye to the cat." in page
    assert take(browser, case_id, {"words": "x"}).status_code == 422
    with desk_site.look() as session:
        assert session.scalars(select(Intervention)).all() == []


def test_second_reader_finds_the_step_on_their_day_and_signs(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person())
    browser, lead = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    worker = {"kind": "local_worker", "basis": "consent", "reason": "No family near.", "ask_first": "y"}
    assert take(browser, case_id, worker).status_code == 303
    step = only(desk_site, Intervention)
    assert f"/staff/steps/{step.id}" in text(lead, "/staff/my-day")
    assert f"/staff/steps/{step.id}" not in text(browser, "/staff/my-day")
    early = browser.post(f"/staff/steps/{step.id}/begin", {"reason": ""})
    assert early.status_code == 422
    assert "waits for a second reader" in early.get_data(as_text=True)
    assert browser.post(f"/staff/steps/{step.id}/read", {"verdict": "agreed"}).status_code == 403
    refused = lead.post(f"/staff/steps/{step.id}/read", {"verdict": "not_agreed", "reader_words": ""})
    assert refused.status_code == 422
    assert lead.post(f"/staff/steps/{step.id}/read", {"verdict": "agreed"}).status_code == 303
    assert browser.post(f"/staff/steps/{step.id}/begin").status_code == 303
    assert only(desk_site, Intervention).begun_at == desk_site.clock()


def test_heard_of_harm_to_a_minor_becomes_a_report_that_is_made_or_signed_away_by_a_lead(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person(), Level.ORANGE)
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    assert browser.post(f"/staff/cases/{case_id}/minor-is-hurt").status_code == 303
    assert desk_site.stored_case(case_id).level.value == "red"
    duty = only(desk_site, CaseDuty)
    page = text(browser, f"/staff/cases/{case_id}")
    assert "Report harm to a minor" in page
    assert "A colleague has heard that a minor is being hurt" in page
    path = f"/staff/case-duties/{duty.id}"
    away = browser.post(f"{path}/refuse", {"words": "He is grown up."})
    assert away.status_code == 422
    assert "He is grown up." in away.get_data(as_text=True)
    nobody = browser.post(f"{path}/done", {"words": "Told somebody."})
    assert nobody.status_code == 422
    assert browser.post(f"{path}/done", {"words": "Report 0421.", "reported_to": "police"}).status_code == 303
    assert "Report 0421." in text(browser, f"/staff/cases/{case_id}")
    assert "Report 0421." in text(browser, path)


@pytest.mark.parametrize(("band", "offered"), [(AgeBand.FROM_14_TO_17, True), (AgeBand.ADULT, False)])
def test_guardian_is_offered_for_a_minor_only(desk_site: DeskSite, band: AgeBand, offered: bool) -> None:
    number = desk_site.person()
    with desk_site.work() as session:
        session.get_one(Conversation, number).beneficiary.age_band = band
    case_id = desk_site.case(number)
    page = text(desk_site.signed_in(RoleName.COUNSELOR), f"/staff/cases/{case_id}/steps/new")
    assert ('value="guardian"' in page) is offered
    with desk_site.look() as session:
        assert bool(session.scalars(select(CaseDuty)).all()) is offered


def test_case_with_somebody_on_the_way_is_not_closed(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person(), Level.ORANGE)
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    take(browser, case_id, POLICE)
    answer = browser.post(
        f"/staff/cases/{case_id}/close", {**desk_site.seen(case_id), "reason": "calm", "unchecked": "others_took_over"}
    )
    assert answer.status_code == 422
    assert "Somebody was sent" in answer.get_data(as_text=True)
    assert desk_site.stored_case(case_id).closed_at is None


def test_unknown_numbers_are_not_found(desk_site: DeskSite) -> None:
    browser, lead = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    for path in ("/staff/cases/4711/steps/new", "/staff/steps/4711", "/staff/case-duties/4711"):
        assert browser.get(path).status_code == 404
    for path in ("steps/4711/begin", "steps/4711/end", "steps/4711/wait", "case-duties/4711/done", "cases/4711/steps"):
        assert browser.post(f"/staff/{path}", {"key": "k" * 32}).status_code == 404
    assert browser.post("/staff/cases/4711/minor-is-hurt").status_code == 404
    assert lead.post("/staff/steps/4711/read", {"verdict": "agreed"}).status_code == 404
