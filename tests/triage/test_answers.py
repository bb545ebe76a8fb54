"""Ordinary words for options: a fixed table, never a guess."""

from __future__ import annotations

import copy

import pytest

from triage import answers
from triage.answers import AmbiguousWord, answer_table, control_table, parse_answer, parse_control, typed_numbers
from triage.instruments import INSTRUMENT_IDS, REFUSED, instrument, item_by_key

_KEYS = sorted({item.key for name in INSTRUMENT_IDS for item in instrument(name).items})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("没有过", 0), ("没有", 0), ("完全没有。", 0), ("一点都没有", 0), ("沒有", 0), ("0", 0), ("not at all", 0),
        ("Never!", 0), ("没有没有", 0), ("嗯，没有", 0),
        ("偶尔", 1), ("有几天", 1), ("好几天", 1), ("好幾天", 1), ("有时候吧", 1), ("两三天", 1), ("大概有几天", 1),
        ("three or four days", 1), ("about three or four days", 1), ("half the days", 2), ("about half the days", 2),
        ("not really", 0), ("No, not really.", 0),
        ("１", 1), ("several days", 1), ("Several  Days.", 1), ("a few days", 1),
        ("一半多", 2), ("一半以上的天数", 2), ("超过一半", 2),
        ("大部分时间", 2), ("2", 2), ("２", 2), ("more than half", 2),
        ("天天都这样", 3), ("基本每天", 3), ("几乎每天", 3), ("幾乎每天", 3), ("每天", 3), ("差不多天天都这样", 3),
        ("3", 3), ("NEARLY EVERY DAY", 3), ("every day", 3), ("几乎每天 😔", 3), ("几\u200b乎每天", 3),
        ("没有，一点都没有", 0), ("no, never", 0), ("1。", 1),
        ("once-in-a-while", 1), ("每天……", 3), ("【几乎每天】", 3),
        ("不想说", REFUSED), ("我不想回答这个问题", REFUSED), ("I'd rather not say", REFUSED),
    ],
)  # fmt: skip
def test_ordinary_words_name_an_option_of_how_often(text: str, value: int) -> None:
    assert parse_answer("phq-9.3", text) == value
    assert parse_answer("gad-7.2", text) == value


@pytest.mark.parametrize("key", ["phq-9.9", "asq.1", "asq.2", "asq.3", "asq.4", "asq.5"])
def test_a_hedged_no_is_asked_again_where_the_question_is_about_death(key: str) -> None:
    assert parse_answer(key, "not really") is None
    assert parse_answer(key, "no, not really") is None
    assert parse_answer(key, "no") == 0


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "😔", "有", "是", "一半", "七天", "经常",
        "很多天", "有一点", "几乎没有", "不知道", "说不清", "不确定",
        "4", "12", "-1", "1或2", "A", "B", "c", "第二个",
        "没有还是好几天", "有没有", "不是每天", "不是没有", "没有兴趣",
        "几乎每天都想死", "我不想活了", "/restart", "often", "yes", "maybe", "not every day", "<b>1</b>", "1 2 3",
        "1-2", "1~2", "2.5", "+1", "1/3", ">1", "每天？",
        "没有吗?", "没，有", "没有，好几天", "几天，不想说", "没有/有",
    ],
)  # fmt: skip
def test_what_could_mean_two_things_is_asked_again(text: str) -> None:
    assert parse_answer("phq-9.1", text) is None


@pytest.mark.parametrize("item_key", ["asq.1", "asq.2", "asq.3", "asq.4", "asq.5"])
def test_yes_no_and_refusal_are_read_at_every_safety_question(item_key: str) -> None:
    assert [parse_answer(item_key, text) for text in ("有", "有过", "是的", "Yes.", "有时候")] == [1] * 5
    assert [parse_answer(item_key, text) for text in ("没有", "从来没有", "否", "No", "没有啊")] == [0] * 5
    assert [parse_answer(item_key, text) for text in ("不想说", "不方便说", "prefer not to say")] == [REFUSED] * 3


@pytest.mark.parametrize(
    "text",
    ["没有吧", "应该没有", "大概有", "嗯", "不", "2", "maybe", "i think so", "可能有", "好几天", "不，是的", "有？"],
)
def test_a_hedge_is_never_taken_for_an_answer_about_suicide(text: str) -> None:
    assert parse_answer("asq.3", text) is None


def test_a_word_answers_only_the_question_it_fits() -> None:
    assert (parse_answer("asq.4", "试过"), parse_answer("asq.3", "试过")) == (1, None)
    assert (parse_answer("asq.3", "没想过"), parse_answer("asq.4", "没想过")) == (0, None)
    # "No longer" says there was something in the past weeks, and nothing now.
    assert (parse_answer("asq.5", "没有了"), parse_answer("asq.1", "没有了")) == (0, None)


def test_digits_are_read_only_where_place_and_value_cannot_be_confused() -> None:
    assert parse_answer("rses.1", "1") is None
    assert parse_answer("k6.1", "1") is None
    assert parse_answer("ucla-3.1", "3") == 3
    assert [typed_numbers(item_by_key(key)) for key in ("phq-9.1", "ucla-3.1", "rses.1", "k6.1", "asq.1")] == [
        True, True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("item_key", "text", "value"),
    [
        ("k6.1", "几乎每天", 4), ("k6.1", "经常", 3),
        ("k6.1", "一半时间", 2), ("k6.1", "偶尔", 1), ("k6.1", "从不", 0),
        ("k6.1", "Some of the time", 2), ("k6.1", "sometimes", None),
        ("rses.3", "非常符合", 4), ("rses.3", "符合", 3), ("rses.3", "不太符合", 2), ("rses.3", "很不符合", 1),
        ("rses.3", "strongly disagree", 1), ("rses.3", "是", None),
        ("ucla-3.2", "几乎没有", 1), ("ucla-3.2", "有时", 2), ("ucla-3.2", "经常", 3), ("ucla-3.2", "偶尔", None),
    ],
)  # fmt: skip
def test_later_visit_instruments_have_their_own_words(item_key: str, text: str, value: int | None) -> None:
    assert parse_answer(item_key, text) == value


@pytest.mark.parametrize("item_key", _KEYS)
def test_every_option_is_understood_by_its_own_label(item_key: str) -> None:
    for option in item_by_key(item_key).options:
        assert parse_answer(item_key, option.label("zh-CN")) == option.value
        assert parse_answer(item_key, option.label("en").upper()) == option.value


@pytest.mark.parametrize("item_key", _KEYS)
def test_no_word_names_two_options_of_one_question(item_key: str) -> None:
    # Building the table raises AmbiguousWord when two options share a word; the next test proves that it does.
    assert set(answer_table(item_key).values()) == item_by_key(item_key).values | {REFUSED}


def test_a_word_given_to_two_options_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = copy.deepcopy(answers._data())
    broken["scales"]["phq"]["2"].append("天天！")
    monkeypatch.setattr(answers, "_data", lambda: broken)

    with pytest.raises(AmbiguousWord):
        answer_table.__wrapped__("phq-9.1")


@pytest.mark.parametrize("item_key", _KEYS)
def test_fillers_never_turn_one_option_into_another(item_key: str) -> None:
    for word, value in answer_table(item_key).items():
        for filler in ("嗯", "我选", "啊", "谢谢"):
            assert parse_answer(item_key, filler + word) in (value, None)
            assert parse_answer(item_key, word + filler) in (value, None)


@pytest.mark.parametrize("item_key", _KEYS)
def test_no_control_word_is_also_an_answer(item_key: str) -> None:
    for word in control_table():
        assert parse_answer(item_key, word) is None
    for word in answer_table(item_key):
        assert parse_control(word) is None


@pytest.mark.parametrize(
    ("text", "control"),
    [
        ("上一题", "back"), ("返回", "back"), ("Go back", "back"), ("我选错了", "back"),
        ("跳过", "skip"), ("skip", "skip"), ("不做了", "stop"), ("先停一下", "stop"), ("STOP", "stop"),
        ("再说一遍", "repeat"), ("什么意思？", "repeat"),
        ("转人工", "human"), ("我要找人", "human"), ("real person", "human"),
        ("没有", None), ("", None), ("停不下来", None),
        ("我找不到人说话", None), ("我想结束这一切", None), ("不想活了", None),
        ("回不去了", None), ("i want it all to end", None), ("nobody to talk to", None),
    ],
)  # fmt: skip
def test_words_about_the_screening_itself_are_told_from_talk(text: str, control: str | None) -> None:
    assert parse_control(text) == control


def test_long_and_strange_text_is_no_answer_and_never_an_error() -> None:
    for text in ("没有" * 5000, "\x00", "‮没有", "０" * 60, "a" * 10_000):
        parse_answer("phq-9.1", text)
        parse_control(text)
    assert parse_answer("phq-9.1", "没有" * 5000) is None
    assert parse_answer("phq-9.1", "嗯" * 60 + "没有") is None
    assert parse_answer("phq-9.1", "嗯嗯嗯没有") == 0
