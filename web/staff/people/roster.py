"""The people who work here: one list with filters; taken on with a first password, signed out when they leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import caseload, leave, qualifications, rooms, skills, staff, supervision
from care.staff import Declined, Problem
from models.staff import RoleName, StaffMember, Team
from web.common import clock, languages, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.staff import words
from web.staff.blueprint import blueprint
from web.staff.forms import PersonForm, add_error
from web.staff.people.words import NO_TEAM, TEAMS


@dataclass(frozen=True)
class Filters:
    """What the list was asked for; an unknown word asks for nothing."""

    team: str
    station: int
    language: str
    show: str

    @classmethod
    def asked(cls) -> Filters:
        """Read them from the address of the page."""
        return cls(
            team=request.args.get("team", ""),
            station=request.args.get("station", 0, int) or 0,
            language=request.args.get("language", ""),
            show=request.args.get("show", ""),
        )


@dataclass(frozen=True)
class Row:
    """One colleague on the list."""

    member: StaffMember
    team: Any
    station: str
    spoken: list[str]
    carried: int
    cap: int
    # "expired", "soon" or nothing.
    certificates: str
    away: bool


def _rows(work: Session, filters: Filters) -> list[Row]:
    now, language = clock.now(), languages.language()
    members = staff.found(
        session=work,
        team=Team(filters.team) if filters.team in set(Team) else None,
        station_id=filters.station if 0 < filters.station < 2**31 else None,
        language=filters.language or None,
    )
    expiring: dict[int, str] = {}
    for row in qualifications.expiring(session=work, now=now):
        assert row.expires_at is not None
        gone = row.expires_at <= now
        expiring[row.staff_id] = "expired" if gone or expiring.get(row.staff_id) == "expired" else "soon"
    carried = caseload.counts(session=work, staff_ids=[one.id for one in members])
    away = leave.spans(session=work, staff_ids=[one.id for one in members], start=now, end=now)
    names = skills.languages(language)
    rows = [
        Row(
            member=one,
            team=TEAMS[one.team] if one.team else NO_TEAM,
            station=one.station.name(language) if one.station else "",
            spoken=[names[key] for key in one.languages if key in names],
            carried=carried[one.id],
            cap=caseload.cap(worker=one),
            certificates=expiring.get(one.id, ""),
            away=bool(away[one.id]) or leave.is_away(session=work, staff_id=one.id, at=now),
        )
        for one in members
    ]
    return [row for row in rows if _is_wanted(work, row, filters.show)]


def _is_wanted(work: Session, row: Row, show: str) -> bool:
    if show == "expiring":
        return bool(row.certificates)
    if show == "mine":
        return supervision.supervises(session=work, supervisor_id=security.me().id, staff_id=row.member.id)
    if show == "gone":
        return not row.member.active
    return True


@blueprint.get("/people")
@access(Access.SEE_PEOPLE)
def people() -> Any:
    """List everyone by team, with filters."""
    filters, language = Filters.asked(), languages.language()
    return render_template(
        "staff/people/list.html",
        rows=_rows(reading(), filters),
        filters=filters,
        teams=TEAMS,
        stations=rooms.stations(session=reading()),
        spoken=skills.languages(language),
    )


@blueprint.get("/people/new")
@access(Access.MANAGE_STAFF)
def new_person() -> Any:
    """Offer the form for a new colleague."""
    return _page()


def _page(form: PersonForm | None = None, status: int = 200, new: tuple[StaffMember, str] | None = None) -> Any:
    return render_template("staff/people/new.html", form=form or PersonForm(formdata=None), new=new), status


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
                roles=[RoleName(name) for name in form.roles.data or []],
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
        return was_declined(declined, staff_id)
    if member.id == security.me().id:
        security.begin_session(member)
    return _page(new=(member, password))


@blueprint.post("/people/<row:staff_id>/reactivate")
@access(Access.MANAGE_STAFF)
def reactivate(staff_id: int) -> Any:
    """Let a colleague who came back sign in again."""
    try:
        with unit_of_work() as work:
            staff.reactivate(session=work, actor=security.me(), staff_id=staff_id, now=clock.now())
    except Declined as declined:
        return was_declined(declined, staff_id)
    flash(_("The account is active again."), "good")
    return redirect(url_for("staff.person", staff_id=staff_id), code=303)


def was_declined(declined: Declined, staff_id: int) -> Any:
    """Answer a button of a person's page that cannot be done."""
    if declined.problem is Problem.UNKNOWN:
        return render_template("errors/404.html", status=404, words=words.PROBLEMS[declined.problem]), 404
    flash(str(words.PROBLEMS[declined.problem]), "danger")
    return redirect(url_for("staff.person", staff_id=staff_id), code=303)
