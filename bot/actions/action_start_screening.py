"""Begins, resumes or begins anew: what was answered yesterday is not asked again."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused, site
from triage.screening import next_item


class ActionStartScreening(Action):
    """Reads from the site where the person stands before the form opens."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_start_screening"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Fill the slots and say what will happen."""
        turn = Turn(dispatcher, tracker)
        try:
            answers, band = await _standing(turn)
        except (SiteAway, SiteRefused):
            turn.say("utter_site_down")
            return [FollowupAction("action_listen")]
        if band == "under-14":
            turn.say("utter_under14_screening_no", ["talk_more", "human"])
            return [FollowupAction("action_listen")]
        turn.say(_intro(answers, band))
        return [
            SlotSet("answers", answers),
            SlotSet("age_band", band),
            SlotSet("correcting", None),
            SlotSet("screening_answer", None),
            SlotSet("screening_words", None),
            SlotSet("interrupted", None),
            SlotSet("misses", 0),
            FollowupAction("screening_form"),
        ]


def _intro(answers: dict[str, int], band: str) -> str:
    if answers:
        return "utter_screening_resumed"
    return "utter_minor_screening_intro" if band == "14-17" else "utter_screening_intro"


async def _standing(turn: Turn) -> tuple[dict[str, int], str]:
    state = await site.state(turn.conversation)
    screening, band = state.get("screening") or {}, str(state.get("age_band") or "unknown")
    answers = {key: int(value) for key, value in (screening.get("answers") or {}).items()}
    # A finished screening, or "start again", begins with an empty sheet; an open one goes on.
    if turn.intent == "restart_screening":
        await site.restart_screening(turn.conversation)
        return {}, band
    if screening.get("status") == "open":
        answers.update(turn.tracker.get_slot("unsent") or {})
    if screening.get("status") != "open" or next_item(answers, band) is None:
        return {}, band
    return answers, band
