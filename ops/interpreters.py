"""Finds a Python of a wanted version: on the PATH, among pyenv's versions, or fetched by uv."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from ops.terminal import note, stop

ASK_VERSION = "import sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)"


def _probe(candidate: Path) -> tuple[str, Path] | None:
    """Return (version, executable), or None when the candidate does not start: pyenv's shims often do not."""
    try:
        answer = subprocess.run(
            [str(candidate), "-I", "-c", ASK_VERSION], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = answer.stdout.split("\n")
    if answer.returncode != 0 or len(lines) < 2:
        return None
    return lines[0].strip(), Path(lines[1].strip())


def _pyenv_roots() -> Iterator[Path]:
    """Yield the folders where pyenv may keep versions, also when HOME points somewhere clean."""
    if os.environ.get("PYENV_ROOT"):
        yield Path(os.environ["PYENV_ROOT"])
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if Path(folder).name == "shims":
            yield Path(folder).parent
    yield Path.home() / ".pyenv"
    yield Path(pwd.getpwuid(os.getuid()).pw_dir) / ".pyenv"
    yield Path("/opt/pyenv")


def _candidates(version: str) -> Iterator[Path]:
    if version == "{}.{}".format(*sys.version_info[:2]):
        yield Path(sys.executable)
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield Path(on_path)
    for root in _pyenv_roots():
        yield from sorted(root.glob(f"versions/{version}.*/bin/python"), reverse=True)
    for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"):
        yield Path(folder) / f"python{version}"


def find(versions: Sequence[str]) -> Path | None:
    """Return an interpreter of the first version that this machine has, or None."""
    for version in versions:
        for candidate in _candidates(version):
            answer = _probe(candidate) if candidate.exists() else None
            if answer is not None and answer[0] == version:
                return answer[1]
    return None


def find_or_fetch(versions: Sequence[str], *, uv: Path, purpose: str) -> Path:
    """Return an interpreter, fetched with uv when the machine has none; else stop and say what to do."""
    found = find(versions)
    if found is not None:
        return found
    version = versions[0]
    note(f"No Python {' or '.join(versions)} here; asking uv to fetch {version} for {purpose}.")
    subprocess.run([str(uv), "--system-certs", "python", "install", version], check=False)
    asked = subprocess.run(
        [str(uv), "python", "find", "--managed-python", version], capture_output=True, text=True, check=False
    )
    if asked.returncode != 0 or not asked.stdout.strip():
        _give_up(versions, purpose)
    return Path(asked.stdout.strip())


def _give_up(versions: Sequence[str], purpose: str) -> NoReturn:
    version = versions[0]
    stop(
        f"{purpose} needs Python {' or '.join(versions)}, and none was found on the PATH or in pyenv,\n"
        f"nor could uv fetch one (it needs the internet for that). Install it in one of these ways and try again:\n"
        f"  pyenv install {version}\n"
        f"  uv python install {version}\n"
        f"  your system's package manager, so that `python{version}` answers"
    )
