"""Find which of thousands of words stand in a message, without searching the message thousands of times."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from operator import add

_LATIN = re.compile("[a-z]+")
_PHRASE = re.compile("[a-z]+ [a-z]{2}")
_TWO_WORDS = re.compile("[a-z]+ [a-z]+(?= [a-z])")
_HEAD = 6
_FIRST = 3


@dataclass(frozen=True)
class Index:
    """Words by how they begin: what cannot be there is passed over with one look into a set."""

    short: frozenset[str]
    # The first two signs of the longer words, and these words by their first three.
    beginnings: frozenset[str]
    by_three: dict[str, tuple[str, ...]]
    # English words and phrases by their first letters; of a longer phrase also its first two words.
    by_head: dict[str, tuple[tuple[str, str], ...]]

    def present(self, text: str) -> list[str]:
        """Return the words that stand in a text."""
        return [*self._anywhere(text), *self._from_edges(text)]

    def _anywhere(self, text: str) -> list[str]:
        pairs = list(map(add, text, text[1:]))
        different = set(pairs)
        found = [*self.short.intersection(text), *(self.short & different)]
        known = self.beginnings & different
        triples = {pair + sign for pair, sign in zip(pairs, text[2:], strict=False) if pair in known} if known else ()
        for triple in self.by_three.keys() & triples:
            found += [word for word in self.by_three[triple] if len(word) == _FIRST or word in text]
        return found

    def _from_edges(self, text: str) -> list[str]:
        """Return the English words: each is needed from its beginning on, so only the beginnings are looked up."""
        words = _LATIN.findall(text)
        couples = set(map(" ".join, pairwise(words)))
        heads = {word[:size] for word in {word[:_HEAD] for word in words} for size in range(1, len(word) + 1)}
        heads |= {couple[: couple.index(" ") + 3] for couple in couples}
        return [
            word
            for head in heads & self.by_head.keys()
            for word, two in self.by_head[head]
            if word == head or ((not two or two in couples) and word in text)
        ]


def index_of(anywhere: Iterable[str], from_edges: Iterable[str]) -> Index:
    """Return the index of words that may stand anywhere, and of English ones that begin at the edge of a word."""
    by_three: dict[str, list[str]] = {}
    by_head: dict[str, list[tuple[str, str]]] = {}
    short = set()
    for word in anywhere:
        if len(word) < _FIRST:
            short.add(word)
        else:
            by_three.setdefault(word[:_FIRST], []).append(word)
    for word in from_edges:
        two = _TWO_WORDS.match(word)
        by_head.setdefault(_head(word), []).append((word, two.group() if two else ""))
    return Index(
        frozenset(short),
        frozenset(triple[:2] for triple in by_three),
        {triple: tuple(words) for triple, words in by_three.items()},
        {head: tuple(words) for head, words in by_head.items()},
    )


def is_latin(word: str) -> bool:
    """Tell whether a word begins with a plain letter."""
    return bool(_LATIN.match(word))


def _head(word: str) -> str:
    phrase = _PHRASE.match(word)
    return phrase.group() if phrase else _LATIN.findall(word)[0][:_HEAD]
