"""Find a time for somebody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template

from care import services, skills, slots
from care.matching import Wish
from care.slots import Slot
from models.staff import StaffMember
from web.common import clock, languages, slot_days
from web.common.access import Access, access
from web.common.database import reading
from web.staff.appointments import asked as choices
from web.staff.appointments.asked import DAYS_SHOWN, Asked
from web.staff.appointments.words import MODES, WISHES
from web.staff.blueprint import blueprint
from web.staff.calendar.page import colleagues


def free_times(asked: Asked, *, limit: int | None = None, days: int = DAYS_SHOWN) -> list[Slot]:
    """Return the times that fit the choices; with a named colleague theirs, else the lightest week first."""
    if asked.service is None:
        return []
    start = slot_days.midnight(asked.first)
    return slots.find(
        session=reading(),
        service=asked.service,
        start=start,
        end=start + timedelta(days=days),
        now=clock.now(),
        mode=asked.mode,
        staff_id=asked.member.id if asked.member else None,
        language=asked.language,
        specialty=asked.specialty,
        beneficiary_id=asked.person.id if asked.person else None,
        wish=asked.wish if asked.person else Wish.ANY,
        by_staff=True,
        one_each=True,
        limit=limit,
    )


@blueprint.get("/book")
@access(Access.BOOK)
def book() -> Any:
    """Show the choices and the free times."""
    asked = choices.read()
    found = free_times(asked)
    ahead = free_times(asked, limit=1, days=180) if not found else []
    spoken = languages.language()
    return render_template(
        "staff/appointments/book.html",
        asked=asked,
        offered=[one for one in services.every(session=reading()) if not one.is_group],
        colleagues=colleagues(),
        days=slot_days.by_day(found),
        ahead=slot_days.by_day(ahead)[0].date if ahead else None,
        names=names(found),
        modes=MODES,
        wishes=WISHES,
        spoken=skills.languages(spoken),
        specialties=skills.specialties(spoken),
        earlier=max(asked.first - timedelta(days=DAYS_SHOWN), slot_days.today()),
        later=asked.first + timedelta(days=DAYS_SHOWN),
        today=slot_days.today(),
        stamp=slot_days.stamp,
    )


def names(found: list[Slot]) -> dict[int, str]:
    """Return the names of the colleagues whose times these are."""
    members = (reading().get(StaffMember, number) for number in {slot.staff_id for slot in found})
    return {member.id: member.display_name for member in members if member is not None}
