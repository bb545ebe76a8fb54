"""Train the linear crisis model and write it as a plain data file.

Run in an environment with ops/requirements/triage.txt: `python -m bench.triage.train`. What was tried and kept
or dropped, with its figures, is in bench/triage/README.md.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from bench.triage.samples import SEED, Sample, labelled, unlabelled
from triage import linear

# Chosen by cross-validation on the tuning slices and by leaving one hand out (bench/triage/README.md).
STRENGTH = 0.05
# How strongly a gram counts that is seen on one side only: between plain idf (0) and naive Bayes (1).
CONTRAST = 0.4
# Our writers' lines teach the grams louder than they are weighed for the last step: half of them are danger, and a
# probability fitted on that share would cry wolf.
LOUDER = 2.0
UNHEARD = 0.15
KEPT_GRAMS = 250_000
LEAST_SEEN = 3
THRESHOLDS = {"today": 0.55, "now": 0.25}


class Grams:
    """The vocabulary learnt from every text, labelled or not."""

    def __init__(self, texts: list[list[str]]) -> None:
        counts: Counter[str] = Counter()
        for tokens in texts:
            counts.update(linear.grams(tokens))
        self.words = sorted(word for word, seen in counts.items() if seen >= LEAST_SEEN)
        self.index = {word: place for place, word in enumerate(self.words)}
        total = len(texts)
        self.idf = np.array([np.log((1 + total) / (1 + counts[word])) for word in self.words])

    def matrix(self, parts: list[list[str]]) -> sparse.csr_matrix:
        """Return one row per message: the weight of each gram in it, evened out by length."""
        indptr, indices, data = [0], [], []
        for tokens in parts:
            present = linear.grams(tokens)
            length = np.sqrt(len(present)) or 1.0
            known = [self.index[gram] for gram in present if gram in self.index]
            indices += known
            data += [self.idf[place] / length for place in known]
            indptr.append(len(indices))
        return sparse.csr_matrix((data, indices, indptr), shape=(len(parts), len(self.words)))


def contrast(x: sparse.csr_matrix, y: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return for each gram how differently the two sides use it, the median being one."""
    present = x.copy()
    present.data = np.ones_like(present.data)
    crisis = present.T @ (w * y) + 1.0
    calm = present.T @ (w * (1 - y)) + 1.0
    ratio = np.abs(np.log((crisis / crisis.sum()) / (calm / calm.sum()))) ** CONTRAST
    return ratio / np.median(ratio)


def fit_weights(x: sparse.csr_matrix, y: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit one question: a weight for each gram."""
    ratio = contrast(x, y, w)
    model = LogisticRegression(C=STRENGTH, max_iter=200, solver="liblinear", random_state=SEED)
    model.fit(x @ sparse.diags(ratio), y, sample_weight=w)
    return model.coef_[0] * ratio, float(model.intercept_[0])


def answers(taught: list[Sample]) -> dict[str, np.ndarray]:
    """Return what is true of each row, for each of the two questions."""
    return {
        "crisis": np.array([one.row.crisis for one in taught], int),
        "now": np.array([one.row.now for one in taught], int),
    }


def loudness(taught: list[Sample]) -> np.ndarray:
    """Return how much each row counts when the grams learn."""
    return np.array(
        [
            one.weight * (LOUDER if one.row.source.startswith("hand_") and one.row.source != "hand_turns" else 1.0)
            for one in taught
        ]
    )


def train(taught: list[Sample], vocabulary: Grams) -> dict[str, object]:
    """Return the body of the model file."""
    x = vocabulary.matrix([one.parts for one in taught])
    w = np.array([one.weight for one in taught])
    columns: dict[str, np.ndarray] = {}
    stack: dict[str, dict[str, float]] = {}
    intercepts = []
    for name, y in answers(taught).items():
        sums = out_of_fold(taught, x, y, loudness(taught), vocabulary)
        stack[name] = fit_stack(taught, *sums, y, w)
        print(name, {key: round(value, 2) for key, value in stack[name].items()})
        weights, intercept = fit_weights(x, y, loudness(taught))
        columns[name] = weights * vocabulary.idf
        intercepts.append(intercept)
    return packed(vocabulary, columns, intercepts, stack)


def packed(
    vocabulary: Grams, columns: dict[str, np.ndarray], intercepts: list[float], stack: dict[str, dict[str, float]]
) -> dict[str, object]:
    """Keep the grams that say most and write their weights as small whole numbers."""
    strength = np.maximum(np.abs(columns["crisis"]), np.abs(columns["now"]))
    keep = np.sort(np.argsort(-strength, kind="stable")[:KEPT_GRAMS])
    scale = [float(np.abs(columns[name][keep]).max() / 32000) for name in ("crisis", "now")]
    body: dict[str, object] = {"grams": "\t".join(vocabulary.words[place] for place in keep)}
    for name, unit in zip(("crisis", "now"), scale, strict=True):
        body[name] = [round(float(columns[name][place] / unit)) for place in keep]
    body["scale"], body["intercepts"], body["stack"], body["thresholds"] = scale, intercepts, stack, THRESHOLDS
    return body


def out_of_fold(taught, x, y, w, vocabulary):  # type: ignore[no-untyped-def]
    """Return, for each labelled message, both sums from a fit that had not seen it."""
    whole, best = np.zeros(len(taught)), np.zeros(len(taught))
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    for learn, hold in folds.split(np.zeros(len(taught)), y):
        weights, intercept = fit_weights(x[learn], y[learn], w[learn])
        whole[hold] = x[hold] @ weights + intercept
        for place in hold:
            stretches = linear.windows(taught[place].parts)
            best[place] = whole[place]
            if len(stretches) > 1:
                best[place] = max(whole[place], (vocabulary.matrix(stretches) @ weights).max() + intercept)
    return whole, best


def fit_stack(taught, whole, best, y, w):  # type: ignore[no-untyped-def]
    """Join the sums and the flags into a probability, on sums from folds that had not seen the message."""
    names = sorted({flag for one in taught for flag in one.flags})
    table = np.array(
        [
            [total, peak, *(one.flags.get(flag, 0.0) for flag in names)]
            for one, total, peak in zip(taught, whole, best, strict=True)
        ]
    )
    use = np.array([one.row.source != "lexicon" for one in taught])
    # The lexicon was tuned on some of these rows and finds them more often than it will find new ones. So each
    # row is shown once more as if the lexicon had said nothing, and the sums have to stand on their own.
    deaf = table.copy()
    deaf[:, 2:] = 0.0
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit(np.vstack([table[use], deaf[use]]), np.r_[y[use], y[use]], sample_weight=np.r_[w[use], UNHEARD * w[use]])
    coefficients = dict(zip(["whole", "best", *names], (float(value) for value in model.coef_[0]), strict=True))
    return {"intercept": float(model.intercept_[0]), **coefficients}


def main() -> None:
    """Train, cross-validate, calibrate, prune and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unlabelled", type=int, default=20_000)
    parser.add_argument("--out", type=Path, default=linear.MODEL_PATH)
    options = parser.parse_args()
    # Turns that nobody labelled say which grams are common; they no longer teach what is calm.
    taught, unread = labelled(), unlabelled(options.unlabelled)
    print("labelled", len(taught), "unread", len(unread))
    body = train(taught, Grams([one.parts for one in taught] + unread))
    text = json.dumps({"digest": linear.digest_of(body), "body": body}, ensure_ascii=False, separators=(",", ":"))
    options.out.write_text(text, encoding="utf-8")
    print("written", options.out, round(len(text.encode()) / 1e6, 2), "MB")


if __name__ == "__main__":
    main()
