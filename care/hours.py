"""The ledger of hours: each shift served is approved by name, and a wrong line is mended by a further one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from care import audit, shift_places
from care.refusals import Refusal, Refused
from models.hours import CorrectionState, HoursCorrection, HoursEntry, HoursKind
from models.shifts import Shift, ShiftRole, SignUp, SignUpState
from models.staff import StaffMember
from models.stations import Station

SERVED = (SignUpState.COMPLETED, SignUpState.ABANDONED)
FINISHED = (*SERVED, SignUpState.NO_SHOW)
LONGEST_REASON = 500
MOST_MINUTES = 24 * 60


@dataclass(frozen=True)
class Line:
    """One shift in the ledger: what was served, and the approved minutes with every correction in them."""

    sign_up_id: int
    served_on: date
    role: str
    name_zh: str
    name_en: str
    station_zh: str
    station_en: str
    minutes: int
    corrected: bool


def counted_minutes(row: SignUp) -> int:
    """Return the whole minutes between arriving and leaving that lie within the shift."""
    if row.arrived_at is None or row.left_at is None:
        return 0
    begin, end = max(row.arrived_at, row.shift.starts_at), min(row.left_at, row.shift.ends_at)
    return max(int((end - begin).total_seconds()) // 60, 0)


def to_approve(*, session: Session, staff_id: int | None = None, limit: int = 100) -> Sequence[SignUp]:
    """Return the shifts served that nobody has approved yet, the oldest first."""
    query = (
        select(SignUp)
        .join(Shift, Shift.id == SignUp.shift_id)
        .options(joinedload(SignUp.shift), joinedload(SignUp.shift_role), joinedload(SignUp.staff))
        .where(
            SignUp.state.in_(SERVED),
            ~select(HoursEntry.id)
            .where(HoursEntry.sign_up_id == SignUp.id, HoursEntry.kind == HoursKind.SERVED)
            .exists(),
        )
        .order_by(Shift.starts_at, SignUp.id)
        .limit(limit)
    )
    return session.scalars(query.where(SignUp.staff_id == staff_id) if staff_id else query).all()


def approve(*, session: Session, actor: StaffMember, sign_up_id: int, now: datetime, timezone: str) -> HoursEntry:
    """Write the minutes of one served shift into the ledger under the actor's name; never one's own."""
    row = shift_places.locked(session, sign_up_id)
    if row.state not in SERVED:
        raise Refused(Refusal.OVER)
    if row.staff_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN)
    return _write(session, actor, row, HoursKind.SERVED, counted_minutes(row), now, timezone)


def _write(
    session: Session, actor: StaffMember, row: SignUp, kind: HoursKind, minutes: int, now: datetime, timezone: str
) -> HoursEntry:
    entry = HoursEntry(
        staff_id=row.staff_id,
        sign_up_id=row.id,
        kind=kind,
        minutes=minutes,
        served_on=row.shift.starts_at.astimezone(ZoneInfo(timezone)).date(),
        approved_by_id=actor.id,
        approved_at=now,
    )
    try:
        with session.begin_nested():
            session.add(entry)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_DECIDED) from None
    _trace(session, actor, f"hours.{kind.value}", entry.id, now, minutes=minutes)
    return entry


def ask_correction(
    *, session: Session, actor: StaffMember, sign_up_id: int, minutes: int, reason: str, now: datetime
) -> HoursCorrection:
    """Say that the minutes of one's own shift are wrong, with a reason; one wish a shift is open at a time."""
    row = shift_places.own(session, actor, sign_up_id)
    if row.state not in FINISHED:
        raise Refused(Refusal.OVER)
    if not 0 <= minutes <= MOST_MINUTES:
        raise Refused(Refusal.WRONG_VALUE, "minutes")
    if not reason.strip():
        raise Refused(Refusal.REASON_MISSING, "reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(Refusal.TOO_LONG, "reason")
    wish = HoursCorrection(
        staff_id=actor.id,
        sign_up_id=row.id,
        minutes=minutes,
        reason=reason.strip(),
        asked_at=now,
        state=CorrectionState.OPEN,
    )
    try:
        with session.begin_nested():
            session.add(wish)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_RECORDED) from None
    _trace(session, actor, "hours.ask_correction", wish.id, now, minutes=minutes)
    return wish


def open_corrections(*, session: Session, staff_id: int | None = None) -> Sequence[HoursCorrection]:
    """Return the wishes that nobody has answered, the oldest first."""
    query = select(HoursCorrection).where(HoursCorrection.state == CorrectionState.OPEN).order_by(HoursCorrection.id)
    return session.scalars(query.where(HoursCorrection.staff_id == staff_id) if staff_id else query).all()


def answered_corrections(*, session: Session, staff_id: int, limit: int = 10) -> Sequence[HoursCorrection]:
    """Return the volunteer's wishes that were answered, the newest first."""
    return session.scalars(
        select(HoursCorrection)
        .where(HoursCorrection.staff_id == staff_id, HoursCorrection.state != CorrectionState.OPEN)
        .order_by(HoursCorrection.id.desc())
        .limit(limit)
    ).all()


def decide_correction(
    *,
    session: Session,
    actor: StaffMember,
    correction_id: int,
    grant: bool,
    answer: str,
    now: datetime,
    timezone: str,
) -> HoursCorrection:
    """Grant a wish by adding the difference as a line of its own, or refuse it with a reason."""
    wish = session.get(HoursCorrection, correction_id, with_for_update={"of": HoursCorrection}, populate_existing=True)
    if wish is None:
        raise Refused(Refusal.NOT_FOUND)
    if wish.staff_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN)
    if wish.state is not CorrectionState.OPEN:
        raise Refused(Refusal.ALREADY_DECIDED)
    if not grant and not answer.strip():
        raise Refused(Refusal.REASON_MISSING, "answer")
    if grant:
        _mend(session, actor, wish, now, timezone)
    wish.state = CorrectionState.GRANTED if grant else CorrectionState.REFUSED
    wish.decided_by_id, wish.decided_at, wish.answer = actor.id, now, answer.strip()[:LONGEST_REASON] or None
    _trace(session, actor, f"hours.correction_{wish.state.value}", wish.id, now)
    return wish


def _mend(session: Session, actor: StaffMember, wish: HoursCorrection, now: datetime, timezone: str) -> None:
    row = shift_places.locked(session, wish.sign_up_id)
    if row.state in SERVED and not _is_approved(session, row.id):
        approve(session=session, actor=actor, sign_up_id=row.id, now=now, timezone=timezone)
    difference = wish.minutes - minutes_of(session=session, sign_up_id=row.id)
    if difference:
        _write(session, actor, row, HoursKind.CORRECTION, difference, now, timezone)


def _is_approved(session: Session, sign_up_id: int) -> bool:
    found = session.scalar(
        select(HoursEntry.id).where(HoursEntry.sign_up_id == sign_up_id, HoursEntry.kind == HoursKind.SERVED)
    )
    return found is not None


def minutes_of(*, session: Session, sign_up_id: int) -> int:
    """Return the approved minutes of one shift, corrections included."""
    total = session.scalar(select(func.sum(HoursEntry.minutes)).where(HoursEntry.sign_up_id == sign_up_id))
    return int(total or 0)


def total(*, session: Session, staff_id: int) -> int:
    """Return all approved minutes of a volunteer."""
    found = session.scalar(select(func.sum(HoursEntry.minutes)).where(HoursEntry.staff_id == staff_id))
    return int(found or 0)


def lines(*, session: Session, staff_id: int, first: date | None = None, last: date | None = None) -> list[Line]:
    """Return the approved shifts of a volunteer in a period, each with its corrections summed, in order."""
    query = (
        select(
            HoursEntry.sign_up_id,
            HoursEntry.served_on,
            ShiftRole.role,
            Shift.name_zh,
            Shift.name_en,
            Station.name_zh,
            Station.name_en,
            func.sum(HoursEntry.minutes),
            func.sum(case((HoursEntry.kind == HoursKind.CORRECTION, 1), else_=0)),
        )
        .join(SignUp, SignUp.id == HoursEntry.sign_up_id)
        .join(ShiftRole, ShiftRole.id == SignUp.shift_role_id)
        .join(Shift, Shift.id == SignUp.shift_id)
        .join(Station, Station.id == Shift.station_id)
        .where(HoursEntry.staff_id == staff_id)
        .group_by(
            HoursEntry.sign_up_id,
            HoursEntry.served_on,
            ShiftRole.role,
            Shift.name_zh,
            Shift.name_en,
            Station.name_zh,
            Station.name_en,
        )
        .order_by(HoursEntry.served_on, HoursEntry.sign_up_id)
    )
    if first is not None:
        query = query.where(HoursEntry.served_on >= first)
    if last is not None:
        query = query.where(HoursEntry.served_on <= last)
    return [
        Line(
            sign_up_id=row[0],
            served_on=row[1],
            role=row[2],
            name_zh=row[3],
            name_en=row[4],
            station_zh=row[5],
            station_en=row[6],
            minutes=int(row[7]),
            corrected=bool(row[8]),
        )
        for row in session.execute(query)
    ]


def _trace(session: Session, actor: StaffMember, verb: str, number: int, now: datetime, **details: object) -> None:
    session.flush()
    audit.record(session=session, actor=actor, verb=verb, subject_type="hours", subject_id=number, now=now, **details)
