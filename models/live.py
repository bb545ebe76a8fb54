"""Live events for browsers, the pulse of our processes, and the lease of the one scheduler."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import UTCDateTime


class LiveEvent(Base):
    """Something browsers should hear of; the row comes first, so a lost connection loses nothing."""

    __tablename__ = "live_events"
    __table_args__ = (
        Index("ix_live_events_channel", "channel", "id"),
        # A number is never used again, even after old rows are swept: browsers resume by it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # "chat:<conversation id>" or "desk".
    channel: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Heartbeat(Base):
    """The last sign of life of a process or a sweep."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Of a sweep: how many rows the last run acted on, and the class of its last failure.
    count: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failure: Mapped[str | None] = mapped_column(String(64))


class Lease(Base):
    """Which process may act as the one scheduler until when."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime] = mapped_column(UTCDateTime)
