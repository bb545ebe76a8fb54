"""One spelling, however a word was written."""

from __future__ import annotations

import pytest

from triage.clauses import split_clauses
from triage.normalise import normalise, squeeze


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("我想自殺", "我想自杀"), ("自\u200b杀", "自杀"), ("自.杀", "自杀"), ("自-杀", "自杀"), ("自鲨", "自杀"),
        ("zs", "自杀"),
        ("ＫＩＬＬ", "kill"), ("死死死死", "死"), ("想4", "想死"), ("wo bu xiang huo le", "我不想活了"),
        ("kms", "kill myself"),
        ("don't", "dont"), ("安眠要", "安眠药"), ("喝了农要", "喝了农药"),
    ],
)  # fmt: skip
def test_disguised_words_come_out_plain(written: str, plain: str) -> None:
    assert normalise(written) == plain


@pytest.mark.parametrize("text", ["紫砂壶", "zsh", "想45岁退休", "3.5元"])
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert "自杀" not in normalise(text)
    assert "死" not in normalise(text)


def test_clauses_are_parted_at_punctuation_and_turns_of_speech() -> None:
    assert [clause.text for clause in split_clauses(normalise("我没想死，但是好累。睡吧"))] == [
        "我没想死",
        "但是好累",
        "睡吧",
    ]


def test_a_very_long_clause_is_cut_with_an_overlap() -> None:
    clauses = split_clauses("安" * 200 + "我想跳楼" + "安" * 200)
    assert max(len(clause.text) for clause in clauses) <= 160
    assert any("我想跳楼" in clause.text for clause in clauses)


def test_spaces_between_characters_can_be_closed() -> None:
    assert squeeze("我想 自 杀") == ["我想自杀"]
    assert squeeze("我想自杀") == []


def test_a_message_beyond_the_limit_keeps_its_beginning_and_end() -> None:
    plain = normalise("开头" + "安" * 5 + "好。" * 20_000 + "结尾")
    assert plain.startswith("开头")
    assert plain.endswith("结尾")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("i allready took teh pils", "i already took the pills"),
        ("goodby my freind", "goodbye my friend"),
        ("我在天抬上", "我在天台上"),
        ("被q奸了", "被强奸了"),
        ("疑书写好了", "遗书写好了"),
        ("我不想火了", "我不想活了"),
    ],
)
def test_words_typed_in_haste_are_read_as_meant(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@pytest.mark.parametrize(
    ("hidden", "meant"),
    [
        ("wbxhl", "我不想活了"), ("wxs", "我想死"), ("不xiang huo le", "不想活了"), ("不响活了", "不想活了"),
        ("活不夏去", "活不下去"), ("活zhe没意思", "活着没意思"), ("捅si他", "捅死他"), ("咋还不s呢", "咋还不死呢"),
        ("s了也好", "死了也好"), ("想嘎", "想死"), ("我想⚰️", "我想死"), ("玉玉三年", "抑郁三年"),
        ("遗s写了", "遗书写了"), ("yishu写了三版", "遗书写了三版"), ("打算shao炭", "打算烧炭"),
        ("sheng子到了", "绳子到了"), ("tiao下去", "跳下去"),
        ("我先zou了", "我先走了"), ("割wan了", "割腕了"), ("我妹zc", "我妹自残"), ("zc了,三道", "自残了\n三道"),
        ("他da我", "他打我"), ("半夜mo我", "半夜摸我"), ("又被加暴", "又被家暴"), ("我想q生", "我想轻生"),
        ("别xing来", "别醒来"), ("从🪟出去", "从窗出去"),
    ],
)  # fmt: skip
def test_what_is_hidden_from_a_filter_is_read_as_meant(hidden: str, meant: str) -> None:
    assert normalise(hidden) == meant


@pytest.mark.parametrize(
    "text",
    [
        "zc账号",
        "看yishu展",
        "一起嘎嘎乐",
        "short si",
        "上海s级",
        "panda我",
        "不想hi",
        "玉玉真好看",
        "mo我不认识",
        "gou sheng",
    ],
)
def test_a_spelling_that_only_looks_hidden_is_left_alone(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize("text", ["hair dye", "我很火了", "wan hai street", "天抬头看", "你怎么思考"])
def test_a_word_that_only_looks_like_a_typo_is_left_alone(text: str) -> None:
    assert normalise(text) == text


def test_of_a_long_line_only_the_surroundings_of_its_gaps_are_read_again() -> None:
    near = squeeze("安" * 500 + "自 杀" + "安" * 500)
    assert len(near) == 1
    assert "自杀" in near[0]
    assert len(near[0]) <= 50


def test_of_very_many_lines_with_gaps_the_first_and_the_last_are_read_closed() -> None:
    lines = [f"第{number}行的自 杀" for number in range(500)]
    closed = squeeze("\n".join(lines))
    assert len(closed) < 100
    assert [line for line in (closed[0], closed[-1]) if "自杀" not in line] == []
