"""Reads the imports of every module and tells which of them point up."""

from __future__ import annotations

import ast
from pathlib import Path

HOUSES = ("config", "triage", "models", "care", "web", "schedules", "bot", "ops", "bench", "tests")
# What each house may import of the others; itself and the outside world go without saying.
ALLOWED = {
    "config": set(),
    "triage": set(),
    "models": {"triage", "config"},
    "care": {"models", "triage", "config"},
    "web": {"care", "models", "triage", "config"},
    "schedules": {"care", "models", "triage", "config"},
    "bot": {"triage", "config"},
    "ops": set(),
}
# The public front and the staff front never import each other.
APART = (("web.public", "web.staff"), ("web.staff", "web.public"))


def imported(source: str) -> set[str]:
    """Return the dotted names a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def wrong_imports(module: str, source: str) -> list[str]:
    """Return the imports that the module must not have."""
    house = module.split(".")[0]
    wrong = []
    for name in sorted(imported(source)):
        target = name.split(".")[0]
        if target in HOUSES and target != house and target not in ALLOWED[house]:
            wrong.append(name)
        for one, other in APART:
            if (module + ".").startswith(one + ".") and (name + ".").startswith(other + "."):
                wrong.append(name)
        if house == "care" and target == "flask":
            wrong.append(name)
    return wrong


def modules(root: Path) -> list[tuple[str, Path]]:
    """Return name and file of every module of the houses that have a rule."""
    files = [root / "config.py"] + [
        file for house in ALLOWED if house != "config" for file in sorted((root / house).rglob("*.py"))
    ]
    return [(".".join(file.relative_to(root).with_suffix("").parts), file) for file in files]
