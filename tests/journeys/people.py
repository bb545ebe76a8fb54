"""What a person and a duty officer do on their pages, in the words of the journeys."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.fixtures.platform import Platform

ROOT = Path(__file__).resolve().parents[2]
BUTTONS: dict[str, dict[str, str]] = json.loads((ROOT / "bot/domain/button_words.json").read_text("utf-8"))


@dataclass(frozen=True)
class Script:
    """What is typed in one language."""

    language: str
    worries: tuple[str, str]
    crisis: str
    emergency: str
    plain: str
    from_desk: str
    back_to_desk: str


CHINESE = Script(
    "zh-CN",
    ("这个月的钱又不够花了", "我和儿子老是吵架"),
    "我不想活了",
    "药我已经吃了一瓶",
    "今天下雨了",
    "您好，我是值班的同事，我在看您写的话。",
    "谢谢你还在",
)
ENGLISH = Script(
    "en",
    ("I have no money left this month", "my son and I keep fighting"),
    "I want to kill myself",
    "I took all my pills",
    "it is raining today",
    "Hello, I am on duty and I am reading what you write.",
    "thank you for being here",
)


class Person:
    """Somebody who looks for help, on a phone."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.code = ""

    def begin(self) -> None:
        """Open the chat from the front page and write the code down."""
        self.page.locator("form[action='/chat/start'] button").first.click()
        self.page.wait_for_url("**/chat")
        self.code = self.page.locator("#code-shown").inner_text()
        self.page.locator("#code [data-closes]").click()

    def write(self, words: str) -> None:
        """Type and send."""
        self.page.locator("#words").fill(words)
        self.page.locator("#send").click()

    def tap(self, title: str) -> None:
        """Tap a button of the newest message that has it."""
        self.page.locator(".tap", has_text=title).last.click()

    def messages(self, sender: str) -> Locator:
        """Return the messages of one sender."""
        return self.page.locator(f"#messages > [data-sender='{sender}']")

    def hears(self, sender: str, more_than: int) -> None:
        """Wait until this sender has said more than so many things."""
        expect(self.messages(sender).nth(more_than)).to_be_visible()

    def count(self, sender: str) -> int:
        """Return how many things this sender has said."""
        return self.messages(sender).count()


class Officer:
    """The duty officer, at a desk."""

    def __init__(self, page: Page, platform: Platform) -> None:
        self.page = page
        self.platform = platform

    def sign_in(self) -> None:
        """Sign in with the demonstration's own password."""
        lines = self.platform.flask("demo", "logins").splitlines()
        username, password = next(line.split()[:2] for line in lines if line.startswith("zhangmin"))
        self.page.locator("[name='username']").fill(username)
        self.page.locator("[name='password']").fill(password)
        self.page.locator("main form button").first.click()
        self.page.wait_for_url("**/staff/")

    def check_in(self) -> None:
        """Say "I am here" if not done yet."""
        button = self.page.locator("[data-duty-show='expected'] button")
        if button.is_visible():
            button.click()
        expect(self.page.locator("[data-duty-show='here'] button")).to_be_visible()

    def row_of(self, code: str) -> Locator:
        """Return the case of a person in the queue."""
        return self.page.locator(".case-row", has_text=code)

    def open_queue(self) -> None:
        """Go back to the queue."""
        self.page.goto(self.platform.url + "/staff/")

    def write(self, words: str) -> None:
        """Say something to the person."""
        self.page.locator("[data-composer] textarea").fill(words)
        self.page.locator("[data-composer] button").click()

    def press(self, action: str) -> None:
        """Press the button whose form ends in the action."""
        self.page.locator(f"form[action$='/{action}'] button").first.click()


def row(platform: Platform, query: str, *values: Any) -> Any:
    """Return one row of the platform's database, read from outside."""
    path = platform.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path, timeout=10) as connection:
        return connection.execute(query, values).fetchone()


def change(platform: Platform, query: str, *values: Any) -> None:
    """Change a row from outside, for what would take minutes to wait for."""
    path = platform.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path, timeout=10) as connection:
        connection.execute(query, values)
        connection.commit()


def wait_for(page: Page, question: Callable[[], Any], seconds: float = 15) -> Any:
    """Ask again and again, while the browser lives on, until the answer is true."""
    for _ in range(int(seconds * 10)):
        answer = question()
        if answer:
            return answer
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen in time")
