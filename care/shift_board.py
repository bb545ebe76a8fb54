"""What a coordinator looks after: places that are empty, and places that may stay empty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import shifts
from care.shift_rules import rules, sheets
from care.shifts import Listing
from models.shifts import Shift, SignUp, SignUpState
from models.staff import StaffMember


class Risk(StrEnum):
    """Why a place may stay empty."""

    SHORT = "short"  # Nobody has it.
    ALONE = "alone"  # A role for two has one.
    UNCONFIRMED = "unconfirmed"  # Asked, and no answer for hours.
    NO_SHOWS = "no_shows"  # The volunteer was absent before.
    NOT_HERE = "not_here"  # The shift has begun, and the volunteer has not come.
    OFFERED = "offered"  # Kept for somebody who has not answered.


@dataclass(frozen=True)
class Person:
    """One volunteer on one place, and what speaks against relying on it."""

    sign_up_id: int
    staff_id: int
    name: str
    state: SignUpState
    confirmed: bool
    risks: tuple[Risk, ...]


@dataclass(frozen=True)
class Row:
    """One role of one shift on the board."""

    listing: Listing
    people: tuple[Person, ...]
    risks: tuple[Risk, ...]

    @property
    def all_risks(self) -> list[Risk]:
        """Return every risk of the role once, the worst first."""
        found = {*self.risks, *(risk for person in self.people for risk in person.risks)}
        return [risk for risk in Risk if risk in found]


def rows(*, session: Session, start: datetime, end: datetime, now: datetime) -> list[Row]:
    """Return every role of the shifts that start in the span, with its people and risks."""
    found = [one for one in shifts.listings(session=session, start=start, end=end) if not one.place.cancelled]
    people = _people(session, start, end, now)
    return [_row(one, people.get(one.place.shift_role_id, []), now) for one in found]


def at_risk(*, session: Session, now: datetime) -> list[Row]:
    """Return the roles of the next days, and of the shifts that run now, that somebody should look after."""
    end = now + timedelta(hours=rules().at_risk_hours)
    everything = rows(session=session, start=now - timedelta(hours=12), end=end, now=now)
    return [row for row in everything if row.listing.place.ends_at > now and row.all_risks]


def _row(listing: Listing, people: list[Person], now: datetime) -> Row:
    place, risks = listing.place, []
    if place.ends_at > now:
        if place.free:
            risks.append(Risk.SHORT)
        sheet = sheets().get(place.role)
        if sheet is not None and sheet.pair and len(people) == 1:
            risks.append(Risk.ALONE)
    return Row(listing, tuple(people), tuple(risks))


def _people(session: Session, start: datetime, end: datetime, now: datetime) -> dict[int, list[Person]]:
    found = session.execute(
        select(SignUp, StaffMember.display_name, Shift.starts_at, Shift.ends_at)
        .join(Shift, Shift.id == SignUp.shift_id)
        .join(StaffMember, StaffMember.id == SignUp.staff_id)
        .where(Shift.starts_at >= start, Shift.starts_at < end, SignUp.place_no.is_not(None))
        .order_by(SignUp.shift_role_id, SignUp.place_no)
    ).all()
    absences = no_shows(session=session, staff_ids=list({row[0].staff_id for row in found}), now=now)
    people: dict[int, list[Person]] = defaultdict(list)
    for sign_up, name, starts_at, ends_at in found:
        risks = _risks(sign_up, starts_at, ends_at, absences, now)
        people[sign_up.shift_role_id].append(
            Person(sign_up.id, sign_up.staff_id, name, sign_up.state, sign_up.confirmed_at is not None, risks)
        )
    return people


def _risks(
    row: SignUp, starts_at: datetime, ends_at: datetime, absences: dict[int, int], now: datetime
) -> tuple[Risk, ...]:
    if ends_at <= now or row.state not in (SignUpState.SIGNED_UP, SignUpState.OFFERED):
        return ()
    if row.state is SignUpState.OFFERED:
        return (Risk.OFFERED,)
    risks = []
    if now >= starts_at + timedelta(minutes=rules().late_minutes):
        risks.append(Risk.NOT_HERE)
    asked = row.reminded_at
    if row.confirmed_at is None and asked and now - asked >= timedelta(hours=rules().unconfirmed_after_hours):
        risks.append(Risk.UNCONFIRMED)
    if absences.get(row.staff_id) and row.confirmed_at is None:
        risks.append(Risk.NO_SHOWS)
    return tuple(risks)


def no_shows(*, session: Session, staff_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Return how often each volunteer was absent lately; who never was is not listed."""
    since = now - timedelta(days=rules().no_show_days)
    found = session.execute(
        select(SignUp.staff_id, func.count())
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(SignUp.staff_id.in_(staff_ids), SignUp.state == SignUpState.NO_SHOW, Shift.starts_at >= since)
        .group_by(SignUp.staff_id)
    )
    return {staff_id: int(number) for staff_id, number in found}
