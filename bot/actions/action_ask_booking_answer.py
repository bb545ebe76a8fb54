"""Asks the open question of a booking, with taps for every answer."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import booking_steps
from actions.booking_deeds import where
from actions.booking_steps import BOOK, MOVE, Progress
from actions.booking_words import ANOTHER_DAY, LATER, MOVE_IT, OTHER_TIME, OTHER_WAY, WAIT
from actions.turn import Button, Turn, answer_button


class ActionAskBookingAnswer(Action):
    """Rasa's form runs it whenever an answer is missing."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_ask_booking_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say the question."""
        progress = tracker.get_slot("booking") or {}
        step = progress.get("step")
        if step:
            turn = Turn(dispatcher, tracker)
            buttons: list[str | Button] = [*_choices(turn, progress, step)]
            if booking_steps.step_before(progress):
                buttons.append("back")
            turn.say(_question(progress, step), [*buttons, "stop"], **_parts(turn, progress, step))
        return []


def _question(progress: Progress, step: str) -> str:
    moving = progress["task"] == MOVE and step in ("time", "confirm")
    return f"utter_ask_booking_{step}_move" if moving else f"utter_ask_booking_{step}"


def _parts(turn: Turn, progress: Progress, step: str) -> dict[str, str]:
    """Return what stands in the question: the card that is confirmed, or the time as it is now."""
    now, slot = booking_steps.appointment_of(progress), booking_steps.chosen(progress)
    parts = {"old": str(now.get("words") or ""), "staff": str(now.get("staff") or "")}
    if step == "confirm" and slot:
        what = booking_steps.service_of(progress).get("name") or now.get("service") or ""
        parts.update(what=str(what), when=slot["words"], staff=slot["staff"], how=where(turn, slot))
    return parts


def _choices(turn: Turn, progress: Progress, step: str) -> list[Button]:
    if step == "service":
        return [answer_button(one["name"], step, one["id"]) for one in progress["services"]]
    if step == "mode":
        return [turn.choice(f"mode_{mode}", step, mode) for mode in booking_steps.service_of(progress)["modes"]]
    if step == "which":
        return [answer_button(f"{one['words']} · {one['staff']}", step, one["id"]) for one in progress["appointments"]]
    if step == "day":
        return [answer_button(one["words"], step, one["after"]) for one in progress["days"]]
    if step == "time":
        return _times(turn, progress)
    return _decisions(turn, progress, step)


def _times(turn: Turn, progress: Progress) -> list[Button]:
    slots = booking_steps.shown(progress)
    buttons = [answer_button(f"{slot['words']} · {slot['staff']}", "time", slot["starts_at"]) for slot in slots]
    if booking_steps.has_later(progress):
        buttons.append(turn.choice("later_times", "time", LATER))
    return [*buttons, turn.choice("other_day", "time", ANOTHER_DAY)]


def _decisions(turn: Turn, progress: Progress, step: str) -> list[Button]:
    if step == "confirm":
        key = "confirm_move" if progress["task"] == MOVE else "confirm_book"
        return [turn.choice(key, step, True), turn.choice("other_time", step, OTHER_TIME)]
    if step == "sure":
        return [
            turn.choice("cancel_yes", step, True),
            turn.choice("cancel_move", step, MOVE_IT),
            turn.choice("cancel_no", step, False),
        ]
    if step == "nothing":
        buttons = [turn.button("human")]
        if progress["task"] == BOOK:
            buttons.insert(0, turn.choice("join_waiting", step, WAIT))
            if len(booking_steps.service_of(progress).get("modes") or []) > 1:
                buttons.append(turn.choice("other_way", step, OTHER_WAY))
        return buttons
    return []
