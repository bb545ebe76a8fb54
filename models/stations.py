"""The base, its stations in streets and communities, and the rooms in which people meet."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.types import enum_column


class StationKind(StrEnum):
    """The three rungs of the network: one base, stations in streets, stations in communities."""

    BASE = "base"
    STREET = "street"
    COMMUNITY = "community"


class Station(Base):
    """A street or community station of the base; a person belongs to the one near home."""

    __tablename__ = "stations"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[StationKind] = mapped_column(
        enum_column(StationKind, "station_kind"), default=StationKind.COMMUNITY, server_default="community"
    )
    name_zh: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(64))
    # How to find it, in the words that are read to a visitor.
    address: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"))

    rooms: Mapped[list[Room]] = relationship(back_populates="station", order_by="Room.id")

    def name(self, language: str) -> str:
        """Return the station's name in the language."""
        return self.name_en if language == "en" else self.name_zh


class Room(Base):
    """A room of a station that can be booked; a closed one keeps its history."""

    __tablename__ = "rooms"
    __table_args__ = (
        UniqueConstraint("station_id", "name_zh"),
        CheckConstraint("seats BETWEEN 1 AND 500", "room_has_seats"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"))
    name_zh: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(64))
    seats: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)

    station: Mapped[Station] = relationship(back_populates="rooms")

    def name(self, language: str) -> str:
        """Return the room's name in the language."""
        return self.name_en if language == "en" else self.name_zh
