"""The checks of this code base, as data: what each one runs, and how its outcome is counted."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ops import tally, train
from ops.places import BOT_MODEL, BOT_PROJECT, ROOT, program, var_dir
from ops.processes import rasa_command
from ops.tally import Tally
from ops.terminal import step


@dataclass(frozen=True)
class Check:
    """One program that looks at the code."""

    name: str
    command: tuple[object, ...]
    folder: Path = ROOT
    environ: Callable[[], Mapping[str, str]] = field(default=lambda: _without_our_settings())
    count: Callable[[int], Tally] = tally.of_single_check
    # Rasa says hundreds of lines about what is in order; they are shown only when something is not.
    only_when_failing: bool = False

    def run(self) -> Tally:
        """Run the program, show what it says, and count."""
        step(self.name)
        done = subprocess.run(
            [str(part) for part in self.command],
            cwd=self.folder,
            env=dict(self.environ()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if self.only_when_failing else None,
            stderr=subprocess.STDOUT if self.only_when_failing else None,
            text=True,
            errors="replace",
            check=False,
        )
        counted = self.count(done.returncode)
        if self.only_when_failing and counted.failed:
            print(done.stdout, flush=True)
        return counted


def _without_our_settings() -> Mapping[str, str]:
    # A test brings its own settings; those of this machine's installation must not reach it.
    return {name: value for name, value in os.environ.items() if not name.startswith("NUANYANG_")}


def _reports() -> Path:
    folder = var_dir() / "test"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def lint() -> list[Check]:
    """Layout, likely bugs and types."""
    return [
        Check("Lint", (program("web", "ruff"), "check", ".")),
        Check("Types", (program("web", "mypy"),)),
    ]


def bot() -> list[Check]:
    """What Rasa itself says about its data, and the conversations it must hold with the trained model."""
    results, stories = _reports() / "rasa", BOT_PROJECT / "tests"
    shutil.rmtree(results, ignore_errors=True)
    data = ("--domain", train.domain(), "--data", "data", "--quiet")
    told = ("--model", str(BOT_MODEL), "--stories", str(stories), "--out", str(results), "--quiet")
    return [
        Check(
            "The bot's data",
            rasa_command("data", "validate", *data),
            BOT_PROJECT,
            _bot_environment,
            only_when_failing=True,
        ),
        Check(
            "The bot's conversations",
            rasa_command("test", "core", *told, "--fail-on-prediction-errors", "--no-plot"),
            BOT_PROJECT,
            _bot_environment,
            count=lambda status: tally.of_rasa(stories, results, status),
            only_when_failing=True,
        ),
    ]


def _bot_environment() -> Mapping[str, str]:
    # The bot's memory of conversations that only a test holds belongs beside the reports, not beside real ones.
    return {**train.bot_tools_environment(), "NUANYANG_VAR_DIR": str(_reports())}


def _side_by_side() -> tuple[str, ...]:
    # One worker for each core, up to four: every worker of the bot's tests loads a Rasa of its own (0.7 GB).
    # A file stays on one worker, because its tests share what its fixtures have started.
    workers = min(4, os.cpu_count() or 1)
    return ("--numprocesses", str(workers), "--dist", "loadfile") if workers > 1 else ()


def pytest(name: str, environment: str, *arguments: object) -> Check:
    """Run pytest with one of the two interpreters; tests/conftest.py knows which folders that one can run."""
    report = _reports() / f"{environment}.xml"
    report.unlink(missing_ok=True)
    return Check(
        name,
        (program(environment, "python"), "-m", "pytest", "-q", *_side_by_side(), "--junitxml", report, *arguments),
        count=lambda status: tally.of_pytest(report, status),
    )
