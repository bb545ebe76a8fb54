"""Stations and rooms: the network on one page, each line with its own small form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from care import rooms
from care.refusals import Refusal, Refused
from models.stations import Room, Station, StationKind
from web.common import clock, languages, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.staff.blueprint import blueprint
from web.staff.people import words
from web.staff.people.forms import NewStationForm, RoomForm, StationForm, show


@dataclass(frozen=True)
class RoomLine:
    """One room with the form that changes it."""

    room: Room
    name: str
    form: RoomForm


@dataclass(frozen=True)
class StationLine:
    """One station with its rooms and forms."""

    station: Station
    name: str
    kind: Any
    depth: int
    form: StationForm
    rooms: list[RoomLine]
    new_room: RoomForm
    # Whether a form of this station was refused and must stand open.
    is_open: bool


def _station_form(station: Station) -> StationForm:
    known = {
        "name_zh": station.name_zh,
        "name_en": station.name_en,
        "address": station.address or "",
        "active": station.active,
    }
    return StationForm(formdata=None, data=known, prefix=f"s{station.id}-")


def _room_form(room: Room) -> RoomForm:
    known = {"name_zh": room.name_zh, "name_en": room.name_en, "seats": room.seats, "active": room.active}
    return RoomForm(formdata=None, data=known, prefix=f"r{room.id}-")


def _parents(form: NewStationForm) -> NewStationForm:
    language = languages.language()
    form.parent_id.choices = [
        SelectChoice(one.id, one.name(language))
        for one in rooms.stations(session=reading(), only_active=True)
        if one.kind is not StationKind.COMMUNITY
    ]
    return form


def _page(status: int = 200, **refused: Any) -> Any:
    """Draw the page; a refused form is named by what it is about: station_3, room_7, new_room_3, new_station."""
    language, lines = languages.language(), []
    for station in rooms.stations(session=reading()):
        names = {f"station_{station.id}", f"new_room_{station.id}", *(f"room_{room.id}" for room in station.rooms)}
        lines.append(
            StationLine(
                station,
                station.name(language),
                words.STATION_KINDS[station.kind],
                list(StationKind).index(station.kind),
                refused.get(f"station_{station.id}") or _station_form(station),
                [
                    RoomLine(room, room.name(language), refused.get(f"room_{room.id}") or _room_form(room))
                    for room in station.rooms
                ],
                refused.get(f"new_room_{station.id}") or RoomForm(formdata=None, prefix=f"n{station.id}-"),
                bool(names & set(refused)),
            )
        )
    new_station = _parents(refused.get("new_station") or NewStationForm(formdata=None, prefix="new-"))
    return (
        render_template(
            "staff/people/stations.html",
            lines=lines,
            new_station=new_station,
            refused=next(iter(refused.values()), None),
        ),
        status,
    )


@blueprint.get("/stations")
@access(Access.SEE_PEOPLE)
def stations() -> Any:
    """Show the network with its rooms."""
    return _page()


def _done(said: str) -> Any:
    flash(said, "good")
    return redirect(url_for("staff.stations"), code=303)


@blueprint.post("/stations")
@access(Access.MANAGE_ROOMS)
def add_station() -> Any:
    """Open a station under the base or under a street station."""
    form = _parents(NewStationForm(prefix="new-"))
    if not form.validate():
        return _page(422, new_station=form)
    parent = reading().get_one(Station, form.parent_id.data)
    kind = StationKind.STREET if parent.kind is StationKind.BASE else StationKind.COMMUNITY
    try:
        with unit_of_work() as work:
            rooms.add_station(
                session=work,
                actor=security.me(),
                kind=kind,
                parent_id=form.parent_id.data,
                name_zh=form.name_zh.data or "",
                name_en=form.name_en.data or "",
                address=form.address.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        show(form, refused, "name_zh")
        return _page(422, new_station=form)
    return _done(_("The station is open."))


@blueprint.post("/stations/<row:station_id>")
@access(Access.MANAGE_ROOMS)
def edit_station(station_id: int) -> Any:
    """Rename a station, say where it is, close it or open it again."""
    if reading().get(Station, station_id) is None:
        raise Refused(Refusal.NOT_FOUND)
    form = StationForm(prefix=f"s{station_id}-")
    if not form.validate():
        return _page(422, **{f"station_{station_id}": form})
    try:
        with unit_of_work() as work:
            rooms.edit_station(
                session=work,
                actor=security.me(),
                station_id=station_id,
                name_zh=form.name_zh.data or "",
                name_en=form.name_en.data or "",
                address=form.address.data or "",
                active=form.active.data,
                now=clock.now(),
            )
    except Refused as refused:
        show(form, refused, "name_zh")
        return _page(422, **{f"station_{station_id}": form})
    return _done(_("The station is up to date."))


@blueprint.post("/stations/<row:station_id>/rooms")
@access(Access.MANAGE_ROOMS)
def add_room(station_id: int) -> Any:
    """Open a room in a station."""
    if reading().get(Station, station_id) is None:
        raise Refused(Refusal.NOT_FOUND)
    form = RoomForm(prefix=f"n{station_id}-")
    if not form.validate():
        return _page(422, **{f"new_room_{station_id}": form})
    try:
        with unit_of_work() as work:
            rooms.add_room(
                session=work,
                actor=security.me(),
                station_id=station_id,
                name_zh=form.name_zh.data or "",
                name_en=form.name_en.data or "",
                seats=form.seats.data or 0,
                now=clock.now(),
            )
    except Refused as refused:
        show(form, refused, "name_zh")
        return _page(422, **{f"new_room_{station_id}": form})
    return _done(_("The room is open."))


@blueprint.post("/rooms/<row:room_id>")
@access(Access.MANAGE_ROOMS)
def edit_room(room_id: int) -> Any:
    """Rename a room, change its seats, close it or open it again; what is booked in it is counted out loud."""
    if reading().get(Room, room_id) is None:
        raise Refused(Refusal.NOT_FOUND)
    form = RoomForm(prefix=f"r{room_id}-")
    if not form.validate():
        return _page(422, **{f"room_{room_id}": form})
    try:
        with unit_of_work() as work:
            room = rooms.edit_room(
                session=work,
                actor=security.me(),
                room_id=room_id,
                name_zh=form.name_zh.data or "",
                name_en=form.name_en.data or "",
                seats=form.seats.data or 0,
                active=form.active.data,
                now=clock.now(),
            )
            booked = 0 if room.active else len(rooms.bookings_ahead(session=work, room_id=room_id, now=clock.now()))
    except Refused as refused:
        show(form, refused, "name_zh")
        return _page(422, **{f"room_{room_id}": form})
    if booked:
        return _done(_("The room is closed. %(count)s bookings are still in it; please move them.", count=booked))
    return _done(_("The room is up to date."))
