"""One follow-up: what is known, and the four things that can be written down about it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from care import case_file, follow_up_ladders, follow_up_lists, follow_ups, safety_plans, staff
from care.refusals import Refusal, Refused
from models.follow_ups import FollowUp, FollowUpState, WaiveReason, Way, Worry
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.blueprint import blueprint
from web.staff.follow_ups import words
from web.staff.follow_ups.forms import MoveForm, NotReachedForm, ReachedForm, WaiveForm
from web.staff.forms import add_error

FORMS: dict[str, type[FlaskForm]] = {
    "reached": ReachedForm,
    "not_reached": NotReachedForm,
    "move": MoveForm,
    "waive": WaiveForm,
}


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.extensions["settings"].timezone)


@blueprint.get("/follow-ups/<row:follow_up_id>")
@access(Access.KEEP_FOLLOW_UPS)
def follow_up(follow_up_id: int) -> Any:
    """Show one contact; that somebody opened the case behind it is recorded."""
    row = _known(follow_up_id)
    with unit_of_work() as work:
        case_file.see_case(session=work, case_id=row.ladder.case_id, actor=security.me(), now=clock.now())
    return _page(follow_up_id)


def _known(follow_up_id: int) -> FollowUp:
    row = follow_up_lists.by_id(session=reading(), follow_up_id=follow_up_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    return row


def _fresh(name: str, row: FollowUp) -> FlaskForm:
    data: dict[str, Any] = {"key": secrets.token_hex(16)}
    if name == "move":
        data |= {"owner_id": row.owner_id}
    form = FORMS[name](formdata=None, data=data)
    _offer(form)
    return form


def _offer(form: FlaskForm) -> None:
    if isinstance(form, MoveForm):
        active = staff.found(session=reading(), only_active=True)
        form.offer([one for one in active if follow_up_ladders.may_keep(one)])


def _page(follow_up_id: int, sent: FlaskForm | None = None, status: int = 200) -> Any:
    row = _known(follow_up_id)
    forms = {
        name: sent if sent is not None and isinstance(sent, kind) else _fresh(name, row) for name, kind in FORMS.items()
    }
    person = row.ladder.beneficiary
    page = render_template(
        "staff/follow_ups/one.html",
        row=row,
        person=person,
        now=clock.now(),
        is_open=row.state is FollowUpState.PLANNED,
        forms=forms,
        sent=next((name for name, form in forms.items() if form is sent), None),
        error_form=sent,
        plan=safety_plans.newest(session=reading(), beneficiary_id=person.id),
        open_case=case_file.open_case(session=reading(), beneficiary_id=person.id),
        ladders=follow_up_lists.ladders_of(session=reading(), beneficiary_id=person.id),
        step=words.step,
        states=words.STATES,
        ways=words.WAYS,
        worries=words.WORRIES_SHORT,
        why=words.REASONS,
        rungs=words.RUNGS,
        endings=words.ENDINGS,
    )
    return page, status


def _send(follow_up_id: int, form: Any, verb: Callable[[Session, Any], FollowUp], done: Any, first: str) -> Any:
    """Do one verb with a form; refused, the page comes back with everything that was typed."""
    row = _known(follow_up_id)
    _offer(form)
    if not form.validate():
        return _page(follow_up_id, form, 422)
    try:
        with unit_of_work() as work:
            verb(work, form)
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        named = "owner_id" if refused.field == "staff_id" else refused.field
        add_error(form[named] if named in form else form[first], str(refusal_words(refused.refusal)))
        return _page(follow_up_id, form, 422)
    flash(str(done), "good")
    opened = case_file.open_case(session=reading(), beneficiary_id=row.ladder.beneficiary_id)
    if opened is not None:
        # A worried colleague goes straight to the case that they have just opened, or that is open already.
        return redirect(url_for("staff.case", case_id=opened.id), 303)
    return redirect(url_for("staff.follow_ups_list"), 303)


@blueprint.post("/follow-ups/<row:follow_up_id>/reached")
@access(Access.KEEP_FOLLOW_UPS)
def record_reached(follow_up_id: int) -> Any:
    """Write down that the person was reached."""

    def verb(work: Session, form: Any) -> FollowUp:
        contact = follow_ups.Contact(
            way=Way(form.way.data),
            worry=Worry(form.worry.data),
            words=form.words.data or "",
            declines=bool(form.declines.data),
        )
        return follow_ups.reached(
            session=work,
            follow_up_id=follow_up_id,
            actor=security.me(),
            contact=contact,
            key=form.key.data,
            now=clock.now(),
        )

    return _send(follow_up_id, ReachedForm(), verb, _("The contact is written down."), "words")


@blueprint.post("/follow-ups/<row:follow_up_id>/not-reached")
@access(Access.KEEP_FOLLOW_UPS)
def record_not_reached(follow_up_id: int) -> Any:
    """Write down a try that reached nobody."""

    def verb(work: Session, form: Any) -> FollowUp:
        return follow_ups.not_reached(
            session=work,
            follow_up_id=follow_up_id,
            actor=security.me(),
            way=Way(form.way.data),
            words=form.words.data or "",
            worried=bool(form.worried.data),
            key=form.key.data,
            now=clock.now(),
        )

    return _send(follow_up_id, NotReachedForm(), verb, _("The try is written down. Another one is planned."), "words")


@blueprint.post("/follow-ups/<row:follow_up_id>/move")
@access(Access.KEEP_FOLLOW_UPS)
def move_follow_up(follow_up_id: int) -> Any:
    """Keep it at another time, or let a colleague keep it."""

    def verb(work: Session, form: Any) -> FollowUp:
        return follow_ups.move(
            session=work,
            follow_up_id=follow_up_id,
            actor=security.me(),
            starts_at=_moment(form.starts_at.data),
            owner_id=form.owner_id.data,
            reason=form.reason.data or "",
            key=form.key.data,
            now=clock.now(),
        )

    return _send(follow_up_id, MoveForm(), verb, _("The contact has moved."), "starts_at")


def _moment(wall: datetime) -> datetime:
    return wall.replace(tzinfo=_zone())


@blueprint.post("/follow-ups/<row:follow_up_id>/waive")
@access(Access.KEEP_FOLLOW_UPS)
def waive_follow_up(follow_up_id: int) -> Any:
    """Leave it out, with a reason."""

    def verb(work: Session, form: Any) -> FollowUp:
        return follow_ups.waive(
            session=work,
            follow_up_id=follow_up_id,
            actor=security.me(),
            why=WaiveReason(form.why.data),
            words=form.words.data or "",
            all_later=bool(form.all_later.data),
            key=form.key.data,
            now=clock.now(),
        )

    return _send(follow_up_id, WaiveForm(), verb, _("The contact is left out, with your reason."), "words")
