"""A wrong decision is marked, its sentence is cleared by a second person, and the person at risk is not forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from care import triage_reviews
from care.refusals import Refusal, Refused
from care.triage_reviews import State
from models.audit import AuditEntry
from models.beneficiaries import EmergencyContact
from models.conversations import Conversation
from models.crises import CrisisCase, FlagSource, LevelName
from models.staff import RoleName
from models.triage_records import ReviewVerdict, TriageReview
from tests.fixtures.world import ZONE, World, at_once
from triage.levels import Level

CALM = "今天天气很好，我去公园走了走"


@pytest.fixture
def marker(any_world: World) -> int:
    return any_world.colleague("marker", RoleName.SUPERVISOR)


@pytest.fixture
def second(any_world: World) -> int:
    return any_world.colleague("second", RoleName.BASE_MANAGER)


@pytest.fixture
def calm(any_world: World) -> int:
    """Return a calm message; another person's calm message stands beside it."""
    any_world.says(any_world.person(), CALM)
    return any_world.says(any_world.person(), CALM).message.id


def _mark(world: World, staff_id: int, message_id: int, **changed: Any) -> int:
    given = {"verdict": ReviewVerdict.MISSED, "level": Level.ORANGE, "note": None} | changed
    with world.work() as session:
        review = triage_reviews.mark(
            session=session,
            actor=world.actor(session, staff_id),
            message_id=message_id,
            now=world.clock(),
            **given,
        )
        return review.id


def _clear(
    world: World, staff_id: int, review_id: int, sentence: str = "天气很好，可我不想在了", **changed: Any
) -> None:
    with world.work() as session:
        triage_reviews.clear(
            session=session,
            actor=world.actor(session, staff_id),
            review_id=review_id,
            sentence=sentence,
            now=world.clock(),
            **({"nothing_tells": True} | changed),
        )


def _stored(world: World) -> list[TriageReview]:
    with world.look() as session:
        found = list(session.scalars(select(TriageReview).order_by(TriageReview.id)))
        session.expunge_all()
        return found


def _cases(world: World) -> list[tuple[LevelName, list[FlagSource]]]:
    with world.look() as session:
        return [
            (case.level, [flag.source for flag in case.flags])
            for case in session.scalars(select(CrisisCase).order_by(CrisisCase.id))
        ]


def _refused(refusal: Refusal, deed: Any, *given: Any, **more: Any) -> None:
    with pytest.raises(Refused) as refused:
        deed(*given, **more)
    assert refused.value.refusal is refusal


def test_missed_alarm_is_kept_and_raises_the_persons_case(any_world: World, marker: int, calm: int) -> None:
    any_world.chain()
    _mark(any_world, marker, calm, level=Level.RED, note="  hidden goodbye ")
    [review] = _stored(any_world)
    assert (review.verdict, review.level, review.note) == (ReviewVerdict.MISSED, LevelName.RED, "hidden goodbye")
    assert _cases(any_world) == [(LevelName.RED, [FlagSource.STAFF])]


def test_missed_yellow_raises_nobody(any_world: World, marker: int, calm: int) -> None:
    _mark(any_world, marker, calm, level=Level.YELLOW)
    assert _cases(any_world) == []


def test_second_mark_updates_the_first_and_leaves_both_traces(
    any_world: World, marker: int, second: int, calm: int
) -> None:
    first = _mark(any_world, marker, calm, level=Level.YELLOW)
    assert _mark(any_world, second, calm, level=Level.ORANGE) == first
    [review] = _stored(any_world)
    assert (review.marked_by_id, review.level) == (second, LevelName.ORANGE)
    with any_world.look() as session:
        traces = session.scalars(
            select(AuditEntry).where(AuditEntry.verb == "triage_review.mark").order_by(AuditEntry.id)
        ).all()
        assert [trace.details.get("was_level") for trace in traces] == [None, "yellow"]
        assert CALM not in str([trace.details for trace in traces])


def test_higher_second_mark_rings_again_although_the_message_has_raised_a_flag(
    any_world: World, marker: int, second: int, calm: int
) -> None:
    any_world.chain()
    _mark(any_world, marker, calm, level=Level.ORANGE)
    _mark(any_world, second, calm, level=Level.EMERGENCY)
    assert _cases(any_world) == [(LevelName.EMERGENCY, [FlagSource.STAFF, FlagSource.STAFF])]


def test_same_mark_twice_raises_one_flag(any_world: World, marker: int, calm: int) -> None:
    _mark(any_world, marker, calm)
    _mark(any_world, marker, calm)
    assert _cases(any_world) == [(LevelName.ORANGE, [FlagSource.STAFF])]


def test_two_reviewers_in_the_same_moment_leave_one_review(
    any_world: World, marker: int, second: int, calm: int
) -> None:
    results = at_once(*(lambda staff=staff: _mark(any_world, staff, calm) for staff in (marker, second)))
    assert all(isinstance(result, int) for result in results), results
    assert len(set(results)) == 1
    assert len(_stored(any_world)) == 1
    assert [len(sources) for _level, sources in _cases(any_world)] == [1]


@pytest.mark.parametrize(
    ("verdict", "level"),
    [
        (ReviewVerdict.MISSED, Level.GREEN),
        (ReviewVerdict.FALSE_ALARM, Level.GREEN),
        (ReviewVerdict.WRONG_LEVEL, Level.GREEN),
    ],
)
def test_level_that_contradicts_the_verdict_is_refused(
    any_world: World, marker: int, calm: int, verdict: ReviewVerdict, level: Level
) -> None:
    _refused(Refusal.LEVEL_DOES_NOT_FIT, _mark, any_world, marker, calm, verdict=verdict, level=level)
    assert _stored(any_world) == []


def test_false_alarm_lowers_no_case(any_world: World, marker: int) -> None:
    message = any_world.says(any_world.person(), "我不想活了").message.id
    before = _cases(any_world)
    _refused(
        Refusal.LEVEL_DOES_NOT_FIT,
        _mark,
        any_world,
        marker,
        message,
        verdict=ReviewVerdict.FALSE_ALARM,
        level=Level.RED,
    )
    _mark(any_world, marker, message, verdict=ReviewVerdict.FALSE_ALARM, level=Level.GREEN)
    assert _cases(any_world) == before != []


def test_only_what_a_person_wrote_can_be_marked(any_world: World, marker: int) -> None:
    posted = any_world.says(any_world.person(), "我不想活了")
    assert posted.replies
    _refused(Refusal.NOT_FOUND, _mark, any_world, marker, posted.replies[0].id)
    _refused(Refusal.NOT_FOUND, _mark, any_world, marker, 4711)


def test_too_long_a_note_is_refused(any_world: World, marker: int, calm: int) -> None:
    _refused(Refusal.TOO_LONG, _mark, any_world, marker, calm, note="x" * 1001)


def test_the_one_who_marked_does_not_clear(any_world: World, marker: int, second: int, calm: int) -> None:
    review = _mark(any_world, marker, calm)
    _refused(Refusal.NOT_ONES_OWN, _clear, any_world, marker, review)
    _clear(any_world, second, review)
    assert _stored(any_world)[0].cleared_by_id == second


def _write(world: World, review_id: int, **values: Any) -> None:
    with world.work() as session:
        session.execute(update(TriageReview).where(TriageReview.id == review_id).values(**values))


def test_database_refuses_a_sentence_cleared_by_its_marker(any_world: World, marker: int, calm: int) -> None:
    review = _mark(any_world, marker, calm)
    with pytest.raises(IntegrityError):
        _write(any_world, review, sentence="x", cleared_by_id=marker)


def test_database_refuses_a_sentence_that_nobody_cleared_or_that_leaves_without_words(
    any_world: World, marker: int, calm: int
) -> None:
    review = _mark(any_world, marker, calm)
    with pytest.raises(IntegrityError):
        _write(any_world, review, sentence="x")
    with pytest.raises(IntegrityError):
        _write(any_world, review, exported_at=any_world.clock())


@pytest.mark.parametrize(
    ("sentence", "changed", "refusal"),
    [
        (" \n ", {}, Refusal.EMPTY_SENTENCE),
        ("x" * 1001, {}, Refusal.TOO_LONG),
        ("我不想活了", {"nothing_tells": False}, Refusal.NOT_CHECKED),
        ("打13812345678", {}, Refusal.STILL_TELLS),
    ],
)
def test_sentence_that_cannot_leave_is_refused(
    any_world: World, marker: int, second: int, calm: int, sentence: str, changed: dict[str, Any], refusal: Refusal
) -> None:
    review = _mark(any_world, marker, calm)
    _refused(refusal, _clear, any_world, second, review, sentence, **changed)
    assert _stored(any_world)[0].sentence is None


def test_reviewer_may_insist_after_looking_and_lines_become_one(
    any_world: World, marker: int, second: int, calm: int
) -> None:
    review = _mark(any_world, marker, calm)
    _clear(any_world, second, review, "我住幸福小区\n\u2028不想活了", although_found=True)
    assert _stored(any_world)[0].sentence == "我住幸福小区 不想活了"


def test_changed_mark_takes_the_clearing_back(any_world: World, marker: int, second: int, calm: int) -> None:
    review = _mark(any_world, marker, calm)
    _clear(any_world, second, review)
    _mark(any_world, marker, calm)
    assert _stored(any_world)[0].sentence is not None
    _mark(any_world, marker, calm, level=Level.RED)
    assert _stored(any_world)[0].sentence is None


def test_clearer_who_marks_again_needs_another_pair_of_eyes(
    any_world: World, marker: int, second: int, calm: int
) -> None:
    review = _mark(any_world, marker, calm)
    _clear(any_world, second, review)
    _mark(any_world, second, calm)
    assert _stored(any_world)[0].sentence is None
    _refused(Refusal.NOT_ONES_OWN, _clear, any_world, second, review)


def test_what_has_left_is_not_changed(any_world: World, marker: int, second: int, calm: int) -> None:
    review = _mark(any_world, marker, calm)
    _clear(any_world, second, review)
    with any_world.work() as session:
        triage_reviews.note_export(session=session, review=session.get_one(TriageReview, review), now=any_world.clock())
    _refused(Refusal.ALREADY_EXPORTED, _mark, any_world, marker, calm, level=Level.RED)
    _refused(Refusal.ALREADY_EXPORTED, _clear, any_world, second, review)
    for verb in (triage_reviews.take_back, triage_reviews.withdraw):
        with pytest.raises(Refused), any_world.work() as session:
            verb(session=session, actor=any_world.actor(session, second), review_id=review, now=any_world.clock())
    assert _mark(any_world, second, calm, note="still right") == review
    assert _stored(any_world)[0].sentence is not None


def test_mark_is_withdrawn_with_a_trace_and_its_case_stays(any_world: World, marker: int, calm: int) -> None:
    review = _mark(any_world, marker, calm)
    with any_world.work() as session:
        triage_reviews.withdraw(
            session=session, actor=any_world.actor(session, marker), review_id=review, now=any_world.clock()
        )
    assert _stored(any_world) == []
    assert len(_cases(any_world)) == 1
    with any_world.look() as session:
        assert session.scalars(select(AuditEntry.verb).where(AuditEntry.verb == "triage_review.withdraw")).all()


def test_draft_takes_out_what_our_records_know(any_world: World) -> None:
    talk = any_world.person()
    with any_world.work() as session:
        person = session.get_one(Conversation, talk).beneficiary
        person.called = "阿芷"
        session.add(
            EmergencyContact(
                beneficiary_id=person.id, name="陆望舒", phone="139 0000 1111", relation="姐", at=any_world.clock()
            )
        )
    message = any_world.says(talk, "阿芷不想活了\n找陆望舒 13900001111，我电话13812345678").message.id
    with any_world.look() as session:
        found = triage_reviews.message_of(session=session, message_id=message)
        draft = triage_reviews.draft_sentence(session=session, message=found)
    assert draft == "[姓名]不想活了 找[姓名] [电话]，我电话[电话]"


def test_lists_and_counts_follow_the_state(any_world: World, marker: int, second: int, calm: int) -> None:
    other = any_world.says(any_world.person(), CALM).message.id
    cleared, waiting = _mark(any_world, marker, calm), _mark(any_world, marker, other, level=Level.RED)
    _clear(any_world, second, cleared)
    with any_world.look() as session:
        states = {state: [one.id for one in triage_reviews.in_state(session=session, state=state)] for state in State}
        counted = triage_reviews.counts(session=session, timezone=ZONE)
    assert states == {State.TO_CLEAR: [waiting], State.CLEARED: [cleared], State.EXPORTED: []}
    assert counted == {"2026-03": {ReviewVerdict.MISSED: {LevelName.ORANGE: 1, LevelName.RED: 1}}}


def test_lesson_holds_no_number_of_anything(any_world: World, marker: int, second: int, calm: int) -> None:
    review = _mark(any_world, marker, calm, level=Level.YELLOW)
    _clear(any_world, second, review, "天气很好")
    with any_world.work() as session:
        [(_row, lesson, tells)] = triage_reviews.to_export(session=session, timezone=ZONE)
    assert (lesson.text, lesson.alarm, lesson.level, lesson.verdict, lesson.month, tells) == (
        "天气很好", False, "yellow", "missed", "2026-03", False,
    )  # fmt: skip
