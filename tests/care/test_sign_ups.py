"""Signing up: every no has a name, no place is given twice, and what was refused leaves no trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from care import calendar, qualifications, shifts, sign_ups
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.calendar import HolderKind, HoldKind
from models.leave import Leave, LeaveState
from models.qualifications import Qualification, TrainingNeed
from models.shifts import ShiftRole, SignUp, SignUpState
from models.staff import StaffMember
from tests.fixtures.shifts import ShiftWorld
from tests.fixtures.world import ZONE, at_once


def refused(base: ShiftWorld, actor: int, role_id: int, **more: bool) -> Refusal | None:
    try:
        base.sign_up(actor, role_id, **more)
    except Refused as reason:
        return reason.refusal
    return None


def test_a_volunteer_takes_the_lowest_free_place_and_the_time_is_held(shift_world: ShiftWorld) -> None:
    first, second = shift_world.volunteer(), shift_world.volunteer()
    role, decoy = shift_world.role(places=2), shift_world.role(places=2)
    shift_world.sign_up(first, role)
    shift_world.sign_up(second, role)
    assert shift_world.holders(role) == [(first, 1), (second, 2)]
    assert shift_world.holders(decoy) == []
    with shift_world.world.look() as session:
        shift = session.get_one(ShiftRole, role).shift
        assert not calendar.is_free(
            session=session, holder=(HolderKind.STAFF, first), starts_at=shift.starts_at, ends_at=shift.ends_at
        )
        assert session.scalar(select(func.count()).where(AuditEntry.verb == "shift.sign_up")) == 2


def test_a_full_role_says_full(shift_world: ShiftWorld) -> None:
    role = shift_world.role(places=1)
    shift_world.sign_up(shift_world.volunteer(), role)
    late = shift_world.volunteer()
    assert refused(shift_world, late, role) is Refusal.FULL
    with shift_world.world.look() as session:
        assert session.scalar(select(func.count()).where(SignUp.staff_id == late)) == 0


def test_the_same_form_sent_twice_gives_one_place(shift_world: ShiftWorld) -> None:
    role, me = shift_world.role(places=3), shift_world.volunteer()
    shift_world.sign_up(me, role)
    assert refused(shift_world, me, role) is Refusal.ALREADY_SIGNED_UP
    assert shift_world.holders(role) == [(me, 1)]


@pytest.mark.parametrize(
    ("starts", "opens", "reason"), [(48, 1, Refusal.NOT_OPEN_YET), (-1, -48, Refusal.OVER), (0, -48, Refusal.OVER)]
)
def test_a_shift_is_open_from_its_opening_to_its_start(
    shift_world: ShiftWorld, starts: float, opens: float, reason: Refusal
) -> None:
    role = shift_world.role(starts=starts, opens=opens)
    assert refused(shift_world, shift_world.volunteer(), role) is reason


def test_a_role_that_does_not_exist_is_not_found(shift_world: ShiftWorld) -> None:
    assert refused(shift_world, shift_world.volunteer(), 4711) is Refusal.NOT_FOUND


def test_who_was_deactivated_cannot_sign_up(shift_world: ShiftWorld) -> None:
    gone = shift_world.volunteer(active=False)
    assert refused(shift_world, gone, shift_world.role()) is Refusal.NOT_ACTIVE


@pytest.mark.parametrize(
    ("ends_after_start", "confirmed", "reason"),
    [(timedelta(hours=1), True, None), (timedelta(0), True, Refusal.NOT_TRAINED), (None, False, Refusal.NOT_TRAINED)],
)
def test_the_training_counts_at_the_start_of_the_shift(
    shift_world: ShiftWorld, ends_after_start: timedelta | None, confirmed: bool, reason: Refusal | None
) -> None:
    world, me, lead = shift_world.world, shift_world.volunteer(), shift_world.coordinator()
    role = shift_world.role(role="phone", starts=48)
    with world.work() as session:
        session.add(TrainingNeed(role="shift.phone", kind="training.first_aid"))
        start = session.get_one(ShiftRole, role).shift.starts_at
        session.add(
            Qualification(
                staff_id=me,
                kind="training.first_aid",
                evidence="seen",
                valid_from=world.clock() - timedelta(days=9),
                expires_at=None if ends_after_start is None else start + ends_after_start,
                recorded_at=world.clock(),
                confirmed_at=world.clock() if confirmed else None,
                confirmed_by_id=lead if confirmed else None,
            )
        )
    assert refused(shift_world, me, role) is reason
    assert refused(shift_world, shift_world.volunteer(), role) is Refusal.NOT_TRAINED
    with world.look() as session:
        lacking = qualifications.missing_for(session=session, staff_id=me, role="shift.phone", at=start)
        assert bool(lacking) is (reason is not None)


def test_another_shift_at_the_same_time_collides_and_a_touching_one_does_not(shift_world: ShiftWorld) -> None:
    me = shift_world.volunteer()
    shift_world.sign_up(me, shift_world.role(starts=48, hours=3))
    assert refused(shift_world, me, shift_world.role(starts=50, hours=3)) is Refusal.COLLIDES
    assert refused(shift_world, me, shift_world.role(starts=51, hours=3)) is None


def test_an_appointment_at_the_same_time_collides(shift_world: ShiftWorld) -> None:
    me, role = shift_world.volunteer(), shift_world.role(starts=48, hours=3)
    with shift_world.world.work() as session:
        start = session.get_one(ShiftRole, role).shift.starts_at
        calendar.hold(
            session=session,
            kind=HoldKind.APPOINTMENT,
            holders=[(HolderKind.STAFF, me)],
            starts_at=start + timedelta(hours=1),
            ends_at=start + timedelta(hours=2),
        )
    assert refused(shift_world, me, role) is Refusal.COLLIDES


@pytest.mark.parametrize(("state", "reason"), [(LeaveState.APPROVED, Refusal.ON_LEAVE), (LeaveState.ASKED, None)])
def test_approved_leave_stands_in_the_way(shift_world: ShiftWorld, state: LeaveState, reason: Refusal | None) -> None:
    world, me, lead = shift_world.world, shift_world.volunteer(), shift_world.coordinator()
    decided = state is LeaveState.APPROVED
    with world.work() as session:
        session.add(
            Leave(
                staff_id=me,
                starts_at=world.clock() + timedelta(hours=50),
                ends_at=world.clock() + timedelta(hours=80),
                state=state,
                asked_at=world.clock(),
                decided_at=world.clock() if decided else None,
                decided_by_id=lead if decided else None,
            )
        )
    assert refused(shift_world, me, shift_world.role(starts=48, hours=3)) is reason


@pytest.mark.parametrize(
    ("starts", "hours", "reason"),
    [
        # The first shift is on Wednesday, 10:00 to 16:00 at the base.
        (48 + 6, 2, None),  # Same day, eight hours together.
        (48 + 6, 3, Refusal.TOO_LITTLE_REST),  # Same day, nine hours.
        (48 + 16, 3, Refusal.TOO_LITTLE_REST),  # Thursday 02:00, ten hours later.
        (48 + 17, 3, None),  # Thursday 03:00, eleven hours later.
        (48 - 13, 2, None),  # Ends Tuesday 23:00, eleven hours before.
        (48 - 12, 2, Refusal.TOO_LITTLE_REST),  # Ends at midnight, ten hours before.
    ],
)
def test_rest_between_shifts(shift_world: ShiftWorld, starts: float, hours: float, reason: Refusal | None) -> None:
    me = shift_world.volunteer()
    shift_world.sign_up(me, shift_world.role(starts=48, hours=6))
    assert refused(shift_world, me, shift_world.role(starts=starts, hours=hours)) is reason
    assert refused(shift_world, shift_world.volunteer(), shift_world.role(starts=starts, hours=hours)) is None


def test_the_week_is_full_at_twenty_hours_and_the_next_week_is_new(shift_world: ShiftWorld) -> None:
    me = shift_world.volunteer()
    for day in (1, 2, 3):
        shift_world.sign_up(me, shift_world.role(starts=24 * day, hours=6))
    assert refused(shift_world, me, shift_world.role(starts=24 * 4, hours=2.5)) is Refusal.WEEK_FULL
    assert refused(shift_world, me, shift_world.role(starts=24 * 4, hours=2)) is None
    # Monday of the next week.
    assert refused(shift_world, me, shift_world.role(starts=24 * 7, hours=6)) is None


def test_two_nights_a_week_are_enough(shift_world: ShiftWorld) -> None:
    me = shift_world.volunteer()
    # 22:00 to 02:00 at the base.
    for day in (1, 3):
        shift_world.sign_up(me, shift_world.role(starts=24 * day + 12, hours=4))
    assert refused(shift_world, me, shift_world.role(starts=24 * 5 + 12, hours=4)) is Refusal.NIGHT_CAP
    # An evening that ends at 23:00 is no night.
    assert refused(shift_world, me, shift_world.role(starts=24 * 5 + 9, hours=4)) is None


def test_a_soft_clash_is_shown_first_and_can_be_accepted(shift_world: ShiftWorld) -> None:
    me = shift_world.volunteer()
    role = shift_world.role(starts=48)
    shift_world.world.turn(me, starts=47, hours=2)
    assert refused(shift_world, me, role) is Refusal.SOFT_CLASH
    assert refused(shift_world, me, role, accepts_soft=True) is None
    near = shift_world.role(starts=51.5, hours=2, station=shift_world.east)
    assert refused(shift_world, me, near) is Refusal.SOFT_CLASH
    assert refused(shift_world, me, shift_world.role(starts=51.5, hours=2)) is None


def test_a_coordinator_signs_somebody_up_under_the_same_rules(shift_world: ShiftWorld) -> None:
    lead, me, role = shift_world.coordinator(), shift_world.volunteer(), shift_world.role()
    with shift_world.world.work() as session:
        sign_ups.sign_up(
            session=session,
            actor=shift_world.world.actor(session, lead),
            staff=session.get_one(StaffMember, me),
            shift_role_id=role,
            now=shift_world.world.clock(),
            timezone=ZONE,
        )
    assert shift_world.holders(role) == [(me, 1)]
    with shift_world.world.look() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.verb == "shift.sign_up")).one()
        assert (entry.staff_id, entry.details["staff_id"]) == (lead, me)


@pytest.mark.parametrize(
    ("hours", "later", "reason"), [(25, 60, None), (23, 60, Refusal.TOO_LATE_TO_LEAVE), (23, 10, None)]
)
def test_leaving_is_free_a_day_before_or_right_after_a_slip(
    shift_world: ShiftWorld, hours: float, later: int, reason: Refusal | None
) -> None:
    me, role = shift_world.volunteer(), shift_world.role(starts=hours + later / 60)
    number = shift_world.sign_up(me, role)
    shift_world.world.clock.advance(minutes=later)
    if reason is None:
        shift_world.do(sign_ups.withdraw, me, sign_up_id=number, timezone=ZONE)
        shift_world.do(sign_ups.withdraw, me, sign_up_id=number, timezone=ZONE)
        assert shift_world.holders(role) == []
        # The time is free again, and the place can be taken a second time.
        shift_world.sign_up(me, role)
    else:
        with pytest.raises(Refused) as refusal:
            shift_world.do(sign_ups.withdraw, me, sign_up_id=number, timezone=ZONE)
        assert refusal.value.refusal is reason
        assert shift_world.state(number) is SignUpState.SIGNED_UP


@pytest.mark.parametrize("verb", [sign_ups.withdraw, sign_ups.confirm])
def test_nobody_touches_the_place_of_somebody_else(shift_world: ShiftWorld, verb: object) -> None:
    number = shift_world.sign_up(shift_world.volunteer(), shift_world.role())
    more = {"timezone": ZONE} if verb is sign_ups.withdraw else {}
    with pytest.raises(Refused) as refusal:
        shift_world.do(verb, shift_world.volunteer(), sign_up_id=number, **more)  # type: ignore[arg-type]
    assert refusal.value.refusal is Refusal.NOT_FOUND
    assert shift_world.state(number) is SignUpState.SIGNED_UP


def test_calling_a_shift_off_frees_everybody_and_takes_no_more(shift_world: ShiftWorld) -> None:
    lead, me, role, decoy = shift_world.coordinator(), shift_world.volunteer(), shift_world.role(), shift_world.role()
    number = shift_world.sign_up(me, role)
    kept = shift_world.sign_up(shift_world.volunteer(), decoy)
    shift_world.do(shifts.cancel, lead, shift_id=shift_world.row(number).shift_id)
    assert (shift_world.state(number), shift_world.state(kept)) == (SignUpState.WITHDREW, SignUpState.SIGNED_UP)
    assert refused(shift_world, me, role) is Refusal.SHIFT_CANCELLED
    assert refused(shift_world, me, shift_world.role()) is None


def test_fewer_places_than_people_is_refused_and_numbers_close_up(any_shift_world: ShiftWorld) -> None:
    base = any_shift_world
    lead, role = base.coordinator(), base.role(places=3)
    people = [base.volunteer() for _ in range(3)]
    numbers = [base.sign_up(person, role) for person in people]
    with pytest.raises(Refused) as refusal:
        base.do(shifts.set_places, lead, shift_role_id=role, places=2, timezone=ZONE)
    assert refusal.value.refusal is Refusal.PLACES_TAKEN
    base.do(sign_ups.withdraw, people[0], sign_up_id=numbers[0], timezone=ZONE)
    base.do(shifts.set_places, lead, shift_role_id=role, places=2, timezone=ZONE)
    assert base.holders(role) == [(people[1], 1), (people[2], 2)]
    assert base.row(numbers[2]).places == 2


def test_reminder_asks_once_and_only_those_who_have_not_said_that_they_come(shift_world: ShiftWorld) -> None:
    me, sure, clock = shift_world.volunteer(), shift_world.volunteer(), shift_world.world.clock
    number = shift_world.sign_up(me, shift_world.role(starts=30))
    confirmed = shift_world.sign_up(sure, shift_world.role(starts=30))
    shift_world.do(sign_ups.confirm, sure, sign_up_id=confirmed)
    far = shift_world.sign_up(shift_world.volunteer(), shift_world.role(starts=60))

    def due() -> list[int]:
        with shift_world.world.look() as session:
            return list(sign_ups.to_remind(session=session, now=clock()))

    assert due() == []
    clock.advance(hours=6)
    assert due() == [number]
    for asked in (True, False):
        with shift_world.world.work() as session:
            assert sign_ups.remind(session=session, sign_up_id=number, now=clock()) is asked
    assert due() == []
    assert shift_world.row(far).reminded_at is None


def test_who_signs_up_on_the_last_day_has_confirmed(shift_world: ShiftWorld) -> None:
    assert shift_world.row(shift_world.sign_up(shift_world.volunteer(), shift_world.role(starts=23))).confirmed_at
    assert not shift_world.row(shift_world.sign_up(shift_world.volunteer(), shift_world.role(starts=25))).confirmed_at


@pytest.mark.parametrize("places", [1, 3])
def test_of_many_who_want_the_last_places_exactly_as_many_win(any_shift_world: ShiftWorld, places: int) -> None:
    base = any_shift_world
    role = base.role(places=places)
    people = [base.volunteer() for _ in range(8)]
    results = at_once(*[lambda me=me: base.sign_up(me, role) for me in people])
    lost = [one for one in results if isinstance(one, Exception)]
    assert len(base.holders(role)) == places
    assert len(lost) == len(people) - places
    assert {getattr(one, "refusal", one) for one in lost} == {Refusal.FULL}
    with base.world.look() as session:
        assert session.scalar(select(func.count()).select_from(SignUp)) == places


def test_double_click_of_one_person_gives_one_place(any_shift_world: ShiftWorld) -> None:
    base = any_shift_world
    role, me = base.role(places=5), base.volunteer()
    results = at_once(*[lambda: base.sign_up(me, role) for _ in range(5)])
    lost = [one for one in results if isinstance(one, Exception)]
    assert {getattr(one, "refusal", one) for one in lost} == {Refusal.ALREADY_SIGNED_UP}
    assert base.holders(role) == [(me, 1)]


def test_two_tabs_cannot_pass_the_weekly_cap_together(any_shift_world: ShiftWorld) -> None:
    base, me = any_shift_world, any_shift_world.volunteer()
    roles = [base.role(starts=24 * day, hours=7) for day in (1, 2, 3, 4)]
    results = at_once(*[lambda role=role: base.sign_up(me, role) for role in roles])
    assert sorted(getattr(one, "refusal", "") for one in results if isinstance(one, Exception)) == [
        Refusal.WEEK_FULL,
        Refusal.WEEK_FULL,
    ]


def test_volunteer_cannot_be_on_two_shifts_at_once_however_they_ask(any_shift_world: ShiftWorld) -> None:
    base, me = any_shift_world, any_shift_world.volunteer()
    roles = [base.role(starts=48, hours=2) for _ in range(4)]
    results = at_once(*[lambda role=role: base.sign_up(me, role) for role in roles])
    assert sum(not isinstance(one, Exception) for one in results) == 1
    assert {one.refusal for one in results if isinstance(one, Refused)} == {Refusal.COLLIDES}
