"""Leave one hand out: how well the detector reads a writer it has never met.

Run in the training environment: `python -m bench.triage.hands_out`. For each hand it trains on everybody else
and prints the share of that hand's lines above a few cuts, beside the share of chit-chat.
"""

from __future__ import annotations

import argparse
from collections import defaultdict

from bench.triage.corpus import part, rows
from bench.triage.samples import Sample, labelled, unlabelled
from bench.triage.train import Grams, train
from triage import linear
from triage.assess import level_of, lexicon_flags
from triage.levels import Level, highest
from triage.lexicon import read
from triage.normalise import normalise

CUTS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def group(one: Sample) -> str:
    """Return whose line it is."""
    source = one.row.source
    return "own" if source.startswith("own_") else source


def scores(model: linear.Model, texts: list[str]) -> list[tuple[float, bool]]:
    """Return the crisis score of each text and whether the lexicon alone raises it."""
    found = []
    for text in texts:
        reading = read(normalise(text))
        raised = highest(level_of(hit) for hit in reading.hits).is_at_least(Level.ORANGE)
        found.append((linear.hear(model, reading.heard, lexicon_flags(reading.hits)).crisis, raised))
    return found


def shares(found: list[tuple[float, bool]]) -> str:
    """Return what either voice raises, cut by cut."""
    alone = sum(raised for _, raised in found) / len(found)
    either = [sum(raised or score >= cut for score, raised in found) / len(found) for cut in CUTS]
    return f"lexicon {alone:.3f} | " + " ".join(f"{cut}:{share:.3f}" for cut, share in zip(CUTS, either, strict=True))


def main() -> None:
    """Train once per hand and print what it found of the absent one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hands", nargs="*", default=["own", "hand_a", "hand_b", "hand_c", "hand_turns"])
    parser.add_argument("--detail", action="store_true")
    options = parser.parse_args()
    taught, unread = labelled(), unlabelled(20_000)
    chat = [row.text for row in part(rows("zh_chitchat_tencent_dev"), kept=True) if row.kind != "hyperbole"][:4000]
    for hand in options.hands:
        absent = [one for one in taught if group(one) == hand]
        rest = [one for one in taught if group(one) != hand]
        body = train(rest, Grams([one.parts for one in rest] + unread))
        model = linear.Model(
            "", linear.weights_of(body), body["scale"], body["intercepts"], body["stack"], body["thresholds"]
        )
        print(f"\n{hand}: {len(absent)} lines")
        kinds = defaultdict(list)
        for one in absent:
            kinds["crisis" if one.row.crisis else "ordinary"].append(one.row.text)
            if options.detail:
                kinds["   " + one.row.kind].append(one.row.text)
        for kind, texts in sorted(kinds.items()):
            print(f"  {kind:<22}{len(texts):>5}  {shares(scores(model, texts))}")
        print(f"  {'chit-chat':<22}{len(chat):>5}  {shares(scores(model, chat))}", flush=True)


if __name__ == "__main__":
    main()
