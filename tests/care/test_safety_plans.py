"""A safety plan is the person's own: six steps, versions kept, nothing promised and nothing overwritten."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from care import safety_plans
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.safety_plans import SafetyPlan
from models.staff import RoleName
from tests.fixtures.world import World, at_once


def write(world: World, beneficiary_id: int, staff_id: int, above: int = 0, **steps: str) -> int:
    with world.work() as session:
        return safety_plans.write(
            session=session,
            author=world.actor(session, staff_id),
            beneficiary_id=beneficiary_id,
            above=above,
            steps=steps or {"own_ways": "去河边走走"},
            now=world.clock(),
        ).version_no


def refusal(world: World, beneficiary_id: int, staff_id: int, above: int = 0, **steps: str) -> tuple[Refusal, object]:
    with pytest.raises(Refused) as refused:
        write(world, beneficiary_id, staff_id, above, **steps)
    return refused.value.refusal, refused.value.field


def person(world: World) -> int:
    return world.conversation(world.person()).beneficiary_id


def test_each_change_is_a_new_version_and_old_ones_stay(any_world: World) -> None:
    officer = any_world.colleague("officer", RoleName.COUNSELOR)
    one, decoy = person(any_world), person(any_world)
    write(any_world, decoy, officer, own_ways="听戏")
    assert write(any_world, one, officer, own_ways="去河边走走", people_to_ask=" 表姐\r\n王阿姨 ") == 1
    assert write(any_world, one, officer, 1, own_ways="喝热茶") == 2
    with any_world.look() as session:
        found = safety_plans.versions(session=session, beneficiary_id=one)
        assert [(plan.version_no, plan.own_ways) for plan in found] == [(2, "喝热茶"), (1, "去河边走走")]
        assert found[1].people_to_ask == "表姐\n王阿姨"
        newest = safety_plans.newest(session=session, beneficiary_id=decoy)
        assert newest is not None
        assert newest.own_ways == "听戏"
        verbs = session.scalars(select(AuditEntry.subject_id).where(AuditEntry.verb == "safety_plan.write")).all()
    assert list(verbs) == [decoy, one, one]


def test_the_same_form_sent_twice_writes_one_version(any_world: World) -> None:
    officer, one = any_world.colleague("officer", RoleName.COUNSELOR), person(any_world)
    done = at_once(*[lambda: write(any_world, one, officer)] * 2)
    assert 1 in done
    assert write(any_world, one, officer) == 1
    with any_world.look() as session:
        assert len(safety_plans.versions(session=session, beneficiary_id=one)) == 1


def test_of_two_colleagues_in_the_same_moment_one_is_told(any_world: World) -> None:
    first, second = (any_world.colleague(name, RoleName.COUNSELOR) for name in ("first", "second"))
    one = person(any_world)
    done = at_once(
        lambda: write(any_world, one, first, own_ways="散步"), lambda: write(any_world, one, second, own_ways="唱歌")
    )
    refused = [found for found in done if isinstance(found, Refused)]
    assert [found.refusal for found in refused] == [Refusal.PLAN_CHANGED]
    assert [found for found in done if isinstance(found, int)] == [1]


def test_an_older_window_never_writes_over_a_newer_version(world: World) -> None:
    officer, one = world.colleague("officer", RoleName.COUNSELOR), person(world)
    write(world, one, officer)
    assert refusal(world, one, officer, 0, own_ways="旧窗口") == (Refusal.PLAN_CHANGED, "warning_signs")
    assert refusal(world, one, officer, 7, own_ways="跳过") == (Refusal.PLAN_CHANGED, "warning_signs")


@pytest.mark.parametrize("step", safety_plans.STEPS)
def test_one_step_is_a_plan_none_is_not_and_words_are_bounded(world: World, step: str) -> None:
    officer, one = world.colleague("officer", RoleName.COUNSELOR), person(world)
    assert refusal(world, one, officer, **{step: " \n "}) == (Refusal.EMPTY_PLAN, "warning_signs")
    assert refusal(world, one, officer, **{step: "长" * 2001}) == (Refusal.TOO_LONG, step)
    assert write(world, one, officer, **{step: "长" * 2000}) == 1


def test_a_version_is_never_changed_and_never_readable_in_the_database(world: World) -> None:
    officer, one = world.colleague("officer", RoleName.COUNSELOR), person(world)
    write(world, one, officer)
    with pytest.raises(RuntimeError), world.work() as session:
        session.scalars(select(SafetyPlan)).one().own_ways = "changed"
    with world.look() as session:
        stored = session.execute(text("SELECT own_ways FROM safety_plans")).scalar_one()
    assert "河边".encode() not in bytes(stored)


def test_nobody_is_not_given_a_plan(world: World) -> None:
    officer = world.colleague("officer", RoleName.COUNSELOR)
    assert refusal(world, 4711, officer)[0] is Refusal.NOT_FOUND
