"""Being asked again: say yes or no to it, leave an address, answer the link, one question per screen."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from care import check_in_answers, check_ins, contacts, human, screenings, self_help, voices
from care.refusals import Refusal, Refused
from models.base import LARGEST_ID
from models.beneficiaries import Beneficiary
from models.check_ins import CheckIn, CheckInState
from models.contacts import Channel
from triage.instruments import item_by_key
from web.common import chat_key, clock, languages
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.questions import asked
from web.common.refusal_words import refusal_words
from web.common.throttle import RESUME, limiter
from web.public import blueprint
from web.public.voices import day_words

ADDRESS = "5 per minute; 20 per hour"
# Addresses that somebody without a computer has.
WAYS = (Channel.SMS, Channel.EMAIL)


@blueprint.get("/check-ins")
@access(Access.PERSON)
def my_check_ins() -> Any:
    """Say what being asked again means, when it comes next, and how to stop it."""
    return _mine()


def _mine(status: int = 200, **problems: Any) -> Any:
    plan = check_ins.standing(session=reading(), beneficiary_id=g.beneficiary.id)
    following = check_ins.next_of(plan)
    page = render_template(
        "public/check_ins/mine.html",
        plan=plan,
        following=following,
        due=following is not None and (following.state is CheckInState.INVITED or following.due_at <= clock.now()),
        addresses=contacts.of(session=reading(), owner=g.beneficiary),
        day_words=day_words,
        problems=problems,
        typed=request.form.get("address", ""),
    )
    return page, status


@blueprint.post("/check-ins/agree")
@access(Access.PERSON)
def agree_to_check_ins() -> Any:
    """Say yes: three times, in two, four and twelve weeks."""
    try:
        with unit_of_work() as work:
            person = work.get_one(Beneficiary, g.beneficiary.id)
            check_ins.agree(session=work, beneficiary=person, now=clock.now())
    except Refused as refused:
        return _mine(422, plan=refusal_words(refused.refusal))
    return redirect(url_for("public.my_check_ins"), code=303)


@blueprint.post("/check-ins/withdraw")
@access(Access.PERSON)
def withdraw_check_ins() -> Any:
    """Say no: nothing more is sent."""
    with unit_of_work() as work:
        check_ins.withdraw(session=work, beneficiary_id=g.beneficiary.id, now=clock.now())
    return redirect(url_for("public.my_check_ins"), code=303)


@blueprint.post("/check-ins/open")
@access(Access.PERSON)
def open_check_in() -> Any:
    """Go to the questions that are due, without waiting for the notice."""
    try:
        with unit_of_work() as work:
            person = work.get_one(Beneficiary, g.beneficiary.id)
            token = check_ins.open_now(session=work, beneficiary=person, secret=chat_key.secret(), now=clock.now())
    except Refused as refused:
        return _mine(422, plan=refusal_words(refused.refusal))
    return redirect(url_for("public.check_in", token=token), code=303)


@blueprint.post("/check-ins/address")
@access(Access.PERSON)
@limiter.limit(ADDRESS)
def add_own_address() -> Any:
    """Note where the neutral notice may go; a code is sent there first."""
    try:
        with unit_of_work() as work:
            way = Channel(request.form.get("channel", ""))
            if way not in WAYS:
                raise Refused(Refusal.WRONG_VALUE, "address")
            contacts.add(
                session=work,
                owner=work.get_one(Beneficiary, g.beneficiary.id),
                channel=way,
                address=request.form.get("address", ""),
                secret=chat_key.secret(),
                now=clock.now(),
            )
    except ValueError:
        return _mine(422, address=refusal_words(Refusal.WRONG_VALUE))
    except Refused as refused:
        return _mine(422, address=refusal_words(refused.refusal))
    return redirect(url_for("public.my_check_ins", _anchor="addresses"), code=303)


@blueprint.post("/check-ins/address/confirm")
@access(Access.PERSON)
@limiter.limit(RESUME)
def confirm_own_address() -> Any:
    """Type the code that was sent."""
    with unit_of_work() as work:
        fits = contacts.confirm(
            session=work,
            owner=work.get_one(Beneficiary, g.beneficiary.id),
            contact_id=_number("contact_id"),
            code=request.form.get("code", ""),
            secret=chat_key.secret(),
            now=clock.now(),
        )
    if not fits:
        return _mine(422, code=refusal_words(Refusal.WRONG_CONTACT_CODE))
    return redirect(url_for("public.my_check_ins", _anchor="addresses"), code=303)


@blueprint.post("/check-ins/address/remove")
@access(Access.PERSON)
def remove_own_address() -> Any:
    """Forget an address."""
    with unit_of_work() as work:
        contacts.remove(
            session=work,
            owner=work.get_one(Beneficiary, g.beneficiary.id),
            contact_id=_number("contact_id"),
            now=clock.now(),
        )
    return redirect(url_for("public.my_check_ins", _anchor="addresses"), code=303)


@blueprint.get("/check-in/<token>")
@access(Access.ANYONE)
def check_in(token: str) -> Any:
    """Show where the check-in of this link stands: the welcome, a question, or what comes next."""
    return _page(token, _behind(token), request.args.get("item", ""))


def _behind(token: str) -> CheckIn:
    return check_ins.follow(session=reading(), secret=chat_key.secret(), token=token)


def _page(token: str, row: CheckIn, wanted: str = "", status: int = 200) -> Any:
    if row.state is not CheckInState.INVITED:
        return _over(row), status
    if row.screening_id is None:
        return render_template("public/check_ins/welcome.html", token=token), status
    return _question_page(token, row, wanted), status


def _question_page(token: str, row: CheckIn, wanted: str) -> str:
    correcting = check_in_answers.may_correct(check_in=row, item_key=wanted)
    item = item_by_key(wanted) if correcting else check_in_answers.question(session=reading(), check_in=row)
    assert item is not None, "a check-in without a further question is over"
    done, of = check_in_answers.progress(row)
    earlier = check_in_answers.earlier_question(check_in=row, before=item.key)
    given = screenings.answers_of(row.screening).get(item.key)
    return render_template(
        "public/check_ins/question.html",
        token=token,
        asked=asked(item, languages.language(), done=min(done, of - 1), of=of, given=given),
        back=url_for("public.check_in", token=token, item=earlier) if earlier else "",
        calm_part=item.instrument in ("rses", "ucla-3"),
        heavy=(row.distress or 0) >= self_help.VERY_HEAVY,
        person_words=_person_words(row),
        is_inside=chat_key.person() is not None,
    )


def _person_words(row: CheckIn) -> str:
    """Return what was promised after a very heavy number: a person now, or a name and a time."""
    if (row.distress or 0) < self_help.VERY_HEAVY:
        return ""
    return human.newest_words(session=reading(), beneficiary_id=row.plan.beneficiary_id)


def _over(row: CheckIn) -> str:
    danger = row.screening is not None and row.screening.level in ("emergency", "red", "orange")
    person_id, inside = row.plan.beneficiary_id, chat_key.person()
    return render_template(
        "public/check_ins/over.html",
        row=row,
        words=check_in_answers.words(check_in=row, language=languages.language()),
        danger=danger,
        heavy=(row.distress or 0) >= self_help.VERY_HEAVY,
        person_words=_person_words(row),
        crisis_words=voices.crisis_reply(session=reading(), beneficiary_id=person_id) if danger else "",
        # The link opens these pages only; the conversation still wants its own key or code.
        is_inside=inside is not None and inside.id == person_id,
    )


@blueprint.post("/check-in/<token>/begin")
@access(Access.ANYONE)
def begin_check_in(token: str) -> Any:
    """Take the first number and go to the questions."""

    def verb(work: Any, row: CheckIn) -> None:
        check_in_answers.begin(
            session=work, check_in=row, distress=_number("value"), now=clock.now(), timezone=clock.timezone()
        )

    return _do(token, verb)


@blueprint.post("/check-in/<token>/answer")
@access(Access.ANYONE)
def answer_check_in(token: str) -> Any:
    """Take one answer and go to the next question."""

    def verb(work: Any, row: CheckIn) -> None:
        check_in_answers.answer(
            session=work,
            check_in=row,
            item_key=request.form.get("item", "")[:32],
            value=_number("value"),
            now=clock.now(),
            timezone=clock.timezone(),
        )

    return _do(token, verb)


def _number(name: str) -> int:
    given = request.form.get(name, "")
    digits = given.removeprefix("-")
    return int(given) if digits.isascii() and digits.isdecimal() and len(given) < 10 else LARGEST_ID


def _do(token: str, verb: Any) -> Any:
    try:
        with unit_of_work() as work:
            verb(work, check_ins.follow(session=work, secret=chat_key.secret(), token=token))
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND and refused.field is None:
            raise
        flash(str(refusal_words(refused.refusal)), "danger")
    return redirect(url_for("public.check_in", token=token), code=303)


@blueprint.post("/check-in/<token>/end")
@access(Access.ANYONE)
def end_check_in(token: str) -> Any:
    """Leave this one out, stop in the middle, or never be asked again."""
    wish = request.form.get("wish", "")

    def verb(work: Any, row: CheckIn) -> None:
        if wish == "never":
            check_ins.withdraw(session=work, beneficiary_id=row.plan.beneficiary_id, now=clock.now())
        elif row.screening_id is not None and row.screening is not None and row.screening.complete:
            check_in_answers.finish(session=work, check_in=row, now=clock.now())
        else:
            check_ins.skip(session=work, check_in=row, now=clock.now())

    return _do(token, verb)


@blueprint.context_processor
def _way_to_check_ins() -> dict[str, Any]:
    return {"check_in_words": check_in_words}


def check_in_words() -> Any:
    """Return the words of the chat's line about being asked again; empty while there is nothing to say.

    After a finished screening the person is offered it; an open invitation is shown until it is answered.
    """
    person = chat_key.person()
    if person is None:
        return ""
    plan = check_ins.standing(session=reading(), beneficiary_id=person.id)
    following = check_ins.next_of(plan)
    if following is not None and following.state is CheckInState.INVITED:
        return _("We would like to ask how you are")
    if plan is None and check_in_answers.has_answered(session=reading(), beneficiary_id=person.id):
        return _("Shall we ask you again in two weeks?")
    return ""
