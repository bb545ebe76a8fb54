"""The scheduler's silence is noticed, also behind a clock that was set back, and noted once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from care import heartbeat
from care.heartbeat import Pulse, Watch
from models.heartbeat import SchedulerOutage
from models.live import Heartbeat, LiveEvent
from tests.fixtures.world import MONDAY_MORNING, World, at_once
from triage.levels import Level

NOW = MONDAY_MORNING


def _silent(watch: Watch, beat_before_now: float, elapsed: float = 0.0) -> bool:
    beat = Pulse(NOW - timedelta(seconds=beat_before_now))
    return watch.is_silent(beat=beat, now=NOW, elapsed=elapsed)


@pytest.mark.parametrize(("seconds", "silent"), [(0, False), (30, False), (31, True)])
def test_half_a_minute_without_a_sign_of_life_is_silence(seconds: int, silent: bool) -> None:
    assert _silent(Watch(), seconds) is silent


def test_no_sign_of_life_at_all_is_silence() -> None:
    assert Watch().is_silent(beat=Pulse(None), now=NOW, elapsed=0.0)


def test_a_sweep_of_alarms_that_fails_is_silence_however_fresh_its_pulse() -> None:
    assert Watch().is_silent(beat=Pulse(NOW, failing=True), now=NOW, elapsed=0.0)


def test_a_pulse_in_the_future_counts_only_while_it_changes() -> None:
    # Given a clock that was set back by an hour: the stored pulse looks fresh for that hour.
    watch = Watch()
    assert not _silent(watch, -3600, elapsed=100)
    assert not _silent(watch, -3600, elapsed=130)
    # When half a minute has passed by the clock that nobody can set
    assert _silent(watch, -3600, elapsed=131)
    # Then a new sign of life ends the silence, whatever the wall clock says.
    assert not _silent(watch, -3601, elapsed=132)


def _beat(world: World, name: str, *, failed: bool = False) -> None:
    with world.work() as session:
        row = session.merge(Heartbeat(name=name, at=world.clock(), count=0))
        row.failed_at = world.clock() if failed else None


def _pulse(world: World) -> Pulse:
    with world.look() as session:
        return heartbeat.pulse(session=session)


def test_the_older_of_process_and_sweep_of_alarms_is_the_pulse(world: World) -> None:
    assert _pulse(world) == Pulse(None)
    _beat(world, "climb-unanswered")
    first = world.clock()
    world.clock.advance(seconds=20)
    _beat(world, "scheduler")
    # The decoy: another sweep that beats says nothing about alarms.
    world.clock.advance(seconds=20)
    _beat(world, "send-notices")
    assert _pulse(world) == Pulse(first)


def test_a_sweep_that_failed_last_is_told_of_until_it_works_again(world: World) -> None:
    _beat(world, "scheduler")
    _beat(world, "climb-unanswered", failed=True)
    assert _pulse(world).failing
    world.clock.advance(seconds=2)
    with world.work() as session:
        session.get_one(Heartbeat, "climb-unanswered").at = world.clock()
    assert not _pulse(world).failing


def _note(world: World) -> int:
    with world.work() as session:
        return heartbeat.note_silence(session=session, last_beat_at=None, now=world.clock()).id


def test_two_screens_that_notice_the_same_silence_note_one_outage(any_world: World) -> None:
    found = at_once(*[lambda: _note(any_world)] * 4)
    assert len(set(found)) == 1, found
    with any_world.look() as session:
        assert session.query(SchedulerOutage).count() == 1
        told = session.query(LiveEvent).filter_by(channel="desk", kind="scheduler").count()
        assert told == 1


def test_an_outage_ends_once_and_never_before_it_began(world: World) -> None:
    _note(world)
    world.clock.advance(hours=-1)
    for expected in (True, False):
        with world.work() as session:
            assert heartbeat.note_return(session=session, now=world.clock()) is expected
    with world.look() as session:
        (outage,) = heartbeat.outages(session=session)
        assert outage.ended_at == outage.noticed_at


def test_only_alarms_that_nobody_let_climb_are_late(world: World) -> None:
    world.chain()
    late = world.flag(world.person(), Level.EMERGENCY)
    world.flag(world.person(), Level.RED)
    with world.look() as session:
        for seconds, count in ((60, 0), (30, 0), (1, 1)):
            world.clock.advance(seconds=seconds)
            assert heartbeat.late_alarms(session=session, now=world.clock()) == count
    assert world.case(late).hops == 1
