"""Reviews of closed red cases: what I owe, what is late, one case read again, and who reads it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length

from care import case_review_keeping, case_review_people, clock_report
from care import case_reviews as reviews
from care.case_reviews import LONGEST_WORDS, Findings, Judged
from care.refusals import Refusal, Refused
from models.case_reviews import CaseReview, Delay
from models.staff import RoleName
from triage.levels import Level
from web.common import clock, security
from web.common.access import Access, access, staff_may
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff import words
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.clock_report import seconds_words
from web.staff.forms import add_error, needed

DELAYS: dict[Delay, Any] = {
    Delay.NOTHING: lazy_gettext("Nothing: the person was answered as soon as we could"),
    Delay.NOBODY_ON_ROSTER: lazy_gettext("Nobody was on the roster"),
    Delay.ALARM_NOT_HEARD: lazy_gettext("The alarm was not heard or not seen"),
    Delay.HANDED_OVER_LATE: lazy_gettext("It was handed over late or without a word"),
    Delay.TECHNICAL: lazy_gettext("Something technical failed"),
    Delay.PERSON_AWAY: lazy_gettext("The person could not be reached"),
    Delay.OTHER: lazy_gettext("Something else"),
}


class ReviewForm(FlaskForm):
    """What the reviewer writes down."""

    went_well = TextAreaField(
        lazy_gettext("What went well?"), validators=[needed(), Length(max=LONGEST_WORDS)], render_kw={"rows": 4}
    )
    delay = RadioField(
        lazy_gettext("What cost the person time?"),
        choices=[SelectChoice(one.value, name) for one, name in DELAYS.items()],
        validators=[needed()],
    )
    delay_words = TextAreaField(
        lazy_gettext("What happened there?"), validators=[Length(max=LONGEST_WORDS)], render_kw={"rows": 3}
    )
    change_words = TextAreaField(
        lazy_gettext("What should we do differently from now on?"),
        validators=[Length(max=LONGEST_WORDS)],
        render_kw={"rows": 3},
    )

    def findings(self, right_levels: dict[int, Level]) -> Findings:
        """Return what was filled in."""
        return Findings(
            went_well=self.went_well.data or "",
            delay=Delay(self.delay.data),
            delay_words=self.delay_words.data or "",
            change_words=self.change_words.data or "",
            right_levels=right_levels,
        )


class GiveForm(FlaskForm):
    """Who reads the case instead."""

    staff_id = SelectField(lazy_gettext("Who reads the case"), coerce=int, validate_choice=False)


def _is_lead() -> bool:
    return security.me().has_any(RoleName.SUPERVISOR, RoleName.BASE_MANAGER)


@blueprint.get("/case-reviews")
@access(Access.REVIEW_CASES)
def case_reviews() -> Any:
    """List what I owe; leads see what everybody owes, and what costs people time."""
    mine = None if _is_lead() else security.me().id
    return render_template(
        "staff/case_reviews.html",
        waiting=reviews.waiting(session=reading(), reviewer_id=mine),
        done=reviews.done(session=reading(), reviewer_id=mine),
        delays=reviews.delays(session=reading()) if _is_lead() else {},
        delay_words=DELAYS,
        now=clock.now(),
    )


@blueprint.get("/case-reviews/<row:review_id>")
@access(Access.REVIEW_CASES)
def case_review(review_id: int) -> Any:
    """Open a review; the look is recorded, because it shows what a person wrote."""
    return _page(review_id)


def _page(review_id: int, form: ReviewForm | None = None, status: int = 200) -> Any:
    with unit_of_work() as work:
        reviews.read(session=work, review_id=review_id, actor=security.me(), is_lead=_is_lead(), now=clock.now())
    review = reading().get_one(CaseReview, review_id)
    giving = GiveForm(formdata=None)
    people = case_review_people.candidates(session=reading(), review=review)
    giving.staff_id.choices = [SelectChoice(one.id, one.display_name) for one in people]
    page = render_template(
        "staff/case_review.html",
        review=review,
        case=review.case,
        form=form or ReviewForm(formdata=None),
        giving=giving if staff_may(Access.SEE_CLOCKS) and people else None,
        is_mine=review.reviewer is not None and review.reviewer.id == security.me().id,
        judged=[_row(one, form is not None) for one in reviews.judged(session=reading(), review=review)],
        levels=[(level.value, words.LEVELS[level.value]) for level in Level],
        delay_words=DELAYS,
        alarms=clock_report.of_one(session=reading(), case=review.case, now=clock.now()),
        long=seconds_words,
        now=clock.now(),
    )
    return page, status


def _row(one: Judged, from_form: bool) -> dict[str, Any]:
    chosen = request.form.get(f"message-{one.message.id}", "") if from_form else ""
    return {
        "id": one.message.id,
        "text": one.message.text,
        "at": one.message.at,
        "level": one.level,
        "is_loud": one.level.is_at_least(Level.ORANGE),
        "chosen": chosen or (one.right_level or one.level).value,
    }


def _right_levels() -> dict[int, Level]:
    """Return the level that was chosen for each message; what was not touched stays as it was decided."""
    found = {}
    for name, value in request.form.items():
        number = name.removeprefix("message-")
        if name == number or not value:
            continue
        if not (number.isascii() and number.isdigit() and len(number) < 10) or value not in set(Level):
            raise Refused(Refusal.WRONG_VALUE, name)
        found[int(number)] = Level(value)
    return found


@blueprint.post("/case-reviews/<row:review_id>")
@access(Access.REVIEW_CASES)
def write_case_review(review_id: int) -> Any:
    """Write the review down; from now on it is read, never changed."""
    form = ReviewForm()
    if not form.validate():
        return _page(review_id, form, 422)
    try:
        findings = form.findings(_right_levels())
        with unit_of_work() as work:
            reviews.finish(session=work, actor=security.me(), review_id=review_id, findings=findings, now=clock.now())
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND and refused.field is None:
            raise
        said = _("Please fill this in.") if refused.refusal is Refusal.EMPTY else refusal_words(refused.refusal)
        field = refused.field if refused.field in ("went_well", "delay_words", "change_words") else "went_well"
        add_error(form[field], str(said))
        return _page(review_id, form, 422)
    flash(_("Your review is kept. Thank you for reading it again."), "good")
    return redirect(url_for("staff.case_reviews"), code=303)


@blueprint.post("/case-reviews/<row:review_id>/reviewer")
@access(Access.SEE_CLOCKS)
def give_case_review(review_id: int) -> Any:
    """Give the review to somebody else who had no part in the case."""
    form = GiveForm()
    return act(
        lambda work: case_review_keeping.give(
            session=work,
            actor=security.me(),
            review_id=review_id,
            staff_id=form.staff_id.data or 0,
            now=clock.now(),
        ),
        back=url_for("staff.case_review", review_id=review_id),
        done=_("The review is given to this colleague."),
    )
