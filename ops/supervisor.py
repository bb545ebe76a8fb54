"""Keeps processes alive: starts them, restarts what dies with growing pauses, and stops all of them together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ops.places import shown
from ops.processes import Process

# Pauses before a restart, in seconds: the first is short, because a crisis may be waiting behind it;
# the longest keeps a process that cannot start from filling the disk with its complaints.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# A process that has lived this long was well, so its next death is a first one again.
WELL_AFTER = 60.0
# What a process gets to finish its work after SIGTERM, before SIGKILL.
GRACE = 10.0
LARGEST_LOG = 20_000_000
PR_SET_PDEATHSIG = 1


def pause_before_restart(deaths_in_a_row: int) -> float:
    """Return the seconds to wait before a process that died this many times in a row is started again."""
    # The exponent is held down so that a process that fails for days does not overflow the number.
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(deaths_in_a_row - 1, 10))


def _die_with_the_supervisor() -> None:
    # Runs in the child before it becomes the program. Without it a supervisor that is killed outright
    # would leave its children holding the ports. Only Linux has this; elsewhere the next start says who holds them.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One supervised process and what has happened to it."""

    process: Process
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    starts: int = 0
    deaths_in_a_row: int = 0
    start_again_at: float = 0.0


@dataclass
class Supervisor:
    """A handful of children, their logs, and the loop that looks after them."""

    logs: Path
    pids: Path
    say: Callable[[str], None] = print
    children: dict[str, Child] = field(default_factory=dict)

    def start(self, process: Process) -> None:
        """Start a process and look after it from now on."""
        child = self.children.setdefault(process.name, Child(process))
        self._spawn(child)

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End one child and its workers, and leave it down until it is started again by name."""
        child = self.children[name]
        if child.running is not None:
            self._signal(child, how)
            child.running.wait()
            self._signal(child, signal.SIGKILL)
        child.running, child.start_again_at = None, float("inf")

    def log_of(self, name: str) -> Path:
        """Return the file into which a process writes."""
        return self.logs / f"{name}.log"

    def tend(self) -> None:
        """Look at each child once: note who died, restart who has waited long enough."""
        now = time.monotonic()
        for child in self.children.values():
            if child.running is not None and child.running.poll() is not None:
                self._note_death(child, now)
            if child.running is None and now >= child.start_again_at:
                self._spawn(child)
            self._shorten_log(child)

    def run(self, *, each_round: Callable[[], None], stopping: Callable[[], bool]) -> None:
        """Tend the children until told to stop, then stop them."""
        try:
            while not stopping():
                self.tend()
                each_round()
                time.sleep(0.2)
        finally:
            self.stop()

    def stop(self) -> None:
        """Ask every child to end, and end those that do not within the grace period."""
        running = [child for child in self.children.values() if child.running is not None]
        for child in running:
            self._signal(child, signal.SIGTERM)
        patience = time.monotonic() + GRACE
        for child in running:
            assert child.running is not None
            try:
                child.running.wait(timeout=max(0.1, patience - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{child.process.name} did not end by itself and was killed")
            # Also when it ended well: a worker that outlived its parent must not keep the port.
            self._signal(child, signal.SIGKILL)
            child.running.wait()
            child.running = None
            self._pid_file(child).unlink(missing_ok=True)

    def _spawn(self, child: Child) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        self.pids.mkdir(parents=True, exist_ok=True)
        with self.log_of(child.process.name).open("ab") as log:
            child.running = subprocess.Popen(
                child.process.command,
                cwd=child.process.folder,
                env=dict(child.process.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C reaches the supervisor only, which then stops all in order.
                start_new_session=True,
                preexec_fn=_die_with_the_supervisor,
            )
        child.started_at = time.monotonic()
        child.starts += 1
        self._pid_file(child).write_text(f"{child.running.pid}\n")

    def _note_death(self, child: Child, now: float) -> None:
        assert child.running is not None
        code = child.running.returncode
        # Its workers, if any are left, would keep the port from the next one.
        self._signal(child, signal.SIGKILL)
        child.running = None
        well = now - child.started_at >= WELL_AFTER
        child.deaths_in_a_row = 1 if well else child.deaths_in_a_row + 1
        pause = pause_before_restart(child.deaths_in_a_row)
        child.start_again_at = now + pause
        how = f"was ended by signal {-code}" if code < 0 else f"ended with status {code}"
        name = child.process.name
        self.say(f"{name} {how}; starting it again in {pause:g} s (log: {shown(self.log_of(name))})")

    def _shorten_log(self, child: Child) -> None:
        log = self.log_of(child.process.name)
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            # The process keeps its open file, which appends, so emptying it in place loses nothing it writes later.
            log.with_suffix(".log.1").write_bytes(log.read_bytes())
            os.truncate(log, 0)

    def _pid_file(self, child: Child) -> Path:
        return self.pids / f"{child.process.name}.pid"

    @staticmethod
    def _signal(child: Child, what: signal.Signals) -> None:
        assert child.running is not None
        try:
            os.killpg(child.running.pid, what)
        except ProcessLookupError:
            # Every member of the group has ended already, which is what was wanted.
            return
