"""Find which of thousands of words stand in a message, without searching the message thousands of times."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
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
        whole = "\n".join(texts)
        starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
        for word, start in self._anywhere(whole):
            place = bisect_right(starts, start) - 1
            places = found.setdefault(word, [])
            if not places or places[-1] != place:
                places.append(place)
        # A text in Chinese or in digits has no letters that could be small or large.
        for place, text in enumerate(texts) if whole.islower() else ():
            for word in self._from_edges(text) if text.islower() else ():
                found.setdefault(word, []).append(place)
        return found

    def _anywhere(self, whole: str) -> Iterator[tuple[str, int]]:
        """Yield the words that may stand anywhere with where they begin, for each word in order."""
        pairs = list(map(add, whole, whole[1:]))
        for word in [*self.signs.intersection(whole), *self.pairs.intersection(pairs)]:
            start = whole.find(word)
            while start >= 0:
                yield word, start
                start = whole.find(word, start + 1)
        beginnings, by_three = self.beginnings, self.by_three
        for start in [start for start, pair in enumerate(pairs) if pair in beginnings]:
            for word in by_three.get(whole[start : start + _FIRST], ()):
                if whole.startswith(word, start):
                    yield word, start

    def _from_edges(self, text: str) -> list[str]:
        """Return the English words: each is needed from its beginning on, so only the beginnings are looked up."""
        words = _LATIN.findall(text)
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
