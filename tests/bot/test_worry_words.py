"""More than one worry in a line: each is kept, and a single one is not read as several."""

from __future__ import annotations

import pytest
from actions.intake_steps import WORRIES
from actions.worry_words import KEPT_AS, named

from tests.bot.talk import DOMAIN, ROOT, PlayedSite, Talk


@pytest.mark.parametrize(
    ("text", "intent", "worries"),
    [
        ("钱不够，还睡不着，孩子也不听话", "worry_money", ["money", "sleep", "child"]),
        ("money and sleep and my son", "worry_money", ["money", "sleep", "child"]),
        ("睡不好，钱也不够", "nlu_fallback", ["money", "sleep"]),
        ("没钱看病", "worry_money", ["money"]),
        ("低保停了", "worry_benefits", ["money"]),
        ("邻居天天闹", "worry_neighbours", ["other"]),
        ("不知道", "nlu_fallback", []),
    ],
)
def test_worries_of_a_line(text: str, intent: str, worries: list[str]) -> None:
    assert named(text, intent) == worries


def test_every_worry_the_bot_hears_is_kept_as_one_that_the_site_knows() -> None:
    heard = {
        line.strip().removeprefix("- worry_")
        for line in (ROOT / "bot/domain/intents.yml").read_text("utf-8").splitlines()
        if "- worry_" in line
    }
    assert DOMAIN
    assert {KEPT_AS.get(worry, worry) for worry in heard} <= set(WORRIES)


@pytest.fixture
def asked(site: PlayedSite) -> Talk:
    """Return a conversation in which the worries are the open question."""
    talk = Talk()
    talk.send("/start_intake")
    talk.type("王姐")
    talk.type("六十五")
    talk.send("/skip")
    return talk


def test_several_worries_of_one_line_reach_the_site(asked: Talk, site: PlayedSite) -> None:
    asked.type("钱不够，还睡不着", "worry_money", 0.9)
    assert site.intake["worries"] == ["money", "sleep"]


def test_a_tap_is_one_worry(asked: Talk, site: PlayedSite) -> None:
    asked.tap("钱不够用")
    assert site.intake["worries"] == ["money"]


def test_child_who_would_rather_be_older_is_asked_once_more(site: PlayedSite) -> None:
    talk = Talk()
    talk.send("/start_intake")
    talk.type("小宝")
    talk.tap("不到14岁")
    talk.send("/go_back")
    talk.tap("18到59岁")
    assert site.intake["age_band"] == "under-14"
    talk.tap("不到14岁")
    assert site.intake["age_band"] == "under-14"
    assert any("大人" in text for text in talk.texts)


def test_slip_of_the_finger_can_be_put_right(site: PlayedSite) -> None:
    talk = Talk()
    talk.send("/start_intake")
    talk.type("老王")
    talk.tap("不到14岁")
    talk.send("/go_back")
    talk.tap("60岁以上")
    talk.tap("60岁以上")
    assert site.intake["age_band"] == "60-plus"
