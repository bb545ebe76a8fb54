"""The tables of the report as data: computed once, then printed, compared or written down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.triage.corpus import DATA, LINES, NOW_LABELS, Row, own_lines, part, rows
from triage.assess import Assessment, assess
from triage.levels import Level

REGRESSIONS = Path(__file__).parent / "regressions.jsonl"
NEW_HAND = LINES / "untouched"
# Whose untouched lines measure; of the fifth round a third was kept, of the sixth a fifth, and the rest teaches.
NEW_HANDS = {
    "New hand": ("c",),
    "Fifth round": ("o",),
    "Fifth round, calm counselling talk": ("p",),
    "Fifth round, urgent": ("q",),
    "Sixth round": ("r", "s", "t", "u", "v", "w", "x", "y", "z", "aa", "bb", "cc", "ee", "ff", "gg"),
}
# What asks for a person within minutes, as the new hand names it.
NOW_TIERS = frozenset({"plan", "attempt", "preparation", "farewell", "means", "means_at_hand"})
Scored = list[tuple[Row, Assessment]]


@dataclass(frozen=True)
class Line:
    """One line of a table: of so many rows, how many raised any alarm, and how many asked for a person now."""

    title: str
    rows: int
    any: int
    now: int
    # Crisis rows should ring, ordinary rows should not.
    crisis: bool
    # Whether these rows are all of a kind that needs a person within minutes.
    urgent: bool = False
    # Ordinary messages of daily use are counted per thousand.
    per_thousand: bool = False


@dataclass
class Table:
    """A group of lines; the pairs of truth and score are there where ranking is measured."""

    title: str
    lines: list[Line]
    in_repository: bool = False
    pairs: list[tuple[bool, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Regression:
    """A reviewed sentence and whether the detector now decides it as the reviewer did."""

    key: str
    alarm: bool
    right: bool


def any_alarm(found: Assessment) -> bool:
    """Tell whether a person looks at all."""
    return found.level.is_at_least(Level.ORANGE)


def score_rows(items: Iterable[Row]) -> Scored:
    """Assess every row by itself."""
    return [(row, assess(row.text)) for row in items]


def _line(title: str, scored: Scored, *, crisis: bool, urgent: bool = False, per_thousand: bool = False) -> Line:
    anyone, now = sum(any_alarm(found) for _, found in scored), sum(found.human_now for _, found in scored)
    return Line(title, len(scored), anyone, now, crisis, urgent, per_thousand)


def _by_label(title: str, scored: Scored, *, in_repository: bool = False) -> Table:
    def label(row: Row) -> tuple[str, str]:
        return row.label, "" if row.crisis else row.kind

    lines = [
        _line("all crisis", [pair for pair in scored if pair[0].crisis], crisis=True),
        _line("all ordinary", [pair for pair in scored if not pair[0].crisis], crisis=False),
    ]
    for one in sorted({label(row) for row, _ in scored}):
        these = [pair for pair in scored if label(pair[0]) == one]
        lines.append(
            _line("   " + " ".join(one), these, crisis=these[0][0].crisis, urgent=these[0][0].label in NOW_LABELS)
        )
    return Table(title, lines, in_repository)


def _new_hand() -> Iterator[Table]:
    for title, hands in NEW_HANDS.items():
        for language, name in (("zh", "Chinese"), ("en", "English")):
            crisis = score_rows(_rows_of(hands, "crisis", language))
            ordinary = score_rows(_rows_of(hands, "ordinary", language))
            lines = []
            if crisis:
                lines.append(_line("crisis", crisis, crisis=True))
                urgent = [pair for pair in crisis if pair[0].label in NOW_TIERS]
                lines.append(_line("   plan, attempt, preparation, farewell, means", urgent, crisis=True, urgent=True))
                lines += _tiers(crisis, crisis=True) if len(hands) > 1 else []
            if ordinary:
                lines.append(_line("ordinary", ordinary, crisis=False))
                lines += _tiers(ordinary, crisis=False) if len(hands) > 1 else []
            if lines:
                yield Table(f"{title}, untouched, {name}", lines, in_repository=True)


def _tiers(scored: Scored, *, crisis: bool) -> list[Line]:
    """Return a line for each kind of message, where many hands make a table long enough to be looked into."""
    kinds = sorted({row.label for row, _ in scored})
    of_kind = {kind: [pair for pair in scored if pair[0].label == kind] for kind in kinds}
    return [
        _line(f"   {kind}", pairs, crisis=crisis, urgent=crisis and kind in NOW_TIERS)
        for kind, pairs in of_kind.items()
    ]


def _rows_of(hands: Iterable[str], side: str, language: str) -> Iterator[Row]:
    for hand in hands:
        yield from _hand_rows(NEW_HAND / f"{hand}_{side}_{language}.tsv")


def _hand_rows(path: Path) -> Iterator[Row]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            tier, _register, text = line.split("\t", 2)
            yield Row(text, tier, tier, path.stem)


def _own(kept: bool) -> list[Table]:
    own = score_rows(part(own_lines(), kept=kept))
    return [
        _by_label(f"Our own lines, {name}", [p for p in own if p[0].source.endswith(ending)], in_repository=True)
        for name, ending in (("Chinese", "_zh"), ("English", "_en"))
    ]


def _psysuicide(kept: bool) -> Table:
    scored = score_rows(part(rows("zh_psysuicide_valid"), kept=kept))
    table = _by_label("PsySUICIDE", scored)
    table.pairs = [(row.crisis, found.score) for row, found in scored]
    return table


def _ordinary(kept: bool) -> Table:
    chat = score_rows(part(rows("zh_chitchat_tencent_dev"), kept=kept))
    plain = [pair for pair in chat if pair[0].kind != "hyperbole"]
    marked = [pair for pair in chat if pair[0].kind == "hyperbole"]
    service = score_rows(part(rows("zh_service_crosswoz_dev"), kept=kept))
    return Table(
        "Ordinary messages",
        [
            _line("chit-chat", plain, crisis=False, per_thousand=True),
            _line("chit-chat marked hyperbole", marked, crisis=False),
            _line("booking and travel questions", service, crisis=False, per_thousand=True),
        ],
    )


def has_data() -> bool:
    """Tell whether the shared crisis data lies beside the repository."""
    return (DATA / "zh_psysuicide_valid.jsonl").exists()


def tables(*, kept: bool, with_data: bool, progress: Callable[[Table], None] = lambda _table: None) -> list[Table]:
    """Compute every table; without the shared data only those whose lines stand in the repository."""
    made: list[Table] = []

    def add(table: Table) -> None:
        made.append(table)
        progress(table)

    if with_data:
        add(_psysuicide(kept))
    for table in _own(kept):
        add(table)
    if kept:
        for table in _new_hand():
            add(table)
    if with_data:
        for source in ("zh_authored_dev", "zh_smilechat_labelled_dev", "en_authored_dev", "en_xstest_dev"):
            add(_by_label(source, score_rows(part(rows(source), kept=kept))))
        add(_ordinary(kept))
    return made


def regressions(path: Path | None = None) -> list[Regression]:
    """Decide every reviewed sentence again; a sentence is named by a hash."""
    path = REGRESSIONS if path is None else path
    if not path.exists():
        return []
    found = []
    for text in path.read_text(encoding="utf-8").split("\n"):
        if text.strip():
            row = json.loads(text)
            key = hashlib.sha256(row["text"].encode()).hexdigest()[:16]
            found.append(Regression(key, row["alarm"], any_alarm(assess(row["text"])) is row["alarm"]))
    return found
