"""A volunteer's own pages: shifts that fit, the shifts of a day, and what lies ahead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from care import cover_calls, hours, shift_codes, shift_fit, shift_suggestions, shifts, swaps
from care.refusals import Refusal
from care.shift_fit import Fit
from care.shift_rules import sheets
from models.stations import Station
from web.common import clock, security
from web.common.access import Access, access, staff_may
from web.common.database import reading, unit_of_work
from web.common.languages import language
from web.common.throttle import SHIFT_CODE, limiter
from web.staff.blueprint import blueprint
from web.staff.shifts import common, words


def stations() -> dict[int, str]:
    """Return the names of the stations in the language of the page."""
    return {one.id: one.name(language()) for one in reading().query(Station).order_by(Station.id)}


def wished_role() -> str | None:
    """Return the role that the list is narrowed to."""
    role = request.args.get("role", "")
    return role if role in sheets() else None


@blueprint.get("/shifts")
@access(Access.SEE_SHIFTS)
def shifts_for_me() -> Any:
    """Show what fits me and is needed most; those who only plan are led to the board."""
    if not staff_may(Access.TAKE_SHIFTS):
        return redirect(url_for("staff.shift_board_week"))
    me, now, session = security.me(), clock.now(), reading()
    role = wished_role()
    found = shift_suggestions.for_me(session=session, staff=me, now=now, timezone=clock.timezone(), role=role)
    return common.show(
        "for_me",
        found=found,
        role=role,
        stations=stations(),
        asks=cover_calls.asked_of(session=session, staff_id=me.id, now=now),
        offers=swaps.open_to(session=session, staff=me, now=now),
        hindered=[pair for pair in found.hindered.most_common() if pair[0] is not Refusal.OVER],
    )


@blueprint.get("/shifts/day")
@access(Access.SEE_SHIFTS)
def shifts_of_day() -> Any:
    """Show every shift of one day, and for each whether it fits or why not."""
    day, role = common.wished_day(), wished_role()
    start, end = common.day_span(day)
    now, session = clock.now(), reading()
    found = shifts.listings(session=session, start=start, end=end)
    book = None
    if staff_may(Access.TAKE_SHIFTS):
        book = shifts.book_of(session=session, staff=security.me(), start=start, end=end, timezone=clock.timezone())
    cards: dict[int, list[tuple[shifts.Listing, Fit | None]]] = {}
    for one in found:
        if role is None or one.place.role == role:
            cards.setdefault(one.place.shift_id, []).append((one, book.judge(one.place, now) if book else None))
    return common.show(
        "day",
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        is_today=day == common.today(),
        cards=list(cards.values()),
        # Hundreds of lines name the same few roles and reasons, so each is put into words once.
        role_names={key: words.role_name(key) for key in sheets()},
        reasons={reason: str(words.short(reason)) for reason in words.REASONS},
        role=role,
        stations=stations(),
    )


@blueprint.get("/shifts/mine")
@access(Access.TAKE_SHIFTS)
def my_shifts() -> Any:
    """Show what lies ahead of me, what I wait for, and what was."""
    me, now, session = security.me(), clock.now(), reading()
    ahead = shifts.ahead_of(session=session, staff_id=me.id, now=now)
    return common.show(
        "mine",
        ahead=ahead,
        offers=swaps.open_to(session=session, staff=me, now=now),
        standing=swaps.standing_of(session=session, sign_up_ids=[row.id for row in ahead]),
        waits=shifts.waits_of(session=session, staff_id=me.id, now=now),
        asks=cover_calls.asked_of(session=session, staff_id=me.id, now=now),
        behind=shifts.behind(session=session, staff_id=me.id, now=now),
        minutes=hours.total(session=session, staff_id=me.id),
        stations=stations(),
        place_of=shift_fit.place_of,
    )


@blueprint.post("/shifts/mine/chat-code")
@access(Access.TAKE_SHIFTS)
@limiter.limit(SHIFT_CODE, methods=["POST"])
def chat_code() -> Any:
    """Show a code with which the chat tells my next shift; it is seen once and kept only as a hash."""
    with unit_of_work() as work:
        code = shift_codes.make(session=work, actor=security.me(), secret=common.secret(), now=clock.now())
    flash(_("Your code for the chat: %(code)s. It works once, for 15 minutes.", code=code), "good")
    return redirect(url_for("staff.my_shifts"), code=303)
