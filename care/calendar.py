"""Take a stretch of time for people and rooms, move it, give it back; a clash is refused by the database itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care.refusals import Refusal, Refused
from models.calendar import CalendarCell, CalendarHold, CalendarHolder, HolderKind, HoldKind

Holder = tuple[HolderKind, int]
Span = tuple[datetime, datetime]

# Every plan of the base begins and ends on a step of five minutes.
STEP = timedelta(minutes=5)
LONGEST = timedelta(days=2)
_FIELD = {HolderKind.STAFF: "staff_id", HolderKind.ROOM: "room_id", HolderKind.BENEFICIARY: "beneficiary_id"}


def hold(
    *, session: Session, kind: HoldKind, holders: Sequence[Holder], starts_at: datetime, ends_at: datetime
) -> CalendarHold:
    """Take the time for every holder or for none; refuse OCCUPIED with the field of the one who is taken."""
    _check(starts_at, ends_at)
    wanted = list(dict.fromkeys(holders))
    try:
        # Refused, no half of the hold stays behind for a caller that goes on to try another time.
        with session.begin_nested():
            row = CalendarHold(kind=kind, starts_at=starts_at, ends_at=ends_at)
            session.add(row)
            session.flush()
            _take(session, row, wanted)
    except IntegrityError:
        raise _occupied(session, wanted, starts_at, ends_at) from None
    return row


def move(
    *,
    session: Session,
    hold: CalendarHold,
    starts_at: datetime,
    ends_at: datetime,
    holders: Sequence[Holder] | None = None,
) -> CalendarHold:
    """Take another time instead, with the same holders unless others are named; refused, the old time stays taken."""
    _check(starts_at, ends_at)
    named = holders if holders is not None else [(one.holder_kind, one.holder_id) for one in hold.holders]
    wanted, hold_id = list(dict.fromkeys(named)), hold.id
    try:
        with session.begin_nested():
            _let_go(session, hold)
            hold.starts_at, hold.ends_at = starts_at, ends_at
            session.flush()
            _take(session, hold, wanted)
    except IntegrityError:
        raise _occupied(session, wanted, starts_at, ends_at, besides=hold_id) from None
    return hold


def release(*, session: Session, hold: CalendarHold) -> None:
    """Give the time back."""
    _let_go(session, hold)
    session.delete(hold)
    session.flush()


def busy(*, session: Session, holders: Sequence[Holder], start: datetime, end: datetime) -> dict[Holder, list[Span]]:
    """Return what is taken of each holder's time between two moments, in order."""
    found: dict[Holder, list[Span]] = {holder: [] for holder in holders}
    for kind in HolderKind:
        ids = [number for own, number in found if own is kind]
        if not ids:
            continue
        rows = session.execute(
            select(CalendarHolder.holder_id, CalendarHold.starts_at, CalendarHold.ends_at)
            .join(CalendarHold, CalendarHold.id == CalendarHolder.hold_id)
            .where(
                CalendarHolder.holder_kind == kind,
                CalendarHolder.holder_id.in_(ids),
                CalendarHold.starts_at < end,
                CalendarHold.ends_at > start,
            )
            .order_by(CalendarHold.starts_at)
        )
        for number, starts_at, ends_at in rows:
            found[(kind, number)].append((starts_at, ends_at))
    return found


def is_free(*, session: Session, holder: Holder, starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether nothing is taken of the holder's time in the span."""
    return not busy(session=session, holders=[holder], start=starts_at, end=ends_at)[holder]


def _check(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise Refused(Refusal.ENDS_BEFORE_IT_STARTS, "ends_at")
    if ends_at - starts_at > LONGEST:
        raise Refused(Refusal.WRONG_VALUE, "ends_at")
    for moment, field in ((starts_at, "starts_at"), (ends_at, "ends_at")):
        if moment.timestamp() % STEP.total_seconds():
            raise Refused(Refusal.WRONG_VALUE, field)


def _cells(starts_at: datetime, ends_at: datetime) -> range:
    step = int(STEP.total_seconds())
    return range(int(starts_at.timestamp()) // step, int(ends_at.timestamp()) // step)


def _take(session: Session, row: CalendarHold, wanted: Sequence[Holder]) -> None:
    session.execute(
        insert(CalendarHolder),
        [{"hold_id": row.id, "holder_kind": kind, "holder_id": number} for kind, number in wanted],
    )
    session.execute(
        insert(CalendarCell),
        [
            {"holder_kind": kind, "holder_id": number, "cell": cell, "hold_id": row.id}
            for kind, number in wanted
            for cell in _cells(row.starts_at, row.ends_at)
        ],
    )
    session.expire(row, ["holders"])


def _occupied(
    session: Session, wanted: list[Holder], starts_at: datetime, ends_at: datetime, besides: int | None = None
) -> Refused:
    """Return the refusal with the field of the holder whose cells somebody else has."""
    cells = _cells(starts_at, ends_at)
    query = select(CalendarCell.holder_kind, CalendarCell.holder_id).where(
        tuple_(CalendarCell.holder_kind, CalendarCell.holder_id).in_(wanted),
        CalendarCell.cell >= cells.start,
        CalendarCell.cell < cells.stop,
    )
    if besides is not None:
        query = query.where(CalendarCell.hold_id != besides)
    found = session.execute(query.limit(1)).first()
    return Refused(Refusal.OCCUPIED, _FIELD[found[0]] if found else None)


def _let_go(session: Session, hold: CalendarHold) -> None:
    session.execute(delete(CalendarCell).where(CalendarCell.hold_id == hold.id))
    session.execute(delete(CalendarHolder).where(CalendarHolder.hold_id == hold.id))
    session.expire(hold, ["holders"])
