"""Whom each worker looks after, how many they carry, and who decides to give them one more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from care import caseload as load
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.caseload import CaseAssignment
from models.staff import StaffMember
from web.common import clock, security
from web.common.access import Access, access, staff_may
from web.common.database import reading, unit_of_work
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.people.forms import AssignForm, show
from web.staff.people.words import TEAMS


@dataclass(frozen=True)
class WorkerRow:
    """One worker with the people they carry."""

    member: StaffMember
    team: Any
    carried: int
    cap: int
    assignments: list[CaseAssignment]


def _workers(work: Session) -> list[WorkerRow]:
    members = load.workers(session=work)
    counts = load.counts(session=work, staff_ids=[one.id for one in members])
    return [
        WorkerRow(
            one,
            TEAMS[one.team] if one.team else "",
            counts[one.id],
            load.cap(worker=one),
            list(load.of(session=work, staff_id=one.id)),
        )
        for one in members
    ]


def _form(*, fresh: bool) -> AssignForm:
    form = AssignForm(formdata=None) if fresh else AssignForm()
    form.worker_id.choices = [
        SelectChoice(row.member.id, f"{row.member.display_name} · {row.team} · {row.carried}/{row.cap}")
        for row in _workers(reading())
    ]
    return form


def _page(form: AssignForm | None = None, status: int = 200) -> Any:
    me = security.me()
    may_assign = staff_may(Access.ASSIGN_CASES)
    return (
        render_template(
            "staff/people/caseload.html",
            me=me,
            own=load.of(session=reading(), staff_id=me.id),
            cap=load.cap(worker=me),
            workers=_workers(reading()) if may_assign else [],
            form=(form or _form(fresh=True)) if may_assign else None,
        ),
        status,
    )


@blueprint.get("/caseload")
@access(Access.SEE_CASELOAD)
def caseload() -> Any:
    """Show the people one looks after; to those who assign, everybody's."""
    return _page()


@blueprint.post("/caseload")
@access(Access.ASSIGN_CASES)
def assign_case() -> Any:
    """Give a person to a worker; over the cap only with a reason."""
    form = _form(fresh=False)
    if not form.validate():
        return _page(form, 422)
    person = (
        reading().scalars(select(Beneficiary).where(Beneficiary.code == (form.code.data or "").strip().upper())).first()
    )
    if person is None:
        show(form, Refused(Refusal.NOT_FOUND, "code"), "code")
        return _page(form, 422)
    person_id = person.id
    try:
        with unit_of_work() as work:
            load.assign(
                session=work,
                actor=security.me(),
                beneficiary_id=person_id,
                worker_id=form.worker_id.data,
                over_cap_reason=form.reason.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        show(form, Refused(refused.refusal, "code" if refused.field == "beneficiary_id" else refused.field), "code")
        return _page(form, 422)
    flash(_("The person has a worker now."), "good")
    return redirect(url_for("staff.caseload"), code=303)


@blueprint.post("/caseload/<row:assignment_id>/end")
@access(Access.ASSIGN_CASES)
def end_case(assignment_id: int) -> Any:
    """End an assignment; its history stays."""
    return act(
        lambda work: load.end(session=work, actor=security.me(), assignment_id=assignment_id, now=clock.now()),
        back=url_for("staff.caseload"),
        done=_("The assignment has ended."),
    )


@blueprint.post("/caseload/<row:assignment_id>/hand-over")
@access(Access.ASSIGN_CASES)
def hand_over_case(assignment_id: int) -> Any:
    """Give a person from one worker to another."""
    old = reading().get(CaseAssignment, assignment_id)
    if old is None:
        raise Refused(Refusal.NOT_FOUND)
    form = _form(fresh=False)
    form.code.data = old.beneficiary.code
    if not form.worker_id.validate(form):
        return _page(form, 422)
    try:
        with unit_of_work() as work:
            load.hand_over(
                session=work,
                actor=security.me(),
                assignment_id=assignment_id,
                worker_id=form.worker_id.data,
                over_cap_reason=form.reason.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        show(form, Refused(refused.refusal, "worker_id"), "worker_id")
        return _page(form, 422)
    flash(_("The person has been handed over."), "good")
    return redirect(url_for("staff.caseload"), code=303)
