"""Books, moves, cancels and waits on the site, and says in plain words how it went. A refusal never loses anything."""

from __future__ import annotations

from typing import Any

from actions import booking_steps
from actions.booking_steps import BOOK, MOVE, Progress, with_times
from actions.turn import Turn
from actions.web_client import SiteRefused, site
from actions.wording import button_title, sentence

# The time cannot be had any more, whatever the reason; the next ones are shown.
GONE = frozenset(
    {
        "occupied",
        "nobody_free",
        "no_room",
        "too_soon",
        "too_far",
        "not_working",
        "on_leave",
        "holiday",
        "not_qualified",
        "does_not_fit",
        "not_active",
    }
)
# Refusals after which there is nothing more to ask here, with the sentence that says what to do instead.
ENDS = {
    "too_many_bookings": "utter_booking_too_many",
    "too_late_to_change": "utter_booking_too_late",
    "appointment_over": "utter_booking_over",
    "not_found": "utter_booking_over",
}
CHANGES = ("move", "cancel", "talk_more")


def where(turn: Turn, one: dict[str, Any]) -> str:
    """Return how the two meet, with the place where there is one."""
    way = button_title(f"mode_{one['mode']}", turn.language)
    return f"{way} · {one['place']}" if one.get("place") else way


async def take_chosen(turn: Turn, progress: Progress) -> Progress | None:
    """Book or move to the chosen time; return where the person stands now, None when it is done."""
    slot = booking_steps.chosen(progress)
    try:
        if progress["task"] == MOVE:
            done = await site.move(turn.conversation, progress["appointment"], slot["starts_at"])
            turn.say("utter_booking_moved", when=done["words"], staff=done["staff"], how=where(turn, done))
        else:
            done = await site.book(turn.conversation, _wish(progress, slot))
            # An earlier answer of the site may have been lost on the way; then the first time is the one that holds.
            first = done["starts_at"] == slot["starts_at"]
            name = "utter_booking_done" if first else "utter_booking_done_before"
            turn.say(name, when=done["words"], staff=done["staff"], how=where(turn, done))
    except SiteRefused as refused:
        return await refused_time(turn, progress, refused)
    turn.say(f"utter_booking_next_{done['mode']}", CHANGES)
    return None


def _wish(progress: Progress, slot: dict[str, Any]) -> dict[str, Any]:
    return {
        "service": progress["service"],
        "starts_at": slot["starts_at"],
        "mode": slot["mode"],
        "staff_id": slot["staff_id"],
        "key": progress["key"],
    }


async def refused_time(turn: Turn, progress: Progress, refused: SiteRefused) -> Progress | None:
    """Say why not; show the next free times where another one may be had."""
    if refused.error == "already_booked":
        turn.say("utter_booking_clashes")
    elif refused.error in GONE:
        turn.say("utter_booking_taken")
    else:
        refuse(turn, refused.error)
        return None
    return await with_times(turn, progress)


def refuse(turn: Turn, error: str) -> None:
    """Say a refusal after which the form ends, and what the person can do instead."""
    turn.say(ENDS.get(error, "utter_booking_refused"), ["human", "my_appointments"])


async def call_off(turn: Turn, progress: Progress) -> None:
    """Cancel the appointment."""
    try:
        done = await site.cancel(turn.conversation, progress["appointment"])
    except SiteRefused as refused:
        refuse(turn, refused.error)
        return
    turn.say("utter_booking_cancelled", ["book", "talk_more"], when=done["words"])


async def wait(turn: Turn, progress: Progress) -> None:
    """Put the person on the waiting list."""
    try:
        await site.wait(turn.conversation, progress["service"], progress["mode"])
    except SiteRefused as refused:
        refuse(turn, refused.error)
        return
    turn.say("utter_booking_waiting", ["human", "talk_more"])


async def tell_shift(turn: Turn, typed: str) -> bool:
    """Tell the volunteer's next shift for the code; return False for a code that opens nothing."""
    try:
        shift = (await site.next_shift(turn.conversation, typed))["shift"]
    except SiteRefused:
        turn.say("utter_shift_wrong_code")
        return False
    if shift is None:
        turn.say("utter_shift_none")
        return True
    parts = {name: str(shift[name]) for name in ("role", "words", "until", "place")}
    turn.say("utter_shift_now" if shift["under_way"] else "utter_shift_next", **parts)
    return True


async def list_appointments(turn: Turn, *, with_buttons: bool) -> None:
    """Say what the person has before them."""
    found = (await site.appointments(turn.conversation))["appointments"]
    if not found:
        turn.say("utter_booking_none", ["book", "human"] if with_buttons else [])
        return
    lines = [f"{one['words']} · {one['service']} · {one['staff']} · {where(turn, one)}" for one in found]
    words = "\n".join([sentence("utter_booking_list", turn.language), *lines])
    turn.show(words, ["move", "cancel", "book"] if with_buttons else [])


def nothing_to_ask(turn: Turn, progress: Progress) -> None:
    """Say why a task cannot begin: too late, nothing booked, or nothing that can be booked alone."""
    if progress.get("too_late"):
        refuse(turn, "too_late_to_change")
    elif progress["task"] == BOOK:
        turn.say("utter_booking_no_service", ["human", "talk_more"])
    else:
        turn.say("utter_booking_none", ["book", "human"])
