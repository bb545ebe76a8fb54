"""A thread of the site that lets phones ring while the scheduler, whose work that is, is silent."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta

from flask import Flask, current_app
from sqlalchemy.orm import sessionmaker

import config
from care import heartbeat, leases, sending
from care.gateways import Post
from care.notices import QuietHours, Rules
from web.common import clock
from web.common.database import db, reading, unit_of_work
from web.common.night_watch import NightWatch
from web.common.watchman import LOOK_EVERY, watchman

# One process of the site carries at a time, and one that has died is followed by another after this. The last word
# has the claim on each row (care/outbox.py): it also holds against a scheduler that comes back in this very moment.
LEASE_NAME, LEASE = "site-post", timedelta(seconds=10)


class NightPost(NightWatch):
    """Carries alarms in a thread of its own: a gateway that does not answer must hold up no page and no climbing."""

    watch = "night-post"

    def __init__(self, app: Flask, every: float = LOOK_EVERY, post: Post | None = None) -> None:
        super().__init__(app, every)
        self._settings: config.Settings = app.extensions["settings"]
        self._post = post or Post(self._settings.gateways)
        self._told: int | None = None
        self._holder = f"{os.getpid()}-{secrets.token_hex(4)}"

    def _look(self) -> None:
        if watchman().is_silent() and self._leads():
            self._tell_of_silence()
            given = self._sending()
            sending.tell_of_alarms(given)
            sending.send(given, urgent=True)

    def _tell_of_silence(self) -> None:
        """Ring whoever can start the scheduler, once for each silence that lasts."""
        outage_id = heartbeat.outage_to_tell(session=reading(), now=clock.now())
        if outage_id is None or outage_id == self._told:
            return
        with unit_of_work() as work:
            heartbeat.tell_of_silence(session=work, outage_id=outage_id, now=clock.now())
        self._told = outage_id

    def _leads(self) -> bool:
        now = clock.now()
        if leases.is_held(session=reading(), name=LEASE_NAME, holder=self._holder, now=now, lasts=LEASE):
            return True
        with unit_of_work() as work:
            return leases.take(session=work, name=LEASE_NAME, holder=self._holder, now=now, lasts=LEASE)

    def _sending(self) -> sending.Sending:
        quiet = QuietHours(self._settings.quiet_from, self._settings.quiet_until)
        rules = Rules(timezone=self._settings.timezone, quiet=quiet, public_url=self._settings.link_base)
        return sending.Sending(
            sessions=sessionmaker(db.engine), clock=current_app.extensions["clock"], post=self._post, rules=rules
        )
