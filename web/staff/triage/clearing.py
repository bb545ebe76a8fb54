"""A marked message: the sentence is freed of names, read by a second colleague, cleared, or the mark is taken off."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from care import triage_reviews
from care.refusals import Refusal, Refused
from care.triage_reviews import State
from models.triage_records import TriageReview
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.triage.forms import ClearForm
from web.staff.triage.words import SHORT_VERDICTS, STATES, decision_rows


@blueprint.get("/triage/reviews/<row:review_id>")
@access(Access.REVIEW_TRIAGE)
def triage_review(review_id: int) -> Any:
    """Open a review with its sentence proposed; the look at the person's words is recorded."""
    found = _found(review_id)
    with unit_of_work() as work:
        message = triage_reviews.open_message(
            session=work, message_id=found.message_id, actor=security.me(), now=clock.now()
        )
        draft = triage_reviews.draft_sentence(session=work, message=message)
    found = _found(review_id)
    return _page(found, ClearForm(formdata=None, data={"sentence": found.sentence or draft}))


def _found(review_id: int) -> TriageReview:
    found = reading().get(TriageReview, review_id)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


def _page(review: TriageReview, form: ClearForm, status: int = 200) -> Any:
    decisions = triage_reviews.decisions_of(session=reading(), message_ids=[review.message_id])
    page = render_template(
        "staff/triage/review.html",
        review=review,
        state=triage_reviews.state_of(review),
        State=State,
        states=STATES,
        verdicts=SHORT_VERDICTS,
        decision=decision_rows(decisions.get(review.message_id)),
        mine=review.marked_by_id == security.me().id,
        found=triage_reviews.still_tells(
            session=reading(), message=review.message, sentence=" ".join((form.sentence.data or "").split())
        ),
        form=form,
    )
    return page, status


@blueprint.post("/triage/reviews/<row:review_id>/clear")
@access(Access.REVIEW_TRIAGE)
def clear_triage_sentence(review_id: int) -> Any:
    """Clear the sentence by name; what was typed stays where it is refused."""
    form = ClearForm()
    if not form.validate():
        return _page(_found(review_id), form, 422)
    try:
        with unit_of_work() as work:
            triage_reviews.clear(
                session=work,
                actor=security.me(),
                review_id=review_id,
                sentence=form.sentence.data or "",
                nothing_tells=bool(form.nothing_tells.data),
                although_found=bool(form.although_found.data),
                now=clock.now(),
            )
    except Refused as refused:
        if refused.field is None:
            raise
        add_error(form[refused.field], str(refusal_words(refused.refusal)))
        return _page(_found(review_id), form, 422)
    flash(_("The sentence is cleared. It leaves with the next export."), "good")
    return redirect(url_for("staff.triage_reviews_list"), code=303)


@blueprint.post("/triage/reviews/<row:review_id>/take-back")
@access(Access.REVIEW_TRIAGE)
def take_back_triage_sentence(review_id: int) -> Any:
    """Take the clearing back before the sentence has left."""
    return act(
        lambda work: triage_reviews.take_back(session=work, actor=security.me(), review_id=review_id, now=clock.now()),
        back=url_for("staff.triage_review", review_id=review_id),
        done=_("The sentence waits to be cleared again."),
    )


@blueprint.post("/triage/reviews/<row:review_id>/withdraw")
@access(Access.REVIEW_TRIAGE)
def withdraw_triage_review(review_id: int) -> Any:
    """Take a mark off that was a mistake."""
    return act(
        lambda work: triage_reviews.withdraw(session=work, actor=security.me(), review_id=review_id, now=clock.now()),
        back=url_for("staff.triage_reviews_list"),
        done=_("The mark is taken off. A case that it raised stays open."),
    )
