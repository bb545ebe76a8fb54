"""Outside the forms: what was said is heard first, a person is never far, and no sentence is said twice running."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import httpx
import pytest
from actions.action_ask_human import ActionAskHuman
from actions.action_exercise import ActionExercise
from actions.action_hours import ActionHours
from actions.action_language import ActionLanguage
from actions.action_repair import ActionRepair
from actions.action_reply import ActionReply
from actions.web_client import SiteAway, SiteRefused, WebClient
from actions.wording import exists, sentence

from tests.bot.talk import PlayedSite, Talk, example

LANGUAGES = ["zh-CN", "en"]
PLAIN = "goodbye thanks affirm deny chitchat insult flirt ask_who ask_what ask_privacy ask_what_next ask_medicine"
STEERING = "complaint ignore_rules send_photo claim_age misheard wait"
STEERING += " ask_diagnosis distrust ask_others_data more_talk stop go_back skip repeat correct_answer what_do_you_mean"
WORRIES = "money illness family loneliness work shame sleep grief child housing other"
WORRIES += " benefits care violence school stigma disability addiction neighbours reintegration"


def _say(talk: Talk, action: Any, intent: str, text: str = "", confidence: float = 0.9) -> list[str]:
    talk.said, talk._number = [], talk._number + 2
    talk.events.append({"event": "user", "metadata": {"message_id": talk._number, "language": talk.language}})
    talk._latest = {"text": text or intent, "intent": {"name": intent, "confidence": confidence}, "entities": []}
    talk.run(action)
    return talk.texts


def _offered(talk: Talk) -> list[str]:
    return [button["payload"] for message in talk.said for button in message["buttons"]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("intent", [*PLAIN.split(), *STEERING.split(), *(f"worry_{w}" for w in WORRIES.split())])
def test_every_intent_has_an_answer_of_its_own_in_both_languages(site: PlayedSite, language: str, intent: str) -> None:
    talk = Talk(language)
    words = _say(talk, ActionReply(), intent)
    assert exists(f"utter_{intent}")
    assert words
    assert (language == "en") == words[0].isascii()


def test_first_worry_is_only_listened_to_and_the_second_brings_an_offer(site: PlayedSite) -> None:
    talk = Talk()
    _say(talk, ActionReply(), "worry_money")
    assert _offered(talk) == []
    _say(talk, ActionReply(), "worry_sleep")
    assert {"/start_intake", "/start_screening", "/ask_human"} <= set(_offered(talk))


def test_same_worry_told_again_is_not_answered_in_the_same_words(site: PlayedSite) -> None:
    talk = Talk()
    assert _say(talk, ActionReply(), "worry_money")[0] != _say(talk, ActionReply(), "worry_money")[0]


def test_bot_says_that_it_is_a_program(site: PlayedSite) -> None:
    assert "程序" in _say(Talk(), ActionReply(), "ask_who")[0]
    assert "program" in _say(Talk("en"), ActionReply(), "ask_who")[0]


def test_greeting_asks_whether_to_go_on_with_open_questions(site: PlayedSite) -> None:
    site.status = "open"
    talk = Talk()
    _say(talk, ActionReply(), "greet")
    assert _offered(talk) == ["/continue_screening", "/restart_screening", "/more_talk"]


@pytest.mark.parametrize("status", ["none", "complete"])
def test_greeting_offers_nothing_to_go_on_with_otherwise(site: PlayedSite, status: str) -> None:
    site.status = status
    talk = Talk()
    assert _say(talk, ActionReply(), "greet")
    assert _offered(talk) == []


def test_greeting_with_the_site_away_is_still_a_greeting(site: PlayedSite) -> None:
    site.away = True
    assert _say(Talk(), ActionReply(), "greet")


def test_old_button_after_an_interruption_offers_to_go_on(site: PlayedSite) -> None:
    talk = Talk()
    talk.slots["interrupted"] = "screening_form"
    _say(talk, ActionReply(), "answer")
    assert "/continue_screening" in _offered(talk)


def test_unsure_wish_raises_nothing_and_still_offers_a_person(site: PlayedSite) -> None:
    talk = Talk()
    _say(talk, ActionReply(), "crisis_wish", confidence=0.4)
    assert site.sent("/flags") == []
    assert "/ask_human" in _offered(talk)


def test_kept_answers_are_given_with_the_next_word_outside_the_form(site: PlayedSite) -> None:
    talk = Talk()
    talk.slots["unsent"], talk.slots["intake_unsent"] = {"phq-9.1": 2}, {"called": "王姐"}
    _say(talk, ActionReply(), "thanks")
    assert site.answers == {"phq-9.1": 2}
    assert site.intake == {"called": "王姐"}
    assert (talk.slots["unsent"], talk.slots["intake_unsent"]) == ({}, {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_misses_narrow_the_way_to_a_person(site: PlayedSite, language: str) -> None:
    talk, said = Talk(language), []
    for expected in (0, 5, 3, 3, 3):
        said += _say(talk, ActionRepair(), "nlu_fallback", f"呜啦{expected}{len(said)}")
        assert len(_offered(talk)) == expected
    assert len(set(said)) == len(said)
    assert _offered(talk)[0] == "/ask_human"


def test_understood_word_between_misses_begins_the_count_anew(site: PlayedSite) -> None:
    talk = Talk()
    _say(talk, ActionRepair(), "nlu_fallback")
    _say(talk, ActionReply(), "thanks")
    assert talk.slots["misses"] == 0


@pytest.mark.parametrize("exercise", ["breathing", "grounding"])
def test_exercise_opens_and_the_other_one_is_offered(site: PlayedSite, exercise: str) -> None:
    talk = Talk()
    _say(talk, ActionExercise(), exercise)
    assert (talk.said[0]["kind"], talk.said[0]["extra"]) == ("exercise", {"exercise": exercise})
    assert f"/{exercise}" not in _offered(talk)
    assert "/ask_human" in _offered(talk)


def test_wish_for_a_person_goes_to_the_site_and_the_bot_promises_nothing(site: PlayedSite) -> None:
    assert _say(Talk(), ActionAskHuman(), "ask_human") == []
    assert site.sent("/human-requests") == [{}]


def test_hours_are_the_words_of_the_site(site: PlayedSite) -> None:
    assert _say(Talk(), ActionHours(), "ask_hours") == [example("hours")["response"]["words"]]


@pytest.mark.parametrize("action", [ActionAskHuman, ActionHours, ActionLanguage])
def test_site_away_is_said_kindly(site: PlayedSite, action: Any) -> None:
    site.away = True
    assert len(_say(Talk(), action(), "switch_english")) == 1


@pytest.mark.parametrize(("intent", "language"), [("switch_english", "en"), ("switch_chinese", "zh-CN")])
def test_language_is_kept_by_the_site_and_spoken_at_once(site: PlayedSite, intent: str, language: str) -> None:
    words = _say(Talk("zh-CN" if language == "en" else "en"), ActionLanguage(), intent)
    assert site.sent("/language") == [{"language": language}]
    assert words[0].isascii() == (language == "en")


def _client(answer: httpx.Response | Exception) -> WebClient:
    def reply(_request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return WebClient(httpx.MockTransport(reply))


@pytest.mark.parametrize("status", [404, 409, 422])
def test_refusal_names_the_field(status: int) -> None:
    with pytest.raises(SiteRefused) as refused:
        asyncio.run(_client(httpx.Response(status, json={"error": "wrong_value", "field": "called"})).state("c"))
    assert (refused.value.error, refused.value.field) == ("wrong_value", "called")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, json={}),
        httpx.Response(502, text="<html>"),
        httpx.Response(401, json={"error": "token"}),
        httpx.Response(429, json={}),
        httpx.Response(200, text="not json"),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
    ],
    ids=lambda answer: str(getattr(answer, "status_code", type(answer).__name__)),
)
def test_everything_else_that_is_no_answer_is_the_site_being_away(answer: httpx.Response | Exception) -> None:
    with pytest.raises(SiteAway):
        asyncio.run(_client(answer).state("c"))


def test_every_request_carries_the_service_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUANYANG_BOT_TOKEN", "secret")
    seen: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, content=json.dumps({}))

    asyncio.run(WebClient(httpx.MockTransport(reply)).hours("en"))
    assert seen == ["Bearer secret"]


@pytest.mark.parametrize(
    ("ranking", "heard"),
    [
        ([("worry_family", 0.3), ("worry_child", 0.28)], True),
        ([("worry_family", 0.2), ("worry_child", 0.1)], False),
        ([("worry_family", 0.3), ("ask_hours", 0.29)], False),
        ([("worry_family", 0.9)], False),
    ],
)
def test_worry_that_could_be_one_of_two_kinds_is_heard_and_no_miss(
    site: PlayedSite, ranking: list[tuple[str, float]], heard: bool
) -> None:
    talk = Talk()
    talk._latest = {
        "text": "my son and I keep fighting",
        "intent": {"name": "nlu_fallback", "confidence": 0.25},
        "intent_ranking": [{"name": name, "confidence": sure} for name, sure in [("nlu_fallback", 0.25), *ranking]],
    }
    talk.said = []
    events = talk.run(ActionRepair())
    slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    assert (slots.get("worries_heard") == 1) is heard
    assert (slots["misses"] == 0) is heard


def _ways(talk: Talk) -> list[str]:
    return [way for message in talk.said for way in (message["extra"] or {}).get("ways", [])]


def test_complaint_points_to_where_the_base_answers_by_a_date(site: PlayedSite) -> None:
    talk = Talk()
    words = _say(talk, ActionReply(), "complaint")
    assert _ways(talk) == ["voices"]
    assert "写给基地" in words[0]


@pytest.mark.parametrize(("worry", "ways"), [("sleep", ["self-help:sleep"]), ("care", ["self-help:illness"])])
def test_exercise_is_offered_by_need_only_after_listening(site: PlayedSite, worry: str, ways: list[str]) -> None:
    talk = Talk()
    _say(talk, ActionReply(), f"worry_{worry}")
    assert _ways(talk) == []
    _say(talk, ActionReply(), f"worry_{worry}")
    assert _ways(talk) == ways


def test_who_is_being_hurt_is_not_sent_to_an_exercise(site: PlayedSite) -> None:
    talk = Talk()
    for _ in range(2):
        _say(talk, ActionReply(), "worry_violence")
    assert _ways(talk) == []
    assert "/ask_human" in _offered(talk)


def test_where_every_variation_was_said_lately_the_oldest_comes_again() -> None:
    for language in LANGUAGES:
        said: list[str] = []
        for turn in (0, 2, 4, 6, 8, 10, 12):
            said.insert(0, sentence("utter_screening_unclear", language, turn, said))
        assert len(set(said[:3])) == 3
        assert all(one != following for one, following in itertools.pairwise(said))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["？", "???", "？ ？"])
def test_question_marks_alone_are_answered_by_saying_it_more_simply(site: PlayedSite, language: str, text: str) -> None:
    words = _say(Talk(language), ActionRepair(), "nlu_fallback", text)
    assert words[0] in {sentence("utter_what_do_you_mean", language, turn) for turn in (0, 1)}
