"""Bookings and shifts on the bot's line: one's own only, refusals by name, times as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from care import availability, services
from models.appointments import Appointment
from models.shift_codes import ShiftCode
from models.staff import RoleName, StaffMember, Team
from models.waiting_list import WaitingWish
from tests.fixtures.desk import DeskSite
from web.api.spoken import day_words, moment_words

ZONE = "Asia/Shanghai"


class Person:
    """One person's bot, and a colleague who works from Tuesday to Friday."""

    def __init__(self, site: DeskSite) -> None:
        self.site = site
        self.public_id = site.conversation(site.person()).public_id

    def ask(self, method: str, path: str, data: Any = None) -> Any:
        """Send a request about this conversation."""
        return self.site.app.test_client().open(
            f"/api/v1/conversations/{self.public_id}/{path}",
            method=method,
            json=data,
            headers={"Authorization": f"Bearer {self.site.settings.bot_token}"},
        )

    def book(self, starts_at: str, key: str = "message-1", **more: Any) -> Any:
        """Book a time online."""
        wish = {"service": 1, "starts_at": starts_at, "mode": "online", "staff_id": 1, "key": key}
        return self.ask("POST", "appointments", wish | more)

    def first(self, path: str = "slots?service=1&mode=online") -> dict[str, Any]:
        """Return the first free time."""
        found: dict[str, Any] = self.ask("GET", path).get_json()["slots"][0]
        return found


@pytest.fixture
def person(desk_site: DeskSite) -> Person:
    desk_site.colleague(RoleName.COUNSELOR)
    now = desk_site.clock()
    with desk_site.work() as session:
        member = session.get_one(StaffMember, 1)
        member.team = Team.COUNSELOR
        terms = services.Terms(name_zh="一对一面谈", name_en="Talk", minutes=50, phone=False)
        services.open_service(session=session, actor=member, key="talk", terms=terms, now=now)
        hours = [availability.Hours(day, 9 * 60, 18 * 60) for day in range(1, 5)]
        availability.add_plan(
            session=session, actor=member, staff_id=1, hours=hours, valid_from=now.date() - timedelta(days=7), now=now
        )
    return Person(desk_site)


def _count(site: DeskSite, table: Any) -> int:
    with site.look() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_of_two_people_one_gets_the_time_and_the_other_hears_why(person: Person) -> None:
    other, at = Person(person.site), person.first()["starts_at"]
    assert person.book(at).status_code == 200
    refused = other.book(at)
    assert (refused.status_code, refused.get_json()["error"]) == (409, "occupied")
    assert other.first()["starts_at"] > at


def test_the_same_key_twice_is_one_appointment(person: Person) -> None:
    at = person.first()["starts_at"]
    assert person.book(at).get_json()["id"] == person.book(at).get_json()["id"]
    assert _count(person.site, Appointment) == 1


def test_the_same_key_with_another_time_tells_which_one_holds(person: Person) -> None:
    found = person.ask("GET", "slots?service=1&mode=online").get_json()["slots"]
    person.book(found[0]["starts_at"])
    assert person.book(found[1]["starts_at"]).get_json()["starts_at"] == found[0]["starts_at"]


def test_somebody_elses_appointment_is_not_there(person: Person) -> None:
    other = Person(person.site)
    number = person.book(person.first()["starts_at"]).get_json()["id"]
    assert other.ask("GET", "appointments").get_json() == {"appointments": []}
    for method, path in (
        ("POST", f"appointments/{number}/cancel"),
        ("POST", f"appointments/{number}/move"),
        ("GET", f"slots?appointment={number}"),
        ("GET", f"slots/days?appointment={number}"),
    ):
        data = {"starts_at": "2026-03-10T02:00:00+00:00"} if method == "POST" else None
        assert other.ask(method, path, data).status_code == 404
    assert person.ask("GET", "appointments").get_json()["appointments"][0]["id"] == number


def test_the_present_time_is_no_choice_when_moving(person: Person) -> None:
    made = person.book(person.first()["starts_at"]).get_json()
    found = person.ask("GET", f"slots?appointment={made['id']}").get_json()["slots"]
    assert len(found) == 6
    assert made["starts_at"] not in [slot["starts_at"] for slot in found]


def test_inside_the_notice_hours_nothing_changes(person: Person) -> None:
    made = person.book(person.first()["starts_at"]).get_json()
    person.site.clock.moment = datetime.fromisoformat(made["starts_at"]) - timedelta(hours=1)
    refused = person.ask("POST", f"appointments/{made['id']}/cancel", {})
    assert refused.get_json()["error"] == "too_late_to_change"
    (still,) = person.ask("GET", "appointments").get_json()["appointments"]
    assert (still["state"], still["changeable"]) == ("booked", False)


def test_a_day_leads_to_its_own_times(person: Person) -> None:
    days = person.ask("GET", "slots/days?service=1&mode=online").get_json()["days"]
    assert [day["words"] for day in days[:4]] == [
        "3月3日（周二）",
        "3月4日（周三）",
        "3月5日（周四）",
        "3月6日（周五）",
    ]
    assert [(day["weekday"], day["in_days"]) for day in days[:2]] == [(2, 1), (3, 2)]
    after = days[1]["after"].replace("+", "%2B")
    found = person.first(f"slots?service=1&mode=online&after={after}")
    assert found["words"] == "3月4日（周三）上午9:00"


@pytest.mark.parametrize(
    "path",
    ["slots?service=x", "slots", "slots?service=1&mode=fax", "slots?service=1&after=soon", "slots/days?service=99999"],
)
def test_a_spoiled_question_is_refused_by_name(person: Person, path: str) -> None:
    answer = person.ask("GET", path)
    assert answer.status_code in (404, 409, 422)
    assert answer.get_json()["error"]


def test_the_waiting_list_takes_a_person_once(person: Person) -> None:
    for _ in range(2):
        answer = person.ask("POST", "waiting-list", {"service": 1, "mode": "online"})
        assert (answer.status_code, answer.get_json()) == (200, {"waiting": True})
    assert _count(person.site, WaitingWish) == 1
    assert person.ask("POST", "waiting-list", {"service": 1, "mode": "phone"}).status_code in (409, 422)


def test_a_code_from_the_page_of_a_volunteer_opens_their_shift_once(person: Person) -> None:
    browser = person.site.signed_in(RoleName.VOLUNTEER)
    browser.post("/staff/shifts/mine/chat-code")
    page = browser.get("/staff/shifts/mine").get_data(as_text=True)
    code = page.split("for the chat: ")[1][:14]
    assert person.ask("POST", "shift-codes", {"code": code}).get_json() == {"shift": None}
    assert person.ask("POST", "shift-codes", {"code": code}).get_json()["error"] == "unknown_code"
    assert _count(person.site, ShiftCode) == 0


def test_only_who_takes_shifts_gets_a_code(person: Person) -> None:
    assert person.site.browser().post("/staff/shifts/mine/chat-code").status_code in (302, 303, 401, 403)
    assert _count(person.site, ShiftCode) == 0


@pytest.mark.parametrize("data", [{}, {"code": ""}, {"code": 7}, {"code": ["x"]}, {"code": "x" * 5000}])
def test_a_spoiled_code_names_its_field(person: Person, data: dict[str, Any]) -> None:
    answer = person.ask("POST", "shift-codes", data)
    assert (answer.status_code, answer.get_json()["field"]) == (422, "code")


@pytest.mark.parametrize(
    ("hour", "zh", "en"),
    [
        (16, "11月26日（周四）凌晨0:00", "Thursday 26 November, 12:00 am"),
        (22, "11月26日（周四）早上6:00", "Thursday 26 November, 6:00 am"),
        (28, "11月26日（周四）中午12:00", "Thursday 26 November, 12:00 pm"),
        (30, "11月26日（周四）下午2:00", "Thursday 26 November, 2:00 pm"),
        (35, "11月26日（周四）晚上7:00", "Thursday 26 November, 7:00 pm"),
    ],
)
def test_a_time_is_said_as_people_say_it_on_the_clock_of_the_base(hour: int, zh: str, en: str) -> None:
    moment = datetime(2026, 11, 25, tzinfo=UTC) + timedelta(hours=hour)
    assert (moment_words(moment, "zh-CN", ZONE), moment_words(moment, "en", ZONE)) == (zh, en)


def test_leap_day_and_new_year_are_said(person: Person) -> None:
    assert day_words(date(2028, 2, 29), "zh-CN") == "2月29日（周二）"
    assert day_words(date(2026, 12, 31), "en") == "Thursday 31 December"
