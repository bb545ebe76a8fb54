"""What a volunteer is shown first: the coming shifts that fit, the most needed on top, and why the others do not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Integer, Select, String, bindparam, cast, false, func, select
from sqlalchemy.orm import Session

from care import shifts
from care.refusals import Refusal
from care.shift_fit import Diary, Fit, Place
from care.shift_rules import rules, sheets
from care.shifts import Listing
from models.shifts import Shift, ShiftRole
from models.staff import StaffMember

# The list of fitting shifts looks two weeks ahead, and a page holds so many.
LOOK_AHEAD = timedelta(days=14)
PAGE = 20
# So many open places are read at once, and so often at most.
CHUNK = 30
MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A listing that fits, and how much it is needed."""

    listing: Listing
    fit: Fit
    need: float
    near: bool


@dataclass
class ForMe:
    """What fits a volunteer, and how often each reason stands in the way of the rest."""

    fitting: list[Suggestion]
    # There are more that fit than a page holds.
    more: bool
    hindered: Counter[Refusal] = field(default_factory=Counter)


def for_me(*, session: Session, staff: StaffMember, now: datetime, timezone: str, role: str | None = None) -> ForMe:
    """Return the shifts of two weeks that fit the volunteer, the most needed first, and why the others do not."""
    end = now + LOOK_AHEAD
    book = shifts.book_of(session=session, staff=staff, start=now, end=end, timezone=timezone)
    found: list[Suggestion] = []
    hindered, wanted = _sorted_out(session, book, staff, now, end, role)
    for listing in _in_order(session, wanted):
        fit = book.judge(listing.place, now)
        if fit.reason is not None:
            hindered[fit.reason] += 1
            continue
        near = staff.station_id == listing.place.station_id
        found.append(Suggestion(listing, fit, _need(listing.place, fit, now, near), near))
        if len(found) > PAGE:
            break
    found.sort(key=lambda one: (-one.need, one.listing.place.starts_at, one.listing.place.shift_role_id))
    return ForMe(found[:PAGE], len(found) > PAGE, +hindered)


def _roles_of(book: Diary, now: datetime, end: datetime) -> set[str]:
    """Return the roles that the volunteer may take somewhere in the span."""
    return {key for key in sheets() if not (book.missing(key, now) and book.missing(key, end))}


def _sorted_out(
    session: Session, book: Diary, staff: StaffMember, now: datetime, end: datetime, role: str | None
) -> tuple[Counter[Refusal], list[int]]:
    """Count what nobody has to judge one by one, and return the ids of the open places in about the order of need.

    Thousands of places are looked at, so the database counts those that are alike and writes down which they are.
    """
    asked = {
        "now": now,
        "end": end,
        "soon": now + timedelta(hours=rules().at_risk_hours),
        "station_id": staff.station_id,
        "role": role,
    }
    trained, hindered = _roles_of(book, now, end), Counter[Refusal]()
    needed: dict[float, list[str]] = defaultdict(list)
    for key, early, places, taken, soon, near, number, written in session.execute(_open_places(bool(role)), asked):
        if key not in trained:
            hindered[Refusal.NOT_TRAINED] += number
        elif early:
            hindered[Refusal.NOT_OPEN_YET] += number
        elif taken >= places:
            hindered[Refusal.FULL] += number
        else:
            needed[(places - taken) / places + bool(soon) + 0.5 * bool(near)] += written.split(";")
    return hindered, list(islice(_by_need(needed), CHUNK * MOST_PAGES))


def _by_need(needed: Mapping[float, list[str]]) -> Iterator[int]:
    for need in sorted(needed, reverse=True):
        for written in sorted(needed[need]):
            yield int(written.rpartition("#")[2])


@cache
def _open_places(of_one_role: bool) -> Select[Any]:
    """Return the question for the coming places, one row for all that are alike: rows of them would be thousands."""
    # Columns of the tables, not of the models: no time is spent on making entities of what is only counted.
    roles, times = ShiftRole.__table__.c, Shift.__table__.c
    each = (
        select(
            roles.id,
            roles.role,
            roles.places,
            shifts.taken().label("taken"),
            times.starts_at,
            (times.opens_at > bindparam("now")).label("early"),
            (times.starts_at <= bindparam("soon")).label("soon"),
            func.coalesce(times.station_id == bindparam("station_id", type_=Integer), false()).label("near"),
        )
        .join_from(ShiftRole.__table__, Shift.__table__, times.id == roles.shift_id)
        .where(times.starts_at > bindparam("now"), times.starts_at < bindparam("end"), times.cancelled_at.is_(None))
    )
    if of_one_role:
        each = each.where(roles.role == bindparam("role"))
    one = each.subquery().c
    alike = (one.role, one.early, one.places, one.taken, one.soon, one.near)
    written = cast(one.starts_at, String) + "#" + cast(one.id, String)
    return select(*alike, func.count(), func.aggregate_strings(written, ";")).group_by(*alike)


def _in_order(session: Session, role_ids: Sequence[int]) -> Iterator[Listing]:
    """Yield the places in the order given, a few at a time: a list is mostly full after the first of them."""
    for start in range(0, len(role_ids), CHUNK):
        chunk = role_ids[start : start + CHUNK]
        rows = {row[1]: row for row in session.execute(shifts.listed().where(ShiftRole.id.in_(chunk)))}
        for role_id in chunk:
            if role_id in rows:
                yield shifts.listing(rows[role_id])


def _need(place: Place, fit: Fit, now: datetime, near: bool) -> float:
    """Weigh how empty and how soon a role is; one's own station counts for it, a soft clash against it."""
    sheet = sheets().get(place.role)
    soon = place.starts_at - now <= timedelta(hours=rules().at_risk_hours)
    alone = sheet is not None and sheet.pair and place.taken == 1
    return place.free / place.places + soon + 0.5 * near + 0.5 * alone - 0.5 * bool(fit.soft)
