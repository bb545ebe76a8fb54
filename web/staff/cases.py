"""A crisis case: why it is open, whom it rang, what is known, and who takes it."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from care import case_changes, case_file, crises, follow_up_lists, risk_checks, safety_plans, seen_flags
from care.refusals import Refusal, Refused
from models.crises import CrisisCase, FlagSource
from triage.levels import Level
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.errors import refused_answer
from web.common.languages import language
from web.common.refusal_words import refusal_words
from web.common.wants import wants_json
from web.staff import case_standing, desk_state, kept_away_forms, reasons, summary
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.follow_ups import words as follow_words
from web.staff.forms import LowerForm, RaiseForm, SeenForm, add_error
from web.staff.interventions import section
from web.staff.risk_check_forms import ClosingForm
from web.staff.risk_check_words import ANSWERS, TOPICS, UNCHECKED


@blueprint.get("/cases/<row:case_id>")
@access(Access.SEE_CASE)
def case(case_id: int) -> Any:
    """Open a case; the look is recorded."""
    with unit_of_work() as work:
        case_file.see_case(session=work, case_id=case_id, actor=security.me(), now=clock.now())
    return page(case_id)


def page(
    case_id: int,
    *,
    closing: ClosingForm | None = None,
    raising: RaiseForm | None = None,
    lowering: LowerForm | None = None,
    unseen_after: int | None = None,
    keeping: FlaskForm | None = None,
    keeping_whom: int | None = None,
    status: int = 200,
) -> Any:
    """Draw the page of a case; a form that was refused comes back as it was sent."""
    found = reading().get_one(CrisisCase, case_id)
    newest = found.flags[-1].id if found.flags else 0
    closing = closing or _closing_form(found, formdata=None, seen_flag_id=str(newest))
    drawn = render_template(
        "staff/case.html",
        case=found,
        row=desk_state.case_row(found, security.me()),
        flags=[
            (flag, [reasons.words_of(flag.source, one, language()) for one in flag.reasons])
            for flag in reversed(found.flags)
        ],
        intake=summary.intake(found.beneficiary, language()),
        screenings=summary.screenings(session=reading(), beneficiary=found.beneficiary, language=language()),
        earlier=[
            one
            for one in case_file.cases_of(session=reading(), beneficiary_id=found.beneficiary_id)
            if one.id != found.id
        ],
        closing=closing,
        ladder=section.of_case(session=reading(), case=found, me=security.me()),
        contacts=follow_up_lists.of_case(session=reading(), case_id=case_id),
        follow_words=follow_words,
        checks=risk_checks.of_case(session=reading(), case_id=case_id),
        check_draft=risk_checks.draft_of(session=reading(), author=security.me(), case_id=case_id),
        plan=safety_plans.newest(session=reading(), beneficiary_id=found.beneficiary_id),
        topics=TOPICS,
        answers=ANSWERS,
        unchecked_words=UNCHECKED,
        raising=raising or RaiseForm(formdata=None, above=found.risk.rank),
        lowering=lowering or LowerForm(formdata=None, below=found.risk.rank, seen_flag_id=str(newest)),
        unseen_after=newest if unseen_after is None else unseen_after,
        **case_standing.of(found),
        **kept_away_forms.section(found, keeping, keeping_whom),
        refused_form=keeping,
        two_readers=found.risk.is_at_least(Level.RED),
    )
    return drawn, status


def _closing_form(case: CrisisCase, **given: Any) -> ClosingForm:
    form = ClosingForm(**given)
    if case.beneficiary.shown_as_exercise:
        form.offer_exercise()
    return form


@blueprint.post("/cases/<row:case_id>/acknowledge")
@access(Access.ACKNOWLEDGE_CASE)
def acknowledge(case_id: int) -> Any:
    """Take the case by name; the alarm stops."""
    return act(
        lambda work: crises.acknowledge(session=work, case_id=case_id, actor=security.me(), now=clock.now()),
        back=url_for("staff.case", case_id=case_id),
        done=_("The case is yours. Please speak with the person before the clock runs out."),
    )


@blueprint.post("/cases/<row:case_id>/close")
@access(Access.CLOSE_CASE)
def close_case(case_id: int) -> Any:
    """Close with a reason, or propose to close and wait for the second reader."""
    known = reading().get(CrisisCase, case_id)
    if known is None:
        raise Refused(Refusal.NOT_FOUND)
    form = _closing_form(known)
    if not form.validate():
        return _fields_answer(form) if wants_json() else page(case_id, closing=form, status=422)
    try:
        with unit_of_work() as work:
            closed = crises.close(
                session=work,
                case_id=case_id,
                actor=security.me(),
                reason=form.reason.data or "",
                seen_flag_id=form.seen(),
                now=clock.now(),
                unchecked=form.excuse(),
            )
            is_closed = closed.closed_at is not None
    except Refused as refused:
        if wants_json():
            return refused_answer(refused)
        return page(case_id, closing=form, unseen_after=_refused(case_id, form, refused), status=422)
    if wants_json():
        return jsonify({"ok": True, "closed": is_closed})
    flash(
        _("The case is closed.") if is_closed else _("Your proposal is kept. A second colleague must read the case."),
        "good",
    )
    return redirect(url_for("staff.case", case_id=case_id), 303)


@blueprint.post("/cases/<row:case_id>/raise")
@access(Access.ACKNOWLEDGE_CASE)
def raise_level(case_id: int) -> Any:
    """Raise the level; its clock starts again and the alarm rings."""
    with unit_of_work() as work:
        found = case_file.see_case(session=work, case_id=case_id, actor=security.me(), now=clock.now())
        above = found.risk.rank
    form = RaiseForm(above=above)
    if not form.validate():
        return page(case_id, raising=form, status=422)

    def verb(work: Any) -> None:
        found = work.get_one(CrisisCase, case_id)
        if found.closed_at is not None:
            raise Refused(Refusal.CASE_CLOSED)
        crises.raise_flag(
            session=work,
            beneficiary=found.beneficiary,
            conversation=found.conversation,
            signal=crises.Signal(
                source=FlagSource.STAFF,
                level=Level(form.level.data),
                reasons=(form.why.data,),
                raised_by=security.me(),
            ),
            now=clock.now(),
        )

    return act(verb, back=url_for("staff.case", case_id=case_id), done=_("The level is raised and the alarm rings."))


@blueprint.post("/cases/<row:case_id>/lower")
@access(Access.CLOSE_CASE)
def lower_level(case_id: int) -> Any:
    """Lower the level; at the top two levels this is a proposal, and the clocks run on."""
    known = reading().get(CrisisCase, case_id)
    if known is None:
        raise Refused(Refusal.NOT_FOUND)
    form = LowerForm(below=known.risk.rank)
    try:
        with unit_of_work() as work:
            change = case_changes.propose_lowering(
                session=work,
                case_id=case_id,
                actor=security.me(),
                to_level=_level(form),
                reason=form.reason.data or "",
                seen_flag_id=form.seen(),
                now=clock.now(),
            )
            is_lower = change.ended_at is not None
    except Refused as refused:
        if wants_json():
            return refused_answer(refused)
        return page(case_id, lowering=form, unseen_after=_refused(case_id, form, refused), status=422)
    if wants_json():
        return jsonify({"ok": True, "lower": is_lower})
    flash(
        _("The level is lower now; its clock runs from this moment.")
        if is_lower
        else _("Your proposal is kept. Until a second colleague confirms it, level and alarm stay as they are."),
        "good",
    )
    return redirect(url_for("staff.case", case_id=case_id), 303)


def _fields_answer(form: FlaskForm) -> Any:
    return jsonify({"error": Refusal.WRONG_VALUE.value, "fields": form.errors}), 422


def _refused(case_id: int, form: SeenForm, refused: Refused) -> int | None:
    """Put the words beside their field; return the last flag that was seen where a newer one is the reason.

    Only the page that says so knows the newer flag from then on: a page that is drawn again for another reason
    keeps what it knew, or a flag could be passed over unread.
    """
    add_error(form[refused.field or "reason"], str(refusal_words(refused.refusal)))
    if refused.refusal is not Refusal.NEW_FLAG_ARRIVED:
        return None
    seen = form.seen()
    form.shows(seen_flags.newest(session=reading(), case_id=case_id))
    return seen


def _level(form: LowerForm) -> Level:
    try:
        return Level(str(form.level.data))
    except ValueError:
        raise Refused(Refusal.NOT_LOWER, "level") from None
