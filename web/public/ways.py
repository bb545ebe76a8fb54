"""Pages of ours that the bot may point to under its words; it names a key, and the site knows page and title."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from care import self_help
from care.wording import say
from models.conversations import Message

# A bot that was led astray could name anything: only these keys become links.
PAGES = {"voices": "/voices", "check-ins": "/check-ins", "self-help": "/self-help"}
FOR_A_WORRY = "self-help:"
AT_MOST = 2


def ways(message: Message) -> list[dict[str, str]]:
    """Return address and title of each page that this message points to."""
    named = message.extra.get("ways")
    if not isinstance(named, list):
        return []
    return list(_known(named[:AT_MOST], message))


def _known(named: list[Any], message: Message) -> Iterator[dict[str, str]]:
    for key in named:
        if not isinstance(key, str):
            continue
        needs = self_help.needs_of([key.removeprefix(FOR_A_WORRY)]) if key.startswith(FOR_A_WORRY) else []
        if needs:
            yield _way("self-help", message, f"?need={needs[0]}")
        elif key in PAGES:
            yield _way(key, message)


def _way(key: str, message: Message, query: str = "") -> dict[str, str]:
    return {"href": PAGES[key] + query, "title": say(f"way.{key}", message.conversation.language)}
