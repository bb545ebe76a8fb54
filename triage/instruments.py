"""The questionnaires: texts with their credit lines, and scoring by the published rules only.

Texts, bands, codes and verification marks live in `triage/data/instruments/*.json`; `docs/instruments.md` lists them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

# "I would rather not say". It is an answer to the ASQ and ends every other instrument without a score.
REFUSED = -1
INSTRUMENT_IDS = ("phq-9", "phq-2", "gad-7", "gad-2", "asq", "rses", "ucla-3", "k6")

_DATA = Path(__file__).parent / "data" / "instruments"
_ASQ_NOW = 5


class ScoringError(ValueError):
    """An instrument was asked for a score that its rules do not allow."""


class UnknownInstrument(ScoringError):
    """No instrument of this name is shipped."""


class UnknownItem(ScoringError):
    """The instrument has no question of this number."""


class MissingAnswers(ScoringError):
    """At least one question is unanswered; a partial total would look like a real one."""

    def __init__(self, instrument_id: str, numbers: tuple[int, ...]) -> None:
        super().__init__(f"{instrument_id}: no answer to {', '.join(map(str, numbers))}")
        self.numbers = numbers


class AnswerOutOfRange(ScoringError):
    """An answer is not the value of any option of its question."""

    def __init__(self, item_key: str) -> None:
        super().__init__(f"{item_key}: the answer is not one of the options")
        self.item_key = item_key


class Item8Policy(str, Enum):
    """How RSES item 8 counts; scores under different policies must never be compared."""

    CHINESE_POSITIVE = "chinese_positive"
    ORIGINAL = "original"
    DROP = "drop"


@dataclass(frozen=True)
class Option:
    """One possible answer, with the value it adds."""

    value: int
    labels: Mapping[str, str]
    loinc: str | None = None

    def label(self, lang: str = "zh-CN") -> str:
        """Return the words of this option."""
        return self.labels[language(lang)]


@dataclass(frozen=True)
class Item:
    """One question. `marks` says per language whether its wording is V, S or U (see docs/instruments.md)."""

    key: str
    instrument: str
    number: int
    texts: Mapping[str, str]
    lead_ins: Mapping[str, str]
    options: tuple[Option, ...]
    answer_scale: str
    marks: Mapping[str, str]
    loinc: str | None = None
    reverse: bool = False
    critical: bool = False
    refusal_allowed: bool = False

    def text(self, lang: str = "zh-CN") -> str:
        """Return the question as it must be shown, word for word."""
        return self.texts[language(lang)]

    def lead_in(self, lang: str = "zh-CN") -> str:
        """Return the sentence that names the time window, or "" where the question names it itself."""
        return self.lead_ins[language(lang)]

    @property
    def values(self) -> frozenset[int]:
        """Return the values that may be stored as an answer, without `REFUSED`."""
        return frozenset(option.value for option in self.options)


@dataclass(frozen=True)
class Band:
    """A published range of totals. Its label is for staff and never shown to the person."""

    id: str
    min: int | None
    max: int | None
    labels: Mapping[str, str]

    def label(self, lang: str = "zh-CN") -> str:
        """Return the staff's word for this range."""
        return self.labels[language(lang)]


@dataclass(frozen=True)
class Licence:
    """The terms under which the text is shipped, and the credit line that every copy must carry."""

    status: str
    ship: str
    credit: str
    mark: str


@dataclass(frozen=True)
class Instrument:
    """A questionnaire; `data` keeps everything that is known about it, unverified notes included."""

    id: str
    version: str
    titles: Mapping[str, str]
    licence: Licence
    items: tuple[Item, ...]
    bands: tuple[Band, ...]
    minimum: int
    maximum: int
    loinc: Mapping[str, Any]
    data: Mapping[str, Any]

    def title(self, lang: str = "zh-CN") -> str:
        """Return the name of the questionnaire, for staff."""
        return self.titles[language(lang)]

    def band(self, band_id: str) -> Band:
        """Return the band of this id."""
        return next(band for band in self.bands if band.id == band_id)


@dataclass(frozen=True)
class Score:
    """A full score: `total` in the instrument's points, and what must be stored to compare it later."""

    instrument_id: str
    instrument_version: str
    total: int
    band_id: str
    item8_policy: str | None = None

    def band_label(self, lang: str = "zh-CN") -> str:
        """Return the staff's word for the band of this score."""
        return instrument(self.instrument_id).band(self.band_id).label(lang)


def language(lang: str) -> str:
    """Return "en" for any English, otherwise "zh-CN": Chinese is what the service speaks first."""
    return "en" if lang.lower().startswith("en") else "zh-CN"


@cache
def instrument(instrument_id: str) -> Instrument:
    """Return a shipped instrument, or raise UnknownInstrument."""
    if instrument_id not in INSTRUMENT_IDS:
        raise UnknownInstrument(instrument_id)
    data = json.loads((_DATA / f"{instrument_id}.json").read_text(encoding="utf-8"))
    licence = data["licence"]
    return Instrument(
        id=data["id"],
        version=data["version"],
        titles=data["title"],
        licence=Licence(licence["status"], licence["ship"], data["credit"]["text"], licence["v"]),
        items=_items(data),
        bands=tuple(Band(row["id"], row.get("min"), row.get("max"), row["label"]) for row in data["bands"]),
        minimum=data["scoring"]["min"],
        maximum=data["scoring"]["max"],
        loinc=data["loinc"],
        data=data,
    )


def _items(data: Mapping[str, Any]) -> tuple[Item, ...]:
    if "items_ref" in data:
        # PHQ-2 and GAD-2 are the first questions of their long form, under the same keys: nobody is asked twice.
        wanted = data["items_ref"]["items"]
        return tuple(item for item in instrument(data["items_ref"]["instrument"]).items if item.number in wanted)
    options = tuple(Option(row["value"], row["label"], row.get("loinc")) for row in data["options"])
    lead_ins = {lang: data["lead_in"][lang] for lang in ("zh-CN", "en")}
    return tuple(
        Item(
            key=f"{data['id']}.{row['number']}",
            instrument=data["id"],
            number=row["number"],
            texts=row["text"],
            lead_ins=lead_ins,
            options=options,
            answer_scale=data["answer_scale"],
            marks=row["mark"],
            loinc=row.get("loinc"),
            reverse=row.get("reverse", False),
            critical=row.get("critical", False),
            refusal_allowed=data["scoring"].get("refusal_allowed", False),
        )
        for row in data["items"]
    )


@cache
def item_by_key(item_key: str) -> Item:
    """Return the question of a key such as "phq-9.1", or raise UnknownItem."""
    instrument_id, _, number = item_key.rpartition(".")
    if instrument_id in INSTRUMENT_IDS:
        for item in instrument(instrument_id).items:
            if item.key == item_key:
                return item
    raise UnknownItem(f"{instrument_id}.{number}")


def score(instrument_id: str, answers: Mapping[int, int], *, item8_policy: Item8Policy | str | None = None) -> Score:
    """Return the full score of answers {question number: option value}.

    Raises MissingAnswers, AnswerOutOfRange, UnknownItem or UnknownInstrument; never returns a partial total.
    `item8_policy` belongs to the RSES only and is kept in its score.
    """
    sheet = instrument(instrument_id)
    policy = _policy(sheet, item8_policy)
    _refuse_bad_answers(sheet, answers)
    if sheet.id == "asq":
        return _score_asq(sheet, answers)
    dropped = _policy_item(sheet) if policy is Item8Policy.DROP else None
    counted = [item for item in sheet.items if item.number != dropped]
    _refuse_missing(sheet, answers, [item.number for item in counted])
    total = sum(_points(item, answers[item.number], policy) for item in counted)
    if dropped is not None:
        # Nine items prorated to ten (x 10/9). A ninth is never exactly a half, so rounding has one answer.
        total = round(total * 10 / 9)
    return Score(sheet.id, sheet.version, total, _band_id(sheet, total), policy.value if policy else None)


def _policy(sheet: Instrument, wanted: Item8Policy | str | None) -> Item8Policy | None:
    if sheet.id != "rses":
        if wanted is not None:
            raise ScoringError(f"{sheet.id} has no item 8 policy")
        return None
    return Item8Policy(wanted or sheet.data["scoring"]["item8_policy"]["default"])


def _policy_item(sheet: Instrument) -> int:
    return next(int(row["number"]) for row in sheet.data["items"] if row.get("policy"))


def _points(item: Item, answer: int, policy: Item8Policy | None) -> int:
    reverse = item.reverse or (item.number == 8 and policy is Item8Policy.ORIGINAL)
    return min(item.values) + max(item.values) - answer if reverse else answer


def _refuse_bad_answers(sheet: Instrument, answers: Mapping[int, int]) -> None:
    items = {item.number: item for item in sheet.items}
    for number, answer in answers.items():
        if number not in items:
            raise UnknownItem(f"{sheet.id}.{number}")
        if not is_option(items[number], answer) and not (items[number].refusal_allowed and answer == REFUSED):
            raise AnswerOutOfRange(items[number].key)


def is_option(item: Item, answer: object) -> bool:
    """Tell whether a value is one of the question's options; True and 1.0 are not the integer 1."""
    return type(answer) is int and answer in item.values


def _refuse_missing(sheet: Instrument, answers: Mapping[int, int], needed: list[int]) -> None:
    missing = tuple(number for number in needed if number not in answers)
    if missing:
        raise MissingAnswers(sheet.id, missing)


def _score_asq(sheet: Instrument, answers: Mapping[int, int]) -> Score:
    """Total = questions 1 to 4 answered yes or refused; question 5 is needed once any of them is."""
    first_four = [item.number for item in sheet.items if item.number != _ASQ_NOW]
    _refuse_missing(sheet, answers, first_four)
    total = sum(answers[number] in (1, REFUSED) for number in first_four)
    if total:
        _refuse_missing(sheet, answers, [_ASQ_NOW])
    return Score(sheet.id, sheet.version, total, _asq_band(total, answers))


def _asq_band(total: int, answers: Mapping[int, int]) -> str:
    now = answers.get(_ASQ_NOW)
    said_yes = any(answers[number] == 1 for number in answers if number != _ASQ_NOW)
    if now == 1 or (now == REFUSED and said_yes):
        # Somebody who has said yes and will not say whether it is now cannot be taken for "not now" (our rule).
        return "acute_positive"
    return "nonacute_positive" if total else "negative"


def _band_id(sheet: Instrument, total: int) -> str:
    for band in sheet.bands:
        if band.min is not None and band.max is not None and band.min <= total <= band.max:
            return band.id
    raise ScoringError(f"{sheet.id}: no band holds the total {total}")
