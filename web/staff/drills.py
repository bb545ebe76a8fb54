"""Fire drills: begin one now, choose the hours of the week, and see how soon a human was there in each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import current_app, render_template, request, url_for
from flask_babel import format_date, lazy_gettext
from flask_babel import gettext as _

from care import drill_ends
from care import drills as fire_drills
from care.drill_ends import Cell
from care.refusals import Refusal, Refused
from models.drills import DrillEnd
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.clock_report import seconds_words

# What the chart remembers: long enough for each hour of the week to have had its turn.
REACH = timedelta(days=366)
# The climb of a red alarm: within it the first colleague who was rung was there.
QUICK = 180.0  # seconds
ENDS: dict[DrillEnd, Any] = {
    DrillEnd.TAKEN: lazy_gettext("taken"),
    DrillEnd.NOBODY_CAME: lazy_gettext("nobody came"),
    DrillEnd.GAVE_WAY: lazy_gettext("called off: a real person came first, or a lead ended it"),
}


@blueprint.get("/drills")
@access(Access.RUN_DRILLS)
def drills() -> Any:
    """Show what runs, the week of times to a human, the chosen hours, and the last drills."""
    now = clock.now()
    chart = drill_ends.chart(session=reading(), since=now - REACH)
    running = fire_drills.running(session=reading())
    return render_template(
        "staff/drills.html",
        running=running,
        waits=running is None and fire_drills.somebody_waits(session=reading()),
        days=_days(),
        cells={key: _cell_row(cell) for key, cell in chart.items()},
        chosen=fire_drills.hours(session=reading()),
        latest=[one for one in fire_drills.latest(session=reading(), limit=12) if one.ended_at is not None],
        ends=ENDS,
        long=seconds_words,
    )


def _days() -> list[tuple[str, str]]:
    """Return the days of the week, Monday first, short and long, as the page's language names them."""
    monday = date(2026, 3, 2)
    days = [monday + timedelta(days=number) for number in range(7)]
    return [(str(format_date(day, "EEEEE")), str(format_date(day, "EEEE"))) for day in days]


def _cell_row(cell: Cell) -> dict[str, Any]:
    missed = cell.missed == cell.count
    slow = cell.missed > 0 or (cell.median or 0) > QUICK
    return {
        "kind": "missed" if missed else "slow" if slow else "quick",
        "words": "✕" if missed else seconds_words(cell.median),
        "count": cell.count,
        "said": _(
            "%(count)s drills, %(missed)s of them taken by nobody, middle time %(time)s",
            count=cell.count,
            missed=cell.missed,
            time=seconds_words(cell.median),
        ),
    }


@blueprint.post("/drills")
@access(Access.RUN_DRILLS)
def begin_drill() -> Any:
    """Let an invented person write now."""
    return act(
        lambda work: fire_drills.begin(
            session=work,
            ordered_by=security.me(),
            secret=current_app.extensions["settings"].secret_key,
            timezone=clock.timezone(),
            now=clock.now(),
        ),
        back=url_for("staff.drills"),
        done=_("The drill has begun. It rings like any other alarm; please do not take it yourself."),
    )


@blueprint.post("/drills/end")
@access(Access.RUN_DRILLS)
def stop_drill() -> Any:
    """Call the running drill off."""
    return act(
        lambda work: drill_ends.stop(session=work, actor=security.me(), now=clock.now()),
        back=url_for("staff.drills"),
        done=_("The drill is over."),
    )


@blueprint.post("/drills/hours")
@access(Access.RUN_DRILLS)
def set_drill_hours() -> Any:
    """Choose in which hours of the week a drill may begin."""
    return act(
        lambda work: fire_drills.set_hours(session=work, actor=security.me(), chosen=_chosen(), now=clock.now()),
        back=url_for("staff.drills"),
        done=_("The hours are kept."),
    )


def _chosen() -> set[tuple[int, int]]:
    found = set()
    for typed in request.form.getlist("hours")[: 7 * 24]:
        day, _dash, hour = typed.partition("-")
        if not (day.isascii() and day.isdigit() and hour.isascii() and hour.isdigit() and len(typed) <= 4):
            raise Refused(Refusal.WRONG_VALUE, "hours")
        found.add((int(day), int(hour)))
    return found
