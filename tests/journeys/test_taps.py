"""What the first questions cost a person at low risk: the taps from the front page, and the minutes they take."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fixtures.platform import Platform
from tests.journeys.people import BUTTONS, CHINESE, row

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.timeout(420)]

# The plan of record: intake and screening of a low-risk adult; here with the tap that opens the chat.
TAPS_AT_MOST = 22
MINUTES_AT_MOST = 3.0
# Signs a minute of young adults who read Chinese aloud: IReST, Trauzettel-Klosinski and Dietz 2012, IOVS 53:5452.
# Silent readers are faster; people with little schooling may be slower, and no one of them has been timed yet.
SIGNS_A_MINUTE = 255
# Seconds to decide (1.35) and to point (1.1), the keystroke-level model: Card, Moran and Newell 1980, CACM 23:396.
SECONDS_A_TAP = 2.45
# A turn of the bot with one person talking; measured apart, because this test shares its cores (bench/).
SECONDS_A_TURN = 0.1
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
    "contact_no",
    "card_right",
)
SCREENING_QUESTIONS = 8
# Milliseconds; the cores may be busy.
PATIENCE = 30_000
# The lowest answer of each question.
CALM = ("完全不会", "否")
_SIGN = re.compile(r"[\u4e00-\u9fff0-9]")


@dataclass
class Reader:
    """Reads every message once, and every button and every lead-in when it is new."""

    signs: int = 0
    known: set[str] = field(default_factory=set)

    def read(self, message: Locator) -> None:
        """Read what the message says and offers."""
        self.signs += self._signs_of(message.locator('[data-slot="text"]').inner_text())
        parts = message.locator('[data-slot="lead"], .tap').all_inner_texts()
        for part in parts:
            if part not in self.known:
                self.known.add(part)
                self.signs += self._signs_of(part)

    @staticmethod
    def _signs_of(words: str) -> int:
        return len(_SIGN.findall(words))


@dataclass
class Finger:
    """Taps one thing after the other and counts."""

    page: Page
    taps: int = 0
    reader: Reader = field(default_factory=Reader)
    read_up_to: int = 0

    def touch(self, target: Locator) -> None:
        """Tap once."""
        target.click()
        self.taps += 1

    def answer(self, title: str) -> None:
        """Read what is new, tap an answer under the newest question, and wait for what the bot says next."""
        whole = re.compile(f"^\\s*{re.escape(title)}\\s*$")
        answer = self.page.locator("#messages > .message").last.locator(".tap", has_text=whole)
        expect(answer).to_be_visible(timeout=PATIENCE)
        said = self.page.locator("#messages > [data-sender='bot']")
        before = said.count()
        for place in range(self.read_up_to, before):
            self.reader.read(said.nth(place))
        self.read_up_to = before
        self.touch(answer)
        expect(said.nth(before)).to_be_visible(timeout=PATIENCE)

    def minutes(self) -> float:
        """Return how long it takes to read, to decide and to wait, from the tap after the door on."""
        return self.reader.signs / SIGNS_A_MINUTE + (self.taps - 1) * (SECONDS_A_TAP + SECONDS_A_TURN) / 60


def _walk(page: Page) -> Finger:
    """Walk from the front page to the last answer; the code to come back with needs no tap."""
    finger = Finger(page)
    finger.touch(page.locator("form[action='/chat/start'] button").first)
    page.wait_for_url("**/chat")
    expect(page.locator("#code-shown")).to_be_visible()
    # The minutes run from the tap that begins the questions; the greeting before it takes its own time.
    finger.read_up_to = 1
    finger.answer(BUTTONS["start_intake"][CHINESE.language])
    for key in INTAKE:
        finger.answer(BUTTONS[key][CHINESE.language])
    finger.answer(BUTTONS["start_screening"][CHINESE.language])
    for _question in range(SCREENING_QUESTIONS):
        newest = page.locator("#messages > .message").last
        expect(newest).to_have_attribute("data-kind", "item", timeout=PATIENCE)
        titles = [title.strip() for title in newest.locator(".tap").all_inner_texts()]
        finger.answer(next(title for title in titles if title in CALM))
    return finger


def test_intake_and_screening_of_a_low_risk_adult_take_at_most_22_taps_and_3_minutes(
    platform: Platform, open_page: Callable[..., Page]
) -> None:
    page = open_page(platform.url + "/")
    # With large type there is one question on the screen; the questions, taps and words are the same without it.
    page.locator("[data-text-size] button").click()
    finger = _walk(page)
    expect(page.locator(".tap", has_text=BUTTONS["what_next"][CHINESE.language])).to_be_visible(timeout=PATIENCE)
    assert row(platform, "SELECT complete, level FROM screenings ORDER BY id DESC LIMIT 1") == (1, "green")
    assert row(platform, "SELECT approved_at IS NOT NULL FROM intakes ORDER BY id DESC LIMIT 1") == (1,)
    print(  # noqa: T201 - the figures are what the plan asks for
        f"intake and screening: {finger.taps} taps with the door, {finger.reader.signs} signs,"
        f" {finger.minutes():.2f} minutes at {SIGNS_A_MINUTE} signs a minute (IReST, aloud)"
        f" and {SECONDS_A_TAP} s a tap (keystroke-level model)"
    )
    assert finger.taps <= TAPS_AT_MOST
    assert finger.minutes() <= MINUTES_AT_MOST
