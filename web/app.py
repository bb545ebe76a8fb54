"""Where servers and commands find the site: `flask --app web.app`, `gunicorn web.app:app`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask

from web import create_app

__all__ = ["create_app"]


@lru_cache(maxsize=1)
def _the_app() -> Flask:
    return create_app()


def __getattr__(name: str) -> Any:
    # Built when somebody asks for it, so that `web.app:create_app()` does not build two.
    if name == "app":
        return _the_app()
    raise AttributeError(name)
