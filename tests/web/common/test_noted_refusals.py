"""Bad input of the rosters: a clear sentence in both languages, nothing changed, and a trace of who tried and where."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from care import appointment_links
from models.appointments import Appointment
from models.audit import AuditEntry
from models.availability import WeeklyPlan
from models.shifts import Shift
from models.staff import RoleName
from models.stations import Station
from tests.fixtures.bookable import Bookable, at
from tests.fixtures.desk import Browser, DeskSite
from web.common.throttle import FORGED

WEEK = {
    "staff_id": "1",
    "station_id": "0",
    "valid_from": "2026-03-02",
    "valid_until": "",
    "works_0": "y",
    "from_0": "09:00",
    "until_0": "17:30",
}
OVERLAPPING = WEEK | {"until_0": "10:00"}
BACKWARDS = {"name_zh": "临时", "starts_at": "2026-03-05T12:00", "ends_at": "2026-03-05T09:00", "places_chat": "1"}


def _noted(site: DeskSite, verb: str = "refused") -> list[tuple[int | None, str | None, str]]:
    with site.look() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.verb == verb).order_by(AuditEntry.id))
        return [(row.staff_id, row.details.get("why"), row.details["where"]) for row in rows]


def _speaking(site: DeskSite, role: RoleName, language: str) -> Browser:
    browser = site.browser()
    assert browser.sign_in(site.colleague(role, language=language)).status_code == 303
    return browser


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-CN", "另一份排班已经包含了其中的一些时间。"), ("en", "Another plan already covers part of these hours.")],
)
def test_a_plan_over_another_is_refused_in_words_and_noted(desk_site: DeskSite, language: str, words: str) -> None:
    browser = _speaking(desk_site, RoleName.COUNSELOR, language)
    assert browser.post("/staff/availability/plans", WEEK).status_code == 303
    assert _noted(desk_site) == []
    answer = browser.post("/staff/availability/plans", OVERLAPPING)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert "10:00" in answer.get_data(as_text=True)
    assert _noted(desk_site) == [(1, "plans_overlap", "staff.add_plan")]
    with desk_site.look() as session:
        assert len(session.scalars(select(WeeklyPlan)).all()) == 1


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "结束时间要在开始时间之后。"), ("en", "The end must be after the start.")]
)
def test_a_shift_that_ends_before_it_starts_is_refused_in_words_and_noted(
    desk_site: DeskSite, language: str, words: str
) -> None:
    with desk_site.work() as session:
        session.add(Station(slug="base", name_zh="暖阳基地", name_en="Nuanyang base"))
    browser = _speaking(desk_site, RoleName.SOCIAL_WORKER, language)
    answer = browser.post("/staff/shifts/board", BACKWARDS | {"station_id": "1"})
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert "2026-03-05T12:00" in answer.get_data(as_text=True)
    assert _noted(desk_site) == [(1, "ends_before_it_starts", "staff.add_shift")]
    with desk_site.look() as session:
        assert session.scalars(select(Shift)).all() == []


def _forge(visitor: Any, token: str) -> list[int]:
    tries = [visitor.get(f"/appointments/{token}"), visitor.get(f"/appointments/{token}/move")]
    tries.append(visitor.get(f"/appointments/offers/{token}"))
    tries.append(visitor.get(f"/staff/calendar/{token}.ics"))
    return [answer.status_code for answer in tries]


def test_a_forged_address_is_noted_without_the_address_and_a_good_one_is_not(
    desk_site: DeskSite, bookable: Bookable
) -> None:
    number = bookable.appointment(desk_site.person(), at(3, 9))
    with desk_site.work() as session:
        token = appointment_links.make(
            session=session,
            secret=desk_site.settings.secret_key,
            appointment=session.get_one(Appointment, number),
            now=desk_site.clock(),
        )
    browser = desk_site.browser()
    assert browser.get(f"/appointments/{token}").status_code == 200
    assert _noted(desk_site, "address.forged") == []
    assert _forge(browser, "forged-address") == [404] * 4
    cancelled = browser.post("/appointments/forged-address/cancel")
    assert cancelled.status_code == 404
    assert "这个链接打不开" in cancelled.get_data(as_text=True)
    assert [where for _who, _why, where in _noted(desk_site, "address.forged")] == [
        "public.own_appointment",
        "public.move_own",
        "public.offer",
        "staff.calendar_file",
        "public.cancel_own",
    ]
    with desk_site.look() as session:
        assert all("forged-address" not in str(row.details) for row in session.scalars(select(AuditEntry)))


def test_whoever_tries_many_addresses_is_stopped_and_fills_no_book(desk_site: DeskSite, bookable: Bookable) -> None:
    browser, most = desk_site.browser(), int(FORGED.partition(" ")[0])
    answers = [browser.get(f"/appointments/forged-{number}").status_code for number in range(most + 5)]
    assert answers == [404] * most + [429] * 5
    assert len(_noted(desk_site, "address.forged")) == most
