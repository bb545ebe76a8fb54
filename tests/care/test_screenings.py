"""Answers are stored as they are given; an alarming one raises at once; totals are never partial."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from care import crises, screenings, seen_flags
from care.refusals import Refusal, Refused
from models.beneficiaries import AgeBand
from models.conversations import Conversation, MessageKind
from models.crises import CrisisCase, UncheckedReason
from models.screenings import AnswerMode, Screening
from tests.fixtures.world import ZONE, World
from triage.levels import Level

LOW = {"phq-9.1": 0, "phq-9.2": 0, "gad-7.1": 0, "gad-7.2": 0, "asq.1": 0, "asq.2": 0, "asq.3": 0, "asq.4": 0}


def answer(world: World, number: int, item: str, value: int) -> screenings.Progress:
    with world.work() as session:
        progress = screenings.record_answer(
            session=session,
            conversation=session.get_one(Conversation, number),
            item_key=item,
            value=value,
            mode=AnswerMode.TAP,
            now=world.clock(),
            timezone=ZONE,
        )
        _ = progress.screening.answers, progress.screening.scores
        session.expunge_all()
        return progress


def answer_all(world: World, number: int, answers: dict[str, int]) -> screenings.Progress:
    progress = None
    for item, value in answers.items():
        progress = answer(world, number, item, value)
    assert progress is not None
    return progress


def cases(world: World) -> list[tuple[str, list[str]]]:
    with world.look() as session:
        return [
            (case.level.value, [reason for flag in case.flags for reason in flag.reasons])
            for case in session.scalars(select(CrisisCase).order_by(CrisisCase.id))
        ]


def test_a_low_risk_adult_answers_eight_questions_and_opens_no_case(world: World) -> None:
    number = world.person()
    progress = answer_all(world, number, LOW)
    assert progress.next_item is None
    assert progress.level is Level.GREEN
    assert progress.words
    assert progress.screening.complete
    assert {score.instrument: score.total for score in progress.screening.scores} == {
        "phq-2": 0,
        "gad-2": 0,
        "asq": 0,
    }
    assert cases(world) == []


def test_an_unfinished_screening_has_no_score_and_waits_to_be_resumed(world: World) -> None:
    number = world.person()
    progress = answer_all(world, number, dict(list(LOW.items())[:3]))
    assert progress.next_item == "gad-7.2"
    assert progress.words is None
    world.clock.advance(days=1)
    assert answer(world, number, "gad-7.2", 0).next_item == "asq.1"
    with world.look() as session:
        screening = session.scalars(select(Screening)).one()
        assert screening.scores == []
        assert len(screening.answers) == 4


@pytest.mark.parametrize(
    ("item", "value", "level"),
    [("asq.1", 1, "orange"), ("asq.5", 1, "red"), ("asq.3", -1, "orange"), ("phq-9.9", 2, "orange")],
)
def test_one_alarming_answer_raises_before_the_next_is_asked(world: World, item: str, value: int, level: str) -> None:
    calm, number = world.person(), world.person()
    answer(world, calm, "phq-9.1", 0)
    answer(world, number, item, value)
    assert [found for found, _reasons in cases(world)] == [level]
    assert [message.kind for message in world.messages(number)] == [MessageKind.CRISIS]
    assert world.messages(calm) == []


def test_the_same_level_is_raised_once_and_a_higher_one_again(world: World) -> None:
    number = world.person()
    for item in ("asq.1", "asq.2", "asq.3"):
        answer(world, number, item, 1)
    with world.look() as session:
        assert len(session.scalars(select(CrisisCase)).one().flags) == 1
    answer(world, number, "asq.4", 0)
    answer(world, number, "asq.5", 1)
    assert cases(world)[0][0] == "red"
    assert "asq_thoughts_now" in cases(world)[0][1]


def test_an_alarming_answer_after_the_case_was_closed_opens_another(world: World) -> None:
    officer, number, other = world.colleague("officer"), world.person(), world.person()
    for one in (number, other):
        answer(world, one, "asq.1", 1)
    for case_id in _open(world):
        with world.work() as session:
            crises.close(
                session=session,
                case_id=case_id,
                seen_flag_id=seen_flags.newest(session=session, case_id=case_id),
                actor=world.actor(session, officer),
                reason="seen, safe",
                now=world.clock(),
                unchecked=crises.Unchecked(UncheckedReason.NOT_REACHED),
            )
    # The same words delivered twice, and a calm answer, are nothing new.
    answer(world, number, "asq.1", 1)
    answer(world, number, "asq.2", 0)
    assert _open(world) == []
    answer(world, number, "asq.3", 1)
    assert len(_open(world)) == 1


def _open(world: World) -> list[int]:
    with world.look() as session:
        return list(session.scalars(select(CrisisCase.id).where(CrisisCase.closed_at.is_(None))))


def test_a_high_total_opens_a_case_at_its_level(world: World) -> None:
    number = world.person()
    answers = {f"phq-9.{n}": 2 for n in range(1, 9)} | {"phq-9.9": 0, "gad-7.1": 0, "gad-7.2": 0}
    progress = answer_all(world, number, answers | {f"asq.{n}": 0 for n in range(1, 5)})
    assert progress.level is Level.YELLOW
    assert cases(world) == [("yellow", ["phq9_15_to_19"])]


def test_a_correction_replaces_the_answer_and_lowers_no_case(world: World) -> None:
    number = world.person()
    answer(world, number, "asq.1", 1)
    progress = answer(world, number, "asq.1", 0)
    stored = {given.item_key: (given.value, given.corrections) for given in progress.screening.answers}
    assert stored == {"asq.1": (0, 1)}
    assert cases(world)[0][0] == "orange"


def test_a_minor_is_asked_the_safety_questions_only_and_gets_no_symptom_score(world: World) -> None:
    number = world.person()
    with world.work() as session:
        session.get_one(Conversation, number).beneficiary.age_band = AgeBand.FROM_14_TO_17
    progress = answer_all(world, number, {f"asq.{n}": 0 for n in range(1, 5)})
    assert progress.next_item is None
    assert {score.instrument for score in progress.screening.scores} == {"asq"}


@pytest.mark.parametrize(
    ("item", "value", "refusal"),
    [
        ("phq-9.1", 4, Refusal.WRONG_VALUE),
        ("phq-9.1", -2, Refusal.WRONG_VALUE),
        ("asq.1", 2, Refusal.WRONG_VALUE),
        ("phq-9.10", 0, Refusal.NOT_FOUND),
        ("'; DROP TABLE", 0, Refusal.NOT_FOUND),
    ],
)
def test_an_answer_that_no_question_offers_is_refused(world: World, item: str, value: int, refusal: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        answer(world, world.person(), item, value)
    assert refused.value.refusal is refusal


def test_starting_again_keeps_the_old_answers_unscored(world: World) -> None:
    number = world.person()
    answer(world, number, "phq-9.1", 3)
    with world.work() as session:
        screenings.restart(session=session, conversation=session.get_one(Conversation, number), now=world.clock())
    progress = answer(world, number, "phq-9.1", 0)
    with world.look() as session:
        old, new = session.scalars(select(Screening).order_by(Screening.id)).all()
        assert (old.complete, old.ended_at is not None, len(old.answers), old.scores) == (False, True, 1, [])
        assert new.id == progress.screening.id
