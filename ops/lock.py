"""make lock: compile the wishes in ops/requirements/*.in into hashed lock files that name no registry."""

from __future__ import annotations

from ops.environments import ensure_uv
from ops.places import REQUIREMENTS, ROOT
from ops.terminal import run, step

# The oldest Python that each lock file serves, in an order in which constraints exist before they are used.
OLDEST = {"tools": "3.10", "web": "3.11", "test": "3.11", "bot": "3.10", "bot-test": "3.10"}


def lock() -> None:
    """Compile every list again, keeping versions that still satisfy it."""
    uv = ensure_uv()
    for name, python in OLDEST.items():
        step(f"Locking {name}")
        run(
            [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--no-emit-index-url"]
            + ["--python-version", python, (REQUIREMENTS / f"{name}.in").relative_to(ROOT)]
            + ["--output-file", (REQUIREMENTS / f"{name}.txt").relative_to(ROOT)],
            failing=f"{name}.in has no solution, or the package index cannot be reached.",
        )


if __name__ == "__main__":
    lock()
