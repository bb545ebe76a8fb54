"""Every button of the page of a case: sent twice, with numbers that are not theirs, with a book in each field."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from models.beneficiaries import EmergencyContact
from models.contact_checks import ContactCheck
from models.conversations import Conversation
from models.crises import CrisisCase, CrisisFlag
from models.interventions import CaseDuty, Intervention
from models.kept_away import KeptFromCase
from models.risk_checks import RiskCheck
from models.staff import RoleName, StaffMember
from tests.fixtures.desk import Browser, DeskSite
from triage.levels import Level

BOOK = "字" * 20_000
GONE = 987_654_321


class Page:
    """A case with everything on it that a button can touch, and a decoy case that nobody touches."""

    def __init__(self, site: DeskSite) -> None:
        self.site = site
        self.browser = site.signed_in(RoleName.SUPERVISOR)
        site.colleague(RoleName.COUNSELOR, username="somebody")
        self.case_id = site.case(site.person(), Level.ORANGE)
        self.decoy = site.case(site.person(), Level.ORANGE)
        with site.work() as session:
            case = session.get_one(CrisisCase, self.case_id)
            self.person = case.beneficiary_id
            session.add(EmergencyContact(beneficiary_id=self.person, name="夫", phone="13800000000", at=site.clock()))
            self.somebody = session.scalars(select(StaffMember.id).where(StaffMember.username == "somebody")).one()
        self.browser.post(f"/staff/cases/{self.case_id}/minor-is-hurt")
        with site.look() as session:
            self.duty = session.scalars(select(CaseDuty.id)).first() or 0

    def forms(self, case_id: int, person: int, duty: int, text: str) -> dict[str, tuple[str, dict[str, Any]]]:
        """Return every button of the page by a name, with what it sends."""
        seen = self.site.seen(self.case_id)
        case, who = f"/staff/cases/{case_id}", f"/staff/beneficiaries/{person}"
        step = {"kind": "ask", "basis": "consent", "words": text, "reason": text, "key": "k" * 32}
        check = {f"{name}_words": text for name in ("thoughts", "plan", "means", "judgement")}
        return {
            "take": (f"{case}/acknowledge", {}),
            "close": (f"{case}/close", {**seen, "reason": text, "unchecked": "other", "unchecked_words": text}),
            "raise": (f"{case}/raise", {"level": "red", "why": "staff_words"}),
            "lower": (f"{case}/lower", {**seen, "level": "yellow", "reason": text}),
            "keep away": (f"{case}/keep-away", {"staff_id": self.somebody, "words": text}),
            "let back": (f"{case}/let-back/{self.somebody}", {"words": text}),
            "contact": (f"{who}/emergency-contact", {}),
            "contact check": (f"{who}/emergency-contact/check", {"safe": "no", "words": text}),
            "name": (f"{who}/glass", {"part": "name", "reason": "other", "words": text}),
            "everything": (f"{who}/glass", {"part": "all", "reason": "danger", "words": text}),
            "hide": (f"{who}/glass/close", {}),
            "step": (f"{case}/steps", step),
            "draft": (f"{case}/risk-check/draft", check),
            "check": (f"{case}/risk-check", {**check, "key": "c" * 32}),
            "minor": (f"{case}/minor-is-hurt", {}),
            "reported": (f"/staff/case-duties/{duty}/done", {"words": text, "reported_to": "police"}),
            "not reported": (f"/staff/case-duties/{duty}/refuse", {"words": text}),
            "plan": (f"{who}/safety-plan", {"own_ways": text, "warning_signs": text}),
            "contact plan": (f"{who}/contact-plan", {"who": text, "how_often": text, "review_on": "2026-04-01"}),
        }


@pytest.fixture
def page(desk_site: DeskSite) -> Page:
    return Page(desk_site)


def counts(site: DeskSite) -> dict[str, int]:
    with site.look() as session:
        tables = (CrisisCase, CrisisFlag, Intervention, RiskCheck, KeptFromCase, ContactCheck)
        return {one.__name__: session.scalar(select(func.count()).select_from(one)) or 0 for one in tables}


def test_a_book_in_every_field_is_refused_or_kept_and_breaks_nothing(page: Page) -> None:
    before = counts(page.site)
    forms = page.forms(page.case_id, page.person, page.duty, BOOK)
    # These carry no words of their own, so that nothing in them is too long.
    wordless = {"take", "raise", "contact", "hide", "minor"}
    for name in forms.keys() - wordless:
        path, data = forms[name]
        answer = page.browser.post(path, data)
        assert answer.status_code in (303, 409, 413, 422), (name, answer.status_code)
    after = counts(page.site)
    assert after == before, "a book was stored"
    assert page.site.stored_case(page.case_id).closed_at is None


def test_numbers_that_are_nobody_s_find_nothing_and_change_nothing(page: Page) -> None:
    before = counts(page.site)
    for name, (path, data) in page.forms(GONE, GONE, GONE, "words").items():
        answer = page.browser.post(path, data)
        assert answer.status_code in (303, 404, 422), (name, answer.status_code)
    assert counts(page.site) == before


def test_each_button_pressed_twice_does_it_once(page: Page) -> None:
    forms = page.forms(page.case_id, page.person, page.duty, "她怕他")
    for name in ("take", "keep away", "contact check", "step", "minor", "let back", "raise"):
        path, data = forms[name]
        page.browser.post(path, data)
        once, hops = counts(page.site), page.site.stored_case(page.case_id).hops
        assert page.browser.post(path, data).status_code < 500, name
        assert counts(page.site) == once, name
        assert page.site.stored_case(page.case_id).hops == hops, name


def test_fields_that_are_missing_or_of_another_kind_are_refused_in_words(page: Page) -> None:
    for name, (path, data) in page.forms(page.case_id, page.person, page.duty, "").items():
        for sent in (
            {},
            dict.fromkeys(data, "\x00\ud83d".encode("utf-8", "replace").decode()),
            dict.fromkeys(data, "-1"),
        ):
            assert page.browser.post(path, sent).status_code < 500, name
    assert page.site.stored_case(page.decoy).closed_at is None


@pytest.mark.parametrize("role", [RoleName.VOLUNTEER, RoleName.SOCIAL_WORKER, RoleName.ADMIN])
def test_who_reads_no_cases_presses_none_of_its_buttons(page: Page, role: RoleName) -> None:
    stranger, before = page.site.signed_in(role), counts(page.site)
    token = stranger.token()
    for name, (path, data) in page.forms(page.case_id, page.person, page.duty, "words").items():
        answer = stranger.client.post(path, data=data, headers={"X-CSRFToken": token})
        assert answer.status_code == 403, (name, answer.status_code)
    assert stranger.get(f"/staff/cases/{page.case_id}").status_code == 403
    assert counts(page.site) == before


def test_whoever_is_kept_away_presses_none_of_its_buttons_either(page: Page) -> None:
    meant = page.browser
    officer = page.site.signed_in(RoleName.DUTY_OFFICER)
    with page.site.look() as session:
        me = session.scalars(select(StaffMember.id).where(StaffMember.username.like("supervisor%"))).one()
    officer.post(f"/staff/cases/{page.case_id}/keep-away", {"staff_id": me, "words": "她说就是他"})
    before, stored = counts(page.site), page.site.stored_case(page.case_id)
    # Their own safety plan pages and a contact plan are no part of the case.
    for name, (path, data) in page.forms(page.case_id, page.person, page.duty, "words").items():
        meant.post(path, data)
        now = page.site.stored_case(page.case_id)
        assert (now.level, now.closed_at, now.acknowledged_by_id, now.contacted_at) == (
            stored.level,
            stored.closed_at,
            None,
            None,
        ), name
    after = counts(page.site)
    assert after == before
    assert "13800000000" not in meant.post(f"/staff/beneficiaries/{page.person}/emergency-contact").get_data(
        as_text=True
    )


def test_a_contact_that_may_be_the_danger_is_not_in_the_page_until_somebody_has_answered(desk_site: DeskSite) -> None:
    number = desk_site.person()
    case_id = desk_site.case(number, Level.RED, reason="is_being_hurt")
    with desk_site.work() as session:
        person = session.get_one(Conversation, number).beneficiary_id
        session.add(EmergencyContact(beneficiary_id=person, name="丈夫", phone="13800000000", at=desk_site.clock()))
    browser: Browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    path = f"/staff/beneficiaries/{person}/emergency-contact"
    asked = browser.post(path).get_data(as_text=True)
    assert "Is this the person who does harm?" in asked
    assert "13800000000" not in asked
    browser.post(f"/staff/beneficiaries/{person}/glass", {"part": "all", "reason": "danger"})
    assert "13800000000" not in browser.get(f"/staff/cases/{case_id}").get_data(as_text=True)
    assert "Is this the person who does harm?" in browser.get(f"/staff/cases/{case_id}/steps/new").get_data(
        as_text=True
    )
    empty = browser.post(f"{path}/check", {"safe": "no", "words": " "})
    assert (empty.status_code, "13800000000" in empty.get_data(as_text=True)) == (422, False)
    warned = browser.post(f"{path}/check", {"safe": "no", "words": "She says it is him."}).get_data(as_text=True)
    assert "Do not ring this contact." in warned
    assert "She says it is him." in warned
    assert "13800000000" not in warned
    assert "Do not ring this contact." in browser.get(f"/staff/cases/{case_id}").get_data(as_text=True)
    back = browser.post(f"{path}/check", {"safe": "yes", "words": "It was another man."}).get_data(as_text=True)
    assert "13800000000" in back
    assert desk_site.traces("emergency_contact.not_safe") == [person]
