"""Read the signed crisis lexicon and find its patterns in a normalised message."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.clauses import Clause, Scope, scopes, split_clauses
from triage.levels import Level

_FOLDER = Path(__file__).parent / "data" / "lexicon"
# A pattern is tried on this many clauses from each end; more of the same word adds time, not knowledge.
_TRIES = 24


class LexiconError(ValueError):
    """A lexicon file holds a pattern that cannot be read."""


@dataclass(frozen=True)
class Pattern:
    """One signed pattern: what it looks for, how urgent it is, and the words that prove it."""

    id: str
    category: str
    level: Level
    regex: re.Pattern[str]
    needs: tuple[str, ...]
    wide: bool
    plain: bool
    examples: tuple[str, ...]
    near_misses: tuple[str, ...]


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
    masks: tuple[re.Pattern[str], ...]


def compile_pattern(source: str, language: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Turn the clinician's notation into a regular expression and the words it cannot match without."""
    pieces: list[str] = []
    wanted: list[tuple[str, ...]] = []
    english = language == "en"
    for token in source.split():
        mark, body = (token[0], token[1:]) if token[0] in "~?!<" else ("", token)
        words = tuple(word.replace("_", " ") for word in body.split("|") if word)
        group = "(?:" + "|".join(_word(word, english) for word in words) + ")"
        if token in "^$":
            pieces.append(token)
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
            wanted.append(tuple(word.rstrip("*") for word in words))
    if not wanted:
        raise LexiconError(f"no word in {source!r}")
    needs = max(wanted, key=lambda words: (min(len(word) for word in words), -len(words)))
    prefix = r"\b" if english else ""
    return re.compile(prefix + "".join(pieces)), needs


def _word(word: str, english: bool) -> str:
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
    masks: list[re.Pattern[str]] = []
    for path in sorted(_FOLDER.glob("patterns_*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        for row in data["patterns"]:
            regex, needs = compile_pattern(row["pattern"], data["language"])
            patterns.append(
                Pattern(
                    row["id"], row["category"], Level(row["level"]), regex, needs,
                    row.get("wide", False), row.get("plain", False),
                    tuple(row["examples"]), tuple(row["near_misses"]),
                )
            )
    for path in sorted(_FOLDER.glob("masks_*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        masks.extend(compile_pattern(row["pattern"], data["language"])[0] for row in data["masks"])
    return Lexicon(head["version"], categories, tuple(patterns), tuple(masks))


def find(normalised: str) -> list[Hit]:
    """Return every pattern found, each at most once per scope."""
    book = lexicon()
    clauses = split_clauses(normalised)
    masked = [Clause(_mask(clause.text, book), clause.before, clause.after) for clause in clauses]
    whole = "\n".join(clause.text for clause in masked)
    present: dict[str, list[int]] = {}
    hits: dict[tuple[str, frozenset[Scope]], Hit] = {}
    for pattern in book.patterns:
        for position in _clauses_with(pattern.needs, masked, whole, present):
            clause = masked[position]
            reach = clause
            if pattern.wide:
                following = [other.text for other in masked[position + 1 : position + 3]]
                reach = Clause("，".join([clause.text[-80:], *following])[:200], clause.before, "")
                if position and not pattern.regex.search(reach.text):
                    start = max(0, position - 2)
                    joined = "，".join(other.text[-60:] for other in masked[start : position + 1])
                    reach = Clause(joined[:200], clause.before, "")
            match = pattern.regex.search(reach.text)
            if match:
                scope = frozenset() if pattern.plain else scopes(reach, match)
                hits.setdefault((pattern.id, scope), Hit(pattern, scope))
                if not scope:
                    break
    return list(hits.values())


def _mask(text: str, book: Lexicon) -> str:
    for mask in book.masks:
        text = mask.sub("○", text)
    return text


def _clauses_with(
    needs: tuple[str, ...], clauses: list[Clause], whole: str, present: dict[str, list[int]]
) -> list[int]:
    places: set[int] = set()
    for need in needs:
        if need not in present:
            inside = need in whole
            present[need] = [i for i, c in enumerate(clauses) if need in c.text] if inside else []
        places.update(present[need])
    ordered = sorted(places)
    return ordered if len(ordered) <= 2 * _TRIES else ordered[:_TRIES] + ordered[-_TRIES:]
