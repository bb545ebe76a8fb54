"""Colleagues who serve the chat on a shift, not on a duty turn: counted while they may take a chat and are awake."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from care import presence, shifts
from models.live import Heartbeat
from models.staff import RoleName, StaffMember

# A volunteer does not read chats (docs/clinical-safety.md), so a volunteer alone is nobody's promise of a person.
TAKES_CHATS = (RoleName.COUNSELOR, RoleName.DUTY_OFFICER, RoleName.SUPERVISOR, RoleName.BASE_MANAGER)


def people(*, session: Session, at: datetime) -> list[StaffMember]:
    """Return those on a running shift of the chat whose desk has spoken within the last minutes."""
    return [one for one in _listed(session, at) if _is_awake(session, one.id, at)]


def next_at(*, session: Session, after: datetime) -> datetime | None:
    """Return when the next shift of the chat begins that somebody who may take a chat has signed up for."""
    shift = shifts.next_chat_shift(session=session, after=after, of=[role.value for role in TAKES_CHATS])
    return shift.starts_at if shift is not None else None


def wants_a_sign(*, session: Session, staff_id: int, now: datetime) -> bool:
    """Tell whether the colleague serves the chat on a shift and was last noted a minute ago or earlier."""
    beat = session.get(Heartbeat, _name(staff_id))
    if beat is not None and timedelta(0) <= now - beat.at < presence.NOTED_EVERY:
        return False
    return any(one.id == staff_id for one in _listed(session, now))


def note_seen(*, session: Session, staff_id: int, now: datetime) -> bool:
    """Write a sign of life; tell whether the colleague is counted from now on and was not before."""
    was_awake = _is_awake(session, staff_id, now)
    beat = session.get(Heartbeat, _name(staff_id))
    if beat is None:
        session.add(Heartbeat(name=_name(staff_id), at=now, count=0))
    else:
        beat.at = now
    session.flush()
    return not was_awake


def _listed(session: Session, at: datetime) -> list[StaffMember]:
    return [one for one in shifts.chat_people(session=session, at=at) if one.has_any(*TAKES_CHATS)]


def _is_awake(session: Session, staff_id: int, at: datetime) -> bool:
    beat = session.get(Heartbeat, _name(staff_id))
    return beat is not None and -presence.NOTED_EVERY <= at - beat.at <= presence.SEEN_WITHIN


def _name(staff_id: int) -> str:
    return f"desk-{staff_id}"
