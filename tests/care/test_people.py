"""A conversation without an account: a key for this browser, a code to come back with."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from care import people
from care.refusals import Refusal, Refused
from tests.fixtures.world import SECRET, World, at_once


def open_door(world: World) -> tuple[int, str, str]:
    with world.work() as session:
        door = people.open_door(session=session, secret=SECRET, language="zh-CN", now=world.clock())
        assert door.return_code is not None
        return door.conversation.id, door.chat_key, door.return_code


def resume(world: World, typed: str) -> int:
    with world.work() as session:
        return people.resume(session=session, secret=SECRET, typed_code=typed, now=world.clock()).conversation.id


def whose(world: World, key: str) -> int | None:
    with world.look() as session:
        person = people.person_of_key(session=session, secret=SECRET, key=key, now=world.clock())
        return person.id if person else None


def wide(code: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign for sign in code)


def test_a_code_has_at_least_eighty_bits() -> None:
    assert len(people._ALPHABET) ** people.RETURN_CODE_LENGTH >= 2**79
    assert len(set(people._ALPHABET)) == len(people._ALPHABET)


@pytest.mark.parametrize(
    "typed_as",
    [str, str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("-", "  "), wide],
    ids=["as shown", "lower case", "no dashes", "blanks", "full width"],
)
def test_the_code_works_however_a_hand_types_it(world: World, typed_as: object) -> None:
    open_door(world)
    number, _key, code = open_door(world)
    assert resume(world, typed_as(code)) == number  # type: ignore[operator]


@pytest.mark.parametrize("typed", ["", "-", "ABCD-EFGH-JKLM-NPQR", "' OR 1=1 --", "😀" * 40, "A" * 5_000])
def test_a_wrong_code_opens_nothing(world: World, typed: str) -> None:
    open_door(world)
    with pytest.raises(Refused) as refused:
        resume(world, typed)
    assert refused.value.refusal is Refusal.WRONG_CODE


def test_neither_code_nor_key_stands_in_the_database(world: World) -> None:
    _number, key, code = open_door(world)
    with world.engine.connect() as connection:
        stored = str(connection.execute(text("SELECT * FROM beneficiaries")).all())
        stored += str(connection.execute(text("SELECT * FROM chat_keys")).all())
    assert key not in stored
    assert people.tidy_return_code(code) not in stored


def test_a_new_code_ends_the_old_one(world: World) -> None:
    number, key, old = open_door(world)
    with world.work() as session:
        person = people.person_of_key(session=session, secret=SECRET, key=key, now=world.clock())
        assert person is not None
        new = people.new_return_code(session=session, secret=SECRET, beneficiary=person)
    assert resume(world, new) == number
    with pytest.raises(Refused):
        resume(world, old)


def test_a_key_ends_after_thirty_days_and_the_code_does_not(world: World) -> None:
    number, key, code = open_door(world)
    assert whose(world, key) is not None
    world.clock.advance(days=30, seconds=1)
    assert whose(world, key) is None
    assert resume(world, code) == number


@pytest.mark.parametrize("forged", ["", "x", "0" * 64, "' OR ''='"])
def test_a_forged_key_is_nobodys(world: World, forged: str) -> None:
    open_door(world)
    assert whose(world, forged) is None


def test_the_quick_exit_takes_away_this_browsers_key_only(world: World) -> None:
    _number, key, code = open_door(world)
    with world.work() as session:
        second = people.resume(session=session, secret=SECRET, typed_code=code, now=world.clock()).chat_key
    with world.work() as session:
        people.forget_key(session=session, secret=SECRET, key=key)
        people.forget_key(session=session, secret=SECRET, key="never given")
    assert whose(world, key) is None
    assert whose(world, second) is not None


def test_who_comes_back_after_an_end_gets_a_new_conversation(any_world: World) -> None:
    number, _key, code = open_door(any_world)
    with any_world.work() as session:
        session.execute(text("UPDATE conversations SET closed_at = created_at WHERE id = :id"), {"id": number})
    found = at_once(*[lambda: resume(any_world, code)] * 4)
    assert len(set(found)) == 1
    assert found[0] != number
