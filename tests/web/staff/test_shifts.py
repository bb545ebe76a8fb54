"""The pages of the shifts: a reason for each no, nothing typed is lost, nobody sees or decides what is not theirs."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from care import attendance
from care.shift_rules import sheets
from models.hours import Certificate, HoursEntry
from models.shift_changes import Swap, SwapState
from models.shifts import Shift, ShiftRole, ShiftTemplate, SignUp, SignUpState
from models.staff import RoleName
from models.stations import Station
from tests.fixtures.desk import Browser, DeskSite

LEAD = RoleName.SOCIAL_WORKER


@dataclass
class Base:
    """A site with one station, and shifts that start so many hours from now."""

    site: DeskSite
    station: int

    def role(self, *, starts: float = 48, hours: float = 3, places: int = 1, role: str = "front_desk") -> int:
        start = self.site.clock() + timedelta(hours=starts)
        with self.site.work() as session:
            shift = Shift(
                station_id=self.station,
                name_zh="白天",
                name_en="Day shift",
                starts_at=start,
                ends_at=start + timedelta(hours=hours),
                opens_at=start - timedelta(days=20),
                created_at=self.site.clock(),
                roles=[ShiftRole(role=role, places=places)],
            )
            session.add(shift)
            session.flush()
            return shift.roles[0].id

    def shift_of(self, role: int) -> int:
        with self.site.look() as session:
            return session.get_one(ShiftRole, role).shift_id

    def states(self) -> list[SignUpState]:
        with self.site.look() as session:
            return list(session.scalars(select(SignUp.state).order_by(SignUp.id)))


@pytest.fixture
def base(desk_site: DeskSite) -> Base:
    with desk_site.work() as session:
        station = Station(slug="base", name_zh="暖阳基地", name_en="Nuanyang base")
        session.add(station)
        session.flush()
        return Base(desk_site, station.id)


def text(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.get_data(as_text=True))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("role", [RoleName.VOLUNTEER, LEAD, RoleName.BASE_MANAGER])
def test_every_page_opens_with_people_in_it(base: Base, role: RoleName, language: str) -> None:
    number = base.role()
    base.site.signed_in(RoleName.VOLUNTEER).post(f"/staff/shifts/places/{number}/take")
    base.role(role="children", places=2)
    browser = base.site.browser()
    browser.sign_in(base.site.colleague(role, language=language))
    pages = ["/staff/my-day", "/staff/shifts/day?date=2026-03-04", "/staff/shifts/day?date=nonsense"]
    pages += [f"/staff/shifts/{base.shift_of(number)}"]
    if role is RoleName.VOLUNTEER:
        pages += ["/staff/shifts", "/staff/shifts/mine", "/staff/shifts/hours"]
    else:
        pages += ["/staff/shifts/board", "/staff/shifts/approvals", "/staff/shifts/templates"]
        pages += [f"/staff/shifts/{base.shift_of(number)}/code"]
    for path in pages:
        assert ("班次" if language == "zh-CN" else "hift") in text(browser, path)


def test_volunteer_signs_up_with_two_taps_and_sees_the_reason_for_the_rest(base: Base) -> None:
    number, meeting = base.role(), base.role()
    volunteer = base.site.signed_in(RoleName.VOLUNTEER)
    assert f"/places/{number}/take" in text(volunteer, "/staff/shifts")
    answer = volunteer.post(f"/staff/shifts/places/{number}/take")
    assert (answer.status_code, answer.location) == (303, f"/staff/shifts/{base.shift_of(number)}")
    assert "You are signed up." in text(volunteer, f"/staff/shifts/{base.shift_of(number)}")
    page = text(volunteer, "/staff/shifts/day?date=2026-03-04")
    assert "You are on it" in page
    assert "You have something else then" in page
    assert f"/places/{meeting}/take" not in text(volunteer, "/staff/shifts")
    # Sent a second time, the form explains and changes nothing.
    volunteer.post(f"/staff/shifts/places/{number}/take")
    assert "There is a place on this shift already." in text(volunteer, "/staff/shifts/mine")
    assert base.states() == [SignUpState.SIGNED_UP]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("role", sorted(sheets()))
def test_the_page_of_a_shift_says_what_its_role_needs_to_know_and_nothing_of_another(
    base: Base, role: str, language: str
) -> None:
    shift = base.shift_of(base.role(role=role))
    browser = base.site.browser()
    browser.sign_in(base.site.colleague(RoleName.VOLUNTEER, language=language))
    page = html.unescape(text(browser, f"/staff/shifts/{shift}"))
    for key, sheet in sheets().items():
        lines = [line for part in ("do", "never", "call") for line in sheet.lines(part, language)]
        assert len(lines) > 4
        if key == role:
            assert [line for line in lines if line not in page] == []
            assert sheet.place(language) in page
        else:
            assert sheet.lines("do", language)[0] not in page


def test_a_full_shift_offers_the_waiting_list_and_the_freed_place(base: Base) -> None:
    number = base.role()
    first, second = base.site.signed_in(RoleName.VOLUNTEER), base.site.signed_in(RoleName.VOLUNTEER)
    first.post(f"/staff/shifts/places/{number}/take")
    page = text(second, f"/staff/shifts/{base.shift_of(number)}")
    assert "All places taken" in page
    second.post(f"/staff/shifts/places/{number}/wait")
    first.post("/staff/shifts/sign-ups/1/leave")
    assert "kept for you until" in text(second, "/staff/shifts/mine")
    assert "A place is kept for you" in text(second, "/staff/my-day")
    second.post("/staff/shifts/sign-ups/2/offer", {"answer": "yes"})
    assert base.states() == [SignUpState.WITHDREW, SignUpState.SIGNED_UP]


@pytest.mark.parametrize("deed", ["leave", "confirm", "offer", "arrive", "depart", "correction", "hand-over"])
def test_a_place_of_somebody_else_is_not_found(base: Base, deed: str) -> None:
    base.site.signed_in(RoleName.VOLUNTEER).post(f"/staff/shifts/places/{base.role()}/take")
    stranger = base.site.signed_in(RoleName.VOLUNTEER)
    filled = {"whole_hours": "3", "reason": "mine", "code": "123456", "answer": "yes"}
    assert stranger.post(f"/staff/shifts/sign-ups/1/{deed}", filled).status_code == 404
    assert base.states() == [SignUpState.SIGNED_UP]


def test_checking_in_and_out_with_the_code_and_hours_to_a_certificate(base: Base) -> None:
    number = base.role(starts=0.25)
    names = [base.site.colleague(role) for role in (RoleName.VOLUNTEER, RoleName.BASE_MANAGER)]
    volunteer, lead = (_sign_in(base, name) for name in names)
    volunteer.post(f"/staff/shifts/places/{number}/take")
    shift = base.shift_of(number)

    def code() -> str:
        return attendance.code(secret=base.site.settings.secret_key, shift_id=shift, now=base.site.clock())

    assert f"{code()[:3]} {code()[3:]}" in text(lead, f"/staff/shifts/{shift}/code")
    wrong = f"{(int(code()) + 1) % 1_000_000:06d}"
    volunteer.post("/staff/shifts/sign-ups/1/arrive", {"code": wrong})
    assert "This is not the code on the screen." in text(volunteer, f"/staff/shifts/{shift}")
    assert base.states() == [SignUpState.SIGNED_UP]
    volunteer.post("/staff/shifts/sign-ups/1/arrive", {"code": code()})
    assert base.states() == [SignUpState.ARRIVED]
    # The shift is longer than an idle session lasts.
    base.site.clock.advance(hours=3, minutes=15)
    volunteer, lead = (_sign_in(base, name) for name in names)
    volunteer.post("/staff/shifts/sign-ups/1/depart", {"code": code()})
    assert base.states() == [SignUpState.COMPLETED]
    lead.post("/staff/shifts/approvals/hours", {"sign_up_id": "1"})
    assert "3 h" in text(volunteer, "/staff/shifts/hours")
    day = {"first_day": "2026-03-01", "last_day": "2026-03-31"}
    assert volunteer.post("/staff/shifts/certificates", day).status_code == 303
    lead.post("/staff/shifts/certificates/1/issue")
    paper = volunteer.get("/staff/shifts/certificates/1.pdf")
    assert (paper.status_code, paper.mimetype, paper.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert base.site.signed_in(RoleName.VOLUNTEER).get("/staff/shifts/certificates/1.pdf").status_code == 404
    with base.site.look() as session:
        assert session.scalars(select(HoursEntry.minutes)).all() == [180]
        assert session.scalars(select(Certificate.number)).one() == "ZY2026000001"


def _sign_in(base: Base, name: str) -> Browser:
    browser = base.site.browser()
    assert browser.sign_in(name).status_code == 303
    return browser


def test_a_guessed_code_says_nothing_about_a_certificate(base: Base) -> None:
    stranger = base.site.browser()
    assert stranger.get("/staff/certificates/check").status_code == 200
    answer = stranger.post("/staff/certificates/check", {"number": "ZY2026000001", "code": "AAAAA"})
    assert answer.status_code == 200
    # What was typed stays, and nobody's name appears.
    assert "ZY2026000001" in answer.get_data(as_text=True)
    assert "facts" not in answer.get_data(as_text=True)


def test_handing_over_needs_a_colleague_and_then_a_coordinator(base: Base) -> None:
    number = base.role()
    giver, taker, lead = (base.site.signed_in(role) for role in (RoleName.VOLUNTEER, RoleName.VOLUNTEER, LEAD))
    giver.post(f"/staff/shifts/places/{number}/take")
    assert "Offer to all" in text(giver, "/staff/shifts/sign-ups/1/hand-over")
    assert "Nothing in return" in text(giver, "/staff/shifts/sign-ups/1/hand-over?to=2")
    giver.post("/staff/shifts/sign-ups/1/hand-over", {"to": "2"})
    assert "offers you a shift" in text(taker, "/staff/my-day")
    taker.post("/staff/shifts/swaps/1/answer", {"answer": "yes"})
    assert base.states() == [SignUpState.SIGNED_UP]
    assert "Places that change hands" in text(lead, "/staff/shifts/approvals")
    lead.post("/staff/shifts/swaps/1/decide", {"answer": "yes"})
    assert base.states() == [SignUpState.HANDED_OVER, SignUpState.SIGNED_UP]
    with base.site.look() as session:
        assert session.scalars(select(Swap.state)).one() is SwapState.APPROVED


def _template(**changed: str) -> dict[str, str]:
    plain = {"name_zh": "上午", "station_id": "1", "weekday": "2", "starts": "09:00", "ends": "12:00"}
    return plain | {"opens_days": "21", "places_chat": "2"} | changed


def test_coordinator_writes_a_template_and_publishes_its_weeks(base: Base) -> None:
    lead = base.site.signed_in(LEAD)
    assert lead.post("/staff/shifts/templates", _template()).status_code == 303
    for _ in range(2):
        lead.post("/staff/shifts/templates/publish")
    with base.site.look() as session:
        starts = session.scalars(select(Shift.starts_at).order_by(Shift.starts_at)).all()
    assert len(starts) == 5
    assert starts[0].isoformat() == "2026-03-04T01:00:00+00:00"


@pytest.mark.parametrize(
    "changed",
    [
        {"ends": "09:00"},
        {"ends": "08:00"},
        {"starts": "09:03"},
        {"places_chat": "0"},
        {"places_chat": "99"},
        {"ends": ""},
        {"weekday": "9"},
        {"station_id": "4711"},
        {"opens_days": "0"},
    ],
)
def test_a_template_that_cannot_be_is_explained_and_nothing_typed_is_lost(base: Base, changed: dict[str, str]) -> None:
    lead = base.site.signed_in(LEAD)
    answer = lead.post("/staff/shifts/templates", _template(name_en="Kept words", **changed))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "field__error" in page
    assert "Kept words" in page
    with base.site.look() as session:
        assert session.scalars(select(ShiftTemplate)).all() == []


def test_a_single_shift_that_ends_before_it_starts_is_explained(base: Base) -> None:
    lead = base.site.signed_in(LEAD)
    form = {"name_zh": "临时", "station_id": "1", "starts_at": "2026-03-05T12:00", "ends_at": "2026-03-05T09:00"}
    answer = lead.post("/staff/shifts/board", form | {"places_chat": "1"})
    assert answer.status_code == 422
    assert "The end must be after the start." in answer.get_data(as_text=True)
    assert "2026-03-05T12:00" in answer.get_data(as_text=True)
    good = form | {"ends_at": "2026-03-05T15:00", "places_chat": "1"}
    assert lead.post("/staff/shifts/board", good).status_code == 303


def test_a_night_may_end_on_the_next_day(base: Base) -> None:
    lead = base.site.signed_in(LEAD)
    assert lead.post("/staff/shifts/templates", _template(starts="20:00", ends="08:00")).status_code == 303
    with base.site.look() as session:
        assert session.scalars(select(ShiftTemplate.minutes)).one() == 720


@pytest.mark.parametrize(("page", "made"), [("/staff/shifts/board", Shift), ("/staff/shifts/templates", ShiftTemplate)])
def test_the_same_form_sent_twice_makes_one_and_a_fresh_form_another(
    base: Base, page: str, made: type[Shift] | type[ShiftTemplate]
) -> None:
    lead = base.site.signed_in(LEAD)
    single = {"name_zh": "临时", "station_id": "1", "starts_at": "2026-03-05T09:00", "ends_at": "2026-03-05T12:00"}
    form = (single | {"places_chat": "1"}) if made is Shift else _template()

    def key() -> str:
        found = re.search(r'name="form_key"[^>]*value="([^"]+)"', text(lead, page))
        assert found is not None
        return found.group(1)

    sent = form | {"form_key": key()}
    answers = [lead.post(page, sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    with base.site.look() as session:
        assert len(session.scalars(select(made)).all()) == 1
    assert lead.post(page, form | {"form_key": key()}).status_code == 303
    with base.site.look() as session:
        assert len(session.scalars(select(made)).all()) == 2


def test_board_names_what_is_at_risk(base: Base) -> None:
    base.role(places=2)
    lead = base.site.signed_in(LEAD)
    assert "places empty" in text(lead, "/staff/shifts/board")
    assert "Volunteer shifts need a look" in text(lead, "/staff/my-day")
