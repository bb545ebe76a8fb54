"""With the scheduler dead and no page open, a thread of the site lets alarms climb, one process at a time."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from models.duty import DutyPosition
from models.live import Heartbeat, Lease
from models.staff import RoleName
from tests.fixtures.desk import DeskSite
from triage.levels import Level
from web import app as entrance
from web.common.night_watch import NightWatch
from web.common.watchman import LEASE_NAME, Watchman


@pytest.fixture
def base(desk_site: DeskSite) -> DeskSite:
    """A base with two rungs whose scheduler has just beaten; nobody is signed in."""
    with desk_site.work() as session:
        session.merge(Heartbeat(name="scheduler", at=desk_site.clock(), count=0))
    for role, position in (
        (RoleName.DUTY_OFFICER, DutyPosition.ON_CALL),
        (RoleName.SUPERVISOR, DutyPosition.SUPERVISOR),
    ):
        desk_site.turn(desk_site.colleague(role), position=position)
    desk_site.app.extensions["watchman"].every = 0.0
    return desk_site


def test_with_no_page_open_a_dead_scheduler_s_alarms_climb(base: DeskSite) -> None:
    watch = NightWatch(base.app)
    case_id = base.case(base.person(), Level.EMERGENCY)
    watch.look_once()
    assert base.stored_case(case_id).hops == 1, "the scheduler beats, and it is its work"
    base.clock.advance(seconds=61)
    watch.look_once()
    assert base.stored_case(case_id).hops == 3
    base.clock.advance(seconds=61)
    watch.look_once()
    assert base.stored_case(case_id).hops > 3


def test_the_scheduler_is_back_and_the_watch_rests(base: DeskSite) -> None:
    watch, case_id = NightWatch(base.app), base.case(base.person(), Level.EMERGENCY)
    base.clock.advance(seconds=61)
    watch.look_once()
    with base.work() as session:
        session.merge(Heartbeat(name="scheduler", at=base.clock() + timedelta(seconds=61), count=0))
    base.clock.advance(seconds=61)
    hops = base.stored_case(case_id).hops
    watch.look_once()
    assert base.stored_case(case_id).hops == hops


def test_one_process_at_a_time_watches_and_another_follows_one_that_died(base: DeskSite) -> None:
    first, second = Watchman(every=0.0, holder="first"), Watchman(every=0.0, holder="second")
    case_id = base.case(base.person(), Level.EMERGENCY)

    def look(watchman: Watchman) -> int:
        base.app.extensions["watchman"] = watchman
        NightWatch(base.app).look_once()
        return base.stored_case(case_id).hops

    base.clock.advance(seconds=61)
    hops = look(first)
    assert hops == 3
    base.clock.advance(seconds=4)
    with base.look() as session:
        lease = session.get_one(Lease, LEASE_NAME)
        assert lease.holder == "first"
    # The second has nothing to do while the first is alive, and all of it once the lease has run out.
    base.clock.advance(seconds=57)
    with base.work() as session:
        session.get_one(Lease, LEASE_NAME).until = base.clock() + timedelta(seconds=1)
    assert look(second) == hops
    base.clock.advance(seconds=2)
    assert look(second) > hops


def test_a_look_that_fails_does_not_end_the_watch(base: DeskSite) -> None:
    looks, twice = [], threading.Event()

    class Failing(Watchman):
        def look(self) -> None:
            looks.append(1)
            if len(looks) == 2:
                twice.set()
            raise RuntimeError

    base.app.extensions["watchman"] = Failing()
    watch = NightWatch(base.app, every=0.001)
    watch.start()
    assert twice.wait(10)
    watch.stop()


def test_the_site_starts_the_watch_only_for_a_server(base: DeskSite, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "night_watch" not in base.app.extensions
    monkeypatch.setattr(entrance, "create_app", lambda: base.app)
    found = entrance.serve().extensions
    watches = [found.pop(name) for name in ("night_watch", "night_post")]
    try:
        running = {one.name for one in threading.enumerate() if one.daemon}
        assert {"night-watch", "night-post"} <= running
    finally:
        for watch in watches:
            watch.stop()
    assert not {one.name for one in threading.enumerate()} & {"night-watch", "night-post"}
