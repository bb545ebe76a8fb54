"""Run random strings through the detector: no exception, a sensible level, bounded time."""

from __future__ import annotations

import argparse
import base64
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from triage.assess import assess
from triage.levels import Level

_ALPHABETS = (
    "想死不活我你他没有的了吃药跳楼，。！ ",
    "abcdefghijklmnopqrstuvwxyz '.,!?",
    "0123456789-+() ",
    "🔪💊😀❤️🏃‍♀️\u200b\u202e\ufeff",
    "".join(map(chr, range(1, 256))),
    "殺藥樓們這個來",
    "زبانعربي עברית ไทย कि",
    "{}[]<>/\\\"';=&%$#@|`~^*",
    "\ud800\udfff\x00\ufffd",
)
_CODE = ("def kill(pid):\n", "    os.kill(pid, 9)\n", "for x in range(10):\n", "SELECT * FROM t WHERE id=1;\n", "}\n")
_EMOJI = "🔪💊😀😭🙏❤🏃🪦⚰🌉🚬🐶"
LONGEST = 10_000
# One string in so many is as long as a message can be, and longer.
LONG_EVERY = 5_000
CHUNK = 500


def _mixed(dice: random.Random, length: int) -> str:
    alphabet = dice.choice(_ALPHABETS) + (dice.choice(_ALPHABETS) if dice.random() < 0.5 else "")
    return "".join(dice.choices(alphabet, k=length))


def _base64(dice: random.Random, length: int) -> str:
    return base64.b64encode(dice.randbytes(length * 3 // 4)).decode()


def _code(dice: random.Random, length: int) -> str:
    return "".join(dice.choices(_CODE, k=length // 15 + 1))[: max(length, 1)]


def _telephones(dice: random.Random, length: int) -> str:
    return "\n".join(f"1{dice.randrange(3, 10)}{dice.randrange(10**9):09}" for _ in range(length // 12 + 1))


def _emoji(dice: random.Random, length: int) -> str:
    return "".join(dice.choices(_EMOJI, k=length))


def _one_sign(dice: random.Random, length: int) -> str:
    return chr(dice.randrange(0x110000)) * length


KINDS: tuple[Callable[[random.Random, int], str], ...] = (
    _mixed, _mixed, _mixed, _base64, _code, _telephones, _emoji, _one_sign,
)  # fmt: skip


def text_of(number: int, seed: int) -> str:
    """Return the string of a number: the same for the same seed, however many processes share the work."""
    dice = random.Random(seed * 1_000_003 + number)
    length = LONGEST if number % LONG_EVERY == 0 else dice.randint(0, 60)
    return dice.choice(KINDS)(dice, length)


def try_out(job: tuple[int, int, int]) -> tuple[list[int], float, int]:
    """Assess the strings of a range; return the numbers that failed, the slowest time in seconds and its number."""
    start, stop, seed = job
    failed, slowest, at = [], 0.0, start
    for number in range(start, stop):
        text = text_of(number, seed)
        started = time.process_time()
        found = assess(text)
        spent = time.process_time() - started
        if spent > slowest:
            slowest, at = spent, number
        sane = isinstance(found.level, Level) and 0.0 <= found.score <= 1.0
        if not sane or "could_not_assess" in found.reasons:
            failed.append(number)
    return failed, slowest, at


def warm_up() -> None:
    """Load the word list and the model, so that the first string does not pay for it."""
    assess("你好")


def main() -> int:
    """Run the given number of strings and print the failures and the slowest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0, help="Go on from this string after a run that was broken off.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    starts = range(options.first, options.count, CHUNK)
    jobs = [(start, min(start + CHUNK, options.count), options.seed) for start in starts]
    failed: list[int] = []
    slowest, at = 0.0, 0
    with multiprocessing.get_context("spawn").Pool(options.processes, warm_up) as pool:
        for done, (wrong, longest, number) in enumerate(pool.imap_unordered(try_out, jobs), start=1):
            failed += wrong
            if done % (100_000 // CHUNK) == 0:
                print(f"{options.first + done * CHUNK} strings, {len(failed)} failures", flush=True)
            slowest, at = max((slowest, at), (longest, number))
    text = text_of(at, options.seed)
    print(
        f"{options.count} strings in {options.processes} processes, {len(failed)} failures, slowest"
        f" {slowest * 1000:.1f} ms of processor time (string {at}, {len(text)} signs)"
    )
    for number in sorted(failed)[:10]:
        print(f"  string {number}: {ascii(text_of(number, options.seed))[:80]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
