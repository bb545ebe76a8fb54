"""Voices that nobody answers, or that lie with somebody who has left."""

from __future__ import annotations

from care import voice_owners
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
