"""Services and special days: changed by those who lead, refused beside the field, nothing typed is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from models.appointments import Appointment
from models.holidays import DayKind, SpecialDay
from models.services import Service
from models.staff import RoleName
from tests.fixtures.bookable import Bookable, at
from tests.fixtures.desk import DeskSite

TERMS: dict[str, Any] = {
    "key": "first_talk",
    "name_zh": "初次面谈",
    "name_en": "First talk",
    "team": "counselor",
    "minutes": "50",
    "buffer_minutes": "10",
    "notice_minutes": "120",
    "horizon_days": "60",
    "change_hours": "12",
    "seats": "1",
    "offline": "y",
    "online": "y",
    "language": "",
    "specialty": "",
    "qualification": "",
    "self_booking": "y",
    "active": "y",
}


def _services(site: DeskSite) -> list[tuple[str, int, bool]]:
    with site.look() as session:
        rows = session.scalars(select(Service).order_by(Service.id)).all()
        return [(row.key, row.minutes, row.phone) for row in rows]


def test_a_manager_opens_and_changes_a_service(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.BASE_MANAGER)
    assert browser.post("/staff/services", TERMS).status_code == 303
    assert browser.post("/staff/services/1", TERMS | {"minutes": "30", "phone": "y"}).status_code == 303
    assert _services(desk_site) == [("first_talk", 30, True)]
    assert "First talk" in browser.get("/staff/services").get_data(as_text=True)
    assert desk_site.traces("service.open") == desk_site.traces("service.change") == [1]


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"minutes": "51"}, "minutes", "Please use a number that fits here."),
        ({"minutes": "soon"}, "minutes", ""),
        ({"seats": "0"}, "seats", "Please use a number that fits here."),
        ({"key": "Erste Wahl"}, "key", "Use small Latin letters"),
        ({"offline": "", "online": ""}, "offline", "Please choose at least one way to meet."),
        ({"name_zh": ""}, "name_zh", "Please fill this in."),
    ],
)
def test_refused_terms_stay_on_the_page(desk_site: DeskSite, changed: dict[str, str], field: str, words: str) -> None:
    browser = desk_site.signed_in(RoleName.SUPERVISOR)
    sent = {name: value for name, value in (TERMS | changed).items() if value or name not in ("offline", "online")}
    answer = browser.post("/staff/services", sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert words in page
    assert "First talk" in page
    assert _services(desk_site) == []


def test_the_same_form_sent_twice_opens_one_service(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.SUPERVISOR)
    assert [browser.post("/staff/services", TERMS).status_code for _ in range(2)] == [303, 422]
    assert len(_services(desk_site)) == 1


def _day(site: DeskSite, day: date) -> SpecialDay | None:
    with site.look() as session:
        found = session.get(SpecialDay, day)
        session.expunge_all()
        return found


def test_a_decree_makes_a_holiday_and_moves_it(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.BASE_MANAGER)
    sent = {
        "day": "2026-09-18",
        "kind": "holiday",
        "name_zh": "区里放假",
        "name_en": "District day",
        "plan_weekday": "",
    }
    assert browser.post("/staff/holidays", sent).status_code == 303
    assert "District day" in browser.get("/staff/holidays?year=2026").get_data(as_text=True)
    assert browser.post("/staff/holidays/2026-09-18/move", {"to_day": "2026-09-21"}).status_code == 303
    moved, left = _day(desk_site, date(2026, 9, 21)), _day(desk_site, date(2026, 9, 18))
    assert moved is not None
    assert left is not None
    assert (moved.kind, left.kind) == (DayKind.HOLIDAY, None)


@pytest.mark.parametrize(("path", "status"), [("2026-13-40", 404), ("2026-09-18", 404)])
def test_a_day_that_is_not_special_cannot_be_moved(desk_site: DeskSite, path: str, status: int) -> None:
    browser = desk_site.signed_in(RoleName.BASE_MANAGER)
    assert browser.post(f"/staff/holidays/{path}/move", {"to_day": "2026-09-21"}).status_code == status


def test_a_decree_without_a_date_says_so_and_keeps_the_name(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.BASE_MANAGER)
    answer = browser.post("/staff/holidays", {"day": "someday", "kind": "holiday", "name_en": "District day"})
    assert answer.status_code == 422
    assert "District day" in answer.get_data(as_text=True)


def test_a_decree_names_what_is_booked_on_the_day_and_days_that_are_over_stand_apart(
    desk_site: DeskSite, bookable: Bookable
) -> None:
    number = bookable.appointment(desk_site.person(), at(4, 9))
    browser = desk_site.signed_in(RoleName.BASE_MANAGER)
    for day in ("2026-03-04", "2026-03-05", "2026-02-20"):
        sent = {"day": day, "kind": "holiday", "name_zh": day, "name_en": day, "plan_weekday": ""}
        assert browser.post("/staff/holidays", sent).status_code == 303
    page = browser.get("/staff/holidays?year=2026").get_data(as_text=True)
    assert page.count("booked on it: 1") == 1
    assert page.index("2026-03-04") < page.index("booked on it: 1") < page.index("2026-03-05")
    assert page.index("Days that are over (1)") > page.index("2026-03-05")
    assert "/staff/holidays/2026-02-20/move" not in page
    with desk_site.look() as session:
        assert session.get_one(Appointment, number).is_open
