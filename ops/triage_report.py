"""make triage-report: how well crisis language is recognised, measured on lines that no rule was written on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from ops import environments
from ops.places import ROOT, program
from ops.terminal import stop


def main(arguments: Sequence[str]) -> int:
    """Run the report on the bot's interpreter, which has the libraries for its statistics."""
    report = ROOT / "bench" / "triage" / "report.py"
    if not report.exists():
        stop("this version has no report yet: bench/triage/report.py is missing.")
    environments.ensure(environments.BOT)
    command = [str(program("bot", "python")), "-m", "bench.triage.report", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
