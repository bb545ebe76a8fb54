"""Programs from the system that the tests need: a browser, a Chinese font, a PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ops.terminal import note, step, stop

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser() -> Path | None:
    """Return the installed Chromium, if any."""
    found = (shutil.which(name) for name in BROWSERS)
    return next((Path(path) for path in found if path), None)


def postgres_programs() -> Path | None:
    """Return the newest folder with PostgreSQL's server programs; Debian keeps them off the PATH."""
    on_path = shutil.which("pg_ctl")
    folders = [Path(on_path).parent] if on_path else []
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((folder for folder in [*versions, *folders] if (folder / "initdb").exists()), None)


def _chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


@dataclass(frozen=True)
class Need:
    """One thing the tests need, how to see that it is there, and the Debian packages that bring it."""

    what: str
    is_there: Callable[[], bool]
    packages: tuple[str, ...]


NEEDS = (
    Need("a Chromium browser", lambda: browser() is not None, ("chromium",)),
    Need("a Chinese font", _chinese_font, ("fontconfig", "fonts-noto-cjk")),
    Need("a PostgreSQL server", lambda: postgres_programs() is not None, ("postgresql",)),
)


def _missing() -> list[Need]:
    return [need for need in NEEDS if not need.is_there()]


def _as_root() -> list[str] | None:
    """Return what to put before a command so that it runs as root, or None when it cannot."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def _install(packages: Iterable[str], as_root: list[str]) -> None:
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    for command in ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            note(done.stdout[-2000:])


def ensure() -> None:
    """Install what is missing where that is possible; else stop and say what to install."""
    missing = _missing()
    if not missing:
        return
    packages = [package for need in missing for package in need.packages]
    as_root = _as_root()
    if as_root is not None and shutil.which("apt-get"):
        step(f"Installing {', '.join(need.what for need in missing)}")
        _install(packages, as_root)
        missing = _missing()
    if missing:
        stop(
            f"the tests need {', '.join(need.what for need in missing)}. Install it and try again.\n"
            f"On Debian or Ubuntu: sudo apt-get install {' '.join(packages)}"
        )
