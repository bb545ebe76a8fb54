"""The chat: begin, read, write, tap, ask for a person, leave. It also works without scripts, by forms and redirects."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app, g, jsonify, redirect, render_template, request, session, url_for

from care import conversations, human, people, ratings, transcript
from care.refusals import Refusal, Refused
from web.common import chat_key, clock, languages
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.errors import refused_answer
from web.common.refusal_words import refusal_words
from web.common.throttle import START, limiter
from web.common.wants import wants_json
from web.public import blueprint
from web.public.chat_words import chat_words, opening_line
from web.public.message_views import message_views, status_view
from web.public.opening import opening
from web.public.own_conversation import begin, own

# Shown once and then forgotten: the code travels in the person's own signed cookie for one page view.
NEW_CODE = "new_code"
# A page holds this many of the newest messages; nobody scrolls further on a phone.
PAGE_OF_MESSAGES = 200


@blueprint.post("/chat/start")
@access(Access.ANYONE)
@limiter.limit(START)
def start_chat() -> Any:
    """Open a conversation, or go back into the one this browser already has; with `human`, ask for a person there."""
    known = chat_key.person()
    key = None
    with unit_of_work() as work:
        if known is not None:
            conversation = begin(session=work, beneficiary=known, now=clock.now())
        else:
            door = people.open_door(
                session=work, secret=chat_key.secret(), language=languages.language(), now=clock.now()
            )
            conversation = begin(session=work, beneficiary=door.conversation.beneficiary, now=clock.now())
            key, session[NEW_CODE] = door.chat_key, door.return_code
        if "human" in request.form:
            human.request(session=work, conversation=conversation, now=clock.now(), timezone=clock.timezone())
    response = redirect(url_for("public.chat"), code=303)
    return chat_key.give(response, key) if key else response


@blueprint.get("/chat")
@access(Access.PERSON)
def chat() -> Any:
    """The conversation as it stands."""
    return chat_page(new_code=session.pop(NEW_CODE, None))


def chat_page(*, new_code: str | None = None, draft: str = "", problem: Any = None, rating: str = "") -> Any:
    """Draw the conversation, with what was typed and could not be taken."""
    conversation, now_open = own(), opening(languages.language())
    rows = transcript.messages_after(session=reading(), conversation_id=conversation.id, seq=0, limit=PAGE_OF_MESSAGES)
    return render_template(
        "public/chat.html",
        messages=message_views(rows),
        status=status_view(conversation),
        last_seq=conversation.last_seq,
        new_code=new_code,
        draft=draft,
        problem=problem,
        rating=rating,
        rated=ratings.of(session=reading(), conversation_id=conversation.id) is not None,
        client_key=uuid.uuid4().hex,
        longest=conversations.LONGEST_MESSAGE,
        opening_line=opening_line(now_open.staffed, now_open.next_at),
        words=chat_words(),
    )


@blueprint.get("/chat/messages")
@access(Access.PERSON)
def read_messages() -> Any:
    """What came after the last message this browser has, and how things stand."""
    after = max(request.args.get("after", default=0, type=int), 0)
    conversation = own()
    rows = transcript.messages_after(session=reading(), conversation_id=conversation.id, seq=after)
    return jsonify({"messages": message_views(rows), "status": status_view(conversation)})


@blueprint.post("/chat/messages")
@access(Access.PERSON)
def send_message() -> Any:
    """Take a message or a tap: stored and assessed before the answer, and never twice for one client key."""
    data = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    data = data if isinstance(data, dict) else {}
    text = data.get("text") if isinstance(data.get("text"), str) else ""
    try:
        views = _post(data, str(text))
    except Refused as refused:
        if wants_json():
            return refused_answer(refused)
        # Without scripts the page itself keeps what was typed.
        return chat_page(draft=str(text), problem=refusal_words(refused.refusal)), refused_answer(refused)[1]
    if wants_json():
        return jsonify({"messages": views})
    return redirect(url_for("public.chat", _anchor="newest"), code=303)


def _post(data: dict[str, Any], text: str) -> list[dict[str, Any]]:
    key = data.get("client_key")
    if not isinstance(key, str) or not 1 <= len(key) <= 64:
        raise Refused(Refusal.WRONG_VALUE, "client_key")
    with unit_of_work() as work:
        conversation_id = own(work).id
        posted = conversations.post(
            session=work,
            conversation_id=conversation_id,
            client_key=key,
            text=text,
            button=_button(data),
            now=clock.now(),
            timezone=clock.timezone(),
        )
        views = message_views([posted.message, *posted.replies])
    current_app.extensions["bot_turns"].start(conversation_id)
    return views


def _button(data: dict[str, Any]) -> tuple[int, int] | None:
    """Return message and position of the tapped button; None for typed words."""
    if data.get("button") is None:
        return None
    try:
        if not request.is_json:
            message_id, _dot, position = str(data["button"]).partition(".")
            return int(message_id), int(position)
        return int(data["message_id"]), int(data["button"])
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise Refused(Refusal.NO_SUCH_BUTTON, "button") from error


@blueprint.post("/chat/human")
@access(Access.PERSON)
def ask_human() -> Any:
    """Ask for a person; answered from the roster, also while the bot is down."""
    with unit_of_work() as work:
        conversation = transcript.locked(session=work, conversation_id=own(work).id)
        if conversation.closed_at is not None:
            raise Refused(Refusal.CLOSED)
        asked = human.request(session=work, conversation=conversation, now=clock.now(), timezone=clock.timezone())
        views, status = message_views(asked.messages), status_view(conversation)
    if wants_json():
        return jsonify({"messages": views, "status": status})
    return redirect(url_for("public.chat", _anchor="newest"), code=303)


@blueprint.post("/chat/code")
@access(Access.PERSON)
def new_code() -> Any:
    """Give a new return code; the old one opens nothing any more."""
    with unit_of_work() as work:
        code = people.new_return_code(session=work, secret=chat_key.secret(), beneficiary=g.beneficiary)
    if wants_json():
        return jsonify({"code": code})
    session[NEW_CODE] = code
    return redirect(url_for("public.chat"), code=303)


@blueprint.post("/chat/leave")
@access(Access.ANYONE)
def leave() -> Any:
    """Make this browser forget the conversation; the conversation itself stays for the return code."""
    session.pop(NEW_CODE, None)
    key = request.cookies.get(chat_key.COOKIE, "")
    if key:
        with unit_of_work() as work:
            people.forget_key(session=work, secret=chat_key.secret(), key=key)
    if request.form.get("end") == "home":
        return chat_key.take_away(redirect(url_for("public.home"), code=303))
    page = current_app.make_response(render_template("public/left.html"))
    return chat_key.take_away(page)
