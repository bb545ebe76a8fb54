"""Shifts that come back every week: written once, published for the coming weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, form_keys, shifts
from care.refusals import Refusal, Refused
from care.shift_rules import rules
from models.shifts import Shift, ShiftRole, ShiftTemplate, ShiftTemplateRole
from models.staff import StaffMember
from models.stations import Station

# A shift into the next day is a night, not a day turned round; in minutes.
LONGEST_NIGHT = 14 * 60


@dataclass(frozen=True)
class Plan:
    """What a template says: the day of the week, the hours in the base's own time, and how many of each role."""

    name_zh: str
    name_en: str
    station_id: int
    weekday: int
    starts: time
    ends: time
    opens_days: int
    places: Mapping[str, int]

    @property
    def starts_minute(self) -> int:
        """Return the start as minutes after midnight."""
        return self.starts.hour * 60 + self.starts.minute

    @property
    def minutes(self) -> int:
        """Return the length; an end that is not later than the start lies on the next day."""
        return (self.ends.hour * 60 + self.ends.minute - self.starts_minute) % 1440 or 1440


def everything(*, session: Session) -> Sequence[ShiftTemplate]:
    """Return every template in the order of the week, those in use first."""
    return session.scalars(
        select(ShiftTemplate).order_by(
            ShiftTemplate.active.desc(), ShiftTemplate.weekday, ShiftTemplate.starts_minute, ShiftTemplate.id
        )
    ).all()


def add(
    *, session: Session, actor: StaffMember, plan: Plan, now: datetime, form_key: str | None = None
) -> ShiftTemplate:
    """Write a template down; refuse WRONG_VALUE, or ENDS_BEFORE_IT_STARTS, with the field that cannot be.

    The same `form_key` from the same colleague finds the template of the first time.
    """
    key = form_keys.stored(owner_id=actor.id, form_key=form_key)
    known = _of_form(session, key)
    if known is not None:
        return known
    _check(session, plan)
    template = ShiftTemplate(
        name_zh=plan.name_zh.strip() or plan.name_en.strip(),
        name_en=plan.name_en.strip() or plan.name_zh.strip(),
        station_id=plan.station_id,
        weekday=plan.weekday,
        starts_minute=plan.starts_minute,
        minutes=plan.minutes,
        opens_days=plan.opens_days,
        created_at=now,
        form_key_hash=key,
        roles=[
            ShiftTemplateRole(role=role, places=number) for role, number in shifts.checked_places(plan.places).items()
        ],
    )
    try:
        with session.begin_nested():
            session.add(template)
    except IntegrityError:
        # The other half of a double click was a moment faster.
        known = _of_form(session, key)
        if known is None:
            raise
        return known
    _trace(session, actor, "shift_template.add", template, now)
    return template


def _of_form(session: Session, key: str | None) -> ShiftTemplate | None:
    if key is None:
        return None
    return session.scalars(select(ShiftTemplate).where(ShiftTemplate.form_key_hash == key)).first()


def _check(session: Session, plan: Plan) -> None:
    if not (plan.name_zh.strip() or plan.name_en.strip()):
        raise Refused(Refusal.WRONG_VALUE, "name_zh")
    if session.get(Station, plan.station_id) is None:
        raise Refused(Refusal.WRONG_VALUE, "station_id")
    if not 0 <= plan.weekday <= 6:
        raise Refused(Refusal.WRONG_VALUE, "weekday")
    if plan.starts.minute % 5:
        raise Refused(Refusal.WRONG_VALUE, "starts")
    # A shift that begins and ends at the same time is a slip, not a whole day.
    if plan.ends.minute % 5 or plan.starts == plan.ends or plan.minutes < 30:
        raise Refused(Refusal.WRONG_VALUE, "ends")
    # From 09:00 until 08:30 would be nearly a day: somebody has taken the two for each other.
    if plan.ends < plan.starts and plan.minutes > LONGEST_NIGHT:
        raise Refused(Refusal.ENDS_BEFORE_IT_STARTS, "ends")
    if not 1 <= plan.opens_days <= 90:
        raise Refused(Refusal.WRONG_VALUE, "opens_days")


def switch(*, session: Session, actor: StaffMember, template_id: int, active: bool, now: datetime) -> ShiftTemplate:
    """Take a template out of use or into it again; shifts that were published stay."""
    template = session.get(ShiftTemplate, template_id, with_for_update={"of": ShiftTemplate})
    if template is None:
        raise Refused(Refusal.NOT_FOUND)
    template.active = active
    _trace(session, actor, "shift_template.on" if active else "shift_template.off", template, now)
    return template


def publish(*, session: Session, now: datetime, timezone: str, weeks: int | None = None) -> int:
    """Make the shifts of the coming weeks that are not there yet; a second run makes none twice. Return how many."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    days = [today + timedelta(days=number) for number in range((weeks or rules().publish_weeks) * 7)]
    made = 0
    for template in session.scalars(select(ShiftTemplate).where(ShiftTemplate.active).order_by(ShiftTemplate.id)):
        made += _publish_one(session, template, days, now, timezone)
    return made


def _publish_one(session: Session, template: ShiftTemplate, days: list[date], now: datetime, timezone: str) -> int:
    there = set(
        session.scalars(select(Shift.starts_at).where(Shift.template_id == template.id, Shift.starts_at > now)).all()
    )
    made = 0
    for day in days:
        starts_at = moment(day, template.starts_minute, timezone)
        if day.weekday() != template.weekday or starts_at <= now or starts_at in there:
            continue
        try:
            with session.begin_nested():
                session.add(_shift(template, starts_at, now))
            made += 1
        except IntegrityError:
            continue  # Another run was faster; the constraint keeps one of the two.
    return made


def _shift(template: ShiftTemplate, starts_at: datetime, now: datetime) -> Shift:
    return Shift(
        template_id=template.id,
        station_id=template.station_id,
        name_zh=template.name_zh,
        name_en=template.name_en,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=template.minutes),
        opens_at=starts_at - timedelta(days=template.opens_days),
        created_at=now,
        roles=[ShiftRole(role=one.role, places=one.places) for one in template.roles],
    )


def moment(day: date, minute: int, timezone: str) -> datetime:
    """Return the moment of a minute of a day in the base's own time, in UTC."""
    local = datetime.combine(day, time(minute // 60, minute % 60), ZoneInfo(timezone))
    return local.astimezone(ZoneInfo("UTC"))


def _trace(session: Session, actor: StaffMember, verb: str, template: ShiftTemplate, now: datetime) -> None:
    session.flush()
    audit.record(
        session=session, actor=actor, verb=verb, subject_type="shift_template", subject_id=template.id, now=now
    )
