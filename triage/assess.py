"""Assess one message for signs of crisis: the one door through which every typed message goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.clauses import Scope
from triage.levels import Level, highest
from triage.lexicon import Hit, lexicon, read
from triage.normalise import normalise, squeeze

# The score a level stands for when no model speaks; only the order carries meaning (triage/README.md).
_LEVEL_SCORE = {
    Level.EMERGENCY: 0.99, Level.RED: 0.95, Level.ORANGE: 0.8, Level.YELLOW: 0.35, Level.BLUE: 0.1, Level.GREEN: 0.0,
}
_SCOPE_REASON = {
    Scope.DENIED: "denies", Scope.PAST: "in_the_past", Scope.QUOTED: "quotes",
    Scope.INFORMATION: "asks_for_information", Scope.THIRD_PERSON: "another_person",
}


@dataclass(frozen=True)
class Assessment:
    """What was found in a message, and how soon a person must look."""

    level: Level = Level.GREEN
    tiers: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    score: float = 0.0
    pattern_ids: tuple[str, ...] = ()
    model_hash: str | None = None
    mode: str = "lexicon_only"

    @property
    def human_now(self) -> bool:
        """Tell whether a person must look within minutes."""
        return self.level.is_at_least(Level.RED)

    @property
    def human_today(self) -> bool:
        """Tell whether a person must look today, after one gentle direct question."""
        return self.level is Level.ORANGE


def assess(text: str, previous: Sequence[str] = ()) -> Assessment:
    """Return the assessment of a message; it never raises, and a failure inside asks for a person."""
    try:
        return _assess(str(text or ""))
    except Exception:
        # Silence here could cost a life: what cannot be read by the programme is read by a person.
        return Assessment(Level.ORANGE, (), ("could_not_assess",), 0.5)


def _assess(text: str) -> Assessment:
    plain = normalise(text)
    hits = list(read(plain).hits)
    joined = squeeze(plain)
    if joined != plain:
        known = {hit.pattern.id for hit in hits}
        hits += [hit for hit in read(joined).hits if hit.pattern.id not in known]
    return _from_hits(hits)


def level_of(hit: Hit) -> Level:
    """Return the level of one hit after its scope; only a denial in the same clause silences it."""
    category = lexicon().categories[hit.pattern.category]
    level = hit.pattern.level
    if Scope.DENIED in hit.scopes:
        return Level.GREEN
    if Scope.THIRD_PERSON in hit.scopes and level.rank > category.third_person_level.rank:
        level = category.third_person_level
    if Scope.PAST in hit.scopes and level.rank > category.past_level.rank:
        level = category.past_level
    if {Scope.QUOTED, Scope.INFORMATION} & hit.scopes and level.rank > Level.YELLOW.rank:
        level = Level.YELLOW
    return level


def lexicon_flags(hits: Iterable[Hit]) -> dict[str, float]:
    """Return what the lexicon tells the model: the highest level found, and whether anything was denied."""
    level = highest(level_of(hit) for hit in hits)
    flags = {f"lexicon_{level.value}": 1.0} if level is not Level.GREEN else {}
    if any(Scope.DENIED in hit.scopes for hit in hits):
        flags["denied"] = 1.0
    return flags


def _from_hits(hits: Iterable[Hit]) -> Assessment:
    ordered = sorted(hits, key=lambda hit: -level_of(hit).rank)
    book = lexicon()
    level = highest(level_of(hit) for hit in ordered)
    tiers: dict[str, None] = {}
    reasons: dict[str, None] = {}
    for hit in ordered:
        category = book.categories[hit.pattern.category]
        if Scope.DENIED not in hit.scopes:
            tiers["third_party" if Scope.THIRD_PERSON in hit.scopes and category.tier.endswith("ideation") else category.tier] = None
            reasons[category.reason] = None
    for hit in ordered:
        for scope in sorted(hit.scopes, key=lambda scope: scope.value):
            if scope in _SCOPE_REASON:
                reasons[_SCOPE_REASON[scope]] = None
    ids = tuple(dict.fromkeys(hit.pattern.id for hit in ordered))
    return Assessment(level, tuple(tiers), tuple(reasons), _LEVEL_SCORE[level], ids)
