"""The base and its stations in streets and communities."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Station(Base):
    """A street or community station of the base; a person belongs to the one near home."""

    __tablename__ = "stations"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(32), unique=True)
    name_zh: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(64))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"))

    def name(self, language: str) -> str:
        """Return the station's name in the language."""
        return self.name_en if language == "en" else self.name_zh
