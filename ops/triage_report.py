"""make triage-report: how well crisis language is recognised, before and now; fails where it became worse."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from ops import environments
from ops.places import ROOT, program


def main(arguments: Sequence[str]) -> int:
    """Run the report and the gate, which need only the standard library, on the site's interpreter."""
    environments.ensure(environments.WEB)
    command = [str(program("web", "python")), "-m", "bench.triage.gate", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
