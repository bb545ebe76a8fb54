"""When a person answers: now or next, and the plan of the week as the roster has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template

from care import opening as door
from web.common import clock, languages
from web.common.access import Access, access
from web.common.database import reading
from web.public import blueprint
from web.public.opening import opening

DAYS = 7


@dataclass(frozen=True)
class Day:
    """One day of the plan: from when until when somebody is listed to answer."""

    starts_at: datetime
    spans: list[str]


@blueprint.get("/hours")
@access(Access.ANYONE)
def hours() -> Any:
    """Say whether a person answers now, when the next one will, and what is planned."""
    return render_template("public/hours.html", opening=opening(languages.language()), days=_days())


def _days() -> list[Day]:
    zone = ZoneInfo(clock.timezone())
    midnight = clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [midnight + timedelta(days=number) for number in range(DAYS + 1)]
    planned = door.planned(session=reading(), start=starts[0], end=starts[-1])
    return [
        Day(start, [_span(max(a, start), min(b, end), end, zone) for a, b in planned if a < end and b > start])
        for start, end in pairwise(starts)
    ]


def _span(start: datetime, end: datetime, midnight: datetime, zone: ZoneInfo) -> str:
    until = "24:00" if end == midnight else end.astimezone(zone).strftime("%H:%M")
    return f"{start.astimezone(zone).strftime('%H:%M')}–{until}"
