"""The people who work here, and what each may be."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.stations import Station
from models.types import EncryptedText, UTCDateTime, enum_column


class RoleName(StrEnum):
    """The seven roles of the base; a person may hold several."""

    COUNSELOR = "counselor"
    SOCIAL_WORKER = "social_worker"
    VOLUNTEER = "volunteer"
    DUTY_OFFICER = "duty_officer"
    SUPERVISOR = "supervisor"
    BASE_MANAGER = "base_manager"
    ADMIN = "admin"


class Team(StrEnum):
    """The three teams of the base; managers and administrators may belong to none."""

    COUNSELOR = "counselor"
    SOCIAL_WORKER = "social_worker"
    VOLUNTEER = "volunteer"


staff_roles = Table(
    "staff_roles",
    Base.metadata,
    Column("staff_id", ForeignKey("staff_members.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("roles.id", ondelete="RESTRICT"), primary_key=True),
)


class Role(Base, RoleMixin):
    """A role as the sign-in library knows it; its name is one of RoleName."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)


class StaffMember(Base, UserMixin):
    """A counselor, social worker, volunteer or manager who can sign in."""

    __tablename__ = "staff_members"
    __table_args__ = (CheckConstraint("caseload_cap BETWEEN 0 AND 999", "caseload_cap_is_a_count"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # What the person types to sign in; many staff have no office mail, so it need not be a mail address.
    username: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # type: ignore[assignment]
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    # Changing this value ends every session of the person at once.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8), default="zh-CN")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    team: Mapped[Team | None] = mapped_column(enum_column(Team, "team"), index=True)
    # NO ACTION refuses here just as RESTRICT would, and is what SQLite can add to a table that is in use.
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id", ondelete="NO ACTION"), index=True)
    # Languages and dialects in which the person can help, for example "zh-CN", "en", "wu".
    languages: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    # What the person knows more about than others, as keys: "grief", "older", "addiction" ...
    specialties: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    # None: the usual number of the team (care/caseload.py).
    caseload_cap: Mapped[int | None]
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    station: Mapped[Station | None] = relationship()
    roles: Mapped[list[Role]] = relationship(secondary=staff_roles, lazy="selectin")  # type: ignore[assignment]

    def has_any(self, *names: RoleName) -> bool:
        """Tell whether the person holds at least one of the roles."""
        held = {role.name for role in self.roles}
        return any(name.value in held for name in names)
