"""The short screening: which question comes next, and what the answers ask of the staff.

PHQ-2 and GAD-2 open the rest of PHQ-9 and GAD-7 only where their gate is passed; every adult is asked the ASQ.
A gate decides what is asked and added up. It never unsays a critical answer: somebody who said "nearly every day" to
item 9 and then changed an earlier answer still needs a person to look.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from triage.answers import parse_answer, parse_control
from triage.instruments import (
    INSTRUMENT_IDS,
    REFUSED,
    AnswerOutOfRange,
    Item,
    Score,
    instrument,
    is_option,
    item_by_key,
    language,
    score,
)
from triage.levels import Level, highest

__all__ = [
    "GAD2_GATE",
    "ITEM_KEYS",
    "PHQ2_GATE",
    "REFUSED",
    "AgeBand",
    "Item",
    "ScreeningResult",
    "answer_allowed",
    "item_by_key",
    "level_so_far",
    "next_item",
    "parse_answer",
    "parse_control",
    "previous_item",
    "progress",
    "result",
    "screening_reason_text",
]

# Two-step PHQ-2 >= 2, then PHQ-9: sensitivity 0.82, specificity 0.87 (PMC7284301).
PHQ2_GATE = 2
# GAD-2 >= 3: sensitivity 0.76, specificity 0.81 (10.1016/j.genhosppsych.2015.11.005).
GAD2_GATE = 3

_PHQ2 = ("phq-9.1", "phq-9.2")
_GAD2 = ("gad-7.1", "gad-7.2")
_PHQ_REST = tuple(f"phq-9.{n}" for n in range(3, 10))
_GAD_REST = tuple(f"gad-7.{n}" for n in range(3, 8))
_ASQ_FIRST = tuple(f"asq.{n}" for n in range(1, 5))
_ASQ_NOW = "asq.5"

ITEM_KEYS: tuple[str, ...] = (*_PHQ2, *_GAD2, *_PHQ_REST, *_GAD_REST, *_ASQ_FIRST, _ASQ_NOW)

_DATA = Path(__file__).parent / "data"
_POSITIVE = (1, REFUSED)


class AgeBand(str, Enum):
    """What somebody told us about their age; it decides which questions may be asked at all."""

    UNDER_14 = "under-14"
    FROM_14_TO_17 = "14-17"
    FROM_18_TO_59 = "18-59"
    FROM_60 = "60-plus"
    UNKNOWN = "unknown"

    @property
    def is_minor(self) -> bool:
        """Tell whether this is a child: asked the ASQ only, and never given a symptom score."""
        return self in (AgeBand.UNDER_14, AgeBand.FROM_14_TO_17)


@dataclass(frozen=True)
class ScreeningResult:
    """What a screening says. Scores and reasons are for staff; the person is given `words` and nothing else."""

    scores: Mapping[str, Score]
    level: Level
    reasons: tuple[str, ...]
    complete: bool
    unscored: tuple[str, ...]
    show_labels: bool
    age_band: AgeBand

    def words(self, lang: str = "zh-CN") -> str:
        """Return plain feedback with a next step; it names no disorder, no score and no level."""
        group: dict[str, dict[str, str]] = _texts("feedback.json")["minor" if self.age_band.is_minor else "adult"]
        if not self.complete and not self.level.is_at_least(Level.YELLOW):
            return group["unfinished"][language(lang)]
        if self.unscored and self.level is Level.GREEN:
            return group["unanswered"][language(lang)]
        return group[self.level.value][language(lang)]


def next_item(answers: Mapping[str, int], age_band: AgeBand | str = AgeBand.FROM_18_TO_59) -> Item | None:
    """Return the first question still to be asked, or None when the screening is complete."""
    _refuse_bad_answers(answers)
    return next((item_by_key(key) for key in _path(answers, AgeBand(age_band)) if key not in answers), None)


def previous_item(
    answers: Mapping[str, int], age_band: AgeBand | str = AgeBand.FROM_18_TO_59, before: str | None = None
) -> Item | None:
    """Return the last answered question before another one (default: before the next to ask), for going back."""
    _refuse_bad_answers(answers)
    path = _path(answers, AgeBand(age_band))
    stop = before if before in path else next((key for key in path if key not in answers), None)
    earlier = path[: path.index(stop)] if stop else path
    answered = [key for key in earlier if key in answers]
    return item_by_key(answered[-1]) if answered else None


def progress(answers: Mapping[str, int], age_band: AgeBand | str = AgeBand.FROM_18_TO_59) -> tuple[int, int]:
    """Return (questions answered, at most so many in all); the second number only shrinks as gates stay closed."""
    _refuse_bad_answers(answers)
    path = _path(answers, AgeBand(age_band), open_gates=True)
    return sum(key in answers for key in path), len(path)


def answer_allowed(item_key: str, value: int) -> bool:
    """Tell whether a value may be stored as the answer to a question: one of its options, or REFUSED."""
    return is_option(item_by_key(item_key), value) or (type(value) is int and value == REFUSED)


def result(answers: Mapping[str, int], age_band: AgeBand | str = AgeBand.FROM_18_TO_59) -> ScreeningResult:
    """Return scores, level and reasons of a screening, finished or not; unfinished instruments have no score."""
    _refuse_bad_answers(answers)
    band = AgeBand(age_band)
    path = _path(answers, band)
    complete = all(key in answers for key in path)
    scores = _scores(answers, band, path)
    unscored = tuple(name for name in _asked_instruments(path) if name not in scores) if complete else ()
    reasons = tuple(rule.reason for rule in _RULES if rule.holds(answers, scores))
    level = highest(rule.level for rule in _RULES if rule.reason in reasons)
    if not reasons and complete:
        reasons = ("some_questions_unanswered",) if unscored else ("below_cut_offs",)
    return ScreeningResult(
        scores=scores,
        level=level,
        reasons=reasons,
        complete=complete,
        unscored=unscored,
        show_labels=band in (AgeBand.FROM_18_TO_59, AgeBand.FROM_60),
        age_band=band,
    )


def level_so_far(answers: Mapping[str, int], age_band: AgeBand | str = AgeBand.FROM_18_TO_59) -> Level:
    """Return the level the answers already call for, so that one alarming answer raises at once."""
    return result(answers, age_band).level


def screening_reason_text(reason_id: str, lang: str = "zh-CN") -> str:
    """Return a staff member's words for a reason id of a screening result; KeyError for an id we never give."""
    words: str = _texts("screening_reasons.json")[reason_id][language(lang)]
    return words


def _refuse_bad_answers(answers: Mapping[str, int]) -> None:
    for key, value in answers.items():
        if not answer_allowed(key, value):
            raise AnswerOutOfRange(key)


def _path(answers: Mapping[str, int], band: AgeBand, open_gates: bool = False) -> tuple[str, ...]:
    """Return the questions that belong to this screening; with `open_gates`, undecided gates count as open."""
    path: list[str] = []
    if not band.is_minor:
        path += _until_refused(_PHQ2, answers)
        path += _until_refused(_GAD2, answers)
        if _gate(_PHQ2, PHQ2_GATE, answers, open_gates):
            path += _until_refused(_PHQ_REST, answers)
        if _gate(_GAD2, GAD2_GATE, answers, open_gates):
            path += _until_refused(_GAD_REST, answers)
    path += _ASQ_FIRST
    undecided = open_gates and not all(key in answers for key in _ASQ_FIRST)
    if undecided or any(answers.get(key) in _POSITIVE for key in _ASQ_FIRST):
        path.append(_ASQ_NOW)
    return tuple(path)


def _until_refused(keys: tuple[str, ...], answers: Mapping[str, int]) -> tuple[str, ...]:
    # Refusing one symptom question ends its instrument: no total could be given, so asking on would only burden.
    for position, key in enumerate(keys, start=1):
        if answers.get(key) == REFUSED:
            return keys[:position]
    return keys


def _gate(keys: tuple[str, ...], cut_off: int, answers: Mapping[str, int], while_undecided: bool) -> bool:
    given = [answers[key] for key in keys if key in answers]
    if REFUSED in given:
        return False
    if len(given) < len(keys):
        return while_undecided
    return sum(given) >= cut_off


def _asked_instruments(path: tuple[str, ...]) -> tuple[str, ...]:
    names = {"phq-9.1": "phq-2", "phq-9.3": "phq-9", "gad-7.1": "gad-2", "gad-7.3": "gad-7", "asq.1": "asq"}
    return tuple(name for key, name in names.items() if key in path)


def _scores(answers: Mapping[str, int], band: AgeBand, path: tuple[str, ...]) -> dict[str, Score]:
    """Score every instrument whose questions were all asked and answered; later-visit instruments when complete."""
    asked = set(_asked_instruments(path))
    later = set() if band.is_minor else {"rses", "ucla-3", "k6"}
    scores: dict[str, Score] = {}
    for name in INSTRUMENT_IDS:
        if name not in asked | later:
            continue
        items = instrument(name).items
        given = {item.number: answers[item.key] for item in items if item.key in answers}
        if name == "asq":
            needed = {int(key.rpartition(".")[2]) for key in path if key.startswith("asq.")}
            given = {number: value for number, value in given.items() if number in needed}
            ready = needed <= set(given)
        else:
            ready = len(given) == len(items) and REFUSED not in given.values()
        if ready:
            scores[name] = score(name, given)
    return scores


@dataclass(frozen=True)
class _Rule:
    reason: str
    level: Level
    holds: Callable[[Mapping[str, int], Mapping[str, Score]], bool]


_Holds = Callable[[Mapping[str, int], Mapping[str, Score]], bool]


def _answered(key: str, *values: int) -> _Holds:
    return lambda answers, scores: answers.get(key) in values


def _scored(name: str, *band_ids: str) -> _Holds:
    return lambda answers, scores: name in scores and scores[name].band_id in band_ids


def _now_refused(answers: Mapping[str, int], scores: Mapping[str, Score]) -> bool:
    return answers.get(_ASQ_NOW) == REFUSED and any(answers.get(key) == 1 for key in _ASQ_FIRST)


def _asq_refused(answers: Mapping[str, int], scores: Mapping[str, Score]) -> bool:
    return any(answers.get(key) == REFUSED for key in (*_ASQ_FIRST, _ASQ_NOW))


# The table of levels, most urgent first. Bands are the published ones: PHQ-9 severe = 20-27, moderately severe = 15-19,
# moderate = 10-14; GAD-7 severe = 15-21, moderate = 10-14; K6 serious = 13-24, moderate = 5-12.
_RULES: tuple[_Rule, ...] = (
    _Rule("asq_thoughts_now", Level.RED, _answered("asq.5", 1)),
    _Rule("asq_now_not_answered", Level.RED, _now_refused),
    _Rule("asq_wished_dead", Level.ORANGE, _answered("asq.1", 1)),
    _Rule("asq_better_off_dead", Level.ORANGE, _answered("asq.2", 1)),
    _Rule("asq_thoughts_past_week", Level.ORANGE, _answered("asq.3", 1)),
    _Rule("asq_past_attempt", Level.ORANGE, _answered("asq.4", 1)),
    _Rule("asq_not_answered", Level.ORANGE, _asq_refused),
    _Rule("phq9_item9_often", Level.ORANGE, _answered("phq-9.9", 2, 3)),
    _Rule("phq9_20_or_more", Level.ORANGE, _scored("phq-9", "severe")),
    _Rule("phq9_item9_some_days", Level.YELLOW, _answered("phq-9.9", 1)),
    _Rule("phq9_15_to_19", Level.YELLOW, _scored("phq-9", "moderately_severe")),
    _Rule("gad7_15_or_more", Level.YELLOW, _scored("gad-7", "severe")),
    _Rule("k6_13_or_more", Level.YELLOW, _scored("k6", "serious")),
    _Rule("phq9_10_to_14", Level.BLUE, _scored("phq-9", "moderate")),
    _Rule("gad7_10_to_14", Level.BLUE, _scored("gad-7", "moderate")),
    _Rule("k6_5_to_12", Level.BLUE, _scored("k6", "moderate")),
    _Rule("self_esteem_low", Level.BLUE, _scored("rses", "low")),
    _Rule("lonely", Level.BLUE, _scored("ucla-3", "lonely")),
)


@cache
def _texts(file_name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((_DATA / file_name).read_text(encoding="utf-8"))
    return data
