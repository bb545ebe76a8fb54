"""The chat in a real browser: nothing typed is lost or doubled, and everyone can use it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from models.conversations import Message, MessageKind, Sender
from models.staff import RoleName
from tests.fixtures.browser import DESKTOP, PHONE
from tests.fixtures.desk import DeskSite
from tests.web.public.bot_lines import bot_says

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
PATTERNS = {
    MessageKind.ASK: ("想让我怎么称呼您？", ["小林", "不想说"], {}),
    MessageKind.ITEM: (
        "做事时提不起劲或没有兴趣",
        ["完全不会", "好几天", "一半以上的天数", "几乎每天"],
        {"item": "phq-9.1", "step": 3, "of": 8, "lead_in": "过去两周，您有多少时间受到下面问题的困扰？"},
    ),
    MessageKind.EXERCISE: ("我们一起慢慢呼吸。", ["好一点了"], {"exercise": "breathing"}),
}


@pytest.fixture
def enter(address: str, open_page: Open) -> Open:
    """Return a callable that opens the chat on a new phone and puts the return code away."""

    def enter_(**more: object) -> Page:
        page = open_page(address, **more)
        page.locator(".hero__start button").click()
        page.wait_for_url("**/chat")
        page.locator("#code .button--main").click()
        return page

    return enter_


def _mine(page: Page) -> list[str]:
    return page.locator('.message--person [data-slot="text"]').all_inner_texts()


def _stored(site: DeskSite) -> list[str]:
    with site.look() as session:
        query = select(Message).where(Message.sender == Sender.PERSON).order_by(Message.seq)
        return [message.text for message in session.scalars(query)]


def _bot_says(site: DeskSite, kind: MessageKind) -> None:
    text, titles, extra = PATTERNS[kind]
    bot_says(site, text, titles, kind, extra=extra)


def _write(page: Page, text: str) -> None:
    page.locator("#words").fill(text)
    page.locator("#send").click()


def test_words_sent_offline_wait_and_arrive_once(site: DeskSite, enter: Open) -> None:
    page = enter()
    page.context.set_offline(True)
    _write(page, "网断了也要说")
    expect(page.locator(".message.is-waiting")).to_contain_text("等网络")
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".message--person[data-seq]")).to_contain_text("网断了也要说")
    expect(page.locator(".message.is-waiting")).to_have_count(0)
    assert _stored(site) == ["网断了也要说"]


def test_unsent_words_survive_a_reload(site: DeskSite, enter: Open) -> None:
    page = enter()
    page.route("**/chat/messages", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    _write(page, "重新打开也还在")
    expect(page.locator(".message.is-waiting")).to_contain_text("等网络")
    page.locator("#words").fill("还没发的草稿")
    page.unroute_all()
    page.reload()
    expect(page.locator(".message--person[data-seq]")).to_contain_text("重新打开也还在")
    expect(page.locator("#words")).to_have_value("还没发的草稿")
    assert _stored(site) == ["重新打开也还在"]


def test_lost_answer_is_asked_for_again_and_nothing_is_doubled(site: DeskSite, enter: Open) -> None:
    page = enter()
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().text())
            route.abort()
        else:
            route.continue_()

    page.route("**/chat/messages", lose_the_first_answer)
    _write(page, "只说一次")
    expect(page.locator(".message.is-waiting")).to_have_count(0)
    expect(page.locator(".message--person")).to_have_count(1)
    assert lost
    assert _stored(site) == ["只说一次"]


def test_double_tap_sends_once(site: DeskSite, enter: Open) -> None:
    page = enter()
    page.locator("#words").fill("点了两下")
    page.locator("#send").dblclick()
    expect(page.locator(".message--person[data-seq]")).to_have_count(1)
    _bot_says(site, MessageKind.ITEM)
    page.locator(".tap", has_text="好几天").dblclick()
    expect(page.locator(".message--person[data-seq]")).to_have_count(2)
    assert _stored(site) == ["点了两下", "好几天"]


def test_two_tabs_show_the_same_messages_each_once(site: DeskSite, enter: Open) -> None:
    first = enter()
    second = first.context.new_page()
    second.goto(first.url)
    _write(first, "第一个窗口")
    expect(second.locator(".message--person")).to_have_text(re.compile("第一个窗口"))
    _write(second, "第二个窗口")
    expect(first.locator(".message--person")).to_have_count(2)
    assert _mine(first) == _mine(second) == ["第一个窗口", "第二个窗口"]


def test_enter_that_ends_a_chinese_word_does_not_send(site: DeskSite, enter: Open) -> None:
    page = enter(viewport=DESKTOP)
    page.locator("#words").fill("shui")
    half = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
    page.evaluate(f"document.getElementById('words').dispatchEvent({half})")
    expect(page.locator("#words")).to_have_value("shui")
    page.locator("#words").fill("睡不着")
    page.locator("#words").press("Shift+Enter")
    expect(page.locator("#words")).to_have_value("睡不着\n")
    page.locator("#words").fill("睡不着")
    page.locator("#words").press("Enter")
    expect(page.locator(".message--person[data-seq]")).to_contain_text("睡不着")


def test_long_story_is_folded_and_opens(site: DeskSite, enter: Open) -> None:
    page = enter()
    _write(page, "说来话长。" * 2000)
    bubble = page.locator(".message--person[data-seq]")
    expect(bubble).to_have_class(re.compile("is-folded"))
    bubble.locator(".fold").click()
    expect(bubble).not_to_have_class(re.compile("is-folded"))
    assert len(_stored(site)[0]) == 10_000


@pytest.mark.parametrize("text", ["<img src=x onerror='window.harmed=1'>", "שלום ‮txt.exe", "🙂\u200b🙂"])
def test_strange_words_stay_words(site: DeskSite, enter: Open, text: str) -> None:
    page = enter()
    _write(page, text)
    expect(page.locator(".message--person[data-seq]")).to_have_count(1)
    page.reload()
    assert page.locator('.message--person [data-slot="text"]').text_content() == text
    assert page.evaluate("window.harmed") is None


def test_crisis_card_is_said_at_once_and_its_numbers_can_be_called(site: DeskSite, enter: Open) -> None:
    page = enter()
    _write(page, "我不想活了")
    card = page.locator(".message--crisis")
    expect(card.locator(".call")).to_have_count(3)
    expect(card.locator("a.number[href='tel:120']").first).to_be_visible()
    expect(page.locator("#say-at-once")).to_contain_text("120")
    expect(page.locator("#say-politely")).not_to_contain_text("120")


def test_colleague_who_takes_over_is_named_at_once(site: DeskSite, enter: Open) -> None:
    page = enter()
    expect(page.locator("#line-state")).to_be_empty()
    desk = site.signed_in(RoleName.COUNSELOR)
    desk.post("/staff/conversations/1/take-over")
    expect(page.locator("#who-name")).to_contain_text("Colleague 1")
    expect(page.locator("[data-ask-human]")).to_be_hidden()


def test_back_button_brings_back_what_came_meanwhile(site: DeskSite, enter: Open) -> None:
    page = enter()
    page.goto(page.url.replace("/chat", "/about"))
    _bot_says(site, MessageKind.ASK)
    page.go_back()
    expect(page.locator(".message--ask")).to_have_count(1)


def test_page_and_script_draw_the_same_message(site: DeskSite, enter: Open) -> None:
    page = enter()
    _write(page, "我不想活了")
    expect(page.locator(".message--crisis")).to_be_visible()
    for kind in PATTERNS:
        _bot_says(site, kind)
        expect(page.locator(f".message--{kind.value}")).to_be_visible()
    drawn = "nodes => nodes.map(n => n.outerHTML.replace(/\\s+/g, ' ').replace(/> </g, '><'))"
    live = page.locator("#messages > li:not(.message--person)").evaluate_all(drawn)
    page.reload()
    assert [_shape(one) for one in page.locator("#messages > li:not(.message--person)").evaluate_all(drawn)] == [
        _shape(one) for one in live
    ]


def _shape(markup: str) -> list[str]:
    """Return tags, classes and words: what a person and a screen reader perceive."""
    classes = re.findall(r'<(\w+)[^>]*?(?: class="([^"]*)")?[^>]*>([^<]*)', markup)
    return [" ".join(part.split()) for tag, name, words in classes if tag != "input" for part in (tag, name, words)]


def test_polling_carries_the_chat_where_streams_do_not_get_through(
    site: DeskSite, address: str, open_page: Open
) -> None:
    page = open_page(address)
    page.route("**/chat/stream*", lambda route: route.fulfill(status=503, body=""))
    page.locator(".hero__start button").click()
    page.locator("#code .button--main").click()
    expect(page.locator("#line-state")).to_contain_text("网络不太好")
    _bot_says(site, MessageKind.ASK)
    expect(page.locator(".message--ask")).to_be_visible()


def test_forgotten_key_gives_the_words_back(site: DeskSite, enter: Open) -> None:
    page = enter()
    page.context.clear_cookies(name="ny_chat")
    _write(page, "这句还没送到")
    expect(page.locator("#words")).to_have_value("这句还没送到")
    expect(page.locator("#problem a")).to_have_attribute("href", "/resume")


@pytest.mark.parametrize("way", ["button", "keys"])
def test_quick_exit_wipes_forgets_and_replaces(site: DeskSite, address: str, chromium: Chromium, way: str) -> None:
    context = chromium.new_context(locale="zh-CN", viewport=PHONE)
    context.route("https://www.weather.com.cn/**", lambda route: route.fulfill(body="<title>weather</title>"))
    page = context.new_page()
    page.goto(address)
    page.locator(".hero__start button").click()
    page.locator("#code .button--main").click()
    page.locator("#words").fill("不想让人看见")
    if way == "button":
        page.locator(".quick-exit__button").click()
    else:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    page.wait_for_url("https://www.weather.com.cn/**")
    page.go_back()
    assert "不想让人看见" not in page.content()
    page.goto(f"{address}/chat")
    expect(page).to_have_url(re.compile("/resume"))
    assert page.evaluate("sessionStorage.length") == 0
    context.close()


def test_exercises_work_without_the_network(enter: Open) -> None:
    page = enter()
    page.context.set_offline(True)
    page.locator(".who__tools [data-opens=more]").click()
    page.locator("[data-opens=exercise-breathing]").last.click()
    page.locator("[data-breathing-go]").click()
    expect(page.locator('[data-slot="breath"]')).to_contain_text("吸气")
    page.keyboard.press("Escape")
    expect(page.locator("#exercise-breathing")).to_be_hidden()


@pytest.mark.parametrize("size", ["normal", "large"])
@pytest.mark.parametrize(("language", "viewport"), [("zh-CN", PHONE), ("en", PHONE), ("zh-CN", DESKTOP)])
def test_pages_are_open_to_everyone_and_fit(
    site: DeskSite,
    address: str,
    open_page: Open,
    axe_findings: Callable[[Page], list[str]],
    language: str,
    viewport: dict[str, int],
    size: str,
) -> None:
    page = open_page(address, language=language, viewport=viewport, color_scheme="dark" if size == "large" else "light")
    if size == "large":
        page.locator("[data-text-size] button").click()

    def check() -> None:
        assert axe_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    for path in ("/", "/about", "/resume", "/not-here"):
        page.goto(address + path)
        check()
    page.goto(address)
    page.locator(".hero__start button").click()
    page.wait_for_url("**/chat")
    check()
    page.locator("#code .button--main").click()
    _write(page, "我不想活了" if language == "zh-CN" else "I want to die")
    expect(page.locator(".message--crisis")).to_be_visible()
    for kind in PATTERNS:
        _bot_says(site, kind)
        expect(page.locator(f".message--{kind.value}")).to_be_visible()
    check()
    for opener in ("exercise-breathing", "exercise-grounding", "new-code"):
        page.locator(".who__tools [data-opens=more]").click()
        check()
        page.locator(f"#more [data-opens={opener}]").click()
        check()
        page.locator(f"#{opener} .dialog__close").click()
    smallest = 60 if size == "large" else 44
    small = page.locator(".button:visible, .tool:visible, .tap:visible, .helplines a").evaluate_all(
        "(nodes, least) => nodes.filter(n => n.getBoundingClientRect().height < least).map(n => n.outerHTML)", smallest
    )
    assert small == []
