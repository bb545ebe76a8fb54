"""What the roster asks of me: an offered turn, a hand-over that waits for a lead, and hours that nobody holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import duty_gaps, duty_swaps
from models.duty import SwapState
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff import words
from web.staff.duty import gap_days
from web.staff.my_day.rows import Row, Section


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield offers that wait for my answer; for leads also hand-overs to approve and the nearest gaps."""
    if not staff_may(Access.SEE_DUTY):
        return
    page = url_for("staff.duty_swaps_page")
    for swap in duty_swaps.open_for(session=session, staff=me, now=now):
        if swap.to_staff_id == me.id and swap.state is SwapState.OFFERED:
            title = _("%(name)s offers you a turn", name=swap.from_staff.display_name)
            yield Row(Section.WAITS, title, page, swap.turn.starts_at, words.POSITIONS[swap.turn.position])
    if not staff_may(Access.PLAN_DUTY):
        return
    for swap in duty_swaps.to_decide(session=session, now=now):
        if me.id not in (swap.from_staff_id, swap.to_staff_id):
            yield Row(Section.WAITS, _("A hand-over waits for your approval"), page, swap.turn.starts_at)
    gaps = duty_gaps.gaps(session=session, start=now, end=now + duty_gaps.AHEAD)
    if gaps:
        soon = any(gap.starts_at < now + duty_gaps.NEAR for gap in gaps)
        days = len(gap_days())
        yield Row(
            Section.WAITS,
            _("The duty roster has gaps"),
            url_for("staff.duty", _anchor="gaps"),
            max(gaps[0].starts_at, now),
            _("Within three days. Please fill them.") if soon else _("On %(days)s of the next 14 days.", days=days),
            symbol="alert",
        )
