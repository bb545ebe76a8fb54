"""What one line of my day is, and how the lines of all areas come together."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import ModuleType
from typing import Any

from sqlalchemy.orm import Session

from models.staff import StaffMember


class Section(StrEnum):
    """Where a line stands on the page."""

    LATE = "late"
    WAITS = "waits"
    NEXT = "next"


@dataclass(frozen=True)
class Row:
    """One line: what, when, and the page on which it is done. Titles hold codes, never names or worries."""

    section: Section
    title: Any
    url: str
    at: datetime | None = None
    detail: Any = ""
    symbol: str = "calendar"


@dataclass(frozen=True)
class Door:
    """A way to the pages of an area."""

    title: Any
    words: Any
    url: str
    symbol: str
    # Doors with a small number stand first.
    order: int = 50


Rows = Callable[..., Iterable[Row]]
_NOT_AREAS = frozenset({"page", "rows"})


@cache
def _areas() -> tuple[ModuleType, ...]:
    package = importlib.import_module("web.staff.my_day")
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__) if found.name not in _NOT_AREAS)
    return tuple(importlib.import_module(f"web.staff.my_day.{name}") for name in names)


def gather(*, session: Session, me: StaffMember, now: datetime) -> dict[Section, list[Row]]:
    """Ask every area for its lines; each section is in order of time, lines without a time first."""
    found: dict[Section, list[Row]] = {section: [] for section in Section}
    for area in _areas():
        for row in area.rows(session=session, me=me, now=now):
            found[row.section].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.at is not None, row.at.timestamp() if row.at else 0.0))
    return found


def doors() -> list[Door]:
    """Ask every area for its ways in."""
    found = [door for area in _areas() if hasattr(area, "doors") for door in area.doors()]
    return sorted(found, key=lambda door: door.order)
