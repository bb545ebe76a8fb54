"""One command teaches the bot a line and says what it changed; what must not be taught is refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops import bot_report

NLU = 'version: "3.1"\n\nnlu:\n  - intent: worry_money\n    examples: |\n      - 没钱了\n'
HELD = 'version: "3.1"\n\nnlu:\n  - intent: worry_money\n    examples: |\n      - 米缸见底了，发愁\n'


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return a folder of training data and one of held-out messages."""
    nlu, held = tmp_path / "nlu", tmp_path / "held"
    nlu.mkdir()
    held.mkdir()
    (nlu / "worries.yml").write_text(NLU, "utf-8")
    (held / "heldout_third.yml").write_text(HELD, "utf-8")
    return nlu, held


@pytest.mark.parametrize(
    ("intent", "line", "word"),
    [
        ("worry_moon", "没米了", "no intent"),
        ("worry_money", "没钱了。", "already"),
        ("worry_money", "米缸见底了 发愁", "held-out"),
        ("worry_money", "我的电话13900000000", "numbers"),
        ("worry_money", "……", "word"),
        ("worry_money", "很" * 61, "signs"),
        ("worry_money", "没钱\n- intent: x", "word"),
    ],
)
def test_line_that_must_not_be_taught_is_refused_with_a_reason(
    folders: tuple[Path, Path], intent: str, line: str, word: str
) -> None:
    assert word in bot_report.refusal(intent, line, *folders)


def test_new_line_of_a_known_intent_is_taken(folders: tuple[Path, Path]) -> None:
    assert bot_report.refusal("worry_money", "药钱还差一截", *folders) == ""


def test_lines_stand_under_their_intents_in_a_file_that_was_not_there(tmp_path: Path) -> None:
    file = tmp_path / "from_the_base.yml"
    for intent, line in (("worry_money", "药钱还差一截"), ("wait", "等我戴上眼镜"), ("worry_money", "电费欠着")):
        bot_report.add(intent, line, file)
    text = file.read_text("utf-8")
    assert text.count("- intent: worry_money") == 1
    assert (
        text.index("电费欠着") < text.index("药钱还差一截") < text.index("- intent: wait") < text.index("等我戴上眼镜")
    )
    assert not text.endswith("\n\n")


@pytest.mark.parametrize(
    ("right", "wrong", "worse"), [(0.90, 0.04, False), (0.89, 0.05, False), (0.87, 0.04, True), (0.90, 0.07, True)]
)
def test_report_says_when_something_became_worse(right: float, wrong: float, worse: bool) -> None:
    before = {"heldout zh": {"lines": 100, "right": 0.90, "wrong_and_acted": 0.04}}
    now = {"heldout zh": {"lines": 100, "right": right, "wrong_and_acted": wrong}}
    rows, found = bot_report.table(before, now)
    assert found is worse
    assert ("worse" in rows[1]) is worse
    assert f"{right:.3f}" in rows[1]
