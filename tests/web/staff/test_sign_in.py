"""The door of the desk: who comes in, who does not, and when a session ends."""

from __future__ import annotations

import pytest

from models.staff import RoleName
from tests.fixtures.desk import PASSWORD, Browser, DeskSite
from web.staff.paths import safe_next


def _is_inside(browser: Browser) -> bool:
    return browser.get("/staff/account").status_code == 200


def test_right_name_and_password_lead_to_the_desk(desk_site: DeskSite) -> None:
    browser = desk_site.browser()
    answer = browser.sign_in(desk_site.colleague(RoleName.DUTY_OFFICER))
    assert answer.status_code == 303
    assert _is_inside(browser)
    assert "data-queue" in browser.get("/staff/").get_data(as_text=True)


def test_name_is_found_in_capitals_and_full_width_letters(desk_site: DeskSite) -> None:
    desk_site.colleague(RoleName.DUTY_OFFICER, username="zhangmin")
    assert desk_site.browser().sign_in(" ＺｈａｎｇMIN ").status_code == 303


@pytest.mark.parametrize("who", ["wrong password", "unknown name", "deactivated"])
def test_every_failure_reads_the_same(desk_site: DeskSite, who: str) -> None:
    name = desk_site.colleague(RoleName.DUTY_OFFICER)
    if who == "deactivated":
        _deactivate(desk_site, name)
    browser = desk_site.browser()
    answer = browser.sign_in(
        "nobody-here" if who == "unknown name" else name,
        "not the password at all" if who == "wrong password" else PASSWORD,
    )
    assert answer.status_code == 401
    assert "do not fit together" in _english(browser, name)
    assert not _is_inside(browser)


def _english(browser: Browser, name: str) -> str:
    browser.client.set_cookie("ny_language", "en")
    text: str = browser.sign_in(name, "wrong password again").get_data(as_text=True)
    return text


def _deactivate(site: DeskSite, name: str) -> None:
    from care import staff

    with site.work() as session:
        member = staff.by_username(session=session, typed=name)
        assert member is not None
        member.active = False


def test_unknown_name_costs_a_full_verification(desk_site: DeskSite, monkeypatch: pytest.MonkeyPatch) -> None:
    from web.common import security

    verified: list[str] = []
    real = security.verify_password
    monkeypatch.setattr(
        security, "verify_password", lambda typed, stored: verified.append(stored) or real(typed, stored)
    )
    desk_site.browser().sign_in("nobody-here", "whatever it may be")
    assert len(verified) == 1
    assert verified[0].startswith("$argon2id$")


def test_typed_name_stays_and_typed_password_does_not(desk_site: DeskSite) -> None:
    page = desk_site.browser().sign_in("somebody", "secret words here").get_data(as_text=True)
    assert 'value="somebody"' in page
    assert "secret words here" not in page


def test_session_is_new_after_sign_in(desk_site: DeskSite) -> None:
    name, browser = desk_site.colleague(RoleName.DUTY_OFFICER), desk_site.browser()
    before = browser.token()
    with browser.client.session_transaction() as planted:
        planted["planted"] = "by somebody else"
        raw = planted["csrf_token"]
    browser.sign_in(name)
    with browser.client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != raw
    assert browser.client.post("/staff/sign-out", headers={"X-CSRFToken": before}).status_code == 400


def test_sign_out_ends_the_session(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    assert browser.post("/staff/sign-out").status_code == 303
    assert not _is_inside(browser)


@pytest.mark.parametrize(("quiet", "is_over"), [({"minutes": 119}, False), ({"minutes": 121}, True)])
def test_idle_session_ends_after_two_hours(desk_site: DeskSite, quiet: dict[str, float], is_over: bool) -> None:
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    desk_site.clock.advance(**quiet)
    assert _is_inside(browser) is not is_over


def test_session_in_use_ends_after_twelve_hours_all_the_same(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    for _ in range(12):
        desk_site.clock.advance(minutes=59)
        assert _is_inside(browser)
    desk_site.clock.advance(minutes=13)
    assert not _is_inside(browser)


def test_open_desk_keeps_its_session_by_asking_for_news(desk_site: DeskSite) -> None:
    browser, left_alone = desk_site.signed_in(RoleName.DUTY_OFFICER), desk_site.signed_in(RoleName.DUTY_OFFICER)
    for _ in range(5):
        desk_site.clock.advance(minutes=50)
        assert browser.json("/staff/queue/state").status_code == 200
    assert left_alone.json("/staff/queue/state").status_code == 401


def test_deactivated_colleague_is_out_at_the_next_click(desk_site: DeskSite) -> None:
    name, browser = desk_site.colleague(RoleName.DUTY_OFFICER), desk_site.browser()
    browser.sign_in(name)
    assert _is_inside(browser)
    _deactivate(desk_site, name)
    assert not _is_inside(browser)


def test_guessing_is_slowed_down_for_the_account_and_only_for_it(desk_site: DeskSite) -> None:
    name, other = desk_site.colleague(RoleName.DUTY_OFFICER), desk_site.colleague(RoleName.DUTY_OFFICER)
    for number in range(10):
        browser = desk_site.browser()
        answer = browser.client.post(
            "/staff/sign-in",
            data={"username": name, "password": f"guess number {number}"},
            headers={"X-CSRFToken": browser.token()},
            environ_base={"REMOTE_ADDR": f"192.0.2.{number + 1}"},
        )
        assert answer.status_code == 401
    assert desk_site.browser().sign_in(name).status_code == 429
    assert desk_site.browser().sign_in(other).status_code == 303


def test_guessing_is_slowed_down_for_the_address(desk_site: DeskSite) -> None:
    browser = desk_site.browser()
    for number in range(10):
        assert browser.sign_in(f"guess-{number}", "some password here").status_code == 401
    assert browser.sign_in("guess-10", "some password here").status_code == 429


def test_an_office_behind_one_address_may_sign_in_as_often_as_it_likes(desk_site: DeskSite) -> None:
    name = desk_site.colleague(RoleName.DUTY_OFFICER)
    assert {desk_site.browser().sign_in(name).status_code for _ in range(15)} == {303}


def test_sign_in_leaves_a_trace(desk_site: DeskSite) -> None:
    browser = desk_site.browser()
    browser.sign_in("nobody-here")
    assert desk_site.traces("staff.sign_in") == []
    desk_site.signed_in(RoleName.ADMIN)
    assert len(desk_site.traces("staff.sign_in")) == 1


def test_page_that_was_asked_for_opens_after_the_sign_in(desk_site: DeskSite) -> None:
    browser, name = desk_site.browser(), desk_site.colleague(RoleName.DUTY_OFFICER)
    asked = browser.get("/staff/duty?day=2")
    assert asked.status_code == 302
    assert asked.headers["Location"].endswith("next=/staff/duty?day%3D2")
    answer = browser.post("/staff/sign-in", {"username": name, "password": PASSWORD, "next": "/staff/duty?day=2"})
    assert answer.headers["Location"] == "/staff/duty?day=2"


@pytest.mark.parametrize(
    "wish",
    [
        "https://elsewhere.example/staff/",
        "//elsewhere.example",
        "/staff\\evil",
        "/staff/../exit",
        "/",
        "javascript:x",
        "/staffing",
        "/staff/\n",
        None,
        "",
    ],
)
def test_next_page_is_never_anywhere_else(wish: str | None) -> None:
    assert safe_next(wish) is None


def test_password_of_the_account_is_changed_only_with_the_present_one(desk_site: DeskSite) -> None:
    name, browser = desk_site.colleague(RoleName.VOLUNTEER), desk_site.browser()
    browser.sign_in(name)
    new = "seven swans over water"
    wrong = browser.post("/staff/account/password", {"present": "not this one", "new": new, "again": new})
    assert wrong.status_code == 422
    right = browser.post("/staff/account/password", {"present": PASSWORD, "new": new, "again": new})
    assert right.status_code == 303
    assert desk_site.browser().sign_in(name).status_code == 401
    assert desk_site.browser().sign_in(name, new).status_code == 303


def test_changing_the_password_signs_the_other_devices_out(desk_site: DeskSite) -> None:
    name = desk_site.colleague(RoleName.DUTY_OFFICER)
    phone, laptop = desk_site.browser(), desk_site.browser()
    phone.sign_in(name)
    laptop.sign_in(name)
    new = "seven swans over water"
    laptop.post("/staff/account/password", {"present": PASSWORD, "new": new, "again": new})
    assert _is_inside(laptop)
    assert not _is_inside(phone)


@pytest.mark.parametrize("new", ["short", "1234567890", "password123", "aaaaaaaaaaaa"])
def test_weak_password_is_refused_with_a_reason(desk_site: DeskSite, new: str) -> None:
    browser = desk_site.signed_in(RoleName.VOLUNTEER)
    answer = browser.post("/staff/account/password", {"present": PASSWORD, "new": new, "again": new})
    assert answer.status_code == 422
    assert 'id="new-error"' in answer.get_data(as_text=True)


def test_language_of_the_desk_is_kept_with_the_account(desk_site: DeskSite) -> None:
    name, browser = desk_site.colleague(RoleName.COUNSELOR, language="zh-CN"), desk_site.browser()
    browser.sign_in(name)
    assert browser.post("/staff/account/language", {"language": "en"}).status_code == 303
    elsewhere = desk_site.browser()
    elsewhere.sign_in(name)
    assert '<html lang="en"' in elsewhere.get("/staff/account").get_data(as_text=True)
