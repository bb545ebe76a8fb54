"""What tells who wrote a sentence is taken out; what makes it a crisis stays."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.deidentify import Known, find, redact, streets_of

KNOWN = Known(names=("小芳", "An"), numbers=("139-0000-1111",), places=("安宁站", "和平路"))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("打我电话13812345678", "打我电话[电话]"),
        ("１３８ 1234-5678 打给我", "[电话] 打给我"),
        ("1\u200b38\u200b12345678 打给我", "[电话] 打给我"),
        ("+86 138 1234 5678 是我", "[电话] 是我"),
        ("家里0571-8765 4321没人接", "家里[电话]没人接"),
        ("幺三八零零一三八零零零零", "[号码]"),
        ("身份证11010519491231002X", "身份证[证件号]"),
        ("卡号6222 0212 3456 7890 123", "卡号[卡号]"),
        ("开着京A12345去的", "开着[车牌]去的"),
        ("写给 a.b@qq.com 了", "写给 [邮箱] 了"),
        ("我的帖子 https://x.cn/p/1?u=2 看看", "我的帖子 [链接] 看看"),
        ("微信号是abc_1234", "微信号是[账号]"),
        ("加我vx：ningning", "加我vx：[账号]"),
        ("QQ：12345678 找我", "QQ：[账号] 找我"),
        ("我1990年5月6日出生", "我[日期]出生"),
        ("生日是农历九月十四", "生日是[日期]"),
        ("住在和平路12号3栋2单元501室", "住在[地址]"),
        ("我家在三单元五号", "我家在[地址]"),
        ("我住幸福小区", "我住[地址]"),
        ("老家在王家村的河边", "老家在[地址]的河边"),
        ("在第一人民医院住院", "在[单位]住院"),
        ("在阳光小学上学", "在[单位]上学"),
        ("在富康公司上班", "在[单位]上班"),
        ("王老师说我没用", "[姓名]老师说我没用"),
        ("我叫张三丰想死", "我叫[姓名]想死"),
        ("小王打我", "[姓名]打我"),
        ("李建国打我", "[姓名]打我"),
        ("小芳不想活了", "[姓名]不想活了"),
        ("他的号13900001111", "他的号[电话]"),
        ("My name is Tom Smith, I live at 12 Baker Street", "My name is [name], I live at [address]"),
        ("Dr. Brown said so", "Dr. [name] said so"),
        ("wechat: ningning", "wechat: [account]"),
    ],
)
def test_what_tells_who_it_is_is_taken_out(written: str, told: str) -> None:
    assert redact(written, KNOWN) == told


@pytest.mark.parametrize(
    "words",
    [
        "走投无路了，不想活",
        "我站在12楼，风很大",
        "我吃了药被送去医院",
        "农药放在床底，今晚就喝",
        "明天15号就走，谢谢你们",
        "4月5号那天我割腕",
        "我欠了200000元还不上",
        "我女儿上小学，我死了她怎么办",
        "叫医生来也没用",
        "今天高三模考，曾经想死",
        "和高利贷的人打了一架",
        "我们小区没人知道我想死",
        "活着没意思，只有死路",
        "I want to die, and nobody would miss me",
        "wechat she is going to the sea",
        "I am 15 and I took 20 pills",
        "🔪💊",
        "",
    ],
)
def test_what_tells_nothing_stays_as_it_was(words: str) -> None:
    assert redact(words, KNOWN) == words


def test_known_latin_name_is_a_word_of_its_own() -> None:
    assert redact("An and another", KNOWN) == "[name] and another"


def test_known_name_of_one_sign_is_left_to_the_reader() -> None:
    assert redact("我不想活了", Known(names=("活",))) == "我不想活了"


def test_name_written_as_a_pattern_is_only_a_name() -> None:
    assert redact("a.*b 和 .* 想死", Known(names=(".*",))) == "a[姓名]b 和 [姓名] 想死"


def test_streets_of_our_own_address_are_found() -> None:
    assert streets_of("安宁区和平路12号") == ["和平路"]


@given(st.text(max_size=200))
def test_any_text_is_bounded_and_what_was_taken_out_is_not_found_again(text: str) -> None:
    found = find(text, KNOWN)
    assert all(0 <= one.start < one.stop <= len(text) for one in found)
    assert all(left.stop <= right.start for left, right in pairwise(found))


def test_ten_thousand_signs_of_any_kind_take_a_bounded_time() -> None:
    import time

    for sign in ("1", "1 ", "王", "路", "a.", "一二", "住幸", "@", "a@"):
        started = time.process_time()
        redact((sign * 10_000)[:10_000], KNOWN)
        assert time.process_time() - started < 5, sign
