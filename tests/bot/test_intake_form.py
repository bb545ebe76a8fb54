"""The intake: each answer reaches the site before the next question, and every question can be left."""

from __future__ import annotations

import pytest
from actions import intake_steps

from tests.bot.talk import PlayedSite, Talk, skip_to


def test_first_question_is_what_to_call_the_person(begun: Talk) -> None:
    assert "称呼" in begun.texts[-1]
    assert intake_steps.open_step(begun.slots["intake"]) == "called"


def test_each_answer_is_stored_before_the_next_question(begun: Talk, site: PlayedSite) -> None:
    begun.type("叫我王姐吧")
    assert site.sent("/intake") == [{"called": "王姐"}]
    begun.tap(begun.titles[3])
    assert site.sent("/intake")[-1] == {"age_band": "60-plus"}


@pytest.mark.parametrize(
    ("typed", "band"),
    [
        ("65", "60-plus"),
        ("我六十五", "60-plus"),
        ("六十多了", "60-plus"),
        ("快六十了", "18-59"),
        ("不到十四", "under-14"),
        ("我三岁", "under-14"),
        ("我有三个孩子，四十五岁", "18-59"),
        ("sixty-five", "60-plus"),
        ("nearly eighteen", "14-17"),
        ("I have 3 kids and am 45", "18-59"),
        ("put me as 20, I am actually 13", None),
        ("1958", None),
        ("属狗的", None),
        ("今年 16 岁", "14-17"),
        ("13岁", "under-14"),
        ("35", "18-59"),
        ("500", None),
    ],
)
def test_age_is_read_as_people_say_it_and_never_guessed(typed: str, band: str | None) -> None:
    assert intake_steps.read("age_band", typed) == band


@pytest.mark.parametrize("typed", ["13900000000", "+86 139 0000 0000", "0532-8888 0000", "１３９００００００００"])
def test_phone_numbers_of_many_shapes_are_taken(typed: str) -> None:
    assert intake_steps.read("emergency_phone", typed)


@pytest.mark.parametrize("typed", ["abc", "12", "我女儿的", "139-abc-0000", "1" * 30])
def test_what_is_no_phone_number_is_not_taken(typed: str) -> None:
    assert intake_steps.read("emergency_phone", typed) is None


@pytest.mark.parametrize("step", [step for step in intake_steps.order({}) if step != "guardian_consent"])
def test_every_question_can_be_skipped(begun: Talk, step: str) -> None:
    skip_to(begun, step)
    begun.send("/skip")
    assert step in begun.slots["intake"]


@pytest.mark.parametrize("step", intake_steps.order({}))
def test_every_question_can_be_stopped_and_nothing_is_lost(begun: Talk, step: str) -> None:
    skip_to(begun, step)
    begun.send("/stop")
    assert begun.form is None
    begun.send("/start_intake")
    assert intake_steps.open_step(begun.slots["intake"]) == step


@pytest.mark.parametrize("step", intake_steps.order({}))
def test_a_person_can_be_asked_for_at_every_question(begun: Talk, site: PlayedSite, step: str) -> None:
    skip_to(begun, step)
    begun.send("/ask_human")
    assert len(site.sent("/human-requests")) == 1
    assert intake_steps.open_step(begun.slots["intake"]) == step
    assert begun.form == "intake_form"


def test_going_back_asks_the_earlier_question_again(begun: Talk, site: PlayedSite) -> None:
    begun.type("王姐")
    begun.type("返回")
    assert intake_steps.open_step(begun.slots["intake"]) == "called"
    begun.type("老王")
    assert site.sent("/intake")[-1] == {"called": "老王"}


def test_going_back_from_the_first_question_says_so_and_asks_again(begun: Talk) -> None:
    begun.type("返回")
    assert len(begun.texts) == 2
    assert "称呼" in begun.texts[-1]


def test_old_button_does_not_answer_the_open_question(begun: Talk, site: PlayedSite) -> None:
    begun.send('/answer{"item": "urgency", "value": "now"}')
    assert site.sent("/intake") == []
    assert intake_steps.open_step(begun.slots["intake"]) == "called"


def test_worry_may_be_told_in_own_words(begun: Talk, site: PlayedSite) -> None:
    skip_to(begun, "worries")
    begun.type("这个月钱又不够花", "worry_money", 0.6)
    assert site.sent("/intake")[-1] == {"worries": ["money"]}


def test_station_may_be_typed(begun: Talk, site: PlayedSite) -> None:
    skip_to(begun, "station")
    begun.type("我在流亭街道站旁边")
    assert site.sent("/intake")[-1] == {"station": "s2"}


def test_story_is_kept_whole_whatever_it_sounds_like(begun: Talk, site: PlayedSite) -> None:
    skip_to(begun, "story")
    story = "你们这里是干什么的我也不知道，反正我儿子不理我"
    begun.type(story, "ask_what", 0.95)
    assert site.sent("/intake")[-1] == {"story": story}


def test_plain_question_is_not_taken_for_a_name(begun: Talk, site: PlayedSite) -> None:
    begun.type("你是真人吗", "ask_who", 0.95)
    assert site.sent("/intake") == []
    assert "程序" in begun.texts[0]
    assert "称呼" in begun.texts[-1]


def test_unsure_classifier_does_not_take_a_name_away(begun: Talk, site: PlayedSite) -> None:
    begun.type("海燕", "ask_who", 0.5)
    assert site.sent("/intake") == [{"called": "海燕"}]


def test_child_is_asked_for_a_grown_ups_agreement(begun: Talk) -> None:
    begun.type("小宝")
    begun.type("12岁")
    assert intake_steps.open_step(begun.slots["intake"]) == "guardian_consent"


def test_child_without_agreement_is_asked_nothing_more(begun: Talk, site: PlayedSite) -> None:
    begun.type("小宝")
    begun.type("12岁")
    begun.type("没有")
    assert begun.form is None
    assert site.intake["guardian_consent"] is False
    assert "/ask_human" in [button["payload"] for button in begun.said[-1]["buttons"]]


def test_skipping_a_grown_ups_agreement_is_having_none(begun: Talk, site: PlayedSite) -> None:
    begun.type("小宝")
    begun.type("12岁")
    begun.send("/skip")
    assert begun.form is None
    assert site.intake["guardian_consent"] is False


def test_grown_up_is_never_asked_for_a_guardian(begun: Talk) -> None:
    begun.type("王姐")
    begun.type("65")
    assert "guardian_consent" not in intake_steps.order(begun.slots["intake"])


def test_emergency_contact_goes_as_a_whole_at_the_end(begun: Talk, site: PlayedSite) -> None:
    skip_to(begun, "emergency_contact")
    begun.send('/answer{"item": "emergency_contact", "value": true}')
    begun.type("小李")
    begun.type("abc")
    assert intake_steps.open_step(begun.slots["intake"]) == "emergency_phone"
    begun.type("13900000000")
    assert "emergency_contact" not in site.intake
    begun.type("女儿")
    assert site.intake["emergency_contact"] == {"name": "小李", "phone": "13900000000", "relation": "女儿"}
    assert site.intake["completed"] is True


def test_declined_contact_is_told_as_declined(begun: Talk, site: PlayedSite) -> None:
    skip_to(begun, "emergency_contact")
    begun.send('/answer{"item": "emergency_contact", "value": false}')
    assert site.intake["emergency_contact"] is None
    assert site.intake["completed"] is True


def test_phone_refused_by_the_site_is_asked_again(begun: Talk, site: PlayedSite) -> None:
    site.refuse_phone = True
    skip_to(begun, "emergency_contact")
    begun.send('/answer{"item": "emergency_contact", "value": true}')
    for words in ("小李", "13900000000", "女儿"):
        begun.type(words)
    assert begun.form == "intake_form"
    assert intake_steps.open_step(begun.slots["intake"]) == "emergency_phone"


def test_site_away_keeps_the_answer_and_offers_it_again(begun: Talk, site: PlayedSite) -> None:
    site.away = True
    begun.type("王姐")
    assert begun.form == "intake_form"
    assert begun.texts
    site.away = False
    begun.type("65")
    assert site.sent("/intake")[-1] == {"called": "王姐", "age_band": "60-plus"}


def test_third_miss_offers_a_person(begun: Talk) -> None:
    skip_to(begun, "urgency")
    firsts = [begun.type("嗯哼哼")[0] for _ in range(3)]
    assert len(set(firsts)) == 3
    assert [button["payload"] for button in begun.said[0]["buttons"]][:1] == ["/ask_human"]


def test_finished_intake_is_not_asked_again(begun: Talk) -> None:
    while begun.form:
        begun.send("/skip")
    begun.send("/start_intake")
    assert begun.form is None
    assert begun.texts


def test_what_the_site_knows_is_not_asked_again() -> None:
    known = intake_steps.known({"called": "王姐", "worries": ["money"], "consents": {"care": True}}, "60-plus")
    assert intake_steps.open_step(known) == "station"
    assert "consent_care" in known


def test_language_can_be_switched_in_the_middle(begun: Talk, site: PlayedSite) -> None:
    begun.type("can we speak english", "switch_english", 0.9)
    assert site.sent("/language") == [{"language": "en"}]
    assert begun.texts[-1].isascii()
    assert begun.form == "intake_form"
