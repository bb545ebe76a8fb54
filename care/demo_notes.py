"""Invented scores and session notes of one person who has an appointment, so that the trend can be looked at."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import notes
from models.appointments import CANCELLED, Appointment
from models.beneficiaries import Beneficiary
from models.notes import Contact, RiskLook, SessionNote
from models.screenings import Screening, ScreeningScore
from triage.instruments import instrument

# Days ago, PHQ-9, GAD-7.
_SCORES = ((63, 17, 14), (42, 14, 12), (21, 12, 11), (4, 9, 9))
_WORDS = {
    "presenting": "这个月的补助晚到了十天，夜里睡不着，担心孩子的学费。说“跟谁都不好意思开口”。",
    "done": "一起理了三件能做的事；做了一次呼吸练习，约好每晚睡前再做。",
    "risk": RiskLook.NOTHING_HEARD,
    "risk_words": "",
    "next_step": "下周同一时间再谈，带上社区的表。",
    "reason": "",
}


def load(*, session: Session, now: datetime) -> int:
    """Add scores and one signed note for a person with an appointment; return how many notes were added."""
    if session.scalar(select(SessionNote.id).limit(1)) is not None:
        return 0
    meeting = session.scalars(
        select(Appointment)
        .join(Beneficiary, Beneficiary.id == Appointment.beneficiary_id)
        .where(Beneficiary.synthetic, Appointment.state.not_in(CANCELLED))
        .order_by(Appointment.id)
        .limit(1)
    ).first()
    if meeting is None:
        return 0
    for days, phq, gad in _SCORES:
        _score(session, meeting.beneficiary_id, now - timedelta(days=days), {"phq-9": phq, "gad-7": gad})
    occasion = notes.Occasion(meeting.beneficiary, Contact.PHONE, now - timedelta(days=6))
    draft = notes.open_draft(session=session, author=meeting.staff, occasion=occasion, now=now)
    notes.sign(
        session=session,
        author=meeting.staff,
        draft_id=draft.id,
        key=draft.key,
        version=draft.version,
        fields=_WORDS,
        now=now,
    )
    return 1


def _score(session: Session, beneficiary_id: int, at: datetime, totals: dict[str, int]) -> None:
    session.add(
        Screening(
            beneficiary_id=beneficiary_id,
            language="zh-CN",
            complete=True,
            started_at=at,
            ended_at=at,
            scores=[
                ScreeningScore(instrument=name, total=total, band=_band(name, total)) for name, total in totals.items()
            ],
        )
    )
    session.flush()


def _band(name: str, total: int) -> str:
    bands = instrument(name).bands
    return next(one.id for one in bands if one.min is not None and one.max is not None and one.min <= total <= one.max)
