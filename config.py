"""Settings of every process: read once from the environment, frozen, and refused when a secret is missing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LANGUAGES = ("zh-CN", "en")


class MissingSetting(RuntimeError):
    """A setting that has no safe default is absent, so the process must not start."""


class WrongSetting(RuntimeError):
    """A setting has a value that cannot be meant, so the process must not start."""


@dataclass(frozen=True)
class Gateways:
    """How notices leave the house. A channel without a value keeps them in the development outbox."""

    # Apprise addresses in which {address} stands for the person's own, for example
    # mailtos://user:password@smtp.example.cn:465?from=desk@example.cn&to={address}
    email: str = ""
    sms: str = ""
    # Addresses of group robots: WeCom's with {address} for the robot's key, DingTalk's with the token of our robot.
    wecom: str = ""
    dingtalk: str = ""
    dingtalk_secret: str = ""


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
    # What stands before the path in a link that is sent to somebody; empty: the site's own address.
    public_url: str = ""
    gateways: Gateways = field(default_factory=Gateways)
    # From when until when, in the base's own time, ordinary notices wait. Alarms never do.
    quiet_from: time = time(21, 0)
    quiet_until: time = time(8, 0)
    # Within how many working days a voice (complaint, praise, suggestion) is promised an answer.
    voice_days: int = 10

    @property
    def link_base(self) -> str:
        """Return what goes before the path of a link."""
        return (self.public_url or self.site_url).rstrip("/")

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


def _gateways(environ: Mapping[str, str]) -> Gateways:
    names = ("email", "sms", "wecom", "dingtalk", "dingtalk_secret")
    values = {name: environ.get(f"NUANYANG_SEND_{name.upper()}", "").strip() for name in names}
    for name in ("email", "sms", "wecom"):
        if values[name] and "{address}" not in values[name]:
            raise WrongSetting(
                f"NUANYANG_SEND_{name.upper()} must contain {{address}}, or every notice goes to one place"
            )
    return Gateways(**values)


def _quiet_hours(environ: Mapping[str, str]) -> tuple[time, time]:
    start, _dash, end = (environ.get("NUANYANG_QUIET_HOURS") or "21:00-08:00").partition("-")
    try:
        return time.fromisoformat(start.strip()), time.fromisoformat(end.strip())
    except ValueError as error:
        raise WrongSetting("NUANYANG_QUIET_HOURS must look like 21:00-08:00") from error


def _voice_days(environ: Mapping[str, str]) -> int:
    given = environ.get("NUANYANG_VOICE_DAYS", "").strip() or "10"
    if not given.isdecimal() or not 1 <= int(given) <= 60:
        raise WrongSetting("NUANYANG_VOICE_DAYS must be a number of working days from 1 to 60")
    return int(given)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raise MissingSetting when a secret has no value, WrongSetting for one that cannot be meant."""
    source = os.environ if environ is None else environ
    quiet_from, quiet_until = _quiet_hours(source)
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
        public_url=source.get("NUANYANG_PUBLIC_URL", "").strip(),
        gateways=_gateways(source),
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        voice_days=_voice_days(source),
    )
