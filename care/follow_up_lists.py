"""Which follow-ups wait: mine, those of everybody, those of one person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.follow_ups import FollowUp, FollowUpLadder, FollowUpState

# How far a list of what comes looks ahead.
AHEAD = timedelta(days=14)


def _waiting() -> Select[FollowUp]:
    return (
        select(FollowUp)
        .join(FollowUp.ladder)
        .options(
            joinedload(FollowUp.ladder).joinedload(FollowUpLadder.beneficiary),
            joinedload(FollowUp.owner),
            joinedload(FollowUp.hold),
        )
        .where(
            FollowUp.state == FollowUpState.PLANNED,
            FollowUpLadder.paused_at.is_(None),
            FollowUpLadder.ended_at.is_(None),
        )
        .order_by(FollowUp.closes_at, FollowUp.id)
    )


def late(*, session: Session, now: datetime, owner_id: int | None = None) -> Sequence[FollowUp]:
    """Return what was not kept within its window, the longest missed first; of everybody where no owner is named."""
    query = _waiting().where(FollowUp.closes_at <= now)
    return session.scalars(query if owner_id is None else query.where(FollowUp.owner_id == owner_id)).all()


def count_late(*, session: Session, now: datetime) -> int:
    """Return how many follow-ups of the base were missed and not kept since."""
    found = _waiting().where(FollowUp.closes_at <= now).with_only_columns(func.count(FollowUp.id)).order_by(None)
    return session.scalar(found) or 0


def open_now(*, session: Session, now: datetime, owner_id: int | None = None) -> Sequence[FollowUp]:
    """Return what can be kept at this moment and is not late."""
    query = _waiting().where(FollowUp.opens_at <= now, FollowUp.closes_at > now)
    return session.scalars(query if owner_id is None else query.where(FollowUp.owner_id == owner_id)).all()


def coming(
    *, session: Session, now: datetime, owner_id: int | None = None, ahead: timedelta = AHEAD
) -> Sequence[FollowUp]:
    """Return what opens in the coming days."""
    query = _waiting().where(FollowUp.opens_at > now, FollowUp.opens_at <= now + ahead)
    return session.scalars(query if owner_id is None else query.where(FollowUp.owner_id == owner_id)).all()


def ladders_of(*, session: Session, beneficiary_id: int) -> Sequence[FollowUpLadder]:
    """Return the person's ladders with all their attempts, the newest first."""
    return session.scalars(
        select(FollowUpLadder)
        .where(FollowUpLadder.beneficiary_id == beneficiary_id)
        .options(selectinload(FollowUpLadder.follow_ups).joinedload(FollowUp.owner))
        .order_by(FollowUpLadder.id.desc())
    ).all()


def of_case(*, session: Session, case_id: int) -> FollowUpLadder | None:
    """Return the ladder that the case began, if it began one."""
    return session.scalars(
        select(FollowUpLadder)
        .where(FollowUpLadder.case_id == case_id)
        .options(selectinload(FollowUpLadder.follow_ups).joinedload(FollowUp.owner))
    ).first()


def by_id(*, session: Session, follow_up_id: int) -> FollowUp | None:
    """Return one attempt."""
    return session.get(FollowUp, follow_up_id)
