"""Brings the database up to date and, for a demonstration, fills it; also make seed and make admin."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from ops import setup
from ops.keys import ensure as ensure_keys
from ops.places import ROOT, program
from ops.processes import Ports, environment
from ops.terminal import run, step


def flask_environment(*, demo: bool = False) -> dict[str, str]:
    """Return the environment in which the site's own commands run."""
    environ = environment(ensure_keys(), Ports.from_environ(os.environ))
    if demo:
        environ.setdefault("NUANYANG_DEMO", "1")
    return environ


def flask(*arguments: str) -> Sequence[object]:
    """Return the command line of one of the site's own commands."""
    return (program("web", "flask"), "--app", "web.app", *arguments)


def migrate(environ: Mapping[str, str]) -> None:
    """Bring the tables to the newest migration."""
    step("Bringing the database up to date")
    run(flask("db", "upgrade"), failing="the database could not be migrated.", environ=environ)


def load_demo(environ: Mapping[str, str]) -> None:
    """Fill the database with invented people; what is already there is left alone."""
    step("Loading the demonstration data")
    run(flask("demo", "load"), failing="the demonstration data could not be loaded.", environ=environ)


def demo_logins(environ: Mapping[str, str]) -> str:
    """Return what the site says about the demonstration's accounts."""
    answer = subprocess.run(
        [str(part) for part in flask("demo", "logins")],
        cwd=ROOT,
        env=dict(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip()


def main(arguments: Sequence[str]) -> int:
    """Migrate, then load the demonstration data, or run the named command of the site."""
    setup.set_up()
    environ = flask_environment(demo=not arguments)
    if arguments:
        return subprocess.run([str(part) for part in flask(*arguments)], cwd=ROOT, env=environ, check=False).returncode
    migrate(environ)
    load_demo(environ)
    step("The demonstration data is there.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
