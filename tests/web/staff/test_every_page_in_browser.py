"""Every page that somebody can reach at the desk, in a real browser: it fits, is readable, and complains of nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.fixtures.browser import DESKTOP, PHONE
from tests.fixtures.desk import DeskSite
from tests.fixtures.links import walk
from tests.fixtures.served import served, sign_in

# A slow machine opens some forty pages in one test.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# Together they see every page: who leads, who manages, who counsels, who visits, and who helps.
READERS = ("wangfang", "zhaolei", "chenyu", "sunli", "linxiao")
# The frame is the same on both; the phone is the narrower and the Chinese the rule, so barriers are looked for there.
WINDOWS = ((PHONE, "zh-CN", True), (DESKTOP, "en", False))


@pytest.fixture
def address(full_base: DeskSite) -> Iterator[str]:
    """Serve the demonstration on loopback."""
    with served(full_base.app) as address:
        yield address


@pytest.fixture(scope="module")
def pages(full_base: DeskSite) -> dict[str, list[str]]:
    """Return for each reader the pages that nobody before has seen."""
    seen: set[str] = set()
    pages: dict[str, list[str]] = {}
    for reader in READERS:
        browser = full_base.browser()
        assert browser.sign_in(reader).status_code == 303
        pages[reader] = [path for path in walk(browser).pages if path.partition("?")[0] not in seen]
        seen |= {path.partition("?")[0] for path in pages[reader]}
    return pages


def _faults(page: Page, findings: list[str]) -> list[str]:
    faults = list(findings)
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        faults.append("scrolls sideways")
    if page.locator("h1").count() != 1:
        faults.append("has not one heading")
    return faults


@pytest.mark.parametrize(("viewport", "language", "barriers"), WINDOWS, ids=["phone-zh", "desktop-en"])
@pytest.mark.parametrize("reader", READERS)
def test_every_page_of_the_desk_fits_and_has_no_serious_barrier(
    address: str,
    pages: dict[str, list[str]],
    open_page: Callable[..., Page],
    axe_findings: Callable[[Page], list[str]],
    reader: str,
    viewport: dict[str, int],
    language: str,
    barriers: bool,
) -> None:
    page = open_page(f"{address}/staff/sign-in", language=language, viewport=viewport)
    sign_in(page, reader)
    # Only the other language is offered.
    other = page.locator(f"button[name=language][value='{language}']")
    if other.count():
        other.first.click()
    faults: dict[str, list[str]] = {}
    for path in pages[reader]:
        page.goto(address + path, wait_until="domcontentloaded")
        found = _faults(page, axe_findings(page) if barriers else [])
        if found:
            faults[path] = found
    assert faults == {}
