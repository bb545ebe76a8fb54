"""The intake and the screenings of a person, in words for the colleague who takes over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import case_file, intakes
from models.beneficiaries import AgeBand, Beneficiary
from models.screenings import Screening
from triage.instruments import REFUSED, instrument, item_by_key
from web.staff import words

# The answers a colleague must see in full, whatever the totals say.
SAFETY_ITEMS = ("phq-9.9", "asq.1", "asq.2", "asq.3", "asq.4", "asq.5")


@dataclass(frozen=True)
class IntakeSummary:
    """What the person told at the start; empty where nothing was said."""

    beneficiary_id: int
    code: str
    called: str | None
    age: str
    is_minor: bool
    guardian_consent: bool | None
    station: str | None
    worries: list[str]
    urgency: str | None
    story: str | None
    consents: list[tuple[str, bool]]
    has_contact: bool
    contact_declined: bool


def intake(beneficiary: Beneficiary, language: str) -> IntakeSummary:
    """Return the intake summary of a person."""
    told = beneficiary.intake
    given = intakes.consents_of(beneficiary)
    return IntakeSummary(
        beneficiary_id=beneficiary.id,
        code=beneficiary.code,
        called=beneficiary.called,
        age=str(words.AGES[beneficiary.age_band]),
        is_minor=beneficiary.age_band.is_minor,
        guardian_consent=beneficiary.guardian_consent if beneficiary.age_band is AgeBand.UNDER_14 else None,
        station=beneficiary.station.name(language) if beneficiary.station else None,
        worries=[str(words.WORRIES.get(worry, worry)) for worry in (told.worries if told else [])],
        urgency=str(words.URGENCIES[told.urgency]) if told and told.urgency else None,
        story=told.story if told else None,
        consents=[(str(words.CONSENTS[purpose]), given[purpose]) for purpose in words.CONSENTS if purpose in given],
        has_contact=beneficiary.emergency_contact is not None,
        contact_declined=bool(told and told.emergency_contact_declined),
    )


@dataclass(frozen=True)
class ScreeningSummary:
    """One run through the questions: totals with their bands, and the answers that matter most."""

    started_at: datetime
    ended_at: datetime | None
    complete: bool
    level: str | None
    scores: list[tuple[str, int, str]]
    safety: list[tuple[str, str, bool]]
    answered: int
    show_labels: bool


def screenings(*, session: Session, beneficiary: Beneficiary, language: str) -> list[ScreeningSummary]:
    """Return the person's screenings, the newest first."""
    found = case_file.screenings_of(session=session, beneficiary_id=beneficiary.id)
    # Minors and people whose age is not known get no label from a symptom score.
    labels = beneficiary.age_band in (AgeBand.ADULT, AgeBand.OLDER)
    return [_one(screening, language, labels) for screening in found]


def _one(screening: Screening, language: str, labels: bool) -> ScreeningSummary:
    answers = {answer.item_key: answer.value for answer in screening.answers}
    return ScreeningSummary(
        started_at=screening.started_at,
        ended_at=screening.ended_at,
        complete=screening.complete,
        level=screening.level,
        scores=[
            (instrument(row.instrument).title(language), row.total, _band(row, language) if labels else "")
            for row in sorted(screening.scores, key=lambda row: row.instrument)
        ],
        safety=[_answer(key, answers[key], language) for key in SAFETY_ITEMS if key in answers],
        answered=len(answers),
        show_labels=labels,
    )


def _band(row: Any, language: str) -> str:
    return instrument(row.instrument).band(row.band).label(language) if row.band else ""


def _answer(key: str, value: int, language: str) -> tuple[str, str, bool]:
    item = item_by_key(key)
    if value == REFUSED:
        return item.text(language), _("Did not want to say (counts as yes)"), True
    label = next((option.label(language) for option in item.options if option.value == value), str(value))
    return item.text(language), label, value > 0
