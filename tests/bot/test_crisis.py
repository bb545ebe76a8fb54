"""Words of danger: the louder voice counts, every form is broken off, and the bot itself is silent."""

from __future__ import annotations

from typing import Any

import pytest
from actions import action_crisis
from actions.action_crisis import ActionCrisis
from actions.web_client import SiteAway
from components.crisis_detector import CRISIS_KEY, CrisisDetector
from components.crisis_policy import CrisisPolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from tests.bot.talk import PlayedSite, Talk
from triage.levels import Level

DANGER, CALM = "我不想活了，药都攒好了", "今天天气不错"
INTERRUPTING = ["emergency", "red", "orange"]
QUIET = ["yellow", "blue", "green"]
DOMAIN = Domain.from_dict({"version": "3.1", "intents": ["greet"], "actions": ["action_crisis", "action_reply"]})


def _heard(text: str, site_level: str | None = None) -> dict[str, Any]:
    metadata = {} if site_level is None else {"level": site_level}
    message = Message({"text": text, "metadata": metadata})
    detector = CrisisDetector.create({}, None, Resource("detector"), None)  # type: ignore[arg-type]
    detector.process([message])
    found: dict[str, Any] = message.get(CRISIS_KEY)
    return found


def test_detector_hears_danger_that_the_site_did_not() -> None:
    heard = _heard(DANGER, "green")
    assert Level(heard["level"]).is_at_least(Level.RED)
    assert heard["site_level"] == "green"
    assert heard["reasons"]


def test_detector_never_lowers_what_the_site_heard() -> None:
    assert _heard(CALM, "red") == {"level": "red", "own_level": "green", "site_level": "red", "reasons": []}


def test_calm_words_are_calm() -> None:
    assert _heard(CALM)["level"] == "green"


@pytest.mark.parametrize("told", ["purple", "", "RED!"])
def test_unknown_level_of_the_site_does_not_deafen_the_detector(told: str) -> None:
    assert Level(_heard(DANGER, told)["level"]).is_at_least(Level.RED)
    assert _heard(CALM, told)["level"] == "green"


def test_payload_of_a_button_is_not_read_as_words() -> None:
    assert _heard(f'/answer{{"text": "{DANGER}"}}')["level"] == "green"
    assert _heard(f"／{DANGER}")["level"] != "green"


@pytest.fixture(scope="module")
def policy() -> CrisisPolicy:
    context = ExecutionContext(GraphSchema({}))
    return CrisisPolicy(CrisisPolicy.get_default_config(), None, Resource("policy"), context)  # type: ignore[arg-type]


def _chosen(
    policy: CrisisPolicy,
    level: str | None,
    *after: str,
    text: str = CALM,
    intent: str = "greet",
    confidence: float = 0.9,
) -> tuple[str | None, bool]:
    parsed: dict[str, Any] = {"intent": {"name": intent, "confidence": confidence}, "entities": []}
    if level is not None:
        parsed[CRISIS_KEY] = {"level": level}
    events = [ActionExecuted("action_listen"), UserUttered(text, {"name": "greet"}, parse_data=parsed)]
    tracker = DialogueStateTracker.from_events("c-1", [ActiveLoop("screening_form"), *events], DOMAIN.slots)
    for name in after:
        tracker.update(ActionExecuted(name))
    prediction = policy.predict_action_probabilities(tracker, DOMAIN)
    best = max(prediction.probabilities)
    name = DOMAIN.action_names_or_texts[prediction.max_confidence_index] if best > 0 else None
    return name, prediction.is_no_user_prediction


@pytest.mark.parametrize("level", INTERRUPTING)
def test_message_of_danger_goes_before_the_open_form(policy: CrisisPolicy, level: str) -> None:
    assert _chosen(policy, level) == ("action_crisis", True)


@pytest.mark.parametrize("level", INTERRUPTING)
def test_bot_listens_after_the_interruption(policy: CrisisPolicy, level: str) -> None:
    assert _chosen(policy, level, "action_crisis")[0] == "action_listen"


@pytest.mark.parametrize("level", [*QUIET, "purple"])
def test_lower_levels_leave_the_turn_to_the_form(policy: CrisisPolicy, level: str) -> None:
    assert _chosen(policy, level) == (None, False)


def test_policy_listens_itself_where_no_detector_did(policy: CrisisPolicy) -> None:
    assert _chosen(policy, None, text=DANGER)[0] == "action_crisis"
    assert _chosen(policy, None, text=CALM)[0] is None


@pytest.mark.parametrize(("confidence", "chosen"), [(1.0, "action_crisis"), (0.6, "action_crisis"), (0.59, None)])
def test_sure_classifier_is_a_third_voice(policy: CrisisPolicy, confidence: float, chosen: str | None) -> None:
    assert _chosen(policy, "green", intent="crisis_wish", confidence=confidence)[0] == chosen


@pytest.mark.parametrize(("confidence", "chosen"), [(0.9, "action_crisis"), (0.5, "action_crisis"), (0.49, None)])
def test_sure_classifier_hears_violence_that_triage_missed(
    policy: CrisisPolicy, confidence: float, chosen: str | None
) -> None:
    assert _chosen(policy, "green", intent="worry_violence", confidence=confidence)[0] == chosen


def test_classifier_sure_of_something_else_is_no_voice(policy: CrisisPolicy) -> None:
    assert _chosen(policy, "green", intent="greet", confidence=1.0)[0] is None


def test_policy_is_above_the_rules() -> None:
    assert CrisisPolicy.get_default_config()["priority"] > 6


def _interrupt(talk: Talk, own: str, told: str, intent: str = "worry_other") -> list[dict[str, Any]]:
    crisis = {"level": "red", "own_level": own, "site_level": told, "reasons": ["wishes_to_die"]}
    talk.said = []
    talk._latest = {"text": DANGER, "intent": {"name": intent, "confidence": 0.9}, "crisis": crisis}
    return talk.run(ActionCrisis())


@pytest.mark.parametrize("form", ["screening", "intake"])
def test_form_is_left_its_answers_stay_and_nothing_is_said(site: PlayedSite, form: str) -> None:
    talk = Talk()
    talk.send(f"/start_{form}")
    talk.send("/skip")
    before = dict(talk.slots)
    events = _interrupt(talk, "red", "red")
    assert talk.said == []
    assert {"event": "active_loop", "timestamp": None, "name": None} in events
    assert talk.slots["interrupted"] == f"{form}_form"
    assert talk.slots["requested_slot"] is None
    assert (talk.slots["answers"], talk.slots["intake"]) == (before["answers"], before["intake"])


def test_alarm_goes_to_the_site_when_only_the_bot_heard(site: PlayedSite) -> None:
    _interrupt(Talk(), "red", "green")
    assert site.sent("/flags")[0]["level"] == "red"
    assert site.sent("/flags")[0]["reasons"] == ["wishes_to_die"]


def test_alarm_goes_to_the_site_when_only_the_classifier_heard(site: PlayedSite) -> None:
    _interrupt(Talk(), "green", "green", intent="crisis_wish")
    assert site.sent("/flags")[0]["level"] == "orange"
    assert site.sent("/flags")[0]["reasons"]


def test_alarm_of_violence_that_only_the_classifier_heard_says_so(site: PlayedSite) -> None:
    talk = Talk()
    crisis = {"level": "green", "own_level": "green", "site_level": "green", "reasons": []}
    heard = {"name": "worry_violence", "confidence": 0.9}
    talk._latest = {"text": "屋里头那个一发火就捶我", "intent": heard, "crisis": crisis}
    talk.run(ActionCrisis())
    assert site.sent("/flags")[0]["level"] == "orange"
    assert site.sent("/flags")[0]["reasons"] == ["is_being_hurt"]


@pytest.mark.parametrize(("own", "told"), [("red", "red"), ("orange", "red"), ("green", "emergency")])
def test_site_that_heard_as_much_is_not_told_again(site: PlayedSite, own: str, told: str) -> None:
    _interrupt(Talk(), own, told)
    assert site.sent("/flags") == []


def test_interruption_works_with_the_site_away(site: PlayedSite) -> None:
    talk = Talk()
    talk.send("/start_screening")
    site.away = True
    _interrupt(talk, "red", "green")
    assert talk.said == []
    assert talk.slots["interrupted"] == "screening_form"


def test_screening_goes_on_where_it_was_broken_off(site: PlayedSite) -> None:
    talk = Talk()
    talk.send("/start_screening")
    talk.send('/answer{"item": "phq-9.1", "value": 1}')
    _interrupt(talk, "red", "red")
    talk.form = None
    talk.send("/continue_screening")
    assert talk.said[-1]["extra"]["item"] == "phq-9.2"
    assert talk.slots["interrupted"] is None


def test_flag_that_only_the_bot_heard_waits_for_a_site_that_is_being_started_again(
    site: PlayedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    async def comes_back_later(_conversation: str, flag: dict[str, object]) -> dict[str, object]:
        tries.append(str(flag["level"]))
        if len(tries) < 3:
            raise SiteAway
        return {}

    monkeypatch.setattr(action_crisis, "PAUSES", (0.0, 0.0, 0.0, 0.0))
    monkeypatch.setattr(action_crisis.site, "raise_flag", comes_back_later)
    _interrupt(Talk(), "red", "green")
    assert tries == ["red", "red", "red"]
