"""Scores over time: the first is the measure, half-done questions do not count, the invitation is said once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from care import outcomes
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.conversations import Conversation, Owner
from models.screenings import Screening, ScreeningScore
from tests.fixtures.world import World
from triage.outcomes import Change


def scored(world: World, person: int, *, days: float, complete: bool = True, **totals: int) -> None:
    """Store one screening of so many days ago."""
    at = world.clock() - timedelta(days=days)
    with world.work() as session:
        row = Screening(
            beneficiary_id=person,
            language="zh-CN",
            complete=complete,
            started_at=at,
            ended_at=at,
            scores=[
                ScreeningScore(instrument=name.replace("_", "-"), total=total, band="mild")
                for name, total in totals.items()
            ],
        )
        session.add(row)


def _person(world: World) -> int:
    return world.conversation(world.person()).beneficiary_id


def _trends(world: World, person: int) -> list[outcomes.Trend]:
    with world.look() as session:
        return outcomes.trends(session=session, beneficiary_id=person)


def test_totals_are_compared_with_the_first(world: World) -> None:
    person, other = _person(world), _person(world)
    scored(world, other, days=50, phq_9=27)
    scored(world, person, days=40, phq_9=15, gad_7=10)
    scored(world, person, days=30, phq_9=11, gad_7=12)
    scored(world, person, days=20, complete=False, phq_9=0)
    scored(world, person, days=10, phq_9=9, gad_7=14, k6=3)
    phq, gad = _trends(world, person)
    assert [(point.total, point.since_first) for point in phq.points] == [
        (15, None),
        (11, Change.STEADY),
        (9, Change.IMPROVED),
    ]
    assert (gad.instrument, gad.latest) == ("gad-7", Change.DETERIORATED)
    assert outcomes.overall([phq, gad]) is Change.DETERIORATED


def test_one_score_is_no_trend(world: World) -> None:
    person = _person(world)
    assert (_trends(world, person), outcomes.overall([])) == ([], None)
    scored(world, person, days=1, phq_9=15)
    (only,) = _trends(world, person)
    assert (only.latest, outcomes.overall([only])) == (None, None)


@pytest.mark.parametrize(("days", "answered"), [(1, True), (3, False)])
def test_whether_the_questions_were_answered_before_the_session(world: World, days: float, answered: bool) -> None:
    person = _person(world)
    scored(world, _person(world), days=0, phq_9=3)
    scored(world, person, days=days, phq_9=3)
    with world.look() as session:
        since = world.clock() - timedelta(days=2)
        assert outcomes.answered_since(session=session, beneficiary_id=person, since=since) is answered


def _invite(world: World, number: int, actor: int, key: str = "today") -> int:
    with world.work() as session:
        person = session.get_one(Beneficiary, world.conversation(number).beneficiary_id)
        return outcomes.invite(
            session=session, actor=world.actor(session, actor), beneficiary=person, key=key, now=world.clock()
        ).id


def test_invitation_stands_in_the_chat_once_with_a_button_that_starts_the_questions(world: World) -> None:
    number, actor = world.person(), world.colleague("lin")
    assert _invite(world, number, actor) == _invite(world, number, actor) != _invite(world, number, actor, "tomorrow")
    messages = world.messages(number)
    assert len(messages) == 2
    assert [button["payload"] for button in messages[0].buttons] == ["/start_screening", "/more_talk"]


def test_nobody_is_invited_into_a_talk_with_a_colleague(world: World) -> None:
    number, actor = world.person(), world.colleague("lin")
    with world.work() as session:
        row = session.get_one(Conversation, number)
        row.owner_staff_id, row.owner = actor, Owner.STAFF
    with pytest.raises(Refused) as refused:
        _invite(world, number, actor)
    assert refused.value.refusal is Refusal.OWNED_BY_COLLEAGUE
    assert world.messages(number) == []
