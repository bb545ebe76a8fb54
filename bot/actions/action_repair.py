"""When we did not follow: ask once, then offer buttons, then a person. Never the same sentence twice running."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn

NARROW_AT = 2
OFFER_A_PERSON_AT = 3


class ActionRepair(Action):
    """Counts misses and narrows the channel."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_repair"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say the sentence for this miss."""
        turn = Turn(dispatcher, tracker)
        misses = int(tracker.get_slot("misses") or 0) + 1
        if misses >= OFFER_A_PERSON_AT:
            turn.say("utter_missed_thrice", ["human", "talk_more", "breathing"])
        elif misses == NARROW_AT:
            turn.say("utter_missed_twice", ["talk_more", "start_intake", "start_screening", "breathing", "human"])
        else:
            turn.say("utter_missed_once")
        return [SlotSet("misses", 0 if misses >= OFFER_A_PERSON_AT else misses)]
