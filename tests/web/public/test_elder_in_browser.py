"""Large type in the chat: one question on the screen, read aloud, answered by taps alone, danger always in sight."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from models.conversations import Message, MessageKind, Sender
from models.staff import RoleName
from tests.fixtures.browser import PHONE
from tests.fixtures.desk import DeskSite
from tests.web.public.bot_lines import bot_says

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
NARROW = {"width": 360, "height": 640}
# The national guidance for older users asks for less; these are the plan's own figures, in pixels of the page.
SMALLEST_TYPE = 22
SMALLEST_TARGET = 56
# What the bot asks in turn; the answers that are tapped; skip and stop answer nothing.
QUESTIONS = (
    ("您今年多大了？", ("不到14岁", "14到17岁", "18到59岁", "60岁以上", "不想说"), "60岁以上"),
    ("最近压在您心上的，是哪一样？", ("钱不够用", "身体和看病", "睡不好", "别的，说不清"), "睡不好"),
    ("这件事有多急？", ("现在就急", "最好今天", "这几天就行", "不急，就想说说"), "不急，就想说说"),
    ("您说的这些，我们存下来可以吗？", ("可以", "先不了"), "可以"),
)
STEERING = {"跳过": "/skip", "先停一停": "/stop"}
# Headless Chromium has no voice; this one only notes what it is asked to say.
VOICE = """
window.spoken = [];
window.hushed = 0;
Object.defineProperty(window, 'speechSynthesis', {value: {
  speak: (speech) => window.spoken.push(speech.text), cancel: () => { window.hushed += 1; },
}});
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


@pytest.fixture
def enter(address: str, open_page: Open) -> Open:
    """Return a callable that opens the chat on a phone with large type."""

    def enter_(**more: object) -> Page:
        page = open_page("about:blank", **more)
        page.context.add_init_script(VOICE)
        page.goto(address)
        page.locator(".hero__start button").click()
        page.wait_for_url("**/chat")
        page.locator("[data-text-size] button").click()
        expect(page.locator("html")).to_have_attribute("data-size", "large")
        return page

    return enter_


def asks(site: DeskSite, text: str, titles: tuple[str, ...], kind: MessageKind = MessageKind.ASK) -> None:
    bot_says(site, text, titles, kind, payloads=STEERING)


def tap(page: Page, title: str) -> None:
    """Tap an answer, and wait until the site has it: the next question comes after it."""
    arrived = page.locator(".message--person[data-seq]")
    before = arrived.count()
    page.locator(".tap:visible", has_text=re.compile(f"^{title}$")).click()
    expect(arrived).to_have_count(before + 1)


def write(page: Page, words: str) -> None:
    """Type and send, and wait until the site has it."""
    arrived = page.locator(".message--person[data-seq]")
    before = arrived.count()
    page.locator("#words").fill(words)
    page.locator("#send").click()
    expect(arrived).to_have_count(before + 1)


def bubble(page: Page, words: str) -> Locator:
    """Return the message that says this."""
    return page.locator('#messages [data-slot="text"]', has_text=words)


def visible(page: Page) -> list[str]:
    """Return the words of every message that is on the screen or can be scrolled to."""
    return page.locator('#messages > li:visible [data-slot="text"]').all_inner_texts()


def too_small(page: Page) -> list[str]:
    """Return what is written too small or is too small to be hit."""
    found: list[str] = page.evaluate(
        """([type, target]) => {
          const seen = [...document.querySelectorAll('main *, header *')].filter((node) => node.checkVisibility()
            && node.getBoundingClientRect().width > 1);
          const hasWords = (node) => [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
          const words = seen.filter(hasWords);
          const small = words.filter((node) => parseFloat(getComputedStyle(node).fontSize) < type);
          const hit = seen.filter((node) => node.matches('button, textarea, a:not(.number), select'));
          const narrow = hit.filter((node) => node.getBoundingClientRect().height < target);
          return [...small, ...narrow].map((node) => node.outerHTML.slice(0, 120));
        }""",
        [SMALLEST_TYPE, SMALLEST_TARGET],
    )
    return found


@pytest.mark.parametrize("viewport", [PHONE, NARROW], ids=["390", "360"])
def test_an_elder_answers_everything_by_taps_with_one_question_on_the_screen(
    site: DeskSite, enter: Open, axe_findings: Callable[[Page], list[str]], viewport: dict[str, int]
) -> None:
    page = enter(viewport=viewport)
    page.locator("#code [data-closes]").click()
    tap(page, "登记我的情况")
    for text, titles, answer in QUESTIONS:
        asks(site, text, (*titles, "跳过", "先停一停"))
        # Then the question is alone on the screen, with every answer as wide as the screen
        expect(bubble(page, text)).to_be_visible()
        assert visible(page) == [text]
        assert too_small(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        room = page.locator("#messages").evaluate("(node) => node.clientWidth")
        for answered in page.locator(".tap:not(.tap--quiet):visible").all():
            box = answered.bounding_box()
            assert box is not None
            assert box["width"] >= 0.95 * room
        for number in ("12356", "120", "110"):
            expect(page.locator(f".helplines a[href='tel:{number}']")).to_be_in_viewport()
        tap(page, answer)
    expect(page.locator(".message--person[data-seq]:visible")).to_have_text(re.compile("可以"))
    assert axe_findings(page) == []
    with site.look() as session:
        said = session.scalars(select(Message).where(Message.sender == Sender.PERSON).order_by(Message.seq))
        assert [one.text for one in said] == ["登记我的情况", *[answer for *_rest, answer in QUESTIONS]]


def test_earlier_talk_is_one_tap_away_and_one_tap_back(site: DeskSite, enter: Open) -> None:
    page = enter()
    tap(page, "登记我的情况")
    asks(site, "您今年多大了？", ("60岁以上", "跳过"))
    expect(bubble(page, "您今年多大了？")).to_be_visible()
    greeting = page.locator("#messages > li").first
    expect(greeting).to_be_hidden()
    page.locator("[data-earlier]").click()
    expect(greeting).to_be_visible()
    page.locator("[data-earlier]").click()
    expect(greeting).to_be_hidden()
    # It is remembered on this device.
    page.reload()
    assert visible(page) == ["您今年多大了？"]
    page.locator("[data-text-size] button").click()
    expect(greeting).to_be_visible()


def test_the_card_of_danger_stays_in_sight_while_the_questions_go_on(site: DeskSite, enter: Open) -> None:
    page = enter()
    write(page, "我不想活了")
    card = page.locator(".message--crisis")
    expect(card).to_be_visible()
    write(page, "今天下雨")
    asks(site, "您今年多大了？", ("60岁以上", "跳过"))
    expect(bubble(page, "您今年多大了？")).to_be_in_viewport()
    for number in ("12356", "120", "110"):
        expect(card.locator(f".call[href='tel:{number}']")).to_be_in_viewport()
    assert too_small(page) == []


def test_the_question_and_its_answers_are_read_aloud_and_an_answer_hushes_the_voice(
    site: DeskSite, enter: Open
) -> None:
    page = enter()
    page.locator(".elder[data-chat-aloud]").click()
    (greeting,) = page.evaluate("window.spoken")
    assert "我是一个对话程序" in greeting
    assert "登记我的情况" in greeting
    hushed = page.evaluate("window.hushed")
    tap(page, "登记我的情况")
    asks(site, "您今年多大了？", ("60岁以上", "跳过", "先停一停"))
    expect(bubble(page, "您今年多大了？")).to_be_visible()
    assert page.evaluate("window.spoken").pop() == "您今年多大了？。60岁以上"
    assert page.evaluate("window.hushed") > hushed
    page.locator(".elder[data-chat-aloud]").click()
    asks(site, "还在吗？", ())
    expect(bubble(page, "还在吗？")).to_be_visible()
    assert "还在吗？" not in page.evaluate("window.spoken").pop()


def test_with_a_colleague_nothing_of_the_talk_is_put_away(site: DeskSite, enter: Open) -> None:
    page = enter()
    tap(page, "登记我的情况")
    asks(site, "您今年多大了？", ("60岁以上",))
    expect(page.locator("#messages > li").first).to_be_hidden()
    site.signed_in(RoleName.COUNSELOR).post("/staff/conversations/1/take-over")
    expect(page.locator("#who-name")).to_contain_text("Colleague 1")
    expect(page.locator("#who-name")).to_be_visible()
    expect(page.locator("#messages > li").first).to_be_visible()


def test_a_tap_does_not_open_the_keyboard_over_the_next_question(enter: Open) -> None:
    page = enter()
    tap(page, "登记我的情况")
    assert page.evaluate("document.activeElement.id") == "thread"


def test_the_narrowest_phone_holds_the_longer_words_of_english(site: DeskSite, enter: Open) -> None:
    page = enter(viewport=NARROW, language="en")
    tap(page, "Tell you my situation")
    asks(site, "How old are you?", ("Under 14", "I would rather not say", "Stop for now"))
    expect(bubble(page, "How old are you?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert too_small(page) == []
