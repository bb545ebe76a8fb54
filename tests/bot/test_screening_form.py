"""The screening: triage asks, the person answers by tap or fixed words, the site stores each answer at once."""

from __future__ import annotations

import pytest

from tests.bot.talk import PlayedSite, Talk
from triage.screening import ITEM_KEYS, REFUSED, item_by_key


@pytest.fixture
def begun(site: PlayedSite) -> Talk:
    talk = Talk()
    talk.send("/start_screening")
    return talk


def _open(talk: Talk) -> str:
    return str(talk.said[-1]["extra"]["item"])


def _answer(talk: Talk, value: int) -> None:
    talk.send(f'/answer{{"item": "{_open(talk)}", "value": {value}}}')


def _answer_all(talk: Talk, value: int) -> list[str]:
    asked = []
    while talk.form:
        asked.append(_open(talk))
        _answer(talk, value)
    return asked


def test_question_is_shown_word_for_word_with_its_place(begun: Talk) -> None:
    shown = begun.said[-1]
    item = item_by_key("phq-9.1")
    assert shown["kind"] == "item"
    assert shown["text"] == item.text("zh-CN")
    assert shown["extra"]["step"] == 1
    assert shown["extra"]["lead_in"] == item.lead_in("zh-CN")
    assert begun.titles[:4] == [option.label("zh-CN") for option in item.options]


def test_low_risk_adult_answers_eight_questions(begun: Talk) -> None:
    assert len(_answer_all(begun, 0)) == 8


def test_high_answers_open_every_question(begun: Talk) -> None:
    asked = []
    while begun.form:
        asked.append(_open(begun))
        _answer(begun, 1 if asked[-1].startswith("asq") else 3)
    assert sorted(asked) == sorted(ITEM_KEYS)


def test_person_reads_words_and_no_number_at_the_end(begun: Talk) -> None:
    _answer_all(begun, 0)
    spoken = "".join(begun.texts)
    assert not any(sign.isdigit() for sign in spoken)
    assert "抑郁" not in spoken
    assert "焦虑" not in spoken
    assert "/ask_human" in [button["payload"] for button in begun.said[-1]["buttons"]]


def test_tap_and_words_are_told_apart(begun: Talk, site: PlayedSite) -> None:
    _answer(begun, 1)
    begun.type("完全不会")
    assert site.asked[-2][1].endswith("phq-9.1")
    assert [body["mode"] for body in (site.asked[-2][2], site.asked[-1][2])] == ["tap", "words"]


def test_old_tap_does_not_answer_the_open_question(begun: Talk, site: PlayedSite) -> None:
    _answer(begun, 1)
    begun.send('/answer{"item": "phq-9.1", "value": 3}')
    assert site.answers == {"phq-9.1": 1}
    assert _open(begun) == "phq-9.2"


@pytest.mark.parametrize("value", ["7", '"2"', "null", "2.5", "true"])
def test_value_that_no_option_has_is_not_taken(begun: Talk, site: PlayedSite, value: str) -> None:
    begun.send(f'/answer{{"item": "phq-9.1", "value": {value}}}')
    assert site.answers == {}
    assert _open(begun) == "phq-9.1"


def test_answer_is_never_inferred_from_talk(begun: Talk, site: PlayedSite) -> None:
    begun.type("这两个星期就是提不起劲来，什么也不想干", "worry_other", 0.9)
    assert site.answers == {}
    assert _open(begun) == "phq-9.1"


def test_words_of_an_answer_win_over_the_classifier(begun: Talk, site: PlayedSite) -> None:
    begun.type("没有", "deny", 0.99)
    assert site.answers == {"phq-9.1": 0}


def test_going_back_corrects_one_answer_and_goes_on(begun: Talk, site: PlayedSite) -> None:
    _answer(begun, 0)
    _answer(begun, 0)
    begun.type("返回")
    assert _open(begun) == "phq-9.2"
    _answer(begun, 2)
    assert site.answers == {"phq-9.1": 0, "phq-9.2": 2}
    assert _open(begun) == "gad-7.1"


def test_going_back_from_the_first_question_asks_it_again(begun: Talk) -> None:
    begun.type("返回")
    assert _open(begun) == "phq-9.1"


def test_skipped_question_is_stored_as_refused(begun: Talk, site: PlayedSite) -> None:
    begun.send("/skip")
    assert site.answers == {"phq-9.1": REFUSED}


@pytest.mark.parametrize("position", range(8))
def test_every_question_can_be_stopped_and_gone_on_with(begun: Talk, site: PlayedSite, position: int) -> None:
    for _ in range(position):
        _answer(begun, 0)
    at = _open(begun)
    begun.send("/stop")
    assert begun.form is None
    begun.send("/continue_screening")
    assert _open(begun) == at
    assert len(site.answers) == position


@pytest.mark.parametrize("position", range(8))
def test_a_person_can_be_asked_for_at_every_question(begun: Talk, site: PlayedSite, position: int) -> None:
    for _ in range(position):
        _answer(begun, 0)
    at = _open(begun)
    begun.send("/ask_human")
    assert len(site.sent("/human-requests")) == 1
    assert _open(begun) == at


def test_half_done_screening_goes_on_after_the_bot_was_restarted(site: PlayedSite) -> None:
    site.status, site.answers = "open", {"phq-9.1": 1, "phq-9.2": 0}
    talk = Talk()
    talk.send("/continue_screening")
    assert _open(talk) == "gad-7.1"


def test_beginning_anew_asks_from_the_first_question(site: PlayedSite) -> None:
    site.status, site.answers = "open", {"phq-9.1": 1, "phq-9.2": 0}
    talk = Talk()
    talk.send("/restart_screening")
    assert _open(talk) == "phq-9.1"
    assert len(site.sent("/screening/restart")) == 1


def test_finished_screening_is_begun_anew_not_shown_again(site: PlayedSite) -> None:
    site.status, site.answers = "complete", dict.fromkeys(ITEM_KEYS, 0)
    talk = Talk()
    talk.send("/start_screening")
    assert _open(talk) == "phq-9.1"


def test_young_person_is_asked_the_four_safety_questions_only(site: PlayedSite) -> None:
    site.age_band = "14-17"
    talk = Talk()
    talk.send("/start_screening")
    assert _answer_all(talk, 0) == ["asq.1", "asq.2", "asq.3", "asq.4"]


def test_child_is_not_screened_and_can_ask_for_a_person(site: PlayedSite) -> None:
    site.age_band = "under-14"
    talk = Talk()
    talk.send("/start_screening")
    assert talk.form is None
    assert "/ask_human" in [button["payload"] for button in talk.said[-1]["buttons"]]


def test_site_away_keeps_answers_and_gives_them_in_order(begun: Talk, site: PlayedSite) -> None:
    site.away = True
    _answer(begun, 1)
    _answer(begun, 2)
    assert _open(begun) == "gad-7.1"
    assert begun.slots["unsent"] == {"phq-9.1": 1, "phq-9.2": 2}
    site.away = False
    _answer(begun, 0)
    assert site.answers == {"phq-9.1": 1, "phq-9.2": 2, "gad-7.1": 0}
    assert begun.slots["unsent"] == {}


def test_stopping_while_the_site_is_away_loses_no_answer(begun: Talk, site: PlayedSite) -> None:
    site.away = True
    _answer(begun, 1)
    begun.send("/stop")
    site.away, site.status = False, "open"
    begun.send("/continue_screening")
    assert _open(begun) == "phq-9.2"
    _answer(begun, 1)
    assert site.answers == {"phq-9.1": 1, "phq-9.2": 1}


def test_beginning_with_the_site_away_is_answered_kindly(site: PlayedSite) -> None:
    site.away = True
    talk = Talk()
    talk.send("/start_screening")
    assert talk.form is None
    assert talk.texts


def test_three_misses_offer_a_person_and_never_the_same_words_twice(begun: Talk) -> None:
    firsts = [begun.type("呃呃呃")[0] for _ in range(3)]
    assert len(set(firsts)) == 3
    assert begun.said[0]["buttons"][0]["payload"] == "/ask_human"
    assert _open(begun) == "phq-9.1"


def test_question_to_the_bot_is_answered_and_the_item_asked_again(begun: Talk) -> None:
    begun.type("你是机器人吗", "ask_who", 0.9)
    assert "程序" in begun.texts[0]
    assert _open(begun) == "phq-9.1"


def test_english_items_are_in_english(site: PlayedSite) -> None:
    talk = Talk("en")
    talk.send("/start_screening")
    assert talk.said[-1]["text"] == item_by_key("phq-9.1").text("en")


def test_switching_language_asks_the_same_item_in_the_other_language(begun: Talk) -> None:
    begun.type("english please", "switch_english", 0.9)
    assert begun.said[-1]["text"] == item_by_key("phq-9.1").text("en")
