"""Where servers and commands find the site: `flask --app web.app`, `gunicorn "web.app:serve()"`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask

from web import create_app
from web.common.night_post import NightPost
from web.common.night_watch import NightWatch

__all__ = ["create_app", "serve"]


def serve() -> Flask:
    """Build the site for a server: with the threads that look after alarms and phones when nobody else does."""
    app = create_app()
    for name, watch in (("night_watch", NightWatch(app)), ("night_post", NightPost(app))):
        app.extensions[name] = watch
        watch.start()
    return app


@lru_cache(maxsize=1)
def _the_app() -> Flask:
    return create_app()


def __getattr__(name: str) -> Any:
    # Built when somebody asks for it, so that `web.app:create_app()` does not build two.
    if name == "app":
        return _the_app()
    raise AttributeError(name)
