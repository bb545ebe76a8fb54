"""Is a flag lost when the house breaks at a random moment? Breaks it on purpose, and then looks for every line."""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from bench.crisis_chain.fault_kinds import DATABASE, Blow, Fault, Scene, planned
from bench.crisis_chain.fault_writers import Line, Tally, Writers
from bench.crisis_chain.house import house, open_doors
from care import crises
from models.conversations import Conversation, Message, Sender
from models.crises import CrisisCase, CrisisFlag, Escalation, FlagSource
from models.database import open_engine, writing
from models.outbox import OutboxKind, OutboxRow
from models.staff import StaffMember
from tests.fixtures.postgres import PostgresServer, running_postgres

HANDS = 5
# New people, and so new cases, all through the run: the first line of each opens a case and rings.
PEOPLE_PER_FAULT = 2.0
# What is left to ring and climb before somebody answers; a thousand cases that nobody answers would be another bench.
RINGS = timedelta(seconds=20)
# How often the officer looks; each look opens the database anew, which the house must not spend its time with.
LOOKS_EVERY = 4.0  # seconds
# A dead scheduler's lease lasts 20 s, its claim on an errand 30 s, and the pauses between tries grow to a minute.
TELLING = 120.0  # seconds
# A run of hours that is broken off has told what it saw until then.
TOLD_EVERY = 25


@dataclass
class Found:
    """What a run has done and what it left behind."""

    broken: Counter[Fault] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)
    died: Counter[str] = field(default_factory=Counter)
    # What must be zero, by its name.
    wrong: dict[str, int] = field(default_factory=dict)
    cases: int = 0
    seconds: float = 0.0


def inject(folder: Path, *, count: int, seed: int, postgres: bool, houses: int = 1) -> Found:
    """Break houses this many times in all while people write, mend them, and look for what they wrote.

    Each house is a platform with a database of its own and is broken alone; several side by side only use the time
    in which one waits for a process to start. The plan of each follows from the seed and the number of the house.
    """
    shares = [count // houses + (number < count % houses) for number in range(houses)]
    shares = [share for share in shares if share]
    # Started afresh, not forked: a queue of writers that is shared in a process must not couple two houses.
    with ProcessPoolExecutor(len(shares), mp_context=multiprocessing.get_context("spawn")) as pool:
        running = []
        for number, share in enumerate(shares):
            place = folder / f"house-{number}"
            place.mkdir()
            running.append(pool.submit(break_one_house, place, share, seed * 1000 + number, postgres))
        return _together([one.result() for one in running])


def _together(houses: list[Found]) -> Found:
    """Add up what was found in each house."""
    whole = Found(seconds=max(one.seconds for one in houses))
    for one in houses:
        whole.broken += one.broken
        whole.died += one.died
        whole.cases += one.cases
        whole.tally.add(one.tally)
        for what, number in one.wrong.items():
            whole.wrong[what] = whole.wrong.get(what, 0) + number
    return whole


def break_one_house(folder: Path, count: int, seed: int, postgres: bool) -> Found:
    """Break one house this many times."""
    found = Found()
    with ExitStack() as stack:
        server = stack.enter_context(running_postgres()) if postgres else None
        platform = stack.enter_context(house(folder, database_url=_database(server)))
        scene = Scene(platform, random.Random(seed), server)
        scene.start_bot()
        visitors = open_doors(platform, max(4 * HANDS, round(count * PEOPLE_PER_FAULT)))
        writers = Writers(platform, visitors, HANDS, seed)
        writers.start()
        started = looked = time.monotonic()
        told = 0
        for blow in planned(count, seed, postgres=postgres):
            _strike(scene, blow)
            writers.must_be_well()
            if time.monotonic() - looked > LOOKS_EVERY:
                _answer(platform.database_url)
                looked = time.monotonic()
            _hear_somebody(writers)
            found.broken.update(blow.faults)
            if found.broken.total() // TOLD_EVERY > told:
                told = found.broken.total() // TOLD_EVERY
                _tell(folder.name, platform.database_url, found, writers.tally)
        found.tally = writers.finish()
        found.seconds = time.monotonic() - started
        found.died.update(scene.died)
        untold = _untold(platform.database_url)
        _look(platform.database_url, found)
        found.wrong["alarms of before that nobody is told of once all is whole"] = untold
    return found


def _tell(name: str, database_url: str, found: Found, tally: Tally) -> None:
    """Say on stderr how many faults were judged and how many acknowledged lines are not in the database."""
    acknowledged = list(tally.acknowledged)
    engine = open_engine(database_url)
    with Session(engine) as session:
        stored = _stored(session)
    engine.dispose()
    lost = sum(not stored[line] for line in acknowledged)
    print(
        f"{name}: {found.broken.total()} faults, {len(acknowledged)} acknowledged lines judged, {lost} lost",
        file=sys.stderr,
        flush=True,
    )


def _database(server: PostgresServer | None) -> str | None:
    if server is None:
        return None
    server.administer(f"CREATE DATABASE {DATABASE}")
    # The server of the tests does not wait for its log; what was acknowledged here must outlive the server's death.
    server.administer(f"ALTER DATABASE {DATABASE} SET synchronous_commit = on")
    return server.url(DATABASE)


def _strike(scene: Scene, blow: Blow) -> None:
    time.sleep(blow.calm)
    with ExitStack() as broken:
        for fault in blow.faults:
            broken.enter_context(scene.broken(fault))
        time.sleep(blow.lasts)
    scene.wait_until_whole()


def _hear_somebody(writers: Writers) -> None:
    """Wait until words arrive again: a house that is broken before anybody can write proves nothing."""
    heard, deadline = len(writers.tally.acknowledged), time.monotonic() + 20
    while len(writers.tally.acknowledged) == heard and time.monotonic() < deadline:
        time.sleep(0.05)


def _answer(database_url: str) -> None:
    """Let an officer speak with whoever has rung for a while; the next line of the person rings again."""
    engine, now = open_engine(database_url), datetime.now(UTC)
    with Session(engine) as session:
        officer = session.scalars(select(StaffMember).order_by(StaffMember.id)).first()
        assert officer is not None
        ringing = session.scalars(
            select(CrisisCase.beneficiary_id).where(
                CrisisCase.closed_at.is_(None), CrisisCase.climbs_at.is_not(None), CrisisCase.raised_at < now - RINGS
            )
        ).all()
        for beneficiary_id in ringing:
            with writing(session):
                crises.note_contact(session=session, beneficiary_id=beneficiary_id, actor=officer, now=now)
    engine.dispose()


def _untold(database_url: str) -> int:
    """Wait until every alarm is told; return how many are not although all has been whole for long enough."""
    engine, whole_since = open_engine(database_url), datetime.now(UTC)
    left = (
        select(func.count())
        .select_from(OutboxRow)
        .where(
            or_(OutboxRow.kind == OutboxKind.CRISIS_NOTICE, OutboxRow.urgent),
            OutboxRow.created_at < whole_since,
            OutboxRow.delivered_at.is_(None),
            OutboxRow.given_up_at.is_(None),
        )
    )
    deadline, untold = time.monotonic() + TELLING, 1
    while untold and time.monotonic() < deadline:
        time.sleep(0.5)
        with Session(engine) as session:
            untold = session.scalar(left) or 0
    engine.dispose()
    return untold


def _look(database_url: str, found: Found) -> None:
    """Look for every line, its flag, its case and the alarm of the case."""
    engine = open_engine(database_url)
    with Session(engine) as session:
        stored = _stored(session)
        flags = _flags(session)
        talks = {line.conversation_id for line in found.tally.sent}
        ours = set(session.scalars(select(Conversation.beneficiary_id).where(Conversation.id.in_(talks))))
        cases = session.execute(
            select(CrisisCase.id, CrisisCase.beneficiary_id, CrisisCase.hops, CrisisCase.closed_at).where(
                CrisisCase.beneficiary_id.in_(ours)
            )
        ).all()
        found.cases = len(cases)
        open_cases = Counter(case.beneficiary_id for case in cases if case.closed_at is None)
        hops, rung = _hops(session)
        errands = set(session.scalars(select(OutboxRow.dedupe_key)))
        told = [line for line in found.tally.acknowledged if stored[line]]
        found.wrong = {
            "acknowledged lines that are lost": len(found.tally.acknowledged) - len(told),
            "lines stored twice": sum(stored[line] > 1 for line in found.tally.sent),
            "acknowledged lines without their flag on a case of theirs": sum(flags[line] != 1 for line in told),
            "cases without alarm": sum(case.hops < 1 or hops[case.id] != case.hops for case in cases),
            "alarms without errand": sum(
                f"case-{case.id}-hop-{hop}" not in errands for case in cases for hop in {*rung[case.id], case.hops}
            ),
            "people with two open cases": sum(number > 1 for number in open_cases.values()),
            "lines answered twice by the bot": _answered_twice(session),
            "lines that never got an answer": len(found.tally.unanswered),
            "lines turned away for good": found.tally.turned_away.total(),
            "database damaged": _damaged(session),
        }
    engine.dispose()


def _stored(session: Session) -> Counter[Line]:
    rows = session.execute(
        select(Message.conversation_id, Message.client_key).where(
            Message.sender == Sender.PERSON, Message.client_key.is_not(None)
        )
    )
    return Counter(Line(row.conversation_id, str(row.client_key)) for row in rows)


def _flags(session: Session) -> Counter[Line]:
    """Count the flags of each line that hang on a case of the person who wrote it."""
    rows = session.execute(
        select(Message.conversation_id, Message.client_key)
        .join(CrisisFlag, CrisisFlag.message_id == Message.id)
        .join(CrisisCase, CrisisCase.id == CrisisFlag.case_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            CrisisFlag.source == FlagSource.MESSAGE,
            Message.client_key.is_not(None),
            CrisisCase.beneficiary_id == Conversation.beneficiary_id,
        )
    )
    return Counter(Line(row.conversation_id, str(row.client_key)) for row in rows)


def _hops(session: Session) -> tuple[Counter[int], dict[int, set[int]]]:
    """Count the hops of each case, and name those that rang somebody: a rung that nobody holds sends no errand."""
    hops, rung = Counter[int](), defaultdict[int, set[int]](set)
    for case_id, hop_no, staff_id in session.execute(
        select(Escalation.case_id, Escalation.hop_no, Escalation.staff_id)
    ):
        hops[case_id] += 1
        if staff_id is not None:
            rung[case_id].add(hop_no)
    return hops, rung


def _answered_twice(session: Session) -> int:
    twice = (
        select(Message.reply_to_id)
        .where(Message.sender == Sender.BOT, Message.reply_to_id.is_not(None))
        .group_by(Message.reply_to_id)
        .having(func.count() > 1)
    )
    return session.scalar(select(func.count()).select_from(twice.subquery())) or 0


def _damaged(session: Session) -> int:
    if session.get_bind().dialect.name != "sqlite":
        return 0
    whole = session.scalar(text("PRAGMA integrity_check")) == "ok"
    return int(not whole or session.execute(text("PRAGMA foreign_key_check")).first() is not None)
