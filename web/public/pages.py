"""The quiet pages: the front door, who we are, and the two switches (language, size of text)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from config import LANGUAGES
from web.common import chat_key, languages
from web.common.access import Access, access
from web.common.database import unit_of_work
from web.public import blueprint, own_conversation
from web.public.helplines import HELPLINES, NEUTRAL_PAGE
from web.public.opening import opening

SIZE_COOKIE = "ny_size"
A_YEAR = 365 * 24 * 3600


@blueprint.app_context_processor
def _public_words() -> dict[str, Any]:
    """Give every template the numbers to call and the page that the quick exit leads to."""
    return {"helplines": HELPLINES, "neutral_page": NEUTRAL_PAGE[languages.language()]}


@blueprint.get("/")
@access(Access.ANYONE)
def home() -> Any:
    """What this is, who answers, and one tap into the chat."""
    # The token is made here so that the session is written before the page is streamed to a slow phone.
    generate_csrf()
    return render_template(
        "public/home.html", opening=opening(languages.language()), is_inside=chat_key.person() is not None
    )


@blueprint.get("/about")
@access(Access.ANYONE)
def about() -> Any:
    """Who answers, what happens with your words, and when we must tell somebody."""
    return render_template("public/about.html")


@blueprint.post("/language")
@access(Access.ANYONE)
def set_language() -> Any:
    """Speak the other language from now on, in the conversation too."""
    chosen = request.form.get("language", "")
    back = redirect(_way_back(), code=303)
    if chosen not in LANGUAGES:
        return back
    _speak_in_conversation(chosen)
    return languages.remember(back, chosen)


def _speak_in_conversation(language: str) -> None:
    if not request.cookies.get(chat_key.COOKIE):
        return
    try:
        with unit_of_work() as session:
            own_conversation.speak(session=session, language=language)
    except OperationalError:
        # The page can change its language although the database is away; the conversation follows later.
        return


@blueprint.post("/text-size")
@access(Access.ANYONE)
def set_text_size() -> Any:
    """Switch between the ordinary and the large size."""
    back = redirect(_way_back(), code=303)
    size = "large" if request.form.get("size") == "large" else "normal"
    return _remember_size(back, size)


def _remember_size(response: Response, size: str) -> Response:
    # Scripts write the same cookie, so that the switch answers without a reload.
    response.set_cookie(SIZE_COOKIE, size, max_age=A_YEAR, samesite="Lax", path="/")
    return response


def _way_back() -> str:
    """Return the path the person came from; never another site, and never one that only takes posts."""
    wish = request.form.get("back", "")
    parts = urlsplit(wish)
    if not wish.startswith("/") or wish.startswith("//") or "\\" in wish or parts.scheme or parts.netloc:
        return url_for("public.home")
    return wish
