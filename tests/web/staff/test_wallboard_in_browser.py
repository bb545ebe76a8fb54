"""The wallboard in a browser: it changes by itself, at phone, desk and wall size, light and dark, without barriers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models.live import Heartbeat
from models.staff import RoleName
from tests.fixtures.browser import DESKTOP, PHONE
from tests.fixtures.desk import DeskSite
from tests.fixtures.served import sign_in
from triage.levels import Level
from web.common import clock as web_clock

WALL = {"width": 1920, "height": 1080}


def _enter(site: DeskSite, address: str, page: Page) -> None:
    sign_in(page, site.colleague(RoleName.SUPERVISOR))
    page.goto(f"{address}/staff/wallboard")
    expect(page.locator("[data-line]")).to_have_attribute("data-line-state", "live")


@pytest.mark.parametrize(
    ("viewport", "scheme", "language"),
    [(PHONE, "light", "zh-CN"), (DESKTOP, "dark", "en"), (WALL, "dark", "zh-CN"), (WALL, "light", "en")],
)
def test_the_board_changes_by_itself_and_fits_its_screen(
    desk_site: DeskSite,
    address: str,
    open_page: Callable[..., Page],
    axe_findings: Callable[[Page], list[str]],
    viewport: dict[str, int],
    scheme: str,
    language: str,
) -> None:
    with desk_site.work() as session:
        session.add(Heartbeat(name="scheduler", at=web_clock.system_clock()))
    page = open_page(f"{address}/staff/sign-in", language=language, viewport=viewport, color_scheme=scheme)
    _enter(desk_site, address, page)
    expect(page.locator("[data-number='alarms']")).to_have_text("0")
    # When an alarm rings elsewhere
    desk_site.case(desk_site.person(), Level.RED)
    desk_site.app.extensions["live"].poke()
    # Then the wall shows it, with the time that is left.
    expect(page.locator("[data-number='alarms']")).to_have_text("1")
    expect(page.locator(".wall-clock--rings")).to_have_count(1)
    expect(page.locator(".wall-clock [data-clock-words]")).to_contain_text(":")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe_findings(page) == []
