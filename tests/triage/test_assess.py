"""What a message says decides how soon a person looks."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from triage import assess as assess_module
from triage.assess import assess
from triage.levels import Level
from triage.reasons import LANGUAGES, reason_ids, reason_text

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("我不想活了", Level.RED), ("我想死", Level.RED), ("想死", Level.ORANGE), ("自鲨", Level.ORANGE),
        ("zs", Level.ORANGE), ("自 杀", Level.ORANGE), ("我想自.杀", Level.RED), ("活着没意思", Level.ORANGE),
        ("药已经吃了一瓶", Level.EMERGENCY), ("站在楼顶", Level.EMERGENCY), ("最后一次跟你说话了", Level.RED),
        ("我想消失", Level.ORANGE), ("我又自残了", Level.ORANGE), ("我爸又打我了", Level.RED),
        ("有个声音让我杀了他", Level.RED), ("我想杀了他", Level.RED), ("我想自殺", Level.RED),
        ("kill myself", Level.RED),
        ("took all my pills", Level.EMERGENCY), ("I'm a burden to my family", Level.ORANGE),
    ],
)  # fmt: skip
def test_crisis_is_at_least_at_its_level(text: str, level: Level) -> None:
    assert assess(text).level.is_at_least(level)


@pytest.mark.parametrize(
    "text",
    ["笑死我了", "死机", "杀进程", "想死你了", "累死了", "this traffic is killing me", "今天天气真好", "低保怎么申请",
     "",
     "kill the process", "我没有想过自杀", "I don't want to kill myself", "跳楼价大甩卖", "打死我也不去"],
)  # fmt: skip
def test_everyday_words_raise_no_alarm(text: str) -> None:
    assert not assess(text).level.is_at_least(Level.ORANGE)


@pytest.mark.parametrize(
    "text", ["我吃了双倍的药怎么办", "吃了两倍剂量的药，怎么办", "I took double my pills, what do I do"]
)
def test_a_double_dose_is_urgent_in_both_languages(text: str) -> None:
    assert assess(text).level.is_at_least(Level.ORANGE)


@pytest.mark.parametrize("text", ["这个月花了双倍的药费", "双倍积分怎么领", "医生让我吃双倍的药"])
def test_a_double_bill_is_no_overdose(text: str) -> None:
    assert not assess(text).level.is_at_least(Level.ORANGE)


def test_a_denial_silences_its_own_clause_only() -> None:
    assert assess("我没有想自杀").level is Level.GREEN
    assert assess("我没有想自杀，但是活着真的没意思").level.is_at_least(Level.ORANGE)
    assert assess("没有人知道我想死").level.is_at_least(Level.RED)


def test_a_denial_is_shown() -> None:
    assert "denies" in assess("我没有想自杀").reasons


def test_an_idiom_never_hides_a_wish_beside_it() -> None:
    assert assess("累死了，我想死").level.is_at_least(Level.RED)
    assert assess("笑死我了哈哈，今晚就自杀").level.is_at_least(Level.RED)


def test_another_person_at_risk_is_raised_as_such() -> None:
    found = assess("我朋友说他想自杀")
    assert found.level.is_at_least(Level.ORANGE)
    assert "third_party" in found.tiers


def test_a_failure_inside_asks_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def _broken(text: str) -> str:
        raise RuntimeError("broken")

    monkeypatch.setattr(assess_module, "normalise", _broken)
    found = assess("你好")
    assert found.human_today
    assert found.reasons == ("could_not_assess",)


@pytest.mark.parametrize(
    "text",
    ["", " ", "死", "🔪💊" * 50, "\u200b\u202e\x00", "A" * 10_000, "想死" * 5_000, "我不" * 5_000, "死，" * 5_000,
     "1381234" * 1_400, "我想要去跳" * 2_000, "<script>alert(1)</script>" * 300, "how many pills to " * 600],
)  # fmt: skip
def test_strange_input_ends_in_bounded_time(text: str) -> None:
    assess("暖身")
    started = time.process_time()
    found = assess(text)
    # Ten times the design's 20 ms, because the test machine is shared; the bench measures the real bound.
    assert time.process_time() - started < 0.2
    assert 0.0 <= found.score <= 1.0


@pytest.mark.parametrize(
    ("filler", "cry"),
    [
        ("今天去了菜市场，买了豆腐和青菜，", "今晚我就从楼顶跳下去，"),
        ("we went to the market and bought some greens, ", "i am going to kill myself tonight, "),
        ("1381234 and 88 boxes of green tea\n", "i took all my pills\n"),
    ],
)
def test_one_sentence_in_the_middle_of_ten_thousand_signs_is_found(filler: str, cry: str) -> None:
    around = filler * (5_000 // len(filler))
    assert not assess(around + around).human_now
    assert assess(around + cry + around).human_now


def test_every_reason_has_words_in_both_languages() -> None:
    for reason in reason_ids():
        assert len({reason_text(reason, language) for language in LANGUAGES} - {reason}) == 2
    assert reason_text("says_goodbye", "zh-CN") == "像是在告别"
    assert reason_text("no such reason", "en") == "no such reason"


def test_reasons_given_are_reasons_known() -> None:
    for text in ("我不想活了", "我朋友想自杀", "以前我割过腕", "我没想死", "歌词里说想死"):
        assert set(assess(text).reasons) <= set(reason_ids())


def test_import_needs_only_the_standard_library() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import triage.assess; triage.assess.assess('我想死');"
        "assert not {'numpy','sklearn','yaml','scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-S", "-c", script, str(_ROOT)], check=True)


def test_a_threat_told_over_several_messages_is_read_as_one() -> None:
    earlier = ("我把药片都倒在桌上了", "手里有一把刀")
    alone, together = assess("我想划下去"), assess("看着它就想结束了", previous=earlier)
    assert together.level.is_at_least(Level.RED)
    assert together.level.rank >= alone.level.rank
    assert not assess("晚上吃什么", previous=("今天下雨了", "我买了菜")).level.is_at_least(Level.ORANGE)


def test_just_kidding_lowers_nothing() -> None:
    taken_back = assess("开玩笑的啦", previous=("我今晚就去死",))
    assert taken_back.level.is_at_least(Level.RED)
    assert "earlier_alarm" in taken_back.reasons
    assert assess("开玩笑的啦", previous=("今天天气真好",)).level is Level.GREEN


def test_a_denial_after_an_alarm_is_shown_and_not_obeyed() -> None:
    denied = assess("我没有想自杀", previous=("我准备今晚跳楼",))
    assert denied.level.is_at_least(Level.RED)
    assert {"denies", "earlier_alarm"} <= set(denied.reasons)


def test_a_child_who_is_hurt_is_always_for_a_person_now() -> None:
    found = assess("我今年十岁，后妈不给我饭吃")
    assert found.human_now
    assert "child_speaks" in found.reasons
    assert "child_speaks" not in assess("我今年十岁，今天学会骑车了").reasons


def test_a_song_and_a_course_are_not_read_as_a_wish() -> None:
    for text in ("歌词里写着我想死", "社区有预防自杀的讲座吗"):
        assert not assess(text).human_now
    assert assess("这首歌唱的就是我，我想死").human_now


def test_taking_back_never_lowers_the_message_itself() -> None:
    found = assess("我今晚就自杀，开玩笑的", previous=("活着没意思",))
    assert found.level.is_at_least(Level.RED)
