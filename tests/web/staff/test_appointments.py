"""Appointments at the desk: booked for somebody, moved, cancelled, ended; groups, series and the waiting list."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from care import services
from models.appointments import AppointmentState
from models.beneficiaries import Beneficiary
from models.groups import GroupSeat, GroupSession, GroupState, SeatState
from models.services import Mode
from models.staff import RoleName
from models.waiting_list import WaitingWish, WishState
from tests.fixtures.bookable import Bookable, at
from tests.fixtures.desk import Browser, DeskSite
from tests.web.public.page_rules import broken_rules
from web.common.slot_days import stamp

TUESDAY = at(3, 9)


def _signed_in(site: DeskSite, bookable: Bookable, which: int = 0) -> Browser:
    browser = site.browser()
    assert browser.sign_in(bookable.counselors[which]).status_code == 303
    return browser


def _form(browser: Browser, code: str = "", **changed: str) -> dict[str, str]:
    page = browser.get(f"/staff/book/confirm?at={stamp(TUESDAY)}&with_staff=1&service=1&mode=online").get_data(
        as_text=True
    )
    found = re.search(r'name="form_key"[^>]*value="([^"]+)"', page)
    assert found is not None
    plain = {"form_key": found.group(1), "at": stamp(TUESDAY), "with_staff": "1", "service": "1", "mode": "online"}
    return plain | {"code": code, "new_language": "zh-CN", "weeks": "1"} | changed


def test_a_colleague_finds_a_time_and_books_by_code(desk_site: DeskSite, bookable: Bookable) -> None:
    browser, talk = desk_site.signed_in(RoleName.SOCIAL_WORKER), desk_site.person()
    code = desk_site.code_of(talk)
    page = browser.get(f"/staff/book?code={code.lower()}&service=1&mode=online").get_data(as_text=True)
    assert f"at={stamp(TUESDAY)}" in page
    answer = browser.post("/staff/book", _form(browser, code))
    assert answer.status_code == 303
    (made,) = bookable.stored()
    assert (made.starts_at, made.staff_id, made.beneficiary.code) == (TUESDAY, 1, code)
    assert desk_site.traces("appointment.book") == [made.id]


def test_the_same_form_twice_books_once_also_for_somebody_new(desk_site: DeskSite, bookable: Bookable) -> None:
    browser = _signed_in(desk_site, bookable)
    form = _form(browser, is_new="y")
    answers = [browser.post("/staff/book", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with desk_site.look() as session:
        assert session.query(Beneficiary).count() == 1
    page = browser.get(answers[0].headers["Location"]).get_data(as_text=True)
    assert "first-password" in page
    assert "first-password" not in browser.get(answers[0].headers["Location"]).get_data(as_text=True)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "NY-NONE2"}, "code"),
        ({"code": ""}, "code"),
        ({"form_key": "forged"}, "code"),
        ({"weeks": "0"}, "weeks"),
        ({"weeks": "many"}, "weeks"),
        ({"behalf_who": "女儿"}, "behalf_relation"),
        ({"at": stamp(at(8, 9))}, "weeks"),
    ],
)
def test_a_booking_that_cannot_be_keeps_what_was_typed(
    desk_site: DeskSite, bookable: Bookable, changed: dict[str, str], field: str
) -> None:
    browser, code = _signed_in(desk_site, bookable), desk_site.code_of(desk_site.person())
    sent = _form(browser, code) | {"behalf_consent": "电话里问过她"} | changed
    if field in ("code", "weeks"):
        sent.pop("behalf_consent")
    answer = browser.post("/staff/book", sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert "behalf_consent" not in sent or "电话里问过她" in page
    assert bookable.stored() == []


def test_six_weeks_are_six_appointments_that_move_and_end_alone(desk_site: DeskSite, bookable: Bookable) -> None:
    browser, code = _signed_in(desk_site, bookable), desk_site.code_of(desk_site.person())
    assert browser.post("/staff/book", _form(browser, code, weeks="6")).status_code == 303
    rows = bookable.stored()
    assert [row.starts_at for row in rows] == [TUESDAY + timedelta(weeks=number) for number in range(6)]
    browser.post(f"/staff/appointments/{rows[1].id}/move", {"starts_at": "2026-03-11T10:00", "staff_id": "1"})
    assert bookable.stored()[1].starts_at == at(11, 10)
    answer = browser.post(f"/staff/appointments/{rows[2].id}/cancel-series", {"reason": "搬家了"})
    assert answer.status_code == 303
    assert {row.state for row in bookable.stored()} == {AppointmentState.CANCELLED_BY_STAFF}


def test_moving_refuses_beside_the_field_and_keeps_the_old_time(desk_site: DeskSite, bookable: Bookable) -> None:
    number, decoy = (
        bookable.appointment(desk_site.person(), TUESDAY),
        bookable.appointment(desk_site.person(), at(3, 11)),
    )
    browser = _signed_in(desk_site, bookable)
    for sent, field in (
        ({"starts_at": "2026-03-03T11:00", "staff_id": "1"}, "staff_id"),
        ({"starts_at": "2026-03-07T11:00", "staff_id": "1", "reason": "对方要求"}, "starts_at"),
        ({"starts_at": "soon", "staff_id": "1"}, "starts_at"),
        ({"starts_at": "2026-03-04T11:00", "staff_id": "77"}, "staff_id"),
    ):
        answer = browser.post(f"/staff/appointments/{number}/move", sent)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, sent
        assert f'id="{field}-error"' in page, sent
        assert sent.get("reason", "") in page
    assert [row.starts_at for row in bookable.stored()] == [TUESDAY, at(3, 11)]
    good = {"starts_at": "2026-03-07T11:00", "staff_id": "2", "outside_plan": "y"}
    assert browser.post(f"/staff/appointments/{number}/move", good).status_code == 303
    assert [(row.id, row.starts_at, row.staff_id) for row in bookable.stored()] == [
        (number, at(7, 11), 2),
        (decoy, at(3, 11), 1),
    ]


def test_cancelling_needs_a_reason_and_frees_the_time(desk_site: DeskSite, bookable: Bookable) -> None:
    number = bookable.appointment(desk_site.person(), TUESDAY)
    browser = _signed_in(desk_site, bookable)
    assert browser.post(f"/staff/appointments/{number}/cancel", {"reason": " "}).status_code == 422
    assert browser.post(f"/staff/appointments/{number}/cancel", {"reason": "咨询师病了"}).status_code == 303
    assert bookable.stored()[0].state is AppointmentState.CANCELLED_BY_STAFF
    assert bookable.appointment(desk_site.person(), TUESDAY)


@pytest.mark.parametrize(
    ("path", "state"), [("complete", AppointmentState.COMPLETED), ("no-show", AppointmentState.NO_SHOW)]
)
def test_what_became_of_it_is_said_once_it_has_begun(
    desk_site: DeskSite, bookable: Bookable, path: str, state: AppointmentState
) -> None:
    number = bookable.appointment(desk_site.person(), TUESDAY)
    bookable.appointment(desk_site.person(), at(3, 11))
    early = _signed_in(desk_site, bookable)
    early.post(f"/staff/appointments/{number}/{path}")
    assert bookable.stored()[0].state is AppointmentState.BOOKED
    desk_site.clock.moment = TUESDAY + timedelta(minutes=30)
    browser = _signed_in(desk_site, bookable)
    for _ in range(2):
        assert browser.post(f"/staff/appointments/{number}/{path}").status_code == 303
    assert [row.state for row in bookable.stored()] == [state, AppointmentState.BOOKED]


def test_link_for_the_person_is_shown_once_and_opens_the_appointment(desk_site: DeskSite, bookable: Bookable) -> None:
    number = bookable.appointment(desk_site.person(), TUESDAY)
    browser = _signed_in(desk_site, bookable)
    assert browser.post(f"/staff/appointments/{number}/links").status_code == 303
    page = browser.get(f"/staff/appointments/{number}").get_data(as_text=True)
    link = re.search(r'id="new-link">http://localhost(/appointments/[^<]+)<', page)
    assert link is not None
    assert "new-link" not in browser.get(f"/staff/appointments/{number}").get_data(as_text=True)
    assert desk_site.browser().get(link.group(1)).status_code == 200


def test_a_social_worker_books_and_does_not_change_or_read_notes(desk_site: DeskSite, bookable: Bookable) -> None:
    number = bookable.appointment(desk_site.person(), TUESDAY)
    browser = desk_site.signed_in(RoleName.SOCIAL_WORKER)
    page = browser.get(f"/staff/appointments/{number}").get_data(as_text=True)
    assert "/notes" not in page
    assert "/cancel" not in page
    assert browser.post(f"/staff/appointments/{number}/cancel", {"reason": "x"}).status_code == 403


def test_calendar_shows_day_week_and_month_and_any_address_is_a_page(desk_site: DeskSite, bookable: Bookable) -> None:
    talk = desk_site.person()
    code, other = desk_site.code_of(talk), desk_site.person()
    number = bookable.appointment(talk, TUESDAY)
    bookable.appointment(other, at(3, 9), counselor=1)
    browser = _signed_in(desk_site, bookable)
    for query in (
        "",
        "?view=day&day=2026-03-03",
        "?view=month",
        "?view=year&day=2026-13-99",
        "?view=month&day=0001-01-01",
    ):
        text = browser.get(f"/staff/calendar{query}").get_data(as_text=True)
        assert broken_rules(text, "en") == [], query
        assert desk_site.code_of(other) not in text
        assert (f"/staff/appointments/{number}" in text) is ("0001" not in query), query
    assert code in browser.get("/staff/calendar").get_data(as_text=True)
    assert browser.get("/staff/calendar?staff=999").status_code == 404
    assert desk_site.code_of(other) in browser.get("/staff/calendar?staff=2").get_data(as_text=True)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_page_of_appointments_keeps_the_rules(desk_site: DeskSite, bookable: Bookable, language: str) -> None:
    number = bookable.appointment(desk_site.person(), TUESDAY)
    browser = desk_site.signed_in(RoleName.SUPERVISOR, RoleName.COUNSELOR)
    browser.client.set_cookie("ny_language", language)
    paths = ["my-day", "calendar", "book", f"appointments/{number}", "availability", "services", "services/new"]
    for path in [*paths, "services/1", "holidays", "waiting-list", "groups", "persons", "notes/to-countersign"]:
        answer = browser.get(f"/staff/{path}")
        assert answer.status_code == 200, path
        assert broken_rules(answer.get_data(as_text=True), language) == [], path


def _group(bookable: Bookable, browser: Browser, **changed: str) -> Any:
    sent = {
        "service_id": "2",
        "title_zh": "周五小组",
        "title_en": "Friday circle",
        "staff_id": "1",
        "mode": "online",
        "room_id": "0",
        "starts_at": "2026-03-06T14:00",
        "seats": "2",
    }
    return browser.post("/staff/groups", sent | changed)


@pytest.fixture
def with_groups(desk_site: DeskSite, bookable: Bookable) -> Bookable:
    """Open a service with seats."""
    with desk_site.work() as session:
        member = bookable.member(session, bookable.counselors[0])
        terms = services.Terms(name_zh="小组", name_en="Circle", minutes=90, seats=8)
        services.open_service(session=session, actor=member, key="circle", terms=terms, now=desk_site.clock())
    return bookable


def _seats(site: DeskSite) -> list[tuple[int | None, SeatState]]:
    with site.look() as session:
        return [(seat.seat_no, seat.state) for seat in session.scalars(select(GroupSeat).order_by(GroupSeat.id))]


def test_a_group_is_planned_filled_to_the_last_seat_and_closed(desk_site: DeskSite, with_groups: Bookable) -> None:
    browser = _signed_in(desk_site, with_groups)
    bad = _group(with_groups, browser, starts_at="2026-03-07T14:00")
    assert bad.status_code == 422
    assert "Friday circle" in bad.get_data(as_text=True)
    assert _group(with_groups, browser).status_code == 303
    codes = [desk_site.code_of(desk_site.person()) for _ in range(3)]
    answers = [browser.post("/staff/groups/1/seats", {"code": code}) for code in [codes[0], codes[0], *codes[1:]]]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 422]
    assert codes[2] in answers[-1].get_data(as_text=True)
    assert browser.post("/staff/groups/1/seats", {"code": "NY-NONE2"}).status_code == 422
    assert browser.post("/staff/groups/1/seats/1/give-up").status_code == 303
    assert browser.post("/staff/groups/9/seats/2/give-up").status_code == 404
    assert browser.post("/staff/groups/1/seats", {"code": codes[2]}).status_code == 303
    desk_site.clock.moment = at(6, 15)
    again = _signed_in(desk_site, with_groups)
    assert again.post("/staff/groups/1/close", {"came": "2"}).status_code == 303
    assert _seats(desk_site) == [(None, SeatState.GIVEN_UP), (2, SeatState.ATTENDED), (1, SeatState.NO_SHOW)]
    assert "Friday circle" in again.get("/staff/groups/1").get_data(as_text=True)


def test_a_group_is_called_off_with_a_reason(desk_site: DeskSite, with_groups: Bookable) -> None:
    browser = _signed_in(desk_site, with_groups)
    _group(with_groups, browser)
    assert browser.post("/staff/groups/1/cancel", {"reason": ""}).status_code == 422
    assert browser.post("/staff/groups/1/cancel", {"reason": "活动室漏水"}).status_code == 303
    with desk_site.look() as session:
        assert session.get_one(GroupSession, 1).state is GroupState.CANCELLED


def test_somebody_is_put_on_the_waiting_list_once_and_taken_off(desk_site: DeskSite, bookable: Bookable) -> None:
    browser, code = _signed_in(desk_site, bookable), desk_site.code_of(desk_site.person())
    sent = {"code": code, "service_id": "1", "staff_id": "0", "mode": "", "part_of_day": "morning"}
    assert [browser.post("/staff/waiting-list", sent).status_code for _ in range(2)] == [303, 422]
    wrong = browser.post("/staff/waiting-list", sent | {"code": "NY-NONE2", "until_day": "2026-04-01"})
    assert wrong.status_code == 422
    assert "2026-04-01" in wrong.get_data(as_text=True)
    assert code in browser.get("/staff/waiting-list").get_data(as_text=True)
    assert browser.post("/staff/waiting-list/1/leave").status_code == 303
    with desk_site.look() as session:
        assert session.scalars(select(WaitingWish)).one().state is WishState.LEFT


def test_my_day_shows_what_is_next_and_what_waits_for_an_outcome(desk_site: DeskSite, bookable: Bookable) -> None:
    late, coming = desk_site.person(), desk_site.person()
    bookable.appointment(late, at(3, 9))
    bookable.appointment(coming, at(4, 9))
    bookable.appointment(desk_site.person(), at(4, 9), counselor=1)
    desk_site.clock.moment = at(3, 10)
    page = _signed_in(desk_site, bookable).get("/staff/my-day").get_data(as_text=True)
    assert page.index(f"{desk_site.code_of(late)}: did it take place?") < page.index(desk_site.code_of(coming))
    assert page.count("/staff/appointments/") == 2
    assert bookable.stored()[0].mode is Mode.ONLINE


@pytest.mark.parametrize("role", [RoleName.VOLUNTEER, RoleName.SOCIAL_WORKER, RoleName.COUNSELOR])
def test_each_of_the_three_teams_has_a_day(desk_site: DeskSite, role: RoleName) -> None:
    page = desk_site.signed_in(role).get("/staff/my-day")
    assert page.status_code == 200
    assert broken_rules(page.get_data(as_text=True), "en") == []


def test_calendar_address_is_shown_once_tells_nothing_and_is_taken_back(
    desk_site: DeskSite, bookable: Bookable
) -> None:
    talk = desk_site.person()
    bookable.appointment(talk, TUESDAY)
    browser = _signed_in(desk_site, bookable)
    browser.post("/staff/calendar/feed")
    page = browser.get("/staff/calendar/feed").get_data(as_text=True)
    address = re.search(r'id="feed-address">http://localhost([^<]+)<', page)
    assert address is not None
    assert "feed-address" not in browser.get("/staff/calendar/feed").get_data(as_text=True)
    stranger = desk_site.browser()
    answer = stranger.get(address.group(1))
    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert "20260303T010000Z" in text
    assert desk_site.code_of(talk) not in text
    assert "Talk" not in text
    assert stranger.get("/staff/calendar/forged.ics").status_code == 404
    browser.post("/staff/calendar/feed/revoke")
    assert stranger.get(address.group(1)).status_code == 404


def test_a_counselor_lands_on_their_day_and_whoever_is_on_duty_on_the_queue(
    desk_site: DeskSite, bookable: Bookable
) -> None:
    desk_site.turn(bookable.counselors[1])
    landed = [desk_site.browser().sign_in(name).headers["Location"] for name in bookable.counselors]
    assert landed == ["/staff/my-day", "/staff/"]
    assert desk_site.browser().sign_in(desk_site.colleague(RoleName.SUPERVISOR)).headers["Location"] == "/staff/"
