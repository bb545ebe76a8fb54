"""No release recognises less than the one before: on the repository's own lines, and on reviewed sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.triage import fuzz, gate, report, tables
from bench.triage.tables import Line, Regression, Table

RELEASED = json.loads(gate.RELEASED.read_text("utf-8"))


def _table(any_: int, *, rows: int = 100, crisis: bool = True, now: int = 0, urgent: bool = False) -> Table:
    return Table("A table", [Line("a line", rows, any_, now, crisis, urgent)], in_repository=True)


def _release(table: Table, reviewed: list[Regression] | None = None) -> dict[str, object]:
    return gate.snapshot([table], reviewed or [])


def test_the_repositorys_own_lines_are_recognised_as_in_the_release(capsys: pytest.CaptureFixture[str]) -> None:
    made = tables.tables(kept=True, with_data=False)
    assert gate.judge(RELEASED, made, tables.regressions(), data=False) == 0, capsys.readouterr().out


def test_the_release_names_its_voices_and_counts_a_fresh_hand() -> None:
    assert {"model", "lexicon", "mode", "tables", "regressions"} <= RELEASED.keys()
    titles = {table["title"] for table in RELEASED["tables"]}
    assert {"New hand, untouched, Chinese", "New hand, untouched, English", "PsySUICIDE"} <= titles


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        (_table(90), _table(90), 0),
        (_table(90), _table(95), 0),
        (_table(90), _table(89), 0),
        (_table(90), _table(88), 1),
        (_table(5, crisis=False), _table(6, crisis=False), 0),
        (_table(5, crisis=False), _table(7, crisis=False), 1),
        (_table(5, crisis=False), _table(0, crisis=False), 0),
        (_table(90, now=80, urgent=True), _table(90, now=78, urgent=True), 1),
        (_table(90, now=80), _table(90, now=0), 0),
        (_table(5, now=0, crisis=False), _table(5, now=2, crisis=False), 1),
        # A table that has grown is compared by its share.
        (_table(90), _table(180, rows=200), 0),
        (_table(90), _table(178, rows=200), 1),
        (_table(0, rows=0), _table(0), 0),
    ],
)
def test_more_than_one_row_worse_is_a_drop(before: Table, after: Table, status: int) -> None:
    assert gate.judge(_release(before), [after], [], data=True) == status


def test_reviewed_sentence_that_was_right_must_stay_right() -> None:
    right, wrong = Regression("a" * 16, True, True), Regression("a" * 16, True, False)
    table = _table(90)
    assert gate.judge(_release(table, [right]), [table], [right], data=True) == 0
    assert gate.judge(_release(table, [right]), [table], [wrong], data=True) == 1
    # A sentence that disappears cannot be shown to be right.
    assert gate.judge(_release(table, [right]), [table], [], data=True) == 1
    # What is new, or was wrong before, is still to be learned and shuts nothing.
    assert gate.judge(_release(table, [wrong]), [table], [wrong], data=True) == 0
    assert gate.judge(_release(table), [table], [wrong], data=True) == 0


def test_table_that_went_away_cannot_hide_a_drop() -> None:
    assert gate.judge(_release(_table(90)), [], [], data=True) == 1


def test_without_the_shared_data_the_rest_is_compared_and_this_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert gate.judge(_release(_table(90)), [], [], data=False) == 0
    assert report.NO_DATA in capsys.readouterr().out


def test_a_missing_model_is_a_drop(monkeypatch: pytest.MonkeyPatch) -> None:
    released = _release(_table(90)) | {"mode": "full"}
    monkeypatch.setattr(gate, "mode", lambda: "lexicon_only")
    assert gate.judge(released, [_table(90)], [], data=True) == 1


def test_nothing_is_accepted_without_the_shared_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(gate, "RELEASED", tmp_path / "released.json")
    monkeypatch.setattr(gate, "has_data", lambda: False)
    assert gate.main(["--accept"]) == 1
    assert not (tmp_path / "released.json").exists()


def test_accepting_writes_figures_and_never_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "regressions.jsonl"
    file.write_text(json.dumps({"text": "我不想活了", "alarm": True}, ensure_ascii=False) + "\n", "utf-8")
    monkeypatch.setattr(tables, "REGRESSIONS", file)
    monkeypatch.setattr(gate, "RELEASED", tmp_path / "released.json")
    monkeypatch.setattr(gate, "has_data", lambda: True)
    monkeypatch.setattr(gate, "tables", lambda **_more: [_table(90)])
    assert gate.main(["--brief"]) == 1
    assert gate.main(["--brief", "--accept"]) == 0
    assert gate.main(["--brief"]) == 0
    written = (tmp_path / "released.json").read_text("utf-8")
    assert "不想活" not in written
    assert list(json.loads(written)["regressions"].values()) == [True]


def test_a_line_break_of_another_script_does_not_part_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    file.write_text(json.dumps({"text": "我\u2028很好", "alarm": False}, ensure_ascii=False) + "\n", "utf-8")
    assert [one.right for one in tables.regressions(file)] == [True]


def test_random_strings_are_the_same_for_the_same_seed_and_harm_nothing() -> None:
    assert fuzz.text_of(7, 1) == fuzz.text_of(7, 1) != fuzz.text_of(8, 1)
    failed, _slowest, _at = fuzz.try_out((1, 300, 3))
    assert failed == []
