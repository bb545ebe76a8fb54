"""Score a message with the linear model: a plain file of weights, read and added up by the standard library."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, repeat, zip_longest
from operator import add
from pathlib import Path
from typing import Any

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
    # Both weights of a gram in one number, the crisis real and the now imaginary: one object to fetch instead of three
    # is a third of the time of a message, and whole numbers of this size are added without rounding.
    weights: dict[str, complex]
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
    # Most tokens are Chinese characters, which stay as they are.
    return [token if "\u3400" <= token <= "\u9fff" else _token(token) for token in _TOKEN.findall(plain)]


def _token(sign: str) -> str:
    if sign.isdigit():
        return "0"
    return sign + " " if sign.isascii() and sign.isalpha() else sign


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
            weights_of(body),
            tuple(body["scale"]),
            tuple(body["intercepts"]),
            body["stack"],
            body["thresholds"],
        )
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ModelError(str(problem)) from problem


def weights_of(body: dict[str, Any]) -> dict[str, complex]:
    """Return the weights of a model's content; ValueError where a column is too short."""
    columns = zip(body["grams"].split("\t"), body["crisis"], body["now"], strict=True)
    return {gram: complex(crisis, now) for gram, crisis, now in columns}


def digest_of(body: dict[str, object]) -> str:
    """Return the hash that names a model, taken over its content and not its file."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def scores(model: Model, parts: list[str], known: dict[str, complex]) -> list[tuple[float, float]]:
    """Return the two weighted sums of the whole message, then those of each of its windows.

    In each of these stretches every gram counts once, and length is evened out. The grams are those of `grams`, but
    each is made once for all windows: that is most of the time a message takes.
    """
    runs, couples = _runs(parts), _pairs(parts)
    present = set(chain(*runs, *couples))
    _look_up(model, present, known)
    found = [_sums(model, known, present)]
    for start in range(0, len(parts) - WINDOW // 2, WINDOW // 2) if len(parts) > WINDOW else ():
        stop = min(start + WINDOW, len(parts))
        # Where a window begins and ends is an edge as that of a message.
        present = {edge for size in range(1, LONGEST_GRAM) for edge in _edges(runs[size - 1], start, stop + 1 - size)}
        _look_up(model, present, known)
        for size, run in enumerate(runs, start=1):
            # The runs begin with the edge of the message, so those of a window lie one place further on.
            present.update(run[start + 1 : stop + 2 - size])
        for distance, row in enumerate(couples, start=2):
            present.update(row[start : stop - distance])
        found.append(_sums(model, known, present | {"\n"}))
    return found


def _look_up(model: Model, grams_wanted: set[str], known: dict[str, complex]) -> None:
    """Add the weights of the grams to those known; the big table, far apart in memory, is asked once for each."""
    new = grams_wanted - known.keys()
    known.update(zip(new, map(model.weights.get, new, repeat(0j)), strict=True))


def _edges(run: list[str], start: int, last: int) -> tuple[str, str]:
    return "\n" + run[start + 1], run[last] + "\n"


def _runs(parts: list[str]) -> list[list[str]]:
    """Return the runs of one to four tokens, the two edges of the message among them."""
    ones = ["\n", *parts, "\n"]
    runs = [ones]
    for size in range(1, LONGEST_GRAM):
        runs.append(list(map(add, runs[-1], ones[size:])))
    return runs


def _pairs(parts: list[str]) -> list[list[str]]:
    """Return the pairs by their distance, each at the place of its first token; "" where a clause ends between."""
    breaks = [place for place, part in enumerate(parts) if part == "\n"]
    rows = []
    for distance in range(2, REACH + 1):
        row = list(map("~".join, zip(parts, parts[distance:], strict=False)))
        for place in breaks:
            for start in range(max(0, place - distance), min(place + 1, len(row))):
                row[start] = ""
        rows.append(row)
    return rows


def _sums(model: Model, known: dict[str, complex], present: set[str]) -> tuple[float, float]:
    present.discard("")
    return _scaled(model, sum(map(known.__getitem__, present), 0j), math.sqrt(len(present)))


def _scaled(model: Model, total: complex, length: float) -> tuple[float, float]:
    return (
        total.real * model.scale[0] / length + model.intercepts[0],
        total.imag * model.scale[1] / length + model.intercepts[1],
    )


def hear(model: Model, plain: str, flags: dict[str, float], known: dict[str, complex] | None = None) -> Voice:
    """Return the model's calibrated view of a message, given what the lexicon found in it.

    Weights looked up are left in `known`, for a second hearing of almost the same words.
    """
    known = {} if known is None else known
    half = CHARACTERS_OF_LONG
    parts = tokens(plain if len(plain) <= 2 * half else plain[:half] + "\n" + plain[-half:])
    if not any(part.strip() for part in parts):
        # Nothing that could be heard: blanks, or an idiom alone.
        return Voice(0.0, 0.0)
    if len(parts) > LONG_MESSAGE:
        whole, best = _long_scores(model, parts, known)
    else:
        found = scores(model, parts, known)
        whole, best = found[0], (max(pair[0] for pair in found), max(pair[1] for pair in found))
    return Voice(
        _stacked(model.stack["crisis"], whole[0], best[0], flags),
        _stacked(model.stack["now"], whole[1], best[1], flags),
    )


def _long_scores(
    model: Model, parts: list[str], known: dict[str, complex]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Score a very long message in one pass over running sums; a repeated gram counts each time here."""
    twos = list(map(add, parts, parts[1:]))
    threes = list(map(add, twos, parts[2:]))
    _look_up(model, {*parts, *twos, *threes}, known)
    found = (map(known.__getitem__, run) for run in (parts, twos, threes))
    # Towards the end of a message fewer and fewer grams fit in. What is summed stands before each place.
    sums = list(accumulate(map(sum, zip_longest(*found, fillvalue=0j)), initial=0j))

    def between(start: int, stop: int) -> tuple[float, float]:
        return _scaled(model, sums[stop] - sums[start], math.sqrt(LONGEST_GRAM * (stop - start)))

    whole = between(0, len(parts))
    stretches = [between(start, start + WINDOW) for start in range(0, len(parts) - WINDOW, WINDOW // 2)]
    return whole, (max(pair[0] for pair in stretches), max(pair[1] for pair in stretches))


def _stacked(stack: dict[str, float], whole: float, best: float, flags: dict[str, float]) -> float:
    total = stack["intercept"] + stack["whole"] * whole + stack["best"] * best
    total += sum(stack.get(name, 0.0) * value for name, value in flags.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
