"""make lint: layout, likely bugs and types."""

from __future__ import annotations

from ops import checks, environments
from ops.tally import Tally


def main() -> int:
    """Run the two linters and return the exit status."""
    environments.ensure(environments.WEB, for_tests=True)
    total = sum((check.run() for check in checks.lint()), Tally())
    return 1 if total.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
