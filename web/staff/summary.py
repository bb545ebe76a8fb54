"""The intake and the screenings of a person, in words for the colleague who takes over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import callbacks, case_file, contact_checks, intakes, promises, safety_plans
from models.beneficiaries import AgeBand, Beneficiary
from models.conversations import Conversation
from models.screenings import Screening
from triage.instruments import REFUSED, instrument, item_by_key
from web.common.card_words import SINCE_WHEN
from web.common.database import reading
from web.common.languages import local_time
from web.staff import reasons, words

REASONS_AT_MOST = 5
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
    # Whether the number may be shown as it is: care/contact_checks.py.
    contact_offer: str
    contact_declined: bool


def _offer(beneficiary: Beneficiary) -> str:
    contact = beneficiary.emergency_contact
    return "open" if contact is None else contact_checks.offer(session=reading(), contact=contact).value


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
        contact_offer=_offer(beneficiary),
        contact_declined=bool(told and told.emergency_contact_declined),
    )


@dataclass(frozen=True)
class Change:
    """A total, and how far it has moved since the time before."""

    title: str
    total: int
    by: int | None
    since: datetime | None


@dataclass(frozen=True)
class TellOnce:
    """What the person has said already and need not say again, with what was promised to them."""

    worries: list[str]
    story: str | None
    since_when: str | None
    told_at: datetime | None
    # When the person looked at what was understood and said that it is right; None while they have not.
    approved_at: datetime | None
    wish: str | None
    scores: list[Change]
    reasons: list[str]
    promises: list[str]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is known yet."""
        return not (self.worries or self.story or self.wish or self.scores or self.reasons or self.promises)


def once(*, session: Session, conversation: Conversation, language: str, now: datetime) -> TellOnce:
    """Return the card at the top of a conversation: what must not be asked again."""
    person = conversation.beneficiary
    told = person.intake
    case = case_file.open_case(session=session, beneficiary_id=person.id)
    return TellOnce(
        worries=[str(words.WORRIES.get(worry, worry)) for worry in (told.worries if told else [])],
        story=told.story if told else None,
        since_when=str(SINCE_WHEN[told.since_when]) if told and told.since_when in SINCE_WHEN else None,
        told_at=told.started_at if told else None,
        approved_at=told.approved_at if told else None,
        wish=str(words.URGENCIES[told.urgency]) if told and told.urgency else None,
        scores=_changes(session, person, language),
        reasons=reasons.of_case(case, language, REASONS_AT_MOST) if case else [],
        promises=_promises(session, conversation, language, now),
    )


def _changes(session: Session, person: Beneficiary, language: str) -> list[Change]:
    """Return the newest total of each questionnaire beside the one before it."""
    found: dict[str, list[tuple[int, datetime]]] = {}
    for screening in case_file.screenings_of(session=session, beneficiary_id=person.id, limit=20):
        for row in screening.scores:
            found.setdefault(row.instrument, []).append((row.total, screening.started_at))
    return [
        Change(
            title=instrument(name).title(language),
            total=totals[0][0],
            by=totals[0][0] - totals[1][0] if len(totals) > 1 else None,
            since=totals[1][1] if len(totals) > 1 else None,
        )
        for name, totals in sorted(found.items())
    ]


def _promises(session: Session, conversation: Conversation, language: str, now: datetime) -> list[str]:
    """Return what the person was promised and still waits for."""
    found = []
    promise = callbacks.open_of(session=session, conversation_id=conversation.id)
    if promise is not None:
        found.append(
            _("Call-back by %(name)s until %(time)s", name=promise.owner.display_name, time=local_time(promise.due_at))
        )
    for one in promises.appointments_ahead(session=session, beneficiary_id=conversation.beneficiary_id, now=now):
        found.append(_("%(service)s on %(time)s", service=one.service.name(language), time=local_time(one.starts_at)))
    if safety_plans.newest(session=session, beneficiary_id=conversation.beneficiary_id) is not None:
        found.append(_("There is a safety plan that was made together."))
    return found


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
