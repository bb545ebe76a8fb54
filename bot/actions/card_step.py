"""The last question of the intake: what was understood, for the person to read, to call right or to change."""

from __future__ import annotations

import unicodedata
from typing import Any

from rasa_sdk.events import SlotSet

from actions.kept_answers import deliver_kept
from actions.turn import Button, Turn, answer_button
from actions.web_client import SiteAway, SiteRefused, site
from actions.wording import button_title, sentence

CARD = "card"
RIGHT = "right"
CHANGE = "change"
# What can be told anew from the card; name and age are changed by going back.
CHANGEABLE = ("worries", "story", "urgency")
# More of a long story would push the question off the screen; the whole of it is kept.
STORY_SHOWN = 60
_RIGHT_WORDS = frozenset(
    {"对", "对的", "对了", "都对", "没错", "是的", "是", "嗯", "好", "好的", "可以", "right", "yes", "correct", "ok"}
    | {"that's right", "that is right", "it is right", "all right", "没问题", "就是这样"}
)
_CHANGE_WORDS = frozenset(
    {"不对", "不是", "错了", "有错", "改", "要改", "要改的", "有要改的", "改一下", "不", "no", "wrong", "change"}
    | {"not right", "that is wrong", "that's wrong", "change it"}
)


async def show(turn: Turn, progress: dict[str, Any]) -> list[dict[str, Any]]:
    """Show the card as the site keeps it, or ask which part to tell anew; return the slots that change."""
    if progress.get("changing"):
        turn.say("utter_ask_change", [*_parts(turn), "stop"])
        return []
    kept = await deliver_kept(turn)
    try:
        card = await site.card(turn.conversation)
    except (SiteAway, SiteRefused):
        turn.say("utter_site_down", ["skip", "human", "stop"])
        return kept
    mark = str(card.get("mark") or "")
    buttons: list[Button | str] = [
        answer_button(button_title("card_right", turn.language), CARD, f"{RIGHT}.{mark}"),
        turn.choice("card_change", CARD, CHANGE),
        "stop",
    ]
    turn.show("\n".join([sentence("utter_ask_card", turn.language), *_lines(card, turn.language)]), buttons, "card")
    return [*kept, SlotSet("intake", {**progress, "mark": mark})]


def _parts(turn: Turn) -> list[Button]:
    return [turn.choice(f"change_{part}", CARD, part) for part in CHANGEABLE]


def _lines(card: dict[str, Any], language: str) -> list[str]:
    """Return one line for each thing that was told, in the words that stood on the buttons."""
    between = ", " if language == "en" else "、"
    story = " ".join(str(card.get("story") or "").split())
    told = {
        "called": str(card.get("called") or ""),
        "worries": between.join(button_title(f"worry_{worry}", language) for worry in card.get("worries") or []),
        "story": story if len(story) <= STORY_SHOWN else story[:STORY_SHOWN] + "……",
        "urgency": button_title(f"urgency_{card['urgency']}", language) if card.get("urgency") else "",
    }
    return [sentence(f"utter_card_{part}", language, words=words) for part, words in told.items() if words]


def read(text: str, progress: dict[str, Any]) -> str | None:
    """Return the answer that typed words mean: right, for the card last shown, or change; else None."""
    bare = unicodedata.normalize("NFKC", text).strip().lower().strip(" .,!?。，！？~")
    if progress.get("changing"):
        return None
    if bare in _RIGHT_WORDS and progress.get("mark"):
        return f"{RIGHT}.{progress['mark']}"
    return CHANGE if bare in _CHANGE_WORDS else None


async def take(turn: Turn, progress: dict[str, Any], value: Any) -> dict[str, Any]:
    """Do what the person said of the card; return the progress as it stands afterwards."""
    word, _dot, mark = str(value).partition(".")
    if word == RIGHT:
        return await _approve(turn, progress, mark)
    if word in CHANGEABLE:
        return {key: kept for key, kept in progress.items() if key not in (word, "changing")}
    if word == CHANGE:
        return {**progress, "changing": True}
    return progress


async def _approve(turn: Turn, progress: dict[str, Any], mark: str) -> dict[str, Any]:
    try:
        await site.approve_card(turn.conversation, mark)
    except SiteAway:
        return progress
    except SiteRefused as refused:
        if refused.error == "card_changed":
            turn.say("utter_card_changed")
            return progress
        # Nothing is noted that could be called right: there is nothing more to ask.
        return {**progress, CARD: None}
    return {**progress, CARD: RIGHT}
