"""One case, four eyes, the glass, plans and rests at the desk: what each role sees, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from care import intakes
from models.blocks import Block
from models.case_changes import CaseChange
from models.contact_plans import ContactPlan
from models.conversations import Conversation
from models.glass_openings import GlassOpening
from models.staff import RoleName
from models.worried_reports import WorriedReport
from tests.fixtures.desk import Browser, DeskSite
from triage.levels import Level

TOLD = {"sight": "soon", "words": "她说已经写好遗书", "about": "三楼的李阿姨", "reporter_phone": "13800000000"}


def named(site: DeskSite, called: str = "王小梅") -> tuple[int, int, str]:
    """Let somebody come who has given a name; return conversation, person and code."""
    chat = site.person()
    with site.work() as session:
        conversation = session.get_one(Conversation, chat)
        intakes.update(session=session, conversation=conversation, fields={"called": called}, now=site.clock())
        return chat, conversation.beneficiary_id, conversation.beneficiary.code


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None
    return found.group(1)


def send(browser: Browser, path: str, **typed: str) -> Any:
    key = hidden(browser.get(path).text, "form_key")
    return browser.post(path, {"form_key": key} | TOLD | typed)


@pytest.mark.parametrize("role", [RoleName.VOLUNTEER, RoleName.SOCIAL_WORKER, RoleName.COUNSELOR])
def test_every_colleague_can_report_and_finds_the_way_on_my_day(desk_site: DeskSite, role: RoleName) -> None:
    browser = desk_site.signed_in(role)
    assert "/staff/worried" in browser.get("/staff/my-day").text
    _chat, person, code = named(desk_site)
    answer = send(browser, "/staff/worried", code=code.lower(), about="")
    assert answer.status_code == 303
    with desk_site.look() as session:
        report = session.scalars(select(WorriedReport)).one()
        assert (report.beneficiary_id, report.known) == (person, True)
    page = browser.get("/staff/my-day").text
    assert f"The case of {code} is open" in page
    assert "遗书" not in page


def test_what_was_typed_stays_when_the_code_is_nobodys(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.SOCIAL_WORKER)
    answer = send(browser, "/staff/worried", code="NY-XXXXX")
    assert answer.status_code == 422
    assert "三楼的李阿姨" in answer.text
    assert send(browser, "/staff/worried", words=" ", sight="changed").status_code == 422
    with desk_site.look() as session:
        assert session.scalars(select(WorriedReport)).all() == []


def test_case_shows_the_report_and_its_numbers_only_behind_the_glass(desk_site: DeskSite) -> None:
    _chat, person, code = named(desk_site)
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    send(browser, "/staff/worried", code=code)
    with desk_site.look() as session:
        report = session.scalars(select(WorriedReport)).one()
        case_id, number = report.case_id, report.id
    page = browser.get(f"/staff/cases/{case_id}").text
    assert "她说已经写好遗书" in page
    assert "13800000000" not in page
    assert "王小梅" not in page
    opened = browser.post(f"/staff/beneficiaries/{person}/glass", {"part": "all", "reason": "danger"})
    assert opened.status_code == 303
    page = browser.get(f"/staff/cases/{case_id}").text
    assert "13800000000" in page
    assert "王小梅" in page
    # Another colleague sees nothing of it, and a quarter of an hour later neither does this one.
    other = desk_site.signed_in(RoleName.COUNSELOR)
    assert "王小梅" not in other.get(f"/staff/cases/{case_id}").text
    assert browser.post(f"/staff/worried/{number}/called", {"next": f"/staff/cases/{case_id}"}).status_code == 303
    assert "Called back by" in browser.get(f"/staff/cases/{case_id}").text
    desk_site.clock.advance(minutes=15)
    assert "王小梅" not in browser.get(f"/staff/cases/{case_id}").text


def test_name_is_shown_in_one_tap_in_a_conversation_and_hidden_again(desk_site: DeskSite) -> None:
    chat, person, _code = named(desk_site)
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    path = f"/staff/conversations/{chat}"
    assert "王小梅" not in browser.get(path).text
    answer = browser.post(f"/staff/beneficiaries/{person}/glass", {"part": "name", "reason": "speaking", "next": path})
    assert answer.headers["Location"].endswith(f"{path}#glass")
    assert "王小梅" in browser.get(path).text
    browser.post(f"/staff/beneficiaries/{person}/glass/close", {"next": path})
    assert "王小梅" not in browser.get(path).text


def test_glass_refuses_nonsense_and_a_way_out_of_the_site(desk_site: DeskSite) -> None:
    _chat, person, _code = named(desk_site)
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    path = f"/staff/beneficiaries/{person}/glass"
    assert browser.post(path, {"part": "nothing", "reason": "danger"}).status_code in (400, 409, 422)
    away = browser.post(path, {"part": "all", "reason": "other", "next": "https://elsewhere.example/"})
    assert away.headers["Location"].startswith("/staff/")
    assert browser.post("/staff/beneficiaries/4711/glass", {"part": "all", "reason": "danger"}).status_code == 404
    with desk_site.look() as session:
        assert session.scalars(select(GlassOpening)).all() == []


def test_leads_look_at_openings_of_others(desk_site: DeskSite) -> None:
    _chat, person, code = named(desk_site)
    officer, lead = desk_site.signed_in(RoleName.DUTY_OFFICER), desk_site.signed_in(RoleName.SUPERVISOR)
    officer.post(f"/staff/beneficiaries/{person}/glass", {"part": "all", "reason": "other", "words": "家属在楼下等"})
    assert "/staff/glass" in lead.get("/staff/my-day").text
    page = lead.get("/staff/glass").text
    assert code in page
    assert "家属在楼下等" in page
    assert "王小梅" not in page
    with desk_site.look() as session:
        number = session.scalars(select(GlassOpening.id)).one()
    assert lead.post(f"/staff/glass/{number}/review", {"verdict": "fitting"}).status_code == 303
    assert "fitting" in lead.get("/staff/glass").text
    assert officer.get("/staff/glass").status_code == 403


def test_top_level_is_lowered_by_two_and_the_page_says_who_waits(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person(), Level.RED)
    first, second = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    empty = first.post(f"/staff/cases/{case_id}/lower", {**desk_site.seen(case_id), "level": "yellow", "reason": ""})
    assert empty.status_code == 422
    kept = first.post(
        f"/staff/cases/{case_id}/lower", {**desk_site.seen(case_id), "level": "sleepy", "reason": "姐姐在家"}
    )
    assert kept.status_code == 422
    assert "姐姐在家" in kept.text
    assert (
        first.post(
            f"/staff/cases/{case_id}/lower", {**desk_site.seen(case_id), "level": "yellow", "reason": "姐姐在家"}
        ).status_code
        == 303
    )
    assert "another colleague must confirm it" in first.get(f"/staff/cases/{case_id}").text
    assert desk_site.stored_case(case_id).level.value == "red"
    with desk_site.look() as session:
        change = session.scalars(select(CaseChange.id)).one()
    assert first.post(f"/staff/case-changes/{change}/confirm").status_code == 303
    assert desk_site.stored_case(case_id).level.value == "red"
    assert "姐姐在家" in second.get(f"/staff/cases/{case_id}").text
    assert second.post(f"/staff/case-changes/{change}/confirm").status_code == 303
    assert desk_site.stored_case(case_id).level.value == "yellow"
    page = second.get(f"/staff/cases/{case_id}").text
    assert "Level lowered" in page
    assert second.post("/staff/case-changes/4711/confirm").status_code == 404


def test_second_reader_can_decline_a_closing_in_words(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person(), Level.RED)
    first, second = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    first.post(
        f"/staff/cases/{case_id}/close",
        {**desk_site.seen(case_id), "reason": "在医院", "unchecked": "others_took_over"},
    )
    with desk_site.look() as session:
        change = session.scalars(select(CaseChange.id)).one()
    second.post(f"/staff/case-changes/{change}/decline", {"words": "医院还没有确认"})
    page = second.get(f"/staff/cases/{case_id}").text
    assert "医院还没有确认" in page
    assert desk_site.stored_case(case_id).closing_reason is None


def test_plan_is_written_shown_and_an_older_page_loses_nothing(desk_site: DeskSite) -> None:
    chat, person, code = named(desk_site)
    first, second = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.COUNSELOR)
    path = f"/staff/beneficiaries/{person}/contact-plan"
    day = (desk_site.clock() + timedelta(days=30)).date().isoformat()
    plan = {"above": "0", "who": "陈瑜", "how_often": "每周二", "helps": "先听她说完", "review_on": day}
    assert first.post(path, plan | {"who": ""}).status_code == 422
    assert first.post(path, plan | {"review_on": "2020-01-01"}).status_code == 422
    assert first.post(path, plan).status_code == 303
    late = second.post(path, plan | {"helps": "散步"})
    assert late.status_code == 422
    assert "散步" in late.text
    assert second.post(path, plan | {"helps": "散步", "above": "1"}).status_code == 303
    assert "散步" in first.get(f"/staff/conversations/{chat}").text
    assert code in first.get("/staff/contact-plans").text
    desk_site.clock.advance(days=30)
    again = desk_site.browser()
    again.sign_in(desk_site.colleague(RoleName.COUNSELOR))
    assert "tag--gap" in again.get("/staff/contact-plans").text
    with desk_site.look() as session:
        assert len(session.scalars(select(ContactPlan)).all()) == 2


def test_lead_lets_a_chat_rest_and_lifts_it(desk_site: DeskSite) -> None:
    chat, person, _code = named(desk_site)
    lead, officer = desk_site.signed_in(RoleName.SUPERVISOR), desk_site.signed_in(RoleName.DUTY_OFFICER)
    path = f"/staff/beneficiaries/{person}/block"
    assert officer.get(path).status_code == 403
    form = {"key": hidden(lead.get(path).text, "key"), "reason": "insults", "words": "反复辱骂", "days": "3"}
    for wrong in ({"days": "99"}, {"words": ""}, {"reason": ""}, {"days": "x"}):
        answer = lead.post(path, form | wrong)
        assert answer.status_code == 422
    assert lead.post(path, form).status_code == 303
    assert lead.post(path, form).status_code == 303
    with desk_site.look() as session:
        number = session.scalars(select(Block.id)).one()
    assert "This chat rests until" in officer.get(f"/staff/conversations/{chat}").text
    assert str(person) in lead.get("/staff/blocks").text
    assert lead.post(f"/staff/blocks/{number}/lift", {"words": "他道歉了"}).status_code == 303
    assert "This chat rests until" not in officer.get(f"/staff/conversations/{chat}").text
    assert lead.get("/staff/beneficiaries/4711/block").status_code == 404


def test_report_is_given_to_the_person_it_is_about(desk_site: DeskSite) -> None:
    _chat, person, code = named(desk_site)
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    send(browser, "/staff/worried")
    with desk_site.look() as session:
        number = session.scalars(select(WorriedReport.id)).one()
    wrong = browser.post(f"/staff/worried/{number}/who", {"code": "NY-XXXXX"})
    assert wrong.status_code == 303
    assert browser.post(f"/staff/worried/{number}/who", {"code": code}).status_code == 303
    with desk_site.look() as session:
        assert session.get_one(WorriedReport, number).beneficiary_id == person
    assert browser.post("/staff/worried/4711/who", {"code": code}).status_code == 404
