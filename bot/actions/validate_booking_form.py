"""Takes the answers of a booking one by one. Nothing is done before it was shown and agreed to."""

from __future__ import annotations

from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import booking_deeds, booking_steps, booking_words
from actions.action_language import switch_language
from actions.asides import answer_aside
from actions.booking_steps import BOOK, CANCEL, MOVE, Progress
from actions.form_steering import SURE, Steer, missed, steering
from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused

HEARD = "heard"
STOPPED = "stopped"
DONE = "done"


class ValidateBookingForm(FormValidationAction):
    """One slot is asked again and again; where the person stands is kept in the slot beside it."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "validate_booking_form"

    async def extract_booking_answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Let every turn in the form reach the validation below, whatever its intent."""
        if (tracker.active_loop or {}).get("name") != "booking_form":
            return {}
        return {"booking_answer": HEARD}

    async def validate_booking_answer(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Handle whatever the person did; the slots returned are where the form stands now."""
        turn = Turn(dispatcher, tracker)
        progress = dict(tracker.get_slot("booking") or {})
        if not progress.get("step"):
            return {"booking_answer": DONE}
        if tracker.get_slot("requested_slot") != "booking_answer":
            return {"booking_answer": None}
        try:
            return await _react(turn, progress)
        except SiteAway:
            # Nothing is lost: the same question is asked again, and the same key books once.
            turn.say("utter_site_down")
            return {"booking_answer": None}
        except SiteRefused as refused:
            booking_deeds.refuse(turn, refused.error)
            return _ended()


async def _react(turn: Turn, progress: Progress) -> dict[str, Any]:
    step = progress["step"]
    if turn.intent == "answer":
        if turn.entity("item") != step:
            # A button of an earlier question answers nothing; the open one is asked again.
            return {"booking_answer": None}
        return _standing(await _take(turn, progress, turn.entity("value")))
    value = booking_words.read(turn, progress) if turn.text else None
    if value == booking_words.ANY:
        return await _skipped(turn, progress)
    if value is not None:
        return _standing(await _take(turn, progress, value))
    steer = _switched(turn, progress) or steering(turn, free_text=False)
    if steer is not None:
        return await _steered(turn, progress, steer)
    return await _aside(turn, progress)


def _standing(progress: Progress | None) -> dict[str, Any]:
    """Return the slots for a new place in the form; None is the end."""
    if progress is None:
        return _ended()
    return {"booking_answer": None, "booking": progress, "misses": 0}


def _ended() -> dict[str, Any]:
    return {"booking_answer": DONE, "booking": None, "interrupted": None, "misses": 0}


async def _take(turn: Turn, progress: Progress, value: Any) -> Progress | None:
    """Go on from an answer; an answer that was never offered leaves the person where they are."""
    step = progress["step"]
    if step == "service" and any(one["id"] == value for one in progress["services"]):
        return await booking_steps.with_service(turn, progress, value)
    if step == "mode" and value in booking_steps.service_of(progress)["modes"]:
        return await booking_steps.with_times(turn, {**progress, "mode": value})
    if step in ("time", "day"):
        return await _take_time(turn, progress, value)
    if step == "which" and any(one["id"] == value for one in progress["appointments"]):
        found = await booking_steps.with_appointment(turn, progress, value)
        if found.get("step"):
            return found
        booking_deeds.nothing_to_ask(turn, found)
        return None
    if step == "code" and isinstance(value, str):
        return None if await booking_deeds.tell_shift(turn, value) else progress
    return await _decide(turn, progress, value)


async def _take_time(turn: Turn, progress: Progress, value: Any) -> Progress:
    if isinstance(value, dict):
        return await _wished_day(turn, progress, value.get("wish") or {})
    if value == booking_words.ANOTHER_DAY:
        return await booking_steps.with_days(turn, progress)
    if value == booking_words.LATER and booking_steps.has_later(progress):
        after = progress["slots"][booking_steps.SHOWN]["starts_at"]
        return await booking_steps.with_times(turn, progress, after)
    if progress["step"] == "day" and any(one["after"] == value for one in progress["days"]):
        return await booking_steps.with_times(turn, progress, value)
    if progress["step"] == "time" and isinstance(value, str) and value in progress["seen"]:
        return {**progress, "chosen": value, "step": "confirm"}
    return progress


async def _wished_day(turn: Turn, progress: Progress, wish: dict[str, Any]) -> Progress:
    """Show the times of a day or a part of it that was named, or what is free when it has none."""
    found = await booking_steps.with_days(turn, progress)
    part = wish.get("part")
    named = {name: number for name, number in wish.items() if name != "part"}
    fitting = [day for day in found["days"] if all(day[name] == number for name, number in named.items())]
    for day in fitting if part else ():
        shown = await booking_steps.with_part_of_day(turn, found, day, part)
        if shown is not None:
            return shown
    if fitting:
        if part:
            turn.say("utter_booking_part_full")
        return await booking_steps.with_times(turn, found, fitting[0]["after"])
    if found["days"]:
        turn.say("utter_booking_day_full")
    return found


async def _decide(turn: Turn, progress: Progress, value: Any) -> Progress | None:
    step = progress["step"]
    if step == "confirm" and value is True:
        return await booking_deeds.take_chosen(turn, progress)
    if step == "confirm" and value == booking_words.OTHER_TIME:
        return await booking_steps.with_times(turn, progress)
    if step == "nothing" and value == booking_words.WAIT and progress["task"] == BOOK:
        await booking_deeds.wait(turn, progress)
        return None
    if step == "nothing" and value == booking_words.OTHER_WAY and progress["task"] == BOOK:
        return {**progress, "step": "mode"}
    if step == "sure" and value is True:
        await booking_deeds.call_off(turn, progress)
        return None
    if step == "sure" and value is False:
        turn.say("utter_booking_kept", ["talk_more"])
        return None
    if step == "sure" and value == booking_words.MOVE_IT:
        return await booking_steps.with_times(turn, {**progress, "task": MOVE})
    return progress


def _switched(turn: Turn, progress: Progress) -> Steer | None:
    """Read "never mind, cancel it" while nothing is booked yet as a wish to stop."""
    if turn.intent == "cancel_appointment" and turn.confidence >= SURE and progress["task"] == BOOK:
        return Steer.STOP
    return None


async def _steered(turn: Turn, progress: Progress, steer: Steer) -> dict[str, Any]:
    if steer is Steer.STOP:
        name = "utter_booking_stopped" if progress["task"] == BOOK else "utter_booking_left_as_is"
        turn.say(name, ["continue_booking", "talk_more", "human"])
        return {"booking_answer": STOPPED, "interrupted": "booking_form", "misses": 0}
    if steer is Steer.SKIP:
        return await _skipped(turn, progress)
    if steer is Steer.BACK:
        earlier = booking_steps.step_before(progress)
        if earlier is None:
            turn.say("utter_back_none")
            return {"booking_answer": None}
        if earlier == "time":
            return _standing(await booking_steps.with_times(turn, progress))
        return _standing({**progress, "step": earlier})
    if steer is Steer.LANGUAGE:
        switched = await switch_language(turn)
        turn.tracker.slots.update(switched)
        return {**_standing(await booking_steps.renewed(turn, progress)), **switched}
    return {"booking_answer": None, **await answer_aside(turn, steer, "utter_booking_worry_heard")}


async def _skipped(turn: Turn, progress: Progress) -> dict[str, Any]:
    """Choose for a person who would rather not; what counts is still shown before it is done."""
    step = progress["step"]
    first = {
        "service": lambda: progress["services"][0]["id"],
        "mode": lambda: booking_steps.service_of(progress)["modes"][0],
        "time": lambda: booking_steps.shown(progress)[0]["starts_at"],
        "day": lambda: progress["days"][0]["after"],
    }
    if step in first:
        turn.say("utter_booking_skipped")
        return _standing(await _take(turn, progress, first[step]()))
    turn.say("utter_booking_cannot_skip")
    return {"booking_answer": None}


async def _aside(turn: Turn, progress: Progress) -> dict[str, Any]:
    """List the appointments, or change the task; anything else was not understood."""
    sure = turn.confidence >= SURE
    if sure and turn.intent == "my_appointment":
        await booking_deeds.list_appointments(turn, with_buttons=False)
        return {"booking_answer": None, "misses": 0}
    if sure and turn.intent == "cancel_appointment" and progress["task"] == MOVE and progress.get("appointment"):
        return _standing({**progress, "task": CANCEL, "step": "sure"})
    if sure and turn.intent == "move_appointment" and progress["step"] in ("confirm", "sure"):
        task = MOVE if progress["task"] == CANCEL else progress["task"]
        return _standing(await booking_steps.with_times(turn, {**progress, "task": task}))
    if sure and turn.intent in booking_steps.TASKS and booking_steps.TASKS[turn.intent] == progress["task"]:
        return {"booking_answer": None}
    sentence = "utter_booking_code_unclear" if progress["step"] == "code" else "utter_booking_unclear"
    return {"booking_answer": None, "misses": missed(turn, sentence)}
