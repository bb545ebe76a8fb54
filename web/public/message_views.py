"""What a browser is told about a message and about the conversation: titles of buttons, never their payloads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from care import places_in_line, ratings
from care.wording import say
from models.conversations import Conversation, Message, Owner, Sender
from web.common import clock
from web.common.database import reading
from web.public.opening import opening
from web.public.ways import ways

# Buttons that answer nothing; the page shows them smaller, so that the answers stand out.
_QUIET = frozenset({"/skip", "/stop", "/go_back"})
# What the page needs to draw a message; anything else that a record carries stays on the server.
_SHOWN_EXTRAS = frozenset({"item", "instrument", "step", "of", "lead_in", "exercise", "card", "lines", "title"})


def message_views(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return the messages as the page shows them; buttons are open until the person has spoken again."""
    last_spoken = max((message.seq for message in messages if message.sender is Sender.PERSON), default=0)
    return [_view(message, is_open=message.seq > last_spoken) for message in messages]


def _view(message: Message, *, is_open: bool) -> dict[str, Any]:
    mine = message.sender is Sender.PERSON
    return {
        "seq": message.seq,
        "id": message.id,
        "sender": message.sender.value,
        "kind": message.kind.value,
        "text": message.text,
        "name": message.staff.display_name if message.staff else None,
        "buttons": [_button(button) for button in message.buttons],
        "buttons_open": bool(message.buttons) and is_open,
        "ways": [] if mine else ways(message),
        "extra": {name: value for name, value in message.extra.items() if name in _SHOWN_EXTRAS},
        "at": message.at.isoformat(),
        "mine": mine,
        "client_key": message.client_key if mine else None,
    }


def _button(button: dict[str, str]) -> dict[str, Any]:
    quiet = {"quiet": True} if button.get("payload") in _QUIET else {}
    return {"title": button["title"]} | quiet


def status_view(conversation: Conversation) -> dict[str, Any]:
    """Return who answers now, and whether a person can be reached."""
    now_open = opening(conversation.language)
    with_person = conversation.owner is Owner.STAFF
    return {
        "owner": conversation.owner.value,
        "staffed": now_open.staffed,
        "next_at": now_open.next_at.isoformat() if now_open.next_at else None,
        "bot_available": conversation.bot_reachable,
        "staff_name": conversation.owner_staff.display_name if conversation.owner_staff else None,
        "closed": conversation.closed_at is not None,
        "waiting": conversation.human_requested_at is not None and not with_person,
        "line": line_words(conversation),
        "rate": ratings.may_ask(session=reading(), conversation=conversation, now=clock.now()),
    }


def line_words(conversation: Conversation) -> str:
    """Return where the person stands and how long it took others; empty when nobody is there who could come."""
    place = places_in_line.place_of(session=reading(), conversation=conversation, now=clock.now())
    if place is None:
        return ""
    language = conversation.language
    said = [
        say("line.first", language)
        if place.number == 1
        else say("line.place", language, number=str(place.number), ahead=str(place.number - 1))
    ]
    if place.usual is None:
        said.append(say("line.unknown", language))
    else:
        said.append(say("line.usual", language, low=str(place.usual.low), high=str(place.usual.high)))
    if place.longer_than_usual:
        said.append(say("line.longer", language))
    said.append(say("line.danger_first", language))
    return (" " if language == "en" else "").join(said)
