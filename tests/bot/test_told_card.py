"""The card at the end of the intake: read, called right or changed; and every way to leave it."""

from __future__ import annotations

import pytest
from actions import card_step, intake_steps

from tests.bot.talk import PlayedSite, Talk


@pytest.fixture
def at_card(site: PlayedSite) -> Talk:
    """A person who has answered everything and now reads the card."""
    talk = Talk()
    talk.send("/start_intake")
    talk.type("王姐")
    answers = {"worries": "睡不好", "urgency": "这几天就行", "emergency_contact": "先不留"}
    while (step := intake_steps.open_step(talk.slots["intake"])) != card_step.CARD:
        if step in answers:
            talk.tap(answers[step])
        else:
            talk.send("/skip")
    return talk


def test_what_was_understood_is_read_before_the_end_in_the_words_of_the_buttons(at_card: Talk) -> None:
    assert at_card.said[-1]["kind"] == "card"
    for words in ("王姐", "睡不好", "这几天就行"):
        assert words in at_card.texts[-1]
    assert at_card.titles == ["都对", "有要改的", "先停一停"]


def test_whoever_leaves_at_the_card_has_answered_everything_and_approved_nothing(
    at_card: Talk, site: PlayedSite
) -> None:
    assert site.intake["completed"] is True
    at_card.send("/stop")
    assert (at_card.form, site.approved) == (None, False)
    at_card.send("/start_intake")
    assert at_card.said[-1]["kind"] == "card"


@pytest.mark.parametrize("typed", ["对", "没错。", "都对", "yes"])
def test_right_is_kept_and_what_happens_next_is_said(at_card: Talk, site: PlayedSite, typed: str) -> None:
    at_card.type(typed)
    assert (at_card.form, site.approved) == (None, True)
    assert "接下来" in at_card.texts[-1]
    assert "答几个小问题" in at_card.titles


@pytest.mark.parametrize("part", card_step.CHANGEABLE)
def test_one_part_is_told_anew_and_the_card_comes_back(at_card: Talk, site: PlayedSite, part: str) -> None:
    at_card.tap("有要改的")
    at_card.send(f'/answer{{"item": "card", "value": "{part}"}}')
    assert intake_steps.open_step(at_card.slots["intake"]) == part
    if part == "story":
        at_card.type("其实是跟儿子闹翻了")
    else:
        at_card.tap({"worries": "钱不够用", "urgency": "现在就急"}[part])
    assert at_card.said[-1]["kind"] == "card"
    assert {"worries": "钱不够用", "story": "其实是跟儿子闹翻了", "urgency": "现在就急"}[part] in at_card.texts[-1]
    assert site.approved is False


@pytest.mark.parametrize("words", ["返回", "跳过"])
def test_nothing_to_change_after_all_leads_back_to_the_card(at_card: Talk, words: str) -> None:
    at_card.tap("有要改的")
    at_card.type(words)
    assert at_card.said[-1]["kind"] == "card"


@pytest.mark.parametrize("typed", ["不对", "改一下"])
def test_wrong_in_words_asks_what_to_change(at_card: Talk, site: PlayedSite, typed: str) -> None:
    at_card.type(typed)
    assert "压在心上的事" in at_card.titles
    assert site.approved is False


@pytest.mark.parametrize(("intent", "sure"), [("worry_housing", 0.8), ("nlu_fallback", 0.3)])
def test_what_is_remembered_on_reading_goes_on_the_card(
    at_card: Talk, site: PlayedSite, intent: str, sure: float
) -> None:
    at_card.type("还有房租交不上", intent, sure)
    assert site.intake["worries"] == ["sleep", "housing"]
    assert "住的地方" in at_card.texts[-1]


def test_a_word_changed_in_another_window_is_read_again_before_it_is_right(at_card: Talk, site: PlayedSite) -> None:
    site.intake["story"] = "房租也交不上"
    at_card.tap("都对")
    assert site.approved is False
    assert "房租也交不上" in at_card.texts[-1]
    at_card.tap("都对")
    assert site.approved is True


def test_a_long_story_is_shown_by_its_beginning_and_stays_whole(at_card: Talk, site: PlayedSite) -> None:
    at_card.tap("有要改的")
    at_card.send('/answer{"item": "card", "value": "story"}')
    at_card.type("说来话长。" * 100)
    assert len(at_card.texts[-1]) < 160
    assert site.intake["story"] == "说来话长。" * 100


def test_with_the_site_away_the_card_waits_and_nothing_is_called_right(at_card: Talk, site: PlayedSite) -> None:
    site.away = True
    at_card.tap("都对")
    assert at_card.form == "intake_form"
    assert [button["payload"] for button in at_card.said[-1]["buttons"]] == ["/skip", "/ask_human", "/stop"]
    site.away = False
    at_card.type("嗯哼哼")
    assert at_card.said[-1]["kind"] == "card"
    assert site.approved is False


def test_whoever_told_nothing_has_no_card(site: PlayedSite) -> None:
    talk = Talk()
    talk.send("/start_intake")
    while talk.form:
        assert talk.said[-1]["kind"] != "card"
        talk.send("/skip")
    assert "接下来" in talk.texts[-1]


def test_an_approved_card_is_not_read_again() -> None:
    known = intake_steps.known({"worries": ["money"], "approved": True}, "60-plus")
    assert known["card"] == "right"
