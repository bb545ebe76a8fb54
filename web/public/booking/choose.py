"""Choose what, how and when: one page that works by plain links on any telephone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import generate_csrf

from care import matching, services, skills, slots
from care.matching import Wish
from care.slots import Slot
from models.services import Mode
from models.staff import StaffMember
from web.common import chat_key, clock, languages, slot_days
from web.common.access import Access, access
from web.common.database import reading
from web.public import blueprint
from web.public.booking import asked as choices
from web.public.booking.asked import DAYS_SHOWN, Asked

MODES: dict[Mode, Any] = {
    Mode.OFFLINE: _("In person, at a station"),
    Mode.ONLINE: _("Online, in the chat"),
    Mode.PHONE: _("By telephone"),
}
WISHES: dict[Wish, Any] = {
    Wish.ANY: _("Whoever is free"),
    Wish.SAME: _("The same as last time"),
    Wish.FRESH: _("Somebody I have not met"),
}


def free_times(asked: Asked, *, beneficiary_id: int | None, limit: int | None = None) -> list[Slot]:
    """Return the times that fit the choices, within the days that are shown."""
    if asked.service is None:
        return []
    start = slot_days.midnight(asked.first)
    return slots.find(
        session=reading(),
        service=asked.service,
        start=start,
        end=start + timedelta(days=DAYS_SHOWN),
        now=clock.now(),
        mode=asked.mode,
        language=asked.language,
        beneficiary_id=beneficiary_id,
        wish=asked.wish if beneficiary_id else Wish.ANY,
        one_each=True,
        limit=limit,
    )


def first_free(asked: Asked, *, beneficiary_id: int | None) -> Slot | None:
    """Return the next time that fits at all, so that an empty week leads on instead of ending."""
    if asked.service is None:
        return None
    found = slots.find(
        session=reading(),
        service=asked.service,
        start=slot_days.midnight(asked.first),
        end=clock.now() + timedelta(days=asked.service.horizon_days),
        now=clock.now(),
        mode=asked.mode,
        language=asked.language,
        beneficiary_id=beneficiary_id,
        wish=asked.wish if beneficiary_id else Wish.ANY,
        one_each=True,
        limit=1,
    )
    return found[0] if found else None


def names(found: list[Slot]) -> dict[int, str]:
    """Return the names of the colleagues whose times these are."""
    members = (reading().get(StaffMember, number) for number in {slot.staff_id for slot in found})
    return {member.id: member.display_name for member in members if member is not None}


@blueprint.get("/booking")
@access(Access.ANYONE)
def booking() -> Any:
    """Show what can be booked, and the free times of the coming days."""
    generate_csrf()
    asked, person = choices.read(), chat_key.person()
    person_id = person.id if person else None
    found = free_times(asked, beneficiary_id=person_id)
    ahead = first_free(asked, beneficiary_id=person_id) if asked.service and not found else None
    known = bool(person_id and matching.known_to(session=reading(), beneficiary_id=person_id))
    return render_template(
        "public/booking/choose.html",
        asked=asked,
        offered=services.for_people(session=reading()),
        days=slot_days.by_day(found),
        names=names(found),
        ahead=ahead,
        modes=MODES,
        wishes=WISHES if known else {},
        spoken=skills.languages(languages.language()),
        earlier=choices.earlier(asked) if asked.first > slot_days.today() else None,
        later=choices.later(asked),
        stamp=slot_days.stamp,
        ahead_date=slot_days.by_day([ahead])[0].date if ahead else None,
        timezone=clock.timezone(),
        inside=person is not None,
    )
