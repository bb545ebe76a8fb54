"""Coming in and going out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from care import duty
from care.staff import choose_language, tidy_username
from config import LANGUAGES
from web.common import clock, languages, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.throttle import SIGN_IN, limiter
from web.staff.blueprint import blueprint
from web.staff.forms import SignInForm
from web.staff.paths import safe_next

REFUSED = 401


def _typed_name() -> str:
    return "account:" + tidy_username(request.form.get("username", "")[:64])


def _failed(response: Response) -> bool:
    """Only failures count: an office behind one address may sign in as often as it likes."""
    return response.status_code == REFUSED


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access(Access.ANYONE)
@limiter.limit(SIGN_IN, methods=["POST"], deduct_when=_failed)
@limiter.limit(SIGN_IN, methods=["POST"], deduct_when=_failed, key_func=_typed_name)
def sign_in() -> Any:
    """Ask for name and password; one sentence for every way in which they can be wrong."""
    form = SignInForm()
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(url_for("staff.home"))
        form.next.data = safe_next(request.args.get("next"))
        if session.pop("ended", False):
            flash(_("Your sign-in has ended. Please sign in again."), "info")
        return render_template("staff/sign_in.html", form=form)
    if not form.validate():
        return render_template("staff/sign_in.html", form=form), 422
    member = security.authenticate(form.username.data, form.password.data)
    if member is None:
        return render_template("staff/sign_in.html", form=form, refused=True), REFUSED
    security.sign_in(member)
    return redirect(safe_next(form.next.data) or _first_page(), code=303)


def _first_page() -> str:
    """Lead each of the three teams to their own day; whoever is on duty now sees the queue, because it rings there."""
    me, now = security.me(), clock.now()
    turns = duty.turns_between(session=reading(), start=now, end=now + timedelta(minutes=1))
    on_duty = any(turn.staff_id == me.id and turn.checked_out_at is None for turn in turns)
    return url_for("staff.home" if me.team is None or on_duty else "staff.my_day")


@blueprint.post("/sign-out")
@access(Access.SIGNED_IN)
def sign_out() -> Any:
    """End this browser's session."""
    security.sign_out()
    return redirect(url_for("staff.sign_in"), code=303)


@blueprint.post("/language")
@access(Access.ANYONE)
def language() -> Any:
    """Switch the language of the desk, and keep it with the account of whoever is signed in."""
    chosen = request.form.get("language", "")
    response = make_response(redirect(safe_next(request.form.get("next")) or url_for("staff.sign_in"), code=303))
    if chosen not in LANGUAGES:
        return response
    if current_user.is_authenticated:
        with unit_of_work() as work:
            choose_language(session=work, actor=security.me(), language=chosen)
    return languages.remember(response, chosen)
