"""The bot's side of tests/contract: what the actions send is what the examples say, and they can read every reply."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from actions import intake_steps
from actions.web_client import SiteRefused, WebClient
from components.web_channel import KINDS, view, words_of

from tests.bot.talk import CONTRACT, PlayedSite, Talk, example

Call = Callable[[WebClient], Awaitable[dict[str, Any]]]
PERSON = "c-1"
CALLS: dict[str, Call] = {
    "conversation_state": lambda line: line.state(PERSON),
    "put_intake": lambda line: line.put_intake(PERSON, example("put_intake")["request"]),
    "put_emergency_contact": lambda line: line.put_intake(PERSON, example("put_emergency_contact")["request"]),
    "card": lambda line: line.card(PERSON),
    "approve_card": lambda line: line.approve_card(PERSON, example("approve_card")["request"]["mark"]),
    "put_screening_answer": lambda line: line.put_answer(PERSON, "phq-9.1", 2, "tap"),
    "put_last_screening_answer": lambda line: line.put_answer(PERSON, "asq.4", 0, "words"),
    "restart_screening": lambda line: line.restart_screening(PERSON),
    "human_request": lambda line: line.ask_human(PERSON),
    "flag": lambda line: line.raise_flag(PERSON, example("flag")["request"]),
    "language": lambda line: line.set_language(PERSON, "en"),
    "hours": lambda line: line.hours("zh-CN"),
    "services": lambda line: line.services(PERSON),
    "slots": lambda line: line.slots(PERSON, 1, "online"),
    "slots_to_move": lambda line: line.slots_to_move(PERSON, 1),
    "slots_after": lambda line: line.slots(PERSON, 1, "online", "2026-03-04T02:00:00+00:00"),
    "days": lambda line: line.days(PERSON, 1, "online"),
    "days_to_move": lambda line: line.days_to_move(PERSON, 1),
    "waiting_list": lambda line: line.wait(PERSON, 1, "online"),
    "next_shift": lambda line: line.next_shift(PERSON, "AB2D-EFGH-JK3M"),
    "next_appointments": lambda line: line.appointments(PERSON),
    "book_appointment": lambda line: line.book(PERSON, example("book_appointment")["request"]),
    "move_appointment": lambda line: line.move(PERSON, 1, "2026-03-06T02:00:00+00:00"),
    "cancel_appointment": lambda line: line.cancel(PERSON, 1),
}
TOLD_OTHERWISE = {
    "put_intake_refused",
    "approve_card_refused",
    "book_appointment_refused",
    "next_shift_refused",
    "webhook_turn",
}


def test_every_example_is_spoken_by_a_test() -> None:
    assert {file.stem for file in CONTRACT.glob("*.json")} == set(CALLS) | TOLD_OTHERWISE


@pytest.mark.parametrize("file", sorted(CONTRACT.glob("*.json")), ids=lambda file: file.stem)
def test_every_example_says_what_it_is(file: Any) -> None:
    assert set(example(file.stem)) == {"what", "method", "path", "request", "status", "response"}


@pytest.mark.parametrize("name", sorted(CALLS))
def test_request_is_the_one_agreed_and_the_reply_is_read(name: str) -> None:
    agreed, seen = example(name), []

    def reply(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        seen.append((request.method, request.url.raw_path.decode(), body))
        return httpx.Response(agreed["status"], json=agreed["response"])

    found = asyncio.run(CALLS[name](WebClient(httpx.MockTransport(reply))))  # type: ignore[arg-type]
    assert seen == [(agreed["method"], agreed["path"].format(conversation=PERSON), agreed["request"])]
    assert found == agreed["response"]


def test_refusal_is_read_and_its_field_is_known_to_the_intake() -> None:
    agreed = example("put_intake_refused")
    line = WebClient(httpx.MockTransport(lambda _: httpx.Response(agreed["status"], json=agreed["response"])))
    with pytest.raises(SiteRefused) as refused:
        asyncio.run(line.put_intake(PERSON, agreed["request"]))
    step = str(refused.value.field).replace("emergency_contact.", "emergency_")
    assert step in intake_steps.order({"emergency_contact": True})


def test_known_answers_of_the_agreed_state_are_not_asked_again() -> None:
    state = example("conversation_state")["response"]
    known = intake_steps.known(state["intake"], state["age_band"])
    assert set(known) == {"called", "age_band", "station", "worries", "urgency", "consent_care", "consent_contact"}
    assert intake_steps.open_step(known) == "story"


def test_agreed_turn_is_run_as_a_tap_and_answered_in_the_agreed_shape(site: PlayedSite) -> None:
    agreed = example("webhook_turn")
    assert words_of(agreed["request"]) == agreed["request"]["payload"]
    talk = Talk(agreed["request"]["language"])
    talk.send("/start_screening")
    talk.send(words_of(agreed["request"]))
    shown, told = view(None, {"custom": talk.said[-1]}), agreed["response"]["messages"][0]
    assert shown["kind"] in KINDS
    assert set(shown) == set(told)
    assert set(shown["extra"]) == set(told["extra"])
    assert {key: shown[key] for key in ("text", "kind")} == {key: told[key] for key in ("text", "kind")}
    assert shown["buttons"][0] == told["buttons"][0]
    assert shown["extra"]["item"] == told["extra"]["item"]
