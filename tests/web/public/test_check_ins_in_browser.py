"""A check-in on a phone in large type: a tap for each answer, read aloud, and the same for the chat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from models.check_ins import CheckIn, CheckInState
from tests.fixtures.browser import PHONE
from tests.fixtures.desk import DeskSite

pytestmark = pytest.mark.browser
LISTEN = "() => { window.said = []; speechSynthesis.speak = (speech) => { window.said.push(speech.text); }; }"


def test_an_elder_agrees_answers_by_taps_and_hears_the_questions(
    site: DeskSite, address: str, open_page: Callable[..., Page], axe_findings: Callable[[Page], list[str]]
) -> None:
    page = open_page(address, viewport=PHONE)
    page.get_by_role("button", name="大字").click()
    page.locator(".hero__start button").click()
    page.wait_for_url("**/chat")
    page.get_by_role("button", name="更多").click()
    page.evaluate(LISTEN)
    page.get_by_role("button", name="把新的回答读给我听").click()
    assert "暖阳" in page.evaluate("window.said.join()")
    page.get_by_role("link", name="过些天再问问我").click()
    assert axe_findings(page) == []
    page.get_by_role("button", name="好的，到时候问问我").dblclick()
    expect(page.get_by_text("您已经同意")).to_be_visible()
    with site.work() as session:
        session.execute(update(CheckIn).values(due_at=site.clock() - timedelta(minutes=1)))
    page.reload()
    assert axe_findings(page) == []
    page.get_by_role("button", name="现在回答").click()
    page.wait_for_url("**/check-in/*")
    assert axe_findings(page) == []
    page.get_by_role("button", name="7", exact=True).click()
    expect(page.locator("#question-words")).to_be_visible()
    assert axe_findings(page) == []
    page.evaluate(LISTEN)
    page.get_by_role("button", name="朗读").click()
    assert "完全不会" in page.evaluate("window.said.join()")
    assert page.locator(".question__taps .tile").first.evaluate("node => node.offsetHeight") >= 60
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    while page.locator(".question__taps").count():
        page.locator('.tile[value="0"]').click()
        page.wait_for_load_state()
    # A seven is no calm day: the page ends with words, not with ten statements about oneself.
    expect(page.get_by_role("heading", name="接下来可以")).to_be_visible()
    assert axe_findings(page) == []
    with site.look() as session:
        assert session.scalars(select(CheckIn.state).order_by(CheckIn.week)).first() is CheckInState.ANSWERED
