"""The desk in a real browser: live, loud, readable, and harmless to what a person types."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models.staff import RoleName
from tests.fixtures.browser import AXE, DESKTOP, PHONE
from tests.fixtures.desk import DeskSite
from tests.fixtures.served import sign_in
from triage.levels import Level

pytestmark = pytest.mark.browser


Enter = Callable[..., Page]


@pytest.fixture
def enter(desk_site: DeskSite, address: str, open_page: Callable[..., Page]) -> Enter:
    """Return a callable that opens a browser in which a new colleague has signed in."""

    def enter_(*roles: RoleName, path: str | None = None, **more: object) -> Page:
        name = desk_site.colleague(*roles, language=str(more.get("language", "en")))
        page = open_page(f"{address}/staff/sign-in", **({"language": "en"} | more))
        sign_in(page, name)
        if path is not None:
            page.goto(address + path)
        return page

    return enter_


def _poke(site: DeskSite) -> None:
    site.app.extensions["live"].poke()


def test_new_case_appears_by_itself_rings_and_is_silent_once_taken(desk_site: DeskSite, enter: Enter) -> None:
    conversation_id = desk_site.person()
    # A page that is opened afresh, not reached by a tap, may not ring before somebody has tapped it.
    page = enter(RoleName.DUTY_OFFICER, viewport=DESKTOP, path="/staff/")
    expect(page.locator("[data-line]")).to_have_attribute("data-line-state", "live")
    page.get_by_role("button", name="Sound on").click()
    expect(page.locator("[data-sound-ask]")).to_be_hidden()
    desk_site.case(conversation_id, Level.EMERGENCY)
    _poke(desk_site)
    row = page.locator(".case-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(desk_site.code_of(conversation_id))
    expect(row.locator(".timer")).to_contain_text("left")
    expect(page.locator("[data-announce]")).to_contain_text("New alarm: Emergency")
    expect(page.locator("html")).to_have_attribute("data-ringing", "yes")
    expect(page).to_have_title("(1) ALARM")
    row.get_by_role("button", name="I take it").click()
    expect(page.locator("html")).to_have_attribute("data-ringing", "no")
    expect(row).to_contain_text("Taken by")
    expect(page).to_have_title("Queue · Nuanyang desk")


def test_second_desk_sees_who_was_first_and_keeps_its_focus(desk_site: DeskSite, enter: Enter) -> None:
    first_case, second_case = desk_site.case(desk_site.person()), desk_site.case(desk_site.person())
    first, second = enter(RoleName.DUTY_OFFICER), enter(RoleName.COUNSELOR)
    button = second.locator(f".case-row[data-key='{second_case}'] button")
    button.focus()
    first.locator(f".case-row[data-key='{first_case}'] button").click()
    expect(second.locator(f".case-row[data-key='{first_case}']")).to_contain_text("Taken by")
    expect(button).to_be_focused()


def test_lost_line_is_said_and_mends_itself(desk_site: DeskSite, enter: Enter) -> None:
    page = enter(RoleName.DUTY_OFFICER)
    line = page.locator("[data-line]")
    expect(line).to_have_attribute("data-line-state", "live")
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(line).to_have_attribute("data-line-state", "polling")
    case_id = desk_site.case(desk_site.person())
    page.context.set_offline(False)
    expect(line).to_have_attribute("data-line-state", "live")
    expect(page.locator(f".case-row[data-key='{case_id}']")).to_be_visible()


def test_typed_markup_does_nothing_on_any_live_page(desk_site: DeskSite, enter: Enter) -> None:
    conversation_id = desk_site.person()
    page = enter(RoleName.COUNSELOR, path=f"/staff/conversations/{conversation_id}")
    page.evaluate("window.harmed = false")
    expect(page.locator("[data-line]")).to_have_attribute("data-line-state", "live")
    desk_site.says(conversation_id, "<img src=x onerror='window.harmed = true'><b>bold</b>")
    _poke(desk_site)
    words = page.locator(".line--person .words")
    expect(words).to_have_text("<img src=x onerror='window.harmed = true'><b>bold</b>")
    assert page.locator(".line img, .line b").count() == 0
    assert page.evaluate("window.harmed") is False


def test_colleague_takes_over_speaks_and_hands_back(desk_site: DeskSite, enter: Enter) -> None:
    conversation_id = desk_site.person()
    page = enter(RoleName.DUTY_OFFICER, path=f"/staff/conversations/{conversation_id}")
    page.get_by_role("button", name="Take over and speak").click()
    field = page.get_by_label("Your message")
    expect(field).to_be_focused()
    field.fill("first line")
    field.press("Shift+Enter")
    field.type("second line")
    field.press("Enter")
    expect(page.locator(".line--mine .words")).to_have_text("first line\nsecond line")
    expect(field).to_have_value("")
    page.get_by_role("button", name="Hand back to the bot").click()
    expect(page.locator("[data-status-text='owner']")).to_have_text("The bot is answering.")
    expect(field).to_be_hidden()


def test_words_stay_when_the_site_does_not_answer_and_are_said_once(desk_site: DeskSite, enter: Enter) -> None:
    conversation_id = desk_site.person()
    page = enter(RoleName.DUTY_OFFICER, path=f"/staff/conversations/{conversation_id}")
    page.get_by_role("button", name="Take over and speak").click()
    field = page.get_by_label("Your message")
    field.fill("words that took a while")
    page.context.set_offline(True)
    field.press("Enter")
    expect(page.locator("#composer-error")).to_contain_text("Your words are still here")
    expect(field).to_have_value("words that took a while")
    page.context.set_offline(False)
    page.reload()
    expect(field).to_have_value("words that took a while")
    field.press("Enter")
    expect(page.locator(".line--mine")).to_have_count(1)


@pytest.mark.parametrize(("viewport", "language"), [(PHONE, "zh-CN"), (DESKTOP, "en")], ids=["phone-zh", "desktop-en"])
def test_no_serious_barrier_and_no_sideways_scrolling(
    desk_site: DeskSite, enter: Enter, address: str, viewport: dict[str, int], language: str
) -> None:
    conversation_id = desk_site.person()
    desk_site.says(conversation_id, "我不想活了")
    case_id = desk_site.case(conversation_id, Level.EMERGENCY)
    page = enter(RoleName.BASE_MANAGER, language=language, viewport=viewport, bypass_csp=True)
    paths = ["", f"cases/{case_id}", f"conversations/{conversation_id}", "duty", "people", "account", "my-day"]
    for path in paths:
        page.goto(f"{address}/staff/{path}")
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run()")["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.locator("h1").count() == 1, path
