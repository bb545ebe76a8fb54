"""Tables and the invariants they guard."""

from models import (
    audit,
    beneficiaries,
    calendar,
    conversations,
    crises,
    duty,
    live,
    outbox,
    screenings,
    staff,
    stations,
)
from models.base import Base

__all__ = [
    "Base",
    "audit",
    "beneficiaries",
    "calendar",
    "conversations",
    "crises",
    "duty",
    "live",
    "outbox",
    "screenings",
    "staff",
    "stations",
]
