"""Find which of thousands of words stand in a message, without searching the message thousands of times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import add

_LATIN = re.compile("[a-z]+")
_PHRASE = re.compile("[a-z]+ [a-z]{2}")
_HEAD = 6
_FIRST = 3


@dataclass(frozen=True)
class Index:
    """Words by how they begin: what cannot be there is passed over with one look into a set."""

    signs: frozenset[str]
    pairs: frozenset[str]
    # The first two signs of the longer words, and these words by their first three.
    beginnings: frozenset[str]
    by_three: dict[str, tuple[str, ...]]
    # English words and phrases by their first letters; three letters say whether a word may be among them.
    by_head: dict[str, tuple[str, ...]]
    openings: frozenset[str]
    # The first words of the phrases.
    leaders: frozenset[str]

    def where(self, texts: Sequence[str]) -> dict[str, list[int]]:
        """Return the words that stand in the texts, each with the places of these texts in order."""
        found: dict[str, list[int]] = {}
        for place, text in enumerate(texts):
            for word in {*self._anywhere(text), *self._from_edges(text)}:
                found.setdefault(word, []).append(place)
        return found

    def _anywhere(self, text: str) -> list[str]:
        pairs = list(map(add, text, text[1:]))
        found = [*self.signs.intersection(text), *self.pairs.intersection(pairs)]
        beginnings, by_three = self.beginnings, self.by_three
        for start in [start for start, pair in enumerate(pairs) if pair in beginnings]:
            for word in by_three.get(text[start : start + _FIRST], ()):
                if text.startswith(word, start):
                    found.append(word)
        return found

    def _from_edges(self, text: str) -> list[str]:
        """Return the English words: each is needed from its beginning on, so only the beginnings are looked up."""
        # A clause in Chinese alone has no letters that could be small or large.
        words = _LATIN.findall(text) if text.islower() else ()
        if not words:
            return []
        heads = {word[:size] for word in words for size in range(1, _FIRST)}
        known = {word[:_HEAD] for word in words if word[:_FIRST] in self.openings}
        heads.update(word[:size] for word in known for size in range(_FIRST, len(word) + 1))
        leaders = self.leaders
        heads.update(f"{word} {following[:2]}" for word, following in pairwise(words) if word in leaders)
        return [word for head in self.by_head.keys() & heads for word in self.by_head[head] if word in text]


def index_of(anywhere: Iterable[str], from_edges: Iterable[str]) -> Index:
    """Return the index of words that may stand anywhere, and of English ones that begin at the edge of a word."""
    by_three: dict[str, list[str]] = {}
    by_head: dict[str, list[str]] = {}
    short: dict[int, set[str]] = {1: set(), 2: set()}
    for word in anywhere:
        if len(word) < _FIRST:
            short[len(word)].add(word)
        else:
            by_three.setdefault(word[:_FIRST], []).append(word)
    for word in from_edges:
        by_head.setdefault(_head(word), []).append(word)
    return Index(
        frozenset(short[1]),
        frozenset(short[2]),
        frozenset(triple[:2] for triple in by_three),
        {triple: tuple(words) for triple, words in by_three.items()},
        {head: tuple(words) for head, words in by_head.items()},
        frozenset(head[:_FIRST] for head in by_head if " " not in head[:_FIRST]),
        frozenset(head.partition(" ")[0] for head in by_head if " " in head),
    )


def is_latin(word: str) -> bool:
    """Tell whether a word begins with a plain letter."""
    return bool(_LATIN.match(word))


def _head(word: str) -> str:
    phrase = _PHRASE.match(word)
    return phrase.group() if phrase else _LATIN.findall(word)[0][:_HEAD]
