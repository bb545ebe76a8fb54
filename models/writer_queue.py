"""The queue of those who write to SQLite: first come, first served, so that nobody starves in a rush."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field


@dataclass(eq=False)
class _Ticket:
    holder: int
    called: threading.Event = field(default_factory=threading.Event)


class WriterQueue:
    """A lock that a thread may take again while it has it, and that passes to whoever has waited longest.

    The lock of the standard library wakes anybody; under fifty writers the unlucky one waited three times as long.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[_Ticket] = deque()
        self._holder: int | None = None
        self._depth = 0

    def acquire(self) -> None:
        """Wait for one's turn."""
        me = threading.get_ident()
        with self._guard:
            if self._holder in (me, None):
                self._holder = me
                self._depth += 1
                return
            ticket = _Ticket(me)
            self._waiting.append(ticket)
        try:
            ticket.called.wait()
        except BaseException:
            self._give_up(ticket)
            raise

    def _give_up(self, ticket: _Ticket) -> None:
        with self._guard:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                return
        self.release()

    def release(self) -> None:
        """Let the next one in, once for each time the lock was taken."""
        with self._guard:
            if self._holder != threading.get_ident():
                raise RuntimeError("only the thread whose turn it is may end it")
            self._depth -= 1
            if self._depth:
                return
            if self._waiting:
                ticket = self._waiting.popleft()
                self._holder, self._depth = ticket.holder, 1
                ticket.called.set()
            else:
                self._holder = None
