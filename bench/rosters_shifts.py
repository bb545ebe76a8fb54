"""Ten thousand volunteer shifts: how long a day page and "for me" take the server, and how fast sign-ups go through.

    .venv/web/bin/python -m bench.rosters shifts [--rounds 60] [--database-url postgresql+psycopg://…]

Pages are measured inside the process, from the request to the answer, on a site of its own. Sign-ups run in as many
threads as there are clients, each with a unit of work of its own, on one database.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from bench.rosters import Figure, Options, fresh_base, share
from care import sign_ups
from care.refusals import Refused
from models.database import writing
from models.shifts import Shift, ShiftRole, SignUp, SignUpState
from models.staff import Role, RoleName, StaffMember
from models.stations import Station
from tests.fixtures.desk import running_site
from tests.fixtures.world import MONDAY_MORNING, ZONE

# The first two hundred have shifts already, the others have none yet.
SHIFTS, A_DAY, VOLUNTEERS, BUSY = 10_000, 112, 2_200, 200
CLIENTS, ATTEMPTS = 50, 200


# Long enough that a page of a machine that is still warming up is not counted.
WARM = 3


def seed(session: Session) -> None:
    """Store ninety days of shifts with two roles each, every other place taken, and volunteers of three stations."""
    base = Station(slug="base", name_zh="暖阳基地", name_en="Nuanyang base")
    session.add(base)
    session.flush()
    role = session.scalars(select(Role).where(Role.name == RoleName.VOLUNTEER.value)).first() or Role(name="volunteer")
    for number in range(VOLUNTEERS):
        session.add(
            StaffMember(
                username=f"bench-{number}",
                password="!",  # noqa: S106 - nobody signs in with it
                fs_uniquifier=f"bench-{number}",
                display_name=f"Volunteer {number}",
                created_at=MONDAY_MORNING,
                roles=[role],
            )
        )
    session.flush()
    people = session.scalars(select(StaffMember.id).where(StaffMember.username.like("bench-%"))).all()
    midnight = MONDAY_MORNING - timedelta(hours=10)
    shifts, roles, taken = [], [], []
    for number in range(1, SHIFTS + 1):
        day, place = divmod(number - 1, A_DAY)
        start = midnight + timedelta(days=day, hours=6 + place % 15)
        shifts.append(
            {
                "id": number,
                "station_id": base.id,
                "name_zh": "白天",
                "name_en": "Day",
                "starts_at": start,
                "ends_at": start + timedelta(hours=3),
                "opens_at": midnight - timedelta(days=30),
                "created_at": midnight,
            }
        )
        for half, name in enumerate(("front_desk", "phone")):
            role_id = number * 2 - 1 + half
            roles.append({"id": role_id, "shift_id": number, "role": name, "places": 2})
            taken.append(
                {
                    "shift_role_id": role_id,
                    "shift_id": number,
                    "places": 2,
                    "place_no": 1,
                    "staff_id": people[role_id % BUSY],
                    "state": SignUpState.SIGNED_UP,
                    "signed_up_at": midnight,
                }
            )
    session.execute(insert(Shift), shifts)
    session.execute(insert(ShiftRole), roles)
    session.execute(insert(SignUp), taken)


def pages(folder: Path, rounds: int) -> list[Figure]:
    """Measure the two lists that a volunteer opens most."""
    figures = []
    with running_site(folder) as site:
        with site.work() as session:
            seed(session)
        browser = site.signed_in(RoleName.VOLUNTEER)
        lists = (("page of a day", "/staff/shifts/day?date=2026-03-10"), ("list of shifts for me", "/staff/shifts"))
        for name, path in lists:
            times = []
            for _ in range(rounds + WARM):
                began = time.perf_counter()
                assert browser.get(path).status_code == 200
                times.append((time.perf_counter() - began) * 1000)
            what = f"{name} among {SHIFTS} shifts"
            figures.append(Figure(f"{what}, median", statistics.median(times[WARM:]), "ms"))
            figures.append(Figure(f"{what}, p95", share(times[WARM:], 0.95), "ms", most=40))
    return figures


@dataclass
class Told:
    """What the clients were told, and how long each waited."""

    answers: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)


def throughput(engine: Engine, attempts: int) -> list[Figure]:
    """Let fifty clients try so many times each on the same places."""
    sessions = sessionmaker(engine)
    with sessions() as session:
        people = session.scalars(select(StaffMember.id).where(StaffMember.username.like("bench-%"))).all()[BUSY:]
        roles = session.scalars(select(ShiftRole.id).order_by(ShiftRole.id)).all()[2 * A_DAY :]
    told = Told()

    def client(number: int) -> None:
        for attempt in range(attempts):
            me, wish = people[(number * 41 + attempt) % len(people)], roles[(number * 613 + attempt * 97) % len(roles)]
            began = time.perf_counter()
            outcome = _try(sessions, me, wish)
            told.times.append((time.perf_counter() - began) * 1000)
            told.answers[outcome] += 1

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))
    seconds = time.perf_counter() - began
    print("  answers:", ", ".join(f"{name} {number}" for name, number in told.answers.most_common()))
    with sessions() as session:
        stored = session.scalar(select(func.count()).where(SignUp.place_no == 2)) or 0
    return [
        Figure("attempts with 50 clients", len(told.times) / seconds, "/s"),
        Figure("sign-ups with 50 clients", told.answers["signed_up"] / seconds, "/s", least=80),
        Figure("sign-up, median", statistics.median(told.times), "ms"),
        Figure("sign-up, p99", share(told.times, 0.99), "ms", most=1500),
        Figure("sign-ups that were told but are not stored", told.answers["signed_up"] - stored, "", most=0),
    ]


def _try(sessions: sessionmaker[Session], staff_id: int, shift_role_id: int) -> str:
    try:
        with sessions() as session, writing(session):
            sign_ups.sign_up(
                session=session,
                actor=session.get_one(StaffMember, staff_id),
                shift_role_id=shift_role_id,
                now=MONDAY_MORNING,
                timezone=ZONE,
            )
    except Refused as refused:
        return refused.refusal.value
    return "signed_up"


def measure(options: Options) -> list[Figure]:
    """Return the figures of the volunteers' shifts."""
    with tempfile.TemporaryDirectory(prefix="nuanyang-bench-") as folder:
        figures = pages(Path(folder), options.rounds)
    with fresh_base(options) as engine:
        with sessionmaker(engine)() as session, writing(session):
            seed(session)
        return figures + throughput(engine, min(options.rounds, ATTEMPTS))
