"""make setup: the two environments, the secrets and the translations; quick when nothing has changed."""

from __future__ import annotations

import sys

from ops import environments, keys, translations
from ops.terminal import step


def set_up(*, for_tests: bool = False) -> None:
    """Bring the environments, the secrets and the translations up to date."""
    environments.ensure(environments.WEB, for_tests=for_tests)
    environments.ensure(environments.BOT, for_tests=for_tests)
    keys.ensure()
    translations.ensure()


if __name__ == "__main__":
    set_up(for_tests="--for-tests" in sys.argv)
    step("Everything is installed.")
