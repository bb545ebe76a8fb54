"""What the first questions cost a person at low risk: the taps from the front page to the result."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fixtures.platform import Platform
from tests.journeys.people import BUTTONS, CHINESE, row

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.timeout(240)]

# The plan of record: intake and screening of a low-risk adult.
TAPS_AT_MOST = 22
# Before that come "start writing" and the return code, which is shown only once; they are counted beside it.
TAPS_AT_THE_DOOR = 2
# The button that answers each question; name, station and story are left out by who wants to be quick.
INTAKE = (
    "skip",
    "age_60",
    "skip",
    "worry_sleep",
    "skip",
    "urgency_talk",
    "yes",
    "yes",
    "yes",
    "yes",
    "contact_no",
)
SCREENING_QUESTIONS = 8
# Milliseconds; the taps are counted here and not the seconds, and the cores may be busy.
PATIENCE = 30_000
# The lowest answer of each question.
CALM = ("完全不会", "否")


@dataclass
class Finger:
    """Taps one thing after the other and counts."""

    page: Page
    taps: int = 0

    def touch(self, target: Locator) -> None:
        """Tap once."""
        target.click()
        self.taps += 1

    def answer(self, title: str) -> None:
        """Tap an answer under the newest question, once the bot has asked it, and wait for what it says next."""
        whole = re.compile(f"^\\s*{re.escape(title)}\\s*$")
        answer = self.page.locator("#messages > li").last.locator(".tap", has_text=whole)
        expect(answer).to_be_visible(timeout=PATIENCE)
        said = self.page.locator("#messages > [data-sender='bot']")
        before = said.count()
        self.touch(answer)
        expect(said.nth(before)).to_be_visible(timeout=PATIENCE)


def _walk(page: Page) -> tuple[int, int]:
    """Walk from the front page to the result; return the taps before the first word and the taps after it."""
    finger = Finger(page)
    finger.touch(page.locator("form[action='/chat/start'] button").first)
    page.wait_for_url("**/chat")
    finger.touch(page.locator("#code [data-closes]").last)
    door = finger.taps
    finger.answer(BUTTONS["start_intake"][CHINESE.language])
    for key in INTAKE:
        finger.answer(BUTTONS[key][CHINESE.language])
    finger.answer(BUTTONS["start_screening"][CHINESE.language])
    for _question in range(SCREENING_QUESTIONS):
        newest = page.locator("#messages > li").last
        expect(newest).to_have_attribute("data-kind", "item", timeout=PATIENCE)
        titles = [title.strip() for title in newest.locator(".tap").all_inner_texts()]
        finger.answer(next(title for title in titles if title in CALM))
    return door, finger.taps - door


def test_intake_and_screening_of_a_low_risk_adult_take_at_most_22_taps(
    platform: Platform, open_page: Callable[..., Page]
) -> None:
    page = open_page(platform.url + "/")
    door, questions = _walk(page)
    expect(page.locator(".tap", has_text=BUTTONS["what_next"][CHINESE.language])).to_be_visible(timeout=PATIENCE)
    assert row(platform, "SELECT complete, level FROM screenings ORDER BY id DESC LIMIT 1") == (1, "green")
    assert questions <= TAPS_AT_MOST
    assert door <= TAPS_AT_THE_DOOR
