"""Begins the intake with what the site knows, so that nothing is asked twice."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import intake_steps
from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused, site


class ActionStartIntake(Action):
    """Reads from the site what is known before the form opens."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_start_intake"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Fill the slots and say what will happen."""
        turn = Turn(dispatcher, tracker)
        try:
            state = await site.state(turn.conversation)
        except (SiteAway, SiteRefused):
            turn.say("utter_site_down")
            return [FollowupAction("action_listen")]
        band = str(state.get("age_band") or "unknown")
        # The site does not give the story back, so what was told in this conversation counts as well.
        told = tracker.get_slot("intake") or {}
        progress = {**told, **intake_steps.known(state.get("intake") or {}, band)}
        if intake_steps.open_step(progress) is None:
            turn.say("utter_intake_done")
            turn.say("utter_what_happens_next", ["start_screening", "human", "talk_more"])
            return [FollowupAction("action_listen"), SlotSet("misses", 0)]
        turn.say("utter_intake_intro")
        return [
            SlotSet("intake", progress),
            SlotSet("stations", state.get("stations") or []),
            SlotSet("age_band", band),
            SlotSet("intake_answer", None),
            SlotSet("misses", 0),
            FollowupAction("intake_form"),
        ]
