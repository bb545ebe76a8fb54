"""make train: trains the bot when its data, its components or the clinical rules have changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from ops import environments, keys, stamps
from ops.places import BOT_MODEL, BOT_PROJECT, REQUIREMENTS, ROOT, shown
from ops.processes import Ports, bot_environment, environment, rasa_command
from ops.terminal import run, step

# Rasa's own cache notices new data, but not a component whose code has changed.
CODE = (BOT_PROJECT / "components", ROOT / "triage", REQUIREMENTS / "bot.txt")
DATA = (BOT_PROJECT / "config.yml", BOT_PROJECT / "domain.yml", BOT_PROJECT / "domain", BOT_PROJECT / "data")
MODEL_STAMP = BOT_MODEL.with_suffix(".stamp")
CODE_STAMP = BOT_MODEL.with_suffix(".code")


def domain() -> str:
    """Return the name of the domain, a folder or a file, in the bot project."""
    return "domain" if (BOT_PROJECT / "domain").is_dir() else "domain.yml"


def bot_tools_environment() -> Mapping[str, str]:
    """Return the environment in which Rasa's own commands run."""
    return bot_environment(environment(keys.ensure(), Ports.from_environ(os.environ)))


def ensure(*, anyway: bool = False) -> None:
    """Train the bot unless the model at hand was trained from exactly this data and code."""
    code, all_of_it = stamps.digest(CODE), stamps.digest([*CODE, *DATA])
    if BOT_MODEL.exists() and stamps.is_current(MODEL_STAMP, all_of_it) and not anyway:
        return
    step(f"Training the bot into {shown(BOT_MODEL)}: a minute or two")
    force = () if stamps.is_current(CODE_STAMP, code) and not anyway else ("--force",)
    MODEL_STAMP.unlink(missing_ok=True)
    run(
        rasa_command("train", "--domain", domain(), "--data", "data", "--out", str(BOT_MODEL.parent))
        + ("--fixed-model-name", BOT_MODEL.name.split(".")[0], *force),
        failing="the bot could not be trained; what Rasa said is above.",
        cwd=BOT_PROJECT,
        environ=bot_tools_environment(),
    )
    stamps.mark(CODE_STAMP, code)
    stamps.mark(MODEL_STAMP, all_of_it)


if __name__ == "__main__":
    environments.ensure(environments.BOT)
    ensure(anyway="--anyway" in sys.argv)
    step("The bot is trained.")
