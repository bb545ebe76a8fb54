"""Voices that nobody answers, that lie with somebody who has left, or that are over."""

from __future__ import annotations

from care import voice_answers, voice_owners
from models.database import writing
from schedules.runner import Tools


def look_after_voices(tools: Tools) -> int:
    """Find owners for voices without one, and let late ones climb to the base leader; one transaction each."""
    with tools.sessions() as session:
        waiting = voice_owners.waiting_for_the_sweep(session=session, now=tools.clock(), timezone=tools.timezone)
    changed = 0
    for voice_id in waiting:
        with tools.sessions() as session, writing(session):
            changed += voice_owners.look_after(
                session=session, voice_id=voice_id, now=tools.clock(), timezone=tools.timezone
            )
    return changed


def remind_of_voices(tools: Tools) -> int:
    """Remind the owners of voices whose promised day is near; a notice that was queued is not queued again."""
    with tools.sessions() as session:
        soon = voice_owners.due_soon(session=session, now=tools.clock(), timezone=tools.timezone)
    for voice_id in soon:
        with tools.sessions() as session, writing(session):
            voice_owners.remind(session=session, voice_id=voice_id, now=tools.clock())
    return len(soon)


def forget_voice_numbers(tools: Tools) -> int:
    """Erase the numbers of people whose voice was answered long ago; one transaction each, a second run finds none."""
    with tools.sessions() as session:
        due = voice_answers.numbers_to_forget(session=session, now=tools.clock())
    forgotten = 0
    for voice_id in due:
        with tools.sessions() as session, writing(session):
            forgotten += voice_answers.forget_number(session=session, voice_id=voice_id, now=tools.clock())
    return forgotten
