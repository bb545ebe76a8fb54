"""What the person has before them, and what can be done with it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.booking_deeds import list_appointments
from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused


class ActionMyAppointments(Action):
    """Reads the appointments from the site; the bot keeps none."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_my_appointments"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say them in order."""
        turn = Turn(dispatcher, tracker)
        try:
            await list_appointments(turn, with_buttons=True)
        except (SiteAway, SiteRefused):
            turn.say("utter_site_down", ["human"])
        return [SlotSet("misses", 0)]
