"""The rules of volunteer shifts and the roles they know, read from data that the base can change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Rules:
    """Every number of care/data/shift_rules.json; the reason for each stands there."""

    rest_hours: int
    day_hours: int
    week_hours: int
    night_from_hour: int
    night_to_hour: int
    night_least_minutes: int
    nights_a_week: int
    sign_out_hours: int
    undo_minutes: int
    remind_hours: int
    at_risk_hours: int
    unconfirmed_after_hours: int
    no_show_days: int
    late_minutes: int
    offer_minutes: int
    offer_least_minutes: int
    cover_answer_minutes: int
    quiet_from_hour: int
    quiet_to_hour: int
    travel_minutes: int
    check_in_early_minutes: int
    code_minutes: int
    left_early_minutes: int
    no_show_minutes: int
    check_out_minutes: int
    publish_weeks: int


@dataclass(frozen=True)
class RoleSheet:
    """One role: its name, and what a volunteer on it needs to know, in both languages."""

    key: str
    # Under this name the table of training needs says what must be held.
    training: str
    serves_chat: bool
    # Never fewer than two: with children, and in people's homes.
    pair: bool
    texts: Mapping[str, Mapping[str, Any]]

    def name(self, language: str) -> str:
        """Return the role's name in the language."""
        return str(self._text("name", language))

    def place(self, language: str) -> str:
        """Return where the role is served."""
        return str(self._text("place", language))

    def lines(self, part: str, language: str) -> list[str]:
        """Return the sentences of a part of the sheet: "do", "never" or "call"."""
        return list(self._text(part, language))

    def _text(self, part: str, language: str) -> Any:
        return self.texts[part].get(language) or self.texts[part]["zh-CN"]


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the numbers in force."""
    data = json.loads((_DATA / "shift_rules.json").read_text("utf-8"))
    return Rules(**{one.name: int(data[one.name]["value"]) for one in fields(Rules)})


@lru_cache(maxsize=1)
def sheets() -> dict[str, RoleSheet]:
    """Return every role by its key, in the order of the file."""
    data = json.loads((_DATA / "shift_roles.json").read_text("utf-8"))
    data.pop("about")
    parts = ("name", "place", "do", "never", "call")
    return {
        key: RoleSheet(
            key, one["training"], bool(one["serves_chat"]), bool(one["pair"]), {part: one[part] for part in parts}
        )
        for key, one in data.items()
    }


def chat_roles() -> list[str]:
    """Return the roles whose volunteers answer in the chat."""
    return [sheet.key for sheet in sheets().values() if sheet.serves_chat]


def after_quiet(moment: datetime, timezone: str) -> datetime:
    """Return the moment itself, or the end of the quiet hours in which it lies."""
    numbers, local = rules(), moment.astimezone(ZoneInfo(timezone))
    morning = local.replace(hour=numbers.quiet_to_hour, minute=0, second=0, microsecond=0)
    if local.hour >= numbers.quiet_from_hour:
        return (morning + timedelta(days=1)).astimezone(moment.tzinfo)
    if local.hour < numbers.quiet_to_hour:
        return morning.astimezone(moment.tzinfo)
    return moment
