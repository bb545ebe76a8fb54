"""The unit of work: all or nothing, one writer at a time, and a read before it never blocks it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text

from models.database import open_engine, writing
from models.stations import Station
from tests.fixtures.world import World, at_once


def _station(slug: str) -> Station:
    return Station(slug=slug, name_zh="东站", name_en="East")


def _slugs(world: World) -> list[str]:
    with world.look() as session:
        return list(session.scalars(select(Station.slug).order_by(Station.slug)))


def test_a_failure_in_the_middle_leaves_no_trace(any_world: World) -> None:
    def store_and_fail() -> None:
        with any_world.work() as session:
            session.add(_station("east"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        store_and_fail()
    assert _slugs(any_world) == []


def test_the_next_unit_of_work_can_begin_after_a_failure(any_world: World) -> None:
    with pytest.raises(RuntimeError), any_world.work():
        raise RuntimeError
    with any_world.work() as session:
        session.add(_station("west"))
    assert _slugs(any_world) == ["west"]


def test_a_read_before_the_write_does_not_turn_into_a_locked_database(world: World) -> None:
    with world.sessions() as early:
        early.scalars(select(Station)).all()
        with world.work() as other:
            other.add(_station("east"))
        # A read snapshot that is older than the last write cannot become a write lock in SQLite.
        with writing(early):
            early.add(_station("west"))
    assert _slugs(world) == ["east", "west"]


def test_writers_queue_and_none_is_turned_away(any_world: World) -> None:
    def write(number: int) -> None:
        with any_world.work() as session:
            session.add(_station(f"s{number:02d}"))

    results = at_once(*[lambda number=number: write(number) for number in range(24)])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert len(_slugs(any_world)) == 24


def test_a_writer_in_another_process_is_waited_for(world: World) -> None:
    hold = (
        "import sqlite3, sys, time\n"
        f"c = sqlite3.connect({str(world.engine.url.database)!r}, isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE')\n"
        "print('held', flush=True)\n"
        "sys.stdin.readline()\n"
        "c.execute('COMMIT')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"

        def let_go() -> None:
            assert other.stdin is not None
            other.stdin.write("\n")
            other.stdin.flush()

        def write() -> None:
            with world.work() as session:
                session.add(_station("east"))

        results = at_once(write, let_go)
    assert results == [None, None]
    assert _slugs(world) == ["east"]


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")])
def test_a_confirmed_message_survives_a_power_cut(migrated_file: Path, pragma: str, value: str) -> None:
    engine = open_engine(f"sqlite:///{migrated_file}")
    with engine.connect() as connection:
        assert str(connection.execute(text(f"PRAGMA {pragma}")).scalar()) == value
    engine.dispose()
