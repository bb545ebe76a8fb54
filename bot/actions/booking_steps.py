"""Where a booking stands, and the questions that the site must be asked before the person is asked the next one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from actions.turn import Turn
from actions.web_client import site

Progress = dict[str, Any]

MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"
# From which hour until which, as the site divides the day for its waiting list.
HOURS = {MORNING: (0, 12), AFTERNOON: (12, 18), EVENING: (18, 24)}

BOOK, MOVE, CANCEL, SHIFT = "book", "move", "cancel", "shift"
TASKS = {"book_appointment": BOOK, "move_appointment": MOVE, "cancel_appointment": CANCEL, "my_shift": SHIFT}
# Four times fit on a phone without scrolling; what comes after them is one tap away.
SHOWN = 4
# Questions that show times of the site, which grow old while a person is away.
OF_TIMES = frozenset({"time", "day", "confirm", "nothing"})
STEPS = ("service", "mode", "time", "day", "nothing", "confirm", "which", "sure", "code")


def shown(progress: Progress) -> list[dict[str, Any]]:
    """Return the times on the present page."""
    return list(progress.get("slots") or [])[:SHOWN]


def has_later(progress: Progress) -> bool:
    """Tell whether the site knows of times after those on the page."""
    return len(progress.get("slots") or []) > SHOWN


def service_of(progress: Progress) -> dict[str, Any]:
    """Return the service that was chosen."""
    return _by_id(progress.get("services"), progress.get("service"))


def appointment_of(progress: Progress) -> dict[str, Any]:
    """Return the appointment that is to be moved or cancelled."""
    return _by_id(progress.get("appointments"), progress.get("appointment"))


def _by_id(found: Any, number: Any) -> dict[str, Any]:
    return next((one for one in found or [] if one["id"] == number), {})


def chosen(progress: Progress) -> dict[str, Any]:
    """Return the time that was chosen."""
    return dict((progress.get("seen") or {}).get(progress.get("chosen")) or {})


async def begin(turn: Turn, task: str) -> Progress:
    """Return the first question of a task; `step` is missing when there is nothing to ask."""
    progress: Progress = {"task": task, "key": f"message-{turn.number}"}
    if task == SHIFT:
        return {**progress, "step": "code"}
    if task == BOOK:
        progress["services"] = (await site.services(turn.conversation))["services"]
        if len(progress["services"]) != 1:
            return {**progress, "step": "service"} if progress["services"] else progress
        return await with_service(turn, progress, progress["services"][0]["id"])
    progress["appointments"] = (await site.appointments(turn.conversation))["appointments"]
    if len(progress["appointments"]) != 1:
        return {**progress, "step": "which"} if progress["appointments"] else progress
    return await with_appointment(turn, progress, progress["appointments"][0]["id"])


async def with_service(turn: Turn, progress: Progress, number: int) -> Progress:
    """Return what is asked once the service is known: the way to meet, if there is a choice."""
    progress = {**progress, "service": number}
    modes = service_of(progress)["modes"]
    if len(modes) > 1:
        return {**progress, "step": "mode"}
    return await with_times(turn, {**progress, "mode": modes[0]})


async def with_appointment(turn: Turn, progress: Progress, number: int) -> Progress:
    """Return what is asked once the appointment is known; nothing, where it is too late to change it."""
    progress = {**progress, "appointment": number}
    if not appointment_of(progress).get("changeable"):
        return {**progress, "step": None, "too_late": True}
    if progress["task"] == CANCEL:
        return {**progress, "step": "sure"}
    return await with_times(turn, progress)


async def with_times(turn: Turn, progress: Progress, after: str | None = None) -> Progress:
    """Return the progress with free times from a moment on; without any, the question what else would help."""
    slots = await _slots(turn, progress, after)
    if not slots and after is not None:
        turn.say("utter_booking_no_later")
        return await with_times(turn, progress)
    return _with_slots(progress, slots)


async def _slots(turn: Turn, progress: Progress, after: str | None) -> list[dict[str, Any]]:
    if progress["task"] == BOOK:
        found = await site.slots(turn.conversation, progress["service"], progress["mode"], after)
    else:
        found = await site.slots_to_move(turn.conversation, progress["appointment"], after)
    return list(found["slots"])


def _with_slots(progress: Progress, slots: list[dict[str, Any]]) -> Progress:
    seen = {**(progress.get("seen") or {}), **{slot["starts_at"]: slot for slot in slots}}
    return {**progress, "slots": slots, "seen": seen, "chosen": None, "step": "time" if slots else "nothing"}


async def with_part_of_day(turn: Turn, progress: Progress, day: dict[str, Any], part: str) -> Progress | None:
    """Return the progress with the free times of a morning, afternoon or evening; None when it has none."""
    midnight, (first, last) = datetime.fromisoformat(day["after"]), HOURS[part]
    begins, ends = midnight + timedelta(hours=first), midnight + timedelta(hours=last)
    slots = await _slots(turn, progress, begins.isoformat())
    within = [slot for slot in slots if begins <= datetime.fromisoformat(slot["starts_at"]) < ends]
    return _with_slots(progress, within) if within else None


async def with_days(turn: Turn, progress: Progress) -> Progress:
    """Return the progress with the days on which anything is free."""
    if progress["task"] == BOOK:
        found = await site.days(turn.conversation, progress["service"], progress["mode"])
    else:
        found = await site.days_to_move(turn.conversation, progress["appointment"])
    return {**progress, "days": found["days"], "step": "day" if found["days"] else "nothing"}


async def renewed(turn: Turn, progress: Progress) -> Progress:
    """Return the same place with words and times as they are now: after a pause, or in the other language."""
    if progress["task"] == BOOK:
        progress = {**progress, "services": (await site.services(turn.conversation))["services"]}
    elif progress["task"] != SHIFT:
        progress = {**progress, "appointments": (await site.appointments(turn.conversation))["appointments"]}
    if progress.get("step") not in OF_TIMES:
        return progress
    before = progress.get("chosen")
    again = await with_times(turn, {**progress, "seen": {}})
    if progress["step"] == "confirm" and before in again["seen"]:
        return {**again, "chosen": before, "step": "confirm"}
    return again


def step_before(progress: Progress) -> str | None:
    """Return the question before the open one, or None at the first."""
    step, book = progress.get("step"), progress["task"] == BOOK
    if step in ("day", "confirm"):
        return "time"
    if step in ("time", "nothing") and book and len(service_of(progress).get("modes") or []) > 1:
        return "mode"
    if step in ("time", "nothing", "mode") and book and len(progress.get("services") or []) > 1:
        return "service"
    if step in ("time", "nothing", "sure") and not book and len(progress.get("appointments") or []) > 1:
        return "which"
    return None
