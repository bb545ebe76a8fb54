"""One reading of the desk for many consoles: whoever needs it at the same moment waits for it and shares it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import current_app

from web.common import clock
from web.common.database import reading
from web.common.languages import language
from web.staff import desk_state

# Clocks run on without events: no console is told a state that was read longer ago than this.
LONGEST = 1.0  # seconds
# A reading that hangs must not hold the other consoles: after this long each reads for itself.
PATIENCE = 2.0  # seconds


class SharedDesk:
    """One per process. A reading is shared only with those who ask for nothing that came after it began."""

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._lock = threading.Lock()
        # By language: when the reading began, and what it found.
        self._last: dict[str, tuple[float, desk_state.Shared]] = {}

    def read(self, *, after: float, told: desk_state.Shared | None = None) -> desk_state.Shared:
        """Return the desk as it was read at this moment or later, by the clock of time.monotonic().

        A change that was committed before that moment is in it: the reading began with a fresh look at the database.
        What was `told` to a console already is not told to it again. Ends what the session has read, so that nobody
        waits with a connection in hand.
        """
        reading().rollback()
        if not self._lock.acquire(timeout=PATIENCE):
            return self._look()[1]
        try:
            spoken, oldest = language(), max(after, self._elapsed() - LONGEST)
            began, found = self._last.get(spoken, (0.0, told))
            if found is None or found is told or began < oldest:
                self._last[spoken] = began, found = self._look()
            return found
        finally:
            self._lock.release()

    def _look(self) -> tuple[float, desk_state.Shared]:
        # Noted before the first question is asked: a change that comes in between is perhaps in it, and read again.
        began = self._elapsed()
        found = desk_state.shared(session=reading(), now=clock.now())
        # Who may hear it is looked up afresh.
        reading().rollback()
        return began, found


def shared_desk() -> SharedDesk:
    """Return the shared desk of this site."""
    found: SharedDesk = current_app.extensions.setdefault("shared_desk", SharedDesk())
    return found
