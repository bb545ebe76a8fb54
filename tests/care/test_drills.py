"""A drill travels the live path, looks like anybody until it is taken, gives way to a real person, ends by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from care import case_queue, case_reviews, clock_report, crises, desk, drill_ends, drills, triage_reviews
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.case_reviews import CaseReview
from models.conversations import Conversation, Message, Sender
from models.crises import CallBack, CrisisCase, UncheckedReason
from models.drills import Drill, DrillEnd
from models.duty import DutyPosition
from models.follow_ups import FollowUpLadder
from models.outbox import OutboxKind, OutboxRow
from models.staff import RoleName
from models.triage_records import ReviewVerdict, TriageDecision
from schedules.jobs import drills as drill_jobs
from schedules.runner import Tools
from tests.fixtures.world import SECRET, ZONE, World, at_once
from tests.schedules.test_sweeps import tools_of
from triage.assess import assess
from triage.levels import Level


@pytest.fixture
def base(world: World) -> dict[DutyPosition, int]:
    """One colleague on each rung."""
    return world.chain()


@pytest.fixture
def tools(world: World) -> Tools:
    made = tools_of(world)
    return Tools(sessions=made.sessions, clock=made.clock, line=made.line, timezone=made.timezone, secret=SECRET)


def _begin(world: World, lead: int) -> int:
    with world.work() as session:
        return drills.begin(
            session=session, ordered_by=world.actor(session, lead), secret=SECRET, timezone=ZONE, now=world.clock()
        ).id


def _drill(world: World) -> Drill:
    with world.look() as session:
        found = session.scalars(select(Drill).order_by(Drill.id.desc())).first()
        assert found is not None
        _ = found.case.beneficiary, found.case.conversation
        session.expunge_all()
        return found


def _take(world: World, staff_id: int) -> None:
    case_id = _drill(world).case_id
    with world.work() as session:
        crises.acknowledge(session=session, case_id=case_id, actor=world.actor(session, staff_id), now=world.clock())


def _tend(world: World) -> bool:
    with world.work() as session:
        return drill_ends.tend(session=session, now=world.clock())


@pytest.mark.parametrize("text", [text for texts in drills.lines().values() for text in texts])
def test_every_line_of_a_drill_is_judged_red_or_higher(text: str) -> None:
    assert assess(text).level.is_at_least(Level.RED)


def test_a_drill_travels_the_path_of_a_real_message(world: World, base: dict[DutyPosition, int]) -> None:
    _begin(world, base[DutyPosition.SUPERVISOR])
    drill = _drill(world)
    case = world.case(drill.case_id)
    assert case.risk.is_at_least(Level.RED)
    assert case.owner_id == base[DutyPosition.ON_CALL]
    assert [hop.staff_id for hop in case.escalations] == [base[DutyPosition.ON_CALL]]
    messages = world.messages(case.conversation_id or 0)
    assert messages[0].sender is Sender.PERSON
    assert any(one.sender is Sender.SYSTEM for one in messages[1:])
    with world.look() as session:
        kinds = set(session.scalars(select(OutboxRow.kind)))
        assert OutboxKind.CRISIS_NOTICE in kinds
        assert session.get(TriageDecision, messages[0].id) is not None
    # And it climbs like any other.
    world.clock.advance(minutes=3)
    with world.work() as session:
        assert crises.climb_if_due(session=session, case_id=case.id, now=world.clock())


def test_a_drill_looks_like_anybody_until_it_is_taken(world: World, base: dict[DutyPosition, int]) -> None:
    _begin(world, base[DutyPosition.SUPERVISOR])
    person = _drill(world).case.beneficiary
    assert (person.synthetic, person.is_drill, person.shown_as_exercise) == (True, True, False)
    world.clock.advance(seconds=42)
    _take(world, base[DutyPosition.ON_CALL])
    drill = _drill(world)
    assert drill.case.beneficiary.shown_as_exercise
    assert (drill.seconds, drill.taken_by_id) == (42, base[DutyPosition.ON_CALL])
    # And it is said where the colleague is looking.
    last = world.messages(drill.case.conversation_id or 0)[-1]
    assert (last.sender, "42" in last.text) == (Sender.SYSTEM, True)


def test_taking_the_chat_is_taking_the_drill(world: World, base: dict[DutyPosition, int]) -> None:
    _begin(world, base[DutyPosition.SUPERVISOR])
    conversation_id = _drill(world).case.conversation_id
    assert conversation_id is not None
    world.clock.advance(seconds=7)
    with world.work() as session:
        actor = world.actor(session, base[DutyPosition.STAND_IN])
        desk.take_over(session=session, conversation_id=conversation_id, actor=actor, now=world.clock())
    assert _drill(world).seconds == 7
    world.clock.advance(minutes=2)
    assert _tend(world)
    stored = world.conversation(conversation_id)
    assert (stored.closed_at, stored.owner_staff_id) == (world.clock(), None)


def test_a_taken_drill_ends_by_itself_after_two_minutes(world: World, base: dict[DutyPosition, int]) -> None:
    lead = base[DutyPosition.SUPERVISOR]
    _begin(world, lead)
    _take(world, base[DutyPosition.ON_CALL])
    world.clock.advance(seconds=119)
    assert not _tend(world)
    world.clock.advance(seconds=1)
    assert [_tend(world), _tend(world)] == [True, False]
    drill = _drill(world)
    assert drill.ending is DrillEnd.TAKEN
    case = world.case(drill.case_id)
    assert (case.closed_at, case.unchecked_reason) == (world.clock(), UncheckedReason.EXERCISE)
    # The machine closed it; whoever ordered the drill has signed for it, and nobody else's name is used.
    assert (case.closed_by_id, case.second_reader_id, case.unchecked_by_id) == (None, lead, lead)


def test_a_drill_leaves_no_review_no_follow_up_and_no_count(world: World, base: dict[DutyPosition, int]) -> None:
    _begin(world, base[DutyPosition.SUPERVISOR])
    _take(world, base[DutyPosition.ON_CALL])
    world.clock.advance(minutes=2)
    _tend(world)
    with world.look() as session:
        assert session.scalars(select(CaseReview)).all() == []
        assert session.scalars(select(FollowUpLadder)).all() == []
        assert session.scalars(select(CallBack).where(CallBack.done_at.is_(None))).all() == []
        now = world.clock()
        span = {"start": now - timedelta(days=1), "end": now + timedelta(days=1)}
        assert clock_report.alarms(session=session, now=now, **span) == []
        assert case_reviews.waiting(session=session) == []


def test_the_line_of_a_drill_never_teaches_the_detector(world: World, base: dict[DutyPosition, int]) -> None:
    _begin(world, base[DutyPosition.SUPERVISOR])
    message = world.messages(_drill(world).case.conversation_id or 0)[0]
    with pytest.raises(Refused), world.work() as session:
        triage_reviews.mark(
            session=session,
            actor=world.actor(session, base[DutyPosition.SUPERVISOR]),
            message_id=message.id,
            verdict=ReviewVerdict.FALSE_ALARM,
            level=Level.GREEN,
            note=None,
            now=world.clock(),
        )


def test_nobody_comes_back_to_a_person_who_does_not_exist(world: World, base: dict[DutyPosition, int]) -> None:
    _begin(world, base[DutyPosition.SUPERVISOR])
    with world.look() as session:
        (person,) = session.scalars(select(Beneficiary).where(Beneficiary.is_drill)).all()
        assert person.return_code_hash is None


def test_a_real_person_in_danger_ends_the_drill_at_once(world: World, base: dict[DutyPosition, int]) -> None:
    _begin(world, base[DutyPosition.SUPERVISOR])
    assert not _tend(world)
    real = world.flag(world.person(), Level.RED)
    assert _tend(world)
    drill = _drill(world)
    assert (drill.ending, drill.seconds) == (DrillEnd.GAVE_WAY, None)
    with world.look() as session:
        assert [case.id for case in case_queue.queue_of_open_cases(session=session)] == [real]


@pytest.mark.parametrize(
    ("level", "deed", "waits"),
    [
        (Level.RED, None, True),
        (Level.EMERGENCY, "take", True),
        (Level.RED, "speak", False),
        (Level.ORANGE, None, True),
        (Level.ORANGE, "take", False),
        (Level.YELLOW, None, False),
    ],
)
def test_no_drill_begins_while_a_real_alarm_waits(
    world: World, base: dict[DutyPosition, int], level: Level, deed: str | None, waits: bool
) -> None:
    officer = base[DutyPosition.ON_CALL]
    case_id = world.flag(world.person(), level)
    if deed is not None:
        with world.work() as session:
            actor = world.actor(session, officer)
            crises.acknowledge(session=session, case_id=case_id, actor=actor, now=world.clock())
            if deed == "speak":
                person = world.case(case_id).beneficiary_id
                crises.note_contact(session=session, beneficiary_id=person, actor=actor, now=world.clock())
    try:
        _begin(world, base[DutyPosition.SUPERVISOR])
        refused = None
    except Refused as error:
        refused = error.refusal
    assert refused is (Refusal.SOMEBODY_WAITS if waits else None)
    with world.look() as session:
        # A refusal leaves nobody behind.
        assert bool(session.scalars(select(Beneficiary).where(Beneficiary.is_drill)).all()) is not waits


def test_invented_people_of_the_demonstration_keep_no_drill_away(world: World, base: dict[DutyPosition, int]) -> None:
    person = world.person()
    with world.work() as session:
        conversation = session.get_one(Conversation, person)
        conversation.beneficiary.synthetic, conversation.human_requested_at = True, world.clock()
    world.flag(person, Level.RED)
    assert _begin(world, base[DutyPosition.SUPERVISOR])


def test_no_drill_begins_while_somebody_asked_for_a_person(world: World, base: dict[DutyPosition, int]) -> None:
    person = world.person()
    with world.work() as session:
        session.get_one(Conversation, person).human_requested_at = world.clock()
    with pytest.raises(Refused):
        _begin(world, base[DutyPosition.SUPERVISOR])


def test_two_leads_in_the_same_second_begin_one_drill(any_world: World) -> None:
    base = any_world.chain()
    leads = (base[DutyPosition.SUPERVISOR], base[DutyPosition.BASE_LEADER])
    found = at_once(*[lambda lead=one: _begin(any_world, lead) for one in leads])
    refused = [one for one in found if isinstance(one, Refused)]
    assert [one.refusal for one in refused] == [Refusal.DRILL_RUNNING], found
    with any_world.look() as session:
        assert len(session.scalars(select(Beneficiary)).all()) == 1
        assert len(session.scalars(select(Message).where(Message.sender == Sender.PERSON)).all()) == 1


def test_a_drill_that_is_taken_while_it_ends_is_one_or_the_other(any_world: World) -> None:
    base = any_world.chain()
    _begin(any_world, base[DutyPosition.SUPERVISOR])
    any_world.clock.advance(minutes=20)
    at_once(lambda: _tend(any_world), lambda: _take(any_world, base[DutyPosition.ON_CALL]))
    drill = _drill(any_world)
    if drill.ending is None:
        assert drill.seconds == 1200
    else:
        assert drill.ending is DrillEnd.NOBODY_CAME
        assert drill.seconds is None


def test_a_drill_that_nobody_took_ends_after_twenty_minutes(world: World, base: dict[DutyPosition, int]) -> None:
    _begin(world, base[DutyPosition.SUPERVISOR])
    world.clock.advance(minutes=20, seconds=-1)
    assert not _tend(world)
    world.clock.advance(seconds=1)
    assert _tend(world)
    assert _drill(world).ending is DrillEnd.NOBODY_CAME
    assert world.case(_drill(world).case_id).climbs_at is None


def test_a_clock_that_was_set_back_ends_a_drill(world: World, base: dict[DutyPosition, int]) -> None:
    _begin(world, base[DutyPosition.SUPERVISOR])
    world.clock.advance(hours=-1)
    assert _tend(world)
    drill = _drill(world)
    assert drill.ended_at == drill.started_at


def test_a_lead_calls_a_drill_off(world: World, base: dict[DutyPosition, int]) -> None:
    _begin(world, base[DutyPosition.SUPERVISOR])
    for expected in (True, False):
        with world.work() as session:
            actor = world.actor(session, base[DutyPosition.SUPERVISOR])
            assert drill_ends.stop(session=session, actor=actor, now=world.clock()) is expected
    assert _drill(world).ending is DrillEnd.GAVE_WAY


def _choose(world: World, lead: int, *hours: tuple[int, int]) -> None:
    with world.work() as session:
        drills.set_hours(session=session, actor=world.actor(session, lead), chosen=set(hours), now=world.clock())


def test_a_planned_drill_begins_once_in_its_hour_and_again_next_week(
    world: World, base: dict[DutyPosition, int], tools: Tools
) -> None:
    # The clock stands on Monday at ten.
    _choose(world, base[DutyPosition.SUPERVISOR], (0, 10), (3, 10))
    minute = drills.minute_of("2026-W10-0-10", SECRET)
    assert 0 <= minute < 45
    world.clock.advance(minutes=minute, seconds=-1)
    if minute:
        assert drill_jobs.keep_drills(tools) == 0
    world.clock.advance(seconds=1)
    assert [drill_jobs.keep_drills(tools), drill_jobs.keep_drills(tools)] == [1, 0]
    drill = _drill(world)
    assert (drill.weekday, drill.hour, drill.ordered_by_id) == (0, 10, base[DutyPosition.SUPERVISOR])
    _take(world, base[DutyPosition.ON_CALL])
    world.clock.advance(minutes=2)
    # It ends, and none begins a second time in the same hour, nor in the next, which nobody chose.
    assert [drill_jobs.keep_drills(tools), drill_jobs.keep_drills(tools)] == [1, 0]
    world.clock.advance(hours=1)
    assert drill_jobs.keep_drills(tools) == 0
    world.clock.advance(days=7, hours=-1, minutes=44 - minute)
    assert drill_jobs.keep_drills(tools) == 1


def test_a_planned_drill_waits_for_a_real_person_and_is_left_out_when_its_hour_is_over(
    world: World, base: dict[DutyPosition, int], tools: Tools
) -> None:
    _choose(world, base[DutyPosition.SUPERVISOR], (0, 10))
    world.flag(world.person(), Level.RED)
    world.clock.advance(minutes=50)
    assert drill_jobs.keep_drills(tools) == 0
    world.clock.advance(minutes=10)
    assert drill_jobs.keep_drills(tools) == 0
    with world.look() as session:
        assert drills.latest(session=session) == []


def test_hours_are_chosen_anew_and_a_wrong_hour_is_refused(world: World, base: dict[DutyPosition, int]) -> None:
    lead, manager = base[DutyPosition.SUPERVISOR], base[DutyPosition.BASE_LEADER]
    _choose(world, lead, (0, 3), (6, 23))
    _choose(world, manager, (6, 23), (2, 14))
    with world.look() as session:
        assert drills.hours(session=session) == {(6, 23), (2, 14)}
    for wrong in ((7, 0), (0, 24), (-1, 0)):
        with pytest.raises(Refused):
            _choose(world, lead, wrong)


def test_the_chart_tells_the_middle_time_and_how_many_nobody_took(world: World, base: dict[DutyPosition, int]) -> None:
    for seconds in (30, 50, None):
        _begin(world, base[DutyPosition.SUPERVISOR])
        if seconds is None:
            world.clock.advance(minutes=20)
        else:
            world.clock.advance(seconds=seconds)
            _take(world, base[DutyPosition.ON_CALL])
            world.clock.advance(minutes=2)
        assert _tend(world)
    # The decoy: a drill that gave way says nothing about how soon a human is there.
    _begin(world, base[DutyPosition.SUPERVISOR])
    world.flag(world.person(), Level.RED)
    assert _tend(world)
    with world.look() as session:
        cells = drill_ends.chart(session=session, since=world.clock() - timedelta(days=1))
    assert cells == {(0, 10): drill_ends.Cell(count=3, missed=1, median=40)}


@pytest.mark.parametrize("level", [Level.RED, Level.ORANGE])
def test_no_case_but_a_drill_s_is_closed_without_a_name(any_world: World, level: Level) -> None:
    lead, other = any_world.colleague("lead", RoleName.SUPERVISOR), any_world.colleague("other", RoleName.COUNSELOR)
    case_id = any_world.flag(any_world.person(), level)

    def close(**name: int) -> None:
        with any_world.work() as session:
            session.execute(
                update(CrisisCase)
                .where(CrisisCase.id == case_id)
                .values(
                    closed_at=any_world.clock(),
                    closing_reason="x",
                    second_reader_id=lead,
                    unchecked_reason=UncheckedReason.NOT_REACHED,
                    unchecked_by_id=lead,
                    **name,
                )
                .execution_options(synchronize_session=False)
            )

    with pytest.raises(IntegrityError, match="closed by name"):
        close()
    close(closed_by_id=other)
    assert any_world.case(case_id).closed_by_id == other
