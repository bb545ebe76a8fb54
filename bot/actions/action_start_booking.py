"""Begins to book, move, cancel, or tell a shift; or goes on where danger or a stop broke it off."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import booking_deeds, booking_steps
from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused, site


class ActionStartBooking(Action):
    """Asks the site what there is before the form opens."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_start_booking"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Fill the slots, or say why there is nothing to ask."""
        turn = Turn(dispatcher, tracker)
        kept = tracker.get_slot("booking") or {}
        task = booking_steps.TASKS.get(turn.intent) or kept.get("task") or booking_steps.BOOK
        try:
            if task == booking_steps.BOOK and await _needs_a_grown_up(turn):
                turn.say("utter_guardian_needed", ["human", "talk_more"])
                return [FollowupAction("action_listen")]
            if turn.intent == "continue_booking" and kept.get("step"):
                progress = await booking_steps.renewed(turn, kept)
            else:
                progress = await booking_steps.begin(turn, task)
        except (SiteAway, SiteRefused):
            turn.say("utter_site_down", ["human"])
            return [FollowupAction("action_listen")]
        if not progress.get("step"):
            booking_deeds.nothing_to_ask(turn, progress)
            return [SlotSet("booking", None), SlotSet("interrupted", None), FollowupAction("action_listen")]
        return [
            SlotSet("booking", progress),
            SlotSet("booking_answer", None),
            SlotSet("interrupted", None),
            SlotSet("misses", 0),
            FollowupAction("booking_form"),
        ]


async def _needs_a_grown_up(turn: Turn) -> bool:
    """Tell whether the person is under 14 and no grown-up has agreed yet."""
    state = await site.state(turn.conversation)
    if state.get("age_band") != "under-14":
        return False
    return (state.get("intake") or {}).get("guardian_consent") is not True
