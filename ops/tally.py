"""Counts what passed and what failed, across pytest, Rasa and single checks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Tally:
    """How many passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def line(self) -> str:
        """Return the closing line of a run."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def of_single_check(status: int) -> Tally:
    """Count a program that is right or wrong as a whole."""
    return Tally(passed=1) if status == 0 else Tally(failed=1)


def of_pytest(report: Path, status: int) -> Tally:
    """Count the tests of a JUnit report; a run that broke without a failed test still counts as one failure."""
    if not report.is_file():
        return Tally(failed=1)
    total = Tally()
    for suite in ElementTree.parse(report).iter("testsuite"):  # noqa: S314  see above
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        total += Tally(max(0, tests - failed - skipped), failed, skipped)
    broke = status != 0 and total.failed == 0
    return total + Tally(failed=1) if broke else total


def of_rasa(stories: Path, results: Path, status: int) -> Tally:
    """Count the conversations that Rasa told to the end, from its own files; see of_pytest for a broken run."""
    told = sum(_stories_in(file) for file in stories.glob("test_*.y*ml"))
    failed = _stories_in(results / "failed_test_stories.yml")
    if status != 0 and failed == 0:
        return Tally(passed=0, failed=max(1, told))
    if told == 0:
        return Tally(failed=1)
    return Tally(passed=told - failed, failed=failed)


def _stories_in(file: Path) -> int:
    if not file.is_file():
        return 0
    return len(re.findall(r"^\s*- story:", file.read_text(encoding="utf-8"), re.MULTILINE))
