"""Whoever leaves says what is open, risks first; the next colleague says that it was read."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from care import desk, desk_handovers
from care.refusals import Refusal, Refused
from models.conversations import Conversation
from models.desk_handovers import DeskHandover
from models.staff import RoleName
from tests.fixtures.world import World, at_once
from triage.levels import Level


def act(world: World, verb: Any, who: int, /, **more: Any) -> Any:
    with world.work() as session:
        found = verb(session=session, actor=world.actor(session, who), now=world.clock(), **more)
        session.flush()
        return getattr(found, "id", None)


def refusal_of(world: World, verb: Any, who: int, /, **more: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        act(world, verb, who, **more)
    return refused.value.refusal


def test_what_is_open_is_listed_with_the_highest_risk_first_and_kept_with_the_note(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    talk, orange, red, waiting, done = (world.person() for _ in range(5))
    world.flag(orange, Level.ORANGE)
    world.flag(red, Level.RED)
    act(world, desk.take_over, officer, conversation_id=talk)
    act(world, desk.take_over, officer, conversation_id=done)
    act(world, desk.close, officer, conversation_id=done)
    with world.work() as session:
        session.get_one(Conversation, waiting).human_requested_at = world.clock()
    number = act(world, desk_handovers.write, officer, note="红色的还没联系上", key="form-1")
    with world.look() as session:
        things = desk_handovers.open_things(session=session, now=world.clock())
        kept = session.get_one(DeskHandover, number).open_things
        codes = {one: session.get_one(Conversation, one).beneficiary.code for one in (talk, orange, red, waiting)}
        assert [case.level.value for case in things.cases] == ["red", "orange"]
        assert ([one.id for one in things.conversations], [one.id for one in things.waiting]) == ([talk], [waiting])
    assert [one[:2] for one in kept["cases"]] == [[codes[red], "red"], [codes[orange], "orange"]]
    assert (kept["conversations"], kept["waiting"]) == ([codes[talk]], [codes[waiting]])


def test_somebody_else_takes_it_once_and_the_first_name_stays(world: World) -> None:
    author, second, third = (world.colleague(name, RoleName.DUTY_OFFICER) for name in ("one", "two", "three"))
    number = act(world, desk_handovers.write, author, note="夜里平静", key="form-1")
    assert refusal_of(world, desk_handovers.acknowledge, author, handover_id=number) is Refusal.NOT_ONES_OWN
    with world.look() as session:
        assert [row.id for row in desk_handovers.unread(session=session)] == [number]
    act(world, desk_handovers.acknowledge, second, handover_id=number)
    act(world, desk_handovers.acknowledge, second, handover_id=number)
    assert refusal_of(world, desk_handovers.acknowledge, third, handover_id=number) is Refusal.ALREADY_DECIDED
    assert refusal_of(world, desk_handovers.acknowledge, third, handover_id=9999) is Refusal.NOT_FOUND
    with world.look() as session:
        assert not desk_handovers.unread(session=session)
        assert [row.taken_by_id for row in desk_handovers.latest(session=session)] == [second]


def test_of_two_who_take_it_at_once_one_is_named(any_world: World) -> None:
    author, *others = (any_world.colleague(name, RoleName.DUTY_OFFICER) for name in ("one", "two", "three"))
    number = act(any_world, desk_handovers.write, author, note="夜里平静", key="form-1")
    results = at_once(
        *[lambda who=who: act(any_world, desk_handovers.acknowledge, who, handover_id=number) for who in others]
    )
    assert [one.refusal for one in results if isinstance(one, Refused)] == [Refusal.ALREADY_DECIDED]


def test_the_same_form_writes_once_and_an_empty_or_endless_note_is_refused(any_world: World) -> None:
    author, other = (any_world.colleague(name, RoleName.DUTY_OFFICER) for name in ("one", "two"))
    write = desk_handovers.write
    ids = at_once(*[lambda: act(any_world, write, author, note="夜里平静", key="form-1") for _ in range(3)])
    assert len(set(ids)) == 1
    assert refusal_of(any_world, write, other, note="别人的", key="form-1") is Refusal.KEY_USED
    assert refusal_of(any_world, write, author, note=" ", key="form-2") is Refusal.EMPTY
    assert refusal_of(any_world, write, author, note="话" * 4001, key="form-2") is Refusal.TOO_LONG
    with any_world.look() as session:
        assert len(session.scalars(select(DeskHandover)).all()) == 1
