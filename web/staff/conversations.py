"""A conversation at the desk: read it live, take it over, speak, hand it back, end it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from flask import current_app, g, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from care import canned_replies, case_file, desk, live, transcript, transfers
from care.refusals import Refusal, Refused
from models.conversations import Conversation
from models.staff import StaffMember
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.errors import refused_answer
from web.common.languages import language
from web.common.live import Event, sse, stream
from web.common.refusal_words import refusal_words
from web.common.wants import wants_json
from web.staff import summary, transcript_rows
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.desk import side
from web.staff.desk.forms import BesideForm, TransferForm
from web.staff.forms import LONGEST_REPLY, ReplyForm, add_error
from web.staff.queue import is_listening


@blueprint.get("/conversations/<row:conversation_id>")
@access(Access.SEE_CONVERSATION)
def conversation(conversation_id: int) -> Any:
    """Open a conversation; the look is recorded."""
    with unit_of_work() as work:
        case_file.see_conversation(session=work, conversation_id=conversation_id, actor=security.me(), now=clock.now())
    return page(conversation_id)


def page(
    conversation_id: int,
    form: ReplyForm | None = None,
    transfer: TransferForm | None = None,
    beside: Mapping[str, BesideForm] | None = None,
    status: int = 200,
) -> Any:
    """Draw the conversation; a form that was refused comes back with its words."""
    found = reading().get_one(Conversation, conversation_id)
    me, now = security.me(), clock.now()
    messages = transcript.messages_after(session=reading(), conversation_id=conversation_id, seq=0)
    # A form that is sent twice carries the same key, so its words arrive once.
    form = form or ReplyForm(formdata=None, data={"client_key": str(uuid.uuid4())})
    drawn = render_template(
        "staff/conversation.html",
        conversation=found,
        rows=transcript_rows.rows(session=reading(), messages=messages, me=me),
        status=transcript_rows.status(session=reading(), conversation=found, me=me),
        side=side.side(session=reading(), conversation=found, me=me),
        intake=summary.intake(found.beneficiary, language()),
        once=summary.once(session=reading(), conversation=found, language=language(), now=now),
        screenings=summary.screenings(session=reading(), beneficiary=found.beneficiary, language=language()),
        form=form,
        transfer=transfer
        or TransferForm(formdata=None, receivers=transfers.receivers(session=reading(), actor=me, now=now)),
        beside={kind: (beside or {}).get(kind) or _blank_note() for kind in ("note", "whisper")},
        canned=canned_replies.offered_in(session=reading(), conversation=found),
        longest=LONGEST_REPLY,
    )
    return drawn, status


def _blank_note() -> BesideForm:
    return BesideForm(formdata=None, data={"key": str(uuid.uuid4())})


@blueprint.get("/conversations/<row:conversation_id>/messages")
@access(Access.SEE_CONVERSATION)
def messages(conversation_id: int) -> Any:
    """Return what was said after a number, for a page whose live line is broken."""
    found = case_file.conversation_by_id(session=reading(), conversation_id=conversation_id)
    after = request.args.get("after", 0, type=int)
    newer = transcript.messages_after(session=reading(), conversation_id=found.id, seq=after)
    return jsonify(
        {
            "messages": transcript_rows.rows(session=reading(), messages=newer, me=security.me()),
            "status": transcript_rows.status(session=reading(), conversation=found, me=security.me()),
            "side": side.side(session=reading(), conversation=found, me=security.me()),
        }
    )


@blueprint.get("/conversations/<row:conversation_id>/stream")
@access(Access.SEE_CONVERSATION)
def conversation_stream(conversation_id: int) -> Any:
    """Send each new message and each change of owner, from the last number the browser has."""
    found = case_file.conversation_by_id(session=reading(), conversation_id=conversation_id)
    sent = request.headers.get("Last-Event-ID", type=int)
    speak = _speaker(found.id, request.args.get("after", 0, type=int) if sent is None else sent)

    def again(_events: list[Event]) -> Iterator[str]:
        return speak()

    channels = (live.chat_channel(found.id), live.side_channel(found.id))
    return stream(current_app._get_current_object(), channels, speak, again)  # type: ignore[attr-defined]


def _speaker(conversation_id: int, after: int) -> Any:
    staff_id, key, spoken = security.me().id, security.me().fs_uniquifier, language()
    signed_in_at = float(session["signed_in_at"])
    last = after

    def speak() -> Iterator[str]:
        nonlocal last
        g.language = spoken
        if not is_listening(staff_id, key, signed_in_at):
            yield sse("signed_out", {})
            return
        me = reading().get_one(StaffMember, staff_id)
        newer = transcript.messages_after(session=reading(), conversation_id=conversation_id, seq=last)
        for row in transcript_rows.rows(session=reading(), messages=newer, me=me):
            last = row["seq"]
            yield sse("message", row, number=last)
        found = reading().get_one(Conversation, conversation_id)
        yield sse("status", transcript_rows.status(session=reading(), conversation=found, me=me))
        yield sse("side", side.side(session=reading(), conversation=found, me=me))

    return speak


@blueprint.post("/conversations/<row:conversation_id>/take-over")
@access(Access.TAKE_OVER)
def take_over(conversation_id: int) -> Any:
    """Take the channel: the bot is silent from this moment."""
    case_file.conversation_by_id(session=reading(), conversation_id=conversation_id)
    return act(
        lambda work: desk.take_over(
            session=work, conversation_id=conversation_id, actor=security.me(), now=clock.now()
        ),
        back=url_for("staff.conversation", conversation_id=conversation_id),
    )


@blueprint.post("/conversations/<row:conversation_id>/messages")
@access(Access.WRITE)
def write(conversation_id: int) -> Any:
    """Say something to the person; a repeated delivery says it once."""
    case_file.conversation_by_id(session=reading(), conversation_id=conversation_id)
    form = ReplyForm()
    if not form.validate():
        return _not_said(conversation_id, form, Refused(Refusal.TOO_LONG if form.text.errors else Refusal.WRONG_VALUE))
    try:
        with unit_of_work() as work:
            said = desk.write(
                session=work,
                conversation_id=conversation_id,
                actor=security.me(),
                text=form.text.data or "",
                client_key=form.client_key.data,
                now=clock.now(),
            )
            row = transcript_rows.rows(session=work, messages=[said], me=security.me())[0]
    except Refused as refused:
        return _not_said(conversation_id, form, refused)
    if wants_json():
        return jsonify({"message": row})
    return redirect(url_for("staff.conversation", conversation_id=conversation_id) + "#newest", code=303)


def _not_said(conversation_id: int, form: ReplyForm, refused: Refused) -> Any:
    if wants_json():
        return refused_answer(refused)
    if not form.text.errors:
        add_error(form.text, str(refusal_words(refused.refusal)))
    return page(conversation_id, form=form, status=422)


@blueprint.post("/conversations/<row:conversation_id>/hand-back")
@access(Access.HAND_BACK)
def hand_back(conversation_id: int) -> Any:
    """Return the channel to the bot."""
    case_file.conversation_by_id(session=reading(), conversation_id=conversation_id)
    return act(
        lambda work: desk.hand_back(
            session=work, conversation_id=conversation_id, actor=security.me(), now=clock.now()
        ),
        back=url_for("staff.conversation", conversation_id=conversation_id),
        done=_("The bot answers again. The person has been told."),
    )


@blueprint.post("/conversations/<row:conversation_id>/close")
@access(Access.CLOSE_CONVERSATION)
def close_conversation(conversation_id: int) -> Any:
    """End the conversation; an open case of orange or more keeps it open."""
    case_file.conversation_by_id(session=reading(), conversation_id=conversation_id)
    return act(
        lambda work: desk.close(session=work, conversation_id=conversation_id, actor=security.me(), now=clock.now()),
        back=url_for("staff.conversation", conversation_id=conversation_id),
        done=_("The conversation has ended."),
    )
