"""Read the signed crisis lexicon and find its patterns in a normalised message."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import accumulate
from pathlib import Path

from triage.clauses import Clause, Scope, scopes, split_clauses
from triage.levels import Level
from triage.needed import Index, index_of, is_latin

_FOLDER = Path(__file__).parent / "data" / "lexicon"
# A pattern is tried on this many clauses from each end; more of the same word adds time, not knowledge.
_TRIES = 12
# Every English pattern begins at the edge of a word, and so does each of its words.
_ENGLISH_START = r"\b"
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
    # Needed words, and the patterns that need them; the index also knows the words that the masks need.
    places: dict[str, tuple[int, ...]]
    index: Index


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
    places: dict[str, tuple[int, ...]] = {}
    for place, pattern in enumerate(patterns):
        for need in pattern.needs:
            places[need] = (*places.get(need, ()), place)
    needed = [(pattern.source, need) for pattern in patterns for need in pattern.needs]
    needed += [(source, need) for source, needs in masks for need in needs]
    anywhere = {need for source, need in needed if not (source.startswith(_ENGLISH_START) and is_latin(need))}
    from_edges = {need for _, need in needed} - anywhere
    index = index_of(sorted(anywhere), sorted(from_edges))
    return Lexicon(head["version"], categories, tuple(patterns), tuple(masks), places, index)


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
    texts = [clause.text for clause in clauses]
    present = _where(book.index.present("\n".join(texts)), texts)
    for source, needs in book.masks:
        # A mask never reaches over the end of a clause, so only the clauses that hold its words are tried.
        for place in {place for need in needs for place in present.get(need, ())}:
            texts[place] = _compiled(source).sub("○", texts[place])
    masked = [
        clause if clause.text == text else clause._replace(text=text)
        for text, clause in zip(texts, clauses, strict=True)
    ]
    whole = "\n".join(texts)
    present = _where(present, texts)
    wanted = sorted({place for need in present for place in book.places.get(need, ())})
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


def _where(needs: Iterable[str], texts: list[str]) -> dict[str, list[int]]:
    """Return the clauses that hold each word, found in one run over the whole message."""
    whole = "\n".join(texts)
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    found: dict[str, list[int]] = {}
    for need in needs:
        place = whole.find(need)
        while place >= 0:
            clause = bisect_right(starts, place) - 1
            found.setdefault(need, []).append(clause)
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
