"""Score a message with the linear model: a plain file of weights, read and added up by the standard library."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from operator import add
from pathlib import Path

MODEL_PATH = Path(__file__).parent / "data" / "model.json"
# Grams longer than four characters cost more room than they earn (measured while training).
LONGEST_GRAM = 4
# Two tokens of one clause that stand this near to each other are heard as a pair, whatever is said between them:
# "走 ... 后事" reaches wordings that no run of four tokens has met.
REACH = 6
# One sentence must not drown in a long message: it is also scored by windows of this many tokens.
WINDOW = 40
# Beyond this many tokens one pass replaces the windows, and of a longer story the model hears beginning and end:
# 10,000 characters must be read within 20 ms. The lexicon reads every word of it.
LONG_MESSAGE = 400
CHARACTERS_OF_LONG = 1_000
_TOKEN = re.compile(r"[a-z]+|[^\sa-z]|\n")


class ModelError(ValueError):
    """The model file is missing, truncated or not the one it says it is."""


@dataclass(frozen=True)
class Model:
    """Weights of two questions: is this a crisis, and is a person needed now."""

    digest: str
    weights: dict[str, tuple[int, int]]
    scale: tuple[float, float]
    intercepts: tuple[float, float]
    stack: dict[str, dict[str, float]]
    thresholds: dict[str, float]


@dataclass(frozen=True)
class Voice:
    """What the model says of a message: two calibrated probabilities."""

    crisis: float
    now: float


def tokens(plain: str) -> list[str]:
    """Split into Chinese characters, Latin words and clause breaks; digits count as one sign."""
    return [
        "0" if token.isdigit() else token + " " if token.isascii() and token.isalpha() else token
        for token in _TOKEN.findall(plain)
    ]


def grams(parts: list[str]) -> list[str]:
    """Return each run of one to four tokens, and each pair of tokens within reach in one clause, once."""
    found: dict[str, None] = {}
    padded = ["\n", *parts, "\n"]
    for size in range(1, LONGEST_GRAM + 1):
        for start in range(len(padded) - size + 1):
            found["".join(padded[start : start + size])] = None
    for pair in pairs(parts):
        found[pair] = None
    return list(found)


def pairs(parts: list[str]) -> Iterator[str]:
    """Yield each pair of tokens of one clause with one to five others between them."""
    beginning = 0
    for place, part in enumerate(parts):
        if part == "\n":
            beginning = place + 1
            continue
        for earlier in parts[max(beginning, place - REACH) : max(beginning, place - 1)]:
            yield f"{earlier}~{part}"


def windows(parts: list[str]) -> list[list[str]]:
    """Return stretches of the message that overlap by half, so that one sentence cannot drown."""
    if len(parts) <= WINDOW:
        return [parts]
    step = WINDOW // 2
    return [parts[start : start + WINDOW] for start in range(0, len(parts) - step, step)]


@lru_cache(maxsize=4)
def load(path: Path = MODEL_PATH) -> Model:
    """Read the model and check the digest it carries."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        body = raw["body"]
        digest = digest_of(body)
        if raw["digest"] != digest:
            raise ModelError("the digest does not fit the weights")
        return Model(
            digest,
            dict(zip(body["grams"].split("\t"), zip(body["crisis"], body["now"], strict=True), strict=True)),
            tuple(body["scale"]),
            tuple(body["intercepts"]),
            body["stack"],
            body["thresholds"],
        )
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ModelError(str(problem)) from problem


def digest_of(body: dict[str, object]) -> str:
    """Return the hash that names a model, taken over its content and not its file."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def raw_scores(model: Model, parts: list[str]) -> tuple[float, float]:
    """Return the two weighted sums for one stretch of tokens, each gram counted once, length evened out."""
    crisis = now = 0
    weights = model.weights
    present = grams(parts)
    for gram in present:
        pair = weights.get(gram)
        if pair is not None:
            crisis += pair[0]
            now += pair[1]
    length = math.sqrt(len(present)) or 1.0
    return (
        crisis * model.scale[0] / length + model.intercepts[0],
        now * model.scale[1] / length + model.intercepts[1],
    )


def hear(model: Model, plain: str, flags: dict[str, float]) -> Voice:
    """Return the model's calibrated view of a message, given what the lexicon found in it."""
    half = CHARACTERS_OF_LONG
    parts = tokens(plain if len(plain) <= 2 * half else plain[:half] + "\n" + plain[-half:])
    if not any(part.strip() for part in parts):
        # Nothing that could be heard: blanks, or an idiom alone.
        return Voice(0.0, 0.0)
    if len(parts) > LONG_MESSAGE:
        whole, best = _long_scores(model, parts)
    else:
        whole = raw_scores(model, parts)
        best = whole
        for stretch in windows(parts) if len(parts) > WINDOW else ():
            found = raw_scores(model, stretch)
            best = (max(best[0], found[0]), max(best[1], found[1]))
    return Voice(
        _stacked(model.stack["crisis"], whole[0], best[0], flags),
        _stacked(model.stack["now"], whole[1], best[1], flags),
    )


def _long_scores(model: Model, parts: list[str]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Score a very long message in one pass over running sums; a repeated gram counts each time here."""
    get, pairs = model.weights.get, list(map(add, parts, parts[1:]))
    # From the end to the beginning of a message fewer and fewer grams fit in.
    found = zip_longest(map(get, parts), map(get, pairs), map(get, map(add, pairs, parts[2:])))
    sums = [(0, 0)]
    crisis = now = 0
    for grams_here in found:
        for pair in grams_here:
            if pair is not None:
                crisis += pair[0]
                now += pair[1]
        sums.append((crisis, now))

    def between(start: int, stop: int) -> tuple[float, float]:
        length = math.sqrt(LONGEST_GRAM * (stop - start))
        return (
            (sums[stop][0] - sums[start][0]) * model.scale[0] / length + model.intercepts[0],
            (sums[stop][1] - sums[start][1]) * model.scale[1] / length + model.intercepts[1],
        )

    whole = between(0, len(parts))
    stretches = [between(start, start + WINDOW) for start in range(0, len(parts) - WINDOW, WINDOW // 2)]
    return whole, (max(pair[0] for pair in stretches), max(pair[1] for pair in stretches))


def _stacked(stack: dict[str, float], whole: float, best: float, flags: dict[str, float]) -> float:
    total = stack["intercept"] + stack["whole"] * whole + stack["best"] * best
    total += sum(stack.get(name, 0.0) * value for name, value in flags.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
