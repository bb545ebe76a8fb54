"""Stations and rooms: opened, renamed, closed; a closed one takes nothing new and keeps its history."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit
from care.refusals import Refusal, Refused
from models.calendar import CalendarHold, CalendarHolder, HolderKind
from models.staff import StaffMember
from models.stations import Room, Station, StationKind

LONGEST_NAME = 64
LONGEST_ADDRESS = 200
MOST_SEATS = 500
# Who may stand under whom: communities under streets or the base, streets under the base.
_ABOVE = {
    StationKind.BASE: (),
    StationKind.STREET: (StationKind.BASE,),
    StationKind.COMMUNITY: (StationKind.STREET, StationKind.BASE),
}


def stations(*, session: Session, only_active: bool = False) -> list[Station]:
    """Return the network from top to bottom: the base, each street station with its communities behind it."""
    rows = session.scalars(select(Station).order_by(Station.id)).all()
    below: dict[int | None, list[Station]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    ordered: list[Station] = []

    def walk(parent_id: int | None) -> None:
        for row in below.get(parent_id, []):
            ordered.append(row)
            walk(row.id)

    walk(None)
    return [row for row in ordered if row.active or not only_active]


def rooms(
    *, session: Session, station_id: int | None = None, seats: int = 1, only_active: bool = True
) -> Sequence[Room]:
    """Return the rooms that seat enough people, of one station or of all."""
    query = select(Room).join(Station).where(Room.seats >= seats)
    if station_id is not None:
        query = query.where(Room.station_id == station_id)
    if only_active:
        query = query.where(Room.active, Station.active)
    return session.scalars(query.order_by(Room.station_id, Room.id)).all()


def add_station(
    *,
    session: Session,
    actor: StaffMember,
    kind: StationKind,
    parent_id: int | None,
    name_zh: str,
    name_en: str,
    address: str,
    now: datetime,
) -> Station:
    """Open a station under the base or under a street station."""
    parent = session.get(Station, parent_id) if parent_id is not None else None
    if (parent.kind if parent else None) not in (_ABOVE[kind] or (None,)):
        raise Refused(Refusal.WRONG_VALUE, "parent_id")
    row = Station(slug=_slug(_name(name_zh, "name_zh")), kind=kind, parent_id=parent_id, name_zh="", name_en="")
    _name_station(row, name_zh, name_en, address)
    if session.scalar(select(Station.id).where(Station.name_zh == row.name_zh)) is not None:
        raise Refused(Refusal.NAME_TAKEN, "name_zh")
    _store(session, row)
    _trace(session, actor, "station.add", row, now)
    return row


def edit_station(
    *,
    session: Session,
    actor: StaffMember,
    station_id: int,
    name_zh: str,
    name_en: str,
    address: str,
    active: bool,
    now: datetime,
) -> Station:
    """Rename, move house, close or open again."""
    row = session.get(Station, station_id, with_for_update=True)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    taken = session.scalar(select(Station.id).where(Station.name_zh == name_zh.strip(), Station.id != station_id))
    if taken is not None:
        raise Refused(Refusal.NAME_TAKEN, "name_zh")
    if row.kind is StationKind.BASE and not active:
        raise Refused(Refusal.WRONG_VALUE, "active")
    _name_station(row, name_zh, name_en, address)
    row.active = active
    _trace(session, actor, "station.edit", row, now)
    return row


def _name_station(row: Station, name_zh: str, name_en: str, address: str) -> None:
    row.name_zh, row.name_en = _name(name_zh, "name_zh"), _name(name_en, "name_en")
    where = address.strip()
    if len(where) > LONGEST_ADDRESS:
        raise Refused(Refusal.TOO_LONG, "address")
    row.address = where or None


def _slug(name: str) -> str:
    # One name, one slug: two colleagues who open the same station in the same moment meet at the unique key.
    return f"s-{hashlib.sha256(name.encode()).hexdigest()[:24]}"


def _name(typed: str, field: str) -> str:
    tidy = " ".join(typed.split())
    if not tidy:
        raise Refused(Refusal.EMPTY, field)
    if len(tidy) > LONGEST_NAME:
        raise Refused(Refusal.TOO_LONG, field)
    return tidy


def add_room(
    *,
    session: Session,
    actor: StaffMember,
    station_id: int,
    name_zh: str,
    name_en: str,
    seats: int,
    now: datetime,
) -> Room:
    """Open a room; the same name twice in one station is refused by the database."""
    station = session.get(Station, station_id)
    if station is None or not station.active:
        raise Refused(Refusal.NOT_FOUND, "station_id")
    row = Room(
        station_id=station_id,
        name_zh=_name(name_zh, "name_zh"),
        name_en=_name(name_en, "name_en"),
        seats=_seats(seats),
    )
    _store(session, row)
    _trace(session, actor, "room.add", row, now)
    return row


def edit_room(
    *,
    session: Session,
    actor: StaffMember,
    room_id: int,
    name_zh: str,
    name_en: str,
    seats: int,
    active: bool,
    now: datetime,
) -> Room:
    """Rename a room, change its seats, close it or open it again. What is booked in it stays booked."""
    row = session.get(Room, room_id, with_for_update=True)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    tidy_zh, tidy_en, places = _name(name_zh, "name_zh"), _name(name_en, "name_en"), _seats(seats)
    try:
        with session.begin_nested():
            row.name_zh, row.name_en, row.seats, row.active = tidy_zh, tidy_en, places, active
    except IntegrityError as error:
        raise Refused(Refusal.NAME_TAKEN, "name_zh") from error
    _trace(session, actor, "room.edit", row, now)
    return row


def _seats(seats: int) -> int:
    if not 1 <= seats <= MOST_SEATS:
        raise Refused(Refusal.WRONG_VALUE, "seats")
    return seats


def bookings_ahead(*, session: Session, room_id: int, now: datetime) -> Sequence[CalendarHold]:
    """Return what is booked in the room from now on: to be moved when it closes."""
    return session.scalars(
        select(CalendarHold)
        .join(CalendarHolder, CalendarHolder.hold_id == CalendarHold.id)
        .where(
            CalendarHolder.holder_kind == HolderKind.ROOM,
            CalendarHolder.holder_id == room_id,
            CalendarHold.ends_at > now,
        )
        .order_by(CalendarHold.starts_at)
    ).all()


def _store(session: Session, row: Station | Room) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Refused(Refusal.NAME_TAKEN, "name_zh") from error


def _trace(session: Session, actor: StaffMember, verb: str, row: Station | Room, now: datetime) -> None:
    session.flush()
    kind = "room" if isinstance(row, Room) else "station"
    audit.record(session=session, actor=actor, verb=verb, subject_type=kind, subject_id=row.id, now=now)
    session.flush()
