"""What a person may do in the middle of any question: stop, go back, skip, ask again, ask for a person, ask aside."""

from __future__ import annotations

from enum import Enum

from actions.turn import Turn
from actions.wording import titles
from actions.wordless import without_words
from triage.screening import parse_control

# Below this the classifier is guessing, and in a form a guess must not pull the person out.
SURE = 0.55
# Where any words may be the answer, a question to us must be plain before it is taken for one.
QUITE_SURE = 0.75
# Questions asked aside: answered in one sentence, then the form asks again.
ASIDES = frozenset(
    {
        "ask_who",
        "ask_what",
        "ask_privacy",
        "ask_what_next",
        "ask_diagnosis",
        "ask_medicine",
        "ask_others_data",
        "what_do_you_mean",
        "insult",
        "flirt",
        "chitchat",
        "complaint",
        "greet",
        "thanks",
        "distrust",
        "ignore_rules",
        "send_photo",
        "claim_age",
        "misheard",
        "wait",
    }
)
WORRY = "worry_"
# Heard for "I do not know" and "it depends"; in the middle of a question that is no worry told aside.
VAGUE = "worry_other"
MISSES_BEFORE_A_PERSON = 3
# Buttons that steer, named like the ways below.
BUTTONS = ("stop", "back", "skip", "human")


class Steer(Enum):
    """Where the person wants to go instead of answering."""

    STOP = "stop"
    BACK = "back"
    SKIP = "skip"
    REPEAT = "repeat"
    HUMAN = "human"
    HOURS = "hours"
    LANGUAGE = "language"
    ASIDE = "aside"
    WORRY = "worry"


_BY_INTENT = {
    "stop": Steer.STOP,
    "goodbye": Steer.STOP,
    "go_back": Steer.BACK,
    "correct_answer": Steer.BACK,
    "skip": Steer.SKIP,
    "repeat": Steer.REPEAT,
    "ask_human": Steer.HUMAN,
    "ask_hours": Steer.HOURS,
    "switch_english": Steer.LANGUAGE,
    "switch_chinese": Steer.LANGUAGE,
    **dict.fromkeys(ASIDES, Steer.ASIDE),
}
_ASK_US = frozenset({Steer.HUMAN, Steer.HOURS, Steer.LANGUAGE, Steer.ASIDE})


def steering(turn: Turn, *, free_text: bool) -> Steer | None:
    """Return how the person steers, or None when they answer; free text is an answer unless it plainly asks us."""
    if not turn.text:
        return _BY_INTENT.get(turn.intent)
    word = parse_control(turn.text) or _named_button(turn.text)
    puzzled = turn.intent == "what_do_you_mean" and turn.confidence >= SURE
    # Who asks what a question means is not helped by the same words once more; it is put more simply first.
    if word is not None and not (puzzled and Steer(word) is Steer.REPEAT):
        return Steer(word)
    if turn.confidence < (QUITE_SURE if free_text else SURE):
        return None
    told = turn.intent.startswith(WORRY) and turn.intent != VAGUE
    steer = Steer.WORRY if told else _BY_INTENT.get(turn.intent)
    return steer if not free_text or steer in _ASK_US else None


def _named_button(text: str) -> str | None:
    """Return the way that a button shows whose words were typed instead of tapped, in either language."""
    typed = text.strip(" .,!?。，！？").lower()
    return next((key for key in BUTTONS if typed in {words.lower() for words in titles(key)}), None)


def missed(turn: Turn, sentence: str) -> int:
    """Say that an answer was not understood, each time in another way, and return the count.

    From the third time on a person is offered and the question may be left; no question is a dead end.
    """
    misses = int(turn.tracker.get_slot("misses") or 0) + 1
    odd = without_words(turn.text)
    if misses > MISSES_BEFORE_A_PERSON:
        turn.say("utter_hard_question", ["skip", "human", "stop"])
    elif misses == MISSES_BEFORE_A_PERSON:
        turn.say("utter_missed_thrice", ["human", "skip", "stop"])
    else:
        turn.say(odd.value if odd else sentence)
    return misses
