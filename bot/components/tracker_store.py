"""Where the bot's place in each conversation is kept: in SQLite for a restart, in memory for the next turn."""

from __future__ import annotations

import os
import sqlite3
from collections import OrderedDict
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import Text, event
from sqlalchemy.types import TypeDecorator

# How many conversations are held in memory; the others are read again when their person comes back.
REMEMBERED = 500


class EncryptedText(TypeDecorator):
    """Text that is readable only with the field keys, as in the site's own database."""

    impl = Text
    cache_ok = True

    def __init__(self) -> None:
        super().__init__()
        keys = [key for key in os.environ.get("NUANYANG_FIELD_KEYS", "").split(",") if key]
        if not keys:
            raise ValueError("NUANYANG_FIELD_KEYS must be set: what a person typed is not stored in the clear")
        self._keys = MultiFernet([Fernet(key) for key in keys])

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Lock what is stored."""
        return None if value is None else self._keys.encrypt(value.encode("utf-8", "backslashreplace")).decode("ascii")

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        """Open what was stored."""
        return None if value is None else self._keys.decrypt(value.encode("ascii")).decode("utf-8")


class RememberingTrackerStore(SQLTrackerStore):
    """Reads a conversation once instead of at every turn: reading took most of a long conversation's turn.

    There is one Rasa process, and it works on one turn of a conversation at a time, so what it holds is what is stored.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        # Rasa keeps every word of a conversation in this column.
        self.SQLEvent.__table__.c.data.type = EncryptedText()
        super().__init__(*arguments, **settings)
        self._known: OrderedDict[str, tuple[DialogueStateTracker, int]] = OrderedDict()
        event.listen(self.engine, "connect", _write_without_waiting)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation from memory; from the database where memory has none, or a broken turn left more."""
        tracker, length = self._known.get(sender_id, (None, 0))
        if tracker is not None and len(tracker.events) == length:
            self._known.move_to_end(sender_id)
            return tracker
        self._known.pop(sender_id, None)
        found = await super().retrieve(sender_id)
        if found is not None:
            self._remember(found)
        return found

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store what the turn added, then remember it."""
        await super().save(tracker)
        self._remember(tracker)

    def _remember(self, tracker: DialogueStateTracker) -> None:
        self._known[tracker.sender_id] = (tracker, len(tracker.events))
        self._known.move_to_end(tracker.sender_id)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _write_without_waiting(connection: sqlite3.Connection, _record: Any) -> None:
    # What a person said is safe with the site; here a power cut may cost the place in a form, and no more.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
