"""How the conversations were for the people, as counts; what they wrote is opened on record only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template

from care import ratings
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.staff.blueprint import blueprint

LOOKS_BACK = timedelta(days=90)


@blueprint.get("/desk/ratings")
@access(Access.SEE_RATINGS)
def ratings_page() -> Any:
    """Show how often each number was given in the last three months."""
    return _page()


@blueprint.post("/desk/ratings/words")
@access(Access.SEE_RATINGS)
def read_rating_words() -> Any:
    """Open what people wrote; the look is recorded."""
    with unit_of_work() as work:
        rows = ratings.read_words(session=work, actor=security.me(), since=_since(), now=clock.now())
        words = [(row.at, row.stars, row.words) for row in rows]
    return _page(words)


def _since() -> Any:
    return clock.now() - LOOKS_BACK


def _page(words: list[Any] | None = None) -> Any:
    counts = ratings.counts(session=reading(), since=_since())
    return render_template("staff/desk/ratings.html", counts=counts, words=words, days=LOOKS_BACK.days)
