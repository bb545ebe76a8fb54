"""Who would like to help: the inbox, the check step by step, yes or no."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from care import applications as inbox
from care import skills, staff
from care.refusals import Refused
from care.staff import Declined
from models.applications import Application
from models.staff import StaffMember
from web.common import clock, languages, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.staff import words as desk_words
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.people import words
from web.staff.people.forms import ApproveForm, CheckForm, ReasonForm, show


@blueprint.get("/applications")
@access(Access.DECIDE_APPLICATIONS)
def applications() -> Any:
    """List what waits, and what was decided last."""
    return render_template(
        "staff/people/applications.html",
        waiting=inbox.inbox(session=reading()),
        decided=inbox.decided(session=reading()),
        states=words.APPLICATION_STATES,
        missing=inbox.missing_checks,
        steps=len(inbox.CHECKS),
        language=languages.language(),
    )


def _page(row: Application, status: int = 200, *, new: tuple[StaffMember, str] | None = None, **forms: Any) -> Any:
    language = languages.language()
    spoken = skills.languages(language)
    return (
        render_template(
            "staff/people/application.html",
            one=row,
            state=words.APPLICATION_STATES[row.state],
            station=row.station.name(language) if row.station else "",
            spoken=[spoken[key] for key in row.languages if key in spoken],
            wishes=[words.WISHES[key] for key in row.wishes if key in words.WISHES],
            times=[words.TIMES[key] for key in row.times if key in words.TIMES],
            done={check.item: check for check in row.checks},
            steps=words.CHECKS,
            hints=words.CHECK_HINTS,
            missing=inbox.missing_checks(row),
            new=new,
            check=forms.get("check") or CheckForm(formdata=None),
            approve=forms.get("approve") or ApproveForm(formdata=None),
            decline=forms.get("decline") or ReasonForm(formdata=None),
        ),
        status,
    )


def _row(application_id: int) -> Application:
    return inbox.by_id(session=reading(), application_id=application_id)


@blueprint.get("/applications/<row:application_id>")
@access(Access.DECIDE_APPLICATIONS)
def application(application_id: int) -> Any:
    """Show one application."""
    return _page(_row(application_id))


@blueprint.post("/applications/<row:application_id>/checks")
@access(Access.DECIDE_APPLICATIONS)
def check_application(application_id: int) -> Any:
    """Write down that a step of the check is done."""
    row, form = _row(application_id), CheckForm()
    if not form.validate():
        return _page(row, 422, check=form)
    try:
        with unit_of_work() as work:
            inbox.check(
                session=work,
                actor=security.me(),
                application_id=application_id,
                item=form.item.data,
                note=form.note.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        show(form, refused, "note")
        return _page(_row(application_id), 422, check=form)
    flash(_("The step is done."), "good")
    return redirect(url_for("staff.application", application_id=application_id), code=303)


@blueprint.post("/applications/<row:application_id>/approve")
@access(Access.DECIDE_APPLICATIONS)
def approve_application(application_id: int) -> Any:
    """Say yes: an account, whose first password is shown once in this very answer."""
    row, form = _row(application_id), ApproveForm()
    if not form.validate():
        return _page(row, 422, approve=form)
    password = staff.new_password()
    password_hash = security.hashed(password)
    try:
        with unit_of_work() as work:
            member = inbox.approve(
                session=work,
                actor=security.me(),
                application_id=application_id,
                username=form.username.data or "",
                password_hash=password_hash,
                now=clock.now(),
            )
    except Refused as refused:
        show(form, refused, "username")
        return _page(_row(application_id), 422, approve=form)
    except Declined as declined:
        add_error(form.username, desk_words.PROBLEMS[declined.problem])
        return _page(_row(application_id), 422, approve=form)
    return _page(_row(application_id), new=(member, password))


@blueprint.post("/applications/<row:application_id>/decline")
@access(Access.DECIDE_APPLICATIONS)
def decline_application(application_id: int) -> Any:
    """Say no, with a reason."""
    row, form = _row(application_id), ReasonForm()
    if not form.validate():
        return _page(row, 422, decline=form)
    try:
        with unit_of_work() as work:
            inbox.decline(
                session=work,
                actor=security.me(),
                application_id=application_id,
                reason=form.reason.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        show(form, refused, "reason")
        return _page(_row(application_id), 422, decline=form)
    flash(_("The application is declined. Please tell the person."), "good")
    return redirect(url_for("staff.applications"), code=303)


@blueprint.post("/applications/<row:application_id>/withdraw")
@access(Access.DECIDE_APPLICATIONS)
def withdraw_application(application_id: int) -> Any:
    """Take it back as the person wishes; what identifies them is erased."""
    return act(
        lambda work: inbox.withdraw(session=work, actor=security.me(), application_id=application_id, now=clock.now()),
        back=url_for("staff.applications"),
        done=_("The application is withdrawn and the person's details are erased."),
    )
