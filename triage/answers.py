"""Plain words for the options of a question: a fixed table, matched whole, never inferred.

A wrong guess would put words into somebody's mouth on a clinical form, so what is not in the table, or could mean two
options, is None and the question is asked again.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from triage.instruments import REFUSED, Item, item_by_key

_DATA = Path(__file__).parent / "data" / "answer_words.json"
# Longer than any entry with its fillers; a sentence of this length says more than an option.
_LONGEST = 40
_SIGNED = re.compile(r"[-−–~～+<>≥≤/%]\s*\d|\d\s*[-−–~～+<>≥≤/%]")
_HYPHEN_IN_WORD = re.compile(r"(?<=[a-z])-(?=[a-z])")
_APOSTROPHES = "'’‘`´"
# Zero-width and direction marks, and the marks that colour an emoji.
_INVISIBLE = ("Cf", "Mn")

_Meaning = TypeVar("_Meaning")


class AmbiguousWord(ValueError):
    """The table gives one word to two options of the same question."""


def parse_answer(item_key: str, text: str) -> int | None:
    """Return the option value the words name, REFUSED for "I would rather not say", or None when unsure."""
    item = item_by_key(item_key)
    if "?" in text or "？" in text or _SIGNED.search(text):
        # "每天？" asks us, and "-1" or "1/2" is no number that stands beside an option.
        return None
    return _look_up(text, answer_table(item_key), _fillers(item.answer_scale))


def parse_control(text: str) -> str | None:
    """Return "back", "skip", "stop", "repeat" or "human" for words about the screening itself, else None."""
    return _look_up(text, control_table(), _fillers("control"))


@cache
def answer_table(item_key: str) -> dict[str, int]:
    """Return every accepted wording (folded) of a question's options; AmbiguousWord if two options share one."""
    item = item_by_key(item_key)
    data = _data()
    table: dict[str, int] = {}
    for option in item.options:
        value = str(option.value)
        _enter(table, option.value, option.labels.values())
        _enter(table, option.value, data["scales"][item.answer_scale].get(value, []))
        _enter(table, option.value, data["items"].get(item.key, {}).get(value, []))
    _enter(table, REFUSED, data["refused"])
    return table


@cache
def control_table() -> dict[str, str]:
    """Return every accepted wording (folded) of a control word."""
    table: dict[str, str] = {}
    for control, words in _data()["control"].items():
        _enter(table, control, words)
    return table


def typed_numbers(item: Item) -> bool:
    """Tell whether typed digits are answers here; then the options must be shown with their values beside them."""
    table = answer_table(item.key)
    return len(item.options) > 2 and all(table.get(str(option.value)) == option.value for option in item.options)


def _enter(table: dict[str, _Meaning], meaning: _Meaning, words: Iterable[str]) -> None:
    for word in words:
        folded = _plain(word)
        if not folded:
            raise AmbiguousWord(f"{word!r} folds to nothing")
        if table.setdefault(folded, meaning) != meaning:
            raise AmbiguousWord(f"{word!r} names {table[folded]!r} and {meaning!r}")


def _look_up(
    text: str, table: dict[str, _Meaning], fillers: tuple[tuple[str, ...], tuple[str, ...]]
) -> _Meaning | None:
    """Look up every part between punctuation; all parts that are no mere filler must mean the same."""
    parts = [part for part in _parts(text) if part not in fillers[0] and part not in fillers[1]]
    if not parts or sum(map(len, parts)) > _LONGEST:
        return None
    meanings = {_meaning(part, table, fillers) for part in parts}
    return meanings.pop() if len(meanings) == 1 else None


def _meaning(
    part: str, table: dict[str, _Meaning], fillers: tuple[tuple[str, ...], tuple[str, ...]]
) -> _Meaning | None:
    for candidate in _without_fillers(part, *fillers):
        for wording in (candidate, _said_once(candidate)):
            if wording in table:
                return table[wording]
    return None


def _without_fillers(plain: str, prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> Iterable[str]:
    """Yield the text, then every shorter text that remains when fillers are taken off its ends."""
    waiting, seen = [plain], {plain}
    while waiting:
        candidate = waiting.pop(0)
        yield candidate
        shorter = [candidate[len(word) :] for word in prefixes if candidate.startswith(word)]
        shorter += [candidate[: -len(word)] for word in suffixes if candidate.endswith(word)]
        for rest in shorter:
            if rest and rest not in seen:
                seen.add(rest)
                waiting.append(rest)


def _said_once(plain: str) -> str:
    half, odd = divmod(len(plain), 2)
    return plain[:half] if not odd and plain[:half] == plain[half:] else plain


def _plain(text: str) -> str:
    return "".join(_parts(text))


def _parts(text: str) -> list[str]:
    """Fold width, case, spaces and the common traditional characters; cut at punctuation ("没，有" is not "没有")."""
    folded = unicodedata.normalize("NFKC", text[:1000]).casefold()
    kept = "".join(char for char in folded if unicodedata.category(char) not in _INVISIBLE and char not in _APOSTROPHES)
    kept = _HYPHEN_IN_WORD.sub("", kept)
    cut = "".join(char if char.isalnum() else "" if char.isspace() else "\n" for char in kept)
    return [part for part in cut.translate(_simplified()).split("\n") if part]


@cache
def _simplified() -> dict[int, str]:
    return {ord(old): new for old, new in _data()["traditional"].items()}


@cache
def _fillers(scale: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rows = _data()["fillers"]
    groups = [rows["any"]] + ([rows["frequency"]] if scale in rows["frequency_scales"] else [])
    prefixes = tuple(_plain(word) for row in groups for word in row["before"])
    suffixes = tuple(_plain(word) for row in groups for word in row["after"])
    return prefixes, suffixes


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return data
