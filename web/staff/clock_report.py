"""The report of clocks as a page and as a file; what missed its clock is listed, never only counted."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _

from care import clock_report as reports
from care import heartbeat
from care.clock_report import Alarm, Line, Span
from care.clocks import clock as clock_of
from triage.levels import Level
from web.common import clock
from web.common.access import Access, access
from web.common.database import reading
from web.common.languages import language
from web.staff import words
from web.staff.blueprint import blueprint

# A year by month, a quarter by week: what fits one page and one conversation.
REACH = {Span.MONTH: timedelta(days=366), Span.WEEK: timedelta(days=13 * 7)}
LEVELS = [level for level in Level if level is not Level.GREEN]


def seconds_words(seconds: float | None) -> str:
    """Return a length of time as short as it can be read."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 90:
        return _("%(count)s s", count=whole)
    if whole < 90 * 60:
        return _("%(count)s min", count=round(whole / 60))
    if whole < 48 * 3600:
        return _("%(count)s h", count=round(whole / 3600))
    return _("%(count)s d", count=round(whole / 86400))


def _span() -> Span:
    wished = request.args.get("by", "")
    return Span(wished) if wished in set(Span) else Span.MONTH


def _alarms(span: Span) -> list[Alarm]:
    now = clock.now()
    return reports.alarms(session=reading(), start=now - REACH[span], end=now + timedelta(seconds=1), now=now)


@blueprint.get("/clock-report")
@access(Access.SEE_CLOCKS)
def clock_report() -> Any:
    """Show how alarms kept their clocks, every breach, and every silence of the scheduler."""
    span = _span()
    found = _alarms(span)
    return render_template(
        "staff/clock_report.html",
        lines=reports.lines(found=found, span=span, timezone=clock.timezone()),
        breaches=[one for one in found if one.is_breach or one.is_silent],
        outages=heartbeat.outages(session=reading(), limit=20),
        clocks=[(level, clock_of(level)) for level in LEVELS],
        span=span,
        spans={Span.MONTH: _("By month"), Span.WEEK: _("By week")},
        long=seconds_words,
    )


COLUMNS = (
    "span",
    "level",
    "alarms",
    "in_time",
    "climbed",
    "hops",
    "breaches",
    "silent",
    "waiting",
    "median_to_human",
    "p90_to_human",
    "median_to_contact",
    "p90_to_contact",
)


@blueprint.get("/clock-report.csv")
@access(Access.SEE_CLOCKS)
def clock_report_file() -> Response:
    """Return the same lines as a file that a spreadsheet opens; times are in seconds."""
    span = _span()
    lines = reports.lines(found=_alarms(span), span=span, timezone=clock.timezone())
    text = io.StringIO()
    # The sign in front tells spreadsheets that the file is not in an old Chinese encoding.
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(COLUMNS if language() == "en" else _headings())
    for line in lines:
        writer.writerow([_cell(line, name) for name in COLUMNS])
    answer = Response(text.getvalue(), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="clocks-by-{span.value}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _headings() -> list[str]:
    return [
        _("Month or week"),
        _("Level"),
        _("Alarms"),
        _("Taken in time"),
        _("Climbed"),
        _("Hops"),
        _("Breaches"),
        _("Stood still"),
        _("Still waiting"),
        _("Half: seconds until taken"),
        _("Nine of ten: seconds until taken"),
        _("Half: seconds until spoken with"),
        _("Nine of ten: seconds until spoken with"),
    ]


def _cell(line: Line, name: str) -> Any:
    value = getattr(line, name)
    if isinstance(value, Level):
        return value.value if language() == "en" else str(words.LEVELS[value.value])
    return round(value) if isinstance(value, float) else value
