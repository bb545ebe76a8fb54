"""The line of those who wait for a person, and an honest word about how long it takes: measured, or not said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from care import duty
from models.beneficiaries import Beneficiary
from models.conversations import Conversation, Owner, TakeOver
from models.crises import CrisisCase, LevelName

# The last waits that are counted, and how many it takes before anything is said about them.
LOOKED_AT = 30
LEAST = 5
NO_OLDER_THAN = timedelta(days=14)
# What is said holds for most people: from the first quarter to nine in ten.
LOW, HIGH = 0.25, 0.9
# People at these levels are seen before others, whoever asked first.
SEEN_FIRST = (LevelName.EMERGENCY, LevelName.RED, LevelName.ORANGE)


@dataclass(frozen=True)
class Range:
    """How long most of the last people waited, in whole minutes."""

    low: int
    high: int
    counted: int


@dataclass(frozen=True)
class Place:
    """Where somebody stands, since when, and what was measured; no range where too little is known."""

    number: int
    since: datetime
    usual: Range | None
    # The person has waited longer than nine in ten of the others did.
    longer_than_usual: bool


def order(*, session: Session) -> list[int]:
    """Return the conversations that wait for a person in the order in which they are seen."""
    at_risk = exists().where(
        CrisisCase.beneficiary_id == Conversation.beneficiary_id,
        CrisisCase.closed_at.is_(None),
        CrisisCase.level.in_(SEEN_FIRST),
    )
    rows = session.execute(
        select(Conversation.id, at_risk.label("at_risk"), Conversation.human_requested_at).where(
            Conversation.closed_at.is_(None),
            Conversation.human_requested_at.is_not(None),
            Conversation.owner == Owner.BOT,
        )
    ).all()
    return [row.id for row in sorted(rows, key=lambda row: (not row.at_risk, row.human_requested_at, row.id))]


def place_of(*, session: Session, conversation: Conversation, now: datetime) -> Place | None:
    """Return where the person stands; None when they do not wait, or nobody is there who could come."""
    since = conversation.human_requested_at
    if since is None or conversation.owner is Owner.STAFF or conversation.closed_at is not None:
        return None
    if not duty.is_open(session=session, at=now):
        return None
    line = order(session=session)
    if conversation.id not in line:
        return None
    usual = measured(session=session, now=now)
    late = usual is not None and now - since > timedelta(minutes=usual.high)
    return Place(number=line.index(conversation.id) + 1, since=since, usual=usual, longer_than_usual=late)


def measured(*, session: Session, now: datetime) -> Range | None:
    """Return the range of the last waits of people who were not in danger; None where fewer than five are known."""
    in_danger = exists().where(
        CrisisCase.beneficiary_id == Conversation.beneficiary_id,
        CrisisCase.opened_at <= TakeOver.taken_at,
        (CrisisCase.closed_at.is_(None)) | (CrisisCase.closed_at >= TakeOver.taken_at),
    )
    rows = session.execute(
        select(TakeOver.asked_at, TakeOver.taken_at)
        .join(Conversation, Conversation.id == TakeOver.conversation_id)
        .join(Beneficiary, Beneficiary.id == Conversation.beneficiary_id)
        .where(
            TakeOver.asked_at.is_not(None),
            TakeOver.taken_at > now - NO_OLDER_THAN,
            TakeOver.taken_at >= TakeOver.asked_at,
            Beneficiary.synthetic.is_(False),
            ~in_danger,
        )
        .order_by(TakeOver.taken_at.desc())
        .limit(LOOKED_AT)
    ).all()
    waits = sorted((taken - asked).total_seconds() / 60 for asked, taken in rows if asked is not None)
    if len(waits) < LEAST:
        return None
    low = math.floor(waits[int(LOW * (len(waits) - 1))])
    high = math.ceil(waits[math.ceil(HIGH * (len(waits) - 1))])
    return Range(low=low, high=max(high, low + 1), counted=len(waits))
