"""The shared replies: written in both languages, read by a second colleague, taken out of use when they are stale."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from care import canned_replies
from care.refusals import Refused
from models.canned_replies import ReplyState
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.desk.forms import ReplyWordsForm
from web.staff.forms import add_error


@blueprint.get("/desk/replies")
@access(Access.SEE_CONVERSATION)
def canned_replies_page() -> Any:
    """List the replies; those that wait for a second reader first."""
    return render_template(
        "staff/desk/replies.html",
        replies=canned_replies.every(session=reading()),
        drafts=ReplyState.DRAFT,
        me=security.me(),
        suggestions=len(canned_replies.suggestions()),
    )


@blueprint.route("/desk/replies/new", methods=["GET", "POST"])
@access(Access.WRITE)
def new_reply() -> Any:
    """Write a new reply."""
    form = ReplyWordsForm()
    if request.method == "POST" and form.validate():
        return _save(form, None)
    return _form_page(form, None)


@blueprint.route("/desk/replies/<row:reply_id>", methods=["GET", "POST"])
@access(Access.WRITE)
def edit_reply(reply_id: int) -> Any:
    """Change a reply; it waits for a second reader again."""
    row = canned_replies.by_id(session=reading(), reply_id=reply_id)
    if request.method == "GET":
        form = ReplyWordsForm(formdata=None, obj=row)
    else:
        form = ReplyWordsForm()
        if form.validate():
            return _save(form, reply_id)
    return _form_page(form, reply_id)


def _form_page(form: ReplyWordsForm, reply_id: int | None) -> Any:
    status = 422 if form.errors else 200
    return render_template("staff/desk/reply.html", form=form, reply_id=reply_id), status


def _save(form: ReplyWordsForm, reply_id: int | None) -> Any:
    words = canned_replies.Words(
        title_zh=form.title_zh.data or "",
        title_en=form.title_en.data or "",
        text_zh=form.text_zh.data or "",
        text_en=form.text_en.data or "",
    )
    version = form.version.data or ""
    try:
        with unit_of_work() as work:
            if reply_id is None:
                canned_replies.write(session=work, actor=security.me(), words=words, now=clock.now())
            else:
                canned_replies.change(
                    session=work,
                    actor=security.me(),
                    reply_id=reply_id,
                    version=int(version) if version.isdecimal() and len(version) < 10 else 0,
                    words=words,
                    now=clock.now(),
                )
    except Refused as refused:
        add_error(form[refused.field or "text_zh"], str(refusal_words(refused.refusal)))
        return _form_page(form, reply_id)
    flash(_("Kept as a draft. It is offered once a second colleague has approved it."), "good")
    return redirect(url_for("staff.canned_replies_page"), code=303)


@blueprint.post("/desk/replies/<row:reply_id>/approve")
@access(Access.REVIEW_REPLIES)
def approve_reply(reply_id: int) -> Any:
    """Let the desk use the words that this colleague has read."""
    version = request.form.get("version", 0, type=int)
    return act(
        lambda work: canned_replies.approve(
            session=work, actor=security.me(), reply_id=reply_id, version=version, now=clock.now()
        ),
        back=url_for("staff.canned_replies_page"),
        done=_("Approved. It is offered beside the box from now on."),
    )


@blueprint.post("/desk/replies/<row:reply_id>/retire")
@access(Access.REVIEW_REPLIES)
def retire_reply(reply_id: int) -> Any:
    """Take a reply out of use."""
    return act(
        lambda work: canned_replies.retire(session=work, actor=security.me(), reply_id=reply_id, now=clock.now()),
        back=url_for("staff.canned_replies_page"),
        done=_("Taken out of use."),
    )


@blueprint.post("/desk/replies/suggestions")
@access(Access.WRITE)
def add_suggested_replies() -> Any:
    """Write the suggested replies as drafts."""
    with unit_of_work() as work:
        added = canned_replies.add_suggestions(session=work, actor=security.me(), now=clock.now())
    flash(_("Drafts added: %(count)s.", count=added), "good")
    return redirect(url_for("staff.canned_replies_page"), code=303)
