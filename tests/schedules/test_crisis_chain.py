"""The whole round of an alarm by its sweeps: at night, to everybody at last, and past every row that is broken."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import select

from care import crises, notices
from care.clocks import clock
from care.gateways import Post
from care.notices import Letter
from models.duty import DutyPosition
from models.outbox import DeliveryWay, OutboxKind, OutboxRow
from models.staff import RoleName
from schedules.jobs import crises as crisis_jobs
from schedules.jobs import outbox as outbox_jobs
from schedules.runner import Tools
from tests.care.test_notices import NIGHT, address
from tests.fixtures.world import World
from tests.schedules.test_sweeps import tools_of
from triage.levels import Level


@dataclass(frozen=True)
class Pocket(Post):
    """Remembers what would have been carried, and when it was asked for."""

    letters: list[Letter] = field(default_factory=list)

    def carry(self, letter: Letter) -> DeliveryWay:
        self.letters.append(letter)
        return DeliveryWay.CHANNEL


@pytest.fixture
def post() -> Pocket:
    return Pocket()


@pytest.fixture
def tools(world: World, post: Pocket) -> Tools:
    return replace(tools_of(world), post=post)


def sweep(tools: Tools) -> None:
    crisis_jobs.climb_unanswered(tools)
    outbox_jobs.send_notices(tools)


def test_on_call_stand_in_supervisor_leader_then_everybody_in_the_middle_of_the_night(
    world: World, tools: Tools, post: Pocket
) -> None:
    world.clock.moment = NIGHT
    members = world.chain()
    free = world.colleague("not-on-duty", RoleName.DUTY_OFFICER)
    volunteer = world.colleague("volunteer", RoleName.VOLUNTEER)
    whose = {}
    for staff_id in (*members.values(), free, volunteer):
        address(world, staff_id)
        whose[f"address-{len(whose)}@mail.example"] = staff_id
    world.flag(world.person(), Level.EMERGENCY)
    rounds = []
    for _ in range(6):
        sweep(tools)
        rounds.append([whose[letter.address] for letter in post.letters])
        post.letters.clear()
        world.clock.advance(seconds=60)
    chain = [members[position] for position in DutyPosition]
    assert rounds[:4] == [[one] for one in chain]
    # Once round, the first is rung again and everybody is told; of those whom the chat is kept from, nobody.
    assert set(rounds[4]) == {*chain, free}
    assert set(rounds[5]) == {*chain, free}


def test_a_case_that_cannot_climb_for_a_reason_nobody_thought_of_stops_no_other(
    world: World, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.chain()
    broken, sound = (world.flag(world.person(), Level.EMERGENCY) for _ in range(2))
    climb = crises.climb_if_due

    def fragile(**given: object) -> bool:
        if given["case_id"] == broken:
            raise KeyError("a row from another time")
        return climb(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(crises, "climb_if_due", fragile)
    world.clock.advance(seconds=60)
    assert crisis_jobs.climb_unanswered(tools) == 1
    assert [len(world.case(one).escalations) for one in (broken, sound)] == [1, 2]


def test_a_level_without_a_clock_of_its_own_has_one_all_the_same() -> None:
    assert clock(Level.GREEN) == clock(Level.BLUE)


def test_an_alarm_that_cannot_be_told_silences_no_other(world: World, tools: Tools, post: Pocket) -> None:
    members = world.chain()
    address(world, members[DutyPosition.ON_CALL])
    world.flag(world.person(), Level.RED)
    with world.work() as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.CRISIS_NOTICE)).one()
        row.payload = {}
    world.flag(world.person(), Level.RED)
    outbox_jobs.send_notices(tools)
    assert len(post.letters) == 1


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_no_hour_is_quiet_for_an_alarm(world: World, tools: Tools, post: Pocket, hour: int) -> None:
    world.clock.advance(hours=hour)
    members = world.chain()
    address(world, members[DutyPosition.ON_CALL])
    with world.work() as session:
        to = world.actor(session, members[DutyPosition.ON_CALL])
        notices.tell(session=session, to=to, words="notice.desk", now=world.clock(), dedupe_key="ordinary")
    world.flag(world.person(), Level.YELLOW)
    outbox_jobs.send_notices(tools)
    assert len(post.letters) == 1
