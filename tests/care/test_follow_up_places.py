"""A contact stands in the calendar of somebody who works then, by day, and moves on when that person is gone."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from care import calendar, crises, follow_up_places, leave
from care.follow_up_steps import rules
from models.audit import AuditEntry
from models.calendar import HolderKind, HoldKind
from models.duty import DutyPosition
from models.staff import RoleName, StaffMember
from tests.care.test_risk_checks import sign
from tests.fixtures.follow_ups import (
    DAY,
    close,
    closed,
    place_all,
    planned,
    works,
)
from tests.fixtures.world import World
from triage.levels import Level


def test_a_place_is_taken_in_hours_in_which_the_owner_works_and_one_may_call(any_world: World) -> None:
    officer = any_world.colleague("officer", RoleName.DUTY_OFFICER)
    number = closed(any_world, officer)
    works(any_world, officer, days=0.75, hours=14)
    # 10:00 at the base: the owner works from 04:00 to 18:00 tomorrow, the contact is due at 10:00.
    place_all(any_world)
    first = planned(any_world, number)[0]
    assert first.hold is not None
    assert first.hold.starts_at == first.due_at
    assert first.hold.ends_at - first.hold.starts_at == rules().length
    with any_world.look() as session:
        holder = (HolderKind.STAFF, officer)
        taken = calendar.busy(
            session=session, holders=[holder], start=any_world.clock(), end=any_world.clock() + 2 * DAY
        )
    assert taken[holder] == [(first.hold.starts_at, first.hold.ends_at)]


def test_nobody_is_called_at_night_because_only_the_night_turn_has_time(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    world.clock.advance(hours=8)  # 18:00 at the base
    number = closed(world, officer)
    world.turn(officer, starts=26, hours=6)  # 20:00 to 02:00 tomorrow
    place_all(world)
    assert planned(world, number)[0].hold is None
    world.turn(officer, starts=22, hours=2)  # 16:00 to 18:00 tomorrow
    world.clock.advance(minutes=11)
    place_all(world)
    held = planned(world, number)[0].hold
    assert held is not None
    assert 16 <= held.starts_at.hour + 8 < 18


def test_somebody_on_duty_takes_it_where_the_owner_has_no_time_and_is_told(world: World) -> None:
    officer, other = world.colleague("officer", RoleName.DUTY_OFFICER), world.colleague("other", RoleName.DUTY_OFFICER)
    volunteer = world.colleague("volunteer", RoleName.VOLUNTEER)
    number = closed(world, officer)
    world.turn(volunteer, DutyPosition.STAND_IN, starts=22, hours=6)
    world.turn(other, starts=22, hours=6)
    place_all(world)
    first = planned(world, number)[0]
    assert (first.owner_id, first.hold is not None) == (other, True)
    with world.look() as session:
        verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.subject_id == first.id)).all()
    assert "follow_up.hand_on" in verbs


def test_a_taken_hour_is_left_alone_and_two_contacts_never_share_one(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    first, second = closed(world, officer), closed(world, officer)
    works(world, officer, days=0.75, hours=14)
    with world.work() as session:
        calendar.hold(
            session=session,
            kind=HoldKind.OFFER,
            holders=[(HolderKind.STAFF, officer)],
            starts_at=world.clock() + DAY,
            ends_at=world.clock() + DAY + timedelta(minutes=30),
        )
    place_all(world)
    times = [planned(world, number)[0].hold.starts_at - world.clock() - DAY for number in (first, second)]
    assert sorted(abs(time) for time in times) == [timedelta(minutes=30), timedelta(minutes=30)]
    assert times[0] != times[1]


def test_far_contacts_wait_until_plans_are_more_than_guesses(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    closed(world, officer)
    with world.look() as session:
        due = follow_up_places.due_to_place(session=session, now=world.clock())
    assert len(due) == 5
    world.clock.advance(days=40)
    with world.look() as session:
        assert len(follow_up_places.due_to_place(session=session, now=world.clock())) >= 1


def test_an_owner_who_was_deactivated_is_followed_by_somebody_who_is_here(world: World) -> None:
    chain = world.chain()
    officer = world.colleague("leaves", RoleName.COUNSELOR)
    number = closed(world, officer)
    works(world, officer, days=0.75, hours=14)
    place_all(world)
    with world.work() as session:
        session.get_one(StaffMember, officer).active = False
    place_all(world)
    assert officer not in {row.owner_id for row in planned(world, number)[:5]}
    assert planned(world, number)[0].owner_id in chain.values()
    assert planned(world, number)[0].hold is not None


def test_an_owner_on_leave_is_followed_by_their_stand_in(world: World) -> None:
    officer, lead = world.colleague("officer", RoleName.COUNSELOR), world.colleague("l", RoleName.SUPERVISOR)
    stand_in = world.colleague("stand-in", RoleName.COUNSELOR)
    number = world.person()
    case_id = world.flag(number, Level.ORANGE)
    with world.work() as session:
        crises.acknowledge(session=session, case_id=case_id, actor=world.actor(session, officer), now=world.clock())
    sign(world, case_id, officer)
    close(world, case_id, officer)
    for member in (officer, stand_in):
        works(world, member, days=0.75, hours=14)
    place_all(world)
    assert planned(world, number)[0].owner_id == officer
    with world.work() as session:
        away = leave.ask(
            session=session,
            actor=world.actor(session, officer),
            staff_id=officer,
            starts_at=world.clock() + timedelta(hours=12),
            ends_at=world.clock() + timedelta(hours=60),
            stand_in_id=stand_in,
            note="",
            now=world.clock(),
        )
        leave.approve(session=session, actor=world.actor(session, lead), leave_id=away.id, now=world.clock())
    place_all(world)
    first = planned(world, number)[0]
    assert (first.owner_id, first.hold is not None) == (stand_in, True)
