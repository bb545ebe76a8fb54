"""Calendar, booking and notes at the desk in a real browser, on a phone and on a wide screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.notes import NoteDraft
from models.staff import RoleName
from tests.fixtures.bookable import Bookable
from tests.fixtures.browser import DESKTOP, PHONE
from tests.fixtures.desk import DeskSite
from tests.fixtures.served import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def furnished(desk_site: DeskSite, address: str, create_bookable: Callable[..., Bookable]) -> Bookable:
    """Furnish the site after its clock was set."""
    return create_bookable(desk_site)


def _enter(open_page: Callable[..., Page], address: str, username: str, **more: object) -> Page:
    page = open_page(f"{address}/staff/sign-in", **({"language": "en"} | more))
    sign_in(page, username)
    return page


def test_a_counselor_books_for_somebody_new_in_the_calendar(
    furnished: Bookable, address: str, open_page: Callable[..., Page]
) -> None:
    page = _enter(open_page, address, furnished.counselors[0], viewport=PHONE)
    page.goto(f"{address}/staff/my-day")
    # Two taps from my day: the door, then the time.
    page.get_by_role("link", name="Book a time").first.click()
    page.locator(".slot").first.click()
    page.get_by_label("Somebody new, without a code").check()
    page.get_by_role("button", name="Book this time").dblclick()
    page.wait_for_url("**/staff/appointments/*")
    expect(page.locator(".first-password")).to_be_visible()
    (made,) = furnished.stored()
    page.goto(f"{address}/staff/calendar?day={made.starts_at.date().isoformat()}")
    expect(page.get_by_role("link", name=made.beneficiary.code)).to_be_visible()


def test_a_note_keeps_itself_while_it_is_written(
    desk_site: DeskSite, furnished: Bookable, address: str, open_page: Callable[..., Page]
) -> None:
    person = desk_site.conversation(desk_site.person()).beneficiary_id
    page = _enter(open_page, address, furnished.counselors[0])
    page.goto(f"{address}/staff/persons/{person}/notes")
    page.get_by_role("button", name="Begin the note").click()
    page.wait_for_url("**/staff/notes/drafts/*")
    page.get_by_label("What the person brought").fill("words that a closed laptop must not lose")
    expect(page.locator("[name='version']")).to_have_value("2")
    page.get_by_label("What we did").fill("and these")
    expect(page.locator("[name='version']")).to_have_value("3")
    with desk_site.look() as session:
        draft = session.scalars(select(NoteDraft)).one()
        assert (draft.presenting, draft.done) == ("words that a closed laptop must not lose", "and these")
    page.get_by_label("Asked about it, nothing heard").check()
    page.get_by_label("Agreed next step").fill("meet again")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_url("**/staff/persons/*/notes")
    expect(page.locator(".note")).to_contain_text("meet again")


def test_words_are_kept_again_once_the_site_answers(
    desk_site: DeskSite, furnished: Bookable, address: str, open_page: Callable[..., Page]
) -> None:
    person = desk_site.conversation(desk_site.person()).beneficiary_id
    page = _enter(open_page, address, furnished.counselors[0])
    page.goto(f"{address}/staff/persons/{person}/notes")
    page.get_by_role("button", name="Begin the note").click()
    page.wait_for_url("**/staff/notes/drafts/*")
    page.context.set_offline(True)
    page.get_by_label("What we did").fill("written in a tunnel")
    expect(page.locator("[data-draft-state]")).to_contain_text("Not kept yet")
    page.context.set_offline(False)
    expect(page.locator("[name='version']")).to_have_value("2")


@pytest.mark.parametrize(("viewport", "language"), [(PHONE, "zh-CN"), (DESKTOP, "en")], ids=["phone-zh", "desktop-en"])
def test_no_serious_barrier_and_no_sideways_scrolling(
    desk_site: DeskSite,
    furnished: Bookable,
    address: str,
    open_page: Callable[..., Page],
    axe_findings: Callable[[Page], list[str]],
    viewport: dict[str, int],
    language: str,
) -> None:
    talk = desk_site.person()
    lead = desk_site.colleague(RoleName.SUPERVISOR, RoleName.COUNSELOR, language=language)
    tomorrow = desk_site.clock().replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=1)
    number = furnished.appointment(talk, tomorrow, outside_plan=True)
    page = _enter(open_page, address, lead, viewport=viewport, language=language)
    person = desk_site.conversation(talk).beneficiary_id
    paths = ["my-day", "calendar", "calendar?view=day", "calendar?view=month", "book?service=1&mode=online"]
    paths += ["availability", "services", "services/1", "holidays", "waiting-list", "groups", f"persons/{person}/notes"]
    paths += ["notes/to-countersign", f"appointments/{number}"]
    for path in paths:
        page.goto(f"{address}/staff/{path}")
        assert axe_findings(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.locator("h1").count() == 1, path
