"""Print how well the shipped detector does on the untouched slices, with 95 % intervals.

`python bench/triage/report.py` needs nothing but the standard library and `../shared/data/crisis/`.
`--slice tuned` prints the same tables on the rows that patterns and weights were made from.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.triage.corpus import ROOT, Row, own_lines, part, rows
from triage import linear
from triage.assess import Assessment, assess, mode
from triage.levels import Level

REGRESSIONS = Path(__file__).parent / "regressions.jsonl"
Scored = list[tuple[Row, Assessment]]


def wilson(hits: int, total: int) -> str:
    """Return a share with its 95 % Wilson interval."""
    if total == 0:
        return "no rows"
    z, p = 1.96, hits / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return f"{p:.3f} [{max(0.0, middle - half):.3f}, {min(1.0, middle + half):.3f}]  {hits}/{total}"


def any_alarm(found: Assessment) -> bool:
    """Tell whether a person looks at all."""
    return found.level.is_at_least(Level.ORANGE)


def auroc(pairs: Sequence[tuple[bool, float]]) -> float:
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
    return (
        (ranks - positives * (positives + 1) / 2) / (positives * negatives) if positives and negatives else float("nan")
    )


def auprc(pairs: Sequence[tuple[bool, float]]) -> float:
    """Return the average precision."""
    ordered = sorted(pairs, key=lambda pair: -pair[1])
    positives = sum(truth for truth, _ in ordered)
    found, total = 0, 0.0
    for place, (truth, _) in enumerate(ordered, start=1):
        if truth:
            found += 1
            total += found / place
    return total / positives if positives else float("nan")


def recall_at(pairs: Sequence[tuple[bool, float]], most_false: float) -> float:
    """Return the recall at the lowest cut whose share of false alarms stays within the bound."""
    calm = sorted((score for truth, score in pairs if not truth), reverse=True)
    cut = calm[int(len(calm) * most_false)]
    crisis = [score for truth, score in pairs if truth]
    return sum(score > cut for score in crisis) / len(crisis)


def calibration_error(pairs: Sequence[tuple[bool, float]], bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal size."""
    ordered = sorted(pairs, key=lambda pair: pair[1])
    size = max(1, math.ceil(len(ordered) / bins))
    groups = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    gaps = [abs(sum(t for t, _ in g) / len(g) - sum(s for _, s in g) / len(g)) * len(g) for g in groups]
    return sum(gaps) / len(ordered)


def bootstrap(pairs: Sequence[tuple[bool, float]], measure, rounds: int = 300) -> str:  # type: ignore[no-untyped-def]
    """Return a measure with a 95 % interval from resampled rows."""
    dice = random.Random(7)
    drawn = sorted(measure(dice.choices(pairs, k=len(pairs))) for _ in range(rounds))
    return f"{measure(pairs):.3f} [{drawn[int(rounds * 0.025)]:.3f}, {drawn[int(rounds * 0.975)]:.3f}]"


def score_rows(items: Iterable[Row]) -> Scored:
    """Assess every row by itself."""
    return [(row, assess(row.text)) for row in items]


def line(title: str, scored: Scored) -> None:
    """Print any alarm and human now for a group of rows."""
    anyone = sum(any_alarm(found) for _, found in scored)
    now = sum(found.human_now for _, found in scored)
    print(f"  {title:<44} any {wilson(anyone, len(scored)):<34} now {wilson(now, len(scored))}")


def by_label(title: str, scored: Scored) -> None:
    """Print one line per label or kind."""
    print(f"\n{title}")
    line("all crisis", [pair for pair in scored if pair[0].crisis])
    line("all ordinary", [pair for pair in scored if not pair[0].crisis])
    for label in sorted({(row.label, row.kind if not row.crisis else "") for row, _ in scored}):
        line(
            "   " + " ".join(label), [p for p in scored if (p[0].label, p[0].kind if not p[0].crisis else "") == label]
        )


def psysuicide(scored: Scored) -> None:
    """Print the ranking measures on PsySUICIDE."""
    by_label("PsySUICIDE", scored)
    pairs = [(row.crisis, found.score) for row, found in scored]
    print("  AUROC ", bootstrap(pairs, auroc), "  AUPRC ", bootstrap(pairs, auprc))
    print("  recall at <= 4.5 % false alarms ", bootstrap(pairs, lambda drawn: recall_at(drawn, 0.045)))
    print(f"  calibration error {calibration_error(pairs):.3f}")


def per_thousand(title: str, scored: Scored) -> None:
    """Print alarms per 1,000 ordinary messages."""
    anyone, now = sum(any_alarm(f) for _, f in scored), sum(f.human_now for _, f in scored)
    shares = f"any {1000 * anyone / len(scored):.2f}  now {1000 * now / len(scored):.2f}"
    print(f"  {title:<44} {shares}  per 1,000 ({len(scored)})")


def speed(texts: Sequence[str]) -> None:
    """Print processor time per message, start time and size of the model."""
    spent = []
    for text in texts:
        started = time.process_time()
        assess(text)
        spent.append((time.process_time() - started) * 1000)
    spent.sort()
    script = (
        "import time; t=time.process_time(); import triage.assess as a; i=time.process_time(); "
        "a.assess('你好'); print(i-t, time.process_time()-i)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    imported, first = (float(word) for word in done.stdout.split())
    size = linear.MODEL_PATH.stat().st_size / 1e6 if linear.MODEL_PATH.exists() else 0.0
    print(
        f"\nSpeed: p50 {spent[len(spent) // 2]:.2f} ms, p99 {spent[int(len(spent) * 0.99)]:.2f} ms, "
        f"most {spent[-1]:.2f} ms over {len(spent)} messages; "
        f"import {imported:.2f} s, first message {first:.2f} s; model {size:.2f} MB"
    )


def regressions() -> int:
    """Check every reviewed sentence; return how many are below or above what a reviewer decided."""
    wrong = 0
    if not REGRESSIONS.exists():
        return 0
    for text in REGRESSIONS.read_text(encoding="utf-8").splitlines():
        row = json.loads(text)
        alarmed = any_alarm(assess(row["text"]))
        wrong += alarmed != row["alarm"]
    print(f"\nRegressions: {wrong} wrong")
    return wrong


def main() -> int:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slice", choices=["untouched", "tuned"], default="untouched")
    kept = parser.parse_args().slice == "untouched"
    print(f"mode {mode()}, slice {'untouched' if kept else 'tuned'}; share [95 % interval] hits/rows")
    psy = score_rows(part(rows("zh_psysuicide_valid"), kept=kept))
    psysuicide(psy)
    own = score_rows(part(own_lines(), kept=kept))
    by_label("Our own lines, Chinese", [pair for pair in own if pair[0].source.endswith("_zh")])
    by_label("Our own lines, English", [pair for pair in own if pair[0].source.endswith("_en")])
    for source in ("zh_authored_dev", "zh_smilechat_labelled_dev", "en_authored_dev", "en_xstest_dev"):
        by_label(source, score_rows(part(rows(source), kept=kept)))
    print("\nOrdinary messages")
    chat = score_rows(part(rows("zh_chitchat_tencent_dev"), kept=kept))
    per_thousand("chit-chat", [pair for pair in chat if pair[0].kind != "hyperbole"])
    line("chit-chat marked hyperbole", [pair for pair in chat if pair[0].kind == "hyperbole"])
    per_thousand("booking and travel questions", score_rows(part(rows("zh_service_crosswoz_dev"), kept=kept)))
    speed([row.text for row, _ in (psy + own + chat)[:3000]])
    return 1 if regressions() else 0


if __name__ == "__main__":
    sys.exit(main())
