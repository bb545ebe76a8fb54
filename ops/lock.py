"""make lock: compile the wishes in ops/requirements/*.in into hashed lock files that name no registry."""

from __future__ import annotations

from ops.environments import ensure_uv
from ops.terminal import run, step

# The oldest Python that each lock file serves, in an order in which constraints exist before they are used.
OLDEST = {"tools": "3.10", "web": "3.11", "test": "3.11", "bot": "3.10", "bot-test": "3.10", "triage": "3.10"}

HOW = ("--quiet", "--system-certs", "--universal", "--generate-hashes", "--no-header", "--no-emit-index-url")


def lock() -> None:
    """Compile every list again, keeping versions that still satisfy it."""
    uv = ensure_uv()
    for name, python in OLDEST.items():
        step(f"Locking {name}")
        wishes, pins = (f"ops/requirements/{name}.{ending}" for ending in ("in", "txt"))
        run(
            [uv, "pip", "compile", wishes, "--output-file", pins, "--python-version", python, *HOW],
            failing=f"{name}.in has no solution, or the package index cannot be reached.",
        )


if __name__ == "__main__":
    lock()
