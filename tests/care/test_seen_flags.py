"""A sign of danger that comes while a colleague reads the case is never closed away or passed over."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from care import case_queue, risk_checks
from care.refusals import Refusal, Refused
from models.crises import CrisisCase
from models.staff import RoleName
from tests.care.test_case_changes import close, lower, newest_flag, refusal, two
from tests.care.test_risk_checks import CALM
from tests.fixtures.world import World, at_once
from triage.levels import Level

NEW_FLAG = (Refusal.NEW_FLAG_ARRIVED, None)


def sign(world: World, case_id: int, staff_id: int) -> None:
    with world.work() as session:
        actor = world.actor(session, staff_id)
        risk_checks.sign(session=session, author=actor, case_id=case_id, key="k" * 32, fields=CALM, now=world.clock())


@pytest.mark.parametrize("level", [Level.ORANGE, Level.BLUE])
@pytest.mark.parametrize("checked", [True, False])
def test_flag_after_the_page_was_opened_refuses_the_closing(world: World, level: Level, checked: bool) -> None:
    officer, chat = world.colleague("officer", RoleName.COUNSELOR), world.person()
    case_id, decoy = world.flag(chat, Level.ORANGE), world.flag(world.person(), Level.ORANGE)
    seen = newest_flag(world, case_id)
    world.flag(chat, level)
    if checked:
        # A colleague has asked meanwhile, so the check alone would let the closing through.
        sign(world, case_id, officer)
    # The page of another case is no excuse, nor is a page that shows nothing or a number from nowhere.
    for stale in (seen, newest_flag(world, decoy), 0, -1, 10**15):
        assert refusal(close, world, case_id, officer, seen=stale) == NEW_FLAG
    case = world.case(case_id)
    assert (case.closed_at, case.closing_reason, case.unchecked_reason) == (None, None, None)
    close(world, case_id, officer)
    assert world.case(case_id).closed_at is not None
    assert world.case(decoy).closed_at is None


def test_flag_after_the_page_was_opened_refuses_the_lower_level(world: World) -> None:
    first, _second = two(world)
    for level in (Level.ORANGE, Level.RED):
        chat = world.person()
        case_id = world.flag(chat, level)
        seen = newest_flag(world, case_id)
        world.flag(chat, level)
        assert refusal(lower, world, case_id, first, Level.YELLOW, seen=seen) == NEW_FLAG
        assert world.case(case_id).risk is level
        lower(world, case_id, first, Level.YELLOW)


def test_second_reader_confirms_no_newer_proposal_from_an_older_page(world: World) -> None:
    first, second = two(world)
    chat = world.person()
    case_id = world.flag(chat, Level.RED)
    close(world, case_id, first)
    seen = newest_flag(world, case_id)
    world.flag(chat, Level.YELLOW)
    # The proposal is void; the reader learns why, and not that a reason is missing.
    assert refusal(close, world, case_id, second, "", seen=seen) == NEW_FLAG
    close(world, case_id, first, "又联系过了")
    assert refusal(close, world, case_id, second, "", seen=seen) == NEW_FLAG
    assert world.case(case_id).closed_at is None
    close(world, case_id, second, "")
    assert world.case(case_id).closed_at is not None


@pytest.mark.parametrize("level", [Level.ORANGE, Level.RED])
def test_flag_and_closing_in_the_same_moment_leave_an_open_case(any_world: World, level: Level) -> None:
    first, second = two(any_world)
    for _ in range(3):
        chat = any_world.person()
        case_id = any_world.flag(chat, level)
        if level is Level.RED:
            close(any_world, case_id, first)
        seen = newest_flag(any_world, case_id)
        done = at_once(
            lambda case_id=case_id, seen=seen: close(any_world, case_id, second, seen=seen),
            lambda chat=chat: any_world.flag(chat, level),
        )
        # Whoever comes first: the closing is refused, or the flag opens the next case. Nothing lies in a closed one.
        assert isinstance(done[1], int), done
        refused = [one.refusal for one in done if isinstance(one, Refused)]
        still = any_world.case(done[1])
        assert still.closed_at is None
        assert refused == ([Refusal.NEW_FLAG_ARRIVED] if still.id == case_id else [])
        assert [len(any_world.case(one).flags) for one in {case_id, still.id}] == ([2] if refused else [1, 1])
    with any_world.look() as session:
        open_cases = session.scalars(select(CrisisCase.id).where(CrisisCase.closed_at.is_(None))).all()
        assert len(open_cases) == 3
        assert len(case_queue.queue_of_open_cases(session=session)) == 3
