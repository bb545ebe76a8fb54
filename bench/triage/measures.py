"""Measures of a detector: shares with their intervals, ranking, calibration."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

Pairs = Sequence[tuple[bool, float]]


def wilson(hits: int, total: int) -> str:
    """Return a share with its 95 % Wilson interval."""
    if total == 0:
        return "no rows"
    z, p = 1.96, hits / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return f"{p:.3f} [{max(0.0, middle - half):.3f}, {min(1.0, middle + half):.3f}]  {hits}/{total}"


def auroc(pairs: Pairs) -> float:
    """Return the area under the ROC curve, ties counted half."""
    ordered = sorted(pairs, key=lambda pair: pair[1])
    ranks, start = 0.0, 0
    while start < len(ordered):
        stop = start
        while stop < len(ordered) and ordered[stop][1] == ordered[start][1]:
            stop += 1
        middle = (start + stop + 1) / 2
        ranks += middle * sum(truth for truth, _ in ordered[start:stop])
        start = stop
    positives = sum(truth for truth, _ in ordered)
    negatives = len(ordered) - positives
    if not positives or not negatives:
        return float("nan")
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def auprc(pairs: Pairs) -> float:
    """Return the average precision."""
    ordered = sorted(pairs, key=lambda pair: -pair[1])
    positives = sum(truth for truth, _ in ordered)
    found, total = 0, 0.0
    for place, (truth, _) in enumerate(ordered, start=1):
        if truth:
            found += 1
            total += found / place
    return total / positives if positives else float("nan")


def recall_at(pairs: Pairs, most_false: float) -> float:
    """Return the recall at the lowest cut whose share of false alarms stays within the bound."""
    calm = sorted((score for truth, score in pairs if not truth), reverse=True)
    cut = calm[int(len(calm) * most_false)]
    crisis = [score for truth, score in pairs if truth]
    return sum(score > cut for score in crisis) / len(crisis)


def calibration_error(pairs: Pairs, bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal size."""
    ordered = sorted(pairs, key=lambda pair: pair[1])
    size = max(1, math.ceil(len(ordered) / bins))
    groups = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    gaps = [abs(sum(t for t, _ in g) / len(g) - sum(s for _, s in g) / len(g)) * len(g) for g in groups]
    return sum(gaps) / len(ordered)


def bootstrap(pairs: Pairs, measure: Callable[[Pairs], float], rounds: int = 300) -> str:
    """Return a measure with a 95 % interval from resampled rows."""
    dice = random.Random(7)
    drawn = sorted(measure(dice.choices(pairs, k=len(pairs))) for _ in range(rounds))
    return f"{measure(pairs):.3f} [{drawn[int(rounds * 0.025)]:.3f}, {drawn[int(rounds * 0.975)]:.3f}]"
