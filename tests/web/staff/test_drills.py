"""The page of fire drills: begun by a lead, unseen until taken, hours of the week chosen and charted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.drills import Drill, DrillEnd
from models.staff import RoleName
from tests.fixtures.desk import Browser, DeskSite
from triage.levels import Level


@pytest.fixture
def lead(desk_site: DeskSite) -> Browser:
    return desk_site.signed_in(RoleName.SUPERVISOR)


def _drills(site: DeskSite) -> list[Drill]:
    with site.look() as session:
        found = list(session.scalars(select(Drill)))
        _ = [one.case.beneficiary for one in found]
        session.expunge_all()
        return found


def test_a_drill_is_told_of_only_after_somebody_has_taken_it(desk_site: DeskSite, lead: Browser) -> None:
    officer = desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert lead.post("/staff/drills").status_code == 303
    (drill,) = _drills(desk_site)
    (row,) = officer.json("/staff/queue/state").get_json()["cases"]
    assert (row["id"], row["synthetic"], row["alarm"]) == (drill.case_id, False, True)
    before = officer.get(f"/staff/cases/{drill.case_id}").get_data(as_text=True)
    assert "fire drill" not in before.lower()
    assert ">Exercise<" not in before.replace("hidden>Exercise<", "")
    desk_site.clock.advance(seconds=33)
    officer.post(f"/staff/cases/{drill.case_id}/acknowledge")
    after = officer.get(f"/staff/cases/{drill.case_id}").get_data(as_text=True)
    assert "This was a fire drill" in after
    conversation = drill.case.conversation_id
    assert "after 33 seconds" in officer.get(f"/staff/conversations/{conversation}").get_data(as_text=True)


def test_a_second_drill_and_one_beside_a_real_alarm_are_refused_in_words(desk_site: DeskSite, lead: Browser) -> None:
    assert lead.post("/staff/drills", as_json=True).status_code == 200
    second = lead.post("/staff/drills", as_json=True)
    assert (second.status_code, len(_drills(desk_site))) == (409, 1)
    assert "running already" in second.get_json()["words"]
    assert lead.post("/staff/drills/end").status_code == 303
    assert _drills(desk_site)[0].ending is DrillEnd.GAVE_WAY
    desk_site.case(desk_site.person(), Level.RED)
    beside = lead.post("/staff/drills", as_json=True)
    assert "Somebody is waiting" in beside.get_json()["words"]
    assert "Begin a drill now" not in lead.get("/staff/drills").get_data(as_text=True)


def test_hours_are_kept_and_nonsense_is_refused(desk_site: DeskSite, lead: Browser) -> None:
    assert lead.post("/staff/drills/hours", {"hours": ["0-3", "6-23"]}).status_code == 303
    page = lead.get("/staff/drills").get_data(as_text=True)
    assert page.count("checked") == 2
    for wrong in ("7-0", "0-24", "x-1", "1", "-1-3", "99999"):
        answer = lead.post("/staff/drills/hours", {"hours": [wrong]}, as_json=True)
        assert answer.status_code == 422, wrong
    assert lead.get("/staff/drills").get_data(as_text=True).count("checked") == 2


def test_a_closed_drill_is_a_case_that_the_site_closed(desk_site: DeskSite, lead: Browser) -> None:
    lead.post("/staff/drills")
    lead.post("/staff/drills/end")
    (drill,) = _drills(desk_site)
    page = lead.get(f"/staff/cases/{drill.case_id}").get_data(as_text=True)
    assert "by the site itself" in page
    assert "called off" in lead.get("/staff/drills").get_data(as_text=True)


def test_the_chart_says_in_words_what_it_shows_in_colour(desk_site: DeskSite, lead: Browser) -> None:
    lead.post("/staff/drills")
    (drill,) = _drills(desk_site)
    desk_site.clock.advance(seconds=40)
    lead.post(f"/staff/cases/{drill.case_id}/acknowledge")
    lead.post("/staff/drills/end")
    page = lead.get("/staff/drills").get_data(as_text=True)
    assert "1 drills, 0 of them taken by nobody, middle time 40 s" in page
    assert page.count('class="week__cell week__cell--quick" title') == 1


def test_only_leads_run_drills(desk_site: DeskSite) -> None:
    for role in (RoleName.DUTY_OFFICER, RoleName.COUNSELOR, RoleName.VOLUNTEER):
        browser = desk_site.signed_in(role)
        assert browser.get("/staff/drills").status_code == 403
        assert browser.post("/staff/drills").status_code == 403
    assert _drills(desk_site) == []
