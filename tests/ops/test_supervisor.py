"""What dies is started again with growing pauses, and nothing is left behind when all is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ops import supervisor as supervising
from ops.places import ROOT
from ops.processes import Process
from ops.supervisor import LONGEST_PAUSE, Supervisor, pause_before_restart

SLEEPER = "import time; time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); " + SLEEPER
PARENT = (
    "import subprocess, sys, time; "
    f"child = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]); print(child.pid, flush=True); time.sleep(600)"
)


def _process(name: str, program: str) -> Process:
    return Process(name, (sys.executable, "-c", program), ROOT, dict(os.environ))


def _until(happens: Callable[[], bool], *, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def _is_alive(pid: int) -> bool:
    # A process that has ended but was not yet waited for counts as ended.
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _tend_until(one: Supervisor, happens: Callable[[], bool]) -> None:
    def _once() -> bool:
        one.tend()
        return happens()

    _until(_once)


@pytest.fixture
def spoken() -> list[str]:
    return []


@pytest.fixture
def one(tmp_path: Path, spoken: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr(supervising, "FIRST_PAUSE", 0.05)
    made = Supervisor(logs=tmp_path / "log", pids=tmp_path / "run", say=spoken.append)
    yield made
    made.stop()


def _pid(one: Supervisor, name: str) -> int:
    running = one.children[name].running
    return running.pid if running is not None else 0


def test_a_killed_process_is_started_again_and_its_neighbour_is_left_alone(one: Supervisor, spoken: list[str]) -> None:
    one.start(_process("victim", SLEEPER))
    one.start(_process("neighbour", SLEEPER))
    before, neighbour = _pid(one, "victim"), _pid(one, "neighbour")
    os.kill(before, signal.SIGKILL)
    _tend_until(one, lambda: one.children["victim"].starts == 2)
    assert _pid(one, "victim") not in {0, before}
    assert _pid(one, "neighbour") == neighbour
    assert "victim was ended by signal 9" in spoken[0]


def test_pauses_grow_from_half_a_second_to_half_a_minute_and_stay_there() -> None:
    assert [pause_before_restart(deaths) for deaths in (1, 2, 3)] == [0.5, 1.0, 2.0]
    assert pause_before_restart(10_000) == LONGEST_PAUSE == 30.0


def test_a_process_that_cannot_start_is_tried_again_without_end(one: Supervisor) -> None:
    one.start(_process("broken", "raise SystemExit(3)"))
    _tend_until(one, lambda: one.children["broken"].starts >= 4)
    assert one.children["broken"].deaths_in_a_row >= 3


def test_a_death_after_a_long_life_counts_as_the_first(one: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "WELL_AFTER", 0.0)
    one.start(_process("old", "raise SystemExit(3)"))
    _tend_until(one, lambda: one.children["old"].starts >= 3)
    assert one.children["old"].deaths_in_a_row == 1


def test_a_process_that_ignores_the_request_to_end_is_killed(
    one: Supervisor, spoken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "GRACE", 0.2)
    one.start(_process("stubborn", STUBBORN))
    _until(lambda: "up" in one.log_of("stubborn").read_text())
    pid = _pid(one, "stubborn")
    one.stop()
    assert not _is_alive(pid)
    assert spoken == ["stubborn did not end by itself and was killed"]


def test_stopping_leaves_no_grandchild_behind(one: Supervisor) -> None:
    one.start(_process("parent", PARENT))
    _until(lambda: one.log_of("parent").read_text().strip().isdigit())
    grandchild = int(one.log_of("parent").read_text())
    assert _is_alive(grandchild)
    one.stop()
    _until(lambda: not _is_alive(grandchild))


def test_a_log_that_has_grown_too_long_is_set_aside(one: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "LARGEST_LOG", 3)
    one.start(_process("talker", "import time; print('many words', flush=True); time.sleep(600)"))
    _until(lambda: one.log_of("talker").stat().st_size > 3)
    one.tend()
    assert one.log_of("talker").with_suffix(".log.1").read_text() == "many words\n"
    assert one.log_of("talker").read_text() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_children_end_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\n"
        "from ops.supervisor import Supervisor\nfrom ops.processes import Process\n"
        f"one = Supervisor(logs=Path({str(tmp_path)!r}), pids=Path({str(tmp_path)!r}))\n"
        f"one.start(Process('child', (sys.executable, '-c', {SLEEPER!r}), Path('/'), {{}}))\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    file = tmp_path / "child.pid"
    _until(lambda: file.exists() and file.read_text().strip() != "")
    child = int(file.read_text())
    assert _is_alive(child)
    parent.kill()
    parent.wait()
    _until(lambda: not _is_alive(child))
