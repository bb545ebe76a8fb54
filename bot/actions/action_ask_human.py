"""A person, please: the site answers, because only the roster knows who is there."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused, site


class ActionAskHuman(Action):
    """Passes the wish on and promises nothing."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_ask_human"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Ask the site."""
        await ask_human(Turn(dispatcher, tracker))
        return [SlotSet("misses", 0)]


async def ask_human(turn: Turn) -> None:
    """Ask the site for a person; it tells the person itself what is possible."""
    try:
        await site.ask_human(turn.conversation)
    except (SiteAway, SiteRefused):
        turn.say("utter_site_down")
