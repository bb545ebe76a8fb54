"""After the last question: the site's plain words, and what can happen now. No number, no label."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from actions.validate_screening_form import STOPPED
from triage.screening import result


class ActionAfterScreening(Action):
    """Says how it looks in plain words, and offers a person in the same window."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_after_screening"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Speak, unless the person stopped: then everything has been said."""
        if tracker.get_slot("screening_answer") != STOPPED:
            turn = Turn(dispatcher, tracker)
            words = tracker.get_slot("screening_words") or result(
                {key: int(value) for key, value in (tracker.get_slot("answers") or {}).items()},
                str(tracker.get_slot("age_band") or "unknown"),
            ).words(turn.language)
            turn.say("utter_screening_done")
            buttons = ["human", "what_next", "breathing", "talk_more"]
            turn.show(words, buttons, extra={"ways": ["check-ins"]})
        return [SlotSet("screening_answer", None), SlotSet("correcting", None)]
