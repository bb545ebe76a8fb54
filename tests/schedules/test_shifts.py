"""The sweeps of volunteer shifts: what is due is done once, a decoy beside it stays, and a bad row stops no other."""

from __future__ import annotations

from datetime import time, timedelta

import httpx
import pytest
from sqlalchemy import func, select

from care import attendance, contacts, cover_calls, shift_templates, sign_ups, swaps, waiting_lists
from care.bot_line import BotLine
from care.refusals import Refusal, Refused
from care.shift_rules import rules
from models.contacts import Channel
from models.outbox import OutboxKind, OutboxRow
from models.shift_changes import CoverCall, CoverState, Swap, SwapState
from models.shifts import Shift, SignUp, SignUpState
from models.staff import StaffMember
from schedules.jobs import shifts as jobs
from schedules.runner import Tools
from tests.fixtures.shifts import ShiftWorld
from tests.fixtures.world import SECRET, ZONE


@pytest.fixture
def tools(shift_world: ShiftWorld) -> Tools:
    line = BotLine(client=httpx.Client(), url="http://127.0.0.1:1", token="t")
    world = shift_world.world
    return Tools(sessions=world.sessions, clock=world.clock, line=line, timezone=ZONE, secret=SECRET)


def reachable(base: ShiftWorld) -> int:
    number = base.volunteer()
    with base.world.work() as session:
        point = contacts.add(
            session=session,
            owner=session.get_one(StaffMember, number),
            channel=Channel.EMAIL,
            address=f"volunteer-{number}@example.org",
            secret=SECRET,
            now=base.world.clock(),
        )
        point.confirmed_at = base.world.clock()
    return number


def told(base: ShiftWorld, words: str) -> int:
    with base.world.look() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE)).all()
        return sum(row.payload["words"] == words for row in rows)


def waits(base: ShiftWorld, staff_id: int, role_id: int) -> None:
    base.do(waiting_lists.join, staff_id, shift_role_id=role_id, timezone=ZONE)


def test_a_volunteer_is_asked_once_within_the_day_before_and_not_earlier(shift_world: ShiftWorld, tools: Tools) -> None:
    soon = shift_world.sign_up(reachable(shift_world), shift_world.role(starts=30))
    later = shift_world.sign_up(reachable(shift_world), shift_world.role(starts=80))
    assert jobs.ask_to_confirm(tools) == 0
    shift_world.world.clock.advance(hours=6)
    assert [jobs.ask_to_confirm(tools), jobs.ask_to_confirm(tools)] == [1, 0]
    assert told(shift_world, "notice.confirm") == 1
    assert shift_world.row(soon).reminded_at is not None
    assert shift_world.row(later).reminded_at is None


def test_an_offer_that_ran_out_goes_on_to_the_next_who_waits(shift_world: ShiftWorld, tools: Tools) -> None:
    role, decoy = shift_world.role(), shift_world.role(starts=100)
    first, second, third = (shift_world.volunteer() for _ in range(3))
    holder = shift_world.sign_up(first, role)
    shift_world.sign_up(first, decoy)
    waits(shift_world, second, role)
    waits(shift_world, third, role)
    shift_world.do(sign_ups.withdraw, first, sign_up_id=holder, timezone=ZONE)
    assert [staff for staff, _ in shift_world.holders(role)] == [second]
    assert jobs.pass_places_on(tools) == 0
    shift_world.world.clock.advance(minutes=rules().offer_minutes + 1)
    assert jobs.pass_places_on(tools) == 1
    assert [staff for staff, _ in shift_world.holders(role)] == [third]
    assert jobs.pass_places_on(tools) == 0
    assert [staff for staff, _ in shift_world.holders(decoy)] == [first]


def test_a_swap_that_time_has_overtaken_ends_and_the_place_stays(shift_world: ShiftWorld, tools: Tools) -> None:
    giver = shift_world.volunteer()
    sign_up = shift_world.sign_up(giver, shift_world.role(starts=30))
    swap = shift_world.do(swaps.offer, giver, sign_up_id=sign_up)
    assert jobs.pass_places_on(tools) == 0
    shift_world.world.clock.advance(hours=31)
    assert [jobs.pass_places_on(tools), jobs.pass_places_on(tools)] == [1, 0]
    with shift_world.world.look() as session:
        assert session.get_one(Swap, swap).state not in (SwapState.OPEN, SwapState.ACCEPTED)
    assert shift_world.state(sign_up) is SignUpState.SIGNED_UP


def test_a_cover_call_goes_on_to_the_next_when_nobody_answers(shift_world: ShiftWorld, tools: Tools) -> None:
    role, planner = shift_world.role(starts=30), shift_world.coordinator()
    for _ in range(2):
        reachable(shift_world)
    call = shift_world.do(cover_calls.start, planner, shift_role_id=role, timezone=ZONE)

    def asked() -> int:
        with shift_world.world.look() as session:
            return len(session.get_one(CoverCall, call).asks)

    before = asked()
    assert jobs.go_on_with_cover_calls(tools) == 0
    shift_world.world.clock.advance(minutes=rules().cover_answer_minutes + 1)
    jobs.go_on_with_cover_calls(tools)
    assert asked() == before + 1
    shift_world.world.clock.advance(minutes=rules().cover_answer_minutes + 1)
    jobs.go_on_with_cover_calls(tools)
    with shift_world.world.look() as session:
        assert session.get_one(CoverCall, call).state is CoverState.EXHAUSTED


def test_who_never_came_is_noted_and_who_forgot_to_check_out_is_checked_out(
    shift_world: ShiftWorld, tools: Tools
) -> None:
    role, planner = shift_world.role(starts=1, hours=2, places=2), shift_world.coordinator()
    absent = shift_world.sign_up(shift_world.volunteer(), role)
    came = shift_world.sign_up(shift_world.volunteer(), role)
    ahead = shift_world.sign_up(shift_world.volunteer(), shift_world.role(starts=80))
    shift_world.world.clock.advance(hours=1)
    shift_world.do(attendance.note_arrival, planner, sign_up_id=came)
    assert jobs.close_attendance(tools) == 0
    shift_world.world.clock.advance(minutes=120 + max(rules().no_show_minutes, rules().check_out_minutes) + 1)
    assert [jobs.close_attendance(tools), jobs.close_attendance(tools)] == [2, 0]
    assert [shift_world.state(number) for number in (absent, came, ahead)] == [
        SignUpState.NO_SHOW,
        SignUpState.COMPLETED,
        SignUpState.SIGNED_UP,
    ]


def test_shifts_are_made_from_templates_once(shift_world: ShiftWorld, tools: Tools) -> None:
    planner = shift_world.coordinator()
    plan = shift_templates.Plan(
        name_zh="上午",
        name_en="Morning",
        station_id=shift_world.base,
        weekday=0,
        starts=time(9),
        ends=time(12),
        opens_days=30,
        places={"front_desk": 2},
    )
    shift_world.do(shift_templates.add, planner, plan=plan)
    made = jobs.publish_shifts(tools)
    with shift_world.world.look() as session:
        assert session.scalar(select(func.count()).select_from(Shift)) == made > 0
    assert jobs.publish_shifts(tools) == 0


def test_one_bad_row_stops_no_other(
    shift_world: ShiftWorld, tools: Tools, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = (shift_world.sign_up(reachable(shift_world), shift_world.role(starts=30)) for _ in range(2))
    shift_world.world.clock.advance(hours=7)
    remind = sign_ups.remind

    def stumble(*, sign_up_id: int, **more: object) -> bool:
        if sign_up_id == bad:
            raise Refused(Refusal.NOT_FOUND)
        return remind(sign_up_id=sign_up_id, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(sign_ups, "remind", stumble)
    assert jobs.ask_to_confirm(tools) == 1
    assert [shift_world.row(number).reminded_at is not None for number in (bad, good)] == [False, True]
    assert "shift sweep failed" in caplog.text


def test_reminders_wait_for_nobody_who_has_confirmed(shift_world: ShiftWorld, tools: Tools) -> None:
    # Whoever signs up within the last day has just said that they come.
    confirmed = shift_world.sign_up(reachable(shift_world), shift_world.role(starts=20))
    shift_world.world.clock.advance(hours=1)
    assert jobs.ask_to_confirm(tools) == 0
    with shift_world.world.look() as session:
        row = session.get_one(SignUp, confirmed)
        assert row.confirmed_at == shift_world.world.clock() - timedelta(hours=1)
