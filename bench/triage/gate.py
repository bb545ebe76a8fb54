"""The gate of a release: what the detector recognised before, what it recognises now, and no way past a drop.

`python -m bench.triage.gate` prints the report, compares it with `released.json` and exits 1 on a drop. `--accept`
writes the present figures into `released.json`: that is a person's decision, and the commit carries their name.
The rule is in README.md, "The gate".
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.triage import report
from bench.triage.tables import Line, Regression, Table, has_data, regressions, tables
from triage import linear
from triage.assess import mode
from triage.lexicon import lexicon

RELEASED = Path(__file__).parent / "released.json"
# So many rows may change sides before it counts: one line is chance, two are a drop.
TOLERATED = 1
# Half a row: shares of tables that have grown are compared as rows, which then are no whole numbers.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Change:
    """One figure of one line, before and now."""

    table: str
    line: str
    figure: str
    before: str
    after: str
    # In rows of the present table; below zero is worse, for crisis and for ordinary rows alike.
    better_by: float

    @property
    def is_drop(self) -> bool:
        """Tell whether this is worse than chance allows."""
        return self.better_by < -TOLERATED - ROUNDING


def snapshot(made: Sequence[Table], reviewed: Sequence[Regression]) -> dict[str, object]:
    """Return the figures of a release: counts only, never a sentence."""
    model = linear.load().digest if mode() == "full" else None
    return {
        "model": model,
        "lexicon": lexicon().version,
        "mode": mode(),
        "tables": report.as_data(made),
        "regressions": {one.key: one.right for one in sorted(reviewed, key=lambda one: one.key)},
    }


def _figures(line: Line) -> list[str]:
    # A passive wish need not wake somebody, so "now" is measured where it is promised: for urgent rows, and for
    # ordinary ones, which must not wake anybody.
    return ["any", "now"] if line.urgent or not line.crisis else ["any"]


def compare(released: dict[str, object], made: Sequence[Table]) -> list[Change]:
    """Return every figure that both sides have."""
    before = {
        (table["title"], line["title"]): line
        for table in released["tables"]  # type: ignore[attr-defined]
        for line in table["lines"]
    }
    found = []
    for table in made:
        for line in table.lines:
            old = before.get((table.title, line.title))
            if old is None or not old["rows"] or not line.rows:
                continue
            for figure in _figures(line):
                was, now = old[figure], getattr(line, figure)
                difference = now - was / old["rows"] * line.rows
                found.append(
                    Change(
                        table.title,
                        line.title.strip(),
                        figure,
                        f"{was}/{old['rows']}",
                        f"{now}/{line.rows}",
                        difference if line.crisis else -difference,
                    )
                )
    return found


def missing(released: dict[str, object], made: Sequence[Table]) -> list[str]:
    """Return the released tables that cannot be measured here; a line that went away must not hide a drop."""
    present = {(table.title, line.title) for table in made for line in table.lines if line.rows}
    return [
        f"{table['title']}: {line['title'].strip()}"
        for table in released["tables"]  # type: ignore[attr-defined]
        for line in table["lines"]
        if line["rows"] and (table["title"], line["title"]) not in present
    ]


def lost(released: dict[str, object], reviewed: Sequence[Regression]) -> list[str]:
    """Return the reviewed sentences that were right in the release and are wrong now, or are gone."""
    before: dict[str, bool] = released["regressions"]  # type: ignore[assignment]
    now = {one.key: one.right for one in reviewed}
    return [key for key, right in before.items() if right and not now.get(key, False)]


def show(released: dict[str, object], changes: Sequence[Change]) -> None:
    """Print before and after, line by line."""
    model = linear.load().digest if mode() == "full" else None
    print(f"\nBefore: word list {released['lexicon']}, model {_short(released['model'])}")
    print(f"Now:    word list {lexicon().version}, model {_short(model)}")
    for change in changes:
        mark = "DROP" if change.is_drop else "worse" if change.better_by < -ROUNDING else ""
        name = f"{change.table}: {change.line}"
        figures = f"{change.figure:<4}{change.before:>12} -> {change.after:<12} {change.better_by + 0.0:+7.1f}"
        print(f"  {name:<64} {figures} {mark}")


def _short(digest: object) -> str:
    return str(digest)[:8] if digest else "none"


def judge(released: dict[str, object], made: Sequence[Table], reviewed: Sequence[Regression], *, data: bool) -> int:
    """Print the comparison and return 1 on a drop."""
    changes = compare(released, made)
    show(released, changes)
    absent = missing(released, made)
    if absent and not data:
        print(f"\n{report.NO_DATA} {len(absent)} lines of the release were not compared.")
    drops = [f"{one.table}: {one.line}, {one.figure} {one.before} -> {one.after}" for one in changes if one.is_drop]
    # With the data at hand every released line can be measured; one that is gone could hide a drop.
    drops += [f"{name} is gone" for name in absent] if data else []
    drops += [f"reviewed sentence {key} was right before" for key in lost(released, reviewed)]
    if released["mode"] == "full" and mode() != "full":
        drops.append("the model is missing or broken")
    to_learn = sum(not one.right for one in reviewed)
    print(f"\nReviewed sentences: {len(reviewed)}, {to_learn} still to be learned")
    print("\n".join(["", "The gate is shut:", *(f"  {drop}" for drop in drops)]) if drops else "\nThe gate is open.")
    return 1 if drops else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report and the comparison; write the snapshot where a person asks for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accept", action="store_true", help="Make the present figures the ones to keep.")
    parser.add_argument("--brief", action="store_true", help="Print the comparison only.")
    options = parser.parse_args(arguments)
    data = has_data()
    if options.accept and not data:
        print(report.NO_DATA + " The snapshot needs all tables, so nothing was written.")
        return 1
    print(report.heading(kept=True))
    if not data:
        print(report.NO_DATA)
    made = tables(kept=True, with_data=data, progress=(lambda _table: None) if options.brief else report.show)
    if not options.brief:
        report.speed(report.speed_texts())
    reviewed = regressions()
    status = 0
    if RELEASED.exists():
        status = judge(json.loads(RELEASED.read_text("utf-8")), made, reviewed, data=data)
    elif not options.accept:
        print("\nNothing has been released yet: --accept makes these figures the ones to keep.")
        status = 1
    if options.accept:
        RELEASED.write_text(json.dumps(snapshot(made, reviewed), ensure_ascii=False, indent=1) + "\n", "utf-8")
        print(f"\nAccepted: {RELEASED.name} now holds these figures.")
        return 0
    return status


if __name__ == "__main__":
    sys.exit(main())
