"""The risk check at the desk: kept while it is filled in, signed once, and asked for before a case is closed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from models.risk_checks import RiskCheck, RiskCheckDraft
from models.staff import RoleName
from tests.care.test_risk_checks import CALM
from tests.fixtures.desk import Browser, DeskSite
from triage.levels import Level


def form_of(browser: Browser, case_id: int) -> dict[str, str]:
    """Return what the page would send if nothing were filled in."""
    page = browser.get(f"/staff/cases/{case_id}/risk-check").get_data(as_text=True)
    hidden = {name: value for name in ("key", "version") if (value := _value(page, name)) is not None}
    assert set(hidden) == {"key", "version"}
    return hidden


def _value(page: str, name: str) -> str | None:
    found = re.search(rf'name="{name}" type="hidden" value="([^"]*)"', page)
    return found.group(1) if found else None


def sign(browser: Browser, case_id: int, **fields: str) -> Any:
    """Fill the form in and sign."""
    return browser.post(f"/staff/cases/{case_id}/risk-check", form_of(browser, case_id) | CALM | fields)


def test_case_is_closed_only_after_the_check(desk_site: DeskSite) -> None:
    case_id, decoy = (desk_site.case(desk_site.person(), Level.ORANGE) for _ in range(2))
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    early = browser.post(f"/staff/cases/{case_id}/close", {**desk_site.seen(case_id), "reason": "She sounds calm."})
    assert early.status_code == 422
    page = early.get_data(as_text=True)
    assert "Before a case is closed, the risk check is gone through" in page
    assert "She sounds calm." in page
    assert desk_site.stored_case(case_id).closed_at is None

    assert sign(browser, case_id).status_code == 303
    assert (
        browser.post(f"/staff/cases/{case_id}/close", {**desk_site.seen(case_id), "reason": "She is calm."}).status_code
        == 303
    )
    assert desk_site.stored_case(case_id).closed_at is not None
    assert desk_site.stored_case(decoy).risk_check_id is None
    read = browser.get(f"/staff/cases/{case_id}").get_data(as_text=True)
    assert "姐姐今晚住在她家" in read
    assert "Somebody who knows, and who stays" in read


def test_signed_reason_is_shown_with_its_name(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person(), Level.ORANGE)
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    empty = browser.post(
        f"/staff/cases/{case_id}/close", {**desk_site.seen(case_id), "reason": "x", "unchecked": "other"}
    )
    assert empty.status_code == 422
    words = {
        **desk_site.seen(case_id),
        "reason": "x",
        "unchecked": "other",
        "unchecked_words": "A neighbour answered for her.",
    }
    assert browser.post(f"/staff/cases/{case_id}/close", words).status_code == 303
    page = browser.get(f"/staff/cases/{case_id}").get_data(as_text=True)
    assert "A neighbour answered for her." in page
    assert "Another reason" in page


@pytest.mark.parametrize("reason", ["before_the_rule", "exercise", "nonsense"])
def test_reason_that_is_not_offered_closes_nothing(desk_site: DeskSite, reason: str) -> None:
    case_id = desk_site.case(desk_site.person(), Level.ORANGE)
    answer = desk_site.signed_in(RoleName.COUNSELOR).post(
        f"/staff/cases/{case_id}/close", {**desk_site.seen(case_id), "reason": "x", "unchecked": reason}
    )
    assert answer.status_code == 422
    assert desk_site.stored_case(case_id).closed_at is None


def test_second_reader_sees_why_nobody_asked(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person(), Level.RED)
    first, second = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    first.post(
        f"/staff/cases/{case_id}/close",
        {**desk_site.seen(case_id), "reason": "In hospital.", "unchecked": "others_took_over"},
    )
    assert "has taken over" in second.get(f"/staff/cases/{case_id}").get_data(as_text=True)
    assert second.post(f"/staff/cases/{case_id}/close", desk_site.seen(case_id)).status_code == 303
    assert desk_site.stored_case(case_id).closed_at is not None


def test_draft_is_kept_while_it_is_typed_and_found_on_another_computer(desk_site: DeskSite) -> None:
    case_id, name = desk_site.case(desk_site.person(), Level.ORANGE), desk_site.colleague(RoleName.COUNSELOR)
    first, second, other = desk_site.browser(), desk_site.browser(), desk_site.signed_in(RoleName.COUNSELOR)
    first.sign_in(name)
    second.sign_in(name)
    begun = form_of(first, case_id)
    kept = first.post(f"/staff/cases/{case_id}/risk-check/draft", begun | {"plan_words": "还没想好"}, as_json=True)
    assert kept.get_json()["version"] == 1
    assert "还没想好" in second.get(f"/staff/cases/{case_id}/risk-check").get_data(as_text=True)
    assert "Go on with your draft" in second.get(f"/staff/cases/{case_id}").get_data(as_text=True)
    assert f"/staff/cases/{case_id}/risk-check" in second.get("/staff/my-day").text
    assert f"/staff/cases/{case_id}/risk-check" not in other.get("/staff/my-day").text
    assert "还没想好" not in other.get(f"/staff/cases/{case_id}/risk-check").get_data(as_text=True)
    # An older window is told, and loses nothing.
    late = first.post(f"/staff/cases/{case_id}/risk-check/draft", begun | {"plan_words": "旧窗口"}, as_json=True)
    assert late.status_code == 409
    page = first.post(f"/staff/cases/{case_id}/risk-check/draft", begun | {"plan_words": "旧窗口"})
    assert page.status_code == 422
    assert "旧窗口" in page.get_data(as_text=True)


def test_form_sent_twice_signs_once_and_what_is_missing_is_named(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person(), Level.ORANGE)
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    form = form_of(browser, case_id) | CALM
    refused = browser.post(f"/staff/cases/{case_id}/risk-check", form | {"plan": "", "means_words": "kept in the page"})
    assert refused.status_code == 422
    assert "kept in the page" in refused.get_data(as_text=True)
    for _ in range(2):
        assert browser.post(f"/staff/cases/{case_id}/risk-check", form).status_code == 303
    with desk_site.look() as session:
        assert len(session.scalars(select(RiskCheck)).all()) == 1
        assert session.scalars(select(RiskCheckDraft)).all() == []


def test_dangerous_answer_raises_the_case_and_says_so(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person(), Level.ORANGE)
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    sign(browser, case_id, plan="plan")
    assert desk_site.stored_case(case_id).level.value == "red"
    page = browser.get(f"/staff/cases/{case_id}").get_data(as_text=True)
    assert "the alarm rings" in page
    assert "Found in the risk check" in page


@pytest.mark.parametrize("role", [RoleName.VOLUNTEER, RoleName.SOCIAL_WORKER, RoleName.ADMIN])
def test_check_is_not_for_everybody(desk_site: DeskSite, role: RoleName) -> None:
    case_id = desk_site.case(desk_site.person(), Level.ORANGE)
    browser = desk_site.signed_in(role)
    assert browser.get(f"/staff/cases/{case_id}/risk-check").status_code == 403
    form = {"key": "k" * 32, "version": "0"} | CALM
    assert browser.post(f"/staff/cases/{case_id}/risk-check", form).status_code == 403


@pytest.mark.parametrize("path", ["/staff/cases/4711/risk-check", "/staff/cases/4711/risk-check/draft"])
def test_forged_number_finds_nothing(desk_site: DeskSite, path: str) -> None:
    desk_site.case(desk_site.person())
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert browser.post(path, {"key": "k" * 32, "version": "0"} | CALM).status_code == 404
    assert browser.post(path, {"key": "k", "version": "0"}).status_code == 404
    assert browser.get("/staff/cases/4711/risk-check").status_code == 404
