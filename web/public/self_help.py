"""Self-help pages: what is typed stays on the device; two numbers and, on a tap, one's own words come to us."""

from __future__ import annotations

import secrets
from typing import Any

from flask import current_app, jsonify, redirect, render_template, request, url_for

from care import conversations, people, self_help
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from web.common import chat_key, clock, languages
from web.common.access import Access, access
from web.common.database import unit_of_work
from web.common.errors import refused_answer
from web.common.throttle import limiter
from web.common.wants import wants_json
from web.public import blueprint
from web.public.own_conversation import begin, newest_of

# Two ratings a run and a few runs in a row; a program that invents numbers is slowed down.
RATE = "40 per minute; 400 per hour"
SEND = "10 per minute; 60 per hour"


@blueprint.get("/self-help")
@access(Access.ANYONE)
def self_help_list() -> Any:
    """Show what helps in three minutes, first what fits what the person has told us or has chosen."""
    language = languages.language()
    need = request.args.get("need", "")
    known = self_help.needs(language)
    wanted = [need] if need in known else _needs_of(chat_key.person())
    first = self_help.suggested(wanted, language)
    return render_template(
        "public/self_help/list.html",
        first=first,
        others=[one for one in self_help.all_of(language) if one not in first],
        needs=known,
        need=need if need in known else "",
        draft=self_help.reviewed_on() is None,
        is_inside=chat_key.person() is not None,
    )


def _needs_of(person: Beneficiary | None) -> list[str]:
    return self_help.needs_of(person.intake.worries) if person and person.intake else []


@blueprint.get("/self-help/<key>")
@access(Access.ANYONE)
def exercise(key: str) -> Any:
    """Show one exercise; without scripts all its steps stand one under the other."""
    return _page(key, help_now="help" in request.args, rated=request.args.get("rated", ""))


def _page(key: str, *, help_now: bool, rated: str = "", status: int = 200) -> Any:
    language = languages.language()
    found = self_help.by_key(key, language)
    also = [one for one in self_help.suggested(found.needs, language) if one.key != key][:2]
    page = render_template(
        "public/self_help/exercise.html",
        exercise=found,
        also=also,
        run=_run(),
        help_now=help_now,
        rated=rated,
        very_heavy=self_help.VERY_HEAVY,
        is_inside=chat_key.person() is not None,
    )
    return page, status


def _run() -> str:
    given = request.args.get("run", "")
    return given if len(given) == 32 and given.isalnum() else secrets.token_hex(16)


@blueprint.post("/self-help/<key>/rating")
@access(Access.ANYONE)
@limiter.limit(RATE)
def rate_exercise(key: str) -> Any:
    """Take one number from 0 to 10, and show help where it is very high or has risen."""
    data = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    data = data if isinstance(data, dict) else {}
    run, moment = str(data.get("run", "")), str(data.get("moment", ""))
    try:
        with unit_of_work() as work:
            help_now = self_help.rate(
                session=work, exercise=key, run=run, moment=moment, value=_number(data.get("value")), now=clock.now()
            )
    except Refused as refused:
        if wants_json():
            return refused_answer(refused)
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        return _page(key, help_now=False, status=422)
    if wants_json():
        return jsonify({"help": help_now})
    # A part without a value is left out of the address.
    return redirect(url_for("public.exercise", key=key, run=run, rated=moment, help=help_now or None), code=303)


def _number(given: Any) -> int:
    if type(given) is int:
        return int(given)
    return int(given) if isinstance(given, str) and given.isascii() and given.isdecimal() and len(given) < 3 else -1


@blueprint.post("/self-help/<key>/send")
@access(Access.ANYONE)
@limiter.limit(SEND)
def send_exercise(key: str) -> Any:
    """Say in the chat what was typed in an exercise, because the person wished it; it is heard like every message."""
    self_help.by_key(key, languages.language())
    text, known = request.form.get("text", ""), chat_key.person()
    new_key = None
    with unit_of_work() as work:
        if known is None:
            door = people.open_door(
                session=work, secret=chat_key.secret(), language=languages.language(), now=clock.now()
            )
            person, new_key = door.conversation.beneficiary, door.chat_key
        else:
            person = known
        begin(session=work, beneficiary=person, now=clock.now())
        conversation = newest_of(work, person.id)
        assert conversation is not None, "a conversation has just been begun"
        conversations.post(
            session=work,
            conversation_id=conversation.id,
            client_key=_client_key(),
            text=text,
            now=clock.now(),
            timezone=clock.timezone(),
        )
        conversation_id = conversation.id
    current_app.extensions["bot_turns"].start(conversation_id)
    response = redirect(url_for("public.chat", _anchor="newest"), code=303)
    return chat_key.give(response, new_key) if new_key else response


def _client_key() -> str:
    run = request.form.get("run", "")
    return f"self-help-{run}" if len(run) == 32 and run.isalnum() and run.isascii() else secrets.token_hex(16)
