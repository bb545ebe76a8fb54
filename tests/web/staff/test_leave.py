"""The page of leave: asked in whole days or hours at the base, decided by others, taken back by oneself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from models.duty import DutyPosition, DutyTurn
from models.leave import Leave, LeaveState
from models.staff import RoleName, StaffMember
from tests.fixtures.desk import Browser, DeskSite

WISH = {"first_day": "2026-03-10", "last_day": "2026-03-11", "starts": "", "ends": "", "stand_in_id": "0", "note": ""}


def _own(site: DeskSite, role: RoleName = RoleName.COUNSELOR, name: str = "chen") -> tuple[Browser, int]:
    site.colleague(role, username=name)
    browser = site.browser()
    browser.sign_in(name)
    with site.look() as session:
        return browser, session.scalars(select(StaffMember.id).where(StaffMember.username == name)).one()


def _ask(browser: Browser, staff_id: int, **more: object) -> int:
    return int(browser.post("/staff/leave", WISH | {"staff_id": staff_id} | more).status_code)


def _state(site: DeskSite, leave_id: int = 1) -> LeaveState:
    with site.look() as session:
        return session.get_one(Leave, leave_id).state


def test_whole_days_are_days_at_the_base(desk_site: DeskSite) -> None:
    browser, own = _own(desk_site)
    assert _ask(browser, own) == 303
    with desk_site.look() as session:
        row = session.get_one(Leave, 1)
        assert row.starts_at.isoformat() == "2026-03-09T16:00:00+00:00"
        assert row.ends_at.isoformat() == "2026-03-11T16:00:00+00:00"
    assert "10 Mar – 11 Mar" in browser.get("/staff/leave").get_data(as_text=True)


def test_same_form_sent_twice_and_bad_spans_are_answered_in_words(desk_site: DeskSite) -> None:
    browser, own = _own(desk_site)
    assert _ask(browser, own) == 303
    assert _ask(browser, own) == 422
    for wrong in (
        {"last_day": "2026-03-09"},
        {"first_day": "2027-02-29"},
        {"first_day": "2026-04-01", "last_day": "2028-04-01"},
        {"first_day": "2026-04-01", "last_day": "2026-04-01", "starts": "09:10", "ends": "12:00"},
        {"first_day": "0001-01-01", "last_day": "0001-01-02"},
        {"stand_in_id": "4711"},
    ):
        assert _ask(browser, own, **wrong) == 422, wrong


def test_nobody_asks_in_the_name_of_a_colleague_but_those_who_decide(desk_site: DeskSite) -> None:
    browser, own = _own(desk_site)
    lead, lead_id = _own(desk_site, RoleName.SUPERVISOR, "wang")
    assert _ask(browser, lead_id) == 422
    assert _ask(lead, own) == 303


def test_supervisor_decides_and_the_colleague_reads_the_reason(desk_site: DeskSite) -> None:
    browser, own = _own(desk_site)
    lead, _lead_id = _own(desk_site, RoleName.SUPERVISOR, "wang")
    _ask(browser, own)
    assert browser.post("/staff/leave/1/approve").status_code == 403
    lead.post("/staff/leave/1/decline", {"reason": ""})
    assert _state(desk_site) is LeaveState.ASKED
    lead.post("/staff/leave/1/decline", {"reason": "那天人手不够"})
    assert _state(desk_site) is LeaveState.DECLINED
    assert "那天人手不够" in browser.get("/staff/leave").get_data(as_text=True)


def test_own_leave_is_taken_back_and_that_of_others_is_not(desk_site: DeskSite) -> None:
    browser, own = _own(desk_site)
    other, _other_id = _own(desk_site, RoleName.VOLUNTEER, "lin")
    _ask(browser, own)
    assert other.post("/staff/leave/1/cancel").status_code == 404
    assert browser.post("/staff/leave/1/cancel").status_code == 303
    assert _state(desk_site) is LeaveState.CANCELLED


def test_note_of_a_colleague_is_read_by_those_who_decide_only(desk_site: DeskSite) -> None:
    browser, own = _own(desk_site)
    other = desk_site.signed_in(RoleName.COUNSELOR)
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    _ask(browser, own, note="探望父母")
    assert "探望父母" in lead.get("/staff/leave").get_data(as_text=True)
    assert "探望父母" not in other.get("/staff/leave").get_data(as_text=True)


def test_who_decides_sees_what_is_promised_for_those_days_and_for_no_others(desk_site: DeskSite) -> None:
    browser, own = _own(desk_site)
    lead, _ = _own(desk_site, RoleName.SUPERVISOR, "wang")
    assert _ask(browser, own) == 303
    assert "promised for these days" not in lead.get("/staff/leave").get_data(as_text=True)
    # The last turn begins when the leave is over, and is no concern of it.
    for begins in ("2026-03-09T23:00:00+08:00", "2026-03-11T20:00:00+08:00", "2026-03-12T00:00:00+08:00"):
        start = datetime.fromisoformat(begins)
        with desk_site.work() as session:
            session.add(
                DutyTurn(
                    staff_id=own, position=DutyPosition.ON_CALL, starts_at=start, ends_at=start + timedelta(hours=4)
                )
            )
    page = lead.get("/staff/leave").get_data(as_text=True)
    assert "promised for these days: 2" in page
    assert f"/staff/calendar?staff={own}&amp;view=week&amp;day=2026-03-10" in page
    assert "promised for these days" not in browser.get("/staff/leave").get_data(as_text=True)
