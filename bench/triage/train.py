"""Train the linear crisis model and write it as a plain data file.

Run in an environment with scikit-learn: `python -m bench.triage.train`. Folding the grams of the unlabelled
corpora into a small space was tried and lost a little on every slice (bench/triage/README.md), so it is gone.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from bench.triage.corpus import Row, own_lines, part, rows
from triage import linear
from triage.assess import level_of, lexicon_flags
from triage.levels import Level, highest
from triage.lexicon import lexicon, read
from triage.normalise import normalise

SEED = 20261124
# Chosen by five-fold cross-validation on the tuning slices (bench/triage/README.md).
STRENGTH = 3.0
UNHEARD = 0.15
KEPT_GRAMS = 120_000
LEAST_SEEN = 3


@dataclass
class Sample:
    """One training message, read once."""

    row: Row
    weight: float
    parts: list[str]
    flags: dict[str, float]


def sample(row: Row, weight: float) -> Sample:
    """Normalise a message, find its flags and cut it into tokens."""
    reading = read(normalise(row.text))
    return Sample(row, weight, linear.tokens(reading.heard), lexicon_flags(reading.hits))


def labelled() -> list[Sample]:
    """Return the tuning slices of every labelled source, weighted so that no source drowns another."""
    found: list[Sample] = []
    weights = {
        "zh_psysuicide_valid": 1.0,
        "zh_authored_dev": 2.0,
        "zh_smilechat_labelled_dev": 1.5,
        "zh_chitchat_tencent_dev": 0.5,
        "zh_service_crosswoz_dev": 0.5,
        "en_authored_dev": 2.0,
        "en_xstest_dev": 1.0,
    }
    for source, weight in weights.items():
        found += [sample(row, weight) for row in part(rows(source), kept=False)]
    found += [sample(row, 2.0) for row in part(own_lines(), kept=False)]
    now_levels = {Level.EMERGENCY, Level.RED}
    for pattern in lexicon().patterns:
        label = "plan_attempt" if pattern.level in now_levels else pattern.category
        if pattern.level.is_at_least(Level.ORANGE):
            found += [sample(Row(text, label, "", "lexicon"), 1.0) for text in pattern.examples]
    return found


def unlabelled(limit: int) -> list[Sample]:
    """Return counselling turns: those the lexicon flags stand in as weak crisis rows, the rest as calm ones."""
    pool: list[Row] = []
    for source in ("zh_smilechat_client_turns_unlabelled_dev", "zh_cpsycound_client_turns_unlabelled_dev"):
        pool += [row for row in rows(source) if 4 <= len(row.text) <= 200]
    pool += list(_reddit_sentences())
    random.Random(SEED).shuffle(pool)
    found: list[Sample] = []
    for row in pool[:limit]:
        reading = read(normalise(row.text))
        level = highest(level_of(hit) for hit in reading.hits)
        denied = any(hit.scopes for hit in reading.hits)
        label = "none"
        if level.is_at_least(Level.ORANGE) and not denied:
            label = "plan_attempt" if level.is_at_least(Level.RED) else "weak"
        elif reading.hits:
            label = "unsure"
        flags = lexicon_flags(reading.hits)
        found.append(Sample(Row(row.text, label, "", row.source), 0.3, linear.tokens(reading.heard), flags))
    return found


def _reddit_sentences() -> list[Row]:
    out: list[Row] = []
    for row in rows("en_reddit_cssrs_dev"):
        for sentence in re.split(r"(?<=[.!?])\s+|\n|', '", row.text):
            if 15 <= len(sentence) <= 250:
                out.append(Row(sentence, "unlabelled", "", row.source))
    return out


class Grams:
    """The vocabulary and the folding learnt from every text, labelled or not."""

    def __init__(self, samples: list[Sample]) -> None:
        counts: Counter[str] = Counter()
        for one in samples:
            counts.update(linear.grams(one.parts))
        self.words = sorted(word for word, seen in counts.items() if seen >= LEAST_SEEN)
        self.index = {word: place for place, word in enumerate(self.words)}
        total = len(samples)
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


def fit_weights(x: sparse.csr_matrix, y: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit one question: a weight for each gram."""
    model = LogisticRegression(C=STRENGTH, max_iter=200, solver="liblinear", random_state=SEED)
    model.fit(x, y, sample_weight=w)
    return model.coef_[0], float(model.intercept_[0])


def main() -> None:
    """Train, cross-validate, calibrate, prune and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unlabelled", type=int, default=20_000)
    parser.add_argument("--out", type=Path, default=linear.MODEL_PATH)
    options = parser.parse_args()
    strong = labelled()
    weak = unlabelled(options.unlabelled)
    print("labelled", len(strong), "unlabelled", len(weak), Counter(one.row.label for one in weak))
    vocabulary = Grams(strong + weak)
    print("grams", len(vocabulary.words))
    weak_used = [one for one in weak if one.row.label != "unsure"]
    x_strong = vocabulary.matrix([one.parts for one in strong])
    x_weak = vocabulary.matrix([one.parts for one in weak_used])
    body = train(strong, weak_used, vocabulary, (x_strong, x_weak))
    text = json.dumps({"digest": linear.digest_of(body), "body": body}, ensure_ascii=False, separators=(",", ":"))
    options.out.write_text(text, encoding="utf-8")
    print("written", options.out, round(len(text.encode()) / 1e6, 2), "MB")


def train(strong, weak, vocabulary, x):  # type: ignore[no-untyped-def]
    """Return the body of the model file."""
    questions = {
        "crisis": (
            np.array([one.row.crisis for one in strong], int),
            np.array([one.row.label != "none" for one in weak], int),
        ),
        "now": (
            np.array([one.row.now for one in strong], int),
            np.array([one.row.label == "plan_attempt" for one in weak], int),
        ),
    }
    w_strong = np.array([one.weight for one in strong])
    w_weak = np.array([one.weight for one in weak])
    body: dict[str, object] = {}
    columns: dict[str, np.ndarray] = {}
    stack: dict[str, dict[str, float]] = {}
    intercepts = []
    for name, (y_strong, y_weak) in questions.items():
        oof = np.zeros(len(strong))
        best = np.zeros(len(strong))
        for learn, hold in StratifiedKFold(5, shuffle=True, random_state=SEED).split(np.zeros(len(strong)), y_strong):
            weights, intercept = fit_weights(
                sparse.vstack([x[0][learn], x[1]]),
                np.r_[y_strong[learn], y_weak],
                np.r_[w_strong[learn], w_weak],
            )
            oof[hold] = x[0][hold] @ weights + intercept
            for place in hold:
                stretches = linear.windows(strong[place].parts)
                best[place] = oof[place]
                if len(stretches) > 1:
                    best[place] = max(oof[place], (vocabulary.matrix(stretches) @ weights).max() + intercept)
        stack[name] = fit_stack(strong, oof, best, y_strong, w_strong, name)
        weights, intercept = fit_weights(sparse.vstack(x), np.r_[y_strong, y_weak], np.r_[w_strong, w_weak])
        columns[name] = weights * vocabulary.idf
        intercepts.append(intercept)
    strength = np.maximum(np.abs(columns["crisis"]), np.abs(columns["now"]))
    keep = np.sort(np.argsort(-strength)[:KEPT_GRAMS])
    scale = [float(np.abs(columns[name][keep]).max() / 32000) for name in ("crisis", "now")]
    body["grams"] = "\t".join(vocabulary.words[place] for place in keep)
    for name, unit in zip(("crisis", "now"), scale, strict=True):
        body[name] = [round(float(columns[name][place] / unit)) for place in keep]
    body["scale"], body["intercepts"], body["stack"] = scale, intercepts, stack
    body["thresholds"] = {"today": 0.55, "now": 0.3}
    return body


def fit_stack(strong, oof, best, y, w, name):  # type: ignore[no-untyped-def]
    """Join the sums and the flags into a probability, on sums from folds that had not seen the message."""
    names = sorted({flag for one in strong for flag in one.flags})
    table = np.array(
        [
            [whole, peak, *(one.flags.get(flag, 0.0) for flag in names)]
            for one, whole, peak in zip(strong, oof, best, strict=True)
        ]
    )
    use = np.array([one.row.source != "lexicon" for one in strong])
    # The lexicon was tuned on these rows and finds them more often than it will find new ones. So each row is
    # shown once more as if the lexicon had said nothing, and the sums have to stand on their own.
    deaf = table.copy()
    deaf[:, 2:] = 0.0
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit(np.vstack([table[use], deaf[use]]), np.r_[y[use], y[use]], sample_weight=np.r_[w[use], UNHEARD * w[use]])
    p = model.predict_proba(table)[:, 1]
    psy = np.array([one.row.source == "zh_psysuicide_valid" for one in strong])
    own = np.array([one.row.source.startswith("own_") or "authored" in one.row.source for one in strong])
    chat = np.array(["chitchat" in one.row.source or "crosswoz" in one.row.source for one in strong])
    for what, mask in (("psysuicide", psy), ("own and authored", own), ("chit-chat and service", chat)):
        if y[mask].sum() == 0:
            print(
                name,
                what,
                [round(float((p[mask] >= cut).mean() * 1000), 2) for cut in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)],
                "per 1000",
            )
            continue
        for cut in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
            print(
                f"  cut {cut:.1f} recall {(p[mask & (y == 1)] >= cut).mean():.3f} "
                f"false alarms {(p[mask & (y == 0)] >= cut).mean():.4f}"
            )
        base, joined = roc_auc_score(y[mask], oof[mask]), roc_auc_score(y[mask], p[mask])
        precision = average_precision_score(y[mask], p[mask])
        print(f"{name} {what} folds: base AUROC {base:.4f}, with flags {joined:.4f}, AUPRC {precision:.4f}")
    coefficients = dict(zip(["whole", "best", *names], (float(value) for value in model.coef_[0]), strict=True))
    print(name, {key: round(value, 2) for key, value in coefficients.items()})
    return {"intercept": float(model.intercept_[0]), **coefficients}


if __name__ == "__main__":
    main()
