"""What the bot may read and ask about one conversation."""

from __future__ import annotations

from typing import Any

from flask import jsonify
from sqlalchemy import select

from care import bot_voice, crises, human, intakes, screenings, transcript
from care.refusals import Refusal, Refused
from config import LANGUAGES
from models.base import LARGEST_ID
from models.conversations import Conversation
from models.stations import Station
from triage.levels import Level
from web.api import blueprint
from web.api.body import body, word
from web.api.hours import hours_view
from web.common import clock
from web.common.access import Access, access
from web.common.database import reading, unit_of_work


@blueprint.get("/conversations/<string:public_id>/state")
@access(Access.BOT)
def conversation_state(public_id: str) -> Any:
    """Everything the bot needs to go on where it stopped, also after it was restarted."""
    session = reading()
    conversation = transcript.by_public_id(session=session, public_id=public_id)
    person = conversation.beneficiary
    screening = screenings.latest_of(session=session, beneficiary=person)
    case = crises.open_case_of(session=session, beneficiary_id=person.id)
    status = "none" if screening is None else "complete" if screening.complete else "open"
    return jsonify(
        {
            "language": conversation.language,
            "age_band": person.age_band.value,
            "owner": conversation.owner.value,
            "level": case.level.value if case else Level.GREEN.value,
            "called": person.called,
            "intake": intakes.state(person),
            "screening": {"status": status, "answers": screenings.answers_of(screening)},
            "stations": [
                {"id": station.slug, "zh-CN": station.name_zh, "en": station.name_en}
                for station in session.scalars(select(Station).order_by(Station.id))
            ],
            "hours": hours_view(conversation.language),
        }
    )


@blueprint.post("/conversations/<string:public_id>/human-requests")
@access(Access.BOT)
def request_human(public_id: str) -> Any:
    """The person asked the bot for a person; the site answers them itself, from the roster."""
    with unit_of_work() as session:
        conversation = _locked(session, public_id)
        outcome = human.request(
            session=session, conversation=conversation, now=clock.now(), timezone=clock.timezone()
        ).outcome
    return jsonify({"outcome": outcome.value})


@blueprint.post("/conversations/<string:public_id>/flags")
@access(Access.BOT)
def raise_flag(public_id: str) -> Any:
    """The bot's own detector heard more than the site's: it may raise, nothing else."""
    data = body()
    level = _level(word(data, "level"))
    with unit_of_work() as session:
        case = bot_voice.raise_flag(
            session=session,
            conversation=_locked(session, public_id),
            level=level,
            reasons=_reasons(data.get("reasons")),
            message_number=_number(data.get("message_id")),
            now=clock.now(),
            timezone=clock.timezone(),
        )
        present = case.level.value
    return jsonify({"case_level": present})


@blueprint.put("/conversations/<string:public_id>/language")
@access(Access.BOT)
def set_language(public_id: str) -> Any:
    """The person asked the bot for the other language."""
    language = word(body(), "language")
    if language not in LANGUAGES:
        raise Refused(Refusal.WRONG_VALUE, "language")
    with unit_of_work() as session:
        conversation = _locked(session, public_id)
        conversation.language = conversation.beneficiary.language = language
    return jsonify({})


def _locked(session: Any, public_id: str) -> Conversation:
    found = transcript.by_public_id(session=session, public_id=public_id)
    return transcript.locked(session=session, conversation_id=found.id)


def _reasons(given: Any) -> tuple[str, ...]:
    """Return what can be kept of the reasons; a careless detail must never cost the flag itself."""
    listed = given if isinstance(given, list) else [given] if isinstance(given, str) and given else []
    return tuple(str(reason)[:64] for reason in listed[:20])


def _number(given: Any) -> int | None:
    is_number = isinstance(given, int) and not isinstance(given, bool)
    return given if is_number and 0 < given <= LARGEST_ID else None


def _level(name: str) -> Level:
    try:
        level = Level(name)
    except ValueError as error:
        raise Refused(Refusal.WRONG_VALUE, "level") from error
    if level is Level.GREEN:
        raise Refused(Refusal.ONLY_UPWARD, "level")
    return level
