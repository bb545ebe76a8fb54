"""The glass at the desk: one tap with a reason shows a name or everything; leads look at it afterwards."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from care import glass_openings
from care.refusals import Refusal, Refused
from models.glass_openings import GlassPart, GlassReview
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.paths import safe_next
from web.staff.person_standing import GLASS_REASONS


def _back() -> str:
    return safe_next(request.form.get("next")) or url_for("staff.home")


@blueprint.post("/beneficiaries/<row:beneficiary_id>/glass")
@access(Access.BREAK_GLASS)
def break_glass(beneficiary_id: int) -> Any:
    """Show what the reason allows; it is recorded, and leads are told when everything was opened."""
    try:
        part = GlassPart(request.form.get("part", ""))
    except ValueError:
        raise Refused(Refusal.WRONG_VALUE, "part") from None
    return act(
        lambda work: glass_openings.break_glass(
            session=work,
            beneficiary_id=beneficiary_id,
            actor=security.me(),
            part=part,
            reason=request.form.get("reason", ""),
            words=request.form.get("words", ""),
            now=clock.now(),
        ),
        back=_back() + "#glass",
    )


@blueprint.post("/beneficiaries/<row:beneficiary_id>/glass/close")
@access(Access.BREAK_GLASS)
def close_glass(beneficiary_id: int) -> Any:
    """Hide everything again."""
    return act(
        lambda work: glass_openings.close(
            session=work, beneficiary_id=beneficiary_id, actor=security.me(), now=clock.now()
        ),
        back=_back() + "#glass",
    )


@blueprint.get("/glass")
@access(Access.REVIEW_GLASS)
def glass() -> Any:
    """List who opened what about whom and why; those that nobody has looked at come first."""
    rows = glass_openings.listed(session=reading(), now=clock.now())
    return render_template(
        "staff/glass.html",
        waiting=[row for row in rows if row.reviewed_at is None],
        looked_at=[row for row in rows if row.reviewed_at is not None],
        reasons=GLASS_REASONS,
        parts=GlassPart,
        reviews=GlassReview,
        me=security.me(),
    )


@blueprint.post("/glass/<row:opening_id>/review")
@access(Access.REVIEW_GLASS)
def review_glass(opening_id: int) -> Any:
    """Say whether it was fitting; words are needed only where there is something to talk about."""

    def verb(work: Any) -> None:
        glass_openings.review(
            session=work,
            opening_id=opening_id,
            actor=security.me(),
            verdict=request.form.get("verdict", ""),
            words=request.form.get("words", ""),
            now=clock.now(),
        )

    return act(verb, back=url_for("staff.glass"), done=_("Noted."))
