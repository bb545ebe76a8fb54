"""A platform of its own for the measurements: site and scheduler really running, and people who are already known.

The bot is left out: what a flag needs does not go through it, and two cores are to be measured, not TensorFlow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

import config
from care import people
from models.database import open_engine, writing
from models.types import use_field_keys
from ops.supervisor import Supervisor
from tests.fixtures.platform import Platform
from tests.fixtures.rasa_server import clean_environment, free_ports

SECRET = "of-the-measurement-" * 2
COOKIE = "ny_chat"
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass(frozen=True)
class Visitor:
    """Somebody with an open conversation: number, address for the bot, and the key of the browser."""

    conversation_id: int
    public_id: str
    key: str


@dataclass(frozen=True)
class Running:
    """A site that somebody else has started: where it answers, where it stores, and who looks at the queue."""

    url: str
    database_url: str
    secret: str
    officer: tuple[str, str]


Place = Platform | Running


def running(base_url: str, officer: str, password: str) -> Running:
    """Return the running site of these settings; raise SystemExit for one that is not a demonstration.

    The measurement opens ten alarms. At a base at work they would ring phones and stand among real people.
    """
    settings = config.load()
    if not settings.demo:
        raise SystemExit("only with NUANYANG_DEMO=1: ten alarms would ring at a base at work")
    use_field_keys(settings.field_keys)
    return Running(base_url.rstrip("/"), settings.database_url, settings.secret_key, (officer, password))


@contextmanager
def house(folder: Path, *, database_url: str | None = None) -> Iterator[Platform]:
    """Start site and scheduler over a database with the demonstration's colleagues."""
    ports = free_ports()
    field_key = Fernet.generate_key().decode()
    environ = clean_environment(
        folder,
        ports,
        NUANYANG_SECRET_KEY=SECRET,
        NUANYANG_FIELD_KEYS=field_key,
        NUANYANG_DATABASE_URL=database_url or f"sqlite:///{folder / 'nuanyang.db'}",
        NUANYANG_DEMO="1",
    )
    use_field_keys((field_key,))
    platform = Platform(Supervisor(logs=folder / "log", pids=folder / "run"), ports, environ, folder)
    try:
        platform.flask("db", "upgrade")
        platform.flask("demo", "load")
        platform.start("schedules", wait=False)
        platform.start("site")
        yield platform
    finally:
        platform.supervisor.stop()


def open_doors(platform: Place, number: int) -> list[Visitor]:
    """Let people in at once; the door of the site lets sixty a minute in from one address, as it should."""
    engine = open_engine(platform.database_url)
    visitors = []
    secret = platform.secret if isinstance(platform, Running) else SECRET
    for _ in range(number):
        with Session(engine) as session, writing(session):
            door = people.open_door(session=session, secret=secret, language="zh-CN", now=datetime.now(UTC))
            visitors.append(Visitor(door.conversation.id, door.conversation.public_id, door.chat_key))
    engine.dispose()
    return visitors


def browser(platform: Place, visitor: Visitor) -> tuple[httpx.Client, str]:
    """Return a client with the person's cookie, and the token of its forms."""
    http = httpx.Client(
        base_url=platform.url,
        headers={"Accept-Language": "zh-CN", "Cookie": f"{COOKIE}={visitor.key}"},
        timeout=30,
        trust_env=False,
    )
    page = http.get("/chat")
    found = _TOKEN.search(page.text)
    assert found is not None, f"no chat page ({page.status_code})"
    # The token belongs to the session that came with the page.
    session = "; ".join(f"{name}={value}" for name, value in page.cookies.items())
    http.headers["Cookie"] = f"{COOKIE}={visitor.key}; {session}"
    return http, found.group(1)


def colleague(platform: Place, name: str) -> tuple[httpx.Client, str]:
    """Sign a colleague of the demonstration in; return the client and the token of its forms."""
    if isinstance(platform, Running):
        username, password = platform.officer
    else:
        logins = platform.flask("demo", "logins").splitlines()
        username, password = next(line.split()[:2] for line in logins if line.startswith(name))
    http = httpx.Client(
        base_url=platform.url,
        headers={"Accept-Language": "zh-CN"},
        timeout=30,
        trust_env=False,
        follow_redirects=True,
    )
    page = http.get("/staff/sign-in")
    found = _TOKEN.search(page.text)
    assert found is not None
    form = {"csrf_token": found.group(1), "username": username, "password": password}
    answer = http.post("/staff/sign-in", data=form)
    assert answer.url.path != "/staff/sign-in", f"{name} could not sign in"
    found = _TOKEN.search(http.get("/staff/").text)
    assert found is not None
    return http, found.group(1)
