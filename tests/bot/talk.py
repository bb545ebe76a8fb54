"""A conversation with the bot's actions without Rasa: the site is played, the form is driven as Rasa drives it."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
from actions import intake_steps
from actions.action_after_booking import ActionAfterBooking
from actions.action_after_intake import ActionAfterIntake
from actions.action_after_screening import ActionAfterScreening
from actions.action_ask_booking_answer import ActionAskBookingAnswer
from actions.action_ask_intake_answer import ActionAskIntakeAnswer
from actions.action_ask_screening_answer import ActionAskScreeningAnswer
from actions.action_start_booking import ActionStartBooking
from actions.action_start_intake import ActionStartIntake
from actions.action_start_screening import ActionStartScreening
from actions.validate_booking_form import ValidateBookingForm
from actions.validate_intake_form import ValidateIntakeForm
from actions.validate_screening_form import ValidateScreeningForm
from actions.web_client import WebClient
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from ruamel.yaml import YAML

from tests.bot.played_bookings import Bookings
from triage.screening import next_item, result

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = YAML(typ="safe").load((ROOT / "bot/domain/core.yml").read_text("utf-8"))
CONTRACT = ROOT / "tests/contract"
INTENT = re.compile(r"/(\w+)(\{.*\})?")
FORMS: dict[str, tuple[Any, Any, Any, str]] = {
    "intake_form": (ValidateIntakeForm, ActionAskIntakeAnswer, ActionAfterIntake, "intake_answer"),
    "screening_form": (ValidateScreeningForm, ActionAskScreeningAnswer, ActionAfterScreening, "screening_answer"),
    "booking_form": (ValidateBookingForm, ActionAskBookingAnswer, ActionAfterBooking, "booking_answer"),
}
STARTS: dict[str, tuple[Any, str]] = {
    "start_intake": (ActionStartIntake, "intake_form"),
    "start_screening": (ActionStartScreening, "screening_form"),
    "continue_screening": (ActionStartScreening, "screening_form"),
    "restart_screening": (ActionStartScreening, "screening_form"),
    "book_appointment": (ActionStartBooking, "booking_form"),
    "move_appointment": (ActionStartBooking, "booking_form"),
    "cancel_appointment": (ActionStartBooking, "booking_form"),
    "my_shift": (ActionStartBooking, "booking_form"),
    "continue_booking": (ActionStartBooking, "booking_form"),
}


def example(name: str) -> dict[str, Any]:
    """Return an example of the contract between site and bot."""
    found: dict[str, Any] = json.loads((CONTRACT / f"{name}.json").read_text("utf-8"))
    return found


class PlayedSite:
    """Keeps what the bot sends, as the site would, and can be away."""

    def __init__(self) -> None:
        self.away = False
        self.refuse_phone = False
        self.approved = False
        self.age_band = "unknown"
        self.intake: dict[str, Any] = {}
        self.answers: dict[str, int] = {}
        self.status = "none"
        self.guardian: bool | None = None
        self.bookings = Bookings()
        self.asked: list[tuple[str, str, Any]] = []

    def client(self) -> httpx.AsyncClient:
        """Return a client whose every request is answered here."""
        return WebClient(httpx.MockTransport(self._answer))._client

    def sent(self, path_end: str) -> list[Any]:
        """Return the bodies of the requests whose path ends like this."""
        return [body for _, path, body in self.asked if path.endswith(path_end)]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("away")
        path, body = request.url.path, json.loads(request.content or b"null")
        self.asked.append((request.method, path, body))
        booking = self.bookings.answer(request.method, path, request.url.params, body)
        if booking is not None:
            return booking
        if path.endswith("/intake"):
            return self._take_intake(body)
        if path.endswith("/card"):
            return self._card(body)
        if "/screening/answers/" in path:
            return self._take_answer(path.rpartition("/")[2], body)
        if path.endswith("/screening/restart"):
            self.answers, self.status = {}, "open"
            return httpx.Response(200, json={"status": "open"})
        if path.endswith("/state"):
            return httpx.Response(200, json=self._state())
        if path.endswith("/language"):
            self.bookings.english = body["language"] == "en"
        names = {"human-requests": "human_request", "flags": "flag", "language": "language", "hours": "hours"}
        return httpx.Response(200, json=example(names[path.rpartition("/")[2]])["response"])

    def _take_intake(self, body: dict[str, Any]) -> httpx.Response:
        if self.refuse_phone and body.get("emergency_contact"):
            return httpx.Response(422, json=example("put_intake_refused")["response"])
        self.intake.update(body)
        self.age_band = body.get("age_band", self.age_band)
        return httpx.Response(200, json=example("put_intake")["response"])

    def _card(self, body: dict[str, Any] | None) -> httpx.Response:
        told = {key: self.intake.get(key) for key in ("called", "worries", "story", "urgency")}
        mark = f"{abs(hash(str(told))):x}"
        card = {**example("card")["response"], **told, "mark": mark if any(told.values()) else None}
        if body is None:
            return httpx.Response(200, json=card)
        if body["mark"] != mark:
            return httpx.Response(409, json=example("approve_card_refused")["response"])
        self.approved = True
        return httpx.Response(200, json={**card, "approved": True})

    def _take_answer(self, key: str, body: dict[str, Any]) -> httpx.Response:
        self.answers[key] = body["value"]
        upcoming = next_item(self.answers, self.age_band)
        self.status = "open" if upcoming else "complete"
        words = None if upcoming else result(self.answers, self.age_band).words("zh-CN")
        return httpx.Response(
            200,
            json={
                "level": "green",
                "complete": upcoming is None,
                "next_item": upcoming.key if upcoming else None,
                "result": {"words": words, "level": "green"} if words else None,
            },
        )

    def _state(self) -> dict[str, Any]:
        whole = example("conversation_state")["response"]
        blank = {"worries": [], "consents": {}, "completed": False, "missing": [], "guardian_consent": self.guardian}
        screening = {"status": self.status, "answers": self.answers}
        return {**whole, "age_band": self.age_band, "called": None, "intake": blank, "screening": screening}


class Talk:
    """One person's conversation: slots, open form, and everything the bot said in the last turn."""

    def __init__(self, language: str = "zh-CN") -> None:
        self.language = language
        self.slots: dict[str, Any] = dict.fromkeys(DOMAIN["slots"])
        self.form: str | None = None
        self.events: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        self._number = 0

    @property
    def texts(self) -> list[str]:
        """Return the sentences of the last turn."""
        return [message["text"] for message in self.said]

    @property
    def titles(self) -> list[str]:
        """Return the buttons of the last message."""
        return [button["title"] for button in self.said[-1]["buttons"]] if self.said else []

    def type(self, text: str, intent: str = "nlu_fallback", confidence: float = 0.3, **more: Any) -> list[str]:
        """Type words; the intent is what the classifier would have made of them."""
        message = {"text": text, "intent": {"name": intent, "confidence": confidence}, "entities": [], **more}
        return self._turn(message)

    def tap(self, title: str) -> list[str]:
        """Tap a button of the last message by its words."""
        button = next(button for button in self.said[-1]["buttons"] if button["title"] == title)
        return self.send(button["payload"])

    def send(self, payload: str) -> list[str]:
        """Send the payload of a button that is somewhere on the screen."""
        found = INTENT.fullmatch(payload)
        assert found is not None
        values = json.loads(found.group(2) or "{}")
        entities = [{"entity": name, "value": value} for name, value in values.items()]
        intent = {"name": found.group(1), "confidence": 1.0}
        return self._turn({"text": payload, "intent": intent, "entities": entities})

    def run(self, action: Any) -> list[dict[str, Any]]:
        """Run one action on the conversation as it stands; return its events."""
        return asyncio.run(self._run(action))

    def _turn(self, message: dict[str, Any]) -> list[str]:
        self.said, self._number = [], self._number + 2
        self.events.append({"event": "user", "metadata": {"message_id": self._number, "language": self.language}})
        self._latest = message
        asyncio.run(self._react(str(message["intent"]["name"])))
        return self.texts

    async def _react(self, intent: str) -> None:
        if self.form is None:
            start, form = STARTS[intent]
            events = await self._run(start())
            if not any(event["event"] == "followup" and event["name"] == form for event in events):
                return
            self.form, self.slots["requested_slot"] = form, None
        else:
            await self._run(FORMS[self.form][0]())
        _, ask, after, slot = FORMS[self.form]
        if self.slots[slot] is None:
            self.slots["requested_slot"] = slot
            await self._run(ask())
        else:
            self.form, self.slots["requested_slot"] = None, None
            await self._run(after())

    async def _run(self, action: Any) -> list[dict[str, Any]]:
        dispatcher = CollectingDispatcher()
        loop = {"name": self.form} if self.form else {}
        latest = getattr(self, "_latest", {})
        tracker = Tracker("c-1", self.slots, latest, self.events, False, None, loop, "action_listen")
        events: list[dict[str, Any]] = await action.run(dispatcher, tracker, DOMAIN) or []
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        for message in dispatcher.messages:
            self.said.append(message["custom"])
            self.events.append({"event": "bot", "text": None, "data": {"custom": message["custom"]}})
        return events


def skip_to(talk: Talk, step: str) -> None:
    """Leave the questions of the intake open until this one is asked."""
    while intake_steps.open_step(talk.slots["intake"]) != step:
        talk.send("/skip")
