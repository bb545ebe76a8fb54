"""A programme only raises; a person lowers with a reason, and at the top two levels only with a second reader."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from care import case_changes, crises, seen_flags
from care.clocks import clock
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.case_changes import CaseChange, ChangeEnd, ChangeKind
from models.crises import LevelName, UncheckedReason
from models.staff import RoleName
from tests.fixtures.world import World, at_once
from triage.levels import Level


def newest_flag(world: World, case_id: int) -> int:
    with world.look() as session:
        return seen_flags.newest(session=session, case_id=case_id)


def lower(
    world: World,
    case_id: int,
    staff_id: int,
    to_level: Level,
    reason: str = "姐姐在家陪着",
    seen: int | None = None,
) -> int:
    seen = newest_flag(world, case_id) if seen is None else seen
    with world.work() as session:
        return case_changes.propose_lowering(
            session=session,
            case_id=case_id,
            seen_flag_id=seen,
            actor=world.actor(session, staff_id),
            to_level=to_level,
            reason=reason,
            now=world.clock(),
        ).id


def confirm(world: World, change_id: int, staff_id: int) -> int:
    with world.work() as session:
        return case_changes.confirm_lowering(
            session=session, change_id=change_id, actor=world.actor(session, staff_id), now=world.clock()
        ).id


def decline(world: World, change_id: int, staff_id: int, words: str = "还没有人见过她") -> int:
    with world.work() as session:
        return case_changes.decline(
            session=session, change_id=change_id, actor=world.actor(session, staff_id), words=words, now=world.clock()
        ).id


def close(world: World, case_id: int, staff_id: int, reason: str = "见过面，安全", seen: int | None = None) -> None:
    seen = newest_flag(world, case_id) if seen is None else seen
    with world.work() as session:
        crises.close(
            session=session,
            case_id=case_id,
            seen_flag_id=seen,
            actor=world.actor(session, staff_id),
            reason=reason,
            now=world.clock(),
            unchecked=crises.Unchecked(UncheckedReason.NOT_REACHED),
        )


def refusal(deed: Any, *args: Any, **more: Any) -> tuple[Refusal, str | None]:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)
    return refused.value.refusal, refused.value.field


def changes(world: World, case_id: int) -> list[tuple[ChangeKind, ChangeEnd | None]]:
    with world.look() as session:
        return [(one.kind, one.ending) for one in reversed(case_changes.of_case(session=session, case_id=case_id))]


def two(world: World) -> tuple[int, int]:
    return world.colleague("first", RoleName.COUNSELOR), world.colleague("second", RoleName.SUPERVISOR)


@pytest.mark.parametrize("level", [Level.EMERGENCY, Level.RED])
def test_the_top_two_levels_sink_only_when_a_second_person_confirms(any_world: World, level: Level) -> None:
    first, second = two(any_world)
    any_world.chain()
    case_id, decoy = any_world.flag(any_world.person(), level), any_world.flag(any_world.person(), level)
    change = lower(any_world, case_id, first, Level.ORANGE)
    before = any_world.case(case_id)
    assert before.level.value == level.value
    assert refusal(confirm, any_world, change, first) == (Refusal.OWN_CHANGE, None)

    # While nobody has confirmed, the alarm goes on as if nothing had been proposed.
    any_world.clock.advance(minutes=3)
    with any_world.work() as session:
        assert crises.climb_if_due(session=session, case_id=case_id, now=any_world.clock())
    assert any_world.case(case_id).hops == before.hops + 1

    confirm(any_world, change, second)
    after = any_world.case(case_id)
    assert after.level is LevelName.ORANGE
    assert after.raised_at == any_world.clock()
    assert after.due_at == any_world.clock() + clock(Level.ORANGE).contact
    assert after.climbs_at == any_world.clock() + clock(Level.ORANGE).climb
    assert any_world.case(decoy).level.value == level.value
    assert refusal(confirm, any_world, change, second) == (Refusal.CHANGE_OVER, None)


def test_below_red_one_person_lowers_with_a_reason(world: World) -> None:
    first, _second = two(world)
    case_id = world.flag(world.person(), Level.ORANGE)
    assert refusal(lower, world, case_id, first, Level.YELLOW, "  ") == (Refusal.REASON_MISSING, "reason")
    assert refusal(lower, world, case_id, first, Level.YELLOW, "长" * 2001) == (Refusal.TOO_LONG, "reason")
    assert world.case(case_id).level is LevelName.ORANGE
    lower(world, case_id, first, Level.YELLOW)
    assert world.case(case_id).level is LevelName.YELLOW
    assert changes(world, case_id) == [(ChangeKind.LOWER, ChangeEnd.CONFIRMED)]
    with world.look() as session:
        verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.subject_id == case_id)).all()
        stored = session.execute(text("SELECT reason FROM case_changes")).scalar_one()
    assert {"crisis.propose_lowering", "crisis.lower"} <= set(verbs)
    assert "姐姐".encode() not in bytes(stored)


@pytest.mark.parametrize("level", [Level.ORANGE, Level.RED, Level.GREEN])
def test_lowering_goes_down_and_never_to_nothing(world: World, level: Level) -> None:
    first, _second = two(world)
    case_id = world.flag(world.person(), Level.ORANGE)
    assert refusal(lower, world, case_id, first, level) == (Refusal.NOT_LOWER, "level")
    assert refusal(lower, world, 4711, first, Level.BLUE)[0] is Refusal.NOT_FOUND
    assert refusal(confirm, world, 4711, first)[0] is Refusal.NOT_FOUND
    close(world, case_id, first)
    assert refusal(lower, world, case_id, first, Level.BLUE)[0] is Refusal.CASE_CLOSED


def test_the_database_lets_no_level_sink_without_a_confirmed_change(any_world: World) -> None:
    first, second = two(any_world)
    case_id = any_world.flag(any_world.person(), Level.RED)
    change = lower(any_world, case_id, first, Level.ORANGE)
    sink = text("UPDATE crisis_cases SET level = :level WHERE id = :id")
    with pytest.raises(IntegrityError), any_world.work() as session:
        session.execute(sink, {"level": "orange", "id": case_id})
    confirm(any_world, change, second)
    with any_world.work() as session:
        session.execute(sink, {"level": "emergency", "id": case_id})
    # A word about an earlier spell lowers no later one.
    any_world.clock.advance(minutes=1)
    other = any_world.flag(any_world.person(), Level.RED)
    confirm(any_world, lower(any_world, other, first, Level.ORANGE), second)
    any_world.clock.advance(minutes=1)
    with any_world.work() as session:
        case = crises.open_case_of(session=session, beneficiary_id=any_world.case(other).beneficiary_id)
        assert case is not None
        crises.raise_flag(
            session=session,
            beneficiary=case.beneficiary,
            conversation=None,
            signal=crises.Signal(source=crises.FlagSource.MESSAGE, level=Level.RED),
            now=any_world.clock(),
        )
    with pytest.raises(IntegrityError), any_world.work() as session:
        session.execute(sink, {"level": "orange", "id": other})
    assert any_world.case(other).level is LevelName.RED


def test_new_danger_overtakes_a_proposal_and_its_words_stay(world: World) -> None:
    first, second = two(world)
    conversation = world.person()
    case_id = world.flag(conversation, Level.RED)
    change = lower(world, case_id, first, Level.YELLOW)
    world.flag(conversation, Level.ORANGE)
    assert refusal(confirm, world, change, second) == (Refusal.CHANGE_OVER, None)
    close(world, case_id, first)
    world.flag(conversation, Level.ORANGE)
    assert world.case(case_id).closing_reason is None
    assert changes(world, case_id) == [
        (ChangeKind.LOWER, ChangeEnd.OVERTAKEN),
        (ChangeKind.CLOSE, ChangeEnd.OVERTAKEN),
    ]
    with world.look() as session:
        assert {one.reason for one in session.scalars(select(CaseChange))} == {"姐姐在家陪着", "见过面，安全"}


def test_one_proposal_at_a_time_and_a_closing_replaces_a_lowering(world: World) -> None:
    first, second = two(world)
    case_id = world.flag(world.person(), Level.RED)
    lower(world, case_id, first, Level.YELLOW)
    assert refusal(lower, world, case_id, second, Level.ORANGE) == (Refusal.CHANGE_WAITING, "level")
    close(world, case_id, first)
    assert refusal(lower, world, case_id, second, Level.ORANGE) == (Refusal.CHANGE_WAITING, "level")
    close(world, case_id, second, "")
    assert world.case(case_id).closed_at is not None
    assert changes(world, case_id) == [
        (ChangeKind.LOWER, ChangeEnd.OVERTAKEN),
        (ChangeKind.CLOSE, ChangeEnd.CONFIRMED),
    ]


def test_second_reader_can_say_no_in_words_and_the_clock_has_never_stopped(world: World) -> None:
    first, second = two(world)
    world.chain()
    case_id = world.flag(world.person(), Level.RED)
    due = world.case(case_id).climbs_at
    close(world, case_id, first)
    with world.look() as session:
        waiting = case_changes.waiting(session=session, case_id=case_id)
        assert waiting is not None
        change = waiting.id
    assert refusal(decline, world, change, second, " ") == (Refusal.REASON_MISSING, "words")
    assert refusal(confirm, world, change, second) == (Refusal.CHANGE_OVER, None)
    decline(world, change, second)
    case = world.case(case_id)
    assert (case.closed_at, case.closing_reason, case.climbs_at) == (None, None, due)
    assert changes(world, case_id) == [(ChangeKind.CLOSE, ChangeEnd.DECLINED)]
    # Whoever proposed may take it back as well.
    decline(world, lower(world, case_id, first, Level.YELLOW), first, "她又打来了")
    assert world.case(case_id).level is LevelName.RED


def test_a_case_that_was_taken_keeps_its_taker_and_gets_the_slower_clock(world: World) -> None:
    first, second = two(world)
    case_id, spoken = world.flag(world.person(), Level.RED), world.flag(world.person(), Level.RED)
    for one in (case_id, spoken):
        with world.work() as session:
            crises.acknowledge(session=session, case_id=one, actor=world.actor(session, first), now=world.clock())
    with world.work() as session:
        person = world.case(spoken).beneficiary_id
        actor = world.actor(session, first)
        crises.note_contact(session=session, beneficiary_id=person, actor=actor, now=world.clock())
    for one in (case_id, spoken):
        confirm(world, lower(world, one, first, Level.ORANGE), second)
    assert world.case(case_id).acknowledged_by_id == first
    assert world.case(case_id).climbs_at == world.clock() + timedelta(hours=24)
    assert world.case(spoken).climbs_at is None


def test_two_second_readers_and_two_proposers_in_the_same_moment(any_world: World) -> None:
    first, second = two(any_world)
    third = any_world.colleague("third", RoleName.BASE_MANAGER)
    case_id = any_world.flag(any_world.person(), Level.RED)
    made = at_once(*[lambda who=who: lower(any_world, case_id, who, Level.ORANGE) for who in (first, second)])
    (change,) = [one for one in made if isinstance(one, int)]
    (error,) = [one for one in made if isinstance(one, Refused)]
    assert error.refusal is Refusal.CHANGE_WAITING
    with any_world.look() as session:
        proposer = session.get_one(CaseChange, change).proposed_by_id
    readers = [one for one in (first, second, third) if one != proposer]
    done = at_once(*[lambda who=who: confirm(any_world, change, who) for who in readers])
    assert sorted(isinstance(one, Refused) for one in done) == [False, True]
    assert changes(any_world, case_id) == [(ChangeKind.LOWER, ChangeEnd.CONFIRMED)]
    assert any_world.case(case_id).level is LevelName.ORANGE


def test_flag_and_confirmation_in_the_same_moment_never_leave_a_low_case_without_the_flag(any_world: World) -> None:
    first, second = two(any_world)
    conversation = any_world.person()
    case_id = any_world.flag(conversation, Level.RED)
    change = lower(any_world, case_id, first, Level.YELLOW)
    at_once(lambda: confirm(any_world, change, second), lambda: any_world.flag(conversation, Level.RED))
    # Whoever comes first: the red flag is there, and the case stands at red again.
    assert any_world.case(case_id).level is LevelName.RED
    assert len(any_world.case(case_id).flags) == 2
