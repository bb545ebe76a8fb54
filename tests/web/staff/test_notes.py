"""Notes at the desk: no word is lost, danger reaches the queue, and those without the right see nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.crises import CrisisCase
from models.notes import NoteDraft, SessionNote
from models.screenings import Screening, ScreeningScore
from models.staff import RoleName
from tests.fixtures.bookable import Bookable, at
from tests.fixtures.desk import Browser, DeskSite
from tests.web.public.page_rules import broken_rules

WORDS = {
    "presenting": "睡不好",
    "done": "做了呼吸练习",
    "risk": "nothing_heard",
    "risk_words": "",
    "next_step": "周四再谈",
}


def _treated(site: DeskSite, bookable: Bookable) -> tuple[Browser, int, int]:
    """Let a counselor treat a person; return the browser, the person and the appointment, which has begun."""
    talk = site.person()
    number = bookable.appointment(talk, at(3, 9))
    site.clock.moment = at(3, 10)
    browser = site.browser()
    browser.sign_in(bookable.counselors[0])
    return browser, site.conversation(talk).beneficiary_id, number


def _open(browser: Browser, appointment: int) -> tuple[str, dict[str, str]]:
    path = browser.post(f"/staff/appointments/{appointment}/note").headers["Location"]
    page = browser.get(path).get_data(as_text=True)
    fields = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page).group(1)  # type: ignore[union-attr]
        for name in ("key", "version")
    }
    return path, fields


def _notes(site: DeskSite) -> list[tuple[str, str | None]]:
    with site.look() as session:
        return [(note.done, note.reason) for note in session.scalars(select(SessionNote).order_by(SessionNote.id))]


def test_a_note_is_drafted_by_itself_signed_and_amended(desk_site: DeskSite, bookable: Bookable) -> None:
    browser, person, number = _treated(desk_site, bookable)
    path, fields = _open(browser, number)
    kept = browser.post(path, fields | {"presenting": "睡不好"}, as_json=True).get_json()
    assert kept["version"] == 2
    assert _open(browser, number)[0] == path
    answer = browser.post(f"{path}/sign", fields | WORDS | {"version": "2"})
    assert answer.headers["Location"] == f"/staff/persons/{person}/notes"
    assert browser.post(f"{path}/sign", fields | WORDS | {"version": "2"}).status_code == 303
    assert _notes(desk_site) == [("做了呼吸练习", None)]
    again = browser.post("/staff/notes/1/amendments").headers["Location"]
    page = browser.get(again).get_data(as_text=True)
    assert "做了呼吸练习" in page
    key = re.search(r'name="key"[^>]*value="([^"]*)"', page)
    assert key is not None
    more = WORDS | {"key": key.group(1), "version": "1", "done": "也谈了学费", "reason": "漏写了"}
    assert browser.post(f"{again}/sign", more).status_code == 303
    assert _notes(desk_site) == [("做了呼吸练习", None), ("也谈了学费", "漏写了")]
    whole = browser.get(f"/staff/persons/{person}/notes").get_data(as_text=True)
    assert "做了呼吸练习" in whole
    assert "也谈了学费" in whole


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"done": ""}, "done"),
        ({"risk": None}, "risk"),
        ({"risk": "plan"}, "risk_words"),
        ({"version": "7"}, "presenting"),
    ],
)
def test_a_note_that_cannot_be_signed_keeps_every_word(
    desk_site: DeskSite, bookable: Bookable, changed: dict[str, str | None], field: str
) -> None:
    browser, _person, number = _treated(desk_site, bookable)
    path, fields = _open(browser, number)
    sent = {name: value for name, value in (fields | WORDS | changed).items() if value is not None}
    answer = browser.post(f"{path}/sign", sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert "周四再谈" in page
    assert _notes(desk_site) == []


def test_after_the_warning_a_colleague_may_save_over_the_other_window(desk_site: DeskSite, bookable: Bookable) -> None:
    browser, _person, number = _treated(desk_site, bookable)
    path, fields = _open(browser, number)
    browser.post(path, fields | {"presenting": "另一个窗口"})
    refused = browser.post(path, fields | {"presenting": "这个窗口"})
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert "这个窗口" in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version is not None
    assert browser.post(path, fields | {"presenting": "这个窗口", "version": version.group(1)}).status_code == 303
    with desk_site.look() as session:
        assert session.scalars(select(NoteDraft)).one().presenting == "这个窗口"


def test_danger_in_a_signed_note_stands_in_the_queue(desk_site: DeskSite, bookable: Bookable) -> None:
    browser, person, number = _treated(desk_site, bookable)
    path, fields = _open(browser, number)
    browser.post(f"{path}/sign", fields | WORDS | {"risk": "plan", "risk_words": "家里备了药"})
    with desk_site.look() as session:
        assert session.scalars(select(CrisisCase)).one().beneficiary_id == person
    assert "Nobody has taken the case" in browser.get("/staff/my-day").get_data(as_text=True)


def test_colleagues_without_the_right_see_no_word(desk_site: DeskSite, bookable: Bookable) -> None:
    browser, person, number = _treated(desk_site, bookable)
    path, fields = _open(browser, number)
    browser.post(f"{path}/sign", fields | WORDS)
    for role in (
        RoleName.SOCIAL_WORKER,
        RoleName.VOLUNTEER,
        RoleName.BASE_MANAGER,
        RoleName.ADMIN,
        RoleName.DUTY_OFFICER,
    ):
        assert desk_site.signed_in(role).get(f"/staff/persons/{person}/notes").status_code == 403, role
    stranger = desk_site.browser()
    stranger.sign_in(bookable.counselors[1])
    page = stranger.get(f"/staff/persons/{person}/notes").get_data(as_text=True)
    assert "睡不好" not in page
    assert "Scores over time" not in page
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"/staff/appointments/{number}/note").status_code == 404
    assert stranger.post("/staff/notes/1/amendments").status_code == 404
    assert "睡不好" in desk_site.signed_in(RoleName.SUPERVISOR).get(f"/staff/persons/{person}/notes").get_data(
        as_text=True
    )


def _scored(site: DeskSite, person: int, days: int, **totals: int) -> None:
    when = site.clock() - timedelta(days=days)
    with site.work() as session:
        scores = [
            ScreeningScore(instrument=name.replace("_", "-"), total=total, band="mild")
            for name, total in totals.items()
        ]
        session.add(
            Screening(
                beneficiary_id=person, language="zh-CN", complete=True, started_at=when, ended_at=when, scores=scores
            )
        )


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_trend_is_drawn_and_written_and_names_no_condition(
    desk_site: DeskSite, bookable: Bookable, language: str
) -> None:
    browser, person, _number = _treated(desk_site, bookable)
    browser.client.set_cookie("ny_language", language)
    for days, phq, gad in ((40, 16, 8), (20, 12, 9), (1, 10, 12)):
        _scored(desk_site, person, days, phq_9=phq, gad_7=gad)
    text = browser.get(f"/staff/persons/{person}/notes").get_data(as_text=True)
    assert broken_rules(text, language) == []
    assert text.count("<polyline") == 2
    assert text.count("trend__mark--improved") == text.count("trend__mark--deteriorated") == 1
    assert text.count("change--deteriorated") == 2  # In the table, and for all scales together.
    for word in ("depress", "anxiety", "disorder", "抑郁", "焦虑", "患者"):
        assert word not in text.lower()


def test_questions_are_asked_for_once_a_day(desk_site: DeskSite, bookable: Bookable) -> None:
    browser, person, _number = _treated(desk_site, bookable)
    for _ in range(2):
        assert browser.post(f"/staff/persons/{person}/screening-invitations").status_code == 303
    assert desk_site.traces("screening.invite") == [person]
    assert browser.post("/staff/persons/999/screening-invitations").status_code == 404


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"contact": "phone", "held_at": "2026-03-03T09:30"}, 303),
        ({"contact": "phone", "held_at": "2026-03-03T19:30"}, 422),
        ({"contact": "appointment", "held_at": "2026-03-03T09:30"}, 422),
        ({"contact": "phone", "held_at": "then"}, 422),
    ],
)
def test_a_contact_outside_the_calendar_is_noted_once_it_has_happened(
    desk_site: DeskSite, bookable: Bookable, sent: dict[str, Any], status: int
) -> None:
    browser, person, _number = _treated(desk_site, bookable)
    assert browser.post(f"/staff/persons/{person}/notes", sent).status_code == status


def test_a_person_is_found_by_code_however_it_is_typed(desk_site: DeskSite, bookable: Bookable) -> None:
    browser, person, _number = _treated(desk_site, bookable)
    with desk_site.look() as session:
        from models.beneficiaries import Beneficiary

        code = session.get_one(Beneficiary, person).code
    for typed in (code, code.lower(), code.removeprefix("NY-"), f" {code.replace('-', ' ')} "):
        assert browser.get("/staff/persons", query_string={"code": typed}).status_code == 303
    missing = browser.get("/staff/persons?code=NY-NONE2")
    assert missing.status_code == 404
    assert "Nobody has this code." in missing.get_data(as_text=True)


def test_a_supervisor_reads_and_countersigns(desk_site: DeskSite, bookable: Bookable) -> None:
    browser, _person, number = _treated(desk_site, bookable)
    path, fields = _open(browser, number)
    assert "Your supervisor reads and signs" in browser.get(path).get_data(as_text=True)
    browser.post(f"{path}/sign", fields | WORDS)
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    assert "Notes that wait for your signature: 1" in lead.get("/staff/my-day").get_data(as_text=True)
    assert "睡不好" in lead.get("/staff/notes/to-countersign").get_data(as_text=True)
    for _ in range(2):
        assert lead.post("/staff/notes/1/countersign", {"remark": "写得清楚"}).status_code == 303
    assert desk_site.traces("note.countersign") == [1]
    assert lead.post("/staff/notes/99/countersign").status_code == 404


def test_discarded_draft_is_gone_and_only_ones_own(desk_site: DeskSite, bookable: Bookable) -> None:
    browser, _person, number = _treated(desk_site, bookable)
    path, _fields = _open(browser, number)
    assert desk_site.signed_in(RoleName.COUNSELOR).post(f"{path}/discard").status_code == 404
    assert browser.post(f"{path}/discard").status_code == 303
    assert browser.get(path).status_code == 404
