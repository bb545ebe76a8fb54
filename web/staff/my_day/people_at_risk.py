"""Openings of the glass that a lead has not looked at, plans that are due, chats that rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import contact_plans, glass_openings
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section
from web.staff.person_standing import today


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield what a lead still has to look at, and plans whose day has come, to the colleague who wrote them."""
    if staff_may(Access.REVIEW_GLASS):
        waiting = glass_openings.waiting_for(session=session, actor=me)
        if waiting:
            title = _("%(count)s times everything about a person was opened", count=waiting)
            yield Row(Section.WAITS, title, url_for("staff.glass"), detail=_("please look at each"), symbol="key")
    if not staff_may(Access.SEE_CASE):
        return
    for plan in contact_plans.plans(session=session):
        if plan.review_on > today():
            break
        if plan.author_id == me.id:
            yield Row(
                Section.WAITS,
                _("Look at the contact plan of %(code)s again", code=plan.beneficiary.code),
                url_for("staff.contact_plan", beneficiary_id=plan.beneficiary_id),
                symbol="people",
            )


def doors() -> Iterator[Door]:
    """Yield the ways to the lists."""
    if staff_may(Access.SEE_CASE):
        words = _("Agreed plans: who, how often, what helps, what does not.")
        yield Door(_("People who need us often"), words, url_for("staff.contact_plans_list"), "people", 46)
    if staff_may(Access.REVIEW_GLASS):
        words = _("Who saw a name or an address, about whom and why.")
        yield Door(_("Names that were opened"), words, url_for("staff.glass"), "key", 47)
    if staff_may(Access.BLOCK):
        yield Door(_("Chats that rest"), _("After abuse, with an end."), url_for("staff.blocks_list"), "clock", 48)
