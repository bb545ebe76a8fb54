"""After words of danger: stop what was being asked, raise the alarm if the site had not, and be silent."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused, site
from triage.levels import Level


class ActionCrisis(Action):
    """The site has already given the fixed reply; the bot adds no word to it."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_crisis"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Leave any form, remember which, and pass on a level that only the bot heard."""
        turn = Turn(dispatcher, tracker)
        heard = turn.message.get("crisis") or (turn.message.get("parse_data") or {}).get("crisis") or {}
        await _raise_if_louder(turn, heard)
        interrupted = (tracker.active_loop or {}).get("name")
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            SlotSet("interrupted", interrupted or tracker.get_slot("interrupted")),
            SlotSet("misses", 0),
        ]


async def _raise_if_louder(turn: Turn, heard: dict[str, Any]) -> None:
    own, told = Level(heard.get("own_level", "green")), Level(heard.get("site_level", "green"))
    if own.rank <= told.rank:
        return
    flag = {
        "level": own.value,
        "reasons": heard.get("reasons") or [],
        "message_id": turn.metadata.get("message_id"),
    }
    try:
        await site.raise_flag(turn.conversation, flag)
    except (SiteAway, SiteRefused):
        # The site assessed the message before it was sent here; this voice is only the second.
        return
