"""What gets installed is pinned, hashed, and names no registry; the commands that we promise exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "ops" / "requirements").glob("*.txt"))
ADDRESS = re.compile(r"https?://|^\s*(-i|-f|--(extra-)?index-url|--find-links)\b", re.MULTILINE)
RULE = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
PROMISE = re.compile(r"\bmake ([a-z][a-z-]*)\b")


def _problems(lock: str) -> list[str]:
    """Name every requirement that is not pinned to one version with at least one hash."""
    joined = lock.replace("\\\n", " ")
    lines = [line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [line.split()[0] for line in lines if "==" not in line.split()[0] or "--hash=sha256:" not in line]


def _missing_commands(page: str, makefile: str) -> set[str]:
    """Return the make commands that a page names in code and the Makefile does not have."""
    in_code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", page, re.DOTALL))
    return set(PROMISE.findall(in_code)) - set(RULE.findall(makefile))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_with_a_hash(lock: Path) -> None:
    assert _problems(lock.read_text()) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_no_lock_file_names_a_registry(lock: Path) -> None:
    assert not ADDRESS.search(lock.read_text())


def test_each_list_of_wishes_has_a_lock_file() -> None:
    wishes = {path.stem for path in (ROOT / "ops" / "requirements").glob("*.in")}
    assert wishes == {path.stem for path in LOCKS}


def test_the_checker_sees_an_unpinned_and_an_unhashed_line() -> None:
    hashed = "flask==3.1.3 \\\n    --hash=sha256:00\n"
    assert _problems(hashed) == []
    assert _problems(hashed + "httpx==1.0\njinja2 \\\n    --hash=sha256:00\n") == ["httpx==1.0", "jinja2"]
    assert ADDRESS.search("--index-url " + "https" + "://example.org/simple")


@pytest.mark.parametrize("page", ["README.md", "docs/operations.md"])
def test_every_command_that_a_page_names_exists(page: str) -> None:
    assert _missing_commands((ROOT / page).read_text(), (ROOT / "Makefile").read_text()) == set()


def test_the_checker_sees_a_command_that_does_not_exist() -> None:
    assert _missing_commands("`make fly` and `make run`, to make do", "run: ## start\n") == {"fly"}
