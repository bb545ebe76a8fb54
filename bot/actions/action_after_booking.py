"""After a booking: everything has been said; only the open answer is put away."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher


class ActionAfterBooking(Action):
    """Makes the form ready for the next time."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_after_booking"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say nothing."""
        return [SlotSet("booking_answer", None)]
