"""Settings of every process: read once from the environment, frozen, and refused when a secret is missing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LANGUAGES = ("zh-CN", "en")


class MissingSetting(RuntimeError):
    """A setting that has no safe default is absent, so the process must not start."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another."""

    secret_key: str
    # Fernet keys, newest first: the first encrypts, all of them decrypt, so that keys can be rotated.
    field_keys: tuple[str, ...]
    # Shared by the site, the Rasa channel and the bot's actions; nobody else may speak on those lines.
    bot_token: str
    database_url: str
    var_dir: Path
    rasa_url: str = "http://127.0.0.1:5005"
    site_url: str = "http://127.0.0.1:8000"
    timezone: str = "Asia/Shanghai"
    demo: bool = False
    secure_cookies: bool = False
    # Seconds the site waits for the bot before it answers the person itself.
    bot_timeout: float = 8.0
    rate_limit_storage: str = "memory://"

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the embedded database is in use."""
        return self.database_url.startswith("sqlite")


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise MissingSetting(f"{name} must be set; `make setup` writes one to var/secrets.env")
    return value


def _switch(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raise MissingSetting when a secret has no value."""
    source = os.environ if environ is None else environ
    var_dir = Path(source.get("NUANYANG_VAR_DIR") or ROOT / "var").resolve()
    return Settings(
        secret_key=_required(source, "NUANYANG_SECRET_KEY"),
        field_keys=tuple(key for key in _required(source, "NUANYANG_FIELD_KEYS").split(",") if key),
        bot_token=_required(source, "NUANYANG_BOT_TOKEN"),
        database_url=source.get("NUANYANG_DATABASE_URL") or f"sqlite:///{var_dir / 'nuanyang.db'}",
        var_dir=var_dir,
        rasa_url=source.get("NUANYANG_RASA_URL") or "http://127.0.0.1:5005",
        site_url=source.get("NUANYANG_SITE_URL") or "http://127.0.0.1:8000",
        timezone=source.get("NUANYANG_TIMEZONE") or "Asia/Shanghai",
        demo=_switch(source, "NUANYANG_DEMO"),
        secure_cookies=_switch(source, "NUANYANG_SECURE_COOKIES"),
        bot_timeout=float(source.get("NUANYANG_BOT_TIMEOUT") or 8.0),
        rate_limit_storage=source.get("NUANYANG_RATE_LIMIT_STORAGE") or "memory://",
    )
