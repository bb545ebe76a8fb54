"""Steps of the least-invasive ladder: take one, begin it, say whether they arrived, read it as the second person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from care import case_file, interventions
from care.refusals import Refusal, Refused
from models.crises import CrisisCase
from models.interventions import Intervention, StepEnd, Verdict
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.interventions import section, words
from web.staff.interventions.forms import BeginForm, EndForm, ReadForm, StepForm, WaitForm


def _case(case_id: int) -> CrisisCase:
    found = reading().get(CrisisCase, case_id)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


def _step(step_id: int) -> Intervention:
    found = reading().get(Intervention, step_id)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


@blueprint.get("/cases/<row:case_id>/steps/new")
@access(Access.ACKNOWLEDGE_CASE)
def new_step(case_id: int) -> Any:
    """Show the ladder with what has been tried, and the form of the next step; the look is recorded."""
    with unit_of_work() as work:
        case_file.see_case(session=work, case_id=case_id, actor=security.me(), now=clock.now())
    return _new_page(case_id, None)


def _new_page(case_id: int, form: StepForm | None, status: int = 200) -> Any:
    found = _case(case_id)
    page = render_template(
        "staff/interventions/new.html",
        case=found,
        form=form or section.fresh_step(case=found),
        ladder=section.of_case(session=reading(), case=found, me=security.me()),
        words=words,
    )
    return page, status


@blueprint.post("/cases/<row:case_id>/steps")
@access(Access.ACKNOWLEDGE_CASE)
def take_step(case_id: int) -> Any:
    """Write a step down and begin it, or ask a second reader first."""
    form = section.offer(StepForm(), _case(case_id))
    if not form.validate():
        return _new_page(case_id, form, 422)
    try:
        with unit_of_work() as work:
            interventions.take(
                session=work,
                case_id=case_id,
                actor=security.me(),
                step=form.step(),
                key=form.key.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        add_error(form[refused.field or "kind"], str(refusal_words(refused.refusal)))
        return _new_page(case_id, form, 422)
    flash(_("The step is written down."), "good")
    return redirect(url_for("staff.case", case_id=case_id), 303)


@blueprint.get("/steps/<row:step_id>")
@access(Access.ACKNOWLEDGE_CASE)
def step(step_id: int) -> Any:
    """Show one step and what can be said about it; the look at the case is recorded."""
    found = _step(step_id)
    with unit_of_work() as work:
        case_file.see_case(session=work, case_id=found.case_id, actor=security.me(), now=clock.now())
    return _page(step_id)


def _page(step_id: int, sent: FlaskForm | None = None, status: int = 200) -> Any:
    found = _step(step_id)
    kinds = {"begin": BeginForm, "end": EndForm, "wait": WaitForm, "read": ReadForm}
    forms = {
        name: sent if sent is not None and isinstance(sent, kind) else kind(formdata=None)
        for name, kind in kinds.items()
    }
    page = render_template(
        "staff/interventions/one.html",
        step=found,
        forms=forms,
        error_form=sent,
        me=security.me(),
        ladder=section.of_case(session=reading(), case=found.case, me=security.me()),
        words=words,
    )
    return page, status


def _say(step_id: int, form: Any, verb: Callable[[Session], Any], done: Any, first: str) -> Any:
    """Do one verb; refused, the page of the step comes back with everything that was typed."""
    found = _step(step_id)
    if not form.validate():
        return _page(step_id, form, 422)
    try:
        with unit_of_work() as work:
            verb(work)
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        add_error(form[refused.field if refused.field in form else first], str(refusal_words(refused.refusal)))
        return _page(step_id, form, 422)
    flash(str(done), "good")
    return redirect(url_for("staff.case", case_id=found.case_id), 303)


@blueprint.post("/steps/<row:step_id>/begin")
@access(Access.ACKNOWLEDGE_CASE)
def begin_step(step_id: int) -> Any:
    """Send somebody now."""
    form = BeginForm()
    return _say(
        step_id,
        form,
        lambda work: interventions.begin(
            session=work,
            step_id=step_id,
            actor=security.me(),
            minutes=form.minutes.data,
            reason=form.reason.data or "",
            now=clock.now(),
        ),
        _("It is written down that somebody was sent. The case rings until you say that they have arrived."),
        "reason",
    )


@blueprint.post("/steps/<row:step_id>/end")
@access(Access.ACKNOWLEDGE_CASE)
def end_step(step_id: int) -> Any:
    """Say how it ended; only then the alarm rests."""
    form = EndForm()
    return _say(
        step_id,
        form,
        lambda work: interventions.finish(
            session=work,
            step_id=step_id,
            actor=security.me(),
            ending=StepEnd(form.ending.data),
            words=form.ending_words.data or "",
            now=clock.now(),
        ),
        _("It is written down."),
        "ending",
    )


@blueprint.post("/steps/<row:step_id>/wait")
@access(Access.ACKNOWLEDGE_CASE)
def wait_for_step(step_id: int) -> Any:
    """Say that they are not there yet."""
    form = WaitForm()
    return _say(
        step_id,
        form,
        lambda work: interventions.wait_longer(
            session=work, step_id=step_id, actor=security.me(), minutes=form.minutes.data, now=clock.now()
        ),
        _("We will ask again then."),
        "minutes",
    )


@blueprint.post("/steps/<row:step_id>/read")
@access(Access.READ_STEPS)
def read_step(step_id: int) -> Any:
    """Give the word of the second reader."""
    form = ReadForm()
    return _say(
        step_id,
        form,
        lambda work: interventions.read(
            session=work,
            step_id=step_id,
            actor=security.me(),
            verdict=Verdict(form.verdict.data),
            words=form.reader_words.data or "",
            now=clock.now(),
        ),
        _("Your word is written down."),
        "verdict",
    )
