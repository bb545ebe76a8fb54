"""Stamps: a step is done again only when one of its inputs has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from ops.places import ROOT

# What programs leave beside their sources says nothing about the sources.
NOT_A_SOURCE = {"__pycache__", ".rasa", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}


def _files(path: Path) -> Iterable[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for child in sorted(path.iterdir()):
            if child.name not in NOT_A_SOURCE:
                yield from _files(child)


def digest(paths: Iterable[Path], *, also: str = "") -> str:
    """Return a fingerprint of the names and contents of files and folders, and of one more fact."""
    total = hashlib.sha256(also.encode())
    for path in paths:
        for file in _files(path):
            name = file.relative_to(ROOT) if ROOT in file.parents else file
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            total.update(f"{name}\0{content}\n".encode())
    return total.hexdigest()


def is_current(stamp: Path, fingerprint: str) -> bool:
    """Tell whether the step behind this stamp was last done for exactly these inputs."""
    return stamp.is_file() and stamp.read_text().strip() == fingerprint


def mark(stamp: Path, fingerprint: str) -> None:
    """Remember that the step is done for these inputs."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(fingerprint + "\n")
