"""How a person's scores move over time, and the invitation to answer the questions before a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit, people, transcript
from care.refusals import Refusal, Refused
from care.wording import say
from models.beneficiaries import Beneficiary
from models.conversations import Message, Owner, Sender
from models.screenings import Screening, ScreeningScore
from models.staff import StaffMember
from triage.outcomes import RELIABLE_CHANGE, Change, change, together

INSTRUMENTS = tuple(RELIABLE_CHANGE)
# PHQ-9 asks about the last two weeks and GAD-7 too; answers of the last seven days describe the present well enough.
FRESH_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Point:
    """One total on its day, against the first total of the same person."""

    at: datetime
    total: int
    band: str | None
    # None for the first total: there is nothing to compare it with.
    since_first: Change | None


@dataclass(frozen=True)
class Trend:
    """All totals of one person on one instrument, oldest first."""

    instrument: str
    points: tuple[Point, ...]

    @property
    def latest(self) -> Change | None:
        """Return how the newest total stands against the first; None with fewer than two."""
        return self.points[-1].since_first if len(self.points) > 1 else None


def trends(*, session: Session, beneficiary_id: int) -> list[Trend]:
    """Return the person's totals by instrument; instruments without any are left out."""
    rows = session.execute(
        select(ScreeningScore.instrument, ScreeningScore.total, ScreeningScore.band, Screening.ended_at)
        .join(ScreeningScore.screening)
        .where(
            Screening.beneficiary_id == beneficiary_id,
            Screening.complete,
            ScreeningScore.instrument.in_(INSTRUMENTS),
        )
        .order_by(Screening.ended_at, Screening.id)
    ).all()
    found = []
    for name in INSTRUMENTS:
        own = [(ended_at, total, band) for sheet, total, band, ended_at in rows if sheet == name and ended_at]
        if own:
            found.append(Trend(name, _points(name, own)))
    return found


def _points(name: str, rows: list[tuple[datetime, int, str | None]]) -> tuple[Point, ...]:
    first = rows[0][1]
    return tuple(
        Point(at, total, band, None if place == 0 else change(name, first, total))
        for place, (at, total, band) in enumerate(rows)
    )


def overall(found: list[Trend]) -> Change | None:
    """Return what all instruments say together; None while none has two totals."""
    changes = [trend.latest for trend in found if trend.latest is not None]
    return together(changes) if changes else None


def answered_since(*, session: Session, beneficiary_id: int, since: datetime) -> bool:
    """Tell whether the person has answered all questions since the moment."""
    return (
        session.scalar(
            select(Screening.id)
            .where(Screening.beneficiary_id == beneficiary_id, Screening.complete, Screening.ended_at >= since)
            .limit(1)
        )
        is not None
    )


def invite(*, session: Session, actor: StaffMember, beneficiary: Beneficiary, key: str, now: datetime) -> Message:
    """Ask the person in their chat to answer the questions before the session; asked twice, it is said once.

    Refuse OWNED_BY_COLLEAGUE while a colleague is speaking with the person: the programme that asks the questions
    is silent then.
    """
    conversation = people.current_conversation(session=session, beneficiary=beneficiary, now=now)
    conversation = transcript.locked(session=session, conversation_id=conversation.id)
    client_key = f"invite-{key}"
    said = session.scalars(
        select(Message).where(Message.conversation_id == conversation.id, Message.client_key == client_key)
    ).first()
    if said is not None:
        return said
    if conversation.owner is not Owner.BOT:
        raise Refused(Refusal.OWNED_BY_COLLEAGUE)
    message = transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.SYSTEM,
        text=say("outcomes.invite", conversation.language),
        now=now,
        buttons=[
            {"title": say("outcomes.invite_yes", conversation.language), "payload": "/start_screening"},
            {"title": say("outcomes.invite_later", conversation.language), "payload": "/more_talk"},
        ],
        client_key=client_key,
    )
    audit.record(
        session=session,
        actor=actor,
        verb="screening.invite",
        subject_type="beneficiary",
        subject_id=beneficiary.id,
        now=now,
    )
    return message
