"""The other language, from the next sentence on."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused, site
from actions.wording import sentence


class ActionLanguage(Action):
    """Tells the site, which keeps the language of a conversation."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_language"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Switch, and say so in the new language."""
        switched = await switch_language(Turn(dispatcher, tracker))
        return [SlotSet("misses", 0), *(SlotSet(slot, value) for slot, value in switched.items())]


async def switch_language(turn: Turn) -> dict[str, Any]:
    """Switch, say so in the new language, and return the slots by which the rest of this turn speaks it too."""
    language = "en" if turn.intent == "switch_english" else "zh-CN"
    try:
        await site.set_language(turn.conversation, language)
    except (SiteAway, SiteRefused):
        turn.say("utter_site_down")
        return {}
    turn.show(sentence("utter_switched", language, turn.number))
    return {"switched": {"language": language, "in_turn": turn.number}}
