"""Free times: what a person is offered, and the one reason why another time cannot be had."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import busy_time, matching, working_hours
from care.busy_time import Busy, week_begins, week_of
from care.matching import Candidate, Wish
from care.open_time import DAY, STEP, OpenTime, minute_of, moment_of
from care.working_hours import Place, WorkTime
from models.calendar import HolderKind
from models.services import Mode, Service
from models.stations import Room

# The next few times are nearly always found in the next two weeks, so a search for a few looks there first.
_NEARER = (14 * DAY, 42 * DAY)
# More colleagues than any base has; time and rank are one whole number, because sorting whole numbers is quick.
_RANKS = 1 << 16
LONGEST_HORIZON = timedelta(days=366)


class Slot(NamedTuple):
    """One time that can be had."""

    starts_at: datetime
    ends_at: datetime
    staff_id: int
    room_id: int | None
    station_id: int | None
    mode: Mode


@dataclass(frozen=True)
class Wanted:
    """Everything that a search depends on besides the span."""

    service: Service
    mode: Mode
    candidates: Sequence[Candidate]
    beneficiary_id: int | None = None
    station_id: int | None = None
    room_id: int | None = None
    without_hold_id: int | None = None

    @property
    def taken(self) -> int:
        """Return the minutes that one meeting takes, the pause after it among them."""
        return self.service.minutes + self.service.buffer_minutes

    @property
    def in_person(self) -> bool:
        """Tell whether the two meet at a station."""
        return self.mode is Mode.OFFLINE

    @property
    def takes_room(self) -> bool:
        """Tell whether a room is taken as well."""
        return self.in_person and self.service.room_needed


def find(
    *,
    session: Session,
    service: Service,
    start: datetime,
    end: datetime,
    now: datetime,
    mode: Mode | None = None,
    staff_id: int | None = None,
    language: str | None = None,
    specialty: str | None = None,
    beneficiary_id: int | None = None,
    wish: Wish = Wish.ANY,
    station_id: int | None = None,
    room_id: int | None = None,
    without_hold_id: int | None = None,
    by_staff: bool = False,
    one_each: bool = False,
    limit: int | None = None,
) -> list[Slot]:
    """Return free times that begin in the span, in order; at the same time whoever has the lightest week comes first.

    Without `by_staff` the notice and the horizon of the service hold. `one_each` keeps only the first colleague of
    each time. `without_hold_id` leaves out an appointment that is about to move. `mode` is by default the first way
    in which the service is given.
    """
    chosen = mode or service.modes[0]
    earliest, latest = bounds(service=service, start=start, end=end, now=now, by_staff=by_staff)
    if chosen not in service.modes or earliest >= latest:
        return []
    fitting = matching.candidates(
        session=session,
        service=service,
        staff_id=staff_id,
        language=language,
        specialty=specialty,
        beneficiary_id=beneficiary_id,
        wish=wish,
    )
    if not fitting:
        return []
    wanted = Wanted(service, chosen, fitting, beneficiary_id, station_id, room_id, without_hold_id)
    found: list[Slot] = []
    for first, last in _portions(earliest, latest, limit):
        for slot in Search(session, wanted, first, last, now).slots(one_each):
            found.append(slot)
            if limit is not None and len(found) >= limit:
                return found
    return found


def bounds(
    *, service: Service, start: datetime, end: datetime, now: datetime, by_staff: bool = False
) -> tuple[int, int]:
    """Return the first minute at which a meeting may begin, and the first at which none may any more."""
    notice = timedelta(0) if by_staff else timedelta(minutes=service.notice_minutes)
    horizon = LONGEST_HORIZON if by_staff else timedelta(days=service.horizon_days)
    return minute_of(max(start, now + notice)), minute_of(min(end, now + horizon))


def _portions(earliest: int, latest: int, limit: int | None) -> Iterator[tuple[int, int]]:
    if limit is not None:
        for ahead in _NEARER:
            near = week_begins(week_of(earliest + ahead))
            if earliest < near < latest:
                yield earliest, near
                earliest = near
    yield earliest, latest


class Search:
    """One pass over one span. Everything it needs is loaded once, for all colleagues together."""

    def __init__(self, session: Session, wanted: Wanted, earliest: int, latest: int, now: datetime) -> None:
        self.wanted, self.earliest, self.latest = wanted, earliest, latest
        # From Monday on: the load of the week is counted, and the grid of a day is the same whenever one looks.
        # To the end of the last week: its whole load is compared, and what was found is found again all week.
        self.start, self.end = week_begins(week_of(earliest)), week_begins(week_of(latest - 1) + 1) + wanted.taken
        self.place = Place(wanted.in_person, wanted.station_id)
        ids = [one.staff_id for one in wanted.candidates]
        self.work = working_hours.load(session=session, staff_ids=ids, start=self.start, end=self.end)
        self.busy = self._read(session, HolderKind.STAFF, ids)
        self.since = matching.last_met(session=session, staff_ids=ids, now=now) if len(ids) > 1 else {}
        self.rooms = Rooms(session, self) if wanted.takes_room else None
        self.person = None
        if wanted.beneficiary_id is not None:
            taken = self._read(session, HolderKind.BENEFICIARY, [wanted.beneficiary_id])
            self.person = self.without(taken, wanted.beneficiary_id)

    def _read(self, session: Session, kind: HolderKind, ids: Sequence[int]) -> Busy:
        return busy_time.read(
            session=session,
            kind=kind,
            ids=ids,
            start=self.start,
            end=self.end,
            without_hold_id=self.wanted.without_hold_id,
        )

    def read_rooms(self, session: Session, ids: Sequence[int]) -> Busy:
        """Return what is taken of the rooms."""
        return self._read(session, HolderKind.ROOM, ids)

    def without(self, taken: Busy, number: int) -> OpenTime:
        """Return the whole span but for what a holder has been taken for."""
        cells = OpenTime(self.start, self.end)
        cells.fill((self.start, self.end), 1)
        for stretch in taken.of(number).stretches:
            cells.fill(stretch, 0)
        return cells

    def slots(self, one_each: bool = False) -> Iterator[Slot]:
        """Yield every free time in order."""
        times = self._anybody() if one_each and not self._may_fail else self._everybody()
        last = -1
        for minute, staff_id in times:
            if one_each and minute == last:
                continue
            slot = self._slot(staff_id, minute)
            if slot is not None:
                last = minute
                yield slot

    @property
    def _may_fail(self) -> bool:
        """Tell whether a time that a colleague has free may still not be had, so that the next one is looked at."""
        return self.person is not None or self.wanted.in_person

    def _everybody(self) -> Iterator[tuple[int, int]]:
        order = self.order()
        keys: list[int] = []
        for week, there in order.items():
            for rank, candidate in enumerate(there):
                keys += [minute * _RANKS + rank for minute in self._starts_in(week, candidate)]
        keys.sort()
        for key in keys:
            minute, rank = divmod(key, _RANKS)
            yield minute, order[week_of(minute)][rank].staff_id

    def _anybody(self) -> Iterator[tuple[int, int]]:
        first: dict[int, int] = {}
        for week, there in self.order().items():
            # The last one written stands, and that is whoever comes first.
            for candidate in reversed(there):
                first |= dict.fromkeys(self._starts_in(week, candidate), candidate.staff_id)
        return iter(sorted(first.items()))

    def _starts_in(self, week: int, candidate: Candidate) -> Sequence[int]:
        starts = self._all_starts[candidate.staff_id]
        return starts[bisect_left(starts, week_begins(week)) : bisect_left(starts, week_begins(week + 1))]

    @cached_property
    def _all_starts(self) -> dict[int, Sequence[int]]:
        return {one.staff_id: self._starts(one) for one in self.wanted.candidates}

    def order(self) -> dict[int, list[Candidate]]:
        """Return who comes first in each week: fewest hours given, then longest since the last meeting."""
        weeks = range(week_of(self.earliest), week_of(self.latest - 1) + 1)
        if len(self.wanted.candidates) == 1:
            return {week: list(self.wanted.candidates) for week in weeks}
        waited = sorted((self.since[one.staff_id], one.staff_id, one) for one in self.wanted.candidates)
        ranked = [(self.busy.of(number).load, rank, one) for rank, (_since, number, one) in enumerate(waited)]
        return {
            week: [one for _load, _rank, one in sorted((load.get(week, 0), rank, one) for load, rank, one in ranked)]
            for week in weeks
        }

    def _starts(self, candidate: Candidate) -> Sequence[int]:
        service, number = self.wanted.service, candidate.staff_id
        cells = bytes(self.work[number].cells(self.start, self.end, self.place).cells)
        line = self.busy.lines.get(number, "")
        starts = _grid(self.start, cells, line, service.minutes, service.buffer_minutes)
        return candidate.licensed_among(starts[bisect_left(starts, self.earliest) : bisect_left(starts, self.latest)])

    def _slot(self, staff_id: int, minute: int) -> Slot | None:
        wanted = self.wanted
        if self.person is not None and not self.person.is_open((minute, minute + wanted.taken)):
            return None
        ends = minute + wanted.service.minutes
        if not wanted.in_person:
            return Slot(moment_of(minute), moment_of(ends), staff_id, None, None, wanted.mode)
        work = self.work[staff_id]
        station, room_id = work.station_at(minute), None
        if not work.is_one_place((minute, ends)):
            return None
        if self.rooms is not None:
            room_id = self.rooms.free(station, (minute, minute + wanted.taken))
            if room_id is None:
                return None
        return Slot(moment_of(minute), moment_of(ends), staff_id, room_id, station, wanted.mode)


@lru_cache(maxsize=512)
def _grid(start: int, cells: bytes, line: str, minutes: int, pause: int) -> tuple[int, ...]:
    """Return when meetings can begin. It depends on what is given alone: one booking more is another line."""
    found = OpenTime(start, start + len(cells) * STEP)
    found.lay(start, cells)
    return tuple(found.starts(minutes, pause, busy_time.read_line(line).stretches))


class Rooms:
    """The rooms of the stations at which somebody works, the smallest first: a large one is kept for a group."""

    def __init__(self, session: Session, search: Search) -> None:
        self._of: dict[int, list[tuple[int, OpenTime]]] = {}
        self._read(session, search, set().union(*(work.places for work in search.work.values())))

    def add_station(self, session: Session, search: Search, station_id: int | None) -> None:
        """Look at the rooms of a station at which nobody is planned to work."""
        if station_id is not None and station_id not in self._of:
            self._read(session, search, {station_id})

    def _read(self, session: Session, search: Search, stations: set[int]) -> None:
        query = select(Room.id, Room.station_id).where(
            Room.station_id.in_(stations), Room.active, Room.seats >= search.wanted.service.seats
        )
        if search.wanted.room_id is not None:
            query = query.where(Room.id == search.wanted.room_id)
        rows = session.execute(query.order_by(Room.seats, Room.id)).all()
        taken = search.read_rooms(session, [row.id for row in rows])
        self._of |= {station: [] for station in stations}
        for row in rows:
            self._of[row.station_id].append((row.id, search.without(taken, row.id)))

    def free(self, station_id: int | None, stretch: tuple[int, int]) -> int | None:
        """Return a room of the station that is free for the whole stretch."""
        for room_id, cells in self._of.get(station_id or 0, ()):
            if cells.is_open(stretch):
                return room_id
        return None


def work_of(*, session: Session, staff_id: int, start: int, end: int, heed_holidays: bool = True) -> WorkTime:
    """Return when one colleague works between two minutes."""
    return working_hours.load(session=session, staff_ids=[staff_id], start=start, end=end, heed_holidays=heed_holidays)[
        staff_id
    ]
