"""When we did not follow: ask once, then offer buttons, then a person. Never the same sentence twice running."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.action_reply import WORRY, hear_worry
from actions.turn import Turn
from actions.wordless import meet, only_asks, wordless

# The two likeliest intents together, from which on we know at least that it is a worry.
SURE_OF_A_WORRY = 0.4
NARROW_AT = 2
OFFER_A_PERSON_AT = 3


class ActionRepair(Action):
    """Counts misses and narrows the channel."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_repair"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say the sentence for this miss; a worry that could be one of two kinds is no miss."""
        turn = Turn(dispatcher, tracker)
        odd = wordless(turn)
        if odd is not None:
            return [SlotSet(slot, value) for slot, value in meet(turn, odd).items()]
        worry = _one_of_two_worries(turn)
        if worry is not None:
            heard = int(tracker.get_slot("worries_heard") or 0) + 1
            hear_worry(turn, worry, heard)
            return [SlotSet("misses", 0), SlotSet("worries_heard", heard)]
        misses = int(tracker.get_slot("misses") or 0) + 1
        if misses > OFFER_A_PERSON_AT:
            # Said once, "I cannot follow" is enough: from here on the way to a person stays open.
            turn.say("utter_missed_more", ["human", "breathing", "talk_more"])
        elif misses == OFFER_A_PERSON_AT:
            turn.say("utter_missed_thrice", ["human", "talk_more", "breathing"])
        elif misses == NARROW_AT:
            turn.say("utter_missed_twice", ["talk_more", "start_intake", "start_screening", "breathing", "human"])
        else:
            turn.say("utter_what_do_you_mean" if only_asks(turn.text) else "utter_missed_once")
        return [SlotSet("misses", misses)]


def _one_of_two_worries(turn: Turn) -> str | None:
    """Return the likelier worry when the two likeliest intents are worries: a quarrel with a son is both kinds."""
    ranked = [entry for entry in turn.message.get("intent_ranking") or [] if entry.get("name") != "nlu_fallback"][:2]
    names = [str(entry.get("name")) for entry in ranked]
    if len(names) < 2 or not all(name.startswith(WORRY) for name in names):
        return None
    together = sum(float(entry.get("confidence") or 0.0) for entry in ranked)
    return names[0] if together >= SURE_OF_A_WORRY else None
