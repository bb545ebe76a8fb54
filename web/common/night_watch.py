"""A thread of the site that looks after alarms when nobody does: the scheduler is silent and no page is open."""

from __future__ import annotations

import logging
import threading

from flask import Flask

from web.common.watchman import LOOK_EVERY, watchman

log = logging.getLogger(__name__)


class NightWatch:
    """Looks every two seconds; while the scheduler beats, a look is one question to the database."""

    watch = "night-watch"

    def __init__(self, app: Flask, every: float = LOOK_EVERY) -> None:
        self._app = app
        self._every = every
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look; a daemon, so that it never keeps a process from ending."""
        self._thread = threading.Thread(target=self._keep, name=self.watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it and wait for the look at hand."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _keep(self) -> None:
        while not self._stopping.wait(self._every):
            self.look_once()

    def look_once(self) -> None:
        """Do what a page of the desk does when it asks for its state; whatever fails, the next look is tried."""
        try:
            with self._app.app_context():
                self._look()
        except Exception as error:  # noqa: BLE001 - a watch that ends at the first fault watches over nobody
            log.error("night watch failed", extra={"watch": self.watch, "error": type(error).__name__})

    def _look(self) -> None:
        watchman().look()
