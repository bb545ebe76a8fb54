"""Services: what cannot be meant is refused by field, and a closed service is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from care import services
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.services import Mode, Service
from tests.fixtures.bookings import Bookings

TERMS = services.Terms(name_zh="谈话", name_en="Talk", minutes=50)


def open_one(bookings: Bookings, key: str = "talk", **more: Any) -> int:
    with bookings.world.work() as session:
        return services.open_service(
            session=session, actor=None, key=key, terms=replace(TERMS, **more), now=bookings.world.clock()
        ).id


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        ({"name_zh": " "}, Refusal.EMPTY, "name_zh"),
        ({"name_en": "x" * 61}, Refusal.TOO_LONG, "name_en"),
        ({"minutes": 52}, Refusal.WRONG_VALUE, "minutes"),
        ({"minutes": 0}, Refusal.WRONG_VALUE, "minutes"),
        ({"buffer_minutes": 125}, Refusal.WRONG_VALUE, "buffer_minutes"),
        ({"horizon_days": 400}, Refusal.WRONG_VALUE, "horizon_days"),
        ({"seats": 61}, Refusal.WRONG_VALUE, "seats"),
        ({"offline": False, "online": False, "phone": False}, Refusal.WRONG_VALUE, "offline"),
        ({"qualification": "training.unknown"}, Refusal.WRONG_VALUE, "qualification"),
        ({"key": "Talk now"}, Refusal.WRONG_VALUE, "key"),
    ],
)
def test_terms_that_cannot_be_meant(bookings: Bookings, change: dict[str, Any], refusal: Refusal, field: str) -> None:
    with pytest.raises(Refused) as refused:
        open_one(bookings, **change)
    assert (refused.value.refusal, refused.value.field) == (refusal, field)
    with bookings.world.look() as session:
        assert session.scalars(select(Service)).all() == []


def test_a_key_is_used_once(any_bookings: Bookings) -> None:
    open_one(any_bookings)
    with pytest.raises(Refused) as refused:
        open_one(any_bookings)
    assert refused.value.refusal is Refusal.NAME_TAKEN


def test_a_service_is_changed_and_closed_with_a_trace(bookings: Bookings) -> None:
    number, decoy = open_one(bookings), open_one(bookings, "decoy")
    with bookings.world.work() as session:
        terms = replace(TERMS, active=False, minutes=60)
        services.change(session=session, actor=None, service_id=number, terms=terms, now=bookings.world.clock())
    with bookings.world.look() as session:
        assert [service.id for service in services.every(session=session)] == [decoy]
        assert [service.id for service in services.every(session=session, with_closed=True)] == [number, decoy]
        with pytest.raises(Refused) as refused:
            services.get(session=session, service_id=number)
        assert refused.value.refusal is Refusal.NOT_FOUND
        assert list(session.scalars(select(AuditEntry.verb))) == ["service.open", "service.open", "service.change"]


def test_people_see_what_they_can_book_alone(bookings: Bookings) -> None:
    alone = open_one(bookings)
    open_one(bookings, "guided", self_booking=False)
    open_one(bookings, "group", seats=8)
    with bookings.world.look() as session:
        (seen,) = services.for_people(session=session)
        assert (seen.id, seen.modes) == (alone, (Mode.OFFLINE, Mode.ONLINE, Mode.PHONE))
