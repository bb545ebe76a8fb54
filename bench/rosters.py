"""The numbers of the three rosters: python -m bench.rosters [part ...] [--database-url URL] [--base-url URL].

Each part seeds the sizes that it measures, prints what it found beside what is asked for, and says whether that is
reached. Without names all parts run that need no server. A new part is a module bench/rosters_<name>.py with a
function measure(options) -> list[Figure] and a line in PARTS.
"""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import Engine

from models.database import open_engine
from models.migrate import upgrade
from models.types import use_field_keys

# Name: the module, what it measures, whether it speaks to a running site (--base-url).
PARTS = {
    "slots": ("bench.rosters_slots", "free-slot search, 50 counselors and 90 days", False),
    "shifts": ("bench.rosters_shifts", "10,000 volunteer shifts: day page, for me, sign-ups of 50 clients", False),
    "race": ("bench.rosters_race", "50 clients for the same places, through the pages of a running site", False),
}


@dataclass(frozen=True)
class Options:
    """How the parts are run."""

    database_url: str | None
    base_url: str | None
    rounds: int
    seed: int
    # Of the race through the pages.
    postgres: bool = False
    clients: int = 50
    attempts: int = 200
    # One of the two halves of the race; both when it is not named.
    half: str | None = None


@dataclass(frozen=True)
class Figure:
    """One number. `most` is what is asked for at most, `least` what is asked for at least; None: for information."""

    what: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def reached(self) -> bool:
        """Tell whether the number is as good as asked."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    def line(self) -> str:
        """Return the figure as it is printed."""
        asked = ""
        if self.most is not None:
            asked = f"  (at most {self.most:g})"
        elif self.least is not None:
            asked = f"  (at least {self.least:g})"
        mark = "" if self.most is None and self.least is None else ("  ok" if self.reached else "  MISSED")
        return f"  {self.what:<66} {self.value:>9.2f} {self.unit}{asked}{mark}"


@contextmanager
def fresh_base(options: Options) -> Iterator[Engine]:
    """Yield an empty base: a new SQLite file, or the empty database that was named."""
    use_field_keys((Fernet.generate_key().decode(),))
    with tempfile.TemporaryDirectory(prefix="nuanyang-bench-") as folder:
        engine = open_engine(options.database_url or f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(engine)
        yield engine
        engine.dispose()


def share(values: Sequence[float], part: float) -> float:
    """Return the value below which this part of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(part * len(ordered) + 0.5) - 1))]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.rosters", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--database-url", help="an empty database; by default a new SQLite file")
    parser.add_argument("--base-url", help="a running site, for the parts that speak HTTP")
    parser.add_argument("--rounds", type=int, default=200, help="measurements of each number (default 200)")
    parser.add_argument("--seed", type=int, default=20260302, help="of the invented bookings")
    parser.add_argument("--postgres", action="store_true", help="race: on a fresh PostgreSQL server of its own")
    parser.add_argument("--clients", type=int, default=50, help="race: how many at once (default 50)")
    parser.add_argument("--attempts", type=int, default=200, help="race: attempts of each (default 200)")
    parser.add_argument("--half", choices=("appointments", "shifts"), help="race: one half alone, by default both")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return asked


def main() -> int:
    """Run the parts that were asked for; return 1 when a number was missed."""
    asked = _asked()
    options = Options(**{name: value for name, value in vars(asked).items() if name != "parts"})
    names = asked.parts or [name for name, (_module, _what, http) in PARTS.items() if not http or asked.base_url]
    print(f"Python {platform.python_version()}, {platform.machine()}, {options.database_url or 'SQLite'}")
    missed = 0
    for name in names:
        module, what, _http = PARTS[name]
        print(f"{name}: {what}")
        figures: list[Figure] = importlib.import_module(module).measure(options)
        for figure in figures:
            print(figure.line())
        missed += sum(not figure.reached for figure in figures)
    return 1 if missed else 0


if __name__ == "__main__":
    # The parts import this module by its name; run as a program it must be the same one.
    sys.exit(importlib.import_module("bench.rosters").main())
