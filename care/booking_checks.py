"""Whether one time can be had with one colleague, and if not, the one reason that helps most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from care import matching
from care.matching import Candidate, Wish
from care.open_time import STEP, OpenTime, Stretch, minute_of, moment_of
from care.refusals import Refusal, Refused
from care.slots import LONGEST_HORIZON, Search, Slot, Wanted, work_of
from models.services import Mode, Service
from models.staff import StaffMember
from models.stations import Room

# Somebody who simply walks in is written down a little later than they came.
WALK_IN = timedelta(minutes=30)


@dataclass(frozen=True)
class Request:
    """A time that somebody asks for."""

    service: Service
    starts_at: datetime
    mode: Mode
    beneficiary_id: int | None = None
    # None: any colleague who fits.
    staff_id: int | None = None
    language: str | None = None
    specialty: str | None = None
    wish: Wish = Wish.ANY
    station_id: int | None = None
    room_id: int | None = None
    # A colleague books for the person: neither notice nor horizon hold.
    by_staff: bool = False
    # A colleague has agreed to meet outside the plan, on leave or on a holiday.
    outside_plan: bool = False
    # The appointment's own hold, when it is about to move.
    without_hold_id: int | None = field(default=None, kw_only=True)


def check_time(*, request: Request, now: datetime) -> None:
    """Refuse a time that is too soon or too far, or that is not on a step of five minutes."""
    service, starts_at = request.service, request.starts_at
    if not service.active:
        raise Refused(Refusal.NOT_FOUND, "service_id")
    if request.mode not in service.modes:
        raise Refused(Refusal.NOT_THIS_WAY, "mode")
    if starts_at.timestamp() % (STEP * 60):
        raise Refused(Refusal.WRONG_VALUE, "starts_at")
    notice = -WALK_IN if request.by_staff else timedelta(minutes=service.notice_minutes)
    if starts_at < now + notice:
        raise Refused(Refusal.TOO_SOON, "starts_at")
    horizon = LONGEST_HORIZON if request.by_staff else timedelta(days=service.horizon_days)
    if starts_at > now + horizon:
        raise Refused(Refusal.TOO_FAR, "starts_at")


def possible(*, session: Session, request: Request, now: datetime) -> list[Slot]:
    """Return how the time can be had, the colleague with the lightest week first; refuse when nobody can."""
    check_time(request=request, now=now)
    fitting = _fitting(session, request)
    wanted = Wanted(
        service=request.service,
        mode=request.mode,
        candidates=fitting,
        beneficiary_id=request.beneficiary_id,
        station_id=request.station_id,
        room_id=request.room_id,
        without_hold_id=request.without_hold_id,
    )
    minute = minute_of(request.starts_at)
    search = Search(session, wanted, minute, minute + 1, now)
    found: list[Slot] = []
    reasons: list[Refused] = []
    for candidate in next(iter(search.order().values())):
        try:
            found.append(_one(session, search, request, candidate))
        except Refused as refusal:
            reasons.append(refusal)
    if found:
        return found
    raise _best(reasons)


def _fitting(session: Session, request: Request) -> Sequence[Candidate]:
    fitting = matching.candidates(
        session=session,
        service=request.service,
        staff_id=request.staff_id,
        language=request.language,
        specialty=request.specialty,
        beneficiary_id=request.beneficiary_id,
        wish=request.wish,
    )
    if fitting:
        return fitting
    if request.staff_id is None:
        raise Refused(Refusal.NOBODY_FREE)
    member = session.get(StaffMember, request.staff_id)
    if member is None:
        raise Refused(Refusal.NOT_FOUND, "staff_id")
    if not member.active:
        raise Refused(Refusal.NOT_ACTIVE, "staff_id")
    held = matching.licences(session=session, service=request.service, staff_ids=[member.id])
    unfit = member.team is not request.service.team or held[member.id]
    raise Refused(Refusal.DOES_NOT_FIT if unfit else Refusal.NOT_QUALIFIED, "staff_id")


def _one(session: Session, search: Search, request: Request, candidate: Candidate) -> Slot:
    """Return the slot with this colleague, or say why there is none."""
    minute, service = minute_of(request.starts_at), request.service
    meeting: Stretch = (minute, minute + service.minutes)
    if not candidate.is_licensed(minute):
        raise Refused(Refusal.NOT_QUALIFIED, "staff_id")
    if not request.outside_plan:
        _check_plan(session, search, candidate.staff_id, meeting)
    taken: Stretch = (minute, minute + search.wanted.taken)
    if search.person is not None and not search.person.is_open(taken):
        raise Refused(Refusal.ALREADY_BOOKED, "starts_at")
    if not search.without(search.busy, candidate.staff_id).is_open(taken):
        raise Refused(Refusal.OCCUPIED, "staff_id")
    station_id, room_id = _place(session, search, request, candidate.staff_id, taken)
    return Slot(
        starts_at=request.starts_at,
        ends_at=moment_of(meeting[1]),
        staff_id=candidate.staff_id,
        room_id=room_id,
        station_id=station_id,
        mode=request.mode,
    )


def _check_plan(session: Session, search: Search, staff_id: int, meeting: Stretch) -> None:
    work = search.work[staff_id]
    if any(_touch(meeting, away) for away in work.away):
        raise Refused(Refusal.ON_LEAVE, "staff_id")
    if any(_touch(meeting, closed) for closed in work.blocked):
        raise Refused(Refusal.NOT_WORKING, "starts_at")
    if _covers(search, [stretch for stretch, station in work.open if search.place.fits(station)], meeting):
        if not search.wanted.in_person or work.is_one_place(meeting):
            return
        raise Refused(Refusal.NOT_WORKING, "starts_at")
    plain = work_of(session=session, staff_id=staff_id, start=search.start, end=search.end, heed_holidays=False)
    on_holiday = _covers(search, [stretch for stretch, _station in plain.open], meeting)
    at_all = _covers(search, [stretch for stretch, _station in work.open], meeting)
    raise Refused(Refusal.HOLIDAY if on_holiday and not at_all else Refusal.NOT_WORKING)


def _touch(one: Stretch, other: Stretch) -> bool:
    return one[0] < other[1] and one[1] > other[0]


def _covers(search: Search, stretches: Sequence[Stretch], meeting: Stretch) -> bool:
    cells = OpenTime(search.start, search.end)
    for stretch in stretches:
        cells.fill(stretch, 1)
    return cells.is_open(meeting)


def _place(
    session: Session, search: Search, request: Request, staff_id: int, taken: Stretch
) -> tuple[int | None, int | None]:
    if not search.wanted.in_person:
        return None, None
    station_id = search.work[staff_id].station_at(taken[0])
    if request.outside_plan and request.room_id is not None:
        room = session.get(Room, request.room_id)
        station_id = room.station_id if room else None
    station_id = station_id or request.station_id
    if search.rooms is None:
        return station_id, None
    search.rooms.add_station(session, search, station_id)
    room_id = search.rooms.free(station_id, taken)
    if room_id is None:
        raise Refused(Refusal.NO_ROOM, "room_id")
    return station_id, room_id


# When several colleagues cannot, each for a reason of their own, the one that a person can do something about.
_TELLING = (Refusal.ALREADY_BOOKED, Refusal.HOLIDAY, Refusal.NO_ROOM)


def _best(reasons: Sequence[Refused]) -> Refused:
    if len({refusal.refusal for refusal in reasons}) == 1:
        return reasons[0]
    for telling in _TELLING:
        for refusal in reasons:
            if refusal.refusal is telling:
                return refusal
    return Refused(Refusal.NOBODY_FREE, "starts_at")
