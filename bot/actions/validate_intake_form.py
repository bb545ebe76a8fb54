"""Takes the answers of the intake one by one, each stored by the site before the next is asked."""

from __future__ import annotations

from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import card_step, intake_steps, spoken_ages, typed_taps, worry_words
from actions.asides import answer_aside
from actions.form_steering import SURE, Steer, missed, steering
from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused, site
from actions.wordless import without_words

HEARD = "heard"
STOPPED = "stopped"
DONE = "done"
# As sure as the classifier must be outside the forms before the bot acts on what it read.
FAIRLY_SURE = 0.25
CONTACT = ("emergency_name", "emergency_phone", "emergency_relation")


class ValidateIntakeForm(FormValidationAction):
    """One slot is asked again and again; what was answered is kept in the slot beside it."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "validate_intake_form"

    async def extract_intake_answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Let every turn in the form reach the validation below, whatever its intent."""
        if (tracker.active_loop or {}).get("name") != "intake_form":
            return {}
        return {"intake_answer": HEARD}

    async def validate_intake_answer(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Handle whatever the person did; the slots returned are where the form stands now."""
        turn = Turn(dispatcher, tracker)
        progress = dict(tracker.get_slot("intake") or {})
        step = intake_steps.open_step(progress)
        if step is None:
            return {"intake_answer": DONE}
        if tracker.get_slot("requested_slot") != "intake_answer":
            return {"intake_answer": None}
        if turn.intent == "answer":
            if turn.entity("item") != step:
                return {"intake_answer": None}
            return await _take(turn, progress, step, turn.entity("value"))
        steer = steering(turn, free_text=step in intake_steps.FREE_TEXT)
        value = _typed(turn, step)
        if step == card_step.CARD and value is not None:
            steer = None
        if steer in (Steer.ASIDE, Steer.WORRY) and (step == "story" or (value is not None and not _free(step))):
            # A long story may sound like anything and is kept whole; an age or a worry is the answer, whatever else.
            steer = None
        if steer is not None:
            return await _steered(turn, steer, progress, step)
        if value is None:
            return await (_add_to_card(turn, progress) if step == card_step.CARD else _unclear(turn, step))
        return await _take(turn, progress, step, value)


def _free(step: str) -> bool:
    return step in intake_steps.FREE_TEXT


def _typed(turn: Turn, step: str) -> Any:
    """Return what the words mean for this question; worries may be told in one's own way, and more than one."""
    if step == card_step.CARD:
        says_wrong = turn.intent in ("correct_answer", "misheard") and turn.confidence >= SURE
        word = card_step.read(turn.text, turn.tracker.get_slot("intake") or {})
        return word or (card_step.CHANGE if says_wrong else None)
    tapped = typed_taps.typed_tap(step, turn.text, turn.tracker.get_slot("stations") or [])
    if tapped is not None:
        return tapped
    if step == "worries":
        return worry_words.named(turn.text, turn.intent if turn.confidence >= FAIRLY_SURE else "") or None
    # A sticker is nobody's name and no story.
    return None if _free(step) and without_words(turn.text) else intake_steps.read(step, turn.text)


async def _steered(turn: Turn, steer: Steer, progress: dict[str, Any], step: str) -> dict[str, Any]:
    if steer is Steer.STOP:
        turn.say("utter_intake_stopped", ["talk_more", "human"])
        return {"intake_answer": STOPPED, "misses": 0}
    if steer in (Steer.SKIP, Steer.BACK) and progress.pop("changing", None):
        return {"intake_answer": None, "intake": progress}
    if steer is Steer.WORRY and step == card_step.CARD:
        return await _add_to_card(turn, progress)
    if steer is Steer.SKIP:
        if step == "guardian_consent":
            # A child who would rather not ask a grown-up has no grown-up's agreement.
            return await _take(turn, progress, step, False)
        return await _next(turn, {**progress, step: None}, {})
    if steer is Steer.BACK:
        earlier = intake_steps.step_before(progress)
        if earlier is None:
            turn.say("utter_back_none")
            return {"intake_answer": None}
        if earlier == "age_band" and progress[earlier] in intake_steps.MINORS:
            progress["younger"] = progress[earlier]
        del progress[earlier]
        return {"intake_answer": None, "intake": progress}
    noted = _noted(turn, progress) if steer is Steer.WORRY else {}
    return {"intake_answer": None, **await answer_aside(turn, steer), **noted}


def _noted(turn: Turn, progress: dict[str, Any]) -> dict[str, Any]:
    """Keep a worry that is told at another question, so that it is not asked for; the card at the end shows it."""
    named = worry_words.named(turn.text, turn.intent)
    if "worries" in progress or not named:
        return {}
    unsent = {**(turn.tracker.get_slot("intake_unsent") or {}), "worries": named}
    return {"intake": {**progress, "worries": named}, "intake_unsent": unsent}


async def _unclear(turn: Turn, step: str) -> dict[str, Any]:
    wrong = {"called": "utter_wrong_called", "emergency_phone": "utter_wrong_phone"}
    return {"intake_answer": None, "misses": missed(turn, wrong.get(step, "utter_wrong_choice"))}


async def _take(turn: Turn, progress: dict[str, Any], step: str, value: Any) -> dict[str, Any]:
    if step == card_step.CARD:
        return await _take_card(turn, progress, value)
    if value is typed_taps.OPEN:
        return await _next(turn, {**progress, step: None}, {})
    if step == "age_band" and "younger" in progress and value not in intake_steps.MINORS:
        # A slip of the finger can be put right; a child who would rather be older is asked once more, kindly.
        turn.say("utter_age_again")
        return {"intake_answer": None, "intake": {k: v for k, v in progress.items() if k != "younger"}}
    answered, fields = {**progress, step: value}, _fields(progress, step, value)
    age = spoken_ages.band(intake_steps.told_beside(turn.text)) if step == "called" and turn.text else None
    if age is not None and "age_band" not in progress and "younger" not in progress:
        answered["age_band"] = fields["age_band"] = age
    return await _next(turn, answered, fields)


async def _add_to_card(turn: Turn, progress: dict[str, Any]) -> dict[str, Any]:
    """Write on the card what is remembered on reading it; words that name no worry are a miss."""
    told = progress.get("worries") or []
    told = [told] if isinstance(told, str) else list(told)
    named = worry_words.named(turn.text, turn.intent if turn.confidence >= FAIRLY_SURE else "")
    if set(named) <= set(told):
        return await _unclear(turn, card_step.CARD)
    return await _take(turn, progress, "worries", list(dict.fromkeys([*told, *named])))


async def _take_card(turn: Turn, progress: dict[str, Any], value: Any) -> dict[str, Any]:
    progress = await card_step.take(turn, progress, value)
    is_done = intake_steps.open_step(progress) is None
    return {"intake": progress, "misses": 0, "intake_answer": DONE if is_done else None}


def _fields(progress: dict[str, Any], step: str, value: Any) -> dict[str, Any]:
    """Return what the site is told of this answer."""
    if step == "worries":
        return {"worries": value if isinstance(value, list) else [value]}
    if step.startswith("consent_"):
        return {"consents": {step.removeprefix("consent_"): value}}
    if step == "emergency_contact":
        return {} if value else {"emergency_contact": None}
    if step in CONTACT:
        return {}
    return {step: value}


async def _next(turn: Turn, progress: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    upcoming = intake_steps.open_step(progress)
    # Who leaves at the card has answered everything; only their word that it is right is missing.
    finished = upcoming in (None, card_step.CARD)
    unsent = {**(turn.tracker.get_slot("intake_unsent") or {}), **fields}
    if finished:
        unsent.update(_contact(progress))
        unsent["completed"] = True
        progress = {**progress, "told": upcoming is not None}
    events: dict[str, Any] = {"intake": progress, "misses": 0, "intake_answer": DONE if upcoming is None else None}
    if not unsent:
        return {**events, "intake_unsent": {}}
    try:
        await site.put_intake(turn.conversation, unsent)
    except SiteAway:
        # Kept, and offered again with the next answer.
        return {**events, "intake_unsent": unsent}
    except SiteRefused as refused:
        step = (refused.field or "").replace("emergency_contact.", "emergency_")
        turn.say("utter_wrong_phone" if "phone" in step else "utter_wrong_choice")
        progress.pop(step, None)
        return {**events, "intake": progress, "intake_answer": None, "intake_unsent": {}}
    if "age_band" in fields:
        events["age_band"] = fields["age_band"]
        if fields["age_band"] in intake_steps.MINORS:
            turn.say("utter_minor_welcome")
    return {**events, "intake_unsent": {}}


def _contact(progress: dict[str, Any]) -> dict[str, Any]:
    if progress.get("emergency_contact") is not True:
        return {}
    if not progress.get("emergency_name") or not progress.get("emergency_phone"):
        return {"emergency_contact": None}
    return {
        "emergency_contact": {
            "name": progress["emergency_name"],
            "phone": progress["emergency_phone"],
            "relation": progress.get("emergency_relation") or "",
        }
    }
