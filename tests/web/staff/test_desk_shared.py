"""One reading of the desk serves many consoles, is never older than its event, and tells each its own."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import g

from care import desk
from models.staff import RoleName, StaffMember
from tests.fixtures.desk import DeskSite
from tests.fixtures.world import at_once
from triage.levels import Level
from web.common.database import reading
from web.staff import desk_shared, desk_state
from web.staff.desk_shared import SharedDesk


class Elapsed:
    """A clock of the test's own, in seconds."""

    def __init__(self) -> None:
        self.moment = 100.0

    def __call__(self) -> float:
        return self.moment


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect one entry for each time that the desk is really read."""
    done: list[str] = []
    real = desk_state.shared

    def counted(**given: Any) -> desk_state.Shared:
        done.append(g.language)
        return real(**given)

    monkeypatch.setattr(desk_state, "shared", counted)
    return done


def _read(site: DeskSite, shared: SharedDesk, *, after: float, language: str = "en") -> desk_state.Shared:
    with site.app.app_context():
        g.language = language
        return shared.read(after=after)


def _cases(found: desk_state.Shared) -> list[int]:
    return [row["id"] for row, _taken_by, _closed_by in found.cases]


def test_consoles_woken_by_the_same_event_share_one_reading(
    desk_site: DeskSite, readings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine of the test is.
    monkeypatch.setattr(desk_shared, "PATIENCE", 60.0)
    elapsed, found = Elapsed(), []
    shared = SharedDesk(elapsed)
    at_once(*[lambda: found.append(_read(desk_site, shared, after=elapsed()))] * 8)
    assert len(found) == 8
    assert readings == ["en"]


def test_reading_that_began_before_the_event_is_not_told_again(desk_site: DeskSite, readings: list[str]) -> None:
    elapsed, conversation_id = Elapsed(), desk_site.person()
    shared = SharedDesk(elapsed)
    assert _cases(_read(desk_site, shared, after=elapsed())) == []
    case_id = desk_site.case(conversation_id)
    # Whoever was told of the case after that reading began needs another, however short the time between them.
    elapsed.moment += 0.001
    assert _cases(_read(desk_site, shared, after=elapsed())) == [case_id]
    assert len(readings) == 2


def test_session_that_has_read_before_still_finds_the_new_case(desk_site: DeskSite) -> None:
    elapsed, conversation_id = Elapsed(), desk_site.person()
    shared, told = SharedDesk(elapsed), []
    with desk_site.app.app_context():
        g.language = "en"
        # The session holds an old view of the database when the case is committed elsewhere.
        desk.recent(session=reading())
        thread = threading.Thread(target=lambda: told.append(desk_site.case(conversation_id)))
        thread.start()
        thread.join()
        assert _cases(shared.read(after=elapsed())) == told


def test_clocks_run_on_without_an_event(desk_site: DeskSite, readings: list[str]) -> None:
    elapsed = Elapsed()
    shared = SharedDesk(elapsed)
    _read(desk_site, shared, after=0.0)
    elapsed.moment += desk_shared.LONGEST
    _read(desk_site, shared, after=0.0)
    assert len(readings) == 1
    elapsed.moment += 0.001
    _read(desk_site, shared, after=0.0)
    assert len(readings) == 2


def test_a_console_is_not_told_the_same_reading_twice(desk_site: DeskSite, readings: list[str]) -> None:
    shared = SharedDesk(Elapsed())
    with desk_site.app.app_context():
        g.language = "en"
        first = shared.read(after=0.0)
        second = shared.read(after=0.0, told=first)
        # Who has not been told the newest shares it.
        assert shared.read(after=0.0, told=first) is second is not first
    assert len(readings) == 2


def test_each_language_is_read_for_itself(desk_site: DeskSite, readings: list[str]) -> None:
    desk_site.case(desk_site.person())
    shared = SharedDesk(Elapsed())
    english = _read(desk_site, shared, after=0.0)
    chinese = _read(desk_site, shared, after=0.0, language="zh-CN")
    assert readings == ["en", "zh-CN"]
    assert english.cases[0][0]["level_name"] != chinese.cases[0][0]["level_name"]


def test_a_reading_that_hangs_does_not_hold_the_other_consoles(
    desk_site: DeskSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_shared, "PATIENCE", 0.01)
    shared, case_id = SharedDesk(), desk_site.case(desk_site.person())
    with shared._lock:
        assert _cases(_read(desk_site, shared, after=0.0)) == [case_id]


def test_a_reading_that_fails_is_not_the_last_word(desk_site: DeskSite, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, case_id = SharedDesk(), desk_site.case(desk_site.person())

    def fails(**_given: Any) -> desk_state.Shared:
        raise OSError("disk")

    with monkeypatch.context() as broken:
        broken.setattr(desk_state, "shared", fails)
        with pytest.raises(OSError, match="disk"):
            _read(desk_site, shared, after=0.0)
    assert _cases(_read(desk_site, shared, after=0.0)) == [case_id]


def test_shared_reading_tells_each_colleague_what_is_theirs(desk_site: DeskSite) -> None:
    mine, other, free = desk_site.person(), desk_site.person(), desk_site.person()
    desk_site.case(mine, Level.RED)
    names = [desk_site.colleague(RoleName.DUTY_OFFICER), desk_site.colleague(RoleName.COUNSELOR)]
    desk_site.turn(names[0])
    with desk_site.work() as session:
        people = [session.query(StaffMember).filter_by(username=name).one() for name in names]
        for conversation_id, person in zip((mine, other), people, strict=True):
            desk.take_over(session=session, conversation_id=conversation_id, actor=person, now=desk_site.clock())
    with desk_site.look() as session:
        g.language = "en"
        found = desk_state.shared(session=session, now=desk_site.clock())
        seen = [
            desk_state.for_colleague(found, session.query(StaffMember).filter_by(username=name).one()) for name in names
        ]
    assert [[row["id"] for row in one["mine"]] for one in seen] == [[mine], [other]]
    assert [{row["id"] for row in one["recent"]} for one in seen] == [{other, free}, {mine, free}]
    assert [one["cases"][0]["mine"] for one in seen] == [True, False]
    assert [one["duty"]["state"] for one in seen] == ["expected", "none"]
