"""The four processes of the platform: how each is started and where it listens. All of them on loopback."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.places import BOT_MODEL, BOT_PROJECT, ROOT, program, var_dir

HOST = "127.0.0.1"
# Each open page holds one thread for its live updates; an idle thread costs some kilobytes. With fewer threads than
# open pages not even words of danger get in, so there are many more than the 200 chats and 20 consoles that are asked.
SITE_THREADS = 800


@dataclass(frozen=True)
class Ports:
    """Where the site, the Rasa server and the action server listen."""

    site: int = 8000
    rasa: int = 5005
    actions: int = 5055

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Ports:
        """Read NUANYANG_PORT, NUANYANG_RASA_PORT and NUANYANG_ACTIONS_PORT."""
        return cls(
            site=int(environ.get("NUANYANG_PORT") or cls.site),
            rasa=int(environ.get("NUANYANG_RASA_PORT") or cls.rasa),
            actions=int(environ.get("NUANYANG_ACTIONS_PORT") or cls.actions),
        )


@dataclass(frozen=True)
class Process:
    """One long-running program of the platform."""

    name: str
    command: tuple[str, ...]
    folder: Path
    environ: Mapping[str, str]
    # Answers with 200 once the process does its work; None where there is nothing to ask.
    ready_url: str | None = None


def environment(secrets: Mapping[str, str], ports: Ports) -> dict[str, str]:
    """Return the environment that all processes share. What the caller's shell has set wins."""
    ours = {
        **secrets,
        "NUANYANG_VAR_DIR": str(var_dir()),
        "NUANYANG_SITE_URL": f"http://{HOST}:{ports.site}",
        "NUANYANG_RASA_URL": f"http://{HOST}:{ports.rasa}",
        "NUANYANG_ACTIONS_URL": f"http://{HOST}:{ports.actions}/webhook",
        "PYTHONUNBUFFERED": "1",
    }
    shared = {**ours, **os.environ, "PYTHONPATH": str(ROOT)}
    # Compiling TensorFlow's modules anew at each start would cost twelve seconds of the bot's twenty.
    shared.pop("PYTHONDONTWRITEBYTECODE", None)
    # The processes talk to each other on this machine; an office's proxy must never carry that.
    for name in ("NO_PROXY", "no_proxy"):
        shared[name] = ",".join(part for part in (shared.get(name), HOST, "localhost") if part)
    return shared


def bot_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Add what keeps Rasa and its old libraries on loopback, quiet, and off the net."""
    return {
        **environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": HOST,
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        # Libraries of 2022 warn about each other in hundreds of lines, among which a real error would be lost.
        "PYTHONWARNINGS": "ignore",
        "CUDA_VISIBLE_DEVICES": "-1",
    }


def rasa_command(*arguments: str) -> tuple[str, ...]:
    """Return the command line of one of Rasa's own commands; its working directory is bot/."""
    return (str(program("bot", "python")), "-m", "ops.rasa", *arguments)


def site(environ: Mapping[str, str], ports: Ports) -> Process:
    """The Flask site: one process, so that one in-memory bus reaches every open page; a thread per page."""
    command = (
        *(str(program("web", "gunicorn")), "web.app:serve()"),
        *("--bind", f"{HOST}:{ports.site}", "--workers", "1", "--worker-class", "gthread"),
        *(
            "--threads",
            str(SITE_THREADS),
            "--worker-connections",
            str(2 * SITE_THREADS),
            "--timeout",
            "60",
            "--graceful-timeout",
            "3",
            "--keep-alive",
            "15",
        ),
        # The control socket would be a second way in; nobody here uses it.
        *("--log-level", "warning", "--no-control-socket"),
    )
    return Process("site", command, ROOT, environ, f"http://{HOST}:{ports.site}/health/ready")


def rasa(environ: Mapping[str, str], ports: Ports, *, endpoints: Path = BOT_PROJECT / "endpoints.yml") -> Process:
    """The Rasa server, with the trained model."""
    command = (
        *rasa_command("run"),
        *("--quiet", "--interface", HOST, "--port", str(ports.rasa)),
        *("--model", str(BOT_MODEL), "--endpoints", str(endpoints), "--credentials", "credentials.yml"),
    )
    return Process("rasa", command, BOT_PROJECT, bot_environment(environ), f"http://{HOST}:{ports.rasa}/")


def actions(environ: Mapping[str, str], ports: Ports) -> Process:
    """The bot's action server. Started from rasa_sdk, it needs no TensorFlow and little memory."""
    command = (
        *(str(program("bot", "python")), "-m", "rasa_sdk", "--actions", "actions"),
        *("--port", str(ports.actions), "--quiet"),
    )
    return Process("actions", command, BOT_PROJECT, bot_environment(environ), f"http://{HOST}:{ports.actions}/health")


def schedules(environ: Mapping[str, str]) -> Process:
    """The one scheduler."""
    return Process("schedules", (str(program("web", "python")), "-m", "schedules"), ROOT, environ)
