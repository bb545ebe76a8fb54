"""Print how well the shipped detector does on the untouched slices, with 95 % intervals.

`python bench/triage/report.py` needs nothing but the standard library; `../shared/data/crisis/` adds the large tables.
`--slice tuned` prints the same tables on the rows that patterns and weights were made from, `--json` prints data.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.triage.corpus import ROOT, own_lines, rows
from bench.triage.measures import auprc, auroc, bootstrap, calibration_error, recall_at, wilson
from bench.triage.tables import Line, Table, has_data, regressions, tables
from triage import linear
from triage.assess import assess, mode

NO_DATA = "../shared/data/crisis is not here: only the lines in the repository are measured."
# PsySUICIDE's share of false alarms at which its recall is read.
MOST_FALSE = 0.045


def heading(*, kept: bool) -> str:
    """Return what the tables below are about."""
    return f"mode {mode()}, slice {'untouched' if kept else 'tuned'}; share [95 % interval] hits/rows"


def show_line(line: Line) -> None:
    """Print one line of a table."""
    if line.per_thousand:
        shares = f"any {1000 * line.any / line.rows:.2f}  now {1000 * line.now / line.rows:.2f}" if line.rows else ""
        print(f"  {line.title:<44} {shares}  per 1,000 ({line.rows})")
    else:
        print(f"  {line.title:<44} any {wilson(line.any, line.rows):<34} now {wilson(line.now, line.rows)}")


def show(table: Table) -> None:
    """Print a table, and the ranking measures where it has scores."""
    print(f"\n{table.title}")
    for line in table.lines:
        show_line(line)
    if table.pairs:
        print("  AUROC ", bootstrap(table.pairs, auroc), "  AUPRC ", bootstrap(table.pairs, auprc))
        share = bootstrap(table.pairs, lambda drawn: recall_at(drawn, MOST_FALSE))
        print("  recall at <= 4.5 % false alarms ", share)
        print(f"  calibration error {calibration_error(table.pairs):.3f}", flush=True)


def ranking(table: Table) -> dict[str, float]:
    """Return the ranking measures of a table as numbers."""
    return {
        "auroc": round(auroc(table.pairs), 4),
        "auprc": round(auprc(table.pairs), 4),
        "recall_at_4.5_percent": round(recall_at(table.pairs, MOST_FALSE), 4),
        "calibration_error": round(calibration_error(table.pairs), 4),
    }


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


def speed_texts() -> list[str]:
    """Return messages of every length to time."""
    texts = [row.text for row in own_lines()]
    if has_data():
        texts += [row.text for row in rows("zh_psysuicide_valid")]
    return texts[:3000]


def as_data(made: Sequence[Table]) -> list[dict[str, object]]:
    """Return the tables as plain data."""
    found: list[dict[str, object]] = []
    for table in made:
        one: dict[str, object] = {"title": table.title, "lines": [asdict(line) for line in table.lines]}
        if table.pairs:
            one["ranking"] = ranking(table)
        found.append(one)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every table; fail where a reviewed sentence is decided otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slice", choices=["untouched", "tuned"], default="untouched")
    parser.add_argument("--json", action="store_true", help="Print the tables as data.")
    options = parser.parse_args(arguments)
    kept, with_data = options.slice == "untouched", has_data()
    if options.json:
        made = tables(kept=kept, with_data=with_data)
        reviewed = [asdict(one) for one in regressions()]
        print(json.dumps({"mode": mode(), "data": with_data, "tables": as_data(made), "regressions": reviewed}))
        return 0
    print(heading(kept=kept))
    if not with_data:
        print(NO_DATA)
    tables(kept=kept, with_data=with_data, progress=show)
    speed(speed_texts())
    wrong = sum(not one.right for one in regressions())
    print(f"\nRegressions: {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
