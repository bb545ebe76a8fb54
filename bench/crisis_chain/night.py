"""A year of nights with a clock that is not there: the real verbs and sweeps, people who do not answer, deaths, jumps.

Two clocks run. The true one only goes forward; the wall clock, which the programs read, is set forth and back.
What is promised is measured in true time: an alarm that nobody has answered rings again within the step of its level.
"""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import delete, event, func, select
from sqlalchemy.orm import Session

from care import conversations, crises, duty, leave, seen_flags, staff
from care.bot_line import BotLine
from care.clocks import clock
from care.gateways import Post
from care.refusals import Refused
from models.conversations import Conversation
from models.crises import CrisisCase, CrisisFlag, Escalation, FlagSource, UncheckedReason
from models.database import open_engine
from models.duty import DutyPosition, DutyTurn
from models.migrate import upgrade
from models.outbox import OutboxKind, OutboxRow
from models.staff import RoleName, StaffMember
from models.types import use_field_keys
from schedules.jobs.crises import climb_unanswered
from schedules.jobs.outbox import send_notices
from schedules.runner import LEASE, Tools
from tests.fixtures.keys import FIELD_KEY
from tests.fixtures.world import ZONE, World
from triage.levels import Level

DANGER = ("我不想活了", "药已经吃了一瓶", "活着没意思", "I want to kill myself")
LEVELS = (Level.EMERGENCY, Level.RED, Level.ORANGE, Level.YELLOW)
# The sweep runs every two seconds, and a clock that was set back is noticed with five seconds of tolerance.
SWEEP = timedelta(seconds=2)
TOLERANCE = timedelta(seconds=5)
# A scheduler that is killed is started again after half a second, and waits for the lease of the dead one.
DOWN = timedelta(seconds=1) + LEASE
NIGHT = timedelta(hours=12)
# How often somebody answers a rung, and how often whoever took a case then reaches the person.
ANSWERED, SPOKEN = 0.3, 0.6
JUMPS = (-7200, -600, -90, -59, -3, 3, 59, 90, 600, 7200)


class Killed(Exception):
    """The process died before the commit."""


@dataclass
class Ringing:
    """An alarm that somebody must answer, since a moment of true time."""

    since: datetime
    step: timedelta
    # How much longer it may take: a scheduler that was down, a clock that was set back by less than is noticed.
    allowed: timedelta = TOLERANCE + SWEEP


@dataclass
class Findings:
    """What a year has shown."""

    counts: Counter[str] = field(default_factory=Counter)
    worst: timedelta = timedelta(0)

    def add(self, what: str, number: int = 1) -> None:
        self.counts[what] += number


class Year:
    """One base and its nights."""

    def __init__(self, folder: Path, seed: int) -> None:
        use_field_keys((FIELD_KEY,))
        self.chance = random.Random(seed)
        engine = open_engine(f"sqlite:///{folder / 'year.db'}")
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
        upgrade(engine)
        self.world = World(engine)
        self.client = httpx.Client(trust_env=False)
        self.tools = Tools(
            sessions=self.world.sessions,
            clock=self.world.clock,
            line=BotLine(client=self.client, url="http://127.0.0.1:9", token=secrets.token_hex(8)),
            timezone=ZONE,
            post=Post(client=self.client),
        )
        self.true = self.world.clock()
        self.found = Findings()
        self.ringing: dict[int, Ringing] = {}
        self.hops: Counter[int] = Counter()
        self.scheduler_back = self.true
        self.expected_flags = 0
        self.lead = self.world.colleague("lead", RoleName.BASE_MANAGER)
        self.officers = [
            self.world.colleague(f"officer-{number}", RoleName.DUTY_OFFICER, RoleName.SUPERVISOR) for number in range(9)
        ]
        self.people: list[int] = []

    def pass_time(self, span: timedelta) -> None:
        """Let both clocks go on."""
        self.true += span
        self.world.clock.moment += span

    def run(self, nights: int, tell: Callable[[int], None]) -> Findings:
        """Go through the nights; raise nothing, count everything."""
        for number in range(nights):
            self.one_night()
            tell(number + 1)
        self.finish()
        self.client.close()
        return self.found

    def one_night(self) -> None:
        """Plan a roster with holes, let things happen, close in the morning what can be closed."""
        self.plan_roster()
        self.people = [self.world.person() for _ in range(4)]
        moments = sorted(self.chance.uniform(0, NIGHT.total_seconds()) for _ in range(self.chance.randint(6, 14)))
        begin = self.true
        for moment in moments:
            self.until(begin + timedelta(seconds=moment))
            self.chance.choices(
                (self.somebody_writes, self.another_voice, self.somebody_answers, self.chain_changes, self.clock_jumps),
                weights=(5, 2, 6, 3, 2),
            )[0]()
            if self.chance.random() < 0.15:
                self.scheduler_dies()
            self.look()
        self.until(begin + NIGHT)
        self.morning()
        self.until(begin + timedelta(hours=24))

    def until(self, moment: datetime) -> None:
        """Let the sweeps run whenever one of them has something to do, no later than its pace."""
        while True:
            due = self.next_due()
            if due is None or due > moment:
                break
            self.pass_time(max(due - self.true, timedelta(0)))
            climb_unanswered(self.tools)
            send_notices(self.tools)
            self.found.add("sweeps that had work")
            self.look()
            if self.chance.random() < ANSWERED:
                self.somebody_answers()
                self.look()
        if moment > self.true:
            self.pass_time(moment - self.true)

    def next_due(self) -> datetime | None:
        """Return the true time at which the next sweep finds a case that must climb."""
        with self.world.look() as session:
            if crises.due_to_climb(session=session, now=self.world.clock()):
                at = self.true
            else:
                wall = session.scalar(
                    select(func.min(CrisisCase.climbs_at)).where(
                        CrisisCase.closed_at.is_(None), CrisisCase.climbs_at.is_not(None)
                    )
                )
                if wall is None:
                    return None
                at = self.true + (wall - self.world.clock())
        lag = timedelta(seconds=self.chance.uniform(0, SWEEP.total_seconds()))
        return max(at + lag, self.scheduler_back)

    # What happens.

    def plan_roster(self) -> None:
        """Put people on the four rungs for the night; now and then a rung, or the whole roster, is empty."""
        with self.world.work() as session:
            session.execute(delete(DutyTurn))
        if self.chance.random() < 0.04:
            self.found.add("nights with an empty roster")
            return
        members = self.chance.sample(self.officers, 4)
        for position, staff_id in zip(DutyPosition, members, strict=True):
            if self.chance.random() > 0.1:
                self.world.turn(staff_id, position, starts=-2, hours=30)

    def somebody_writes(self) -> None:
        """Words of danger; sometimes the site dies before the commit and the page sends them again."""
        person, key, text = self.chance.choice(self.people), secrets.token_hex(8), self.chance.choice(DANGER)
        if self.chance.random() < 0.3:
            self.dies_in(lambda session: self._post(session, person, key, text))
        with self.world.work() as session:
            self._post(session, person, key, text)
        self.expected_flags += 1
        self.found.add("flags raised")

    def _post(self, session: Session, person: int, key: str, text: str) -> None:
        conversations.post(
            session=session,
            conversation_id=person,
            client_key=key,
            text=text,
            now=self.world.clock(),
            timezone=ZONE,
        )

    def another_voice(self) -> None:
        """A report or a worker's observation, at any level."""
        self.world.flag(self.chance.choice(self.people), self.chance.choice(LEVELS), FlagSource.INFORMANT)
        self.expected_flags += 1
        self.found.add("flags raised")

    def dies_in(self, deed: Callable[[Session], Any]) -> None:
        """Do a deed and die before the commit."""
        self.found.add("processes killed")
        try:
            with self.world.work() as session:
                deed(session)
                raise Killed
        except (Killed, Refused):
            pass

    def somebody_answers(self) -> None:
        """Somebody takes the case that rings next, and perhaps speaks with the person."""
        with self.world.look() as session:
            waiting = session.scalars(
                select(CrisisCase.id)
                .where(CrisisCase.closed_at.is_(None), CrisisCase.climbs_at.is_not(None))
                .order_by(CrisisCase.acknowledged_at.is_not(None), CrisisCase.climbs_at)
            ).all()
        if not waiting:
            return
        case_id, speaks = waiting[0], self.chance.random() < SPOKEN
        officer = self.chance.choice(self.active())

        def deed(session: Session) -> None:
            actor = session.get_one(StaffMember, officer)
            case = crises.acknowledge(session=session, case_id=case_id, actor=actor, now=self.world.clock())
            if speaks:
                crises.note_contact(
                    session=session, beneficiary_id=case.beneficiary_id, actor=actor, now=self.world.clock()
                )

        if self.chance.random() < 0.2:
            self.dies_in(deed)
        try:
            with self.world.work() as session:
                deed(session)
            self.found.add("cases taken")
        except Refused:
            self.found.add("cases that a colleague had taken")

    def active(self) -> list[int]:
        """Return who still works here, besides the lead."""
        with self.world.look() as session:
            known = session.scalars(select(StaffMember.id).where(StaffMember.active, StaffMember.id != self.lead))
            return list(known) or [self.lead]

    def chain_changes(self) -> None:
        """Somebody leaves for good, goes on leave, or a turn is emptied."""
        what = self.chance.random()
        if what < 0.3:
            self.deactivate(self.chance.choice(self.officers))
        elif what < 0.6:
            self.go_on_leave(*self.chance.sample(self.officers, 2))
        else:
            with self.world.work() as session:
                position = self.chance.choice(list(DutyPosition))
                session.execute(delete(DutyTurn).where(DutyTurn.position == position))
            self.found.add("turns emptied")

    def deactivate(self, staff_id: int) -> None:
        """Take a colleague's account away in the middle of the night."""
        with self.world.work() as session:
            lead = session.get_one(StaffMember, self.lead)
            staff.deactivate(session=session, actor=lead, staff_id=staff_id, now=self.world.clock(), seen_ahead=True)
        self.found.add("colleagues deactivated")

    def go_on_leave(self, staff_id: int, stand_in_id: int) -> None:
        """Let a colleague be away from now on."""
        start = self.world.clock().replace(minute=0, second=0, microsecond=0)
        try:
            with self.world.work() as session:
                lead = session.get_one(StaffMember, self.lead)
                row = leave.ask(
                    session=session,
                    actor=lead,
                    staff_id=staff_id,
                    starts_at=start,
                    ends_at=start + timedelta(hours=10),
                    stand_in_id=stand_in_id,
                    note="",
                    now=self.world.clock(),
                )
                leave.approve(session=session, actor=lead, leave_id=row.id, now=self.world.clock())
            self.found.add("colleagues on leave")
        except (Refused, staff.Declined):
            pass  # Away already, or deactivated.

    def clock_jumps(self) -> None:
        """Set the wall clock; a jump back by less than is noticed lengthens what runs by as much."""
        seconds = self.chance.choice(JUMPS)
        self.world.clock.moment += timedelta(seconds=seconds)
        self.found.add("clock jumps")
        if seconds < 0:
            for one in self.ringing.values():
                # Within the step it cannot be told from an alarm that has just rung; beyond it, it is found at once.
                one.allowed += min(timedelta(seconds=-seconds), one.step)

    def scheduler_dies(self) -> None:
        """Kill the scheduler: until the next one leads, nothing climbs."""
        self.found.add("schedulers killed")
        self.scheduler_back = self.true + DOWN
        for one in self.ringing.values():
            one.allowed += DOWN

    def morning(self) -> None:
        """Two colleagues who are there close what has been answered, and those who left are replaced."""
        with self.world.work() as session:
            lead = session.get_one(StaffMember, self.lead)
            for staff_id in self.officers:
                staff.reactivate(session=session, actor=lead, staff_id=staff_id, now=self.world.clock())
        with self.world.look() as session:
            open_cases = list(session.scalars(select(CrisisCase.id).where(CrisisCase.closed_at.is_(None))))
        for case_id in open_cases:
            if self.chance.random() < 0.1:
                continue  # It stays open over the day, with whatever clock it has.
            for staff_id in self.officers[:2]:
                with self.world.work() as session:
                    if session.get_one(CrisisCase, case_id).closed_at is None:
                        crises.close(
                            session=session,
                            case_id=case_id,
                            seen_flag_id=seen_flags.newest(session=session, case_id=case_id),
                            actor=session.get_one(StaffMember, staff_id),
                            reason="seen in the morning",
                            now=self.world.clock(),
                            unchecked=crises.Unchecked(UncheckedReason.NOT_REACHED),
                        )
        self.look()

    # What must be true.

    def look(self) -> None:
        """Compare what rings with what rang before: each new hop is measured against the step that was promised."""
        with self.world.look() as session:
            rows = session.scalars(select(CrisisCase).where(CrisisCase.closed_at.is_(None))).all()
            for case in rows:
                self._compare(session, case)
            still = {case.id for case in rows if case.climbs_at is not None}
        for case_id in list(self.ringing):
            if case_id not in still:
                del self.ringing[case_id]
                self.found.add("steps within their clock")

    def _compare(self, session: Session, case: CrisisCase) -> None:
        steps = clock(case.risk)
        if case.acknowledged_at is None and case.climbs_at is None:
            self.found.add("SILENT: unanswered, and nothing runs")
        step = steps.climb if case.acknowledged_at is None else max(steps.after_acknowledging, steps.contact)
        known = self.ringing.get(case.id)
        fresh = case.hops != self.hops[case.id] or known is None or known.step != step
        if known is not None:
            late = self.true - known.since - known.step
            if late > known.allowed:
                self.found.add("BREACH: a step longer than its clock")
                known.allowed = late  # Counted once.
            elif fresh:
                self.found.add("steps within their clock")
            if fresh:
                self.found.worst = max(self.found.worst, min(late, known.allowed))
        if case.climbs_at is not None and fresh:
            self.ringing[case.id] = Ringing(self.true, step)
            if self.true < self.scheduler_back:
                self.ringing[case.id].allowed += DOWN
        if case.hops != self.hops[case.id]:
            self.hops[case.id] = case.hops
            self._check_rows(session, case)

    def _check_rows(self, session: Session, case: CrisisCase) -> None:
        hops = session.scalar(select(func.count()).select_from(Escalation).where(Escalation.case_id == case.id))
        if hops != case.hops:
            self.found.add("SILENT: a hop without a row")
        key = f"case-{case.id}-hop-{case.hops}"
        told = select(OutboxRow.id).where(OutboxRow.kind == OutboxKind.CRISIS_NOTICE, OutboxRow.dedupe_key == key)
        if session.scalar(told) is None:
            self.found.add("SILENT: a hop that tells nobody")

    def finish(self) -> None:
        """Count at the end what could have been lost."""
        with self.world.look() as session:
            flags = session.scalar(select(func.count()).select_from(CrisisFlag)) or 0
            self.found.add("flags lost or doubled", abs(flags - self.expected_flags))
            people = session.scalars(
                select(CrisisCase.beneficiary_id).where(CrisisCase.closed_at.is_(None)).order_by(CrisisCase.id)
            ).all()
            self.found.add("people with two open cases", len(people) - len(set(people)))
            self.found.add("cases", session.scalar(select(func.count()).select_from(CrisisCase)) or 0)
            self.found.add("conversations", session.scalar(select(func.count()).select_from(Conversation)) or 0)
            self.found.add("hops", session.scalar(select(func.count()).select_from(Escalation)) or 0)
            self.found.add("turns on the roster", len(duty.CHAIN))
