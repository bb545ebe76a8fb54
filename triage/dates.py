"""Years, decades and "years since": what happened then is past, as long as nothing in the message is of the present.

Only years before 2020 count, so that no clock need be read. Chinese verbs know no tense and a date says little about a
wish beside it, so the words found must themselves stand in the past ("想过", "差点"); and one word of the present
anywhere in the message, or something that began then and goes on, and no date counts.
"""

from __future__ import annotations

import re

_DATE = re.compile(
    r"(?<![从自到\d])(?:(?:19\d\d|20[01]\d)年|(?:[一二三四五六七八九几两]?十[一二三四五六七八九几多来]?|[1-9]0多?)年前|"
    r"[五六七八九]十年代|[5-9]0年代|上个?世纪)"
    r"|\b(?:back )?in (?:19\d\d|20[01]\d|the (?:early |mid |late )?"
    r"(?:(?:19)?[5-9]0s|(?:fift|sixt|sevent|eight|ninet)ies))\b"
    r"|\byears since\b|\bdecades ago\b"
)
# A line without one of these holds no date, and is spared the search that looks at every sign.
_MARK = re.compile("年(?:[前代]|(?<=[0-9]年))|世纪|in (?:19|20|the )|years since|decades")
_ONLY_A_DATE = re.compile(
    rf"(?:大概|大约|好像|那|是|就|在|it was |that was |this was |way |about )*(?:{_DATE.pattern})"
    r"(?:的?时候|那会儿?|那时候?|那阵子?|左右|吧|了|的事)?"
)
# What is of the present or goes on. The first signs spare most messages the search.
_PRESENT = re.compile(
    r"现在|今[天晚夜年早]|明[天晚早]|昨[天晚夜]|最近|这[几两]?[天次回周月]|如今|还[是会有在想没]|又|依然|仍|一直|每[天晚]|马上|刚[才刚]?|正在|"
    r"开始|以来|至今|到如今|越来越|从此|打算|准备|决定|再也|总是|老是|想(?!过|起|到|开|通)|"
    r"\b(?:now|again|still|tonight|today|tomorrow|yesterday|lately|recently|want|wanna|gonna|going|will|ill|need|wish|"
    r"hope|cant|cannot|feel|keep|am|im|is|are|have|ive|has|do|dont|ever since|since then|this|every|always)\b"
)
_IN_THE_PAST_ZH = re.compile(r"过(?!来|得|不|去)|差一?点|曾")
_IN_THE_PAST_EN = re.compile(
    r"\b(?:tried|wanted|was|were|had|took|cut|jumped|attempted|thought|hurt|felt|planned|did|used|overdosed|swallowed)\b"
)


def has_date(plain: str) -> bool:
    """Tell whether a date that is long past stands in the text."""
    return bool(_MARK.search(plain)) and any(_DATE.search(line) for line in plain.split("\n") if _MARK.search(line))


def is_only_a_date(clause: str) -> bool:
    """Tell whether a clause says when and nothing else: then it dates the next one."""
    return bool(_ONLY_A_DATE.fullmatch(clause))


def is_of_the_present(plain: str) -> bool:
    """Tell whether anything in the text, taken without its words of recovery, is of the present or goes on."""
    return bool(_PRESENT.search(plain))


def stands_in_the_past(text: str, start: int, end: int) -> bool:
    """Tell whether the words found between two places of a clause are told in the past."""
    return bool(
        _IN_THE_PAST_ZH.search(text[max(0, start - 3) : end + 2])
        or _IN_THE_PAST_EN.search(text[max(0, start - 24) : end])
    )
