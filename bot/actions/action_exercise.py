"""Breathing and grounding: the page shows the moving picture, the bot says one sentence before it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from actions.wording import sentence


class ActionExercise(Action):
    """Opens the exercise that was asked for."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_exercise"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Show the exercise and what can follow."""
        turn = Turn(dispatcher, tracker)
        exercise = "grounding" if turn.intent == "grounding" else "breathing"
        turn.show(
            sentence(f"utter_{exercise}", turn.language, turn.number),
            kind="exercise",
            extra={"exercise": exercise},
        )
        other = "breathing" if exercise == "grounding" else "grounding"
        turn.say("utter_after_exercise", ["talk_more", other, "human"], ways=["self-help"])
        return [SlotSet("misses", 0)]
