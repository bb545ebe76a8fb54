"""Typed words at the questions of the intake: those of a button are the tap, and a wish to leave it open is one."""

from __future__ import annotations

from typing import Any

import pytest
from actions import intake_steps
from actions.typed_taps import OPEN, typed_tap

from tests.bot.talk import PlayedSite, Talk, skip_to

STATIONS = [
    {"id": "s1", "zh-CN": "城阳街道站", "en": "Chengyang Street station"},
    {"id": "s2", "zh-CN": "流亭街道站", "en": "Liuting Street station"},
]


@pytest.mark.parametrize(
    "typed",
    [
        "嗯",
        "好的。",
        "可以",
        "OK",
        "Yes!",
        "可以的",
        "可以吧",
        "我同意",
        "行吧",
        "好的呀",
        "愿意的",
        "yes please",
        "of course",
    ],
)
def test_yes_in_many_mouths(typed: str) -> None:
    assert typed_tap("consent_care", typed) is True


@pytest.mark.parametrize(
    "typed",
    ["不要", "no", "算了", "不行。", "不用了谢谢", "先不了", "还是不要了", "不太想", "no thanks", "I don't want to"],
)
def test_no_in_many_mouths(typed: str) -> None:
    assert typed_tap("consent_care", typed) is False


@pytest.mark.parametrize(
    "typed", ["看情况", "好吗", "maybe", "", "好了", "对了", "都行", "不可以吗", "不是不可以", "没关系"]
)
def test_consent_is_never_guessed(typed: str) -> None:
    assert typed_tap("consent_care", typed) is None


@pytest.mark.parametrize(
    ("step", "typed", "value"),
    [
        ("urgency", "最好今天", "today"),
        ("urgency", "不着急", "talk"),
        ("urgency", "这周吧", "week"),
        ("urgency", "挺急的", "now"),
        ("urgency", "no hurry please", "talk"),
        ("urgency", "急死我了", None),
        ("age_band", "60岁以上", "60-plus"),
        ("age_band", "不想说", "unknown"),
        ("worries", "一个人太闷", "loneliness"),
        ("emergency_contact", "留一个", True),
        ("emergency_contact", "先不留", False),
        ("station", "城阳街道", "s1"),
        ("station", "i live near LIUTING", "s2"),
        ("station", "城阳和流亭之间", None),
        ("station", "不清楚", OPEN),
        ("station", "I don't know", OPEN),
        ("called", "随便", OPEN),
        ("called", "不告诉你", OPEN),
        ("called", "王随意", None),
        ("story", "没什么好说的", OPEN),
        ("story", "不知道怎么跟儿子说", None),
    ],
)
def test_words_of_a_button_are_the_button(step: str, typed: str, value: Any) -> None:
    assert typed_tap(step, typed, STATIONS) == value


def test_typed_button_is_taken_even_where_the_classifier_hears_small_talk(begun: Talk, site: PlayedSite) -> None:
    skip_to(begun, "urgency")
    begun.type("最好今天", "chitchat", 0.95)
    assert site.sent("/intake")[-1] == {"urgency": "today"}


def test_refusing_a_name_leaves_it_open_and_stores_nothing(begun: Talk, site: PlayedSite) -> None:
    begun.type("随便")
    assert site.sent("/intake") == []
    assert intake_steps.open_step(begun.slots["intake"]) == "age_band"


@pytest.mark.parametrize(
    ("typed", "name"),
    [("免贵姓王", "王"), ("我姓赵", "赵"), ("姓名", "姓名"), ("我叫老李", "老李"), ("call me Mei", "Mei")],
)
def test_name_is_kept_without_the_sentence_around_it(typed: str, name: str) -> None:
    assert intake_steps.read("called", typed) == name


def test_age_that_is_told_with_the_name_is_not_asked(begun: Talk, site: PlayedSite) -> None:
    begun.type("我叫老李，今年六十八")
    assert site.sent("/intake")[-1] == {"called": "老李", "age_band": "60-plus"}
    assert intake_steps.open_step(begun.slots["intake"]) == "station"


def test_child_that_tells_its_age_with_its_name_is_asked_for_a_grown_up(begun: Talk) -> None:
    begun.type("我叫小宝，今年十二岁")
    assert intake_steps.open_step(begun.slots["intake"]) == "guardian_consent"


def test_worry_told_at_another_question_is_not_asked_again(begun: Talk, site: PlayedSite) -> None:
    skip_to(begun, "age_band")
    begun.type("没钱，老伴又病着", "worry_money", 0.9)
    assert intake_steps.open_step(begun.slots["intake"]) == "age_band"
    begun.type("65")
    assert set(site.sent("/intake")[-1]["worries"]) >= {"money", "illness"}
    begun.send("/skip")
    assert intake_steps.open_step(begun.slots["intake"]) == "story"


@pytest.mark.parametrize("typed", ["😭😭", "[微笑]", "……"])
def test_sticker_is_nobodys_name(begun: Talk, site: PlayedSite, typed: str) -> None:
    begun.type(typed)
    assert site.sent("/intake") == []
    assert intake_steps.open_step(begun.slots["intake"]) == "called"
