"""How our code is written: verbs without a clock, logs without people, tests that all run and are not skipped."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.house.layers import imported

ROOT = Path(__file__).resolve().parents[2]
LOG_CALLS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
# What a person wrote, is called, or can be reached at.
PRIVATE = re.compile(r"\b(text|words|story|called|name|phone|contact|return_code|password|chat_key)\b")


def _files(*houses: str) -> list[Path]:
    found = [path for house in houses for path in (ROOT / house).rglob("*.py")]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", _files("triage"), ids=lambda path: path.stem)
def test_the_clinical_rules_need_only_the_standard_library(path: Path) -> None:
    roots = {name.partition(".")[0] for name in imported(path.read_text("utf-8"))}
    assert roots - set(sys.stdlib_module_names) - {"triage"} == set()


@pytest.mark.parametrize("path", _files("care"), ids=lambda path: path.stem)
def test_a_verb_is_told_the_time_and_leaves_the_commit_to_its_caller(path: Path) -> None:
    source = path.read_text("utf-8")
    for habit in ("datetime.now(", "utcnow(", "time.time(", ".commit()"):
        assert habit not in source


def _indiscreet(source: str) -> list[int]:
    """Return the lines of log calls that pass on what belongs to a person."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in LOG_CALLS or ast.unparse(node.func.value) not in {"log", "logger", "logging"}:
            continue
        passed = [ast.unparse(part) for part in (*node.args[1:], *(keyword.value for keyword in node.keywords))]
        # The name of a sweep is not the name of a person.
        if any(PRIVATE.search(part.replace("entry.name", "")) for part in passed):
            lines.append(node.lineno)
    return lines


def test_no_log_call_passes_on_what_belongs_to_a_person() -> None:
    files = _files("triage", "models", "care", "web", "schedules", "bot")
    assert {_name(path): lines for path in files if (lines := _indiscreet(path.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    ("line", "indiscreet"),
    [
        ('log.warning("got", extra={"what": message.text})', True),
        ('log.error("failed for %s", person.called)', True),
        ('log.error("failed", extra={"id": message.id, "error": type(error).__name__})', False),
        ('print("no log at all", message.text)', False),
    ],
)
def test_the_checker_sees_an_indiscreet_log(line: str, indiscreet: bool) -> None:
    assert bool(_indiscreet(line)) is indiscreet


def _twice(source: str) -> set[str]:
    names = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return {name for name in names if names.count(name) > 1}


def test_no_test_hides_another_of_the_same_name() -> None:
    assert {_name(path): twice for path in _files("tests") if (twice := _twice(path.read_text("utf-8")))} == {}
    assert _twice("def test_a(): ...\ndef test_a(): ...\n") == {"test_a"}


def _skips(source: str) -> list[int]:
    """Return the lines that mark a test as skipped or expected to fail."""
    marks = re.compile(r"pytest\.(mark\.)?(skip|xfail|importorskip)")
    return sorted(
        {
            node.lineno
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Attribute) and marks.fullmatch(ast.unparse(node))
        }
    )


def test_no_test_is_skipped() -> None:
    # Whatever a test needs is set up by make test; a skipped test is a requirement that nobody checks.
    # A skipif is another thing: it states the platform on which the requirement does not exist.
    assert {_name(path): lines for path in _files("tests") if (lines := _skips(path.read_text("utf-8")))} == {}
    assert _skips("import pytest\n@pytest.mark.skip\ndef test_a(): ...") == [2]


def test_every_table_is_tried_by_a_test() -> None:
    tables = {path.stem for path in _files("models") if "__tablename__" in path.read_text("utf-8")}
    sources = "\n".join(path.read_text("utf-8") for path in _files("tests"))
    assert {name for name in tables if f"from models.{name} import" not in sources} == set()
