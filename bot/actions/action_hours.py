"""Opening hours, as the roster has them this minute."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused, site


class ActionHours(Action):
    """Repeats what the site says of the hours."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_hours"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Ask the site and repeat its sentence."""
        turn = Turn(dispatcher, tracker)
        try:
            hours = await site.hours(turn.language)
            turn.show(hours["words"], ["human", "talk_more"])
        except (SiteAway, SiteRefused):
            turn.say("utter_site_down")
        return [SlotSet("misses", 0)]
