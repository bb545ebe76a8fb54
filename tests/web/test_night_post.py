"""With the scheduler dead, the site lets phones ring: each notice once, whoever else carries, whatever fails."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from care import sending
from care.gateways import NotTaken, Post
from care.notices import Letter, QuietHours, Rules
from models.contacts import Channel, ContactPoint
from models.duty import DutyPosition
from models.live import Heartbeat, Lease
from models.outbox import DeliveryWay, OutboxKind, OutboxRow
from models.staff import RoleName, StaffMember
from tests.fixtures.desk import DeskSite
from tests.fixtures.world import ZONE, at_once
from triage.levels import Level
from web.common.database import db
from web.common.night_post import LEASE_NAME, NightPost
from web.common.night_watch import NightWatch


@dataclass(frozen=True)
class Carrier(Post):
    """A gateway that notes what it was given; the first few may be refused."""

    letters: list[Letter] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, letter: Letter) -> DeliveryWay:
        with self.lock:
            if self.refusals:
                raise self.refusals.pop()
            self.letters.append(letter)
        return DeliveryWay.CHANNEL

    @property
    def rung(self) -> list[str]:
        return [letter.address for letter in self.letters]


def _beats(site: DeskSite) -> None:
    with site.work() as session:
        session.merge(Heartbeat(name="scheduler", at=site.clock(), count=0))


def _reachable(site: DeskSite, username: str) -> None:
    with site.work() as session:
        member = session.scalars(select(StaffMember).where(StaffMember.username == username)).one()
        session.add(
            ContactPoint(
                staff_id=member.id,
                channel=Channel.SMS,
                address=username,
                address_hash=username,
                created_at=site.clock(),
                confirmed_at=site.clock(),
            )
        )


@pytest.fixture
def base(desk_site: DeskSite) -> DeskSite:
    """A base at night whose scheduler has just beaten: two rungs, each with a phone."""
    desk_site.clock.advance(hours=16)
    _beats(desk_site)
    for name, role, position in (
        ("officer", RoleName.DUTY_OFFICER, DutyPosition.ON_CALL),
        ("lead", RoleName.SUPERVISOR, DutyPosition.SUPERVISOR),
    ):
        desk_site.colleague(role, username=name)
        desk_site.turn(name, position=position)
        _reachable(desk_site, name)
    desk_site.app.extensions["watchman"].every = 0.0
    return desk_site


def _of_scheduler(site: DeskSite, carrier: Carrier) -> sending.Sending:
    rules = Rules(timezone=ZONE, quiet=QuietHours(site.settings.quiet_from, site.settings.quiet_until), public_url="")
    with site.app.app_context():
        return sending.Sending(sessions=sessionmaker(db.engine), clock=site.clock, post=carrier, rules=rules)


def test_while_the_scheduler_beats_the_site_rings_no_phone(base: DeskSite) -> None:
    carrier = Carrier()
    base.case(base.person(), Level.EMERGENCY)
    NightPost(base.app, post=carrier).look_once()
    assert carrier.letters == []


def test_with_a_dead_scheduler_phones_ring_at_night_and_go_on_with_every_rung(base: DeskSite) -> None:
    carrier = Carrier()
    watch, post = NightWatch(base.app), NightPost(base.app, post=carrier)
    base.case(base.person(), Level.EMERGENCY)
    base.clock.advance(seconds=31)
    watch.look_once()
    post.look_once()
    assert carrier.rung == ["officer"]
    base.clock.advance(seconds=30)
    watch.look_once()
    post.look_once()
    post.look_once()
    assert carrier.rung == ["officer", "lead"]
    assert all("/staff/" in letter.body for letter in carrier.letters)


def test_a_refused_notice_is_tried_again_and_another_one_is_not_held_up(base: DeskSite) -> None:
    carrier = Carrier(refusals=[NotTaken("http_500"), RuntimeError("13800000000")])
    post = NightPost(base.app, post=carrier)
    for _ in range(3):
        base.case(base.person(), Level.EMERGENCY)
    base.clock.advance(seconds=31)
    post.look_once()
    assert carrier.rung == ["officer"]
    # One waits two seconds for another try; the one whose carrier broke, until the claim on it has passed.
    base.clock.advance(seconds=2)
    post.look_once()
    assert carrier.rung == ["officer"] * 2
    base.clock.advance(seconds=29)
    post.look_once()
    assert carrier.rung[:3] == ["officer"] * 3


def test_a_scheduler_that_comes_back_in_the_same_second_rings_nobody_twice(base: DeskSite) -> None:
    carrier = Carrier()
    for _ in range(6):
        base.case(base.person(), Level.EMERGENCY)
    base.clock.advance(seconds=31)
    posts = [NightPost(base.app, post=carrier) for _ in range(3)]
    scheduler = _of_scheduler(base, carrier)

    def back() -> None:
        sending.tell_of_alarms(scheduler)
        sending.send(scheduler, urgent=True)

    at_once(*[post.look_once for post in posts], back, back)
    back()
    assert carrier.rung == ["officer"] * 6
    with base.look() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE)).all()
        assert [(row.delivered_by, row.attempts) for row in rows] == [(DeliveryWay.CHANNEL, 1)] * 6


def test_one_process_carries_and_another_follows_when_it_dies(base: DeskSite) -> None:
    first, second = Carrier(), Carrier()
    one, two = NightPost(base.app, post=first), NightPost(base.app, post=second)
    base.clock.advance(seconds=31)
    one.look_once()
    base.case(base.person(), Level.EMERGENCY)
    two.look_once()
    assert (first.rung, second.rung) == ([], []), "the lease is held by one that may be at work"
    with base.look() as session:
        until = session.get_one(Lease, LEASE_NAME).until
    base.clock.moment = until + timedelta(seconds=1)
    two.look_once()
    assert (first.rung, second.rung) == ([], ["officer"])


def test_ordinary_notices_are_left_to_the_scheduler(base: DeskSite) -> None:
    carrier = Carrier()
    with base.work() as session:
        contact = session.scalars(select(ContactPoint)).first()
        session.add(
            OutboxRow(
                kind=OutboxKind.NOTICE,
                dedupe_key="an ordinary one",
                payload={"words": "notice.desk", "at_once": False},
                created_at=base.clock(),
                not_before=base.clock(),
                contact=contact,
            )
        )
    base.clock.advance(seconds=31)
    NightPost(base.app, post=carrier).look_once()
    assert carrier.letters == []


def test_whoever_can_start_the_scheduler_is_rung_once_a_silence_has_lasted(base: DeskSite) -> None:
    base.colleague(RoleName.ADMIN, username="admin")
    _reachable(base, "admin")
    carrier = Carrier()
    watch, post = NightWatch(base.app), NightPost(base.app, post=carrier)
    base.clock.advance(seconds=31)
    watch.look_once()
    post.look_once()
    assert carrier.rung == [], "a restart takes less"
    for _ in range(2):
        base.clock.advance(minutes=2)
        watch.look_once()
        post.look_once()
        NightPost(base.app, post=carrier).look_once()
    assert sorted(carrier.rung) == ["admin", "lead"]


def test_a_post_that_fails_is_tried_again(base: DeskSite) -> None:
    class Broken(NightPost):
        def _sending(self) -> sending.Sending:
            raise RuntimeError("words of a person")

    base.case(base.person(), Level.EMERGENCY)
    base.clock.advance(seconds=31)
    Broken(base.app, post=Carrier()).look_once()
    base.clock.advance(seconds=11)
    carrier = Carrier()
    NightPost(base.app, post=carrier).look_once()
    assert carrier.rung == ["officer"]
