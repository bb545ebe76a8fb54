"""Booking on a real phone screen: choose, confirm, come back by the link, move, cancel; readable for everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models.appointments import AppointmentState
from tests.fixtures.bookable import Bookable
from tests.fixtures.browser import DESKTOP, PHONE
from tests.fixtures.desk import DeskSite

pytestmark = pytest.mark.browser


@pytest.fixture
def open_booking(
    site: DeskSite, address: str, create_bookable: Callable[..., Bookable], open_page: Callable[..., Page]
) -> tuple[Bookable, Callable[..., Page]]:
    """Furnish the site after its clock was set to the browser's; return it and a callable that opens the first page."""
    bookable = create_bookable(site)
    return bookable, lambda path="/booking", **more: open_page(address + path, **more)


def _choose(page: Page) -> None:
    # The choice of how to meet shows its times at once.
    page.get_by_label("您想怎样见面？").select_option("online")
    page.wait_for_url("**mode=online**")
    # Far enough ahead that it can still be changed alone.
    page.locator(".slot").last.click()
    page.wait_for_url("**/booking/confirm**")


def test_a_person_books_moves_and_cancels_on_a_phone(
    open_booking: tuple[Bookable, Callable[..., Page]],
) -> None:
    bookable, open_it = open_booking
    page = open_it(viewport=PHONE, timezone_id="Asia/Shanghai")
    _choose(page)
    expect(page.locator("[data-behalf]")).to_be_hidden()
    page.get_by_role("button", name="就约这个时间").dblclick()
    page.wait_for_url("**/appointments/*")
    expect(page.locator("#code-shown")).to_be_visible()
    expect(page.locator(".slot__zone")).to_have_count(0)
    assert len(bookable.stored()) == 1
    before = bookable.stored()[0].starts_at
    page.get_by_role("link", name="换个时间").click()
    page.locator(".slot").last.click()
    page.wait_for_url("**/appointments/*")
    expect(page.locator(".notice--good")).to_contain_text("已改期")
    assert bookable.stored()[0].starts_at != before
    page.get_by_role("button", name="取消预约").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已取消")
    assert bookable.stored()[0].state is AppointmentState.CANCELLED_BY_PERSON


def test_a_phone_in_another_zone_shows_its_own_time_beside_the_bases(
    open_booking: tuple[Bookable, Callable[..., Page]],
) -> None:
    _bookable, open_it = open_booking
    page = open_it("/booking?service=1&mode=online", viewport=PHONE, timezone_id="Europe/Berlin")
    slot = page.locator(".slot").first
    expect(slot.locator(".slot__zone")).to_be_visible()
    expect(page.locator("[data-zone-note]")).to_contain_text("别处的时间")
    shown = slot.locator("time").inner_text()
    assert len(shown.split(":")) == 3, shown


def test_fields_for_somebody_else_open_with_the_choice_and_stay_after_a_refusal(
    open_booking: tuple[Bookable, Callable[..., Page]],
) -> None:
    bookable, open_it = open_booking
    page = open_it(viewport=PHONE)
    _choose(page)
    page.get_by_label("替别人约").check()
    page.get_by_label("怎么称呼您").fill("邻居老李")
    page.get_by_role("button", name="就约这个时间").click()
    expect(page.locator("#behalf_relation-error")).to_be_visible()
    expect(page.get_by_label("怎么称呼您")).to_have_value("邻居老李")
    assert bookable.stored() == []


@pytest.mark.parametrize(("viewport", "language"), [(PHONE, "zh-CN"), (DESKTOP, "en")], ids=["phone-zh", "desktop-en"])
def test_no_barrier_no_sideways_scrolling_and_large_targets(
    open_booking: tuple[Bookable, Callable[..., Page]],
    axe_findings: Callable[[Page], list[str]],
    viewport: dict[str, int],
    language: str,
) -> None:
    _bookable, open_it = open_booking
    page = open_it("/booking?service=1&mode=online", viewport=viewport, language=language)

    def look() -> None:
        assert axe_findings(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
        small = page.evaluate(
            "[...document.querySelectorAll('main button, main .button, main .slot, main select')]"
            ".filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"
        )
        assert small == [], page.url

    look()
    page.locator(".slot").first.click()
    page.wait_for_url("**/booking/confirm**")
    look()
    page.locator("form[action='/booking/confirm'] button").click()
    page.wait_for_url("**/appointments/*")
    look()
    page.goto(page.url + "/move")
    look()
    page.goto(page.url.split("/appointments/")[0] + "/booking/waiting-list/join")
    look()
