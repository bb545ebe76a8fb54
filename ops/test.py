"""make test: every check there is, on both interpreters, ending with one line that counts them all."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ops import checks, setup, system_packages, train
from ops.tally import Tally
from ops.terminal import step


def _train() -> Tally:
    try:
        train.ensure()
    except SystemExit:
        return Tally(failed=1)
    return Tally(passed=1)


def main(arguments: Sequence[str]) -> int:
    """Set up what is missing, run everything even when something fails, and return the exit status."""
    system_packages.ensure()
    setup.set_up(for_tests=True)
    total = sum((check.run() for check in checks.lint()), Tally())
    trained = _train()
    total += trained
    for check in checks.bot() if trained.passed else []:
        total += check.run()
    total += checks.pytest("Tests on the bot's interpreter", "bot", *arguments).run()
    total += checks.pytest("Tests on the site's interpreter", "web", *arguments).run()
    step("All checks have run.")
    print(total.line(), flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
