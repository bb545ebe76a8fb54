"""Opening hours, as the roster has them this minute."""

from __future__ import annotations

from collections.abc import Sequence
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
        await say_hours(Turn(dispatcher, tracker), ["human", "talk_more"])
        return [SlotSet("misses", 0)]


async def say_hours(turn: Turn, buttons: Sequence[str] = ()) -> None:
    """Ask the site and repeat its sentence."""
    try:
        turn.show((await site.hours(turn.language))["words"], buttons)
    except (SiteAway, SiteRefused, KeyError):
        turn.say("utter_site_down")
