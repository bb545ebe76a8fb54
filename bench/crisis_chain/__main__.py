"""Measure the crisis chain.

    .venv/web/bin/python -m bench.crisis_chain year   [--nights 365] [--seed 1] [--quick]
    .venv/web/bin/python -m bench.crisis_chain load   [--chats 200] [--consoles 20] [--seed 1] [--quick]
                                                     [--base-url http://127.0.0.1:8000 --officer zhangmin]
    .venv/web/bin/python -m bench.crisis_chain faults [--count 1000] [--seed 1] [--houses 2] [--postgres] [--quick]

Each prints what it found beside what is asked, and exits 1 when that is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.crisis_chain.faults import inject
from bench.crisis_chain.house import running
from bench.crisis_chain.load import measure, p95
from bench.crisis_chain.night import Year

# Of the colleague who looks at the queue of a site that runs already; never on a command line.
GIVEN_IN = "NUANYANG_BENCH_PASSWORD"


def shown(title: str, value: object, asked: str, good: bool) -> bool:
    """Print one line of the table; return whether the figure is what is asked for."""
    print(f"{title:<66} {value!s:>12}   asked: {asked:<10} {'ok' if good else 'MISSED'}", flush=True)
    return good


def year(given: argparse.Namespace) -> bool:
    """Simulate the nights."""
    nights = 20 if given.quick else given.nights

    def tell(number: int) -> None:
        if sys.stderr.isatty() and number % 10 == 0:
            print(f"\r{number} nights", end="", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        found = Year(Path(folder), given.seed).run(nights, tell)
    counts = found.counts
    print(f"{nights} nights, seed {given.seed}: " + ", ".join(f"{counts[key]} {key}" for key in sorted(counts)))
    within = counts["steps within their clock"]
    late = counts["BREACH: a step longer than its clock"]
    silent = sum(number for what, number in counts.items() if what.startswith("SILENT"))
    share = 100 * within / max(1, within + late)
    lost = counts["flags lost or doubled"] + counts["people with two open cases"]
    return all(
        [
            shown("cases acknowledged or climbing within their clock", f"{share:.2f} %", "100 %", late == 0),
            shown("silent breaches", silent, "0", silent == 0),
            shown("flags lost or doubled, people with two open cases", lost, "0", lost == 0),
        ]
    )


def full_house(given: argparse.Namespace) -> bool:
    """Measure in a full house."""
    chats, consoles = (40, 4) if given.quick else (given.chats, given.consoles)
    at = running(given.base_url, given.officer, os.environ.get(GIVEN_IN, "")) if given.base_url else None
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), chats=chats, consoles=consoles, alarms=10, rounds=10, seed=given.seed, at=at)
    print(f"{chats} open chats, {consoles} consoles, seed {given.seed}; {found.refused} live messages refused")
    alarm, counselor, person = p95(found.alarms), p95(found.to_counselor), p95(found.to_person)
    return all(
        [
            shown("live lines that opened", found.streams, str(chats + consoles), found.streams == chats + consoles),
            shown("message -> alarm on every console, p95", f"{alarm:.2f} s", "1 s", alarm <= 1),
            shown("person -> counselor, p95", f"{counselor:.2f} s", "0.5 s", counselor <= 0.5),
            shown("counselor -> person, p95", f"{person:.2f} s", "0.5 s", person <= 0.5),
        ]
    )


def broken_house(given: argparse.Namespace) -> bool:
    """Break the house on purpose."""
    count = 40 if given.quick else given.count
    with tempfile.TemporaryDirectory() as folder:
        found = inject(Path(folder), count=count, seed=given.seed, postgres=given.postgres, houses=given.houses)
    kinds = ", ".join(f"{number} x {fault.value}" for fault, number in sorted(found.broken.items()))
    repeats = ", ".join(f"{number} x {why}" for why, number in found.tally.repeats.most_common())
    print(f"{found.broken.total()} faults in {given.houses} houses, {found.seconds:.0f} s, seed {given.seed}: {kinds}")
    print(f"{len(found.tally.sent)} lines sent, {len(found.tally.acknowledged)} acknowledged, {found.cases} cases")
    print(f"sent again after: {repeats or 'nothing'}; ended by themselves: {dict(found.died) or 'none'}")
    # All lines are printed, also after one that is missed.
    kept = [shown(what, number, "0", number == 0) for what, number in found.wrong.items()]
    return all(kept)


def main() -> int:
    """Run one of the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    measures: dict[str, Callable[[argparse.Namespace], bool]] = {
        "year": year,
        "load": full_house,
        "faults": broken_house,
    }
    one = commands.add_parser("year", help="a year of bad nights with a simulated clock")
    one.add_argument("--nights", type=int, default=365)
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--quick", action="store_true", help="20 nights")
    two = commands.add_parser("load", help="a full house on this machine")
    two.add_argument("--chats", type=int, default=200)
    two.add_argument("--consoles", type=int, default=20)
    two.add_argument("--seed", type=int, default=1)
    two.add_argument(
        "--base-url", default="", help="a demonstration that runs already; its settings from var/secrets.env"
    )
    two.add_argument("--officer", default="zhangmin", help=f"who looks at its queue; the password is in {GIVEN_IN}")
    two.add_argument("--quick", action="store_true", help="40 chats, 4 consoles")
    three = commands.add_parser("faults", help="kills, locks, lost connections and a full disk while people write")
    three.add_argument("--count", type=int, default=1000)
    three.add_argument("--seed", type=int, default=1)
    three.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own instead of SQLite")
    three.add_argument("--houses", type=int, default=2, help="how many platforms are broken side by side")
    three.add_argument("--quick", action="store_true", help="40 faults")
    given = parser.parse_args()
    return 0 if measures[given.command](given) else 1


if __name__ == "__main__":
    sys.exit(main())
