"""Whether a shift fits a volunteer, and if not, why: one judgement for lists, sign-up, waiting lists and cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from care import calendar, leave, qualifications
from care.refusals import Refusal
from care.shift_rules import rules, sheets
from models.calendar import HolderKind
from models.duty import DutyTurn
from models.shifts import Shift, ShiftRole, SignUp, SignUpState
from models.staff import StaffMember

Span = tuple[datetime, datetime]
# Shifts of a volunteer that count for rest and caps: what lies ahead and what was served.
COUNTED = (
    SignUpState.OFFERED,
    SignUpState.SIGNED_UP,
    SignUpState.ARRIVED,
    SignUpState.COMPLETED,
    SignUpState.ABANDONED,
)
# Rest and caps look at the whole week around a shift.
AROUND = timedelta(days=8)
# Put together once: see care.shift_places.
_SERVED = (
    select(
        SignUp.id,
        SignUp.shift_id,
        Shift.station_id,
        Shift.starts_at,
        Shift.ends_at,
        SignUp.state == SignUpState.OFFERED,
    )
    .join(Shift, Shift.id == SignUp.shift_id)
    .where(
        SignUp.staff_id == bindparam("staff_id"),
        SignUp.state.in_(COUNTED),
        Shift.starts_at < bindparam("until"),
        Shift.ends_at > bindparam("since"),
    )
    .order_by(Shift.starts_at)
)
_TURNS = select(DutyTurn.starts_at, DutyTurn.ends_at).where(
    DutyTurn.staff_id == bindparam("staff_id"),
    DutyTurn.starts_at < bindparam("until"),
    DutyTurn.ends_at > bindparam("since"),
)


class Soft(StrEnum):
    """A clash that the person may accept."""

    ON_CALL = "on_call"  # An on-call turn lies in the same hours.
    TRAVEL = "travel"  # Another station, and little time to get there.


@dataclass(frozen=True, slots=True)
class Place:
    """What has to be known of one role of one shift to judge it."""

    shift_id: int
    shift_role_id: int
    role: str
    station_id: int
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    places: int
    taken: int
    cancelled: bool = False

    @property
    def free(self) -> int:
        """Return how many places nobody holds."""
        return max(self.places - self.taken, 0)


@dataclass(frozen=True, slots=True)
class Fit:
    """The judgement: no reason means that the place is open to this volunteer."""

    reason: Refusal | None
    soft: tuple[Soft, ...] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """A shift that the volunteer has or had."""

    sign_up_id: int
    shift_id: int
    station_id: int
    starts_at: datetime
    ends_at: datetime
    # Kept for the volunteer from a waiting list; not yet a promise, so it counts for no rest and no cap.
    offered: bool = False


@dataclass
class Diary:
    """What one volunteer has in a stretch of time, read once, so that many shifts can be judged."""

    staff_id: int
    active: bool
    zone: ZoneInfo
    shifts: list[Served]
    offers: set[int]
    busy: list[Span]
    away: list[Span]
    on_call: list[Span]
    needs: dict[str, list[str]]
    held: list[tuple[str, datetime, datetime | None]]
    _weeks: dict[date, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        weeks: dict[date, list[int]] = defaultdict(lambda: [0, 0])
        for one in self.shifts:
            week = weeks[self._week(one.starts_at)]
            week[0] += _minutes(one.starts_at, one.ends_at)
            week[1] += is_night(one.starts_at, one.ends_at, self.zone)
        self._weeks = {monday: (minutes, nights) for monday, (minutes, nights) in weeks.items()}

    def _week(self, moment: datetime) -> date:
        day = moment.astimezone(self.zone).date()
        return day - timedelta(days=day.weekday())

    def without(self, shift_id: int) -> Diary:
        """Return the diary as it would be if the volunteer gave that shift away."""
        given = {(one.starts_at, one.ends_at) for one in self.shifts if one.shift_id == shift_id}
        return replace(
            self,
            shifts=[one for one in self.shifts if one.shift_id != shift_id],
            offers=self.offers - {shift_id},
            busy=[span for span in self.busy if span not in given],
        )

    def judge(self, place: Place, now: datetime, *, running_too: bool = False) -> Fit:
        """Say whether the place is open to the volunteer; a running shift only where cover is being sought."""
        reason = self._gate(place, now, running_too) or self._person(place) or self._strain(place)
        if reason is None and place.free == 0:
            reason = Refusal.FULL
        return Fit(reason, self._soft(place) if reason in (None, Refusal.FULL) else ())

    def _gate(self, place: Place, now: datetime, running_too: bool) -> Refusal | None:
        if not self.active:
            return Refusal.NOT_ACTIVE
        if place.cancelled:
            return Refusal.SHIFT_CANCELLED
        if now >= (place.ends_at if running_too else place.starts_at):
            return Refusal.OVER
        if place.shift_id in self.offers or any(one.shift_id == place.shift_id for one in self.shifts):
            return Refusal.ALREADY_SIGNED_UP
        return Refusal.NOT_OPEN_YET if now < place.opens_at else None

    def _person(self, place: Place) -> Refusal | None:
        if self.missing(place.role, place.starts_at):
            return Refusal.NOT_TRAINED
        if _meets(self.away, place.starts_at, place.ends_at):
            return Refusal.ON_LEAVE
        return Refusal.COLLIDES if _meets(self.busy, place.starts_at, place.ends_at) else None

    def missing(self, role: str, at: datetime) -> list[str]:
        """Return the qualifications that the role asks for and that do not count at the moment."""
        sheet = sheets().get(role)
        needed = self.needs.get(sheet.training, ()) if sheet else ()
        own = {kind for kind, start, end in self.held if start <= at and (end is None or at < end)} if needed else set()
        return [kind for kind in needed if kind not in own]

    def _strain(self, place: Place) -> Refusal | None:
        if not self.shifts:
            return None
        if not self._is_rested(place):
            return Refusal.TOO_LITTLE_REST
        minutes, nights = self._weeks.get(self._week(place.starts_at), (0, 0))
        if minutes + _minutes(place.starts_at, place.ends_at) > rules().week_hours * 60:
            return Refusal.WEEK_FULL
        if nights >= rules().nights_a_week and is_night(place.starts_at, place.ends_at, self.zone):
            return Refusal.NIGHT_CAP
        return None

    def _is_rested(self, place: Place) -> bool:
        rest = timedelta(hours=rules().rest_hours)
        near = [
            one for one in self.shifts if one.starts_at < place.ends_at + rest and one.ends_at > place.starts_at - rest
        ]
        if not near:
            return True
        day = place.starts_at.astimezone(self.zone).date()
        # A shift until midnight belongs to the day that ends there.
        last = timedelta(seconds=1)
        ends = [*(one.ends_at for one in near), place.ends_at]
        starts = [*(one.starts_at for one in near), place.starts_at]
        if any(moment.astimezone(self.zone).date() != day for moment in (*starts, *(end - last for end in ends))):
            return False
        return sum(_minutes(*span) for span in zip(starts, ends, strict=True)) <= rules().day_hours * 60

    def _soft(self, place: Place) -> tuple[Soft, ...]:
        found = []
        if _meets(self.on_call, place.starts_at, place.ends_at):
            found.append(Soft.ON_CALL)
        gap = timedelta(minutes=rules().travel_minutes)
        if any(
            one.station_id != place.station_id
            and one.starts_at < place.ends_at + gap
            and one.ends_at > place.starts_at - gap
            for one in self.shifts
        ):
            found.append(Soft.TRAVEL)
        return tuple(found)


def _minutes(starts_at: datetime, ends_at: datetime) -> int:
    return int((ends_at - starts_at).total_seconds()) // 60


def _meets(spans: Sequence[Span], starts_at: datetime, ends_at: datetime) -> bool:
    return any(start < ends_at and end > starts_at for start, end in spans)


def is_night(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> bool:
    """Tell whether enough of the span lies in the night to count as one."""
    numbers = rules()
    local_start, local_end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    # A shift lasts a day at most, so the night before, the night of and the night after its first day are all there is.
    for days in (-1, 0):
        from_ = (local_start + timedelta(days=days)).replace(hour=numbers.night_from_hour, minute=0, second=0)
        until = (from_ + timedelta(days=1)).replace(hour=numbers.night_to_hour)
        shared = min(local_end, until) - max(local_start, from_)
        if shared >= timedelta(minutes=numbers.night_least_minutes):
            return True
    return False


def diary(
    *,
    session: Session,
    staff: StaffMember,
    start: datetime,
    end: datetime,
    timezone: str,
    only_role: str | None = None,
) -> Diary:
    """Read what the volunteer has around the span, and what they may do: in every role, or in the only one asked."""
    own = served(session=session, staff_id=staff.id, start=start - AROUND, end=end + AROUND)
    holder = (HolderKind.STAFF, staff.id)
    turns = session.execute(_TURNS, {"staff_id": staff.id, "since": start, "until": end}).all()
    needs = qualifications.needs(session=session)
    return Diary(
        staff_id=staff.id,
        active=staff.active,
        zone=ZoneInfo(timezone),
        shifts=[one for one in own if not one.offered],
        offers={one.shift_id for one in own if one.offered},
        busy=calendar.busy(session=session, holders=[holder], start=start, end=end)[holder],
        away=leave.spans(session=session, staff_ids=[staff.id], start=start, end=end).get(staff.id, []),
        on_call=[(one[0], one[1]) for one in turns],
        needs=needs,
        held=_held(session, staff.id) if _asks_for_something(needs, only_role) else [],
    )


def _asks_for_something(needs: dict[str, list[str]], role: str | None) -> bool:
    if role is None:
        return bool(needs)
    sheet = sheets().get(role)
    return sheet is not None and bool(needs.get(sheet.training))


def _held(session: Session, staff_id: int) -> list[tuple[str, datetime, datetime | None]]:
    return [
        (one.kind, one.valid_from, one.expires_at)
        for one in qualifications.of(session=session, staff_id=staff_id)
        if one.confirmed_at is not None and one.withdrawn_at is None
    ]


def served(*, session: Session, staff_id: int, start: datetime, end: datetime) -> list[Served]:
    """Return the shifts that the volunteer has or had in the span, in order."""
    rows = session.execute(_SERVED, {"staff_id": staff_id, "since": start, "until": end})
    return [Served(*row) for row in rows]


def place_of(shift_role: ShiftRole, taken: int) -> Place:
    """Return what has to be known of a role that is loaded with its shift."""
    shift = shift_role.shift
    return Place(
        shift_id=shift.id,
        shift_role_id=shift_role.id,
        role=shift_role.role,
        station_id=shift.station_id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        opens_at=shift.opens_at,
        places=shift_role.places,
        taken=taken,
        cancelled=shift.cancelled_at is not None,
    )
