"""Asks the open question of the intake, with taps where there is a choice."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import card_step, intake_steps
from actions.turn import Button, Turn, answer_button


class ActionAskIntakeAnswer(Action):
    """Rasa's form runs it whenever an answer is missing."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_ask_intake_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say the question."""
        progress = tracker.get_slot("intake") or {}
        step = intake_steps.open_step(progress)
        turn = Turn(dispatcher, tracker)
        if step == card_step.CARD:
            return await card_step.show(turn, progress)
        if step is not None:
            buttons: list[str | Button] = [*_choices(turn, step)]
            if step in intake_steps.OPTIONAL:
                buttons.append("skip")
            turn.say(f"utter_ask_{step}", [*buttons, "stop"])
        return []


def _choices(turn: Turn, step: str) -> list[Button]:
    if step == "age_band":
        return [turn.choice(key, step, band) for band, key in intake_steps.AGES.items()]
    if step == "worries":
        return [turn.choice(f"worry_{worry}", step, worry) for worry in intake_steps.WORRIES]
    if step == "urgency":
        return [turn.choice(f"urgency_{urgency}", step, urgency) for urgency in intake_steps.URGENCIES]
    if step == "emergency_contact":
        return [turn.choice("contact_yes", step, True), turn.choice("contact_no", step, False)]
    if step in intake_steps.YES_NO:
        return [turn.choice("yes", step, True), turn.choice("no", step, False)]
    if step == "station":
        return [
            answer_button(str(station.get(turn.language) or station["zh-CN"]), step, station["id"])
            for station in turn.tracker.get_slot("stations") or []
        ]
    return []
