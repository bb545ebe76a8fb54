"""What waits for a coordinator: places that change hands, hours, corrections, certificates."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import certificates, hours, swaps
from web.common import clock, security
from web.common.access import Access, access, staff_may
from web.common.database import reading
from web.common.languages import language
from web.staff.blueprint import blueprint
from web.staff.shifts import common

# A page of hours is ticked and approved together.
MOST_AT_ONCE = 100


@blueprint.get("/shifts/approvals")
@access(Access.PLAN_SHIFTS)
def shift_approvals() -> Any:
    """Show everything that waits, the most urgent first."""
    session = reading()
    may_certify = staff_may(Access.CERTIFY_HOURS)
    return common.show(
        "approvals",
        swaps=swaps.to_approve(session=session, now=clock.now()),
        served=hours.to_approve(session=session, limit=MOST_AT_ONCE),
        counted=hours.counted_minutes,
        corrections=hours.open_corrections(session=session),
        approved=lambda number: hours.minutes_of(session=session, sign_up_id=number),
        wishes=certificates.to_issue(session=session) if may_certify else [],
        issued=certificates.issued(session=session) if may_certify else [],
        me=security.me(),
        lang=language(),
    )


@blueprint.post("/shifts/approvals/hours")
@access(Access.PLAN_SHIFTS)
def approve_hours() -> Any:
    """Approve the hours that are ticked, all of them or none."""
    numbers = request.form.getlist("sign_up_id", type=int)[:MOST_AT_ONCE]

    def approve(work: Session) -> None:
        for number in sorted(set(numbers)):
            hours.approve(
                session=work,
                actor=security.me(),
                sign_up_id=number,
                now=clock.now(),
                timezone=clock.timezone(),
            )

    return common.press(
        approve,
        back=url_for("staff.shift_approvals"),
        done=_("The hours are in the ledger under your name.") if numbers else None,
    )


@blueprint.post("/shifts/corrections/<row:correction_id>")
@access(Access.PLAN_SHIFTS)
def decide_correction(correction_id: int) -> Any:
    """Answer a volunteer who holds the hours to be wrong."""
    grant, answer = request.form.get("answer") == "yes", request.form.get("reason", "")
    return common.press(
        lambda work: hours.decide_correction(
            session=work,
            actor=security.me(),
            correction_id=correction_id,
            grant=grant,
            answer=answer,
            now=clock.now(),
            timezone=clock.timezone(),
        ),
        back=url_for("staff.shift_approvals"),
        done=_("The volunteer finds your answer beside the hours."),
    )
