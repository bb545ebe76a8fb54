"""After words of danger: stop what was being asked, raise the alarm if the site had not, and be silent."""

from __future__ import annotations

import asyncio
from typing import Any

from components.voices import CRISIS_KEY, third_reason, third_voice, voice
from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from actions.web_client import SiteAway, SiteRefused, site
from triage.levels import highest

# Seconds before each try; together longer than the supervisor needs to start the site again.
PAUSES = (0.0, 0.5, 2.0, 4.0)


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
        await _raise_if_louder(turn)
        interrupted = (tracker.active_loop or {}).get("name")
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            SlotSet("interrupted", interrupted or tracker.get_slot("interrupted")),
            SlotSet("misses", 0),
        ]


async def _raise_if_louder(turn: Turn) -> None:
    """Pass on what triage or the classifier heard here and the site did not."""
    own = highest((voice(turn.message, "own_level"), third_voice(turn.message)))
    if own.rank <= voice(turn.message, "site_level").rank:
        return
    reasons = (turn.message.get(CRISIS_KEY) or {}).get("reasons") or [third_reason(turn.message)]
    flag = {"level": own.value, "reasons": reasons, "message_id": turn.metadata.get("message_id")}
    for pause in PAUSES:
        await asyncio.sleep(pause)
        try:
            await site.raise_flag(turn.conversation, flag)
        except SiteAway:
            # The site is being started again; this voice may be the only one that heard, so it waits for it.
            continue
        except SiteRefused:
            return
        return
