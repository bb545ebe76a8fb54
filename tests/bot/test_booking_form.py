"""Booking in the chat: every answer is a tap, nothing is done before it was shown, and a refusal loses nothing."""

from __future__ import annotations

import pytest
from actions import booking_steps
from actions.booking_deeds import ENDS, GONE
from actions.wording import exists

from tests.bot.played_bookings import CODE, FRIDAY_AFTERNOON, TIMES
from tests.bot.talk import PlayedSite, Talk

FIRST, SECOND, THIRD, FOURTH, FIFTH = TIMES
BOOK, MOVE, CANCEL, SHIFT = "/book_appointment", "/move_appointment", "/cancel_appointment", "/my_shift"
THURSDAY = "11月26日（周四）下午2:00 · 李老师"


def at_times(site: PlayedSite, language: str = "zh-CN") -> Talk:
    """Return a conversation in which free times are shown."""
    site.bookings.english = language == "en"
    talk = Talk(language)
    talk.send(BOOK)
    talk.tap("Online" if language == "en" else "网上聊")
    return talk


def at_confirm(site: PlayedSite) -> Talk:
    """Return a conversation in which the first time waits for a yes."""
    talk = at_times(site)
    talk.tap(THURSDAY)
    return talk


def test_a_time_is_booked_with_four_taps_and_the_person_hears_what_comes_next(site: PlayedSite) -> None:
    talk = at_confirm(site)
    assert "11月26日（周四）下午2:00\n李老师\n网上聊" in talk.texts[0]
    assert site.bookings.at() == []
    talk.tap("就约这个")
    assert site.bookings.at() == [FIRST]
    assert "约好了" in talk.texts[0]
    assert "12356" in talk.texts[1]
    assert talk.form is None
    assert talk.titles == ["改时间", "取消预约", "接着说说"]


def test_the_same_in_english(site: PlayedSite) -> None:
    talk = at_times(site, "en")
    talk.tap("Thursday 26 November, 2:00 pm · Teacher Li")
    assert "Shall I book it?" in talk.texts[0]
    talk.tap("Yes, book it")
    assert site.bookings.at() == [FIRST]
    assert talk.texts[0].startswith("It is booked:\nThursday 26 November, 2:00 pm")


def test_four_times_then_later_then_another_day(site: PlayedSite) -> None:
    talk = at_times(site)
    assert len(talk.titles) == 8
    assert talk.titles[4:] == ["再看后面的", "换一天", "回上一题", "先停一停"]
    talk.tap("再看后面的")
    assert talk.titles[0] == "11月30日（周一）下午2:00 · 李老师"
    talk.tap("换一天")
    assert talk.titles[:3] == ["11月26日（周四）", "11月27日（周五）", "11月30日（周一）"]
    talk.tap("11月27日（周五）")
    assert talk.titles[0] == "11月27日（周五）上午9:00 · 李老师"


def test_a_choice_of_services_is_asked_and_one_way_of_meeting_is_not(site: PlayedSite) -> None:
    site.bookings.services = [1, 2]
    talk = Talk()
    talk.send(BOOK)
    talk.tap("家庭面谈")
    assert talk.titles[0] == THURSDAY


@pytest.mark.parametrize(
    ("words", "chosen"),
    [("第二个", SECOND), ("2", SECOND), ("上午九点", THIRD), ("周五上午十点半", FOURTH), ("the first one", FIRST)],
)
def test_a_shown_time_may_be_typed(site: PlayedSite, words: str, chosen: str) -> None:
    talk = at_times(site)
    talk.type(words)
    assert talk.slots["booking"]["chosen"] == chosen
    assert site.bookings.at() == []


@pytest.mark.parametrize(("words", "first"), [("周一", FIFTH), ("后天呢", THIRD), ("on monday please", FIFTH)])
def test_a_day_that_is_named_is_shown(site: PlayedSite, words: str, first: str) -> None:
    talk = at_times(site)
    talk.type(words)
    assert talk.slots["booking"]["slots"][0]["starts_at"] == first


def test_a_named_day_without_a_free_time_shows_the_days_that_have_one(site: PlayedSite) -> None:
    talk = at_times(site)
    talk.type("星期天")
    assert "那一天没有空了" in talk.texts[0]
    assert talk.titles[0] == "11月26日（周四）"


@pytest.mark.parametrize(
    "words",
    [
        "你帮我选",
        "您帮我选一个吧",
        "随便",
        "都行",
        "哪个都可以",
        "您看着办",
        "听你的",
        "any",
        "You choose.",
        "I don’t mind",
    ],
)
def test_whoever_leaves_the_choice_to_us_sees_the_first_time_and_books_nothing_yet(
    site: PlayedSite, words: str
) -> None:
    talk = at_times(site)
    talk.type(words)
    assert talk.slots["booking"]["step"] == "confirm"
    assert talk.slots["booking"]["chosen"] == FIRST
    assert "我先替您选一个" in talk.texts[0]
    assert site.bookings.at() == []


@pytest.mark.parametrize("words", ["随便", "you choose"])
def test_the_choice_of_the_way_may_be_left_to_us_and_a_yes_may_not(site: PlayedSite, words: str) -> None:
    talk = Talk()
    talk.send(BOOK)
    talk.type(words)
    assert talk.slots["booking"]["mode"] == "offline"
    talk.tap(THURSDAY)
    talk.type(words)
    assert site.bookings.at() == []
    assert talk.slots["booking"]["step"] == "confirm"


@pytest.mark.parametrize(
    ("words", "first"),
    [("周五下午", FRIDAY_AFTERNOON), ("friday afternoon", FRIDAY_AFTERNOON), ("周四下午", FIRST), ("明天下午呢", FIRST)]
    + [("上午的", THIRD), ("in the morning", THIRD), ("下午", FIRST), ("星期五上午", THIRD), ("周一下午3点", FIFTH)],
)
def test_a_part_of_the_day_is_kept_to(site: PlayedSite, words: str, first: str) -> None:
    site.bookings.free = sorted([*TIMES, FRIDAY_AFTERNOON])
    talk = at_times(site)
    talk.type(words)
    shown = [slot["starts_at"] for slot in talk.slots["booking"]["slots"]]
    assert shown[0] == first
    assert len({at[:10] for at in shown}) == 1


@pytest.mark.parametrize("words", ["周五晚上", "friday evening", "周四早上"])
def test_a_part_of_the_day_without_a_free_time_is_said_and_never_silently_another(site: PlayedSite, words: str) -> None:
    talk = at_times(site)
    talk.type(words)
    assert talk.texts[0] == "这个时段没有空了。下面这些时间还有。"
    assert talk.slots["booking"]["slots"][0]["starts_at"] in (FIRST, THIRD)


@pytest.mark.parametrize("words", ["周四不行", "不要第一个", "大概吧", "都差不多", "第九十个"])
def test_unclear_words_choose_nothing(site: PlayedSite, words: str) -> None:
    talk = at_times(site)
    talk.type(words)
    assert talk.slots["booking"]["chosen"] is None
    assert talk.titles[0] == THURSDAY


@pytest.mark.parametrize("words", ["可以", "好的", "Yes"])
def test_a_typed_yes_books(site: PlayedSite, words: str) -> None:
    at_confirm(site).type(words)
    assert site.bookings.at() == [FIRST]


@pytest.mark.parametrize("words", ["不可以", "我再想想", "好像不行", "not yet"])
def test_anything_but_a_yes_books_nothing(site: PlayedSite, words: str) -> None:
    at_confirm(site).type(words, "affirm", 0.4)
    assert site.bookings.at() == []


@pytest.mark.parametrize("error", sorted(GONE))
def test_a_time_that_is_gone_leads_to_the_next_ones(site: PlayedSite, error: str) -> None:
    talk = at_confirm(site)
    site.bookings.refuse, site.bookings.refuse_takes = error, [FIRST]
    talk.tap("就约这个")
    assert "刚刚被约走了" in talk.texts[0]
    talk.tap("11月26日（周四）下午3:00 · 李老师")
    talk.tap("就约这个")
    assert site.bookings.at() == [SECOND]


def test_an_own_clash_is_called_by_its_name(site: PlayedSite) -> None:
    talk = at_confirm(site)
    site.bookings.refuse = "already_booked"
    talk.tap("就约这个")
    assert "已经有别的安排" in talk.texts[0]
    assert talk.form == "booking_form"


@pytest.mark.parametrize("error", [*sorted(ENDS), "something_new"])
def test_a_refusal_that_ends_it_offers_a_person(site: PlayedSite, error: str) -> None:
    talk = at_confirm(site)
    site.bookings.refuse = error
    talk.tap("就约这个")
    assert talk.form is None
    assert "找工作人员" in talk.titles


def test_an_answer_that_was_lost_books_once(site: PlayedSite) -> None:
    talk = at_confirm(site)
    site.bookings.lose_answer = True
    talk.tap("就约这个")
    assert "我先留着" in talk.texts[0]
    talk.tap("就约这个")
    assert site.bookings.at() == [FIRST]
    assert talk.form is None


def test_another_time_after_a_lost_answer_does_not_book_twice(site: PlayedSite) -> None:
    talk = at_confirm(site)
    site.bookings.lose_answer = True
    talk.tap("就约这个")
    talk.tap("换个时间")
    talk.tap("11月26日（周四）下午3:00 · 李老师")
    talk.tap("就约这个")
    assert site.bookings.at() == [FIRST]
    assert "前面那次其实已经约上了" in talk.texts[0]


def test_without_a_free_time_there_is_a_list_and_a_person(site: PlayedSite) -> None:
    site.bookings.free = []
    talk = at_times(site)
    assert talk.titles[:3] == ["排候补", "找工作人员", "换个方式"]
    talk.tap("排候补")
    assert site.bookings.waiting == [{"service": 1, "mode": "online"}]
    assert talk.form is None


def test_without_a_service_a_person_is_offered(site: PlayedSite) -> None:
    site.bookings.services = []
    talk = Talk()
    talk.send(BOOK)
    assert talk.form is None
    assert "找工作人员" in talk.titles


def test_the_site_away_at_the_start_is_said(site: PlayedSite) -> None:
    site.away = True
    talk = Talk()
    talk.send(BOOK)
    assert talk.form is None
    assert "有点卡" in talk.texts[0]


@pytest.mark.parametrize(("agreed", "form"), [(None, None), (False, None), (True, "booking_form")])
def test_a_child_under_14_books_once_a_grown_up_agreed(site: PlayedSite, agreed: bool | None, form: str | None) -> None:
    site.age_band, site.guardian = "under-14", agreed
    talk = Talk()
    talk.send(BOOK)
    assert talk.form == form


def test_an_old_button_answers_nothing(site: PlayedSite) -> None:
    talk = at_times(site)
    talk.send('/answer{"item": "mode", "value": "phone"}')
    talk.send('/answer{"item": "confirm", "value": true}')
    assert talk.slots["booking"]["mode"] == "online"
    assert site.bookings.at() == []


@pytest.mark.parametrize("value", ['"2030-01-01T00:00:00+00:00"', "7", "null", "true", '["x"]', '{"a": 1}'])
def test_a_time_that_was_never_shown_is_not_taken(site: PlayedSite, value: str) -> None:
    talk = at_times(site)
    talk.send(f'/answer{{"item": "time", "value": {value}}}')
    assert talk.slots["booking"]["chosen"] is None
    assert talk.form == "booking_form"


@pytest.mark.parametrize("step", ["mode", "time", "confirm"])
def test_stop_at_every_step_books_nothing_and_can_be_gone_on_with(site: PlayedSite, step: str) -> None:
    talk = Talk()
    talk.send(BOOK)
    if step != "mode":
        talk.tap("网上聊")
    if step == "confirm":
        talk.tap(THURSDAY)
    talk.tap("先停一停")
    assert (talk.form, site.bookings.at()) == (None, [])
    talk.tap("接着约")
    assert talk.slots["booking"]["step"] == step


def test_going_on_shows_the_times_as_they_are_now(site: PlayedSite) -> None:
    talk = at_confirm(site)
    talk.tap("先停一停")
    site.bookings.free.remove(FIRST)
    talk.tap("接着约")
    assert talk.slots["booking"]["step"] == "time"
    assert talk.titles[0] == "11月26日（周四）下午3:00 · 李老师"


def test_back_goes_from_question_to_question(site: PlayedSite) -> None:
    site.bookings.services = [1, 2]
    talk = Talk()
    talk.send(BOOK)
    talk.tap("一对一面谈")
    talk.tap("网上聊")
    talk.tap(THURSDAY)
    steps = []
    for _ in range(4):
        talk.send("/go_back")
        steps.append(talk.slots["booking"]["step"])
    assert steps == ["time", "mode", "service", "service"]


def test_skip_chooses_for_the_person_and_never_books(site: PlayedSite) -> None:
    talk = Talk()
    talk.send(BOOK)
    talk.send("/skip")
    talk.send("/skip")
    assert talk.slots["booking"]["step"] == "confirm"
    talk.send("/skip")
    assert "得您自己定" in talk.texts[0]
    assert site.bookings.at() == []


@pytest.mark.parametrize("step", ["mode", "time", "confirm"])
@pytest.mark.parametrize("intent", ["ask_human", "ask_hours", "ask_privacy", "worry_money", "my_appointment"])
def test_a_question_aside_is_answered_and_the_open_one_asked_again(site: PlayedSite, step: str, intent: str) -> None:
    talk = Talk()
    talk.send(BOOK)
    if step != "mode":
        talk.tap("网上聊")
    if step == "confirm":
        talk.tap(THURSDAY)
    before = talk.titles
    talk.type("（说了别的）", intent, 0.9)
    assert talk.slots["booking"]["step"] == step
    assert talk.titles == before
    assert len(site.sent("/human-requests")) == (intent == "ask_human")


def test_the_other_language_speaks_from_this_turn_on_and_loses_nothing(site: PlayedSite) -> None:
    talk = at_confirm(site)
    talk.type("speak english please", "switch_english", 0.9)
    assert "Thursday 26 November, 2:00 pm" in talk.texts[-1]
    assert "Yes, book it" in talk.titles


def test_three_misses_end_at_a_person(site: PlayedSite) -> None:
    talk = at_times(site)
    said = [talk.type("叽里咕噜")[0] for _ in range(3)]
    assert len(set(said)) == 3
    assert any("工作人员" in button["title"] for message in talk.said for button in message["buttons"])


def test_never_mind_while_booking_is_a_stop(site: PlayedSite) -> None:
    talk = at_times(site)
    talk.type("算了不约了吧", "cancel_appointment", 0.9)
    assert talk.form is None


def test_moving_shows_the_old_time_and_keeps_it_until_the_yes(site: PlayedSite) -> None:
    site.bookings.have(FIFTH)
    talk = Talk()
    talk.send(MOVE)
    assert "11月30日（周一）下午2:00" in talk.texts[0]
    talk.tap(THURSDAY)
    assert site.bookings.at() == [FIFTH]
    talk.tap("就改到这个")
    assert site.bookings.at() == [FIRST]
    assert "改好了" in talk.texts[0]


def test_a_move_that_is_refused_leaves_the_old_time(site: PlayedSite) -> None:
    site.bookings.have(FIFTH)
    talk = Talk()
    talk.send(MOVE)
    talk.tap(THURSDAY)
    site.bookings.refuse, site.bookings.refuse_takes = "occupied", [FIRST]
    talk.tap("就改到这个")
    assert site.bookings.at() == [FIFTH]
    assert "刚刚被约走了" in talk.texts[0]


def test_of_several_appointments_one_is_asked_for(site: PlayedSite) -> None:
    site.bookings.have(FIRST)
    site.bookings.have(FIFTH)
    talk = Talk()
    talk.send(CANCEL)
    talk.tap("11月30日（周一）下午2:00 · 李老师")
    talk.tap("确定取消")
    assert site.bookings.at() == [FIRST]


@pytest.mark.parametrize("start", [MOVE, CANCEL])
@pytest.mark.parametrize("several", [False, True])
def test_too_late_is_said_with_what_to_do_and_nothing_changes(site: PlayedSite, start: str, several: bool) -> None:
    site.bookings.have(FIRST, changeable=False)
    talk = Talk()
    if several:
        site.bookings.have(FIFTH)
        talk.send(start)
        talk.tap(THURSDAY)
    else:
        talk.send(start)
    assert "约的还在" in talk.texts[-1]
    assert "找工作人员" in talk.titles
    assert talk.form is None
    assert FIRST in site.bookings.at()


@pytest.mark.parametrize("start", [MOVE, CANCEL])
def test_without_an_appointment_booking_is_offered(site: PlayedSite, start: str) -> None:
    talk = Talk()
    talk.send(start)
    assert talk.form is None
    assert talk.titles[0] == "约个时间"


def test_cancelling_asks_once(site: PlayedSite) -> None:
    site.bookings.have(FIRST, mode="offline")
    talk = Talk()
    talk.send(CANCEL)
    assert site.bookings.at() == [FIRST]
    talk.tap("确定取消")
    assert site.bookings.at() == []
    assert "取消了" in talk.texts[0]


@pytest.mark.parametrize("title", ["不取消了", "先停一停"])
def test_not_cancelling_keeps_it(site: PlayedSite, title: str) -> None:
    site.bookings.have(FIRST)
    talk = Talk()
    talk.send(CANCEL)
    talk.tap(title)
    assert (talk.form, site.bookings.at()) == (None, [FIRST])


@pytest.mark.parametrize(("words", "left"), [("取消", []), ("不取消", [FIRST]), ("别取消了", [FIRST])])
def test_the_typed_word_is_read_with_its_not(site: PlayedSite, words: str, left: list[str]) -> None:
    site.bookings.have(FIRST)
    talk = Talk()
    talk.send(CANCEL)
    talk.type(words, "cancel_appointment", 0.9)
    assert site.bookings.at() == left


def test_cancelling_may_become_moving(site: PlayedSite) -> None:
    site.bookings.have(FIFTH)
    talk = Talk()
    talk.send(CANCEL)
    talk.tap("不取消，改时间")
    talk.tap(THURSDAY)
    talk.tap("就改到这个")
    assert site.bookings.at() == [FIRST]


@pytest.mark.parametrize("typed", [CODE, CODE.lower(), CODE.replace("-", " "), f"我的口令是 {CODE}"])
def test_a_volunteer_hears_the_next_shift_for_the_code(site: PlayedSite, typed: str) -> None:
    talk = Talk()
    talk.send(SHIFT)
    talk.type(typed)
    assert "3月4日（周三）上午9:00到中午12:00\n前台接待\n城阳街道站" in talk.texts[0]
    assert talk.form is None


def test_a_wrong_code_is_said_and_asked_for_again(site: PlayedSite) -> None:
    talk = Talk()
    talk.send(SHIFT)
    talk.type("AAAA-AAAA-AAA2")
    assert "对不上" in talk.texts[0]
    assert talk.form == "booking_form"


def test_no_shift_ahead_is_said(site: PlayedSite) -> None:
    site.bookings.has_shift = False
    talk = Talk()
    talk.send(SHIFT)
    talk.type(CODE)
    assert "没有排着的班" in talk.texts[0]


@pytest.mark.parametrize("words", ["我是小王", "what time then", "13900000000"])
def test_words_that_are_no_code_are_not_sent_to_the_site(site: PlayedSite, words: str) -> None:
    talk = Talk()
    talk.send(SHIFT)
    talk.type(words)
    assert site.sent("/shift-codes") == []


def test_every_question_of_a_booking_is_written() -> None:
    names = {f"utter_ask_booking_{step}" for step in booking_steps.STEPS}
    names |= {f"utter_ask_booking_{step}_move" for step in ("time", "confirm")}
    names |= {f"utter_booking_next_{mode}" for mode in ("offline", "online", "phone")}
    assert [name for name in names if not exists(name)] == []
