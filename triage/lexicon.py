"""Read the signed crisis lexicon and find its patterns in a normalised message."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import accumulate, pairwise
from operator import add
from pathlib import Path

from triage.clauses import Clause, Scope, scopes, split_clauses
from triage.levels import Level

_FOLDER = Path(__file__).parent / "data" / "lexicon"
# A pattern is tried on this many clauses from each end; more of the same word adds time, not knowledge.
_TRIES = 12
# Every English pattern begins at the edge of a word, and so does each of its words.
_ENGLISH_START = r"\b"
_LATIN = re.compile("[a-z]+")
_PHRASE = re.compile("[a-z]+ [a-z]{2}")
_HEAD = 6
UNMEANT = frozenset({Scope.DENIED, Scope.QUOTED, Scope.INFORMATION})


class LexiconError(ValueError):
    """A lexicon file holds a pattern that cannot be read."""


@dataclass(frozen=True)
class Pattern:
    """One signed pattern: what it looks for, how urgent it is, and the words that prove it."""

    id: str
    category: str
    level: Level
    source: str
    needs: tuple[str, ...]
    wide: bool
    plain: bool
    examples: tuple[str, ...]
    near_misses: tuple[str, ...]

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compile at the first message that holds one of the needed words: starting stays quick."""
        return re.compile(self.source)


@dataclass(frozen=True)
class Category:
    """What every pattern of one kind shares: its tier, its reason and how scope changes its level."""

    id: str
    tier: str
    reason: str
    past_level: Level
    third_person_level: Level


@dataclass(frozen=True)
class Hit:
    """A pattern found in a clause, with the scope it was found in."""

    pattern: Pattern
    scopes: frozenset[Scope]


@dataclass(frozen=True)
class Lexicon:
    """All patterns, the categories they belong to, and the idioms that are blanked out first."""

    version: str
    categories: dict[str, Category]
    patterns: tuple[Pattern, ...]
    masks: tuple[tuple[str, tuple[str, ...]], ...]
    index: dict[str, tuple[int, ...]]
    # Needed words by their first two characters; those of English patterns by the first letters of a word.
    beginnings: dict[str, tuple[str, ...]]
    heads: dict[str, tuple[str, ...]]


def translate(source: str, language: str) -> tuple[str, tuple[str, ...]]:
    """Turn the clinician's notation into the text of a regular expression and the words it cannot match without."""
    pieces: list[str] = []
    wanted: list[tuple[str, ...]] = []
    english = language == "en"
    for piece in source.split():
        mark, body = (piece[0], piece[1:]) if piece[0] in "~?!<" else ("", piece)
        words = tuple(word.replace("_", " ") for word in body.split("|") if word)
        group = "(?:" + "|".join(_word(word, english) for word in words) + ")"
        if piece in ("^", "$"):
            pieces.append(piece)
        elif mark == "~":
            pieces.append(rf"((?:[^\s\n]+ ){{0,{int(body)}}}?)" if english else rf"([^\n]{{0,{int(body)}}}?)")
        elif mark == "?":
            pieces.append(f"(?:{group} )?" if english else f"{group}?")
        elif mark == "!":
            pieces.append(rf"(?! ?{group}\b)" if english else f"(?!{group})")
        elif mark == "<":
            pieces.append("".join(f"(?<!{re.escape(word)})" for word in words))
        else:
            if not words:
                raise LexiconError(f"empty group in {source!r}")
            pieces.append(group + (r"(?: |\b)" if english else ""))
            if "$" not in words:
                wanted.append(tuple(word.rstrip("*") for word in words))
    if not wanted:
        raise LexiconError(f"no word in {source!r}")
    needs = max(wanted, key=lambda words: (min(len(word) for word in words), -len(words)))
    prefix = _ENGLISH_START if english else ""
    return prefix + "".join(pieces), needs


def _word(word: str, english: bool) -> str:
    if word == "$":
        return "$"
    stem = re.escape(word.rstrip("*")).replace(r"\ ", " ")
    return stem + (r"\w*" if english and word.endswith("*") else "")


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Load the lexicon once; a broken file stops the process at start, never in front of a person."""
    head = json.loads((_FOLDER / "categories.json").read_text(encoding="utf-8"))
    categories = {
        row["id"]: Category(
            row["id"], row["tier"], row["reason"], Level(row["past_level"]), Level(row["third_person_level"])
        )
        for row in head["categories"]
    }
    patterns: list[Pattern] = []
    masks: list[tuple[str, tuple[str, ...]]] = []
    for path in sorted(_FOLDER.glob("patterns_*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        for row in data["patterns"]:
            source, needs = translate(row["pattern"], data["language"])
            patterns.append(
                Pattern(
                    row["id"],
                    row["category"],
                    Level(row["level"]),
                    source,
                    needs,
                    row.get("wide", False),
                    row.get("plain", False),
                    tuple(row["examples"]),
                    tuple(row["near_misses"]),
                )
            )
    for path in sorted(_FOLDER.glob("masks_*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        masks.extend(translate(row["pattern"], data["language"]) for row in data["masks"])
    index: dict[str, tuple[int, ...]] = {}
    for place, pattern in enumerate(patterns):
        for need in pattern.needs:
            index[need] = (*index.get(need, ()), place)
    beginnings: dict[str, tuple[str, ...]] = {}
    heads: dict[str, tuple[str, ...]] = {}
    for need, places in index.items():
        if all(patterns[place].source.startswith(_ENGLISH_START) for place in places) and _LATIN.match(need):
            heads[_head(need)] = (*heads.get(_head(need), ()), need)
        else:
            beginnings[need[:2]] = (*beginnings.get(need[:2], ()), need)
    return Lexicon(head["version"], categories, tuple(patterns), tuple(masks), index, beginnings, heads)


@dataclass(frozen=True)
class Reading:
    """What the lexicon found, what the model hears (all but the idioms), and what of it is meant.

    A clause whose only hits are denied, quoted or asked about is heard, for it tells something of the person, but a
    score must not ring on its words alone: they are left out of what is meant.
    """

    hits: tuple[Hit, ...]
    heard: str
    meant: str


def read(normalised: str) -> Reading:
    """Return every pattern found, each at most once per scope."""
    book = lexicon()
    clauses = split_clauses(normalised)
    if not clauses:
        return Reading((), "", "")
    whole = "\n".join(clause.text for clause in clauses)
    signs = set(whole)
    for source, marks in book.masks:
        if any(mark[0] in signs and mark in whole for mark in marks):
            whole = _compiled(source).sub("○", whole)
    texts = whole.split("\n")
    if len(texts) != len(clauses):
        # A mask that reached over the end of a clause must not cost the reading: then nothing is masked.
        texts = [clause.text for clause in clauses]
        whole = "\n".join(texts)
    masked = [Clause(text, clause.before, clause.over) for text, clause in zip(texts, clauses, strict=True)]
    needs = _needed(book, whole)
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    present = {need: _clauses_with(need, whole, starts) for need in needs}
    wanted = sorted({place for need in present for place in book.index[need]})
    hits: dict[tuple[str, frozenset[Scope]], Hit] = {}
    unmeant: set[int] = set()
    meaning: set[int] = set()
    for pattern in (book.patterns[place] for place in wanted):
        for position in _positions(pattern.needs, present):
            hit = _try(pattern, masked, position)
            if hit is None:
                continue
            (unmeant if hit.scopes & UNMEANT else meaning).add(position)
            hits.setdefault((pattern.id, hit.scopes), hit)
            if not hit.scopes:
                break
    silent = unmeant - meaning
    meant = "\n".join(clause.text for place, clause in enumerate(masked) if place not in silent) if silent else whole
    return Reading(tuple(hits.values()), whole, meant)


def _needed(book: Lexicon, whole: str) -> list[str]:
    """Return the needed words that stand in the message.

    Their first characters are looked up in sets: 9,000 searches of a long message would be slow. An English word
    is needed from its beginning on, so it is looked up among the beginnings of the message's words.
    """
    pairs = list(map(add, whole, whole[1:]))
    beginning = book.beginnings.keys() & (set(pairs) | set(whole))
    triples = {pair + sign for pair, sign in zip(pairs, whole[2:], strict=False) if pair in beginning}
    found = [
        need
        for pair in beginning
        for need in book.beginnings[pair]
        if len(need) < 3 or (need[:3] in triples and (len(need) == 3 or need in whole))
    ]
    words = _LATIN.findall(whole)
    heads = {word[:size] for word in {word[:_HEAD] for word in words} for size in range(1, len(word) + 1)}
    heads |= {f"{word} {following[:2]}" for word, following in pairwise(words)}
    starts = heads & book.heads.keys()
    return found + [need for head in starts for need in book.heads[head] if need == head or need in whole]


def _head(need: str) -> str:
    """Return the letters by which an English word or phrase is looked up."""
    phrase = _PHRASE.match(need)
    return phrase.group() if phrase else _LATIN.findall(need)[0][:_HEAD]


def _clauses_with(need: str, whole: str, starts: list[int]) -> list[int]:
    """Return the clauses that hold a word, found in one run over the whole message."""
    found: list[int] = []
    place = whole.find(need)
    while place >= 0:
        clause = bisect_right(starts, place) - 1
        found.append(clause)
        place = whole.find(need, starts[clause + 1])
    return found


def _try(pattern: Pattern, clauses: list[Clause], position: int) -> Hit | None:
    clause = clauses[position]
    match = pattern.regex.search(clause.text)
    if match is None and pattern.wide:
        # A threat is often split over two or three short clauses: look ahead, then back.
        ahead = [clause.text[-80:], *(other.text for other in clauses[position + 1 : position + 3])]
        back = [other.text[-60:] for other in clauses[max(0, position - 2) : position + 1]]
        for joined in (ahead, back):
            reach = Clause("，".join(joined)[:200], clause.before, clause.over)
            match = pattern.regex.search(reach.text)
            if match is not None:
                clause = reach
                break
    if match is None:
        return None
    return Hit(pattern, frozenset() if pattern.plain else scopes(clause, match))


def _positions(needs: tuple[str, ...], present: dict[str, list[int]]) -> list[int]:
    ordered = sorted({place for need in needs for place in present.get(need, ())})
    return ordered if len(ordered) <= 2 * _TRIES else ordered[:_TRIES] + ordered[-_TRIES:]


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source)
