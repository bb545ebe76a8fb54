"""The review page: only the reviewer writes, only they and the leads read, nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from care import crises, seen_flags
from care.crises import Unchecked
from models.case_reviews import CaseReview, CaseReviewPart, Delay
from models.crises import CrisisCase, UncheckedReason
from models.staff import RoleName, StaffMember
from models.triage_records import ReviewVerdict, TriageReview
from tests.fixtures.desk import Browser, DeskSite

FILLED = {"went_well": "很快接了起来", "delay": "nothing"}


@pytest.fixture
def names(desk_site: DeskSite) -> dict[str, str]:
    """An officer and a lead who close, two counselors who may read."""
    roles = {
        "officer": RoleName.DUTY_OFFICER,
        "lead": RoleName.SUPERVISOR,
        "anna": RoleName.COUNSELOR,
        "bela": RoleName.COUNSELOR,
    }
    made = {name: desk_site.colleague(role, username=name) for name, role in roles.items()}
    person = desk_site.person()
    desk_site.says(person, "今天下雨了")
    desk_site.says(person, "我不想活了")
    with desk_site.look() as session:
        case_id = session.scalars(select(CrisisCase.id)).one()
    for name in ("officer", "lead"):
        with desk_site.work() as session:
            crises.close(
                session=session,
                case_id=case_id,
                seen_flag_id=seen_flags.newest(session=session, case_id=case_id),
                actor=session.scalars(select(StaffMember).where(StaffMember.username == name)).one(),
                reason="安全了",
                now=desk_site.clock(),
                unchecked=Unchecked(UncheckedReason.NOT_REACHED),
            )
    return made


def _in(site: DeskSite, name: str) -> Browser:
    browser = site.browser()
    assert browser.sign_in(name).status_code == 303
    return browser


def _stored(site: DeskSite) -> CaseReview:
    with site.look() as session:
        found = session.scalars(select(CaseReview)).one()
        session.expunge(found)
        return found


def test_the_reviewer_finds_it_on_their_day_and_writes_it(desk_site: DeskSite, names: dict[str, str]) -> None:
    browser = _in(desk_site, "anna")
    assert "/staff/case-reviews/1" in browser.get("/staff/my-day").get_data(as_text=True)
    page = browser.get("/staff/case-reviews/1").get_data(as_text=True)
    assert "今天下雨了" in page
    answer = browser.post("/staff/case-reviews/1", FILLED)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/case-reviews")
    stored = _stored(desk_site)
    assert (stored.went_well, stored.delay) == ("很快接了起来", Delay.NOTHING)
    page = browser.get("/staff/case-reviews/1").get_data(as_text=True)
    assert "很快接了起来" in page
    assert "/staff/case-reviews/1" not in browser.get("/staff/my-day").get_data(as_text=True)


def test_a_wrong_level_goes_to_the_review_of_the_detector(desk_site: DeskSite, names: dict[str, str]) -> None:
    answer = _in(desk_site, "anna").post("/staff/case-reviews/1", FILLED | {"message-1": "orange"})
    assert answer.status_code == 303
    with desk_site.look() as session:
        mark = session.scalars(select(TriageReview)).one()
        assert (mark.verdict, mark.level.value) == (ReviewVerdict.MISSED, "orange")


@pytest.mark.parametrize(
    "typed",
    [
        {"went_well": ""},
        {"delay": ""},
        {"delay": "nonsense"},
        {"delay": "technical"},
        {"went_well": "长" * 4001},
        {"message-9999999999999": "red"},
        {"message-x": "red"},
        {"message-1": "purple"},
        {"message-99": "red"},
    ],
)
def test_a_form_that_cannot_be_taken_keeps_what_was_typed(
    desk_site: DeskSite, names: dict[str, str], typed: dict[str, str]
) -> None:
    answer = _in(desk_site, "anna").post(
        "/staff/case-reviews/1", FILLED | {"change_words": "下次先打电话", "message-2": "green"} | typed
    )
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "下次先打电话" in page
    assert _stored(desk_site).done_at is None
    with desk_site.look() as session:
        assert session.scalars(select(TriageReview)).all() == []


def test_whoever_does_not_owe_it_neither_reads_nor_writes_it(desk_site: DeskSite, names: dict[str, str]) -> None:
    bela = _in(desk_site, "bela")
    assert bela.get("/staff/case-reviews/1").status_code == 404
    assert bela.post("/staff/case-reviews/1", FILLED).status_code == 404
    assert _in(desk_site, "officer").get("/staff/case-reviews/1").status_code == 403
    lead = _in(desk_site, "lead")
    assert lead.get("/staff/case-reviews/1").status_code == 200
    assert lead.post("/staff/case-reviews/1", FILLED).status_code == 422
    assert lead.get("/staff/case-reviews/99").status_code == 404
    assert _stored(desk_site).done_at is None


def test_a_lead_gives_it_to_somebody_else_and_no_handler_is_offered(desk_site: DeskSite, names: dict[str, str]) -> None:
    lead = _in(desk_site, "lead")

    def numbers() -> dict[str, int]:
        with desk_site.look() as session:
            return {one.username: one.id for one in session.scalars(select(StaffMember))}

    ids = numbers()
    page = lead.get("/staff/case-reviews/1").get_data(as_text=True)
    assert f'value="{ids["bela"]}"' in page
    assert f'value="{ids["lead"]}"' not in page
    for wrong in (ids["officer"], 0, 9999):
        answer: Any = lead.post("/staff/case-reviews/1/reviewer", {"staff_id": str(wrong)}, as_json=True)
        assert answer.status_code == 409, wrong
    assert lead.post("/staff/case-reviews/1/reviewer", {"staff_id": str(ids["bela"])}).status_code == 303
    with desk_site.look() as session:
        part = session.scalars(select(CaseReviewPart).where(CaseReviewPart.staff_id == ids["bela"])).one()
        assert part.part.value == "reviewer"
    assert _in(desk_site, "anna").get("/staff/case-reviews/1").status_code == 404


def test_a_late_review_stands_on_the_day_of_the_leads(desk_site: DeskSite, names: dict[str, str]) -> None:
    assert "/staff/case-reviews/1" not in _in(desk_site, "lead").get("/staff/my-day").get_data(as_text=True)
    desk_site.clock.advance(days=8)
    lead = _in(desk_site, "lead")
    assert "/staff/case-reviews/1" in lead.get("/staff/my-day").get_data(as_text=True)
    assert "late" in lead.get("/staff/case-reviews").get_data(as_text=True)
