"""The ordinary week becomes turns: looked at first, put there once, with every hitch named."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from care import duty, duty_gaps, duty_patterns
from care.duty_patterns import Hitch, Proposal
from care.refusals import Refusal, Refused
from models.duty import DutyPatternSlot, DutyPosition, DutyTurn
from models.leave import Leave, LeaveState
from models.staff import RoleName, StaffMember
from tests.fixtures.world import ZONE, World, at_once

NEXT_MONDAY = date(2026, 3, 9)


def slot(
    world: World,
    staff_id: int,
    days: tuple[int, ...] = (0,),
    hours: tuple[str, str] = ("08:00", "20:00"),
    position: DutyPosition = DutyPosition.ON_CALL,
) -> list[int]:
    with world.work() as session:
        rows = duty_patterns.add_slot(
            session=session,
            actor=world.actor(session, staff_id),
            staff=world.actor(session, staff_id),
            position=position,
            weekdays=days,
            starts=time.fromisoformat(hours[0]),
            ends=time.fromisoformat(hours[1]),
            now=world.clock(),
        )
        return [row.id for row in rows]


def look(world: World, monday: date = NEXT_MONDAY, source: date | None = None) -> list[Proposal]:
    with world.look() as session:
        return _propose(world, session, monday, source)


def _propose(world: World, session: object, monday: date, source: date | None) -> list[Proposal]:
    if source is None:
        return duty_patterns.from_pattern(session=session, monday=monday, now=world.clock(), timezone=ZONE)  # type: ignore[arg-type]
    return duty_patterns.from_week(session=session, source=source, monday=monday, now=world.clock(), timezone=ZONE)  # type: ignore[arg-type]


def fill(world: World, actor: int, monday: date = NEXT_MONDAY, source: date | None = None) -> int:
    with world.work() as session:
        proposals = _propose(world, session, monday, source)
        put = duty_patterns.put(
            session=session, actor=world.actor(session, actor), proposals=proposals, now=world.clock()
        )
        return len(put)


def spans(world: World) -> list[tuple[datetime, datetime]]:
    with world.look() as session:
        rows = session.scalars(select(DutyTurn).order_by(DutyTurn.starts_at)).all()
        return [(row.starts_at, row.ends_at) for row in rows]


def test_the_ordinary_week_becomes_turns_in_the_bases_own_time(world: World) -> None:
    day, night = world.colleague("day"), world.colleague("night")
    slot(world, day, (0, 6))
    slot(world, night, (6,), ("20:00", "08:00"))
    assert [one.hitch for one in look(world)] == [None, None, None]
    assert spans(world) == []
    assert fill(world, day) == 3
    assert spans(world) == [
        (datetime(2026, 3, 9, 0, tzinfo=UTC), datetime(2026, 3, 9, 12, tzinfo=UTC)),
        (datetime(2026, 3, 15, 0, tzinfo=UTC), datetime(2026, 3, 15, 12, tzinfo=UTC)),
        (datetime(2026, 3, 15, 12, tzinfo=UTC), datetime(2026, 3, 16, 0, tzinfo=UTC)),
    ]


def test_a_week_that_is_filled_twice_is_filled_once(any_world: World) -> None:
    member = any_world.colleague("day")
    slot(any_world, member, (0, 1, 2))
    results = at_once(*[lambda: fill(any_world, member) for _ in range(5)])
    assert len(spans(any_world)) == 3
    # Whoever came at the very same moment is told that it collides, or finds everything there.
    assert all(one in (0, 3) or (isinstance(one, Refused) and one.refusal is Refusal.COLLIDES) for one in results)
    assert fill(any_world, member) == 0
    assert {one.hitch for one in look(any_world)} == {Hitch.ALREADY_THERE}


def test_every_hitch_is_named_and_only_leave_is_a_mere_warning(world: World) -> None:
    members = {name: world.colleague(name) for name in ("fine", "there", "busy", "gone", "away")}
    for staff_id in members.values():
        slot(world, staff_id)
    monday = datetime(2026, 3, 9, 0, tzinfo=UTC)
    with world.work() as session:
        session.add(
            DutyTurn(
                staff_id=members["there"],
                position=DutyPosition.ON_CALL,
                starts_at=monday,
                ends_at=monday + timedelta(hours=12),
            )
        )
        session.add(
            DutyTurn(
                staff_id=members["busy"],
                position=DutyPosition.SUPERVISOR,
                starts_at=monday + timedelta(hours=11),
                ends_at=monday + timedelta(hours=13),
            )
        )
        session.get_one(StaffMember, members["gone"]).active = False
        session.add(
            Leave(
                staff_id=members["away"],
                starts_at=monday - timedelta(days=1),
                ends_at=monday + timedelta(hours=1),
                state=LeaveState.APPROVED,
                asked_at=world.clock(),
                decided_at=world.clock(),
                decided_by_id=members["fine"],
            )
        )
    found = {one.staff.id: (one.hitch, one.counts) for one in look(world)}
    assert found == {
        members["fine"]: (None, True),
        members["there"]: (Hitch.ALREADY_THERE, False),
        members["busy"]: (Hitch.COLLIDES, False),
        members["gone"]: (Hitch.NOT_ACTIVE, False),
        members["away"]: (Hitch.ON_LEAVE, True),
    }
    assert fill(world, members["fine"]) == 2
    with world.look() as session:
        away = duty_gaps.away(session=session, start=monday, end=monday + timedelta(days=1))
        assert [turn.staff_id for turn in away] == [members["away"]]


def test_nothing_is_put_into_the_past(world: World) -> None:
    member = world.colleague("day")
    slot(world, member, (0, 1), ("09:00", "12:00"))
    this_monday = date(2026, 3, 2)  # it is 10:00 on this Monday
    assert [one.hitch for one in look(world, this_monday)] == [Hitch.BEGUN, None]


def test_a_week_is_copied_over_new_year_and_a_leap_day(world: World) -> None:
    member = world.colleague("day")
    zone_morning = datetime(2027, 12, 31, 0, tzinfo=UTC)  # Friday 08:00 at the base
    with world.work() as session:
        duty.add_turn(
            session=session,
            actor=world.actor(session, member),
            staff=world.actor(session, member),
            position=DutyPosition.ON_CALL,
            starts_at=zone_morning,
            ends_at=zone_morning + timedelta(hours=24),
            now=world.clock(),
        )
    assert fill(world, member, monday=date(2028, 1, 3), source=date(2027, 12, 27)) == 1
    assert fill(world, member, monday=date(2028, 2, 28), source=date(2028, 1, 3)) == 1
    assert [start.date().isoformat() for start, _ in spans(world)] == ["2027-12-31", "2028-01-07", "2028-03-03"]


@pytest.mark.parametrize(
    ("days", "hours", "refusal"),
    [
        ((), ("08:00", "20:00"), Refusal.WRONG_VALUE),
        ((7,), ("08:00", "20:00"), Refusal.WRONG_VALUE),
        ((0,), ("19:00", "23:00"), Refusal.COLLIDES),
        ((6,), ("20:00", "08:01"), Refusal.COLLIDES),  # from Sunday into Monday
        ((0,), ("20:00", "08:00"), None),
        ((6,), ("20:00", "08:00"), None),
        ((0, 1), ("20:00", "20:00"), Refusal.COLLIDES),  # a whole day meets the next morning
    ],
)
def test_lines_of_one_person_never_meet(
    world: World, days: tuple[int, ...], hours: tuple[str, str], refusal: Refusal | None
) -> None:
    member, decoy = world.colleague("day"), world.colleague("decoy")
    slot(world, member, (0, 1))
    slot(world, decoy, (0, 6), ("18:00", "23:00"))
    if refusal is None:
        assert slot(world, member, days, hours)
        return
    with pytest.raises(Refused) as refused:
        slot(world, member, days, hours)
    assert refused.value.refusal is refusal


def test_a_line_is_taken_out_and_its_turns_stay(world: World) -> None:
    member = world.colleague("day")
    (number,) = slot(world, member)
    fill(world, member)
    with world.work() as session:
        actor = world.actor(session, member)
        duty_patterns.remove_slot(session=session, actor=actor, slot_id=number, now=world.clock())
        with pytest.raises(Refused):
            duty_patterns.remove_slot(session=session, actor=actor, slot_id=number, now=world.clock())
    with world.look() as session:
        assert session.scalars(select(DutyPatternSlot)).all() == []
    assert len(spans(world)) == 1


def test_gaps_are_seen_at_every_step_and_the_deactivated_leave_one(world: World) -> None:
    chain = world.chain()
    start = world.clock()

    def gaps() -> list[tuple[str, float, float]]:
        with world.look() as session:
            found = duty_gaps.gaps(session=session, start=start, end=start + duty_gaps.AHEAD)
        hour = timedelta(hours=1)
        return [(gap.position.value, (gap.starts_at - start) / hour, (gap.ends_at - start) / hour) for gap in found]

    assert gaps() == []
    with world.work() as session:
        session.get_one(StaffMember, chain[DutyPosition.STAND_IN]).active = False
    assert gaps() == [("stand_in", 0, 336)]
    spare = world.colleague("spare", RoleName.COUNSELOR)
    world.turn(spare, DutyPosition.STAND_IN, starts=10, hours=2)
    assert gaps() == [("stand_in", 0, 10), ("stand_in", 12, 336)]
