"""One's own account: the language of the desk and the password."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from care import staff
from web.common import clock, languages, security
from web.common.access import Access, access
from web.common.database import unit_of_work
from web.common.throttle import SIGN_IN, limiter
from web.staff import words
from web.staff.blueprint import blueprint
from web.staff.forms import LanguageForm, PasswordForm, add_error

LOCALES = {"zh-CN": "zh_CN", "en": "en"}


def _page(language: LanguageForm | None = None, password: PasswordForm | None = None, status: int = 200) -> Any:
    page = render_template(
        "staff/account.html",
        language_form=language or LanguageForm(formdata=None, data={"language": languages.language()}),
        password_form=password or PasswordForm(formdata=None),
        me=security.me(),
    )
    return page, status


@blueprint.get("/account")
@access(Access.SIGNED_IN)
def account() -> Any:
    """Show what can be changed."""
    return _page()


@blueprint.post("/account/language")
@access(Access.SIGNED_IN)
def change_language() -> Any:
    """Keep the language of the desk with the account."""
    form = LanguageForm()
    if not form.validate():
        return _page(language=form, status=422)
    with unit_of_work() as work:
        staff.choose_language(session=work, actor=security.me(), language=form.language.data)
    with force_locale(LOCALES[form.language.data]):
        flash(_("The desk now speaks this language."), "good")
    return languages.remember(make_response(redirect(url_for("staff.account"), code=303)), form.language.data)


@blueprint.post("/account/password")
@access(Access.SIGNED_IN)
@limiter.limit(SIGN_IN, methods=["POST"])
def change_password() -> Any:
    """Change the password; all other devices are signed out."""
    form = PasswordForm()
    me = security.me()
    if not form.validate() or not _is_acceptable(form, me):
        return _page(password=form, status=422)
    new_hash = security.hashed(form.new.data)
    with unit_of_work() as work:
        staff.change_own_password(session=work, actor=me, password_hash=new_hash, now=clock.now())
    security.begin_session(me)
    flash(_("Your password is changed. Other devices have been signed out."), "good")
    return redirect(url_for("staff.account"), code=303)


def _is_acceptable(form: PasswordForm, me: Any) -> bool:
    if not security.is_own_password(me, form.present.data):
        add_error(form.present, words.PROBLEMS[staff.Problem.WRONG_PASSWORD])
    problem = staff.weakness(form.new.data, me.username)
    if problem is not None:
        add_error(form.new, words.PROBLEMS[problem])
    elif form.new.data != form.again.data:
        add_error(form.again, _("The two new passwords are not the same."))
    return not form.errors
