"""The site: one Flask application with a public front and a staff front that never import each other."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from flask import Flask
from flask_wtf.csrf import CSRFProtect

import config
from care.bot_line import BotLine
from models.database import engine_options
from models.types import use_field_keys
from triage.assess import assess
from web.common import access, clock, errors, headers, languages, throttle
from web.common.bot_turns import BotTurns
from web.common.database import db, migrate
from web.common.live import LiveFeed
from web.common.watchman import Watchman

csrf = CSRFProtect()

# Each part brings a blueprint; the API is spoken to with a token and needs no form protection.
PARTS = ("web.health", "web.api", "web.public", "web.staff")
MIGRATIONS = Path(__file__).resolve().parent.parent / "models" / "migrations"


def create_app(settings: config.Settings | None = None, now: Callable[[], datetime] = clock.system_clock) -> Flask:
    """Build the site for these settings; tests pass their own settings and clock."""
    settings = settings or config.load()
    use_field_keys(settings.field_keys)
    app = Flask(__name__)
    app.config.update(_flask_config(settings))
    app.extensions["settings"] = settings
    app.extensions["clock"] = now
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    csrf.init_app(app)
    throttle.limiter.init_app(app)
    languages.install(app)
    headers.install(app)
    errors.install(app)
    _add_parts(app)
    with app.app_context():
        app.extensions["live"] = LiveFeed(db.engine)
    app.extensions["watchman"] = Watchman()
    app.extensions["bot_turns"] = BotTurns(app, _bot_line(settings))
    access.install(app)
    access.check_declarations(app)
    # The lexicon is compiled before the first person writes, not while they wait.
    assess("ready")
    return app


def _add_parts(app: Flask) -> None:
    for name in PARTS:
        part = importlib.import_module(name)
        app.register_blueprint(part.blueprint)
        if name == "web.api":
            csrf.exempt(part.blueprint)
        if hasattr(part, "install"):
            part.install(app)


def _flask_config(settings: config.Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "MAX_CONTENT_LENGTH": 512 * 1024,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        # A form left open through a night shift must still be accepted: the session is its limit.
        "WTF_CSRF_TIME_LIMIT": None,
        "RATELIMIT_STORAGE_URI": settings.rate_limit_storage,
        "RATELIMIT_HEADERS_ENABLED": True,
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
        "JSON_AS_ASCII": False,
    }


def _bot_line(settings: config.Settings) -> BotLine:
    limits = httpx.Limits(max_connections=16, max_keepalive_connections=16)
    client = httpx.Client(timeout=httpx.Timeout(settings.bot_timeout, connect=1.0), limits=limits, trust_env=False)
    return BotLine(client=client, url=settings.rasa_url, token=settings.bot_token)
