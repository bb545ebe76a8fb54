"""A conversation is rated once, after it has ended, and never by somebody who was in danger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from care import case_file, desk, ratings
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.conversations import Conversation
from models.ratings import Rating
from models.staff import RoleName
from tests.fixtures.world import World, at_once
from triage.levels import Level


def ended(world: World, *, speaks: bool = True, level: Level | None = None) -> int:
    """Return a conversation that has ended."""
    number = world.person()
    with world.look() as session:
        officer = session.scalars(select(desk.StaffMember.id)).first()
    who = officer or world.colleague("officer", RoleName.DUTY_OFFICER)
    if level:
        world.flag(number, level)
    with world.work() as session:
        actor, now = world.actor(session, who), world.clock()
        desk.take_over(session=session, conversation_id=number, actor=actor, now=now)
        if speaks:
            desk.write(session=session, conversation_id=number, actor=actor, text="您好", client_key="k", now=now)
        desk.close(session=session, conversation_id=number, actor=actor, now=now)
    return number


def rate(world: World, number: int, stars: int = 4, words: str = "") -> Any:
    with world.work() as session:
        return ratings.rate(session=session, conversation_id=number, stars=stars, words=words, now=world.clock()).stars


def refusal_of(world: World, number: int, **more: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        rate(world, number, **more)
    return refused.value.refusal


def asked(world: World, number: int) -> bool:
    with world.look() as session:
        conversation = session.get_one(Conversation, number)
        return ratings.may_ask(session=session, conversation=conversation, now=world.clock())


def test_a_conversation_that_has_ended_is_rated_once(world: World) -> None:
    number = ended(world)
    assert asked(world, number)
    assert rate(world, number, 5, " 有人听我说 ") == 5
    assert not asked(world, number)
    assert refusal_of(world, number, stars=1) is Refusal.ALREADY_RATED
    with world.look() as session:
        row = session.scalars(select(Rating)).one()
        raw = session.execute(text("SELECT words FROM ratings")).scalar_one()
    assert (row.stars, row.words) == (5, "有人听我说")
    assert "有人".encode() not in bytes(raw)


def test_nobody_is_asked_while_it_goes_on_without_a_colleague_or_long_after(world: World) -> None:
    running, unspoken, long_ago = world.person(), ended(world, speaks=False), ended(world)
    world.clock.advance(days=8)
    for number in (running, unspoken, long_ago):
        assert not asked(world, number)
        assert refusal_of(world, number) is Refusal.NOT_RATED


def test_somebody_who_was_or_is_in_danger_is_never_asked(world: World) -> None:
    number = ended(world, level=Level.YELLOW)
    assert not asked(world, number)
    later = ended(world)
    assert asked(world, later)
    world.flag(later, Level.RED)
    assert not asked(world, later)
    assert refusal_of(world, later) is Refusal.NOT_RATED


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"stars": 0}, Refusal.WRONG_VALUE),
        ({"stars": 6}, Refusal.WRONG_VALUE),
        ({"words": "话" * 1001}, Refusal.TOO_LONG),
    ],
)
def test_a_forged_answer_is_refused(world: World, more: dict[str, Any], refusal: Refusal) -> None:
    number = ended(world)
    assert refusal_of(world, number, **more) is refusal
    assert asked(world, number)


def test_words_of_danger_in_an_answer_raise_the_alarm(world: World) -> None:
    number, calm = ended(world), ended(world)
    rate(world, number, 1, "没有用，我今晚就去死，药都买好了")
    rate(world, calm, 5, "谢谢")
    with world.look() as session:
        people = [session.get_one(Conversation, one).beneficiary_id for one in (number, calm)]
        cases = [case_file.open_case(session=session, beneficiary_id=one) for one in people]
    assert cases[0] is not None
    assert cases[0].risk.is_at_least(Level.RED)
    assert cases[1] is None


def test_of_two_answers_at_once_one_is_kept(any_world: World) -> None:
    number = ended(any_world)
    results = at_once(lambda: rate(any_world, number, 1), lambda: rate(any_world, number, 5))
    assert [one.refusal for one in results if isinstance(one, Refused)] == [Refusal.ALREADY_RATED]


def test_leads_see_counts_and_reading_the_words_is_recorded(world: World) -> None:
    lead, other = world.colleague("lead", RoleName.SUPERVISOR), world.colleague("other", RoleName.COUNSELOR)
    for stars, words in ((5, "好"), (5, ""), (2, "等得久")):
        rate(world, ended(world), stars, words)
    drill = ended(world)
    rate(world, drill, 1)
    since = world.clock() - timedelta(days=1)
    with world.work() as session:
        session.get_one(Conversation, drill).beneficiary.synthetic = True
        session.flush()
        found = ratings.counts(session=session, since=since)
        rows = ratings.read_words(session=session, actor=world.actor(session, lead), since=since, now=world.clock())
        assert sorted(row.words or "" for row in rows) == ["好", "等得久"]
        with pytest.raises(Refused):
            ratings.read_words(session=session, actor=world.actor(session, other), since=since, now=world.clock())
    assert (found.stars, found.total, found.with_words) == ({5: 2, 4: 0, 3: 0, 2: 1, 1: 0}, 3, 2)
    with world.look() as session:
        assert session.scalars(select(AuditEntry.staff_id).where(AuditEntry.verb == "rating.read_words")).all() == [
            lead
        ]
