"""What the person at the terminal reads, and how a program is run on their behalf."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from ops.places import ROOT

_started = time.monotonic()


def step(text: str) -> None:
    """Say what begins now, with the seconds since the command began."""
    print(f"[{time.monotonic() - _started:4.0f} s] {text}", flush=True)


def note(text: str) -> None:
    """Say something that belongs to the step before."""
    for line in text.splitlines():
        print(f"         {line}", flush=True)


def stop(text: str) -> NoReturn:
    """End with an explanation that a person can act on."""
    print(f"\nStopped: {text}", file=sys.stderr, flush=True)
    raise SystemExit(1)


def run(
    command: Sequence[object],
    *,
    failing: str,
    cwd: Path = ROOT,
    environ: Mapping[str, str] | None = None,
) -> None:
    """Run a program quietly; when it fails, show all it said and stop with the given explanation."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=None if environ is None else dict(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if result.returncode != 0:
        print(result.stdout, flush=True)
        stop(failing)
