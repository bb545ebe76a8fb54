"""Rooms stay small, named and documented."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common_functions"}
TOO_LONG = 500
PLACES = {"web", "bot", "models", "schedules", "tests", "care", "triage", "bench", "docs", "ops", ".ci"}
PLACES |= {"config.py", "README.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml", ".gitignore"}
PLACES |= {".python-version"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).exists()]


PYTHON = [file for file in tracked() if file.suffix == ".py"]
OURS = [file for file in PYTHON if file.relative_to(ROOT).parts[0] not in {"tests", "bench"}]


def test_nothing_stands_at_the_top_that_has_no_place_there() -> None:
    assert {file.relative_to(ROOT).parts[0] for file in tracked()} <= PLACES


def test_no_file_has_grown_too_long() -> None:
    long = {
        str(file.relative_to(ROOT)): length
        for file in PYTHON
        # A migration is one step of history and is not split.
        if "migrations/versions" not in str(file) and (length := file.read_text("utf-8").count("\n")) > TOO_LONG
    }
    assert long == {}


def test_there_is_no_drawer() -> None:
    assert [file for file in PYTHON if file.stem in DRAWERS] == []


def _public(tree: ast.Module) -> list[ast.AST]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]


def test_every_module_and_public_name_says_what_it_is_for() -> None:
    silent = []
    for file in OURS:
        if "migrations/versions" in str(file):
            continue
        tree = ast.parse(file.read_text("utf-8"))
        name = file.relative_to(ROOT)
        if ast.get_docstring(tree) is None:
            silent.append(str(name))
        silent += [f"{name}:{node.name}" for node in _public(tree) if ast.get_docstring(node) is None]  # type: ignore[arg-type, attr-defined]
    assert silent == []


def test_log_calls_carry_facts_and_never_formatted_text() -> None:
    bad = []
    for file in OURS:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in {"log", "logger", "logging"}
                and node.func.attr in {"debug", "info", "warning", "error", "exception", "critical"}
                and not isinstance(node.args[0], ast.Constant)
            ):
                bad.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert bad == []


def test_nothing_in_a_test_module_looks_like_a_test_and_never_runs() -> None:
    orphans = []
    for file in PYTHON:
        if not file.name.startswith("test_"):
            continue
        tree = ast.parse(file.read_text("utf-8"))
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        used |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        for node in tree.body:
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or node.name.startswith("test_"):
                continue
            if not node.decorator_list and node.name not in used:
                orphans.append(f"{file.relative_to(ROOT)}:{node.name}")
    assert orphans == []


@pytest.mark.parametrize("folder", ["web/templates", "web/static"])
def test_pages_ask_no_other_machine_for_anything(folder: str) -> None:
    foreign = re.compile(r"""(?:src|href|url|import|fetch)\s*[=(]?\s*["'(]\s*(?:https?:)?//""", re.IGNORECASE)
    found = [
        str(file.relative_to(ROOT))
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".html", ".css", ".js", ".svg"} and foreign.search(file.read_text("utf-8"))
    ]
    assert found == []


def test_no_page_has_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)
    found = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "web/templates").rglob("*.html")
        if inline.search(file.read_text("utf-8"))
    ]
    assert found == []


def test_every_model_module_is_loaded_with_the_models() -> None:
    loaded = (ROOT / "models/__init__.py").read_text("utf-8")
    tables = [file.stem for file in (ROOT / "models").glob("*.py") if "__tablename__" in file.read_text("utf-8")]
    assert tables != []
    assert [name for name in tables if f'"{name}"' not in loaded] == []


def test_every_setting_is_described_for_the_operator() -> None:
    names = set(re.findall(r'"(NUANYANG_[A-Z_]+)"', (ROOT / "config.py").read_text("utf-8")))
    described = (ROOT / "docs/operations.md").read_text("utf-8")
    assert names != set()
    assert sorted(name for name in names if name not in described) == []


def test_the_readme_points_at_things_that_exist() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert links != []
    assert [link for link in links if not (ROOT / link).exists()] == []
