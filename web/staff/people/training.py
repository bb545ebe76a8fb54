"""The table of what each role, service and place in a shift asks for before it may be taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from care import qualifications
from care.refusals import Refused
from web.common import clock, languages, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.staff.blueprint import blueprint
from web.staff.people import certificate_rows
from web.staff.people.forms import NeedsForm, show


@dataclass(frozen=True)
class Need:
    """One line of the table."""

    role: str
    name: str
    chosen: list[str]
    names: list[str]


def _page(refused: NeedsForm | None = None, status: int = 200) -> Any:
    table, language = qualifications.needs(session=reading()), languages.language()
    lines = [
        Need(
            role,
            qualifications.role_name(role, language),
            table.get(role, []),
            certificate_rows.kind_names(table.get(role, [])),
        )
        for role in qualifications.known_roles(session=reading())
    ]
    return (
        render_template(
            "staff/people/training.html",
            lines=lines,
            kinds={key: kind.name(language) for key, kind in qualifications.kinds().items()},
            new=refused or NeedsForm(formdata=None),
        ),
        status,
    )


@blueprint.get("/training-needs")
@access(Access.SEE_PEOPLE)
def training_needs() -> Any:
    """Show the table."""
    return _page()


@blueprint.post("/training-needs")
@access(Access.SET_TRAINING)
def set_training_needs() -> Any:
    """Change one line of the table."""
    form = NeedsForm()
    if not form.validate():
        return _page(form, 422)
    try:
        with unit_of_work() as work:
            qualifications.set_needs(
                session=work,
                actor=security.me(),
                role=form.role.data or "",
                wanted=form.kinds.data or [],
                now=clock.now(),
            )
    except Refused as refused:
        show(form, refused, "role")
        return _page(form, 422)
    flash(_("The table is changed."), "good")
    return redirect(url_for("staff.training_needs"), code=303)
