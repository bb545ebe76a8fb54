"""Bring a message into one plain spelling, so that a pattern is written once and not dodged by a typo."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")
_DATA = Path(__file__).parent / "data"
# Longer input keeps its beginning and its end: a limit must exist, and people put the point last.
_LONGEST = 12_000

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_CJK = "\u3400-\u9fff"
_FILLER = r".*_\-·・~|/\\+=#@^&•丶'`°﹒"
_INSERTED = re.compile(rf"[{_FILLER}](?<=[{_CJK}].)[{_FILLER}]{{0,2}}(?=[{_CJK}])")
# A pattern that begins with a plain sign is searched for much faster than one that begins with a look behind.
_LONE_SPACE = re.compile(rf" (?:(?<=\s[{_CJK}] )|(?<=^[{_CJK}] )|(?<=[\n，。][{_CJK}] )) *(?=[{_CJK}])")
_SPACE_BEFORE_LONE = re.compile(rf" (?<=[{_CJK}] ) *(?=[{_CJK}](?:$|[\s，。！？,!?]))")
_REPEATED = re.compile(r"(.)\1+")
_BREAKS = "，。！？；：,;!?…\n\r\v\f\t\u2028\u2029"
_CLAUSE_END = re.compile(rf"[{_BREAKS}.:](?:(?<=[{_BREAKS}])[{_BREAKS}]*|(?<=\.)(?:(?!\d)|(?<!\d\.))|(?<=:)(?!\d))")
_APOSTROPHE = re.compile(r"'(?<=[a-z]')(?=[a-z])")
# Longer runs of letters are no words: base64 need not be looked up.
_WORD = re.compile(r"(?<![a-z])[a-z]{3,11}(?![a-z])")
_SPACES = re.compile(r" {2,}")
_WORDS = re.compile("[a-z]+")
# The full-width signs of Chinese typing, replaced beforehand: a text without them is found to be in NFKC at a glance.
_FULL_WIDTH = {chr(place): chr(place - 0xFEE0) for place in range(0xFF01, 0xFF5F)} | {"\u3000": " ", "…": "..."}


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str, list[str]]], dict[str, str]]:
    """Load Traditional to Simplified pairs, spellings that slip past filters, and English words typed in haste."""
    data = json.loads((_DATA / "lexicon" / "spellings.json").read_text(encoding="utf-8"))
    pairs: str = data["traditional_to_simplified"]
    table = {pairs[i]: pairs[i + 1] for i in range(0, len(pairs) - 1, 2) if pairs[i] != pairs[i + 1]}
    rewrites = [(re.compile(row["from"]), row["to"], row.get("if", [""])) for row in data["rewrites"]]
    return table, rewrites, data["misspelt"]


def normalise(text: str) -> str:
    """Return the message in one spelling, clauses parted by newlines; the original stays for display."""
    if len(text) > _LONGEST:
        text = text[: _LONGEST // 2] + "\n" + text[-_LONGEST // 2 :]
    table, rewrites, misspelt = _tables()
    plain = unicodedata.normalize("NFKC", _replaced(text, _FULL_WIDTH)).replace("’", "'").replace("‘", "'")
    plain = _replaced(_INVISIBLE.sub("", plain).lower(), table)
    plain = _REPEATED.sub(_shortened, plain)
    plain = _INSERTED.sub("", plain)
    plain = _SPACE_BEFORE_LONE.sub("", _LONE_SPACE.sub("", plain))
    plain = _APOSTROPHE.sub("", plain)
    if not misspelt.keys().isdisjoint(_WORDS.findall(plain)):
        plain = _WORD.sub(lambda match: misspelt.get(match.group(), match.group()), plain)
    for spelling, meant, needs in rewrites:
        if any(need in plain for need in needs):
            plain = spelling.sub(meant, plain)
    plain = _CLAUSE_END.sub("\n", plain)
    return _SPACES.sub(" ", plain).strip()


def _replaced(text: str, table: dict[str, str]) -> str:
    """Replace single signs: few of them stand in a message, and looking up each of its characters costs more."""
    for sign in table.keys() & set(text):
        text = text.replace(sign, table[sign])
    return text


def _shortened(run: re.Match[str]) -> str:
    """Return a letter typed three times or more, and any other sign typed twice or more, once."""
    sign: str = run.group(1)
    if sign.isalnum() and not sign.isdecimal():
        return sign if len(run.group()) > 2 else run.group()
    return run.group() if sign.isdecimal() or sign == "_" or sign.isspace() else sign


def squeeze(normalised: str) -> list[str]:
    """Return the lines that read otherwise without the gaps between Chinese characters: words spelt with gaps.

    Of a line too long to be read twice only the surroundings of its first and last gaps are returned.
    """
    found: list[str] = []
    lines = [(line, gaps) for line in normalised.split("\n") if (gaps := [m.span() for m in _GAP.finditer(line)])]
    for line, gaps in _ends(lines, _LINES_READ):
        if len(line) > _LONG_LINE:
            near = _ends(gaps, _GAPS_READ)
            found += [_GAP.sub("", line[max(0, start - _AROUND) : stop + _AROUND]) for start, stop in near]
        else:
            found.append(_GAP.sub("", line))
    return found


def _ends(items: list[_T], most: int) -> list[_T]:
    """Return so many from either end: a limit must exist, and people put the point last."""
    return items if len(items) <= 2 * most else items[:most] + items[-most:]


_LONG_LINE = 400
_GAPS_READ = 12
_LINES_READ = 24
_AROUND = 20


_IN_GAPS = r" 0-9.*_\-·~|/\\+=#@^&"
_GAP = re.compile(rf"[{_IN_GAPS}](?<=[{_CJK}].)[{_IN_GAPS}]?(?=[{_CJK}])")
