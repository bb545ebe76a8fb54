"""What every page of the shifts needs: buttons that answer with a sentence, days and hours in the base's own time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, render_template, request
from flask_babel import format_date
from sqlalchemy.orm import Session

from care.refusals import Refusal, Refused
from care.shift_fit import Place
from care.shift_rules import sheets
from web.common import clock
from web.common.database import unit_of_work
from web.common.languages import language
from web.staff.paths import safe_next
from web.staff.shifts import words


def zone() -> ZoneInfo:
    """Return the base's own time zone."""
    return ZoneInfo(clock.timezone())


def secret() -> str:
    """Return the secret from which codes are made."""
    value: str = current_app.extensions["settings"].secret_key
    return value


def press(verb: Callable[[Session], Any], *, back: str, done: Any) -> Any:
    """Run one verb in one unit of work and say on the page from which it was pressed how it went."""
    back = safe_next(request.form.get("next")) or back
    try:
        with unit_of_work() as session:
            verb(session)
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        flash(words.sentence(refused.refusal), "danger")
        return redirect(back, code=303)
    if done is not None:
        flash(str(done), "good")
    return redirect(back, code=303)


def today() -> date:
    """Return the present day at the base."""
    return clock.now().astimezone(zone()).date()


def wished_day() -> date:
    """Return the day in the address; today where it names none."""
    try:
        return date.fromisoformat(request.args.get("date", ""))
    except ValueError:
        return today()


def day_span(day: date, days: int = 1) -> tuple[datetime, datetime]:
    """Return when a day of the base begins and when the last of so many days ends."""
    start = datetime.combine(day, time(0), zone())
    return start, datetime.combine(day + timedelta(days=days), time(0), zone())


def hours_of(starts_at: datetime, ends_at: datetime) -> str:
    """Return the hours of a shift; an end at midnight is 24:00, and a later day is marked."""
    here = zone()
    start, end = starts_at.astimezone(here), ends_at.astimezone(here)
    if end.date() == start.date():
        return f"{start:%H:%M}–{end:%H:%M}"
    if end.time() == time(0) and end.date() == start.date() + timedelta(days=1):
        return f"{start:%H:%M}–24:00"
    return f"{start:%H:%M}–{end:%H:%M} (+{(end.date() - start.date()).days})"


def day_words(day: date) -> str:
    """Return a day with its weekday."""
    return str(format_date(day, "EEE, d MMM" if language() == "en" else "M月d日 EEE"))


def day_of(moment: datetime) -> date:
    """Return the day of a moment at the base."""
    return moment.astimezone(zone()).date()


def when(place: Place) -> str:
    """Return day and hours of a place."""
    return f"{day_words(day_of(place.starts_at))} {hours_of(place.starts_at, place.ends_at)}"


def show(template: str, status: int = 200, **values: Any) -> Any:
    """Render one page of the shifts with the words that all of them use."""
    page = render_template(
        f"staff/shifts/{template}.html",
        words=words,
        sheets=sheets(),
        hours_of=hours_of,
        day_words=day_words,
        day_of=day_of,
        now=clock.now(),
        **values,
    )
    return page, status
