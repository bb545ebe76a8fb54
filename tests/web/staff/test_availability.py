"""One's own week at the desk: written down in local time, refused beside the field, appointments are never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.availability import DateException, WeeklyPlan
from models.staff import RoleName, StaffMember
from tests.fixtures.desk import DeskSite

PLAN: dict[str, Any] = {
    "staff_id": "1",
    "station_id": "0",
    "valid_from": "2026-03-02",
    "valid_until": "",
    "runs_on_make_up_days": "y",
    "works_0": "y",
    "from_0": "09:00",
    "until_0": "17:30",
    "break_from_0": "12:00",
    "break_until_0": "13:30",
}
DATE = {
    "staff_id": "1",
    "station_id": "0",
    "kind": "blocked",
    "starts_at": "2026-03-03T09:00",
    "ends_at": "2026-03-03T12:00",
}


def _plans(site: DeskSite) -> list[tuple[int, list[tuple[int, int]], list[tuple[int, int]]]]:
    with site.look() as session:
        return [
            (
                plan.staff_id,
                [(one.starts_minute, one.ends_minute) for one in plan.hours],
                [(one.starts_minute, one.ends_minute) for one in plan.breaks],
            )
            for plan in session.scalars(select(WeeklyPlan).order_by(WeeklyPlan.id))
        ]


def test_a_counselor_writes_the_week_down(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    assert browser.post("/staff/availability/plans", PLAN).status_code == 303
    assert _plans(desk_site) == [(1, [(540, 1050)], [(720, 810)])]
    page = browser.get("/staff/availability").get_data(as_text=True)
    assert "09:00–17:30" in page
    assert "12:00–13:30" in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"until_0": "08:00"}, "until_0"),
        ({"until_0": ""}, "until_0"),
        ({"break_until_0": ""}, "break_until_0"),
        ({"from_0": "09:02"}, "from_0"),
        ({"from_0": "nine"}, "from_0"),
        ({"works_0": None}, "works_0"),
        ({"valid_from": "someday"}, "valid_from"),
        ({"valid_until": "2026-03-01"}, "valid_until"),
    ],
)
def test_a_week_that_cannot_be_is_refused_beside_its_field(
    desk_site: DeskSite, changed: dict[str, str | None], field: str
) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    sent = {name: value for name, value in (PLAN | changed).items() if value is not None}
    answer = browser.post("/staff/availability/plans", sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert "13:30" in page or "break_until_0" in changed
    assert _plans(desk_site) == []


def test_overlapping_plans_are_refused_and_the_same_form_makes_one_plan(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    browser.post("/staff/availability/plans", PLAN)
    assert browser.post("/staff/availability/plans", PLAN).status_code == 422
    assert len(_plans(desk_site)) == 1


def test_a_counselor_plans_for_nobody_else_and_a_lead_does(desk_site: DeskSite) -> None:
    other = desk_site.colleague(RoleName.COUNSELOR)
    counselor, lead = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    assert counselor.post("/staff/availability/plans", PLAN).status_code == 404
    assert counselor.get("/staff/availability?staff=1").status_code == 404
    assert lead.post("/staff/availability/plans", PLAN).status_code == 303
    assert counselor.post("/staff/availability/plans/1/remove").status_code == 404
    assert counselor.post("/staff/availability/plans/1/end", {"last_day": "2026-04-01"}).status_code == 404
    with desk_site.look() as session:
        assert session.scalars(select(StaffMember.id).where(StaffMember.username == other)).one() == 1
    assert [plan[0] for plan in _plans(desk_site)] == [1]


def test_a_plan_ends_on_a_day_and_one_to_come_is_taken_away(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    browser.post("/staff/availability/plans", PLAN)
    assert browser.post("/staff/availability/plans/1/remove").status_code == 303
    assert len(_plans(desk_site)) == 1
    assert browser.post("/staff/availability/plans/1/end", {"last_day": "2026-04-05"}).status_code == 303
    later = PLAN | {"valid_from": "2026-04-06"}
    assert browser.post("/staff/availability/plans", later).status_code == 303
    assert browser.post("/staff/availability/plans/2/remove").status_code == 303
    assert len(_plans(desk_site)) == 1


def test_a_date_is_closed_in_local_time_and_opened_again(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    assert browser.post("/staff/availability/exceptions", DATE).status_code == 303
    with desk_site.look() as session:
        row = session.scalars(select(DateException)).one()
        assert row.starts_at.isoformat() == "2026-03-03T01:00:00+00:00"
        assert row.ends_at - row.starts_at == timedelta(hours=3)
    stranger = desk_site.signed_in(RoleName.COUNSELOR)
    assert stranger.post("/staff/availability/exceptions/1/remove").status_code == 404
    assert browser.post("/staff/availability/exceptions/1/remove").status_code == 303
    assert browser.post("/staff/availability/exceptions/1/remove").status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"ends_at": "2026-03-03T08:00"}, "ends_at"), ({"starts_at": "x"}, "starts_at"), ({"note": "x" * 201}, "note")],
)
def test_a_date_that_cannot_be_keeps_what_was_typed(desk_site: DeskSite, changed: dict[str, str], field: str) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    answer = browser.post("/staff/availability/exceptions", DATE | changed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
