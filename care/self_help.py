"""Self-help: exercises of three minutes at most, suggested by need, and two numbers that belong to nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care.refusals import Refusal, Refused
from models.self_help import ExerciseRating

_FILE = Path(__file__).parent / "data" / "self_help.json"
LONGEST = 180  # seconds; nobody in distress finishes more
# From here on a rating shows the help card. Eleven points; 9 and 10 are "as bad as it can be" in our own wording.
VERY_HEAVY = 9
_RUN = re.compile(r"[0-9a-f]{32}")
# Which exercises help with what somebody told us at the start.
_BY_WORRY = {
    "money": ("asking",),
    "housing": ("asking",),
    "shame": ("asking", "down"),
    "loneliness": ("lonely",),
    "grief": ("lonely", "sleep"),
    "sleep": ("sleep",),
    "work": ("worry", "down"),
    "illness": ("worry", "sleep"),
    "family": ("tense", "worry"),
    "child": ("worry", "tense"),
}


class Moment(StrEnum):
    """When somebody says how heavy it feels."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Step:
    """One screen of an exercise."""

    kind: str
    lines: tuple[str, ...]
    name: str = ""
    options: tuple[str, ...] = ()
    rounds: int = 0


@dataclass(frozen=True)
class Exercise:
    """One exercise in one language."""

    key: str
    icon: str
    seconds: int
    needs: tuple[str, ...]
    title: str
    lead: str
    steps: tuple[Step, ...]

    @property
    def minutes(self) -> int:
        """Return how many minutes it takes, rounded up."""
        return -(-self.seconds // 60)


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return data


def reviewed_on() -> str | None:
    """Return the day on which a clinician of the base approved the words; None while they are a draft."""
    day: str | None = _data()["reviewed"]["on"]
    return day if _data()["reviewed"]["by"] else None


def needs(language: str) -> dict[str, str]:
    """Return the needs by key, in the words a person would use."""
    return {key: _in(words, language) for key, words in _data()["needs"].items()}


def _in(words: dict[str, str], language: str) -> str:
    return words.get(language) or words["zh-CN"]


@cache
def all_of(language: str) -> tuple[Exercise, ...]:
    """Return every exercise in the language."""
    return tuple(
        Exercise(
            key=one["key"],
            icon=one["icon"],
            seconds=one["seconds"],
            needs=tuple(one["needs"]),
            title=_in(one["title"], language),
            lead=_in(one["lead"], language),
            steps=tuple(_step(step, language) for step in one["steps"]),
        )
        for one in _data()["exercises"]
    )


def _step(step: dict[str, Any], language: str) -> Step:
    return Step(
        kind=step["kind"],
        lines=tuple(_in(step["text"], language).split("\n")),
        name=step.get("name", ""),
        options=tuple(_in(option, language) for option in step.get("options", ())),
        rounds=step.get("rounds", 0),
    )


def by_key(key: str, language: str) -> Exercise:
    """Return one exercise; refuse NOT_FOUND for a key that is none."""
    found = next((one for one in all_of(language) if one.key == key), None)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


def suggested(wanted: Iterable[str], language: str) -> list[Exercise]:
    """Return the exercises for these needs, the best fitting first; none for a need that is not ours."""
    wishes = list(wanted)
    fitting = [one for one in all_of(language) if set(one.needs) & set(wishes)]
    return sorted(fitting, key=lambda one: min(one.needs.index(need) for need in wishes if need in one.needs))


def needs_of(worries: Iterable[str]) -> list[str]:
    """Return the needs behind what somebody named as their worries at the start."""
    return list(dict.fromkeys(need for worry in worries for need in _BY_WORRY.get(worry, ())))


def rate(*, session: Session, exercise: str, run: str, moment: str, value: int, now: datetime) -> bool:
    """Store one rating of one run as a number only; tell whether help should be shown now.

    A number that is sent again replaces the first. Refuse NOT_FOUND (exercise) and WRONG_VALUE (run, moment, value).
    """
    by_key(exercise, "zh-CN")
    if not _RUN.fullmatch(run):
        raise Refused(Refusal.WRONG_VALUE, "run")
    if moment not in tuple(Moment):
        raise Refused(Refusal.WRONG_VALUE, "moment")
    if type(value) is not int or not 0 <= value <= 10:
        raise Refused(Refusal.WRONG_VALUE, "value")
    query = select(ExerciseRating).where(ExerciseRating.run == run).with_for_update()
    row = session.scalars(query).first()
    if row is None:
        row = ExerciseRating(run=run, exercise=exercise, at=now, **{moment: value})
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            row = session.scalars(query).one()
    if row.exercise != exercise:
        raise Refused(Refusal.WRONG_VALUE, "run")
    setattr(row, moment, value)
    session.flush()
    return needs_help(before=row.before, after=row.after, newest=value)


def needs_help(*, before: int | None, after: int | None, newest: int) -> bool:
    """Tell whether a rating calls for numbers and a person: very heavy, or heavier than before."""
    return newest >= VERY_HEAVY or (before is not None and after is not None and after > before)
