"""The people who work here: taken on with a first password, and signed out for good when they leave."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from care import staff
from care.staff import Declined, Problem
from models.staff import RoleName, StaffMember
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.staff import words
from web.staff.blueprint import blueprint
from web.staff.forms import PersonForm, add_error


def _page(form: PersonForm | None = None, status: int = 200, new: tuple[StaffMember, str] | None = None) -> Any:
    page = render_template(
        "staff/people.html",
        everyone=staff.everyone(session=reading()),
        me=security.me(),
        form=form or PersonForm(formdata=None),
        new=new,
    )
    return page, status


@blueprint.get("/people")
@access(Access.MANAGE_STAFF)
def people() -> Any:
    """List everyone, and offer a form for a new colleague."""
    return _page()


@blueprint.post("/people")
@access(Access.MANAGE_STAFF)
def add_person() -> Any:
    """Take a colleague on; the first password is made here and shown once."""
    form = PersonForm()
    if not form.validate():
        return _page(form, 422)
    password = staff.new_password()
    password_hash = security.hashed(password)
    try:
        with unit_of_work() as work:
            member = staff.create(
                session=work,
                actor=security.me(),
                username=form.username.data,
                display_name=form.display_name.data,
                roles=[RoleName(name) for name in form.roles.data],
                password_hash=password_hash,
                language=form.language.data,
                now=clock.now(),
            )
    except Declined as declined:
        add_error(form[declined.field or "username"], words.PROBLEMS[declined.problem])
        return _page(form, 422)
    # Shown in this very answer and nowhere else: a redirect would have to keep it in a cookie.
    return _page(new=(member, password))


@blueprint.post("/people/<row:staff_id>/password")
@access(Access.MANAGE_STAFF)
def new_password(staff_id: int) -> Any:
    """Replace a forgotten password with a new one that is shown once."""
    password = staff.new_password()
    password_hash = security.hashed(password)
    try:
        with unit_of_work() as work:
            member = staff.give_new_password(
                session=work, actor=security.me(), staff_id=staff_id, password_hash=password_hash, now=clock.now()
            )
    except Declined as declined:
        return _declined(declined)
    if member.id == security.me().id:
        security.begin_session(member)
    return _page(new=(member, password))


@blueprint.post("/people/<row:staff_id>/deactivate")
@access(Access.MANAGE_STAFF)
def deactivate(staff_id: int) -> Any:
    """Sign a colleague out for good; the people they spoke with go back to the queue."""
    return _change(staff.deactivate, staff_id, _("The account is deactivated and signed out everywhere."))


@blueprint.post("/people/<row:staff_id>/reactivate")
@access(Access.MANAGE_STAFF)
def reactivate(staff_id: int) -> Any:
    """Let a colleague who came back sign in again."""
    return _change(staff.reactivate, staff_id, _("The account is active again."))


def _change(verb: Any, staff_id: int, done: str) -> Any:
    try:
        with unit_of_work() as work:
            verb(session=work, actor=security.me(), staff_id=staff_id, now=clock.now())
    except Declined as declined:
        return _declined(declined)
    flash(done, "good")
    return redirect(url_for("staff.people"), code=303)


def _declined(declined: Declined) -> Any:
    if declined.problem is Problem.UNKNOWN:
        return render_template("errors/404.html", status=404, words=words.PROBLEMS[declined.problem]), 404
    flash(str(words.PROBLEMS[declined.problem]), "danger")
    return redirect(url_for("staff.people"), code=303)
