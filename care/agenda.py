"""What stands in a colleague's time: appointments, groups, shifts, turns on duty, leave. Read only, codes only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from care import leave
from models.appointments import CANCELLED, Appointment
from models.calendar import CalendarHold, CalendarHolder, HolderKind, HoldKind
from models.duty import DutyPosition, DutyTurn
from models.groups import GroupSeat, GroupSession, GroupState


class EntryKind(StrEnum):
    """What an entry is."""

    APPOINTMENT = "appointment"
    GROUP = "group"
    SHIFT = "shift"
    FOLLOW_UP = "follow_up"
    OFFER = "offer"
    DUTY = "duty"
    LEAVE = "leave"


# What surrounds a day rather than fills an hour of it; the grid shows it above the hours.
AROUND = (EntryKind.DUTY, EntryKind.LEAVE)
_BARE_HOLDS = {
    HoldKind.SHIFT: EntryKind.SHIFT,
    HoldKind.FOLLOW_UP: EntryKind.FOLLOW_UP,
    HoldKind.OFFER: EntryKind.OFFER,
}


@dataclass(frozen=True)
class Entry:
    """One thing in a colleague's time. `subject_id` is the number of its own record."""

    kind: EntryKind
    staff_id: int
    starts_at: datetime
    ends_at: datetime
    subject_id: int | None = None
    appointment: Appointment | None = None
    group: GroupSession | None = None
    taken: int = 0
    position: DutyPosition | None = None


def entries(*, session: Session, staff_id: int, start: datetime, end: datetime) -> list[Entry]:
    """Return everything in the colleague's time that touches the span, in order of time."""
    found = [
        *_appointments(session, staff_id, start, end),
        *_groups(session, staff_id, start, end),
        *_bare_holds(session, staff_id, start, end),
        *_turns(session, staff_id, start, end),
        *_leaves(session, staff_id, start, end),
    ]
    return sorted(found, key=lambda entry: (entry.starts_at, entry.ends_at))


def _appointments(session: Session, staff_id: int, start: datetime, end: datetime) -> list[Entry]:
    rows = session.scalars(
        select(Appointment)
        .options(joinedload(Appointment.beneficiary), joinedload(Appointment.room))
        .where(
            Appointment.staff_id == staff_id,
            Appointment.starts_at < end,
            Appointment.ends_at > start,
            Appointment.state.not_in(CANCELLED),
        )
    )
    return [Entry(EntryKind.APPOINTMENT, staff_id, row.starts_at, row.ends_at, row.id, appointment=row) for row in rows]


def _groups(session: Session, staff_id: int, start: datetime, end: datetime) -> list[Entry]:
    taken = (
        select(func.count(GroupSeat.id))
        .where(GroupSeat.session_id == GroupSession.id, GroupSeat.seat_no.is_not(None))
        .correlate(GroupSession)
        .scalar_subquery()
    )
    rows = session.execute(
        select(GroupSession, taken).where(
            GroupSession.staff_id == staff_id,
            GroupSession.starts_at < end,
            GroupSession.ends_at > start,
            GroupSession.state != GroupState.CANCELLED,
        )
    )
    return [
        Entry(EntryKind.GROUP, staff_id, row.starts_at, row.ends_at, row.id, group=row, taken=count)
        for row, count in rows
    ]


def _bare_holds(session: Session, staff_id: int, start: datetime, end: datetime) -> list[Entry]:
    rows = session.execute(
        select(CalendarHold.kind, CalendarHold.starts_at, CalendarHold.ends_at)
        .join(CalendarHolder, CalendarHolder.hold_id == CalendarHold.id)
        .where(
            CalendarHolder.holder_kind == HolderKind.STAFF,
            CalendarHolder.holder_id == staff_id,
            CalendarHold.kind.in_(list(_BARE_HOLDS)),
            CalendarHold.starts_at < end,
            CalendarHold.ends_at > start,
        )
    )
    return [Entry(_BARE_HOLDS[kind], staff_id, starts_at, ends_at) for kind, starts_at, ends_at in rows]


def _turns(session: Session, staff_id: int, start: datetime, end: datetime) -> list[Entry]:
    rows = session.scalars(
        select(DutyTurn).where(DutyTurn.staff_id == staff_id, DutyTurn.starts_at < end, DutyTurn.ends_at > start)
    )
    return [Entry(EntryKind.DUTY, staff_id, row.starts_at, row.ends_at, row.id, position=row.position) for row in rows]


def _leaves(session: Session, staff_id: int, start: datetime, end: datetime) -> list[Entry]:
    spans = leave.spans(session=session, staff_ids=[staff_id], start=start, end=end)[staff_id]
    return [Entry(EntryKind.LEAVE, staff_id, starts_at, ends_at) for starts_at, ends_at in spans]
