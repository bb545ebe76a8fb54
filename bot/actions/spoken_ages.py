"""Reads an age as people say it: 65, 六十五, 快六十了, sixty-five, 七十多, not yet fourteen."""

from __future__ import annotations

import re

YOUNGEST, OLDEST = 3, 120
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_ROUND = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = {word: value for value, word in enumerate(_SMALL)}
_TENS = {word: value * 10 for value, word in enumerate(_ROUND, start=2)}
_FIGURES = re.compile(r"(?<![\d.])\d{1,3}(?![\d.])")
_CHINESE = re.compile(
    r"一百(?:零?[一二三四五六七八九])?|[一二三四五六七八九]?十[一二三四五六七八九]?|[三四五六七八九](?=岁)"
)
_ENGLISH = re.compile(rf"\b(?:({'|'.join(_TENS)})(?:[\s-]+({'|'.join(_ONES)}))?|({'|'.join(_ONES)}))\b")
# "Nearly sixty" is not sixty, and "not yet fourteen" decides who is asked what.
_NOT_YET = re.compile(
    r"(?:快|不到|没到|未到|没满|未满|不满|差\S{0,4}|马上|将近|almost|nearly|not yet|under|below|turning)\s*$"
)
# Months, children and years of something else are no age of the person.
_OF_SOMETHING_ELSE = re.compile(
    r"\s*(?:个|年前|天|块|元|months?|days?|weeks?|kids?|children|years? ago|sons?|daughters?)"
)


def band(words: str) -> str | None:
    """Return the age band that the words name, or None when they name none, or several."""
    named = {_band(years) for years in _years(words.lower())}
    return named.pop() if len(named) == 1 else None


def _band(years: int) -> str:
    return "under-14" if years < 14 else "14-17" if years < 18 else "18-59" if years < 60 else "60-plus"


def _years(words: str) -> list[int]:
    found = [(match, int(match.group())) for match in _FIGURES.finditer(words)]
    found += [(match, _of_chinese(match.group())) for match in _CHINESE.finditer(words)]
    found += [(match, _of_english(match)) for match in _ENGLISH.finditer(words)]
    ages = [
        years - 1 if _NOT_YET.search(words[: match.start()]) else years
        for match, years in found
        if not _OF_SOMETHING_ELSE.match(words, match.end())
    ]
    return [years for years in ages if YOUNGEST <= years <= OLDEST]


def _of_chinese(words: str) -> int:
    if words.startswith("一百"):
        return 100 + (_DIGITS[words[-1]] if len(words) > len("一百") else 0)
    tens, ten, ones = words.partition("十")
    if not ten:
        return _DIGITS[tens]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _of_english(match: re.Match[str]) -> int:
    tens, ones, alone = match.groups()
    return _ONES[alone] if alone else _TENS[tens] + (_ONES[ones] if ones else 0)
