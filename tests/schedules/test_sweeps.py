"""What is due lives in rows: a sweep acts on what is due, on nothing else, and a second run does nothing twice."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from care import crises, seen_flags
from care.bot_line import BotLine
from models.conversations import Sender
from models.crises import UncheckedReason
from models.live import Heartbeat, Lease, LiveEvent
from models.outbox import OutboxKind, OutboxRow
from schedules import runner
from schedules.jobs import crises as crisis_jobs
from schedules.jobs import outbox as outbox_jobs
from schedules.jobs import upkeep
from schedules.runner import Entry, Tools, hold_lease, run
from schedules.timetable import TIMETABLE
from tests.fixtures.world import ZONE, World
from triage.levels import Level


def tools_of(world: World, *, bot_answers: bool = True) -> Tools:
    def hear(_request: httpx.Request) -> httpx.Response:
        if not bot_answers:
            raise httpx.ConnectError("away")
        return httpx.Response(200, json={"messages": [{"text": "heard"}]})

    line = BotLine(client=httpx.Client(transport=httpx.MockTransport(hear)), url="http://127.0.0.1:1", token="t")
    return Tools(sessions=world.sessions, clock=world.clock, line=line, timezone=ZONE)


@pytest.fixture
def tools(world: World) -> Tools:
    return tools_of(world)


def bot_said(world: World, number: int) -> int:
    return sum(message.sender is Sender.BOT for message in world.messages(number))


def test_due_alarms_climb_and_the_others_do_not(world: World, tools: Tools) -> None:
    officer = next(iter(world.chain().values()))
    due = world.flag(world.person(), Level.EMERGENCY)
    too_early = world.flag(world.person(), Level.RED)
    answered, closed = world.flag(world.person(), Level.EMERGENCY), world.flag(world.person(), Level.ORANGE)
    with world.work() as session:
        actor = world.actor(session, officer)
        crises.acknowledge(session=session, case_id=answered, actor=actor, now=world.clock())
        crises.close(
            session=session,
            case_id=closed,
            seen_flag_id=seen_flags.newest(session=session, case_id=closed),
            actor=actor,
            reason="done",
            now=world.clock(),
            unchecked=crises.Unchecked(UncheckedReason.NOT_REACHED),
        )
    world.clock.advance(seconds=61)
    assert crisis_jobs.climb_unanswered(tools) == 1
    assert crisis_jobs.climb_unanswered(tools) == 0
    hops = {case_id: world.case(case_id).hops for case_id in (due, too_early, answered, closed)}
    assert hops == {due: 2, too_early: 1, answered: 1, closed: 1}


def test_after_a_night_without_scheduler_each_alarm_climbs_one_rung_at_once(world: World, tools: Tools) -> None:
    world.chain()
    case_id = world.flag(world.person(), Level.EMERGENCY)
    world.clock.advance(hours=9)
    assert crisis_jobs.climb_unanswered(tools) == 1
    assert world.case(case_id).hops == 2


def test_one_case_that_cannot_climb_stops_no_other(world: World, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    world.chain()
    broken, good = world.flag(world.person(), Level.EMERGENCY), world.flag(world.person(), Level.EMERGENCY)
    climb_if_due = crises.climb_if_due

    def fails_for_one(**given: object) -> bool:
        if given["case_id"] == broken:
            raise OperationalError("x", {}, Exception())
        return climb_if_due(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(crises, "climb_if_due", fails_for_one)
    world.clock.advance(seconds=61)
    assert crisis_jobs.climb_unanswered(tools) == 1
    assert world.case(good).hops == 2


@pytest.mark.parametrize(("seconds", "asked"), [(2, 0), (4, 1), (181, 0)])
def test_the_bot_is_asked_again_after_the_site_had_its_turn_and_before_it_is_stale(
    world: World, tools: Tools, seconds: float, asked: int
) -> None:
    number = world.person()
    world.says(number, "今天下雨了")
    world.clock.advance(seconds=seconds)
    outbox_jobs.ask_the_bot_again(tools)
    outbox_jobs.ask_the_bot_again(tools)
    assert bot_said(world, number) == asked


def test_a_worker_killed_with_the_errand_in_its_hands_blocks_it_for_half_a_minute(world: World, tools: Tools) -> None:
    number = world.person()
    world.says(number, "今天下雨了")
    with world.work() as session:
        session.scalars(select(OutboxRow)).one().claimed_until = world.clock() + timedelta(seconds=30)
    world.clock.advance(seconds=29)
    outbox_jobs.ask_the_bot_again(tools)
    assert bot_said(world, number) == 0
    world.clock.advance(seconds=2)
    outbox_jobs.ask_the_bot_again(tools)
    assert bot_said(world, number) == 1


def test_a_bot_that_is_away_is_not_asked_at_all_and_old_words_are_let_go(world: World) -> None:
    tools = tools_of(world, bot_answers=False)
    number = world.person()
    world.says(number, "今天下雨了")
    for _ in range(20):
        world.clock.advance(seconds=8)
        outbox_jobs.ask_the_bot_again(tools)
    with world.look() as session:
        row = session.scalars(select(OutboxRow)).one()
        assert (row.attempts, row.given_up_at) == (0, None)
    world.clock.advance(seconds=30)
    outbox_jobs.ask_the_bot_again(tools)
    with world.look() as session:
        assert session.scalars(select(OutboxRow)).one().last_error == "stale"


def test_a_bot_that_breaks_on_a_message_is_asked_less_and_less_often(world: World) -> None:
    tools = tools_of(world)

    def breaks_on_turns(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if request.method == "GET" else 500)

    line = BotLine(
        client=httpx.Client(transport=httpx.MockTransport(breaks_on_turns)), url="http://127.0.0.1:1", token="t"
    )
    tools = Tools(sessions=tools.sessions, clock=tools.clock, line=line, timezone=ZONE)
    world.says(world.person(), "今天下雨了")
    for _ in range(120):
        world.clock.advance(seconds=1)
        outbox_jobs.ask_the_bot_again(tools)
    with world.look() as session:
        assert 4 <= session.scalars(select(OutboxRow)).one().attempts <= 7


def test_a_notice_is_sent_once_and_only_while_somebody_must_answer(world: World, tools: Tools) -> None:
    officer = next(iter(world.chain().values()))
    world.flag(world.person(), Level.RED)
    taken = world.flag(world.person(), Level.RED)
    with world.work() as session:
        crises.acknowledge(session=session, case_id=taken, actor=world.actor(session, officer), now=world.clock())
    assert outbox_jobs.send_notices(tools) == 2
    assert outbox_jobs.send_notices(tools) == 0
    with world.look() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.CRISIS_NOTICE)).all()
        ends = {row.payload["case_id"]: (row.delivered_at is not None, row.last_error) for row in rows}
    assert ends[taken] == (False, "no_longer_needed")
    assert sum(delivered for delivered, _ in ends.values()) == 1


def test_only_old_events_are_forgotten(world: World, tools: Tools) -> None:
    world.says(world.person(), "早")
    world.clock.advance(hours=2, seconds=1)
    world.says(world.person(), "晚")
    with world.look() as session:
        before = len(session.scalars(select(LiveEvent)).all())
    forgotten = upkeep.forget_old_events(tools)
    assert 0 < forgotten < before
    assert upkeep.forget_old_events(tools) == 0


def test_a_broken_sweep_is_noted_and_passes_no_exception_on(world: World, tools: Tools) -> None:
    def breaks(_tools: Tools) -> int:
        raise RuntimeError("with somebody's words in it")

    run(Entry("breaks", breaks, timedelta(seconds=1)), tools)
    run(Entry("works", lambda _tools: 3, timedelta(seconds=1)), tools)
    with world.look() as session:
        broken, works = session.get_one(Heartbeat, "breaks"), session.get_one(Heartbeat, "works")
    assert (broken.failure, broken.failed_at) == ("RuntimeError", world.clock())
    assert (works.failure, works.count) == (None, 3)


def test_a_quiet_sweep_beats_only_now_and_then(world: World, tools: Tools) -> None:
    entry = Entry("quiet", lambda _tools: 0, timedelta(seconds=1))
    run(entry, tools)
    first = world.clock()
    world.clock.advance(seconds=1)
    run(entry, tools)
    with world.look() as session:
        assert session.get_one(Heartbeat, "quiet").at == first
    world.clock.advance(seconds=5)
    run(entry, tools)
    with world.look() as session:
        assert session.get_one(Heartbeat, "quiet").at == world.clock()


def test_of_two_schedulers_one_leads_until_its_lease_ends(world: World, tools: Tools) -> None:
    assert hold_lease(tools, "first")
    assert not hold_lease(tools, "second")
    world.clock.advance(seconds=15)
    assert hold_lease(tools, "first")
    world.clock.advance(seconds=15)
    assert not hold_lease(tools, "second")
    world.clock.advance(seconds=10)
    assert hold_lease(tools, "second")
    assert not hold_lease(tools, "first")


def test_a_lease_from_the_future_does_not_stop_the_alarms(world: World, tools: Tools) -> None:
    assert hold_lease(tools, "first")
    with world.work() as session:
        session.get_one(Lease, runner.LEASE_NAME).until = world.clock() + timedelta(days=2)
    assert hold_lease(tools, "second")


def test_every_sweep_is_named_once_and_the_alarm_sweep_comes_first() -> None:
    names = [entry.name for entry in TIMETABLE]
    assert len(set(names)) == len(names)
    assert TIMETABLE[0].sweep is crisis_jobs.climb_unanswered
    assert TIMETABLE[0].every <= timedelta(seconds=5)
    assert all(entry.sweep.__doc__ for entry in TIMETABLE)
