"""A site of its own for a measurement: gunicorn as in production, on an empty database that is thrown away."""

from __future__ import annotations

import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

import config
from ops import database, processes
from ops.places import ROOT
from ops.supervisor import Supervisor
from tests.fixtures.postgres import running_postgres
from tests.fixtures.rasa_server import clean_environment, free_ports, wait_until_ready


@contextmanager
def own_site(postgres: bool, database_url: str | None) -> Iterator[tuple[str, config.Settings]]:
    """Start a site on a fresh database; yield its address and its settings."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nuanyang-race-")))
        if postgres:
            server = stack.enter_context(running_postgres())
            server.administer("CREATE DATABASE race")
            database_url = server.url("race")
        url = database_url or f"sqlite:///{folder / 'race.db'}"
        key, ports = Fernet.generate_key().decode(), free_ports()
        environ = clean_environment(
            folder,
            ports,
            NUANYANG_SECRET_KEY=secrets.token_hex(),
            NUANYANG_FIELD_KEYS=key,
            NUANYANG_DATABASE_URL=url,
        )
        command = [str(part) for part in database.flask("db", "upgrade")]
        subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True)
        supervisor = Supervisor(logs=folder / "log", pids=folder / "run")
        stack.callback(supervisor.stop)
        site = processes.site(environ, ports)
        supervisor.start(site)
        wait_until_ready(supervisor, site)
        yield f"http://{processes.HOST}:{ports.site}", config.load(environ)
