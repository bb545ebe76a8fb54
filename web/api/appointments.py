"""Appointments inside the chat: the bot shows times, books, moves and cancels for the person who writes.

The bot names a time only by what this site told it before; whether it can still be had is decided here, each time.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import jsonify, request
from sqlalchemy.orm import Session

from care import appointment_links, appointment_lists, appointments, services, slots, transcript, waiting_list
from care.matching import Wish
from care.refusals import Refusal, Refused
from care.slots import Slot
from models.appointments import Appointment
from models.conversations import Conversation
from models.services import Mode, Service
from models.staff import StaffMember
from web.api import blueprint
from web.api.body import body, word
from web.api.spoken import day_words, moment_words
from web.common import chat_key, clock
from web.common.access import Access, access
from web.common.database import reading, unit_of_work

# A chat shows a handful of buttons; more of them is a page.
MOST_SLOTS = 6
MOST_DAYS = 7
# Whoever asks for another day means the next few weeks; beyond them the waiting list serves better.
DAYS_AHEAD = 28


@blueprint.get("/conversations/<string:public_id>/services")
@access(Access.BOT)
def bookable_services(public_id: str) -> Any:
    """What the person can book alone."""
    conversation = transcript.by_public_id(session=reading(), public_id=public_id)
    found = services.for_people(session=reading())
    return jsonify({"services": [_service_view(one, conversation.language) for one in found]})


def _service_view(service: Service, language: str) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name(language),
        "minutes": service.minutes,
        "modes": [mode.value for mode in service.modes],
    }


@blueprint.get("/conversations/<string:public_id>/slots")
@access(Access.BOT)
def free_slots(public_id: str) -> Any:
    """The next free times of a service, or those to which an appointment can be moved."""
    session = reading()
    conversation = transcript.by_public_id(session=session, public_id=public_id)
    start = _moment(request.args["after"], "after") if "after" in request.args else clock.now()
    found = _find(session, conversation, start, days=None, limit=MOST_SLOTS)
    return jsonify({"slots": [_slot_view(session, slot, conversation.language) for slot in found]})


@blueprint.get("/conversations/<string:public_id>/slots/days")
@access(Access.BOT)
def free_days(public_id: str) -> Any:
    """The next days on which anything is free, each with the moment from which to ask for its times."""
    conversation = transcript.by_public_id(session=reading(), public_id=public_id)
    found = _find(reading(), conversation, clock.now(), days=DAYS_AHEAD, limit=None)
    counted = Counter(slot.starts_at.astimezone(ZoneInfo(clock.timezone())).date() for slot in found)
    days = sorted(counted)[:MOST_DAYS]
    return jsonify({"days": [_day_view(day, counted[day], conversation.language) for day in days]})


def _day_view(day: date, free: int, language: str) -> dict[str, Any]:
    zone = ZoneInfo(clock.timezone())
    return {
        "after": datetime.combine(day, time.min, zone).astimezone(UTC).isoformat(),
        "weekday": day.isoweekday(),
        "in_days": (day - clock.now().astimezone(zone).date()).days,
        "free": free,
        "words": day_words(day, language),
    }


def _find(
    session: Session, conversation: Conversation, start: datetime, *, days: int | None, limit: int | None
) -> list[Slot]:
    """Return the free times of the service, or those to which the appointment in the address can be moved."""
    now = clock.now()
    moving = _own(session, conversation, request.args.get("appointment", type=int))
    service = moving.service if moving else _service(session, request.args.get("service", type=int))
    found = slots.find(
        session=session,
        service=service,
        start=start,
        end=now + timedelta(days=min(days or service.horizon_days, service.horizon_days)),
        now=now,
        mode=moving.mode if moving else _mode(request.args.get("mode"), service),
        staff_id=appointments.keeps_to(moving) if moving else None,
        beneficiary_id=conversation.beneficiary_id,
        wish=_wish(request.args.get("wish")),
        without_hold_id=moving.hold_id if moving else None,
        one_each=True,
        # One more, because the time that the appointment has already is no choice.
        limit=limit + 1 if limit and moving else limit,
    )
    others = [slot for slot in found if moving is None or slot.starts_at != moving.starts_at]
    return others[:limit] if limit else others


def _slot_view(session: Session, slot: Slot, language: str) -> dict[str, Any]:
    member = session.get_one(StaffMember, slot.staff_id)
    return {
        "starts_at": slot.starts_at.isoformat(),
        "staff_id": slot.staff_id,
        "staff": member.display_name,
        "mode": slot.mode.value,
        "words": moment_words(slot.starts_at, language, clock.timezone()),
    }


@blueprint.get("/conversations/<string:public_id>/appointments")
@access(Access.BOT)
def next_appointments(public_id: str) -> Any:
    """What the person has before them, in order."""
    conversation = transcript.by_public_id(session=reading(), public_id=public_id)
    found = appointment_lists.ahead(session=reading(), beneficiary_id=conversation.beneficiary_id, now=clock.now())
    return jsonify({"appointments": [_view(one, conversation.language) for one in found]})


def _view(one: Appointment, language: str) -> dict[str, Any]:
    station = one.room.station if one.room else None
    return {
        "id": one.id,
        "service": one.service.name(language),
        "starts_at": one.starts_at.isoformat(),
        "mode": one.mode.value,
        "staff": one.staff.display_name,
        "place": f"{station.name(language)} {station.address or ''}".strip() if station else None,
        "changeable": appointments.may_change_alone(appointment=one, now=clock.now()),
        "state": one.state.value,
        "words": moment_words(one.starts_at, language, clock.timezone()),
    }


@blueprint.post("/conversations/<string:public_id>/appointments")
@access(Access.BOT)
def book_appointment(public_id: str) -> Any:
    """Book a time that was shown; the same key books once."""
    data = body()
    key, starts_at = word(data, "key"), _moment(data.get("starts_at"), "starts_at")
    with unit_of_work() as session:
        conversation = _locked(session, public_id)
        service = _service(session, data.get("service"))
        made = appointments.book(
            session=session,
            actor=None,
            beneficiary=conversation.beneficiary,
            service=service,
            starts_at=starts_at,
            mode=_mode(data.get("mode"), service),
            staff_id=_number(data.get("staff_id"), "staff_id") if data.get("staff_id") is not None else None,
            wish=_wish(data.get("wish")),
            form_key=f"chat:{key}",
            secret=chat_key.secret(),
            now=clock.now(),
        )
        link = appointment_links.make(session=session, secret=chat_key.secret(), appointment=made, now=clock.now())
        answer = _view(made, conversation.language) | {"path": appointment_links.path(link)}
    return jsonify(answer)


@blueprint.post("/conversations/<string:public_id>/appointments/<int:appointment_id>/move")
@access(Access.BOT)
def move_appointment(public_id: str, appointment_id: int) -> Any:
    """Move one of the person's own appointments; refused, the old time stays."""
    starts_at = _moment(body().get("starts_at"), "starts_at")
    with unit_of_work() as session:
        conversation = _locked(session, public_id)
        found = _own(session, conversation, appointment_id)
        assert found is not None
        appointments.move(
            session=session,
            actor=None,
            appointment=found,
            starts_at=starts_at,
            secret=chat_key.secret(),
            now=clock.now(),
        )
        answer = _view(found, conversation.language)
    return jsonify(answer)


@blueprint.post("/conversations/<string:public_id>/appointments/<int:appointment_id>/cancel")
@access(Access.BOT)
def cancel_appointment(public_id: str, appointment_id: int) -> Any:
    """Call one of the person's own appointments off; a second call finds it done."""
    with unit_of_work() as session:
        conversation = _locked(session, public_id)
        found = _own(session, conversation, appointment_id)
        assert found is not None
        appointments.cancel(session=session, actor=None, appointment=found, now=clock.now())
        answer = _view(found, conversation.language)
    return jsonify(answer)


@blueprint.post("/conversations/<string:public_id>/waiting-list")
@access(Access.BOT)
def wait_for_a_time(public_id: str) -> Any:
    """Put the person on the waiting list of a service; who is on it already stays where they are."""
    data = body()
    with unit_of_work() as session:
        conversation = _locked(session, public_id)
        service = _service(session, data.get("service"))
        try:
            waiting_list.ask(
                session=session,
                actor=None,
                beneficiary=conversation.beneficiary,
                service=service,
                mode=_mode(data.get("mode"), service),
                now=clock.now(),
            )
        except Refused as refused:
            # The second of two taps finds done what it wanted.
            if refused.refusal is not Refusal.ALREADY_WAITING:
                raise
    return jsonify({"waiting": True})


def _locked(session: Session, public_id: str) -> Conversation:
    found = transcript.by_public_id(session=session, public_id=public_id)
    return transcript.locked(session=session, conversation_id=found.id)


def _own(session: Session, conversation: Conversation, number: int | None) -> Appointment | None:
    """Return the person's own appointment; somebody else's is not there."""
    if number is None:
        return None
    found = session.get(Appointment, number) if 0 < number < 2**31 else None
    if found is None or found.beneficiary_id != conversation.beneficiary_id:
        raise Refused(Refusal.NOT_FOUND)
    return found


def _service(session: Session, given: Any) -> Service:
    found = services.get(session=session, service_id=_number(given, "service"))
    if not found.self_booking or found.is_group:
        raise Refused(Refusal.NOT_FOUND, "service")
    return found


def _number(given: Any, field: str) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given < 2**31:
        raise Refused(Refusal.WRONG_VALUE, field)
    return given


def _mode(given: Any, service: Service) -> Mode:
    if given is None:
        return service.modes[0]
    for mode in service.modes:
        if mode.value == given:
            return mode
    raise Refused(Refusal.NOT_THIS_WAY, "mode")


def _wish(given: Any) -> Wish:
    return next((wish for wish in Wish if wish.value == given), Wish.ANY)


def _moment(given: Any, field: str) -> datetime:
    try:
        at = datetime.fromisoformat(given)
    except (TypeError, ValueError) as error:
        raise Refused(Refusal.WRONG_VALUE, field) from error
    if at.tzinfo is None:
        raise Refused(Refusal.WRONG_VALUE, field)
    return at
