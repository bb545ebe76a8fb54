"""The roster opens the chat: who answers now, when the next one will, and word of it to every open chat at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from care import chat_shift, duty
from models.duty import DutyPosition, OpeningState

THE_DOOR = 1


@dataclass(frozen=True)
class Opening:
    """Whether a person may be offered in this minute; else when the next turn or shift of the chat starts, if any."""

    staffed: bool
    next_at: datetime | None


def at(*, session: Session, now: datetime) -> Opening:
    """Return how things stand at this moment."""
    if duty.is_open(session=session, at=now):
        return Opening(True, None)
    turn = duty.next_turn(session=session, after=now)
    begins = [turn.starts_at if turn else None, chat_shift.next_at(session=session, after=now)]
    return Opening(False, min((moment for moment in begins if moment is not None), default=None))


def planned(*, session: Session, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return the spans in which somebody active is listed on call, joined where they touch, in order."""
    spans: list[tuple[datetime, datetime]] = []
    for turn in duty.turns_between(session=session, start=start, end=end):
        if turn.position is not DutyPosition.ON_CALL or not turn.staff.active:
            continue
        if spans and turn.starts_at <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], turn.ends_at))
        else:
            spans.append((turn.starts_at, turn.ends_at))
    return spans


def _known(session: Session, opening: Opening, now: datetime) -> str:
    there = (*duty.present(session=session, at=now), *chat_shift.people(session=session, at=now))
    people = sorted({one.id for one in there})
    silent = sorted(turn.id for turn in duty.lost(session=session, at=now))
    return f"{people}{silent}{opening.next_at.isoformat() if opening.next_at else ''}"


def has_changed(*, session: Session, now: datetime) -> bool:
    """Tell whether the open chats have last heard something else; a quiet desk costs reading only."""
    row = session.get(OpeningState, THE_DOOR)
    return row is None or row.known != _known(session, at(session=session, now=now), now)


def watch(*, session: Session, now: datetime) -> bool:
    """Notice that somebody has gone silent, a turn has ended, or the plan has changed; tell the chats once for each."""
    opening = at(session=session, now=now)
    known = _known(session, opening, now)
    row = session.get(OpeningState, THE_DOOR)
    if row is not None and row.known == known:
        return False
    if row is None:
        session.add(OpeningState(id=THE_DOOR, staffed=opening.staffed, known=known, at=now))
    else:
        if row.staffed is not opening.staffed:
            row.at = now
        row.staffed, row.known = opening.staffed, known
    duty.announce(session=session, now=now)
    return True


def closed_since(*, session: Session) -> datetime | None:
    """Return since when nobody has been there, as far as it was noticed; None while somebody is."""
    row = session.get(OpeningState, THE_DOOR)
    return row.at if row is not None and not row.staffed else None
