"""`python -m triage assess`: JSON lines {"id","text"} in, one assessment per line out, for measuring."""

from __future__ import annotations

import json
import sys
from typing import TextIO

from triage.assess import assess


def assess_lines(source: TextIO, sink: TextIO) -> int:
    """Assess each line; a line that is no JSON object is answered with an error, and the rest goes on."""
    failures = 0
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            identifier, text = row["id"], row["text"]
            previous = row.get("previous", ())
        except (ValueError, KeyError, TypeError, AttributeError):
            failures += 1
            sink.write(json.dumps({"id": None, "line": number, "error": "not a JSON object with id and text"}) + "\n")
            continue
        found = assess(text, previous=previous)
        answer = {
            "id": identifier,
            "level": found.level.value,
            "tiers": list(found.tiers),
            "reasons": list(found.reasons),
            "score": round(found.score, 6),
        }
        sink.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 1 if failures else 0


def main(arguments: list[str]) -> int:
    """Run the named command."""
    if arguments != ["assess"]:
        sys.stderr.write('usage: python -m triage assess   (JSON lines {"id","text"} on standard input)\n')
        return 2
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    return assess_lines(sys.stdin, sys.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
