"""Nothing that broke is counted as passed, and nothing that failed is lost from the closing line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ops import checks, system_packages, tally
from ops.tally import Tally

REPORT = '<testsuites><testsuite tests="7" failures="1" errors="1" skipped="2"/></testsuites>'
CLEAN = '<testsuites><testsuite tests="3" failures="0" errors="0" skipped="0"/></testsuites>'
STORY = "- story: someone writes\n  steps: []\n"


def _report(tmp_path: Path, content: str) -> Path:
    file = tmp_path / "report.xml"
    file.write_text(content)
    return file


def test_failures_and_errors_both_count_as_failed(tmp_path: Path) -> None:
    assert tally.of_pytest(_report(tmp_path, REPORT), status=1) == Tally(passed=3, failed=2, skipped=2)


def test_a_clean_report_of_a_run_that_broke_is_a_failure(tmp_path: Path) -> None:
    report = _report(tmp_path, CLEAN)
    assert tally.of_pytest(report, status=0) == Tally(passed=3)
    assert tally.of_pytest(report, status=3) == Tally(passed=3, failed=1)


def test_a_run_without_a_report_is_a_failure(tmp_path: Path) -> None:
    assert tally.of_pytest(tmp_path / "none.xml", status=0) == Tally(failed=1)


def test_conversations_are_counted_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "test_two.yml").write_text("stories:\n" + STORY * 2)
    (tmp_path / "notes.yml").write_text(STORY)
    assert tally.of_rasa(tmp_path, tmp_path, status=0) == Tally(passed=2)
    (tmp_path / "failed_test_stories.yml").write_text("stories:\n" + STORY)
    assert tally.of_rasa(tmp_path, tmp_path, status=1) == Tally(passed=1, failed=1)


def test_conversations_that_nobody_wrote_or_rasa_could_not_read_are_failures(tmp_path: Path) -> None:
    assert tally.of_rasa(tmp_path, tmp_path, status=0) == Tally(failed=1)
    (tmp_path / "test_one.yml").write_text(STORY)
    assert tally.of_rasa(tmp_path, tmp_path, status=2) == Tally(failed=1)


def test_the_closing_line_names_skipped_tests_only_when_there_are_some() -> None:
    assert Tally(2, 1).line() == "2 passed, 1 failed"
    assert (Tally(2, 1) + Tally(0, 0, 3)).line() == "2 passed, 1 failed, 3 skipped"


@pytest.mark.parametrize(("status", "shown"), [(0, False), (1, True)])
def test_a_quiet_check_speaks_only_when_it_fails(status: int, shown: bool, capsys: pytest.CaptureFixture[str]) -> None:
    program = f"print('what is wrong'); raise SystemExit({status})"
    check = checks.Check("A check", (sys.executable, "-c", program), only_when_failing=True)
    assert check.run() == tally.of_single_check(status)
    assert ("what is wrong" in capsys.readouterr().out) == shown


def test_a_check_does_not_see_the_settings_of_this_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUANYANG_DATABASE_URL", "sqlite:///real.db")
    monkeypatch.setenv("UNRELATED", "stays")
    program = "import os; raise SystemExit('NUANYANG_DATABASE_URL' in os.environ or 'UNRELATED' not in os.environ)"
    assert checks.Check("A check", (sys.executable, "-c", program)).run() == Tally(passed=1)


def test_without_rights_the_missing_packages_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    needs = (
        system_packages.Need("a browser", lambda: False, ("chromium",)),
        system_packages.Need("a font", lambda: True, ("fonts",)),
    )
    monkeypatch.setattr(system_packages, "NEEDS", needs)
    monkeypatch.setattr(system_packages, "_as_root", lambda: None)
    with pytest.raises(SystemExit):
        system_packages.ensure()
    said = capsys.readouterr().err
    assert "sudo apt-get install chromium" in said
    assert "font" not in said
