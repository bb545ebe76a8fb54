"""What people wrote and the bot did not understand: gathered, stripped of what tells who wrote it, and put together.

It is for colleagues who teach the bot (docs/bot.md). Nothing leaves by itself: whoever reads it decides what to teach.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from care import audit, triage_reviews
from care.refusals import Refusal, Refused
from models.conversations import Message, Sender
from models.crises import LevelName
from models.staff import StaffMember
from models.triage_records import TriageDecision

RESPONSES = Path(__file__).resolve().parents[1] / "bot" / "domain" / "responses"
# The bot's sentences by which it says that it did not follow.
SAID_AFTER_A_MISS = (
    *("utter_missed_once", "utter_missed_twice", "utter_missed_thrice", "utter_missed_more", "utter_hard_question"),
    *("utter_wrong_choice", "utter_screening_unclear", "utter_booking_unclear"),
)
# Two lines that share so much of their pairs of signs (Dice) are shown as one kind.
ALIKE = 0.4
LONGEST_SHOWN = 60
INTENTS = RESPONSES.parent / "intents.yml"
MOST_READ = 2_000
_NAME = re.compile(r"^  (utter_\w+):$")
_INTENT = re.compile(r"^  - (\w+)$", re.MULTILINE)
# Whoever copies the command runs it in a shell: a stranger's sentence must not bring a sign that the shell reads.
_NOT_FOR_A_SHELL = re.compile(r"[^\w\s，。？！、；：（）,.?;:()'-]")
_WORDS = re.compile(r"^\s+(?:- )?text: (.+)$")


@dataclass
class Kind:
    """Lines that are alike, the commonest way of putting it first."""

    lines: list[str] = field(default_factory=list)
    pairs: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def miss_sentences() -> frozenset[str]:
    """Return every wording, in both languages, of "I did not follow"."""
    found: set[str] = set()
    for file in sorted(RESPONSES.glob("*.yml")):
        name = ""
        for line in file.read_text("utf-8").splitlines():
            heading, words = _NAME.match(line), _WORDS.match(line)
            if heading:
                name = heading.group(1)
            elif words and name in SAID_AFTER_A_MISS:
                found.add(words.group(1).strip().strip('"').replace('\\"', '"'))
    return frozenset(found)


def missed(*, session: Session, since: datetime, now: datetime, actor: StaffMember | None = None) -> list[Kind]:
    """Return the kinds of lines that were not understood since a moment, the most frequent first.

    Words of danger are left out: they are read by those on duty, and are no material.
    """
    answer = aliased(Message)
    rows = session.execute(
        select(Message, answer)
        .join(answer, answer.reply_to_id == Message.id)
        .outerjoin(TriageDecision, TriageDecision.message_id == Message.id)
        .where(Message.sender == Sender.PERSON, answer.sender == Sender.BOT, Message.at >= since)
        .where(TriageDecision.level.is_(None) | TriageDecision.level.in_((LevelName.GREEN, LevelName.BLUE)))
        .order_by(Message.id.desc())
        .limit(MOST_READ)
    )
    asked = {message.id: message for message, answered in rows if answered.text in miss_sentences()}
    lines = [triage_reviews.draft_sentence(session=session, message=message) for message in asked.values()]
    audit.record(
        session=session,
        actor=actor,
        verb="bot_misses.read",
        subject_type="bot",
        subject_id=0,
        now=now,
        lines=len(lines),
    )
    return kinds([line for line in lines if line.strip()])


def kinds(lines: list[str]) -> list[Kind]:
    """Return the lines put together by likeness, the most frequent kind first."""
    found: list[Kind] = []
    for line in lines:
        pairs = _pairs(line)
        near = max(found, key=lambda kind: _likeness(kind.pairs, pairs), default=None)
        if near is None or _likeness(near.pairs, pairs) < ALIKE:
            near = Kind(pairs=pairs)
            found.append(near)
        near.lines.append(line[:LONGEST_SHOWN])
    return sorted(found, key=lambda kind: -len(kind.lines))


@lru_cache(maxsize=1)
def intents() -> tuple[str, ...]:
    """Return the intents that can be taught a line."""
    return tuple(_INTENT.findall(INTENTS.read_text("utf-8")))


def teaching_command(*, intent: str, line: str) -> str:
    """Return the command that teaches the bot a line; raise Refused: WRONG_VALUE (intent), EMPTY or TOO_LONG (line)."""
    if intent not in intents():
        raise Refused(Refusal.WRONG_VALUE, "intent")
    said = " ".join(_NOT_FOR_A_SHELL.sub(" ", line).split())
    if not any(sign.isalpha() for sign in said):
        raise Refused(Refusal.EMPTY, "line")
    if len(said) > LONGEST_SHOWN:
        raise Refused(Refusal.TOO_LONG, "line")
    return f'make bot-report INTENT={intent} LINE="{said}"'


def _pairs(line: str) -> frozenset[str]:
    signs = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", line).lower())
    return frozenset(signs[at : at + 2] for at in range(max(1, len(signs) - 1)))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / max(1, len(one) + len(other))
