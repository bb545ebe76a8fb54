"""Stations and rooms: one name once, seats that exist, closed without losing anything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from care import calendar, rooms
from care.refusals import Refusal, Refused
from models.calendar import HolderKind, HoldKind
from models.staff import RoleName
from models.stations import Room, Station, StationKind
from tests.fixtures.world import World, at_once


@pytest.fixture
def manager(world: World) -> int:
    return world.colleague("manager", RoleName.BASE_MANAGER)


@pytest.fixture
def base(world: World) -> int:
    return _base(world)


def _base(world: World) -> int:
    with world.work() as session:
        row = Station(slug="base", kind=StationKind.BASE, name_zh="基地", name_en="Base")
        session.add(row)
        session.flush()
        return row.id


def _room(world: World, actor: int, station_id: int, name: str = "一室", seats: int = 2) -> int:
    with world.work() as session:
        row = rooms.add_room(
            session=session,
            actor=world.actor(session, actor),
            station_id=station_id,
            name_zh=name,
            name_en="One",
            seats=seats,
            now=world.clock(),
        )
        return row.id


def _station(world: World, actor: int, kind: StationKind, parent: int | None, name: str) -> int:
    with world.work() as session:
        row = rooms.add_station(
            session=session,
            actor=world.actor(session, actor),
            kind=kind,
            parent_id=parent,
            name_zh=name,
            name_en=name,
            address="",
            now=world.clock(),
        )
        return row.id


def _edit(world: World, actor: int, room_id: int, **more: object) -> None:
    with world.work() as session:
        plain = {"name_zh": "一室", "name_en": "One", "seats": 2, "active": True}
        rooms.edit_room(
            session=session, actor=world.actor(session, actor), room_id=room_id, now=world.clock(), **plain | more
        )


def test_same_room_added_by_ten_hands_at_once_is_one_room(any_world: World) -> None:
    manager, base = any_world.colleague("manager", RoleName.BASE_MANAGER), _base(any_world)
    results = at_once(*[lambda: _room(any_world, manager, base)] * 10)
    assert sum(isinstance(one, int) for one in results) == 1
    assert {one.refusal for one in results if isinstance(one, Refused)} == {Refusal.NAME_TAKEN}


def test_same_station_added_by_ten_hands_at_once_is_one_station(any_world: World) -> None:
    manager, base = any_world.colleague("manager", RoleName.BASE_MANAGER), _base(any_world)
    results = at_once(*[lambda: _station(any_world, manager, StationKind.STREET, base, "东街道站")] * 10)
    assert sum(isinstance(one, int) for one in results) == 1
    assert {one.refusal for one in results if isinstance(one, Refused)} == {Refusal.NAME_TAKEN}


def test_same_name_in_another_station_is_another_room(world: World, manager: int, base: int) -> None:
    east = _station(world, manager, StationKind.STREET, base, "东街道站")
    assert _room(world, manager, base) != _room(world, manager, east)


@pytest.mark.parametrize(
    ("name", "seats", "refusal"),
    [
        (" \n", 2, Refusal.EMPTY),
        ("名" * 65, 2, Refusal.TOO_LONG),
        ("一室", 0, Refusal.WRONG_VALUE),
        ("一室", 501, Refusal.WRONG_VALUE),
    ],
)
def test_room_that_cannot_be_is_refused(
    world: World, manager: int, base: int, name: str, seats: int, refusal: Refusal
) -> None:
    with pytest.raises(Refused) as refused:
        _room(world, manager, base, name, seats)
    assert refused.value.refusal is refusal


def test_closed_room_is_no_longer_offered_and_its_bookings_stay(world: World, manager: int, base: int) -> None:
    room_id, decoy = _room(world, manager, base), _room(world, manager, base, "二室", 8)
    with world.work() as session:
        start = world.clock() + timedelta(days=1)
        calendar.hold(
            session=session,
            kind=HoldKind.APPOINTMENT,
            holders=[(HolderKind.ROOM, room_id)],
            starts_at=start,
            ends_at=start + timedelta(hours=1),
        )
    _edit(world, manager, room_id, active=False)
    with world.look() as session:
        assert [room.id for room in rooms.rooms(session=session)] == [decoy]
        assert len(rooms.bookings_ahead(session=session, room_id=room_id, now=world.clock())) == 1
        assert rooms.bookings_ahead(session=session, room_id=decoy, now=world.clock()) == []


def test_room_of_a_closed_station_is_not_offered(world: World, manager: int, base: int) -> None:
    east = _station(world, manager, StationKind.STREET, base, "东街道站")
    _room(world, manager, east)
    with world.work() as session:
        rooms.edit_station(
            session=session,
            actor=world.actor(session, manager),
            station_id=east,
            name_zh="东街道站",
            name_en="East",
            address="东街 1 号",
            active=False,
            now=world.clock(),
        )
    with world.look() as session:
        assert list(rooms.rooms(session=session)) == []
        assert [one.name_zh for one in rooms.stations(session=session, only_active=True)] == ["基地"]


def test_rooms_are_found_by_seats_and_station(world: World, manager: int, base: int) -> None:
    _room(world, manager, base)
    big = _room(world, manager, base, "团体室", 16)
    with world.look() as session:
        assert [room.id for room in rooms.rooms(session=session, station_id=base, seats=3)] == [big]
        assert list(rooms.rooms(session=session, station_id=4711)) == []


def test_renaming_to_a_name_that_is_taken_changes_nothing(world: World, manager: int, base: int) -> None:
    _room(world, manager, base)
    second = _room(world, manager, base, "二室")
    with pytest.raises(Refused) as refused:
        _edit(world, manager, second, name_zh="一室", seats=9)
    assert refused.value.refusal is Refusal.NAME_TAKEN
    with world.look() as session:
        room = session.get_one(Room, second)
        assert (room.name_zh, room.seats) == ("二室", 2)


def test_network_has_one_shape(world: World, manager: int, base: int) -> None:
    east = _station(world, manager, StationKind.STREET, base, "东街道站")
    near = _station(world, manager, StationKind.COMMUNITY, east, "河畔社区站")
    for kind, parent in ((StationKind.STREET, east), (StationKind.COMMUNITY, near), (StationKind.STREET, None)):
        with pytest.raises(Refused) as refused:
            _station(world, manager, kind, parent, "错站")
        assert refused.value.field == "parent_id"
    _station(world, manager, StationKind.STREET, base, "西街道站")
    with world.look() as session:
        order = [one.name_zh for one in rooms.stations(session=session)]
    assert order == ["基地", "东街道站", "河畔社区站", "西街道站"]


def test_base_itself_is_never_closed(world: World, manager: int, base: int) -> None:
    with world.work() as session, pytest.raises(Refused):
        rooms.edit_station(
            session=session,
            actor=world.actor(session, manager),
            station_id=base,
            name_zh="基地",
            name_en="Base",
            address="",
            active=False,
            now=world.clock(),
        )
