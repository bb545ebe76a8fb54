"""Assess one message for signs of crisis: the one door through which every typed message goes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from triage import linear
from triage.ages import Tells, tells_only
from triage.clauses import Scope
from triage.levels import Level, highest
from triage.lexicon import Hit, lexicon, read
from triage.normalise import normalise, squeeze

# The score a level stands for when no model speaks; only the order carries meaning (triage/README.md).
_LEVEL_SCORE = {
    Level.EMERGENCY: 0.99,
    Level.RED: 0.95,
    Level.ORANGE: 0.8,
    Level.YELLOW: 0.35,
    Level.BLUE: 0.1,
    Level.GREEN: 0.0,
}
_SCOPE_REASON = {
    Scope.DENIED: "denies",
    Scope.PAST: "in_the_past",
    Scope.QUOTED: "quotes",
    Scope.RECOVERED: "says_it_is_over",
    Scope.INFORMATION: "asks_for_information",
    Scope.THIRD_PERSON: "another_person",
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


# The model alone, without a word that a clinician signed, asks for a person today from these scores on. A line of a
# few signs says too little to be judged without its setting ("I am going then", "the last time"), so it must score
# higher; what is left of doubt asks for a look within days. Set on scores of 6,700 chit-chat lines, of the lines of all
# writers and of the bot's ordinary lines from folds that had not seen them: docs/triage-model-card.md.
ALONE = ((6, 0.995), (9, 0.955), (13, 0.75), (10**9, 0.42))
ALONE_IN_ENGLISH = ((5, 0.96), (7, 0.96), (9, 0.85), (13, 0.82), (10**9, 0.63))
SURE = 0.95  # enough beside a doubtful word of the lexicon, however short the line
ALONE_NOW = 0.28
WITHIN_DAYS = 0.35
_NOW_FROM = 9  # tokens; a shorter line rings at night only with a word of the lexicon
_DAYS_FROM = 13  # tokens; a shorter line in doubt is no reason to open a case
_CHINESE = re.compile("[\u3400-\u9fff]")
_JUDGED = 80  # characters; enough to tell a short line from a longer one
# Turns read together with the new one: a threat is often told in three short messages.
_WINDOW = 4
_TAKEN_BACK = re.compile(
    r"开玩笑|逗你|骗你的|瞎说|说着玩|闹着玩|没事了|当我没说|别当真|随便说说|吓你|"
    r"just kidding|\bjk\b|joking|never ?mind|didnt mean it"
)
_CHILD = re.compile(
    r"我(?:今年|才|刚|刚满)?(?:[六七八九6-9]|十[一二三四五六七]?|1[0-7])岁|我(?:在|上|读|是)?(?:小学|[一二三四五六]年级|初[一二三]|初中)|"
    r"\b(?:im|i am) (?:[6-9]|1[0-7])\b|\bin (?:[1-9]th grade|middle school|elementary school)\b"
)


def assess(text: str, previous: Sequence[str] = ()) -> Assessment:
    """Return the assessment of a message; it never raises, and a failure inside asks for a person."""
    try:
        own = _assess(str(text or ""))
        recent = [str(earlier or "") for earlier in list(previous)[-_WINDOW:]]
        return _with_window(own, str(text or ""), recent) if any(recent) else own
    except Exception:
        # Silence here could cost a life: what cannot be read by the programme is read by a person.
        return Assessment(Level.ORANGE, (), ("could_not_assess",), 0.5)


def mode() -> str:
    """Tell whether both voices speak ("full") or the model is missing or broken ("lexicon_only")."""
    return "full" if _model() is not None else "lexicon_only"


def _model() -> linear.Model | None:
    try:
        return linear.load(linear.MODEL_PATH)
    except linear.ModelError:
        return None


def _assess(text: str) -> Assessment:
    plain = normalise(text)
    reading = read(plain)
    hits = list(reading.hits)
    closed = squeeze(plain)
    if closed:
        known = {hit.pattern.id for hit in hits}
        hits += [hit for hit in read("\n".join(closed)).hits if hit.pattern.id not in known]
    found = _from_hits(hits)
    if found.level.is_at_least(Level.ORANGE) and _CHILD.search(plain):
        found = _raised(found, Level.RED if "abuse" in found.tiers else found.level, "child_speaks")
    model = _model()
    if model is None:
        # Alone, the lexicon cannot weigh a doubtful hit, so every hit asks for a person now.
        return _raised(found, Level.RED) if found.level.is_at_least(Level.YELLOW) else found
    weighed: dict[str, complex] = {}
    voice = linear.hear(model, reading.heard, lexicon_flags(hits), weighed)
    alone = voice if reading.meant == reading.heard else linear.hear(model, reading.meant, {}, weighed)
    cuts = ALONE if _CHINESE.search(plain) else ALONE_IN_ENGLISH
    size = len(linear.tokens(reading.meant[:_JUDGED]))
    today = next(score for longest, score in cuts if size < longest)
    return _joined(found, (voice, alone), model, (today, size), _at_most(plain))


def _at_most(plain: str) -> Level:
    """Return how far a score alone may raise a line: an age alone says nothing that happened."""
    told = tells_only(plain)
    if not told:
        return Level.EMERGENCY
    return Level.ORANGE if Tells.SILENCE in told else Level.GREEN


def _joined(
    found: Assessment,
    voices: tuple[linear.Voice, linear.Voice],
    model: linear.Model,
    cut: tuple[float, int],
    at_most: Level,
) -> Assessment:
    """Let either voice raise: the model never lowers what the lexicon found.

    The first voice heard everything, the second only what is meant.
    """
    (voice, alone), (today, size) = voices, cut
    heard = Level.GREEN
    if found.level.rank < Level.YELLOW.rank:
        heard = min(_heard_alone(alone, today, size), at_most, key=lambda level: level.rank)
    elif voice.crisis >= max(model.thresholds["today"], min(today, SURE)):
        heard = Level.ORANGE
    if voice.now >= model.thresholds["now"] and found.level.is_at_least(Level.ORANGE):
        heard = Level.RED
    both = replace(found, score=voice.crisis, model_hash=model.digest, mode="full")
    return _raised(both, heard, "model_sees_risk") if heard.rank > found.level.rank else both


def _heard_alone(voice: linear.Voice, today: float, size: int) -> Level:
    if voice.crisis >= today:
        # Both questions must be answered with yes before a score alone rings somebody at night.
        return Level.RED if min(voice.now, voice.crisis) >= ALONE_NOW and size >= _NOW_FROM else Level.ORANGE
    return Level.YELLOW if voice.crisis >= WITHIN_DAYS and size >= _DAYS_FROM else Level.GREEN


def _raised(found: Assessment, level: Level, *reasons: str) -> Assessment:
    return replace(
        found,
        level=highest((found.level, level)),
        reasons=tuple(dict.fromkeys((*found.reasons, *reasons))),
        score=found.score if found.model_hash else _LEVEL_SCORE[highest((found.level, level))],
    )


def _with_window(own: Assessment, text: str, recent: list[str]) -> Assessment:
    """Read the last turns as one; what was taken back or denied lowers nothing."""
    earlier = _from_hits(read(normalise("\n".join(recent))).hits)
    together = _from_hits(read(normalise("\n".join([*recent, text]))).hits)
    if together.level.rank > max(own.level.rank, earlier.level.rank):
        own = _raised(own, together.level, *together.reasons, "earlier_messages")
    taken_back = "denies" in own.reasons or _TAKEN_BACK.search(normalise(text))
    if taken_back and earlier.level.is_at_least(Level.ORANGE):
        own = _raised(own, earlier.level, "earlier_alarm")
    return own


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
    if {Scope.QUOTED, Scope.INFORMATION, Scope.RECOVERED} & hit.scopes and level.rank > Level.YELLOW.rank:
        level = Level.YELLOW
    return level


def lexicon_flags(hits: Iterable[Hit]) -> dict[str, float]:
    """Return what the lexicon tells the model: the highest level, the kinds found, and what the clauses do to them."""
    flags: dict[str, float] = {}
    level = Level.GREEN
    for hit in hits:
        own = level_of(hit)
        level = highest((level, own))
        flags |= {f"scope_{scope.value}": 1.0 for scope in hit.scopes}
        if own.is_at_least(Level.ORANGE):
            flags[f"kind_{hit.pattern.category}"] = 1.0
    if level is not Level.GREEN:
        flags[f"lexicon_{level.value}"] = 1.0
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
            tiers[
                "third_party"
                if Scope.THIRD_PERSON in hit.scopes and category.tier.endswith("ideation")
                else category.tier
            ] = None
            reasons[category.reason] = None
    for hit in ordered:
        for scope in sorted(hit.scopes, key=lambda scope: scope.value):
            if scope in _SCOPE_REASON:
                reasons[_SCOPE_REASON[scope]] = None
    ids = tuple(dict.fromkeys(hit.pattern.id for hit in ordered))
    return Assessment(level, tuple(tiers), tuple(reasons), _LEVEL_SCORE[level], ids)
