"""Public holidays as rows: published, computed and marked, decreed and never overwritten."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from care import holidays
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.holidays import DayKind, DaySource, SpecialDay
from models.staff import RoleName, StaffMember
from tests.fixtures.world import World


def seed(world: World, *years: int) -> int:
    with world.work() as session:
        return holidays.seed(session=session, years=years, now=world.clock())


def day(world: World, when: date) -> SpecialDay | None:
    with world.look() as session:
        found = session.get(SpecialDay, when)
        session.expunge_all()
        return found


def test_a_published_year_is_taken_as_it_was_published(any_world: World) -> None:
    assert seed(any_world, 2026) == 39
    assert seed(any_world, 2026) == 0
    spring, saturday = day(any_world, date(2026, 2, 17)), day(any_world, date(2026, 2, 14))
    assert spring is not None
    assert (spring.kind, spring.name_zh, spring.source) == (DayKind.HOLIDAY, "春节", DaySource.PUBLISHED)
    assert saturday is not None
    # It makes up for Friday, 20 February.
    assert (saturday.kind, saturday.plan_weekday) == (DayKind.MAKE_UP, 4)
    assert day(any_world, date(2026, 2, 13)) is None


def test_a_year_to_come_is_computed_and_says_so(world: World) -> None:
    seed(world, 2028)
    new_year = day(world, date(2028, 1, 1))
    assert new_year is not None
    assert (new_year.source, new_year.name_zh) == (DaySource.PROVISIONAL, "元旦")


def test_a_notice_that_comes_out_replaces_what_was_computed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(holidays, "_published", lambda _year: {})
        seed(world, 2026)
    assert day(world, date(2026, 2, 14)) is None
    assert seed(world, 2026) > 0
    with world.look() as session:
        assert set(session.scalars(select(SpecialDay.source))) == {DaySource.PUBLISHED}
        assert len(session.scalars(select(SpecialDay.day)).all()) == 39


def test_a_decree_stands_above_the_library_and_leaves_a_trace(any_world: World) -> None:
    lead = any_world.colleague("lead", RoleName.BASE_MANAGER)
    seed(any_world, 2026)
    with any_world.work() as session:
        actor = session.get_one(StaffMember, lead)
        common = {"session": session, "actor": actor, "now": any_world.clock()}
        holidays.decree(day=date(2026, 3, 8), kind=DayKind.HOLIDAY, name_zh="妇女节", name_en="", **common)
        holidays.move(day=date(2026, 5, 9), to_day=date(2026, 5, 10), **common)
    assert seed(any_world, 2026) == 0
    moved, ordinary = day(any_world, date(2026, 5, 10)), day(any_world, date(2026, 5, 9))
    assert moved is not None
    assert (moved.kind, moved.plan_weekday, moved.source) == (DayKind.MAKE_UP, 1, DaySource.DECREE)
    assert ordinary is not None
    assert (ordinary.kind, ordinary.source) == (None, DaySource.DECREE)
    with any_world.look() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.verb == "holiday.decree")).all()
        assert [entry.details["day"] for entry in entries] == ["2026-03-08", "2026-05-09", "2026-05-10"]


@pytest.mark.parametrize(
    ("start", "target", "refusal"),
    [
        (date(2026, 3, 3), date(2026, 3, 4), Refusal.NOT_FOUND),
        (date(2026, 5, 1), date(2026, 5, 1), Refusal.WRONG_VALUE),
        (date(2026, 5, 1), date(2026, 5, 2), Refusal.ALREADY_THERE),
    ],
)
def test_moves_that_cannot_be_meant(world: World, start: date, target: date, refusal: Refusal) -> None:
    lead = world.colleague("lead", RoleName.BASE_MANAGER)
    seed(world, 2026)
    with world.work() as session, pytest.raises(Refused) as refused:
        holidays.move(
            session=session,
            actor=session.get_one(StaffMember, lead),
            day=start,
            to_day=target,
            now=world.clock(),
        )
    assert refused.value.refusal is refusal
