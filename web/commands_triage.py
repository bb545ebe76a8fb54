"""Commands of the detector: hand cleared sentences over to the file that guards the next release."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup

from care import triage_reviews
from web.common import clock
from web.common.database import unit_of_work

REGRESSIONS = Path(__file__).resolve().parents[1] / "bench" / "triage" / "regressions.jsonl"

triage_commands = AppGroup("triage", help="What was learned from missed and false alarms.")


@triage_commands.command("export")
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), default=REGRESSIONS, show_default=True)
@click.option("--force", is_flag=True, help="Also sentences in which something may still tell who wrote them.")
def export(file: Path, force: bool) -> None:
    """Append cleared sentences to the regression file and note that they have left. Twice is as good as once."""
    held: list[int] = []
    added = 0
    with unit_of_work() as session, _alone(file):
        lines = _read(file)
        decided = {str(line["text"]): bool(line["alarm"]) for line in lines}
        for review, lesson, tells in triage_reviews.to_export(session=session, timezone=clock.timezone()):
            contradicts = decided.get(lesson.text, lesson.alarm) is not lesson.alarm
            if contradicts or (tells and not force):
                held.append(review.id)
                continue
            if lesson.text not in decided:
                lines.append(asdict(lesson))
                decided[lesson.text] = lesson.alarm
                added += 1
            # A sentence that is there already came from a run that was cut off, or from another person.
            triage_reviews.note_export(session=session, review=review, now=clock.now())
        # Written before the commit: a sentence is never noted as handed over and missing in the file.
        if added:
            _write(file, lines)
    click.echo(f"{added} sentences added to {file}")
    if held:
        numbers = ", ".join(str(number) for number in held)
        raise click.ClickException(
            f"held back: reviews {numbers}. Something in them may still tell who wrote it, or the file says the"
            " opposite of the same sentence. Clear them again, or look and use --force for the first reason."
        )


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    # Two exports at once would each write the file as they read it.
    file.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _read(file: Path) -> list[dict[str, object]]:
    try:
        written = file.read_text("utf-8").split("\n")
    except FileNotFoundError:
        return []
    try:
        return [json.loads(line) for line in written if line.strip()]
    except json.JSONDecodeError as broken:
        raise click.ClickException(f"{file} has a line that is not JSON; nothing was changed") from broken


def _write(file: Path, lines: list[dict[str, object]]) -> None:
    # A second file takes the place of the first in one step, so that a crash leaves the old one or the new one.
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            opened.flush()
            os.fsync(opened.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
