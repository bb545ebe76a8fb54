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
