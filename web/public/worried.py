"""I am worried about somebody else: open to anybody, without a sign-in; it rings at once and promises only a name."""

from __future__ import annotations

import secrets
from typing import Any

from flask import redirect, render_template, session, url_for
from sqlalchemy.orm import Session

from care import worried_reports
from care.refusals import Refused
from care.wording import say
from models.conversations import Conversation
from models.worried_reports import WorriedReport
from web.common import chat_key, clock, languages
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.throttle import WORRIED, limiter
from web.common.worried_form import WorriedForm, refuse
from web.public import blueprint, own_conversation
from web.public.opening import opening

# Shown on one page view: the number of the report travels in the sender's own signed cookie.
KEPT = "worried_kept"


@blueprint.get("/worried")
@access(Access.ANYONE)
def worried() -> Any:
    """Say what to do first, who reads it and who is there now, and offer the form."""
    return _page(WorriedForm(formdata=None, data={"form_key": secrets.token_urlsafe(32)}))


def _page(form: WorriedForm, status: int = 200) -> Any:
    language = languages.language()
    return (
        render_template(
            "public/worried.html",
            form=form,
            first=say("worried.first", language),
            opening=opening(language),
            is_inside=chat_key.person() is not None,
        ),
        status,
    )


@blueprint.post("/worried")
@access(Access.ANYONE)
@limiter.limit(WORRIED)
def send_worry() -> Any:
    """Take it in; what was typed stays where it cannot be."""
    form = WorriedForm()
    try:
        with unit_of_work() as work:
            report = worried_reports.tell(
                session=work,
                secret=chat_key.secret(),
                form_key=form.form_key.data or "",
                form=form.as_typed(),
                origin=worried_reports.Origin(conversation=_own_chat(work)),
                language=languages.language(),
                now=clock.now(),
                timezone=clock.timezone(),
            )
            number = report.id
    except Refused as refused:
        refuse(form, refused, "words")
        return _page(form, 422)
    session[KEPT] = number
    return redirect(url_for("public.worry_kept"), code=303)


def _own_chat(work: Session) -> Conversation | None:
    person = chat_key.person()
    return own_conversation.newest_of(work, person.id) if person else None


@blueprint.get("/worried/kept")
@access(Access.ANYONE)
def worry_kept() -> Any:
    """Say what happens now, once: who calls and by when, or honestly that nobody can be promised."""
    number = session.pop(KEPT, None)
    report = reading().get(WorriedReport, number) if number else None
    if report is None:
        return redirect(url_for("public.worried"), code=303)
    language = languages.language()
    return render_template(
        "public/worried_kept.html",
        first=say("worried.first", language),
        promise=worried_reports.promise_words(report, language, clock.timezone()),
        is_inside=chat_key.person() is not None,
    )
