"""Which language a page speaks: the person's choice, then the browser's wish, then Chinese."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from flask_babel import Babel, format_datetime
from flask_login import current_user
from werkzeug.wrappers import Response

from config import LANGUAGES
from web.common import clock

COOKIE = "ny_language"
babel = Babel()


def language() -> str:
    """Return the language of this page: "zh-CN" or "en"."""
    if "language" not in g:
        g.language = _choose()
    chosen: str = g.language
    return chosen


def _choose() -> str:
    cookie = request.cookies.get(COOKIE)
    if cookie in LANGUAGES:
        return cookie
    if request.path.startswith("/staff") and current_user.is_authenticated:
        wish: str = current_user.language
        return wish
    return request.accept_languages.best_match(LANGUAGES, default="zh-CN") or "zh-CN"


def _locale() -> str:
    try:
        return "en" if language() == "en" else "zh_CN"
    except RuntimeError:
        # Outside a request (commands) the base speaks Chinese.
        return "zh_CN"


def remember(response: Response, chosen: str) -> Response:
    """Keep the choice in a cookie that holds nothing else."""
    response.set_cookie(COOKIE, chosen, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return response


def local_time(moment: datetime, style: str = "medium") -> str:
    """Return a moment in the base's own time, as the page's language writes it."""
    local = moment.astimezone(ZoneInfo(clock.timezone()))
    patterns = {
        "time": "HH:mm",
        "short": "M月d日 HH:mm" if language() != "en" else "d MMM HH:mm",
        "medium": "y年M月d日 HH:mm" if language() != "en" else "d MMM y HH:mm",
    }
    return str(format_datetime(local, patterns.get(style, style), rebase=False))


def install(app: Flask) -> None:
    """Give templates the language, the local time and the translations."""
    babel.init_app(app, locale_selector=_locale, default_locale="zh_CN")
    app.jinja_env.filters["local_time"] = local_time
    app.jinja_env.globals["page_language"] = language
