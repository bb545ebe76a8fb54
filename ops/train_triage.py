"""make train-triage: train the crisis model again, from the data beside the repository and our own lines."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from ops import environments
from ops.places import ROOT, program
from ops.terminal import step


def main(arguments: Sequence[str]) -> int:
    """Set up the training environment and write the new model file; what it changes shows `make triage-report`."""
    environments.ensure(environments.TRIAGE)
    step("Training the crisis model")
    command = [str(program("triage", "python")), "-m", "bench.triage.train", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
