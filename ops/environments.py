"""The environments under .venv/: one for the site, one for the bot, one that holds uv, which fills them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ops import interpreters, stamps
from ops.places import ENVIRONMENTS, REQUIREMENTS, program
from ops.terminal import run, step, stop


@dataclass(frozen=True)
class Environment:
    """One interpreter with what is installed beside it."""

    name: str
    purpose: str
    # Versions of Python that the lock files were compiled for, the one we run ourselves first.
    versions: tuple[str, ...]
    to_run: str
    to_test: str
    size: str


WEB = Environment("web", "the site", ("3.12", "3.13", "3.11", "3.14"), "web.txt", "test.txt", "about 150 MB")
BOT = Environment("bot", "the bot (Rasa 3.6.21)", ("3.10",), "bot.txt", "bot-test.txt", "about 2.5 GB on disk")

TRIAGE = Environment(
    "triage",
    "what trains the crisis model",
    ("3.12", "3.13", "3.11", "3.10"),
    "triage.txt",
    "triage.txt",
    "about 200 MB",
)


def _index_settings() -> Mapping[str, str]:
    """Return an environment in which uv uses what pip is set up with: its mirror, and the system's certificates."""
    # Offices often look into encrypted traffic with a certificate that only the system knows.
    environ = {"UV_SYSTEM_CERTS": "1", **os.environ}
    if "UV_DEFAULT_INDEX" in environ or "UV_INDEX_URL" in environ:
        return environ
    asked = subprocess.run(
        [str(program("tools", "pip")), "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    mirror = environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    if mirror:
        environ["UV_DEFAULT_INDEX"] = mirror
    return environ


def ensure_uv() -> Path:
    """Install uv from its hashed lock file into .venv/tools, once."""
    lock, stamp = REQUIREMENTS / "tools.txt", ENVIRONMENTS / "tools.stamp"
    uv, fingerprint = program("tools", "uv"), stamps.digest([lock])
    if uv.exists() and stamps.is_current(stamp, fingerprint):
        return uv
    step("Installing uv, which installs everything else")
    python = interpreters.find((*WEB.versions, *BOT.versions))
    if python is None:
        stop("no Python from 3.10 to 3.14 was found to begin with. Install Python 3.12 and try again.")
    shutil.rmtree(ENVIRONMENTS / "tools", ignore_errors=True)
    run(
        [python, "-m", "venv", ENVIRONMENTS / "tools"],
        failing=f"{python} cannot make an environment. On Debian and Ubuntu: apt-get install python3-venv",
    )
    run(
        [program("tools", "pip"), "install", "--disable-pip-version-check", "--require-hashes", "-r", lock],
        failing="uv could not be installed. Is the package index reachable?",
    )
    stamps.mark(stamp, fingerprint)
    return uv


def ensure(environment: Environment, *, for_tests: bool = False) -> None:
    """Make an environment equal to its lock files; do nothing when it is already."""
    to_run = [REQUIREMENTS / environment.to_run]
    to_test = [*to_run, REQUIREMENTS / environment.to_test]
    run_stamp = ENVIRONMENTS / f"{environment.name}.stamp"
    test_stamp = ENVIRONMENTS / f"{environment.name}-test.stamp"
    wanted = to_test if for_tests else to_run
    has_tests = stamps.is_current(test_stamp, stamps.digest(to_test))
    has_run = stamps.is_current(run_stamp, stamps.digest(to_run))
    if program(environment.name, "python").exists() and (has_tests or (has_run and not for_tests)):
        return

    uv = ensure_uv()
    python = interpreters.find_or_fetch(environment.versions, uv=uv, purpose=environment.purpose)
    step(f"Installing {environment.purpose}: {environment.size}, from hashed lock files, with {python}")
    for stamp in (run_stamp, test_stamp):
        stamp.unlink(missing_ok=True)
    home, environ = ENVIRONMENTS / environment.name, _index_settings()
    if not program(environment.name, "python").exists():
        shutil.rmtree(home, ignore_errors=True)
        run([uv, "venv", "--quiet", "--python", python, home], failing=f"no environment could be made in {home}")
    run(
        [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", program(environment.name, "python"), *wanted],
        failing=f"the packages of {environment.purpose} could not be installed. Is the package index reachable?",
        environ=environ,
    )
    stamps.mark(test_stamp if for_tests else run_stamp, stamps.digest(wanted))
