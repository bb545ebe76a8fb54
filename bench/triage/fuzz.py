"""Run random strings through the detector: no exception, a sensible level, bounded time."""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from triage.assess import assess

_ALPHABETS = (
    "想死不活我你他没有的了吃药跳楼，。！ ",
    "abcdefghijklmnopqrstuvwxyz '.,!?",
    "0123456789-+() ",
    "🔪💊😀❤️🏃‍♀️\u200b\u202e\ufeff",
    "".join(map(chr, range(1, 256))),
    "殺藥樓們這個來",
    "زبانعربي עברית ไทย कि",
    "{}[]<>/\\\"';=&%$#@|`~^*",
)


def main() -> int:
    """Run the given number of strings and print the slowest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    slowest, failed = 0.0, 0
    for number in range(options.count):
        longest = 10_000 if number % 5_000 == 0 else 60
        alphabet = dice.choice(_ALPHABETS) + (dice.choice(_ALPHABETS) if dice.random() < 0.5 else "")
        text = "".join(dice.choices(alphabet, k=dice.randint(0, longest)))
        started = time.process_time()
        found = assess(text)
        slowest = max(slowest, time.process_time() - started)
        failed += "could_not_assess" in found.reasons or not 0.0 <= found.score <= 1.0
    print(f"{options.count} strings, {failed} failures, slowest {slowest * 1000:.1f} ms")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
