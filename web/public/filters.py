"""How templates write a moment and a telephone number."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from web.common import clock
from web.public import blueprint
from web.public.helplines import HELPLINES

# chat/thread.js knows the same rule; a longer row of figures is somebody's own number and stays plain.
_NUMBER = re.compile(r"(?<![0-9\-])(" + "|".join(line.number for line in HELPLINES) + r")(?![0-9\-])")


@blueprint.app_template_filter()
def clock_time(moment: str) -> str:
    """Return the time of day of an ISO moment in the base's own time zone."""
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(clock.timezone())).strftime("%H:%M")


@blueprint.app_template_filter()
def call_links(text: str) -> Markup:
    """Return the text with every helpline number made a link that calls it."""
    parts = _NUMBER.split(text)
    return Markup("").join(
        Markup('<a class="number" href="tel:{0}">{0}</a>').format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )
