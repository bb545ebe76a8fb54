"""With a stopped scheduler the site itself raises the alarm and lets cases climb, whoever asks for the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from care import crises, intervention_alarms, reply_alarms
from models.duty import DutyPosition
from models.heartbeat import SchedulerOutage
from models.live import Heartbeat
from models.staff import RoleName
from tests.fixtures.desk import Browser, DeskSite
from tests.fixtures.world import at_once
from triage.levels import Level


class Elapsed:
    """A monotonic clock that moves only when a test moves it."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def elapsed(desk_site: DeskSite) -> Elapsed:
    watchman = desk_site.app.extensions["watchman"]
    watchman.elapsed, watchman.every = Elapsed(), 0.0
    return watchman.elapsed


@pytest.fixture
def officer(desk_site: DeskSite, elapsed: Elapsed) -> Browser:
    """A duty officer at the desk of a base with two rungs, whose scheduler has just beaten."""
    _beat(desk_site)
    name = desk_site.colleague(RoleName.DUTY_OFFICER)
    desk_site.turn(name)
    desk_site.turn(desk_site.colleague(RoleName.SUPERVISOR), position=DutyPosition.SUPERVISOR)
    browser = desk_site.browser()
    browser.sign_in(name)
    return browser


def _beat(site: DeskSite) -> None:
    with site.work() as session:
        session.merge(Heartbeat(name="scheduler", at=site.clock(), count=0))


def _wait(site: DeskSite, elapsed: Elapsed, seconds: float) -> None:
    site.clock.advance(seconds=seconds)
    elapsed.seconds += seconds


def _outages(site: DeskSite) -> list[tuple[Any, Any, int]]:
    with site.look() as session:
        return [(one.noticed_at, one.ended_at, one.climbed) for one in session.query(SchedulerOutage)]


def test_while_the_scheduler_beats_a_screen_changes_nothing(
    desk_site: DeskSite, officer: Browser, elapsed: Elapsed
) -> None:
    case_id = desk_site.case(desk_site.person(), Level.EMERGENCY)
    _wait(desk_site, elapsed, 61)
    _beat(desk_site)
    assert officer.json("/staff/watch").get_json() == {"scheduler": True}
    officer.json("/staff/queue/state")
    assert (desk_site.stored_case(case_id).hops, _outages(desk_site)) == (1, [])


@pytest.mark.parametrize(
    "ask",
    [
        lambda browser: browser.json("/staff/queue/state"),
        lambda browser: browser.json("/staff/watch"),
        lambda browser: browser.get("/staff/"),
        lambda browser: browser.get("/health"),
    ],
)
def test_with_a_stopped_scheduler_whoever_asks_lets_overdue_alarms_climb(
    desk_site: DeskSite, officer: Browser, elapsed: Elapsed, ask: Callable[[Browser], Any]
) -> None:
    due = desk_site.case(desk_site.person(), Level.EMERGENCY)
    too_early = desk_site.case(desk_site.person(), Level.RED)
    _wait(desk_site, elapsed, 61)
    ask(officer)
    assert [desk_site.stored_case(one).hops for one in (due, too_early)] == [3, 1]
    assert desk_site.stored_case(due).climbs_at == desk_site.clock() + timedelta(seconds=60)
    assert _outages(desk_site) == [(desk_site.clock(), None, 1)]


def test_every_screen_says_what_to_do_until_the_scheduler_is_back(
    desk_site: DeskSite, officer: Browser, elapsed: Elapsed
) -> None:
    _wait(desk_site, elapsed, 31)
    page = officer.get("/staff/").get_data(as_text=True)
    assert 'data-system="scheduler" role="alert">' in page
    assert "Phone the administrator" in page
    assert 'data-watch="/staff/watch"' in officer.get("/staff/my-day").get_data(as_text=True)
    assert officer.json("/staff/watch").get_json() == {"scheduler": False}
    _beat(desk_site)
    assert officer.json("/staff/watch").get_json() == {"scheduler": True}
    assert 'data-system="scheduler" role="alert" hidden>' in officer.get("/staff/").get_data(as_text=True)
    ((noticed, ended, climbed),) = _outages(desk_site)
    assert (noticed, ended, climbed) == (desk_site.clock(), desk_site.clock(), 0)


def test_a_clock_set_back_over_a_dead_scheduler_is_noticed(
    desk_site: DeskSite, officer: Browser, elapsed: Elapsed
) -> None:
    case_id = desk_site.case(desk_site.person(), Level.EMERGENCY)
    # Given a clock that jumped back: everybody is signed out, and the last pulse lies an hour ahead.
    desk_site.clock.advance(hours=-1)
    assert officer.get("/health").get_json()["scheduler"]
    elapsed.seconds += 31
    assert not officer.get("/health").get_json()["scheduler"]
    # And the alarm whose time now lies an hour ahead climbs at once: past four rungs that were empty an hour ago.
    assert desk_site.stored_case(case_id).hops == 5


def test_ten_screens_that_ask_at_once_let_a_case_climb_one_rung(
    desk_site: DeskSite, officer: Browser, elapsed: Elapsed
) -> None:
    case_id = desk_site.case(desk_site.person(), Level.EMERGENCY)
    _wait(desk_site, elapsed, 61)

    def ask() -> int:
        return int(desk_site.app.test_client().get("/health").status_code)

    assert at_once(*[ask] * 10) == [503] * 10
    assert desk_site.stored_case(case_id).hops == 3
    assert len(_outages(desk_site)) == 1


def test_a_case_that_cannot_climb_spoils_neither_the_page_nor_the_other_cases(
    desk_site: DeskSite, officer: Browser, elapsed: Elapsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = [desk_site.case(desk_site.person(), Level.EMERGENCY) for _ in range(2)]
    climb_if_due = crises.climb_if_due

    def fails_for_one(**given: Any) -> bool:
        if given["case_id"] == broken:
            raise OperationalError("x", {}, Exception())
        return climb_if_due(**given)

    monkeypatch.setattr(crises, "climb_if_due", fails_for_one)
    _wait(desk_site, elapsed, 91)
    assert officer.json("/staff/queue/state").status_code == 200
    assert [desk_site.stored_case(one).hops for one in (broken, good)] == [1, 3]
    # What nobody let climb is told to whoever watches the site.
    assert officer.json("/health").get_json()["alarms_late"] == 1


@pytest.mark.parametrize("where", ["climb_if_due", "due_to_climb"])
def test_no_failure_of_any_kind_stops_the_other_alarms_and_its_words_stay_out_of_the_log(
    desk_site: DeskSite,
    officer: Browser,
    elapsed: Elapsed,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    where: str,
) -> None:
    desk_site.case(desk_site.person(), Level.EMERGENCY)
    rung: list[str] = []

    def breaks(**_given: Any) -> bool:
        raise KeyError("我不想活了")

    monkeypatch.setattr(crises, where, breaks)
    monkeypatch.setattr(reply_alarms, "due", lambda **_given: [7])
    monkeypatch.setattr(reply_alarms, "ring", breaks)
    monkeypatch.setattr(intervention_alarms, "due", lambda **_given: [8])
    monkeypatch.setattr(intervention_alarms, "ring", lambda **_given: rung.append("way"))
    _wait(desk_site, elapsed, 61)
    assert officer.json("/staff/queue/state").status_code == 200
    assert rung == ["way"]
    assert desk_site.app.extensions["watchman"].failures == {"case": 1, "line": 1}
    assert "不想活" not in caplog.text
    assert officer.json("/health").get_json()["watch_failures"] >= 2


def test_a_screen_that_asks_all_the_time_looks_every_two_seconds(
    desk_site: DeskSite, officer: Browser, elapsed: Elapsed
) -> None:
    desk_site.app.extensions["watchman"].every = 2.0
    officer.json("/staff/watch")
    case_id = desk_site.case(desk_site.person(), Level.EMERGENCY)
    desk_site.clock.advance(seconds=61)
    elapsed.seconds += 1
    officer.json("/staff/watch")
    assert desk_site.stored_case(case_id).hops == 1
    elapsed.seconds += 1
    officer.json("/staff/watch")
    assert desk_site.stored_case(case_id).hops == 3


def test_a_volunteer_is_not_asked_to_watch(desk_site: DeskSite, elapsed: Elapsed) -> None:
    browser = desk_site.signed_in(RoleName.VOLUNTEER)
    assert browser.json("/staff/watch").status_code == 403
    assert "data-watch" not in browser.get("/staff/my-day").get_data(as_text=True)
