"""The live desk in real browsers: the person's place in line, and a whisper that only the counselor sees."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from care import desk
from models.conversations import Conversation
from models.staff import RoleName, StaffMember
from tests.fixtures.browser import AXE, DESKTOP, PHONE
from tests.fixtures.desk import DeskSite
from tests.fixtures.served import sign_in

pytestmark = pytest.mark.browser


Enter = Callable[..., Page]


@pytest.fixture
def enter(desk_site: DeskSite, address: str, open_page: Callable[..., Page]) -> Enter:
    """Return a callable that opens a desk at which this colleague is signed in."""

    def enter_(name: str, path: str) -> Page:
        page = open_page(f"{address}/staff/sign-in", language="en", viewport=DESKTOP)
        sign_in(page, name)
        page.goto(address + path)
        return page

    return enter_


def _here(site: DeskSite) -> str:
    """Put a duty officer at the desk."""
    name = site.colleague(RoleName.DUTY_OFFICER)
    turn = site.turn(name)
    with site.work() as session:
        from models.duty import DutyTurn

        session.get_one(DutyTurn, turn).checked_in_at = site.clock()
    return name


def _begin(address: str, open_page: Callable[..., Page]) -> Page:
    person = open_page(f"{address}/", language="en", viewport=PHONE)
    person.locator("form[action$='/chat/start'] button").first.click()
    person.wait_for_url("**/chat")
    person.locator("#code .button--main[data-closes]").click()
    return person


def test_the_person_sees_their_place_move_and_the_counselor_alone_sees_the_whisper(
    desk_site: DeskSite, address: str, enter: Enter, open_page: Callable[..., Page]
) -> None:
    officer = _here(desk_site)
    before = desk_site.person()
    with desk_site.work() as session:
        session.get_one(Conversation, before).human_requested_at = desk_site.clock()
    person = _begin(address, open_page)
    place = person.locator("[data-place]")
    expect(place).to_be_hidden()
    person.locator(".who__human").click()
    expect(place).to_contain_text("You are number 2 in the line; 1 before you.")
    expect(place).to_contain_text("We cannot say how long it takes")
    person.evaluate(AXE.read_text("utf-8"))
    found = person.evaluate("async () => (await axe.run('[data-place]')).violations.map((one) => one.id)")
    assert found == []
    with desk_site.work() as session:
        actor = session.scalars(select(StaffMember).where(StaffMember.username == officer)).one()
        desk.take_over(session=session, conversation_id=before, actor=actor, now=desk_site.clock())
    desk_site.app.extensions["live"].poke()
    expect(place).to_contain_text("You are next.")

    with desk_site.look() as session:
        number = max(session.scalars(select(Conversation.id)))
    counselor = enter(officer, f"/staff/conversations/{number}")
    counselor.get_by_role("button", name="Take over and speak").click()
    expect(counselor.locator("[data-composer]")).to_be_visible()
    expect(place).to_be_hidden()
    lead = enter(desk_site.colleague(RoleName.SUPERVISOR), f"/staff/conversations/{number}")
    lead.fill("#speech-text", "ask who is with her tonight")
    lead.get_by_role("button", name="Whisper").click()
    desk_site.app.extensions["live"].poke()
    expect(counselor.locator("[data-notes]")).to_contain_text("ask who is with her tonight")
    expect(counselor.locator("[data-composer]")).to_contain_text("ask who is with her tonight")
    counselor.fill("[data-composer] textarea", "Good evening.")
    counselor.press("[data-composer] textarea", "Enter")
    desk_site.app.extensions["live"].poke()
    expect(person.locator("#messages")).to_contain_text("Good evening.")
    assert "ask who is with her" not in person.content()
