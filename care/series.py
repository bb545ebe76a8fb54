"""Several weekly meetings asked for at once: each of them is an appointment of its own that moves and ends alone.

A public holiday is stepped over and the series grows a week at its end, so that six wanted meetings are six. Every
other reason (leave, a licence that runs out, a time that is taken) is named for its date and makes the series shorter,
because a colleague has to decide what to do instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import appointment_news, appointments, audit, booking_checks, form_keys
from care.booking_checks import Request
from care.refusals import Refusal, Refused
from models.appointments import Appointment, AppointmentSeries
from models.beneficiaries import Beneficiary
from models.services import Mode, Service
from models.staff import StaffMember

FEWEST, MOST = 2, 26
# So many holidays in a row are stepped over; more of them are an error in the calendar of holidays.
MOST_HOLIDAYS = 6


@dataclass(frozen=True)
class Meeting:
    """One date of a series: the appointment, or the reason why there is none."""

    starts_at: datetime
    refusal: Refusal | None = None
    appointment: Appointment | None = None


@dataclass(frozen=True)
class Booked:
    """A series as it came about."""

    series: AppointmentSeries
    meetings: Sequence[Meeting]

    @property
    def refused(self) -> list[Meeting]:
        """Return the dates on which there is no meeting, with the reason of each."""
        return [meeting for meeting in self.meetings if meeting.refusal is not None]


def preview(
    *,
    session: Session,
    beneficiary: Beneficiary,
    service: Service,
    staff_id: int,
    starts_at: datetime,
    wanted: int,
    now: datetime,
    mode: Mode | None = None,
    every_days: int = 7,
    timezone: str = "Asia/Shanghai",
) -> list[Meeting]:
    """Return every date with what would become of it; nothing is booked."""
    _check(wanted, every_days)
    found: list[Meeting] = []
    for at in _dates(starts_at, wanted, every_days, timezone, found):
        request = _request(service, beneficiary, staff_id, at, mode)
        try:
            booking_checks.possible(session=session, request=request, now=now)
        except Refused as refused:
            found.append(Meeting(at, refused.refusal))
        else:
            found.append(Meeting(at))
    return found


def _check(wanted: int, every_days: int) -> None:
    if not FEWEST <= wanted <= MOST:
        raise Refused(Refusal.WRONG_VALUE, "wanted")
    if not 1 <= every_days <= 35:
        raise Refused(Refusal.WRONG_VALUE, "every_days")


def _dates(
    starts_at: datetime, wanted: int, every_days: int, timezone: str, so_far: list[Meeting]
) -> Iterator[datetime]:
    """Yield the dates at the same hour on the wall; one more for every holiday that was met on the way."""
    wall = starts_at.astimezone(ZoneInfo(timezone))
    number = 0
    while True:
        met = sum(meeting.refusal is Refusal.HOLIDAY for meeting in so_far)
        if number >= wanted + min(met, MOST_HOLIDAYS):
            return
        # Days are added on the wall, so that the hour stays even where the clocks are moved.
        yield (wall + timedelta(days=every_days * number)).astimezone(starts_at.tzinfo)
        number += 1


def _request(service: Service, beneficiary: Beneficiary, staff_id: int, at: datetime, mode: Mode | None) -> Request:
    return Request(
        service=service,
        starts_at=at,
        mode=mode or service.modes[0],
        beneficiary_id=beneficiary.id,
        staff_id=staff_id,
        by_staff=True,
    )


def book(
    *,
    session: Session,
    actor: StaffMember,
    beneficiary: Beneficiary,
    service: Service,
    staff_id: int,
    starts_at: datetime,
    wanted: int,
    now: datetime,
    mode: Mode | None = None,
    every_days: int = 7,
    whole: bool = False,
    form_key: str | None = None,
    timezone: str = "Asia/Shanghai",
    secret: str | None = None,
) -> Booked:
    """Book the series; `whole` refuses all of it when a date fails for another reason than a holiday."""
    _check(wanted, every_days)
    key = form_keys.stored(owner_id=beneficiary.id, form_key=form_key)
    known = _known(session, key)
    if known is not None:
        return _as_booked(known)
    series = AppointmentSeries(
        service_id=service.id,
        beneficiary_id=beneficiary.id,
        staff_id=staff_id,
        first_starts_at=starts_at,
        wanted=wanted,
        every_days=every_days,
        form_key_hash=key,
        created_at=now,
        created_by_id=actor.id,
    )
    try:
        with session.begin_nested():
            session.add(series)
    except IntegrityError:
        known = _known(session, key)
        if known is None:
            raise Refused(Refusal.KEY_USED) from None
        return _as_booked(known)
    meetings: list[Meeting] = []
    with session.begin_nested():
        for at in _dates(starts_at, wanted, every_days, timezone, meetings):
            meetings.append(_book_one(session, actor, beneficiary, service, series, at, mode, now))
        _must_be_enough(meetings, whole)
    return _finish(session, actor, series, meetings, secret, now)


def _known(session: Session, key: str | None) -> AppointmentSeries | None:
    if key is None:
        return None
    return session.scalars(select(AppointmentSeries).where(AppointmentSeries.form_key_hash == key)).first()


def _book_one(
    session: Session,
    actor: StaffMember,
    beneficiary: Beneficiary,
    service: Service,
    series: AppointmentSeries,
    at: datetime,
    mode: Mode | None,
    now: datetime,
) -> Meeting:
    try:
        row = appointments.book(
            session=session,
            actor=actor,
            beneficiary=beneficiary,
            service=service,
            starts_at=at,
            now=now,
            mode=mode,
            staff_id=series.staff_id,
            tell=False,
        )
    except Refused as refused:
        return Meeting(at, refused.refusal)
    number = session.scalar(
        select(Appointment.series_no)
        .where(Appointment.series_id == series.id)
        .order_by(Appointment.series_no.desc())
        .limit(1)
    )
    row.series_id, row.series_no = series.id, (number or 0) + 1
    session.flush()
    return Meeting(at, appointment=row)


def _must_be_enough(meetings: Sequence[Meeting], whole: bool) -> None:
    reasons = [one.refusal for one in meetings if one.refusal is not None and one.refusal is not Refusal.HOLIDAY]
    if not any(one.appointment for one in meetings):
        raise Refused(reasons[0] if reasons else Refusal.HOLIDAY, "starts_at")
    if whole and reasons:
        raise Refused(reasons[0], "starts_at")


def _finish(
    session: Session,
    actor: StaffMember,
    series: AppointmentSeries,
    meetings: Sequence[Meeting],
    secret: str | None,
    now: datetime,
) -> Booked:
    series.skipped = [
        {"at": one.starts_at.isoformat(), "why": one.refusal.value} for one in meetings if one.refusal is not None
    ]
    session.flush()
    first = next(one.appointment for one in meetings if one.appointment is not None)
    audit.record(
        session=session,
        actor=actor,
        verb="series.book",
        subject_type="appointment_series",
        subject_id=series.id,
        now=now,
        booked=sum(one.appointment is not None for one in meetings),
        skipped=len(series.skipped),
    )
    # One notice for the first meeting; the others are reminded of in their own weeks.
    appointment_news.booked(session=session, appointment=first, actor=actor, secret=secret, now=now)
    session.expire(series, ["appointments"])
    return Booked(series, meetings)


def _as_booked(series: AppointmentSeries) -> Booked:
    meetings = [Meeting(row.starts_at, appointment=row) for row in series.appointments]
    meetings += [Meeting(datetime.fromisoformat(one["at"]), Refusal(one["why"])) for one in series.skipped]
    return Booked(series, sorted(meetings, key=lambda meeting: meeting.starts_at))


def cancel_rest(
    *, session: Session, actor: StaffMember, series_id: int, reason: str, now: datetime
) -> list[Appointment]:
    """Call off everything of the series that is still ahead; what took place stays."""
    series = session.get(AppointmentSeries, series_id)
    if series is None:
        raise Refused(Refusal.NOT_FOUND)
    if not reason.strip():
        raise Refused(Refusal.REASON_MISSING, "reason")
    left = [row for row in series.appointments if row.is_open and row.starts_at > now]
    for number, row in enumerate(left):
        appointments.cancel(session=session, actor=actor, appointment=row, now=now, reason=reason, tell=number == 0)
    audit.record(
        session=session,
        actor=actor,
        verb="series.cancel_rest",
        subject_type="appointment_series",
        subject_id=series.id,
        now=now,
        cancelled=len(left),
    )
    return left
