"""Every closed red case is read by somebody who had no part in it, fairly given, and a late review climbs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from care import case_review_keeping, case_reviews, crises, desk, people, seen_flags
from care.case_reviews import Findings
from care.crises import Unchecked
from care.refusals import Refusal, Refused
from models.case_reviews import CaseReview, CaseReviewPart, Delay, ReviewPart
from models.contacts import Channel, ContactPoint
from models.crises import CrisisCase, UncheckedReason
from models.outbox import OutboxRow
from models.staff import RoleName, StaffMember
from models.triage_records import ReviewVerdict, TriageReview
from tests.fixtures.world import SECRET, World, at_once
from triage.levels import Level


def _close(world: World, case_id: int, first: int, second: int | None) -> None:
    for staff_id in (first, second):
        if staff_id is None:
            continue
        with world.work() as session:
            crises.close(
                session=session,
                case_id=case_id,
                seen_flag_id=seen_flags.newest(session=session, case_id=case_id),
                actor=world.actor(session, staff_id),
                reason="安全了",
                now=world.clock(),
                unchecked=Unchecked(UncheckedReason.NOT_REACHED),
            )


@pytest.fixture
def base(world: World) -> dict[str, int]:
    """Two who close, and two who could review."""
    return {
        "officer": world.colleague("officer", RoleName.DUTY_OFFICER),
        "lead": world.colleague("lead", RoleName.SUPERVISOR),
        "anna": world.colleague("anna", RoleName.COUNSELOR),
        "bela": world.colleague("bela", RoleName.COUNSELOR),
    }


def _closed(world: World, base: dict[str, int], level: Level = Level.RED, person: int | None = None) -> int:
    case_id = world.flag(person or world.person(), level)
    _close(world, case_id, base["officer"], base["lead"] if level.is_at_least(Level.RED) else None)
    return case_id


def _review(world: World, case_id: int) -> CaseReview | None:
    with world.look() as session:
        found = session.scalars(select(CaseReview).where(CaseReview.case_id == case_id)).first()
        if found is not None:
            _ = [part.staff.username for part in found.parts]
        session.expunge_all()
        return found


def _reviewer(world: World, case_id: int) -> int | None:
    review = _review(world, case_id)
    assert review is not None
    return review.reviewer.id if review.reviewer else None


def _finish(world: World, case_id: int, staff_id: int, **more: Any) -> None:
    review = _review(world, case_id)
    assert review is not None
    findings = Findings(**{"went_well": "很快接了起来", "delay": Delay.NOTHING} | more)
    with world.work() as session:
        case_reviews.finish(
            session=session,
            actor=world.actor(session, staff_id),
            review_id=review.id,
            findings=findings,
            now=world.clock(),
        )


def test_closing_a_red_case_gives_it_to_somebody_who_had_no_part_in_it(world: World, base: dict[str, int]) -> None:
    review = _review(world, _closed(world, base))
    assert review is not None
    assert review.reviewer is not None
    assert review.reviewer.id == base["anna"]
    assert review.due_at == world.clock() + timedelta(days=7)
    handlers = {part.staff_id for part in review.parts if part.part is ReviewPart.HANDLER}
    assert handlers == {base["officer"], base["lead"]}


@pytest.mark.parametrize(("level", "owed"), [(Level.EMERGENCY, True), (Level.RED, True), (Level.ORANGE, False)])
def test_only_the_top_two_levels_are_read_again(world: World, base: dict[str, int], level: Level, owed: bool) -> None:
    assert (_review(world, _closed(world, base, level)) is not None) is owed


def test_an_exercise_is_not_reviewed(world: World, base: dict[str, int]) -> None:
    with world.work() as session:
        door = people.open_door(session=session, secret=SECRET, language="zh-CN", now=world.clock(), synthetic=True)
        invented = door.conversation.id
    assert _review(world, _closed(world, base, person=invented)) is None


def test_a_proposal_to_close_owes_no_review_yet(world: World, base: dict[str, int]) -> None:
    case_id = world.flag(world.person(), Level.RED)
    _close(world, case_id, base["officer"], None)
    assert _review(world, case_id) is None


def test_whoever_spoke_in_the_chat_does_not_review_it(world: World, base: dict[str, int]) -> None:
    person = world.person()
    case_id = world.flag(person, Level.RED)
    for deed in (desk.take_over, desk.hand_back):
        with world.work() as session:
            deed(session=session, conversation_id=person, actor=world.actor(session, base["anna"]), now=world.clock())
    _close(world, case_id, base["officer"], base["lead"])
    assert _reviewer(world, case_id) == base["bela"]


def test_reviews_are_spread_evenly_and_somebody_on_leave_comes_last(world: World, base: dict[str, int]) -> None:
    first, second, third = (_closed(world, base) for _ in range(3))
    assert [_reviewer(world, one) for one in (first, second, third)] == [base["anna"], base["bela"], base["anna"]]
    # A written review still counts as work done: the next goes to the one who had fewer.
    _finish(world, first, base["anna"])
    assert _reviewer(world, _closed(world, base)) == base["bela"]


def test_where_all_had_a_part_the_leads_are_told_and_a_newcomer_gets_it(world: World) -> None:
    two = {
        "officer": world.colleague("officer", RoleName.COUNSELOR),
        "lead": world.colleague("lead", RoleName.SUPERVISOR),
    }
    case_id = _closed(world, two)
    assert _reviewer(world, case_id) is None
    _look_after(world)
    review = _review(world, case_id)
    assert review is not None
    assert review.hops == 1
    newcomer = world.colleague("newcomer", RoleName.COUNSELOR)
    _look_after(world)
    assert _reviewer(world, case_id) == newcomer


def _look_after(world: World) -> int:
    with world.look() as session:
        due = case_review_keeping.due(session=session, now=world.clock())
    count = 0
    for review_id in due:
        with world.work() as session:
            count += case_review_keeping.look_after(session=session, review_id=review_id, now=world.clock())
    return count


def test_a_reviewer_who_leaves_is_replaced(world: World, base: dict[str, int]) -> None:
    case_id = _closed(world, base)
    assert _look_after(world) == 0
    with world.work() as session:
        session.execute(update(StaffMember).where(StaffMember.id == base["anna"]).values(active=False))
    assert _look_after(world) == 1
    assert _reviewer(world, case_id) == base["bela"]
    assert _look_after(world) == 0


def _told(world: World) -> list[str]:
    with world.look() as session:
        keys = session.scalars(select(OutboxRow.dedupe_key).where(OutboxRow.dedupe_key.like("case-review%")))
        return [key.rpartition(":")[0] for key in keys]


def test_the_reviewer_is_reminded_once_and_a_late_review_is_told_to_the_leads_again_and_again(
    world: World, base: dict[str, int]
) -> None:
    case_id = _closed(world, base)
    with world.work() as session:
        for staff_id in (base["anna"], base["lead"]):
            session.add(
                ContactPoint(
                    staff_id=staff_id,
                    channel=Channel.EMAIL,
                    address=f"{staff_id}@base.test",
                    address_hash=str(staff_id),
                    created_at=world.clock(),
                    confirmed_at=world.clock(),
                )
            )
    world.clock.advance(days=5, seconds=-1)
    assert _look_after(world) == 0
    world.clock.advance(seconds=1)
    assert [_look_after(world), _look_after(world)] == [1, 0]
    assert _told(world) == [f"case-review-1-by-{base['anna']}"]
    world.clock.advance(days=2)
    assert [_look_after(world), _look_after(world)] == [1, 0]
    world.clock.advance(days=3)
    assert _look_after(world) == 1
    assert _told(world)[1:] == [f"case-review-late-1-{hop}-{base['lead']}" for hop in (1, 2)]
    # Once it is written, nobody is told of it any more.
    _finish(world, case_id, base["anna"])
    world.clock.advance(days=30)
    assert _look_after(world) == 0


def test_the_database_lets_nobody_who_handled_a_case_be_its_reviewer(any_world: World) -> None:
    two = {
        "officer": any_world.colleague("officer", RoleName.COUNSELOR),
        "lead": any_world.colleague("lead", RoleName.SUPERVISOR),
    }
    _closed(any_world, two)
    for staff_id in two.values():
        with pytest.raises(IntegrityError), any_world.work() as session:
            session.add(
                CaseReviewPart(review_id=1, staff_id=staff_id, part=ReviewPart.REVIEWER, since=any_world.clock())
            )


def test_a_lead_gives_a_review_to_somebody_else_but_to_no_handler(world: World, base: dict[str, int]) -> None:
    case_id = _closed(world, base)

    def give(staff_id: int) -> None:
        with world.work() as session:
            case_review_keeping.give(
                session=session,
                actor=world.actor(session, base["lead"]),
                review_id=1,
                staff_id=staff_id,
                now=world.clock(),
            )

    with pytest.raises(Refused) as refused:
        give(base["officer"])
    assert (refused.value.refusal, refused.value.field) == (Refusal.HAD_A_HAND, "staff_id")
    give(base["bela"])
    give(base["bela"])
    assert _reviewer(world, case_id) == base["bela"]


def test_a_finished_review_keeps_its_words_and_a_second_tap_adds_nothing(world: World, base: dict[str, int]) -> None:
    case_id = _closed(world, base)
    words = {"delay": Delay.HANDED_OVER_LATE, "delay_words": "换班时没有说", "change_words": "换班先说红色"}
    _finish(world, case_id, base["anna"], **words)
    _finish(world, case_id, base["anna"], went_well="别的话")
    review = _review(world, case_id)
    assert review is not None
    assert (review.went_well, review.delay, review.delay_words) == (
        "很快接了起来",
        Delay.HANDED_OVER_LATE,
        "换班时没有说",
    )
    with world.look() as session:
        assert case_reviews.delays(session=session) == {Delay.HANDED_OVER_LATE: 1}
        assert case_reviews.waiting(session=session) == []


@pytest.mark.parametrize(
    ("who", "words", "refusal", "field"),
    [
        ("bela", {}, Refusal.NOT_THE_REVIEWER, None),
        ("officer", {}, Refusal.NOT_THE_REVIEWER, None),
        ("anna", {"went_well": "  "}, Refusal.EMPTY, "went_well"),
        ("anna", {"went_well": "长" * 4001}, Refusal.TOO_LONG, "went_well"),
        ("anna", {"delay": Delay.TECHNICAL}, Refusal.EMPTY, "delay_words"),
        ("anna", {"right_levels": {99: Level.RED}}, Refusal.NOT_FOUND, "message-99"),
    ],
)
def test_a_review_that_cannot_be_taken_leaves_no_trace(
    world: World, base: dict[str, int], who: str, words: dict[str, Any], refusal: Refusal, field: str | None
) -> None:
    case_id = _closed(world, base)
    with pytest.raises(Refused) as refused:
        _finish(world, case_id, base[who], **words)
    assert (refused.value.refusal, refused.value.field) == (refusal, field)
    review = _review(world, case_id)
    assert review is not None
    assert review.done_at is None


def test_what_was_judged_wrongly_goes_into_the_triage_loop(world: World, base: dict[str, int]) -> None:
    person = world.person()
    calm, loud = world.says(person, "今天下雨了").message.id, world.says(person, "我不想活了").message.id
    case_id = world.flag(person, Level.RED)
    _close(world, case_id, base["officer"], base["lead"])
    other = world.says(world.person(), "别人的话").message.id
    with world.look() as session:
        shown = case_reviews.judged(session=session, review=session.get_one(CaseReview, 1))
        assert [one.message.id for one in shown] == [calm, loud]
        assert not shown[0].level.is_at_least(Level.YELLOW)
        assert shown[1].level.is_at_least(Level.ORANGE)
    with pytest.raises(Refused):
        _finish(world, case_id, base["anna"], right_levels={other: Level.RED})
    _finish(world, case_id, base["anna"], right_levels={calm: Level.ORANGE, loud: Level.GREEN})
    with world.look() as session:
        found = {one.message_id: one.verdict for one in session.scalars(select(TriageReview))}
        assert found == {calm: ReviewVerdict.MISSED, loud: ReviewVerdict.FALSE_ALARM}
        # The missed danger raises the person's case again.
        assert session.scalar(select(CrisisCase.id).where(CrisisCase.closed_at.is_(None))) is not None


def test_a_decision_that_was_right_marks_nothing(world: World, base: dict[str, int]) -> None:
    person = world.person()
    calm = world.says(person, "今天下雨了").message.id
    case_id = world.flag(person, Level.RED)
    _close(world, case_id, base["officer"], base["lead"])
    _finish(world, case_id, base["anna"], right_levels={calm: Level.GREEN})
    with world.look() as session:
        assert session.scalars(select(TriageReview)).all() == []


def test_only_reviewer_and_leads_open_a_review_and_the_look_is_recorded(world: World, base: dict[str, int]) -> None:
    _closed(world, base)
    for who, is_lead, may in (("anna", False, True), ("lead", True, True), ("bela", False, False)):
        with world.work() as session:
            actor = world.actor(session, base[who])
            try:
                case_reviews.read(session=session, review_id=1, actor=actor, is_lead=is_lead, now=world.clock())
                opened = True
            except Refused:
                opened = False
        assert opened is may, who


def test_two_second_readers_in_the_same_second_leave_one_review(any_world: World) -> None:
    first, second, third = (any_world.colleague(f"s{number}", RoleName.SUPERVISOR) for number in range(3))
    any_world.colleague("reviewer", RoleName.COUNSELOR)
    case_id = any_world.flag(any_world.person(), Level.RED)
    _close(any_world, case_id, first, None)
    found = at_once(*[lambda staff_id=one: _close(any_world, case_id, staff_id, None) for one in (second, third)])
    assert sum(one is None for one in found) == 1, found
    with any_world.look() as session:
        assert len(session.scalars(select(CaseReview)).all()) == 1


@pytest.mark.parametrize(
    ("decided", "right", "verdict"),
    [
        (Level.GREEN, Level.RED, ReviewVerdict.MISSED),
        (Level.YELLOW, Level.ORANGE, ReviewVerdict.MISSED),
        (Level.RED, Level.GREEN, ReviewVerdict.FALSE_ALARM),
        (Level.ORANGE, Level.RED, ReviewVerdict.WRONG_LEVEL),
        (Level.BLUE, Level.YELLOW, ReviewVerdict.WRONG_LEVEL),
        (Level.RED, Level.RED, None),
    ],
)
def test_what_a_wrong_level_means(decided: Level, right: Level, verdict: ReviewVerdict | None) -> None:
    assert case_reviews.verdict_of(decided, right) is verdict
