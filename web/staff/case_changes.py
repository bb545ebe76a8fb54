"""Answer what a colleague proposed about a case: the four eyes of the top two levels."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from care import case_changes
from care.refusals import Refusal, Refused
from models.case_changes import CaseChange
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading
from web.staff.acting import act
from web.staff.blueprint import blueprint


@blueprint.post("/case-changes/<row:change_id>/confirm")
@access(Access.CLOSE_CASE)
def confirm_change(change_id: int) -> Any:
    """Confirm a lower level as the second reader."""
    return act(
        lambda work: case_changes.confirm_lowering(
            session=work, change_id=change_id, actor=security.me(), now=clock.now()
        ),
        back=_case_of(change_id),
        done=_("The level is lower now; its clock runs from this moment."),
    )


@blueprint.post("/case-changes/<row:change_id>/decline")
@access(Access.CLOSE_CASE)
def decline_change(change_id: int) -> Any:
    """Say no to a proposal, or take the own one back, in words."""
    return act(
        lambda work: case_changes.decline(
            session=work,
            change_id=change_id,
            actor=security.me(),
            words=request.form.get("words", ""),
            now=clock.now(),
        ),
        back=_case_of(change_id),
        done=_("The proposal is off the table. The case stays as it is."),
    )


def _case_of(change_id: int) -> str:
    change = reading().get(CaseChange, change_id)
    if change is None:
        raise Refused(Refusal.NOT_FOUND)
    return url_for("staff.case", case_id=change.case_id)
