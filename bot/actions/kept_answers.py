"""Answers that the site could not take while it was away: kept in the slots, offered again with a later turn."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused, site


async def deliver_answers(turn: Turn, unsent: dict[str, int], mode: str) -> tuple[dict[str, int], dict[str, Any]]:
    """Give screening answers to the site, oldest first; return what is still unsent and the site's last result."""
    waiting, result = dict(unsent), {}
    for key, value in unsent.items():
        try:
            reply = await site.put_answer(turn.conversation, key, int(value), mode)
        except SiteAway:
            break
        except SiteRefused:
            # What the site will never take must not stand in the way of the next answer.
            del waiting[key]
            continue
        del waiting[key]
        result = reply.get("result") or result
    return waiting, result


async def deliver_kept(turn: Turn) -> list[dict[str, Any]]:
    """Offer everything that is still unsent; return the events that say what is left."""
    events: list[dict[str, Any]] = []
    answers = turn.tracker.get_slot("unsent") or {}
    if answers:
        left, _ = await deliver_answers(turn, answers, "words")
        events.append(SlotSet("unsent", left))
    fields = turn.tracker.get_slot("intake_unsent") or {}
    if fields:
        try:
            await site.put_intake(turn.conversation, fields)
        except SiteAway:
            return events
        except SiteRefused:
            pass  # The question will be open again the next time, because the site does not know the answer.
        events.append(SlotSet("intake_unsent", {}))
    return events
