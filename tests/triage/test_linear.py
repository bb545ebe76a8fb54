"""The model is a plain file; without it the lexicon speaks alone, and louder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from triage import assess as assess_module
from triage import linear
from triage.assess import assess
from triage.levels import Level


def _body(**changes: object) -> dict[str, object]:
    body: dict[str, object] = {
        "grams": "夜\t难", "crisis": [1000, 2000], "now": [0, 500], "scale": [0.01, 0.01], "intercepts": [-1.0, -2.0],
        "stack": {"crisis": {"intercept": 0.0, "whole": 1.0, "best": 0.0},
                  "now": {"intercept": 0.0, "whole": 1.0, "best": 0.0}},
        "thresholds": {"today": 0.5, "now": 0.9},
    }  # fmt: skip
    return {**body, **changes}


def _write(path: Path, body: dict[str, object], digest: str | None = None) -> Path:
    path.write_text(json.dumps({"digest": digest or linear.digest_of(body), "body": body}), encoding="utf-8")
    return path


@pytest.fixture
def at_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(linear, "MODEL_PATH", tmp_path / "model.json")
    return tmp_path / "model.json"


def test_grams_cross_no_message_edge_unmarked() -> None:
    assert linear.tokens("我 kill 9") == ["我", "kill ", "0"]
    assert "\n我" in linear.grams(["我"])


def test_a_long_message_is_also_heard_in_windows() -> None:
    assert len(linear.windows(["字"] * 100)) > 1
    assert linear.windows(["字"] * 10) == [["字"] * 10]


# Forty signs and more, none of them twice: a gram too many or too few shows.
_LONG = "今夜很难过\n我睡不着 so tired of it\n天地玄黄宇宙洪荒日月盈昃辰宿列张\n寒来暑往秋收冬藏闰余成岁律吕"


@pytest.mark.parametrize("text", ["夜", "夜 难", "夜\n难", "夜难" * 15, _LONG, _LONG + "\n" + _LONG])
def test_each_window_is_summed_over_its_own_grams_once(at_path: Path, text: str) -> None:
    everything = linear.grams(linear.tokens("夜难夜难" + _LONG))
    columns = [list(range(1, len(everything) + 1)), list(range(len(everything), 0, -1))]
    body = _body(grams="\t".join(everything), crisis=columns[0], now=columns[1])
    model, parts = linear.load(_write(at_path, body)), linear.tokens(text)
    asked = [parts, *(linear.windows(parts) if len(parts) > linear.WINDOW else [])]
    for stretch, found in zip(asked, linear.scores(model, parts, {}), strict=True):
        present = linear.grams(stretch)
        for question, column in enumerate(columns):
            total = sum(column[everything.index(gram)] for gram in present if gram in everything)
            scaled = total * model.scale[question] / len(present) ** 0.5 + model.intercepts[question]
            assert found[question] == pytest.approx(scaled)


def test_a_model_that_is_whole_is_read(at_path: Path) -> None:
    model = linear.load(_write(at_path, _body()))
    calm, heavy = linear.hear(model, "早", {}), linear.hear(model, "夜难", {})
    assert heavy.crisis > 0.9 > calm.crisis


@pytest.mark.parametrize("damage", ["missing", "truncated", "forged", "empty", "list"])
def test_a_broken_model_is_refused(at_path: Path, damage: str) -> None:
    _write(at_path, _body(), digest="0" * 64 if damage == "forged" else None)
    if damage == "missing":
        at_path.unlink()
    elif damage == "truncated":
        at_path.write_text(at_path.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    elif damage in {"empty", "list"}:
        at_path.write_text("" if damage == "empty" else "[]", encoding="utf-8")
    with pytest.raises(linear.ModelError):
        linear.load(at_path)


def test_without_a_model_every_hit_asks_for_a_person_now(at_path: Path) -> None:
    found = assess("活着没意思")
    assert (assess_module.mode(), found.mode, found.model_hash) == ("lexicon_only", "lexicon_only", None)
    assert found.human_now
    assert assess("今天天气真好").level is Level.GREEN
    assert assess("我没有想自杀").level is Level.GREEN


def test_the_model_raises_what_the_lexicon_does_not_know_and_lowers_nothing(at_path: Path) -> None:
    _write(at_path, _body())
    raised = assess("夜难")
    assert raised.human_today
    assert "model_sees_risk" in raised.reasons
    assert raised.pattern_ids == ()
    assert assess("我不想活了").human_now
    assert assess("早").level is Level.GREEN
