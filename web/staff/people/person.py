"""One colleague: who they are, what they may do and lack, who supervises them, when they are away, whom they help."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from care import caseload, leave, rooms, skills, staff, supervision
from care.refusals import Refusal, Refused
from care.staff import Declined
from models.staff import RoleName, StaffMember, Team
from web.common import clock, languages, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.staff import words as desk_words
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.people import certificate_rows, dates, words
from web.staff.people.forms import ProfileForm, QualificationForm, RolesForm, SupervisorForm, show
from web.staff.people.roster import was_declined


def found(staff_id: int) -> StaffMember:
    """Return the colleague whose page it is; refuse an unknown number."""
    member = reading().get(StaffMember, staff_id)
    if member is None:
        raise Refused(Refusal.NOT_FOUND)
    return member


def profile_form(member: StaffMember, *, fresh: bool) -> ProfileForm:
    """Return the form of who a colleague is, filled from the record or from what was typed."""
    stations = rooms.stations(session=reading())
    if not fresh:
        return ProfileForm(stations=stations)
    known = {
        "display_name": member.display_name,
        "team": member.team.value if member.team else "",
        "station_id": member.station_id or 0,
        "languages": member.languages,
        "specialties": member.specialties,
        "caseload_cap": member.caseload_cap,
        "phone": member.phone or "",
    }
    return ProfileForm(formdata=None, data=known, stations=stations)


def supervisor_form(member: StaffMember, *, fresh: bool) -> SupervisorForm:
    """Return the form of who supervises a colleague."""
    current = supervision.supervisor_of(session=reading(), staff_id=member.id)
    form = SupervisorForm(formdata=None, data={"supervisor_id": current.id if current else 0}) if fresh else None
    form = form or SupervisorForm()
    form.supervisor_id.choices = [
        SelectChoice(0, _("Nobody")),
        *(
            SelectChoice(one.id, one.display_name)
            for one in supervision.candidates(session=reading(), staff_id=member.id)
        ),
    ]
    return form


def page(member: StaffMember, status: int = 200, **forms: Any) -> Any:
    """Draw the page of one colleague; a form that was refused is handed in with what was typed."""
    now, work, language = clock.now(), reading(), languages.language()
    spoken, special = skills.languages(language), skills.specialties(language)
    held_roles = [role.name for role in member.roles]
    return (
        render_template(
            "staff/people/person.html",
            member=member,
            team=words.TEAMS[member.team] if member.team else words.NO_TEAM,
            station=member.station.name(language) if member.station else "",
            spoken=[spoken[key] for key in member.languages if key in spoken],
            special=[special[key] for key in member.specialties if key in special],
            certificates=certificate_rows.rows(session=work, staff_id=member.id, now=now),
            lacking=certificate_rows.lacking(session=work, member=member, now=now),
            supervisor=supervision.supervisor_of(session=work, staff_id=member.id),
            supervised=supervision.people_of(session=work, supervisor_id=member.id),
            leaves=leave.of(session=work, staff_id=member.id)[:10],
            leave_states=words.LEAVE_STATES,
            span=dates.span,
            stand_in=leave.stand_in(session=work, staff_id=member.id, at=now),
            is_away=leave.is_away(session=work, staff_id=member.id, at=now),
            assignments=caseload.of(session=work, staff_id=member.id),
            cap=caseload.cap(worker=member),
            me=security.me(),
            forms={
                "profile": forms.get("profile") or profile_form(member, fresh=True),
                "roles": forms.get("roles") or RolesForm(formdata=None, data={"roles": held_roles}),
                "supervisor": forms.get("supervisor") or supervisor_form(member, fresh=True),
                "certificate": forms.get("certificate") or QualificationForm(formdata=None),
            },
            opened=next(iter(forms), ""),
        ),
        status,
    )


@blueprint.get("/people/<row:staff_id>")
@access(Access.SEE_PEOPLE)
def person(staff_id: int) -> Any:
    """Show one colleague."""
    return page(found(staff_id))


@blueprint.post("/people/<row:staff_id>/profile")
@access(Access.MANAGE_STAFF)
def edit_person(staff_id: int) -> Any:
    """Write down who a colleague is."""
    member = found(staff_id)
    form = profile_form(member, fresh=False)
    if not form.validate():
        return page(member, 422, profile=form)
    try:
        with unit_of_work() as work:
            staff.edit_profile(
                session=work,
                actor=security.me(),
                staff_id=staff_id,
                display_name=form.display_name.data,
                team=Team(form.team.data) if form.team.data else None,
                station_id=form.station_id.data or None,
                languages=form.languages.data or [],
                specialties=form.specialties.data or [],
                caseload_cap=form.caseload_cap.data,
                phone=form.phone.data or "",
                now=clock.now(),
            )
    except Declined as declined:
        if declined.field is None:
            return was_declined(declined, staff_id)
        add_error(form[declined.field], desk_words.PROBLEMS[declined.problem])
        return page(found(staff_id), 422, profile=form)
    flash(_("The record is up to date."), "good")
    return redirect(url_for("staff.person", staff_id=staff_id), code=303)


@blueprint.post("/people/<row:staff_id>/roles")
@access(Access.MANAGE_STAFF)
def change_roles(staff_id: int) -> Any:
    """Give and take roles; a new one asks for its training first."""
    member, form = found(staff_id), RolesForm()
    if not form.validate():
        return page(member, 422, roles=form)
    try:
        with unit_of_work() as work:
            staff.change_roles(
                session=work,
                actor=security.me(),
                staff_id=staff_id,
                roles=[RoleName(name) for name in form.roles.data or []],
                now=clock.now(),
            )
    except Declined as declined:
        if declined.field is None:
            return was_declined(declined, staff_id)
        add_error(form[declined.field], desk_words.PROBLEMS[declined.problem])
        return page(found(staff_id), 422, roles=form)
    flash(_("The roles are changed."), "good")
    return redirect(url_for("staff.person", staff_id=staff_id), code=303)


@blueprint.post("/people/<row:staff_id>/supervisor")
@access(Access.MANAGE_STAFF)
def set_supervisor(staff_id: int) -> Any:
    """Say who supervises a colleague from now on."""
    member = found(staff_id)
    form = supervisor_form(member, fresh=False)
    if not form.validate():
        return page(member, 422, supervisor=form)
    try:
        with unit_of_work() as work:
            supervision.set_supervisor(
                session=work,
                actor=security.me(),
                staff_id=staff_id,
                supervisor_id=form.supervisor_id.data or None,
                now=clock.now(),
            )
    except Refused as refused:
        show(form, refused, "supervisor_id")
        return page(found(staff_id), 422, supervisor=form)
    flash(_("The supervisor is changed."), "good")
    return redirect(url_for("staff.person", staff_id=staff_id), code=303)
