"""Being checked in is not being there: whoever serves the chat has the desk open, and the desk says so every minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.duty import DutyTurn

# After this silence a colleague is not counted as present. A page in the background may speak only once a minute and
# its sign is written once a minute at most, so three minutes are the least that spares those who are really there.
SEEN_WITHIN = timedelta(minutes=3)
NOTED_EVERY = timedelta(minutes=1)


def is_here(turn: DutyTurn, at: datetime) -> bool:
    """Tell whether the colleague of a running turn is checked in and has been seen at the desk."""
    return turn.checked_in_at is not None and turn.checked_out_at is None and not is_lost(turn, at)


def is_lost(turn: DutyTurn, at: datetime) -> bool:
    """Tell whether somebody is checked in whose desk has fallen silent; without any sign yet they are believed."""
    if turn.checked_in_at is None or turn.checked_out_at is not None or turn.seen_at is None:
        return False
    # A clock that was set back must not keep somebody here for hours.
    return not -NOTED_EVERY <= at - turn.seen_at <= SEEN_WITHIN


def note_seen(*, session: Session, staff_id: int, now: datetime) -> bool:
    """Write a sign of life on the running turn, once a minute at most; tell whether somebody has come back by it."""
    turns = _mine(session, staff_id, now)
    if not turns:
        return False
    came_back = any(is_lost(turn, now) for turn in turns)
    session.execute(
        update(DutyTurn)
        .where(
            DutyTurn.id.in_([turn.id for turn in turns]),
            # Two pages of one colleague write in the same second; the first is enough.
            or_(DutyTurn.seen_at.is_(None), DutyTurn.seen_at <= now - NOTED_EVERY, DutyTurn.seen_at > now),
        )
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )
    for turn in turns:
        session.refresh(turn)
    return came_back


def wants_a_sign(*, session: Session, staff_id: int, now: datetime) -> bool:
    """Tell whether the colleague is checked in and was last noted a minute ago or earlier."""
    return any(
        turn.seen_at is None or not timedelta(0) <= now - turn.seen_at < NOTED_EVERY
        for turn in _mine(session, staff_id, now)
    )


def _mine(session: Session, staff_id: int, now: datetime) -> Sequence[DutyTurn]:
    return session.scalars(
        select(DutyTurn).where(
            DutyTurn.staff_id == staff_id,
            DutyTurn.checked_in_at.is_not(None),
            DutyTurn.checked_out_at.is_(None),
            # A colleague who came early is seen before the turn begins.
            DutyTurn.checked_in_at <= now,
            DutyTurn.ends_at > now,
        )
    ).all()
