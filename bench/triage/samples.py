"""The messages that the model learns from: labelled rows, lines of several hands, and turns nobody labelled."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bench.triage.corpus import LINES, ROOT, Row, own_lines, part, rows
from triage import linear
from triage.assess import lexicon_flags
from triage.levels import Level
from triage.lexicon import lexicon, read
from triage.normalise import normalise

SEED = 20261124
# How much one row of a source counts, so that no source drowns another.
WEIGHTS = {
    "zh_psysuicide_valid": 40.0,
    "zh_authored_dev": 2.0,
    "zh_smilechat_labelled_dev": 1.5,
    "zh_chitchat_tencent_dev": 0.5,
    "zh_service_crosswoz_dev": 0.5,
    "en_authored_dev": 2.0,
    "en_xstest_dev": 1.0,
}
OWN, HANDS, ENGLISH_CRISIS, TURNS, EXAMPLES, BOT = 2.0, 2.0, 4.0, 3.0, 1.0, 1.0

# What the hands call ordinary; every other word in their first column is a sign of crisis.
ORDINARY = frozenset(
    {
        "hyperbole", "denial", "grief", "gaming_machine", "service", "chitchat", "counselling", "past_recovered",
        "info_question", "song_quote", "family_quarrel", "past_abuse_recovered", "figurative_anger",
        "religion_dream", "film_talk", "worker_admin", "homonym", "none", "ordinary",
    }
)  # fmt: skip
# Intents of the bot whose examples may be danger: no ordinary lines.
NOT_ORDINARY = ("crisis", "worry_violence", "worry_abuse")
NOW_TIERS = frozenset({"plan", "preparation", "attempt", "farewell", "means_at_hand", "active_ideation", "self_harm"})

_CHINESE = re.compile("[\u3400-\u9fff]")


@dataclass
class Sample:
    """One training message, read once."""

    row: Row
    weight: float
    parts: list[str]
    flags: dict[str, float]


def sample(row: Row, weight: float) -> Sample:
    """Normalise a message, find its flags and cut it into tokens.

    Patterns written from the lines of the hands are not flagged on these lines: they find nearly all of them and
    far less of a new writer, and the model would learn to trust its silence too much.
    """
    reading = read(normalise(row.text))
    from_hands = row.source.startswith("hand_")
    hits = [hit for hit in reading.hits if not (from_hands and hit.pattern.id.startswith(("hand_", "en_hand_")))]
    return Sample(row, weight, linear.tokens(reading.heard), lexicon_flags(hits))


def hand_lines() -> Iterator[Row]:
    """Yield the lines that other hands wrote or labelled to teach; the source names the hand."""
    for path in sorted((LINES / "hands").glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.strip():
                continue
            tier, _register, text = line.split("\t", 2)
            calm = tier in ORDINARY or ("ordinary" in path.name)
            label = "none" if calm else "plan_attempt" if tier in NOW_TIERS else tier
            yield Row(text, label, tier, f"hand_{re.split(r'[0-9_]', path.name)[0]}")
    for path in sorted((LINES / "hands").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            # What is long past or mild teaches neither way.
            if raw["label"] not in ("abuse_past", "harm_other_mild"):
                yield Row(raw["text"], str(raw["label"]), "turn", "hand_turns")


def bot_lines() -> Iterator[Row]:
    """Yield the ordinary lines that the bot learns from: worries, wishes and small talk without danger."""
    for path in sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml")):
        intent = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if "intent:" in line:
                intent = line.partition("intent:")[2].strip()
            elif line.strip().startswith("- ") and intent and not intent.startswith(NOT_ORDINARY):
                yield Row(line.strip()[2:].strip(), "none", intent, "bot_lines")


def _weight(row: Row) -> float:
    if row.source == "hand_turns":
        return TURNS
    # English crisis lines are few beside the English ordinary ones.
    return ENGLISH_CRISIS if row.crisis and not _CHINESE.search(row.text) else HANDS


def labelled() -> list[Sample]:
    """Return the tuning slices of every labelled source."""
    found: list[Sample] = []
    for source, weight in WEIGHTS.items():
        found += [sample(row, weight) for row in part(rows(source), kept=False)]
    found += [sample(row, OWN) for row in part(own_lines(), kept=False)]
    found += [sample(row, _weight(row)) for row in hand_lines()]
    found += [sample(row, BOT) for row in bot_lines()]
    now_levels = {Level.EMERGENCY, Level.RED}
    for pattern in lexicon().patterns:
        label = "plan_attempt" if pattern.level in now_levels else pattern.category
        if pattern.level.is_at_least(Level.ORANGE):
            found += [sample(Row(text, label, "", "lexicon"), EXAMPLES) for text in pattern.examples]
    return found


def unlabelled(limit: int) -> list[list[str]]:
    """Return the tokens of counselling turns that nobody labelled: they tell which grams are common."""
    pool: list[Row] = []
    for source in ("zh_smilechat_client_turns_unlabelled_dev", "zh_cpsycound_client_turns_unlabelled_dev"):
        pool += [row for row in rows(source) if 4 <= len(row.text) <= 200]
    pool += list(_reddit_sentences())
    read_by_a_hand = {row.text for row in hand_lines() if row.source == "hand_turns"}
    random.Random(SEED).shuffle(pool)
    return [linear.tokens(read(normalise(row.text)).heard) for row in pool[:limit] if row.text not in read_by_a_hand]


def _reddit_sentences() -> list[Row]:
    out: list[Row] = []
    for row in rows("en_reddit_cssrs_dev"):
        for sentence in re.split(r"(?<=[.!?])\s+|\n|', '", row.text):
            if 15 <= len(sentence) <= 250:
                out.append(Row(sentence, "unlabelled", "", row.source))
    return out
