"""Where things are: the environments, the bot project, and everything that a run leaves behind."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "ops" / "requirements"
ENVIRONMENTS = ROOT / ".venv"
BOT_PROJECT = ROOT / "bot"
BOT_MODEL = BOT_PROJECT / "models" / "nuanyang.tar.gz"


def var_dir() -> Path:
    """Return the folder of run-time state; NUANYANG_VAR_DIR moves it."""
    return Path(os.environ.get("NUANYANG_VAR_DIR") or ROOT / "var").resolve()


def program(environment: str, name: str) -> Path:
    """Return the path of a program installed in one of the environments."""
    return ENVIRONMENTS / environment / "bin" / name


def shown(path: Path) -> str:
    """Return a path as a person in the project folder would type it."""
    try:
        return str(path.relative_to(ROOT))
    except ValueError:
        return str(path)
