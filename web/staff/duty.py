"""The duty roster: two weeks by hour, with every gap in plain sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from care import duty as roster
from care import duty_gaps, presence, staff
from care.duty_gaps import uncovered as gaps
from care.refusals import Refused
from models.duty import DutyPosition, DutyTurn
from models.staff import StaffMember
from web.common import clock, security
from web.common.access import Access, access, staff_may
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff import desk_state, words
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.forms import TurnForm, add_error

DAYS = 14


@dataclass(frozen=True)
class Shown:
    """One turn as it stands on one day."""

    turn: DutyTurn
    span: str
    removable: bool
    # The colleague is on approved leave then.
    away: bool
    # Since when the desk of a colleague who is checked in has been silent.
    silent_since: datetime | None
    is_here: bool


@dataclass(frozen=True)
class Line:
    """One position on one day: its turns, and the hours nobody holds."""

    position: str
    turns: list[Shown]
    gaps: list[str]


@dataclass(frozen=True)
class Day:
    """One day of the roster, in the base's own time."""

    starts_at: datetime
    lines: list[Line]

    @property
    def has_gap(self) -> bool:
        """Tell whether anybody is missing on this day."""
        return any(line.gaps for line in self.lines)


def _zone() -> ZoneInfo:
    return ZoneInfo(clock.timezone())


def _days() -> list[Day]:
    midnight = clock.now().astimezone(_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [midnight + timedelta(days=number) for number in range(DAYS + 1)]
    turns = roster.turns_between(session=reading(), start=starts[0], end=starts[-1])
    away = {turn.id for turn in duty_gaps.away(session=reading(), start=starts[0], end=starts[-1])}
    return [
        Day(start, [_line(position, turns, away, start, end) for position in DutyPosition])
        for start, end in pairwise(starts)
    ]


def _line(position: DutyPosition, turns: Any, away: set[int], start: datetime, end: datetime) -> Line:
    here = [
        turn
        for turn in turns
        # A colleague who was deactivated does not come, so their hours are a gap.
        if turn.position is position and turn.starts_at < end and turn.ends_at > start and turn.staff.active
    ]
    shown = [_shown(turn, away, start, end) for turn in here]
    return Line(str(words.POSITIONS[position]), shown, [_span(*gap, end) for gap in gaps(here, start, end)])


def _shown(turn: DutyTurn, away: set[int], start: datetime, end: datetime) -> Shown:
    now = clock.now()
    runs = turn.starts_at <= now < turn.ends_at
    return Shown(
        turn,
        _span(max(turn.starts_at, start), min(turn.ends_at, end), end),
        removable=turn.starts_at > now,
        away=turn.id in away and turn.ends_at > now,
        silent_since=turn.seen_at if runs and presence.is_lost(turn, now) else None,
        is_here=runs and presence.is_here(turn, now),
    )


def until(end: datetime) -> str:
    """Return when a turn ends; midnight is the end of the day before, not the start of the next."""
    shown = end.astimezone(_zone()).strftime("%H:%M")
    return "24:00" if shown == "00:00" else shown


def _span(start: datetime, end: datetime, midnight: datetime) -> str:
    until = "24:00" if end == midnight else end.astimezone(_zone()).strftime("%H:%M")
    return f"{start.astimezone(_zone()).strftime('%H:%M')}–{until}"


@blueprint.get("/duty")
@access(Access.SEE_DUTY)
def duty() -> Any:
    """Show the roster and, to those who plan it, the form for a new turn."""
    return _page()


def _page(form: TurnForm | None = None, status: int = 200) -> Any:
    me, now = security.me(), clock.now()
    page = render_template(
        "staff/duty.html",
        days=_days(),
        form=form or _form(fresh=True),
        gaps_ahead=gap_days(),
        here=desk_state.duty_row(session=reading(), me=me, now=now) if staff_may(Access.CHECK_IN) else None,
    )
    return page, status


def gap_days() -> list[tuple[datetime, list[tuple[str, str]]]]:
    """Return the days of the coming two weeks that have gaps: at which position, from when until when."""
    now = clock.now()
    found: dict[datetime, list[tuple[str, str]]] = {}
    midnight = now.astimezone(_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    for gap in duty_gaps.gaps(session=reading(), start=now, end=midnight + timedelta(days=DAYS)):
        for number in range(DAYS):
            start, end = midnight + timedelta(days=number), midnight + timedelta(days=number + 1)
            if gap.starts_at < end and gap.ends_at > start:
                span = _span(max(gap.starts_at, start), min(gap.ends_at, end), end)
                found.setdefault(start, []).append((str(words.POSITIONS[gap.position]), span))
    return sorted(found.items())


def _form(*, fresh: bool = False) -> TurnForm:
    tomorrow = clock.now().astimezone(_zone()).replace(hour=8, minute=0, tzinfo=None) + timedelta(days=1)
    proposed = {"starts_at": tomorrow, "ends_at": tomorrow + timedelta(hours=12)}
    form = TurnForm(formdata=None, data=proposed) if fresh else TurnForm()
    form.staff_id.choices = [
        SelectChoice(one.id, one.display_name) for one in staff.everyone(session=reading()) if one.active
    ]
    return form


@blueprint.post("/duty/turns")
@access(Access.PLAN_DUTY)
def add_turn() -> Any:
    """Put a colleague on the roster; what was typed stays where a turn is refused."""
    form = _form()
    if not form.validate():
        return _page(form, 422)
    try:
        with unit_of_work() as work:
            roster.add_turn(
                session=work,
                actor=security.me(),
                staff=work.get_one(StaffMember, form.staff_id.data),
                position=DutyPosition(form.position.data),
                starts_at=form.starts_at.data.replace(tzinfo=_zone()),
                ends_at=form.ends_at.data.replace(tzinfo=_zone()),
                now=clock.now(),
            )
    except Refused as refused:
        add_error(form[refused.field or "staff_id"], str(refusal_words(refused.refusal)))
        return _page(form, 422)
    flash(_("The turn is on the roster."), "good")
    return redirect(url_for("staff.duty"), code=303)


@blueprint.post("/duty/turns/<row:turn_id>/remove")
@access(Access.PLAN_DUTY)
def remove_turn(turn_id: int) -> Any:
    """Take a turn that has not begun off the roster."""
    return act(
        lambda work: roster.remove_turn(session=work, actor=security.me(), turn_id=turn_id, now=clock.now()),
        back=url_for("staff.duty"),
        done=_("The turn is off the roster."),
    )
