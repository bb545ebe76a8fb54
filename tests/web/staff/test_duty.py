"""The roster at the desk: gaps in plain sight, refusals beside their field, nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.duty import DutyPosition, DutyTurn
from models.staff import RoleName, StaffMember
from tests.fixtures.desk import START, Browser, DeskSite
from web.staff.duty import gaps


def _turns(site: DeskSite) -> list[tuple[int, str, int]]:
    with site.look() as session:
        rows = session.scalars(select(DutyTurn).order_by(DutyTurn.id)).all()
        return [
            (turn.staff_id, turn.position.value, int((turn.ends_at - turn.starts_at).total_seconds() // 3600))
            for turn in rows
        ]


def _form(staff_id: int = 1, **changed: str) -> dict[str, str]:
    return {
        "staff_id": str(staff_id),
        "position": "on_call",
        "starts_at": "2026-03-03T08:00",
        "ends_at": "2026-03-03T20:00",
    } | changed


def test_supervisor_puts_a_colleague_on_the_roster_in_local_time(desk_site: DeskSite) -> None:
    desk_site.colleague(RoleName.DUTY_OFFICER)
    browser = desk_site.signed_in(RoleName.SUPERVISOR)
    assert browser.post("/staff/duty/turns", _form()).status_code == 303
    assert _turns(desk_site) == [(1, "on_call", 12)]
    with desk_site.look() as session:
        assert session.scalars(select(DutyTurn)).one().starts_at.isoformat() == "2026-03-03T00:00:00+00:00"


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"ends_at": "2026-03-03T07:00"}, "ends_at", "The end must be after the start."),
        ({"ends_at": "2026-03-03T08:00"}, "ends_at", "The end must be after the start."),
        ({"starts_at": "tomorrow"}, "starts_at", ""),
        ({"staff_id": "4711"}, "staff_id", ""),
        ({"position": "king"}, "position", ""),
    ],
)
def test_refused_turn_says_why_beside_the_field_and_keeps_what_was_typed(
    desk_site: DeskSite, changed: dict[str, str], field: str, words: str
) -> None:
    desk_site.colleague(RoleName.DUTY_OFFICER)
    answer = desk_site.signed_in(RoleName.SUPERVISOR).post("/staff/duty/turns", _form(**changed))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert words in page
    assert changed.get("ends_at", "2026-03-03T20:00") in page
    assert _turns(desk_site) == []


def test_turn_that_meets_another_of_the_same_person_is_refused(desk_site: DeskSite) -> None:
    for _ in range(2):
        desk_site.colleague(RoleName.DUTY_OFFICER)
    browser = desk_site.signed_in(RoleName.SUPERVISOR)
    browser.post("/staff/duty/turns", _form())
    meeting = browser.post("/staff/duty/turns", _form(starts_at="2026-03-03T19:00", ends_at="2026-03-04T08:00"))
    assert meeting.status_code == 422
    assert "This colleague already has a turn at that time." in meeting.get_data(as_text=True)
    assert browser.post("/staff/duty/turns", _form(2)).status_code == 303
    touching = _form(starts_at="2026-03-03T20:00", ends_at="2026-03-04T08:00")
    assert browser.post("/staff/duty/turns", touching).status_code == 303


def test_turn_is_taken_off_before_it_begins_and_not_after(desk_site: DeskSite) -> None:
    officer = desk_site.colleague(RoleName.DUTY_OFFICER)
    begun = desk_site.turn(officer)
    browser: Browser = desk_site.signed_in(RoleName.BASE_MANAGER)
    browser.post("/staff/duty/turns", _form())
    assert browser.post(f"/staff/duty/turns/{begun + 1}/remove").status_code == 303
    assert browser.post(f"/staff/duty/turns/{begun}/remove").status_code == 404
    assert len(_turns(desk_site)) == 1


def test_hours_of_a_deactivated_colleague_are_a_gap(desk_site: DeskSite) -> None:
    officer = desk_site.colleague(RoleName.DUTY_OFFICER)
    desk_site.turn(officer)
    browser = desk_site.signed_in(RoleName.SUPERVISOR)
    assert "10:00–18:00" in browser.get("/staff/duty").get_data(as_text=True)
    assert "00:00–10:00" in browser.get("/staff/duty").get_data(as_text=True)
    with desk_site.work() as session:
        session.scalars(select(StaffMember).where(StaffMember.username == officer)).one().active = False
    page = browser.get("/staff/duty").get_data(as_text=True)
    assert "10:00–18:00" not in page
    assert "00:00–24:00" in page


def _turn(start: float, end: float) -> DutyTurn:
    return DutyTurn(
        position=DutyPosition.ON_CALL, starts_at=START + timedelta(hours=start), ends_at=START + timedelta(hours=end)
    )


@pytest.mark.parametrize(
    ("turns", "missing"),
    [
        ([], [(0, 24)]),
        ([(0, 24)], []),
        ([(-5, 30)], []),
        ([(0, 12), (12, 24)], []),
        ([(0, 13), (12, 24)], []),
        ([(12, 24), (0, 8)], [(8, 12)]),
        ([(2, 20), (4, 6)], [(0, 2), (20, 24)]),
    ],
)
def test_gaps(turns: list[tuple[int, int]], missing: list[tuple[int, int]]) -> None:
    found = gaps([_turn(*one) for one in turns], START, START + timedelta(hours=24))
    assert [((a - START) / timedelta(hours=1), (b - START) / timedelta(hours=1)) for a, b in found] == missing
