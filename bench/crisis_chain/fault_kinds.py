"""The ways in which a running house breaks, each as "break it … mend it", on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import psycopg

from ops import readiness
from ops.places import ROOT
from ops.processes import HOST, Process
from tests.fixtures.platform import Platform
from tests.fixtures.postgres import PostgresServer

DATABASE = "faults"
BOT = "rasa"
PATIENCE = 120.0  # seconds
# SQLite's writers wait 15 s for the file (models/database.py); now and then somebody holds it longer than that.
LONG_LOCK = 16.5  # seconds
LONG_LOCKS = 0.03
# How often one, two and three things break at once.
TOGETHER = (60, 30, 10)


class Fault(StrEnum):
    """One way in which the house breaks."""

    SITE = "site killed"
    WORKER = "worker of the site killed"
    SCHEDULER = "scheduler killed"
    BOT = "bot killed"
    LOCKED = "database locked"
    DISK = "disk full"
    CONNECTIONS = "connections terminated"
    SERVER = "database server killed"


# The site is the process that could lose a flag, so it dies most often.
ON_SQLITE = (Fault.SITE, Fault.SITE, Fault.WORKER, Fault.SCHEDULER, Fault.BOT, *[Fault.LOCKED, Fault.DISK] * 2)
ON_POSTGRES = (*ON_SQLITE, Fault.CONNECTIONS, Fault.CONNECTIONS, Fault.CONNECTIONS, Fault.SERVER)


@dataclass(frozen=True)
class Blow:
    """One entry of the plan: one to three faults at once; how long they last, and the calm before them (seconds)."""

    faults: tuple[Fault, ...]
    calm: float
    lasts: float


def planned(count: int, seed: int, *, postgres: bool) -> list[Blow]:
    """Draw the blows of a run; the same seed gives the same plan."""
    chance, plan, left = random.Random(seed), list[Blow](), count
    kinds = ON_POSTGRES if postgres else ON_SQLITE
    while left > 0:
        first = chance.choice(kinds)
        faults: tuple[Fault, ...] = (first,)
        together = min(left, chance.choices((1, 2, 3), weights=TOGETHER)[0])
        while len(faults) < together:
            faults = (*faults, chance.choice([kind for kind in kinds if kind not in faults]))
        lasts = chance.uniform(0.0, 1.5)
        if Fault.LOCKED in faults and chance.random() < LONG_LOCKS:
            lasts = LONG_LOCK
        plan.append(Blow(faults, chance.uniform(0.0, 0.6), lasts))
        left -= len(faults)
    return plan


@dataclass
class Scene:
    """The house that is broken, and the bot that stands in for Rasa."""

    platform: Platform
    chance: random.Random
    server: PostgresServer | None
    # Processes that ended although nobody had killed them.
    died: list[str] = field(default_factory=list)

    def start_bot(self) -> None:
        """Start the stand-in of the bot at the address where the site expects Rasa."""
        port = str(self.platform.ports.rasa)
        command = (sys.executable, "-m", "bench.crisis_chain.bot", port)
        self.platform.supervisor.start(Process(BOT, command, ROOT, self.platform.environ, f"http://{HOST}:{port}/"))

    def broken(self, fault: Fault) -> AbstractContextManager[None]:
        """Return the fault as a context: broken inside, mended (but not yet ready again) after it."""
        ways: dict[Fault, Callable[[], AbstractContextManager[None]]] = {
            Fault.SITE: lambda: self._killed("site"),
            Fault.WORKER: self._worker_killed,
            Fault.SCHEDULER: lambda: self._killed("schedules"),
            Fault.BOT: lambda: self._killed(BOT),
            Fault.LOCKED: self._locked,
            Fault.DISK: self._disk_full,
            Fault.CONNECTIONS: self._connections_terminated,
            Fault.SERVER: self._server_killed,
        }
        return ways[fault]()

    def wait_until_whole(self) -> None:
        """Start again what ended by itself, as the supervisor would, and wait until the site stores words again."""
        for name, child in self.platform.supervisor.children.items():
            if child.running is None or child.running.poll() is not None:
                self.died.append(name)
                self.platform.supervisor.start(child.process)
        deadline = time.monotonic() + PATIENCE
        while not readiness.ask(f"{self.platform.url}/health/ready").ready:
            assert time.monotonic() < deadline, "the site did not come back\n" + self.platform.log("site")[-3000:]
            time.sleep(0.05)

    @contextmanager
    def _killed(self, name: str) -> Iterator[None]:
        self.platform.kill(name)
        yield
        self.platform.supervisor.start(self.platform.supervisor.children[name].process)

    @contextmanager
    def _worker_killed(self) -> Iterator[None]:
        for pid in self._pids("site")[1:]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        yield

    def _pids(self, name: str) -> list[int]:
        """Return the process and its children; none while it is down."""
        running = self.platform.supervisor.children[name].running
        if running is None or running.poll() is not None:
            return []
        with suppress(FileNotFoundError):
            children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text("ascii")
            return [running.pid, *map(int, children.split())]
        return []

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let a stranger hold the database: SQLite's one writer's lock, or PostgreSQL's locks of the tables."""
        if self.server is None:
            path = self.platform.database_url.removeprefix("sqlite:///")
            stranger = sqlite3.connect(path, timeout=30, isolation_level=None)
            try:
                stranger.execute("BEGIN IMMEDIATE")
                yield
            finally:
                stranger.close()
            return
        with closing(self._administrator()) as connection:
            with suppress(psycopg.Error):
                connection.execute("SET lock_timeout = '5s'")
                connection.execute("BEGIN")
                connection.execute("LOCK TABLE messages, crisis_cases, outbox IN ACCESS EXCLUSIVE MODE")
            yield
            with suppress(psycopg.Error):  # The other fault of this blow may have ended the connection.
                connection.execute("ROLLBACK")

    @contextmanager
    def _disk_full(self) -> Iterator[None]:
        """Let no file of those who write to the database grow past a drawn size; a write in the middle is cut."""
        pids = self._pids("site") + self._pids("schedules") if self.server is None else self._backends()
        room = self.chance.choice((0, 4096, self.chance.randrange(1, 4_000_000)))
        for pid in pids:
            _limit(pid, room)
        yield
        for pid in pids:
            _limit(pid, resource.RLIM_INFINITY)

    @contextmanager
    def _connections_terminated(self) -> Iterator[None]:
        share = self.chance.choice((0.3, 1.0))
        victims = [pid for pid in self._backends() if self.chance.random() < share]
        with closing(self._administrator()) as connection, suppress(psycopg.Error):
            for pid in victims:
                connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
        yield

    @contextmanager
    def _server_killed(self) -> Iterator[None]:
        """Kill one of the server's processes: PostgreSQL then ends all of them and recovers from its log."""
        backends = self._backends()
        if backends:
            with suppress(ProcessLookupError):
                os.kill(self.chance.choice(backends), signal.SIGKILL)
        yield

    def _administrator(self) -> psycopg.Connection[tuple[object, ...]]:
        """Connect to the server, also just after it was killed."""
        assert self.server is not None
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                address = self.server.url(DATABASE).replace("+psycopg", "")
                return psycopg.connect(address, autocommit=True, application_name="injector")
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _backends(self) -> list[int]:
        with closing(self._administrator()) as connection, suppress(psycopg.Error):
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name <> 'injector'"
                " AND backend_type = 'client backend' ORDER BY pid",
                (DATABASE,),
            ).fetchall()
            return [int(str(row[0])) for row in rows]
        return []  # The server died of the other fault of this blow.


def _limit(pid: int, room: int) -> None:
    # Only the soft limit: it can be lifted again without being anybody special.
    try:
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (room, hard))
    except ProcessLookupError:
        return  # It was killed meanwhile; the next one starts without the limit.
    except PermissionError:
        _limit_as_owner(pid, room)


def _limit_as_owner(pid: int, room: int) -> None:
    """PostgreSQL never runs as root, and root may be without the right to limit others: its own user does it."""
    try:
        owner = Path(f"/proc/{pid}").owner()
    except FileNotFoundError:
        return
    size = "unlimited" if room == resource.RLIM_INFINITY else str(room)
    command = ["runuser", "-u", owner, "--", "prlimit", "--pid", str(pid), f"--fsize={size}:"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not Path(f"/proc/{pid}").exists(), done.stderr
