"""Takes answers of the screening: from taps or from the fixed table of words, never guessed."""

from __future__ import annotations

from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import screening_steps
from actions.asides import answer_aside
from actions.form_steering import Steer, missed, steering
from actions.kept_answers import deliver_answers
from actions.turn import Turn
from triage.screening import REFUSED, answer_allowed, next_item, parse_answer

HEARD = "heard"
STOPPED = "stopped"
DONE = "done"


class ValidateScreeningForm(FormValidationAction):
    """One slot is asked again and again until the questions are done; the answers are kept beside it."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "validate_screening_form"

    async def extract_screening_answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Let every turn in the form reach the validation below, whatever its intent."""
        if (tracker.active_loop or {}).get("name") != "screening_form":
            return {}
        return {"screening_answer": HEARD}

    async def validate_screening_answer(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Handle whatever the person did; the slots returned are where the form stands now."""
        turn = Turn(dispatcher, tracker)
        if tracker.get_slot("requested_slot") != "screening_answer":
            return {"screening_answer": None}
        item = screening_steps.asked(tracker)
        if item is None:
            return {"screening_answer": DONE}
        if turn.intent == "answer":
            return await _tapped(turn, item.key)
        steer = steering(turn, free_text=False) if parse_answer(item.key, turn.text) is None else None
        if steer is not None:
            return await _steered(turn, steer, item.key)
        value = parse_answer(item.key, turn.text)
        if value is None:
            return await _unclear(turn)
        return await _store(turn, item.key, value, "words")


async def _tapped(turn: Turn, item_key: str) -> dict[str, Any]:
    value = turn.entity("value")
    # A button of an earlier question that is still on the screen must not answer this one.
    if turn.entity("item") != item_key or not isinstance(value, int) or not answer_allowed(item_key, value):
        return {"screening_answer": None}
    return await _store(turn, item_key, value, "tap")


async def _steered(turn: Turn, steer: Steer, item_key: str) -> dict[str, Any]:
    if steer is Steer.STOP:
        turn.say("utter_screening_stopped", ["continue_screening", "talk_more", "human"])
        return {"screening_answer": STOPPED, "interrupted": "screening_form", "misses": 0}
    if steer is Steer.SKIP:
        turn.say("utter_item_skipped")
        return await _store(turn, item_key, REFUSED, "words")
    if steer is Steer.BACK:
        earlier = screening_steps.before(turn.tracker)
        if earlier is None:
            turn.say("utter_back_none")
            return {"screening_answer": None}
        return {"screening_answer": None, "correcting": earlier.key}
    return {"screening_answer": None, **await answer_aside(turn, steer)}


async def _unclear(turn: Turn) -> dict[str, Any]:
    return {"screening_answer": None, "misses": missed(turn, "utter_screening_unclear")}


async def _store(turn: Turn, item_key: str, value: int, mode: str) -> dict[str, Any]:
    """Give the answer to the site at once; what it cannot take now is offered again with the next one."""
    tracker = turn.tracker
    answers = {**screening_steps.answers_of(tracker), item_key: value}
    unsent, result = await deliver_answers(turn, {**(tracker.get_slot("unsent") or {}), item_key: value}, mode)
    events: dict[str, Any] = {"answers": answers, "unsent": unsent, "correcting": None, "misses": 0}
    if tracker.get_slot("correcting"):
        turn.say("utter_item_corrected")
    if next_item(answers, screening_steps.age_band_of(tracker)) is not None:
        return {**events, "screening_answer": None}
    words = result.get("words")
    return {**events, "screening_answer": DONE, "screening_words": words, "interrupted": None}
