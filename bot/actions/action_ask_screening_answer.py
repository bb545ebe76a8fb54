"""Asks the open question of the screening, word for word as the instrument has it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import screening_steps
from actions.turn import Turn, answer_button


class ActionAskScreeningAnswer(Action):
    """Rasa's form runs it whenever an answer is missing."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_ask_screening_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Show the question with one button for each option."""
        item = screening_steps.asked(tracker)
        if item is None:
            return []
        turn = Turn(dispatcher, tracker)
        buttons = [answer_button(option.label(turn.language), item.key, option.value) for option in item.options]
        turn.show(
            item.text(turn.language),
            [*buttons, "skip", "stop"],
            kind="item",
            extra=screening_steps.card(tracker, item, turn.language),
        )
        return []
