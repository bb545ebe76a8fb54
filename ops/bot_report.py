"""make bot-report: how well the bot reads the held-out messages, before and now; with a line, teach it first.

    make bot-report
    make bot-report INTENT=worry_money LINE="这个月的药钱还差一截"

The line goes to bot/data/nlu/from_the_base.yml, the bot is trained, and the figures before and after are printed.
Lines come from colleagues who took out names and numbers; a line of the held-out messages is refused, or the figures
would mean nothing.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from ops import environments, train
from ops.places import BOT_PROJECT, ROOT, program, shown, var_dir
from ops.terminal import step, stop

TAUGHT = BOT_PROJECT / "data" / "nlu" / "from_the_base.yml"
HEAD = 'version: "3.1"\n\n# Lines that colleagues added with `make bot-report`; none tells who wrote it.\nnlu:\n'
LONGEST_LINE = 60
# A figure that falls by more than this is called worse; one line more or less is chance.
WORSE_BY = 0.02
_EXAMPLE = re.compile(r"^ +- (.+)$", re.MULTILINE)
_ENTRY = re.compile(r"^  - intent: (\S+)$", re.MULTILINE)

Figures = dict[str, dict[str, float]]


def same(text: str) -> str:
    """Return the text without width, case, punctuation and blanks."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def refusal(
    intent: str, line: str, nlu: Path = BOT_PROJECT / "data" / "nlu", held: Path = ROOT / "tests" / "bot"
) -> str:
    """Return why the line cannot be taught, or nothing."""
    taught = {file: file.read_text("utf-8") for file in sorted(nlu.glob("*.yml"))}
    intents = {found for text in taught.values() for found in _ENTRY.findall(text)}
    if intent not in intents:
        return f"there is no intent {intent!r}; these are known: {', '.join(sorted(intents))}"
    if not same(line) or "\n" in line or len(line) > LONGEST_LINE:
        return f"a line has at least one word and at most {LONGEST_LINE} signs"
    if re.search(r"\d{4,}|@|https?:", line):
        return "take out numbers, addresses and links first"
    known = {same(found) for text in taught.values() for found in _EXAMPLE.findall(text)}
    if same(line) in known:
        return "the bot has been taught this line already"
    kept = {same(found) for file in held.glob("heldout*.yml") for found in _EXAMPLE.findall(file.read_text("utf-8"))}
    if same(line) in kept:
        return "this line is one of the held-out messages, by which the bot is measured"
    return ""


def add(intent: str, line: str, file: Path = TAUGHT) -> None:
    """Write the line under its intent."""
    text = file.read_text("utf-8") if file.exists() else HEAD
    entry = f"  - intent: {intent}\n    examples: |\n"
    if entry in text:
        text = text.replace(entry, f"{entry}      - {line}\n", 1)
    else:
        text = text.rstrip("\n") + ("\n" if text == HEAD else "\n\n") + f"{entry}      - {line}\n"
    file.write_text(text, "utf-8")


def table(before: Figures, now: Figures) -> tuple[list[str], bool]:
    """Return the lines of the comparison, and whether something became worse."""
    rows, worse = [f"{'set':26}{'lines':>6}{'right':>16}{'wrong, acted on':>20}"], False
    for name, figures in now.items():
        old = before.get(name, figures)
        mark = ""
        if figures["right"] < old["right"] - WORSE_BY or figures["wrong_and_acted"] > old["wrong_and_acted"] + WORSE_BY:
            worse, mark = True, "  worse"
        right = f"{old['right']:.3f} > {figures['right']:.3f}"
        wrong = f"{old['wrong_and_acted']:.3f} > {figures['wrong_and_acted']:.3f}"
        rows.append(f"{name:26}{figures['lines']:>6.0f}{right:>16}{wrong:>20}{mark}")
    return rows, worse


def _measured() -> Figures:
    command = [str(program("bot", "python")), "-W", "ignore", "-m", "ops.bot_measure"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        stop(f"the bot could not be measured: {done.stderr.strip().splitlines()[-1:]}")
    found: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main(arguments: Sequence[str]) -> int:
    """Teach what was given, train if anything changed, and print the figures beside those of the last report."""
    intent, line = (*[argument.strip() for argument in arguments], "", "")[:2]
    environments.ensure(environments.BOT)
    kept = var_dir() / "bot-report.json"
    train.ensure()
    before: Figures = json.loads(kept.read_text("utf-8")) if kept.exists() else _measured()
    if intent or line:
        why = refusal(intent, line)
        if why:
            stop(why)
        before = _measured()
        add(intent, line)
        step(f"Added to {shown(TAUGHT)}")
        train.ensure()
    now = _measured()
    rows, worse = table(before, now)
    print("\n".join(rows))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(now), "utf-8")
    return 1 if worse else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
