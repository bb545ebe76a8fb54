"""After the intake: what happens next, always, and what could be done now."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from actions.validate_intake_form import STOPPED


class ActionAfterIntake(Action):
    """Says thank you and what happens with the answers."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_after_intake"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Speak, unless the person stopped: then everything has been said."""
        if tracker.get_slot("intake_answer") != STOPPED:
            turn = Turn(dispatcher, tracker)
            intake = tracker.get_slot("intake") or {}
            turn.say("utter_card_kept" if intake.get("card") else "utter_intake_done")
            if intake.get("age_band") == "under-14":
                agreed = intake.get("guardian_consent") is True
                turn.say("utter_what_happens_next" if agreed else "utter_guardian_needed", ["human", "talk_more"])
            else:
                turn.say("utter_what_happens_next", ["start_screening", "human", "breathing", "talk_more"])
        return [SlotSet("intake_answer", None)]
