"""One message of a person, what the detector made of it, and the form to say that it was wrong."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from care import triage_reviews
from care.refusals import Refusal, Refused
from models.conversations import Message
from models.triage_records import ReviewVerdict
from triage.levels import Level
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.blueprint import LARGEST_ROW, blueprint
from web.staff.forms import add_error
from web.staff.triage.forms import MarkForm
from web.staff.triage.words import decision_rows


def _number(typed: str | None) -> int:
    # A number that no record can have is nobody's message.
    number = int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) <= len(str(LARGEST_ROW)) else 0
    if not 0 < number <= LARGEST_ROW:
        raise Refused(Refusal.NOT_FOUND)
    return number


@blueprint.get("/triage/reviews/new")
@access(Access.REVIEW_TRIAGE)
def new_triage_review() -> Any:
    """Show a message beside what was decided about it; the look is recorded."""
    number = _number(request.args.get("message"))
    with unit_of_work() as work:
        triage_reviews.open_message(session=work, message_id=number, actor=security.me(), now=clock.now())
    found = triage_reviews.reviews_of(session=reading(), message_ids=[number]).get(number)
    filled = {"message": str(number)}
    if found is not None:
        filled |= {"verdict": found.verdict.value, "level": found.level.value, "note": found.note or ""}
    else:
        # The likely mistake is offered first: a quiet decision was missed, a loud one was too loud.
        before = triage_reviews.decided(session=reading(), message_id=number)
        quiet = not before.is_at_least(Level.ORANGE)
        filled["verdict"] = (ReviewVerdict.MISSED if quiet else ReviewVerdict.FALSE_ALARM).value
        filled["level"] = (Level.ORANGE if quiet else Level.GREEN).value
    return _page(number, MarkForm(formdata=None, data=filled))


def _page(message_id: int, form: MarkForm, status: int = 200) -> Any:
    message = reading().get_one(Message, message_id)
    page = render_template(
        "staff/triage/mark.html",
        message=message,
        decision=decision_rows(
            triage_reviews.decisions_of(session=reading(), message_ids=[message_id]).get(message_id)
        ),
        review=triage_reviews.reviews_of(session=reading(), message_ids=[message_id]).get(message_id),
        form=form,
    )
    return page, status


@blueprint.post("/triage/reviews")
@access(Access.REVIEW_TRIAGE)
def mark_triage() -> Any:
    """Keep what the reviewer found; a missed alarm raises the person's case."""
    form = MarkForm()
    number = _number(form.message.data)
    triage_reviews.message_of(session=reading(), message_id=number)
    if not form.validate():
        return _page(number, form, 422)
    try:
        with unit_of_work() as work:
            review = triage_reviews.mark(
                session=work,
                actor=security.me(),
                message_id=number,
                verdict=ReviewVerdict(form.verdict.data),
                level=Level(form.level.data),
                note=form.note.data,
                now=clock.now(),
            )
            review_id = review.id
            before = triage_reviews.decided(session=work, message_id=number)
            rings = Level(review.level.value).is_at_least(Level.ORANGE) and Level(review.level.value).rank > before.rank
    except Refused as refused:
        if refused.field is None:
            raise
        add_error(form[refused.field], str(refusal_words(refused.refusal)))
        return _page(number, form, 422)
    flash(_("Your mark is kept.") + (" " + _("The person's case is raised to this level.") if rings else ""), "good")
    return redirect(url_for("staff.triage_review", review_id=review_id), code=303)
