"""A contact is recorded once: reached or not, moved, left out for a reason, declined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from care import follow_ups
from care.refusals import Refusal, Refused
from models.crises import CrisisCase
from models.follow_ups import FollowUpState, LadderEnd, WaiveReason, Way, Worry
from models.staff import RoleName
from tests.fixtures.follow_ups import (
    CALM,
    DAY,
    climb_all,
    closed,
    do,
    ladders,
    place_all,
    planned,
    refusal,
    rows,
    works,
)
from tests.fixtures.world import World, at_once


def test_reached_is_recorded_once_and_gives_the_time_back(any_world: World) -> None:
    officer, other = any_world.colleague("o", RoleName.DUTY_OFFICER), any_world.colleague("p", RoleName.COUNSELOR)
    number, decoy = closed(any_world, officer), closed(any_world, officer)
    works(any_world, officer, days=0.75, hours=14)
    place_all(any_world)
    first = planned(any_world, number)[0]
    any_world.clock.advance(hours=24)
    for _ in range(2):
        do(any_world, follow_ups.reached, first, officer, key="k" * 32, contact=CALM)
    assert refusal(any_world, follow_ups.reached, first, other, contact=CALM) == (Refusal.FOLLOW_UP_DONE, None)
    assert refusal(
        any_world, follow_ups.reached, planned(any_world, decoy)[0], officer, key="k" * 32, contact=CALM
    ) == (
        Refusal.KEY_USED,
        None,
    )
    done = rows(any_world, number, FollowUpState.REACHED)
    assert [(row.step, row.done_by_id, row.words, row.hold_id) for row in done] == [("h24", officer, CALM.words, None)]
    assert (len(planned(any_world, number)), len(planned(any_world, decoy))) == (9, 10)


@pytest.mark.parametrize("words", ["", "   "])
def test_how_they_are_is_asked_for(world: World, words: str) -> None:
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    first = planned(world, closed(world, officer))[0]
    contact = follow_ups.Contact(way=Way.CHAT, worry=Worry.SOME, words=words)
    assert refusal(world, follow_ups.reached, first, officer, contact=contact) == (Refusal.REASON_MISSING, "words")
    long = follow_ups.Contact(way=Way.CHAT, worry=Worry.SOME, words="长" * 2001)
    assert refusal(world, follow_ups.reached, first, officer, contact=long) == (Refusal.TOO_LONG, "words")


def test_a_colleague_who_reads_no_cases_records_nothing(world: World) -> None:
    officer, stranger = world.colleague("o", RoleName.DUTY_OFFICER), world.colleague("v", RoleName.SOCIAL_WORKER)
    first = planned(world, closed(world, officer))[0]
    assert refusal(world, follow_ups.reached, first, stranger, contact=CALM) == (Refusal.NOT_FOUND, None)
    danger = follow_ups.Contact(way=Way.PHONE, worry=Worry.DANGER, words="说了再见")
    assert refusal(world, follow_ups.reached, first, stranger, contact=danger) == (Refusal.NOT_FOUND, None)


@pytest.mark.parametrize(("worry", "level"), [(Worry.MUCH, "orange"), (Worry.DANGER, "red")])
def test_a_worried_colleague_opens_a_case_and_the_ladder_waits(any_world: World, worry: Worry, level: str) -> None:
    officer = any_world.colleague("o", RoleName.DUTY_OFFICER)
    number = closed(any_world, officer)
    works(any_world, officer, days=0.75, hours=14)
    place_all(any_world)
    first = planned(any_world, number)[0]
    do(any_world, follow_ups.reached, first, officer, contact=follow_ups.Contact(Way.PHONE, worry, "声音很低"))
    with any_world.look() as session:
        case = session.scalars(select(CrisisCase).where(CrisisCase.closed_at.is_(None))).one()
        assert (case.level.value, case.flags[0].reasons) == (level, ["follow_up"])
        assert case.escalations[0].hop_no == 1
    assert ladders(any_world, number)[0].paused_at == any_world.clock()
    assert [row.hold_id for row in planned(any_world, number)] == [None] * 9
    any_world.clock.advance(days=10)
    assert (place_all(any_world), climb_all(any_world)) == (0, 0)


def test_silence_that_worries_opens_a_case(world: World) -> None:
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    number = closed(world, officer)
    do(world, follow_ups.not_reached, planned(world, number)[0], officer, way=Way.PHONE, words="", worried=True)
    with world.look() as session:
        assert session.scalars(select(CrisisCase.level).where(CrisisCase.closed_at.is_(None))).one().value == "orange"
    assert ladders(world, number)[0].paused_at is not None


def test_moving_takes_the_new_time_and_cannot_leap_over_the_next_step(any_world: World) -> None:
    officer, other = any_world.colleague("o", RoleName.DUTY_OFFICER), any_world.colleague("p", RoleName.COUNSELOR)
    number = closed(any_world, officer)
    first = planned(any_world, number)[0]
    new = any_world.clock() + timedelta(hours=30)
    move: dict[str, Any] = {"starts_at": new, "owner_id": other, "reason": "她明天下午才方便"}
    assert refusal(any_world, follow_ups.move, first, officer, **move | {"reason": " "})[1] == "reason"
    assert refusal(any_world, follow_ups.move, first, officer, **move | {"starts_at": new + 3 * DAY}) == (
        Refusal.LEAPS_OVER,
        "starts_at",
    )
    assert refusal(any_world, follow_ups.move, first, officer, **move | {"starts_at": new - 3 * DAY}) == (
        Refusal.TIME_IS_PAST,
        "starts_at",
    )
    assert refusal(any_world, follow_ups.move, first, officer, **move | {"starts_at": new + timedelta(minutes=1)}) == (
        Refusal.WRONG_VALUE,
        "starts_at",
    )
    moved = {do(any_world, follow_ups.move, first, officer, key="m" * 32, **move) for _ in range(2)}
    after = planned(any_world, number)[0]
    assert moved == {after.id}
    assert (after.step, after.attempt_no, after.owner_id, after.due_at) == ("h24", 2, other, new)
    assert after.hold is not None
    assert rows(any_world, number, FollowUpState.MOVED)[0].words == "她明天下午才方便"
    # The other contact of that hour is refused, and stays where it was.
    decoy = planned(any_world, closed(any_world, officer))[0]
    assert refusal(any_world, follow_ups.move, decoy, officer, **move) == (Refusal.OCCUPIED, "staff_id")
    assert rows(any_world, number)[0].state is FollowUpState.MOVED


def test_a_contact_is_not_moved_to_somebody_who_is_gone_or_may_not(world: World) -> None:
    officer, gone = world.colleague("o", RoleName.DUTY_OFFICER), world.colleague("g", RoleName.COUNSELOR, active=False)
    volunteer = world.colleague("v", RoleName.VOLUNTEER)
    first = planned(world, closed(world, officer))[0]
    for owner in (gone, volunteer, 999):
        found = refusal(
            world, follow_ups.move, first, officer, starts_at=world.clock() + DAY, owner_id=owner, reason="x"
        )
        assert found == (Refusal.NOT_ACTIVE, "owner_id")


def test_leaving_one_out_needs_a_reason_and_keeps_the_others(world: World) -> None:
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    number = closed(world, officer)
    first = planned(world, number)[0]
    other: dict[str, Any] = {"why": WaiveReason.OTHER, "words": "", "all_later": False}
    assert refusal(world, follow_ups.waive, first, officer, **other) == (Refusal.REASON_MISSING, "words")
    for why in (WaiveReason.DECLINED, WaiveReason.NEW_CASE):
        assert refusal(world, follow_ups.waive, first, officer, **other | {"why": why}) == (Refusal.WRONG_VALUE, "why")
    for _ in range(2):
        do(world, follow_ups.waive, first, officer, key="w" * 32, why=WaiveReason.IN_CARE, words="", all_later=False)
    assert [row.step_no for row in planned(world, number)] == list(range(2, 11))


@pytest.mark.parametrize(("why", "all_later"), [(WaiveReason.MOVED_AWAY, True), (WaiveReason.DIED, False)])
def test_the_ladder_is_stopped_by_name(world: World, why: WaiveReason, all_later: bool) -> None:
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    number = closed(world, officer)
    do(world, follow_ups.waive, planned(world, number)[0], officer, why=why, words="", all_later=all_later)
    assert planned(world, number) == []
    ladder = ladders(world, number)[0]
    assert (ladder.ending, ladder.ended_by_id) == (LadderEnd.STOPPED, officer)
    assert {row.waive_reason for row in rows(world, number)} == {why}


def test_a_no_of_the_person_ends_the_calls_and_is_kept(world: World) -> None:
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    number, decoy = closed(world, officer), closed(world, officer)
    contact = follow_ups.Contact(Way.PHONE, Worry.NONE, "请别再打了，我有事会找你们。", declines=True)
    do(world, follow_ups.reached, planned(world, number)[0], officer, contact=contact)
    assert (planned(world, number), len(planned(world, decoy))) == ([], 10)
    assert ladders(world, number)[0].ending is LadderEnd.DECLINED
    assert {row.waive_reason for row in rows(world, number, FollowUpState.WAIVED)} == {WaiveReason.DECLINED}


def test_two_colleagues_in_the_same_second_record_one_outcome(any_world: World) -> None:
    people: Sequence[int] = [any_world.colleague(name, RoleName.COUNSELOR) for name in ("one", "two", "three")]
    number = closed(any_world, people[0])
    first = planned(any_world, number)[0]
    results = at_once(
        lambda: do(any_world, follow_ups.reached, first, people[0], contact=CALM),
        lambda: do(any_world, follow_ups.not_reached, first, people[1], way=Way.PHONE, words="", worried=False),
        lambda: do(any_world, follow_ups.waive, first, people[2], why=WaiveReason.IN_CARE, words="", all_later=False),
    )
    lost = [one.refusal for one in results if isinstance(one, Refused)]
    assert lost == [Refusal.FOLLOW_UP_DONE] * 2, results
    assert len(rows(any_world, number)) in (10, 11)
