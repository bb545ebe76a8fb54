"""make run: everything from a fresh clone to a running platform, and all of it stopped on Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from ops import database, processes, readiness, setup, train
from ops.places import shown, var_dir
from ops.processes import HOST, Ports, Process
from ops.supervisor import Supervisor
from ops.terminal import note, step, stop

# Seconds after which a person is told what is still missing, instead of waiting in silence.
PATIENCE = 90.0


def main() -> None:
    """Set up, prepare, start, report, and look after the processes until told to stop."""
    ports = Ports.from_environ(os.environ)
    lock = _hold_the_only_lock(ports)
    # From here on a signal only raises a flag, so that children are never left behind.
    asked_to_stop: list[int] = []
    setup.set_up()
    train.ensure()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: asked_to_stop.append(received))
    # The database and the logs of a care base are nobody else's business on this machine.
    os.umask(0o077)
    environ = database.flask_environment(demo=True)
    supervisor = Supervisor(logs=var_dir() / "log", pids=var_dir() / "run", say=step)
    try:
        step("Starting the bot and its action server")
        supervisor.start(processes.rasa(environ, ports))
        supervisor.start(processes.actions(environ, ports))
        _prepare(environ)
        step("Starting the site and the scheduler")
        supervisor.start(processes.site(environ, ports))
        supervisor.start(processes.schedules(environ))
    except BaseException:
        supervisor.stop()
        raise
    asked = [child.process for child in supervisor.children.values() if child.process.ready_url]
    watch = Watch(url=f"http://{HOST}:{ports.site}", asked=asked, environ=environ)
    supervisor.run(each_round=watch.look, stopping=lambda: bool(asked_to_stop))
    step("Everything is stopped.")
    lock.close()


def _prepare(environ: Mapping[str, str]) -> None:
    database.migrate(environ)
    if environ.get("NUANYANG_DEMO") == "1":
        database.load_demo(environ)


def _hold_the_only_lock(ports: Ports) -> IO[str]:
    """Refuse to run twice over the same state, or on ports that another program holds."""
    folder = var_dir() / "run"
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "supervisor.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stop(f"Nuanyang is already running here, at http://{HOST}:{ports.site}")
    for what, port, setting in (
        ("site", ports.site, "NUANYANG_PORT"),
        ("Rasa server", ports.rasa, "NUANYANG_RASA_PORT"),
        ("action server", ports.actions, "NUANYANG_ACTIONS_PORT"),
    ):
        if readiness.is_taken(port):
            stop(f"port {port}, for the {what}, is taken by another program. Choose another: {setting}=... make run")
    return lock


@dataclass
class Watch:
    """Reports to the terminal, once, that the platform is ready, or what it still waits for."""

    url: str
    asked: Sequence[Process]
    environ: Mapping[str, str]
    began: float = field(default_factory=time.monotonic)
    announced: bool = False
    complained: bool = False

    def look(self) -> None:
        """Ask for readiness until it was announced."""
        if self.announced:
            return
        answers = {process.name: readiness.ask(process.ready_url or "") for process in self.asked}
        waiting = [name for name, answer in answers.items() if not answer.ready]
        if not waiting:
            self.announced = True
            self._announce()
        elif not self.complained and time.monotonic() - self.began > PATIENCE:
            self.complained = True
            step(f"Not everything is ready after {PATIENCE:.0f} s; still trying")
            for name in waiting:
                note(f"{name}: {answers[name].says or 'no answer yet'} ({shown(var_dir() / 'log' / name)}.log)")
            if "site" not in waiting:
                note(f"The site works without them, and says so: {self.url}")

    def _announce(self) -> None:
        step("Ready.")
        note("")
        note(f"Nuanyang 暖阳   {self.url}")
        if self.environ.get("NUANYANG_DEMO") == "1":
            note("")
            note(database.demo_logins(self.environ))
        note("")
        note(f"Logs: {shown(var_dir() / 'log')}/    Ctrl-C stops everything.")


if __name__ == "__main__":
    main()
