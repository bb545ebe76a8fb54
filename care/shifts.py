"""Shifts: made, changed, called off, and listed for the volunteers they fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from care import audit, form_keys, notices, shift_fit, shift_places, waiting_lists
from care.refusals import Refusal, Refused
from care.shift_fit import Diary, Place
from care.shift_rules import chat_roles, rules, sheets
from models.shifts import MOST_PLACES, Shift, ShiftRole, SignUp, SignUpState, WaitingEntry, WaitingState
from models.staff import Role, StaffMember
from models.stations import Station

LONGEST_SHIFT = timedelta(hours=24)
TODAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Listing:
    """One role of one shift as lists show it."""

    place: Place
    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        """Return the shift's name in the language."""
        return self.name_en if language == "en" else self.name_zh


def chat_people(*, session: Session, at: datetime) -> list[StaffMember]:
    """Return the volunteers who are checked in on a running shift that serves the chat, first come first."""
    return list(
        session.scalars(
            select(StaffMember)
            .join(SignUp, SignUp.staff_id == StaffMember.id)
            .join(ShiftRole, ShiftRole.id == SignUp.shift_role_id)
            .join(Shift, Shift.id == SignUp.shift_id)
            .where(
                SignUp.state == SignUpState.ARRIVED,
                ShiftRole.role.in_(chat_roles()),
                Shift.starts_at <= at,
                Shift.ends_at > at,
                Shift.cancelled_at.is_(None),
                StaffMember.active,
            )
            .order_by(SignUp.arrived_at, SignUp.id)
        )
    )


def next_chat_shift(*, session: Session, after: datetime, of: Sequence[str]) -> Shift | None:
    """Return the first later shift that serves the chat and has somebody active with one of the roles on it."""
    return session.scalars(
        select(Shift)
        .join(SignUp, SignUp.shift_id == Shift.id)
        .join(ShiftRole, ShiftRole.id == SignUp.shift_role_id)
        .join(StaffMember, StaffMember.id == SignUp.staff_id)
        .where(
            SignUp.state == SignUpState.SIGNED_UP,
            ShiftRole.role.in_(chat_roles()),
            Shift.starts_at > after,
            Shift.cancelled_at.is_(None),
            StaffMember.active,
            StaffMember.roles.any(Role.name.in_(of)),
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(1)
    ).first()


def next_of(*, session: Session, staff_id: int, now: datetime) -> SignUp | None:
    """Return the volunteer's running or next shift."""
    rows = ahead_of(session=session, staff_id=staff_id, now=now)
    return next((row for row in rows if row.state is not SignUpState.OFFERED), None)


def to_check_in(*, session: Session, now: datetime, limit: int = 3) -> Sequence[Shift]:
    """Return the next shifts of half a day with somebody on them, in order: their codes have to be shown."""
    return session.scalars(
        select(Shift)
        .where(
            Shift.starts_at <= now + TODAY,
            Shift.ends_at > now,
            Shift.cancelled_at.is_(None),
            select(SignUp.id).where(SignUp.shift_id == Shift.id, SignUp.place_no.is_not(None)).exists(),
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(limit)
    ).all()


def ahead_of(*, session: Session, staff_id: int, now: datetime) -> Sequence[SignUp]:
    """Return what the volunteer has before them, offers too, in order."""
    return session.scalars(
        select(SignUp)
        .join(Shift, Shift.id == SignUp.shift_id)
        .options(joinedload(SignUp.shift), joinedload(SignUp.shift_role))
        .where(
            SignUp.staff_id == staff_id,
            SignUp.state.in_((SignUpState.OFFERED, SignUpState.SIGNED_UP, SignUpState.ARRIVED)),
            # Who has not checked out yet must find the button, also a while after the end.
            Shift.ends_at > now - timedelta(minutes=rules().check_out_minutes),
        )
        .order_by(Shift.starts_at, SignUp.id)
    ).all()


def behind(*, session: Session, staff_id: int, now: datetime, limit: int = 20) -> Sequence[SignUp]:
    """Return what the volunteer did or missed lately, the newest first."""
    return session.scalars(
        select(SignUp)
        .join(Shift, Shift.id == SignUp.shift_id)
        .options(joinedload(SignUp.shift), joinedload(SignUp.shift_role))
        .where(
            SignUp.staff_id == staff_id,
            SignUp.state.in_((SignUpState.COMPLETED, SignUpState.ABANDONED, SignUpState.NO_SHOW)),
            Shift.starts_at <= now,
        )
        .order_by(Shift.starts_at.desc(), SignUp.id.desc())
        .limit(limit)
    ).all()


def waits_of(*, session: Session, staff_id: int, now: datetime) -> Sequence[WaitingEntry]:
    """Return for which coming shifts the volunteer waits, in order."""
    return session.scalars(
        select(WaitingEntry)
        .join(ShiftRole, ShiftRole.id == WaitingEntry.shift_role_id)
        .join(Shift, Shift.id == ShiftRole.shift_id)
        .options(joinedload(WaitingEntry.shift_role).joinedload(ShiftRole.shift))
        .where(WaitingEntry.staff_id == staff_id, WaitingEntry.state == WaitingState.WAITING, Shift.starts_at > now)
        .order_by(Shift.starts_at, WaitingEntry.id)
    ).all()


def taken() -> ScalarSelect[int]:
    """Return how many places of a role are taken, as a part of a question."""
    places = SignUp.__table__.c
    return (
        select(func.count())
        .where(places.shift_role_id == ShiftRole.__table__.c.id, places.place_no.is_not(None))
        .scalar_subquery()
    )


def listed() -> Any:
    """Return the question for roles with their shifts; `listing` reads its rows."""
    return select(
        Shift.id,
        ShiftRole.id,
        ShiftRole.role,
        Shift.station_id,
        Shift.starts_at,
        Shift.ends_at,
        Shift.opens_at,
        ShiftRole.places,
        taken(),
        Shift.cancelled_at.is_not(None),
        Shift.name_zh,
        Shift.name_en,
    ).join(ShiftRole, ShiftRole.shift_id == Shift.id)


def listing(row: Any) -> Listing:
    """Return a row of `listed` as a listing."""
    return Listing(Place(*row[:10]), row[10], row[11])


def listings(*, session: Session, start: datetime, end: datetime) -> list[Listing]:
    """Return every role of the shifts that start in the span, in order of time; called-off shifts too."""
    of_span = listed().where(Shift.starts_at >= start, Shift.starts_at < end)
    rows = session.execute(of_span.order_by(Shift.starts_at, Shift.id, ShiftRole.id))
    return [listing(row) for row in rows]


def book_of(*, session: Session, staff: StaffMember, start: datetime, end: datetime, timezone: str) -> Diary:
    """Return the volunteer's diary for judging the shifts that start in the span."""
    return shift_fit.diary(session=session, staff=staff, start=start, end=end + LONGEST_SHIFT, timezone=timezone)


def get(*, session: Session, shift_id: int) -> Shift:
    """Return the shift; refuse NOT_FOUND."""
    shift = session.get(Shift, shift_id)
    if shift is None:
        raise Refused(Refusal.NOT_FOUND)
    return shift


def sign_ups_of(*, session: Session, shift_id: int) -> Sequence[SignUp]:
    """Return everybody who ever had a place on the shift, in order of role and place."""
    return session.scalars(
        select(SignUp)
        .options(joinedload(SignUp.staff))
        .where(SignUp.shift_id == shift_id)
        .order_by(SignUp.shift_role_id, SignUp.place_no, SignUp.id)
    ).all()


def add(
    *,
    session: Session,
    actor: StaffMember,
    station_id: int,
    name_zh: str,
    name_en: str,
    starts_at: datetime,
    ends_at: datetime,
    places: Mapping[str, int],
    now: datetime,
    form_key: str | None = None,
) -> Shift:
    """Add a single shift that opens at once; refuse one that ends before it starts, has begun or needs nobody.

    The same `form_key` from the same colleague finds the shift of the first time.
    """
    key = form_keys.stored(owner_id=actor.id, form_key=form_key)
    known = _of_form(session, key)
    if known is not None:
        return known
    if ends_at <= starts_at:
        raise Refused(Refusal.ENDS_BEFORE_IT_STARTS, "ends_at")
    if ends_at - starts_at > LONGEST_SHIFT or starts_at.minute % 5 or ends_at.minute % 5:
        raise Refused(Refusal.WRONG_VALUE, "ends_at")
    if starts_at <= now:
        raise Refused(Refusal.OVER, "starts_at")
    if session.get(Station, station_id) is None:
        raise Refused(Refusal.WRONG_VALUE, "station_id")
    shift = Shift(
        station_id=station_id,
        name_zh=name_zh.strip() or name_en.strip(),
        name_en=name_en.strip() or name_zh.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
        opens_at=now,
        created_at=now,
        form_key_hash=key,
        roles=[ShiftRole(role=role, places=number) for role, number in checked_places(places).items()],
    )
    if not shift.name_zh:
        raise Refused(Refusal.WRONG_VALUE, "name_zh")
    try:
        with session.begin_nested():
            session.add(shift)
    except IntegrityError:
        # The other half of a double click was a moment faster.
        known = _of_form(session, key)
        if known is None:
            raise
        return known
    _trace(session, actor, "shift.add", shift, now)
    return shift


def _of_form(session: Session, key: str | None) -> Shift | None:
    return session.scalars(select(Shift).where(Shift.form_key_hash == key)).first() if key else None


def checked_places(places: Mapping[str, int]) -> dict[str, int]:
    """Return the roles with a number, in the order of the base; refuse an unknown role, a wrong number, or none."""
    wanted = {role: places[role] for role in sheets() if places.get(role)}
    if not wanted or set(places) - set(sheets()) or not all(1 <= number <= MOST_PLACES for number in wanted.values()):
        raise Refused(Refusal.WRONG_VALUE, "places")
    return wanted


def cancel(*, session: Session, actor: StaffMember, shift_id: int, now: datetime) -> Shift:
    """Call a shift off: every place and every hour is given back, and everybody on it is told."""
    shift = session.get(Shift, shift_id, with_for_update={"of": Shift}, populate_existing=True)
    if shift is None:
        raise Refused(Refusal.NOT_FOUND)
    if shift.cancelled_at is not None:
        return shift
    if shift.starts_at <= now:
        raise Refused(Refusal.OVER)
    for role in shift.roles:
        shift_places.lock_role(session, role.id)
    shift.cancelled_at = now
    for row in sign_ups_of(session=session, shift_id=shift.id):
        if row.state in (SignUpState.SIGNED_UP, SignUpState.OFFERED):
            shift_places.give_back(session=session, row=row, state=SignUpState.WITHDREW, now=now)
            _tell_cancelled(session, row, shift, now)
    for entries in waiting_lists.standing(session=session, shift_role_ids=[role.id for role in shift.roles]).values():
        for entry in entries:
            entry.state, entry.sign_up_id, entry.ended_at = WaitingState.OVER, None, now
    _trace(session, actor, "shift.cancel", shift, now)
    return shift


def _tell_cancelled(session: Session, row: SignUp, shift: Shift, now: datetime) -> None:
    notices.tell(
        session=session,
        to=row.staff,
        words="notice.cancelled",
        now=now,
        dedupe_key=f"shift-cancelled-{row.id}",
        link="/staff/shifts/mine",
        when=shift.starts_at,
    )


def set_places(
    *, session: Session, actor: StaffMember, shift_role_id: int, places: int, now: datetime, timezone: str
) -> ShiftRole:
    """Change how many are needed; more places go to the waiting list first, fewer than are taken is refused."""
    role = shift_places.lock_role(session, shift_role_id)
    if not 1 <= places <= MOST_PLACES:
        raise Refused(Refusal.WRONG_VALUE, "places")
    if role.shift.starts_at <= now or role.shift.cancelled_at is not None:
        raise Refused(Refusal.OVER)
    rows = session.scalars(
        select(SignUp).where(SignUp.shift_role_id == role.id, SignUp.place_no.is_not(None)).order_by(SignUp.place_no)
    ).all()
    if len(rows) > places:
        raise Refused(Refusal.PLACES_TAKEN, "places")
    # Numbers close up first, so that none of them lies outside the new number.
    for number, row in enumerate(rows, start=1):
        row.place_no = number
        session.flush()
    role.places = places
    _trace(session, actor, "shift.set_places", role.shift, now, role=role.role, places=places)
    # The database has carried the new number to the sign-ups; what is remembered here is the old one.
    for row in rows:
        session.expire(row, ["places"])
    waiting_lists.promote(session=session, shift_role_id=role.id, now=now, timezone=timezone)
    return role


def _trace(session: Session, actor: StaffMember, verb: str, shift: Shift, now: datetime, **details: object) -> None:
    session.flush()
    audit.record(session=session, actor=actor, verb=verb, subject_type="shift", subject_id=shift.id, now=now, **details)
