"""Answers everything outside the forms: what was said is heard first, then something is offered."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.kept_answers import deliver_kept
from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused, site
from actions.wording import exists
from actions.wordless import meet, wordless
from actions.worry_words import KEPT_AS

WORRY = "worry_"
VIOLENCE = "worry_violence"
# What goes wrong between us and the person is for the staff to hear, if the person wants that.
TO_A_PERSON = ("complaint", "claim_age", "send_photo", "ask_diagnosis", "distrust")
# After this many worries in a row, a next step is offered; before that we only listen.
LISTEN_FIRST = 2
RESUME = ("continue_screening", "restart_screening", "later")
RESUME_BOOKING = ("continue_booking", "human", "later")


class ActionReply(Action):
    """Says the sentence that belongs to the intent."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_reply"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Reply to the latest intent and start counting misses anew."""
        turn = Turn(dispatcher, tracker)
        odd = wordless(turn)
        if odd is not None:
            return [*await deliver_kept(turn), *(SlotSet(slot, value) for slot, value in meet(turn, odd).items())]
        heard = int(tracker.get_slot("worries_heard") or 0)
        if turn.intent.startswith(WORRY):
            heard += 1
            hear_worry(turn, turn.intent, heard)
        elif turn.intent == "greet":
            await _greet(turn)
        elif turn.intent == "answer" and tracker.get_slot("interrupted") == "screening_form":
            turn.say("utter_resume_screening", RESUME)
        elif turn.intent == "answer" and tracker.get_slot("interrupted") == "booking_form":
            turn.say("utter_resume_booking", RESUME_BOOKING)
        else:
            _say_plainly(turn)
        kept = await deliver_kept(turn)
        return [*kept, SlotSet("misses", 0), SlotSet("worries_heard", heard)]


def hear_worry(turn: Turn, worry: str, heard: int) -> None:
    """Reflect a worry; after the second, say what could come next. Who is hurt by someone sees a person at once."""
    turn.say(f"utter_{worry}", ["human"] if worry == VIOLENCE else [])
    if heard >= LISTEN_FIRST and heard % LISTEN_FIRST == 0:
        offer(turn, worry)


async def _greet(turn: Turn) -> None:
    """Greet; who left in the middle of the questions yesterday is asked whether to go on."""
    try:
        state = await site.state(turn.conversation)
    except (SiteAway, SiteRefused):
        state = {}
    turn.say("utter_greet")
    if (state.get("screening") or {}).get("status") == "open":
        turn.say("utter_resume_screening", RESUME)
    elif turn.tracker.get_slot("interrupted") == "booking_form":
        turn.say("utter_resume_booking", RESUME_BOOKING)


def _say_plainly(turn: Turn) -> None:
    # Steering words outside a form, an old button, a wish that the classifier only half heard: go on listening.
    name = f"utter_{turn.intent}"
    turn.say(
        name if exists(name) else "utter_more_talk",
        ["human"] if turn.intent in TO_A_PERSON else [],
        ways=["voices"] if turn.intent == "complaint" else [],
    )
    if turn.intent in ("ask_what", "ask_what_next", "affirm", "deny", "thanks", "chitchat", "crisis_wish"):
        offer(turn)


def offer(turn: Turn, worry: str = "") -> None:
    """Say what could come next; a person is always among it, and an exercise where one fits the worry."""
    buttons = ["talk_more", "start_intake", "start_screening", "book", "breathing", "human"]
    if turn.tracker.get_slot("interrupted") == "screening_form":
        buttons[2] = "continue_screening"
    # Nobody who is being hurt is sent to an exercise.
    kept = KEPT_AS.get(worry.removeprefix(WORRY), worry.removeprefix(WORRY))
    turn.say("utter_offer", buttons, ways=[f"self-help:{kept}"] if kept and worry != VIOLENCE else [])
