"""Whatever is asked in the middle of a question: answered in a sentence, and the question stays open."""

from __future__ import annotations

from typing import Any

from actions.action_ask_human import ask_human
from actions.action_hours import say_hours
from actions.action_language import switch_language
from actions.form_steering import Steer
from actions.turn import Turn

# Who comes back to an open question with a greeting is greeted, and not asked how things have been.
SAID_OTHERWISE = {"greet": "utter_greet_again"}


async def answer_aside(turn: Turn, steer: Steer, worry: str = "utter_noted_worry") -> dict[str, Any]:
    """Answer, and return the slots that change; `worry` is the sentence by which a worry is heard here."""
    if steer is Steer.HUMAN:
        await ask_human(turn)
    elif steer is Steer.HOURS:
        await say_hours(turn)
    elif steer is Steer.LANGUAGE:
        return await switch_language(turn)
    elif steer is Steer.ASIDE:
        name = SAID_OTHERWISE.get(turn.intent, f"utter_{turn.intent}")
        turn.say(name, ways=["voices"] if turn.intent == "complaint" else [])
    elif steer is Steer.WORRY:
        turn.say(worry)
        return {"misses": 0}
    return {}
