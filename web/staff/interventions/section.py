"""What the page of a case shows of its steps and duties; a form that was refused comes back on a page of its own."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy.orm import Session

from care import intervention_duties, intervention_rules, interventions
from models.crises import CrisisCase
from models.interventions import DutyKind, StepKind
from models.staff import StaffMember
from web.staff.interventions import words
from web.staff.interventions.forms import StepForm


def of_case(*, session: Session, case: CrisisCase, me: StaffMember) -> dict[str, Any]:
    """Return everything that the section draws."""
    steps = interventions.of_case(session=session, case_id=case.id)
    duties = intervention_duties.of_case(session=session, case_id=case.id)
    return {
        "steps": steps,
        "duties": duties,
        "open_duties": [row for row in duties if row.outcome is None],
        "waiting": [row for row in steps if row.alarm_at is not None],
        "unread": [row for row in steps if _is_unread(row)],
        "may_read": me.has_any(*interventions.READERS),
        "may_leave_out_report": me.has_any(*intervention_duties.LEADS),
        "has_contact": case.beneficiary.emergency_contact is not None,
        "report_open": any(row.kind is DutyKind.REPORT for row in duties),
        "sent": intervention_rules.SENT,
        "words": words,
    }


def _is_unread(row: Any) -> bool:
    return row.kind in intervention_rules.SENT and row.verdict is None and (row.begun_at or not row.ended_at)


def fresh_step(*, case: CrisisCase) -> StepForm:
    """Return an empty form; the guardian is offered only where the person is a minor."""
    return offer(StepForm(formdata=None, data={"key": secrets.token_hex(16)}), case)


def offer(form: StepForm, case: CrisisCase) -> StepForm:
    """Leave out what does not fit the age of the person."""
    if not case.beneficiary.age_band.is_minor:
        form.kind.choices = [one for one in form.kind.choices if one.value != StepKind.GUARDIAN.value]
        form.basis.choices = [one for one in form.basis.choices if one.value != "guardian_consent"]
    return form
