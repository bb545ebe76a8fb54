"""One turn of the conversation: who speaks which language, and how an answer is put together."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.wording import button_title, sentence

Button = dict[str, str]

# Button keys that start something, and the payload each sends back.
PAYLOADS = {
    "talk_more": "/more_talk",
    "start_intake": "/start_intake",
    "start_screening": "/start_screening",
    "breathing": "/breathing",
    "grounding": "/grounding",
    "human": "/ask_human",
    "what_next": "/ask_what_next",
    "continue_screening": "/continue_screening",
    "restart_screening": "/restart_screening",
    "later": "/more_talk",
    "skip": "/skip",
    "back": "/go_back",
    "stop": "/stop",
    "book": "/book_appointment",
    "move": "/move_appointment",
    "cancel": "/cancel_appointment",
    "my_appointments": "/my_appointment",
    "continue_booking": "/continue_booking",
}
# So many of our own messages back, no sentence is said again if there is another.
REMEMBERED = 8


class Turn:
    """Reads one tracker and speaks through one dispatcher."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.dispatcher = dispatcher
        self.tracker = tracker
        self.message: dict[str, Any] = tracker.latest_message or {}

    @property
    def conversation(self) -> str:
        """Return the public id of the conversation."""
        return str(self.tracker.sender_id)

    @property
    def metadata(self) -> dict[str, Any]:
        """Return what the site said of this message; Rasa keeps it in the event, not in the parsed message."""
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                return event.get("metadata") or {}
        return {}

    @property
    def language(self) -> str:
        """Return the language as the site has it, or the one that was switched to in this very turn."""
        switched = self.tracker.get_slot("switched") or {}
        if switched.get("in_turn") == self.number:
            return str(switched["language"])
        return "en" if self.metadata.get("language") == "en" else "zh-CN"

    @property
    def said_lately(self) -> list[str]:
        """Return what we said in the last few messages, the newest first."""
        said: list[str] = []
        for event in reversed(self.tracker.events):
            if event.get("event") == "bot":
                said.append(str(((event.get("data") or {}).get("custom") or {}).get("text") or event.get("text") or ""))
                if len(said) >= REMEMBERED:
                    break
        return said

    @property
    def number(self) -> int:
        """Return the site's number of the message; it also moves the variations on."""
        number = self.metadata.get("message_id")
        return number if isinstance(number, int) else len(self.tracker.events)

    @property
    def intent(self) -> str:
        """Return what the person wants, as far as understood."""
        return str((self.message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        """Return how sure the classifier is; a tap is certain."""
        return float((self.message.get("intent") or {}).get("confidence") or 0.0)

    @property
    def text(self) -> str:
        """Return the typed words, or nothing for a tap."""
        words = str(self.message.get("text") or "")
        return "" if words.startswith("/") else words

    def entity(self, name: str) -> Any:
        """Return a value that a button carried."""
        for entity in self.message.get("entities") or []:
            if entity.get("entity") == name:
                return entity.get("value")
        return None

    def say(self, name: str, buttons: Iterable[str | Button] = (), ways: Iterable[str] = (), **parts: str) -> None:
        """Say a sentence of domain/responses with buttons, named by key or given whole.

        A way names a page of the site (web/public/ways.py), which is shown as a link under the words.
        """
        named = list(ways)
        words = sentence(name, self.language, self.number, self.said_lately, **parts)
        self.show(words, buttons, extra={"ways": named} if named else {})

    def show(
        self,
        text: str,
        buttons: Iterable[str | Button] = (),
        kind: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        """Say ready words: from the site, from an instrument, or from a list."""
        made = [self.button(button) if isinstance(button, str) else button for button in buttons]
        self.dispatcher.utter_message(
            json_message={
                "text": text,
                "buttons": made,
                "kind": kind or ("ask" if made else "text"),
                "extra": extra or {},
            }
        )

    def button(self, key: str) -> Button:
        """Return a button that starts or steers something."""
        return {"title": button_title(key, self.language), "payload": PAYLOADS[key]}

    def choice(self, key: str, item: str, value: Any) -> Button:
        """Return a button that answers a question."""
        return answer_button(button_title(key, self.language), item, value)


def answer_button(title: str, item: str, value: Any) -> Button:
    """Return a button with ready words that answers a question."""
    payload = json.dumps({"item": item, "value": value}, ensure_ascii=False)
    return {"title": title, "payload": f"/answer{payload}"}
