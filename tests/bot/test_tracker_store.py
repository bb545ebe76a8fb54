"""The bot's memory: one reading for many turns, nothing lost at a restart, nothing readable on the disk."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest
from components.tracker_store import RememberingTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

WORDS = "这是不该被别人读到的一句话"
KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NUANYANG_FIELD_KEYS", KEY)
    return tmp_path / "memory.db"


def open_store(path: Path) -> RememberingTrackerStore:
    return RememberingTrackerStore(domain=Domain.empty(), dialect="sqlite", db=str(path))


def said(tracker: DialogueStateTracker | None) -> list[str]:
    assert tracker is not None
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


def speak(store: RememberingTrackerStore, sender: str, *texts: str) -> None:
    async def turn() -> None:
        tracker = await store.get_or_create_tracker(sender)
        for text in texts:
            tracker.update(UserUttered(text))
        await store.save(tracker)

    asyncio.run(turn())


def test_a_restarted_bot_remembers_every_conversation_by_itself(path: Path) -> None:
    store = open_store(path)
    speak(store, "one", "早上好", WORDS)
    speak(store, "two", "晚上好")
    speak(store, "one", "还在吗")
    again = open_store(path)
    assert said(asyncio.run(again.retrieve("one"))) == ["早上好", WORDS, "还在吗"]
    assert said(asyncio.run(again.retrieve("two"))) == ["晚上好"]
    assert asyncio.run(again.retrieve("three")) is None


def test_the_next_turn_does_not_read_the_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(path)
    speak(store, "one", "早上好")
    monkeypatch.setattr(store, "session_scope", lambda: 1 / 0)
    assert said(asyncio.run(store.retrieve("one"))) == ["早上好"]


def test_what_a_broken_turn_left_is_not_believed(path: Path) -> None:
    store = open_store(path)
    speak(store, "one", "早上好")
    tracker = asyncio.run(store.retrieve("one"))
    assert tracker is not None
    tracker.update(SlotSet("half", "done"))  # and then the turn failed, before it was saved
    assert said(asyncio.run(store.retrieve("one"))) == ["早上好"]
    found = asyncio.run(store.retrieve("one"))
    assert found is not None
    assert not any(isinstance(event, SlotSet) for event in found.events)


def test_words_are_not_readable_on_the_disk(path: Path) -> None:
    speak(open_store(path), "one", WORDS)
    held = b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
    assert held
    assert WORDS.encode() not in held
    assert WORDS.encode("unicode-escape") not in held


def test_without_a_key_the_memory_does_not_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUANYANG_FIELD_KEYS")
    with pytest.raises(ValueError, match="NUANYANG_FIELD_KEYS"):
        open_store(path)
