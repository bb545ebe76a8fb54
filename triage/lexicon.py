"""Read the signed crisis lexicon and find its patterns in a normalised message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

from triage.clauses import Clause, Scope, Setting, split_clauses
from triage.levels import Level
from triage.needed import Index, index_of, is_latin

_FOLDER = Path(__file__).parent / "data" / "lexicon"
# A pattern is tried on this many clauses from each end; more of the same word adds time, not knowledge.
_TRIES = 12
_PLAIN_GROUP = re.compile(r"\(\?:[a-z][^:|]*(?:\|[a-z][^:|]*)*\)\(\?: \|\\b\)$")
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
    # Needed words, and the patterns and masks that need them.
    places: dict[str, tuple[int, ...]]
    mask_places: dict[str, tuple[int, ...]]
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
    return (_from_an_edge(pieces) if english else "".join(pieces)), needs


def _from_an_edge(pieces: list[str]) -> str:
    """Return an English pattern that begins at the edge of a word.

    The edge is asked for after the first letter where it can be: a pattern that begins with a plain letter is searched
    for much faster.
    """
    if not _PLAIN_GROUP.match(pieces[0]):
        return r"\b" + "".join(pieces)
    first = re.sub(r"(?<=[:|])([a-z])", r"\1(?<!\\w\1)", pieces[0])
    return first + "".join(pieces[1:])


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
    spelt: dict[str, set[str]] = {"en": set(), "zh": set()}
    for path in sorted(_FOLDER.glob("patterns_*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        for row in data["patterns"]:
            source, needs = translate(row["pattern"], data["language"])
            spelt[data["language"]].update(needs)
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
        for row in data["masks"]:
            masks.append(translate(row["pattern"], data["language"]))
            spelt[data["language"]].update(masks[-1][1])
    # Each word of an English pattern begins at the edge of a word.
    from_edges = {need for need in spelt["en"] - spelt["zh"] if is_latin(need)}
    index = index_of(sorted((spelt["zh"] | spelt["en"]) - from_edges), sorted(from_edges))
    places = _by_need(pattern.needs for pattern in patterns)
    mask_places = _by_need(needs for _, needs in masks)
    return Lexicon(head["version"], categories, tuple(patterns), tuple(masks), places, mask_places, index)


def _by_need(all_needs: Iterable[tuple[str, ...]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for place, needs in enumerate(all_needs):
        for need in needs:
            found[need] = (*found.get(need, ()), place)
    return found


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
    present = book.index.where(texts)
    for place in _mask(book, texts, present):
        clauses[place] = clauses[place]._replace(text=texts[place])
    whole = "\n".join(texts)
    passage = _Passage(clauses)
    hits: dict[tuple[str, frozenset[Scope]], Hit] = {}
    unmeant: set[int] = set()
    meaning: set[int] = set()
    for place, positions in sorted(_spread(book.places, present).items()):
        pattern = book.patterns[place]
        for position in _ends(sorted(positions)):
            hit = passage.find(pattern, position)
            if hit is None:
                continue
            (meaning if hit.scopes.isdisjoint(UNMEANT) else unmeant).add(position)
            hits.setdefault((pattern.id, hit.scopes), hit)
            if not hit.scopes:
                break
    silent = unmeant - meaning
    meant = "\n".join(text for place, text in enumerate(texts) if place not in silent) if silent else whole
    return Reading(tuple(hits.values()), whole, meant)


def _mask(book: Lexicon, texts: list[str], present: dict[str, list[int]]) -> set[int]:
    """Blank the idioms out; return the texts that changed, and forget the words that went with them."""
    changed: set[int] = set()
    # A mask never reaches over the end of a clause, so only the clauses that hold its words are tried.
    for mask, positions in sorted(_spread(book.mask_places, present).items()):
        for place in positions:
            text = _compiled(book.masks[mask][0]).sub("○", texts[place])
            if text != texts[place]:
                texts[place] = text
                changed.add(place)
    if changed:
        for need, before in present.items():
            present[need] = [place for place in before if place not in changed or need in texts[place]]
    return changed


def _spread(owners: dict[str, tuple[int, ...]], present: dict[str, list[int]]) -> dict[int, set[int]]:
    """Return the patterns or masks one of whose words is there, each with the clauses that hold one."""
    found: dict[int, set[int]] = {}
    for need, positions in present.items():
        for owner in owners.get(need, ()) if positions else ():
            if owner in found:
                found[owner].update(positions)
            else:
                found[owner] = set(positions)
    return found


def _ends(positions: list[int]) -> list[int]:
    return positions if len(positions) <= 2 * _TRIES else positions[:_TRIES] + positions[-_TRIES:]


class _Passage:
    """The clauses of one message, with what many patterns ask of the same clause."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self._clauses = clauses
        self._settings: dict[Clause, Setting] = {}
        self._joined: dict[int, tuple[Clause, Clause]] = {}

    def find(self, pattern: Pattern, position: int) -> Hit | None:
        """Return what the pattern finds in the clause, or around it where it may reach further."""
        clause = self._clauses[position]
        match = pattern.regex.search(clause.text)
        for reach in self._reaches(position) if match is None and pattern.wide else ():
            match = pattern.regex.search(reach.text)
            if match is not None:
                clause = reach
                break
        if match is None:
            return None
        if pattern.plain:
            return Hit(pattern, frozenset())
        if clause not in self._settings:
            self._settings[clause] = Setting(clause)
        return Hit(pattern, self._settings[clause].scopes(match))

    def _reaches(self, position: int) -> tuple[Clause, Clause]:
        """A threat is often split over two or three short clauses: look ahead, then back."""
        if position not in self._joined:
            here = self._clauses[position]
            ahead = [here.text[-80:], *(other.text for other in self._clauses[position + 1 : position + 3])]
            back = [other.text[-60:] for other in self._clauses[max(0, position - 2) : position + 1]]
            joined = (Clause("，".join(texts)[:200], here.before, here.over) for texts in (ahead, back))
            self._joined[position] = (next(joined), next(joined))
        return self._joined[position]


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source)
