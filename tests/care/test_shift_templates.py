"""Weekly shifts become dated ones: over the turn of the year, on a leap day, and where clocks are moved."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from care import shift_templates
from care.refusals import Refusal, Refused
from models.shifts import Shift
from tests.fixtures.shifts import ShiftWorld
from tests.fixtures.world import ZONE


def _plan(base: ShiftWorld, **changed: Any) -> shift_templates.Plan:
    plain: dict[str, Any] = {"name_zh": "晚间", "name_en": "Evening", "station_id": base.base, "weekday": 3}
    plain |= {"starts": time(20), "ends": time(8), "opens_days": 30, "places": {"front_desk": 2}}
    return shift_templates.Plan(**plain | changed)


def _published(base: ShiftWorld, now: datetime, timezone: str = ZONE, **changed: Any) -> list[tuple[str, str]]:
    """Return the local begin and end of what one template makes in two weeks."""
    base.world.clock.moment = now
    base.do(shift_templates.add, base.coordinator(), plan=_plan(base, **changed))
    with base.world.work() as session:
        shift_templates.publish(session=session, now=now, timezone=timezone, weeks=2)
        zone = ZoneInfo(timezone)
        rows = session.scalars(select(Shift).order_by(Shift.starts_at))
        return [
            (f"{row.starts_at.astimezone(zone):%Y-%m-%d %H:%M}", f"{row.ends_at.astimezone(zone):%Y-%m-%d %H:%M}")
            for row in rows
        ]


def test_a_night_of_new_years_eve_ends_in_the_next_year(shift_world: ShiftWorld) -> None:
    assert _published(shift_world, datetime(2026, 12, 28, 2, tzinfo=UTC)) == [
        ("2026-12-31 20:00", "2027-01-01 08:00"),
        ("2027-01-07 20:00", "2027-01-08 08:00"),
    ]


def test_a_leap_day_has_its_shift(shift_world: ShiftWorld) -> None:
    days = _published(shift_world, datetime(2028, 2, 22, 16, tzinfo=UTC), weekday=1, starts=time(9), ends=time(12))
    assert [start for start, _end in days] == ["2028-02-29 09:00", "2028-03-07 09:00"]


def test_where_clocks_are_moved_a_shift_keeps_its_hour_on_the_wall(shift_world: ShiftWorld) -> None:
    days = _published(
        shift_world,
        datetime(2026, 10, 19, 8, tzinfo=UTC),
        "Europe/Berlin",
        weekday=6,
        starts=time(9),
        ends=time(12),
    )
    assert days == [("2026-10-25 09:00", "2026-10-25 12:00"), ("2026-11-01 09:00", "2026-11-01 12:00")]


@pytest.mark.parametrize(
    ("starts", "ends", "refusal"),
    [
        (time(9), time(8), Refusal.ENDS_BEFORE_IT_STARTS),
        (time(9), time(9), Refusal.WRONG_VALUE),
        (time(18), time(8), None),
    ],
)
def test_a_day_that_was_turned_round_is_no_night(
    shift_world: ShiftWorld, starts: time, ends: time, refusal: Refusal | None
) -> None:
    plan = _plan(shift_world, starts=starts, ends=ends)
    if refusal is None:
        shift_world.do(shift_templates.add, shift_world.coordinator(), plan=plan)
        return
    with pytest.raises(Refused) as refused:
        shift_world.do(shift_templates.add, shift_world.coordinator(), plan=plan)
    assert (refused.value.refusal, refused.value.field) == (refusal, "ends")
