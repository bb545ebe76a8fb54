"""A lower level, or the end of a case at the top two levels: proposed by one, confirmed by another."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crises import CrisisCase, LevelName
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column


class ChangeKind(StrEnum):
    """What a person wants to do to a case that the programme may only raise."""

    LOWER = "lower"
    CLOSE = "close"


class ChangeEnd(StrEnum):
    """What became of it; overtaken means that new danger, or a closed case, made it worth nothing."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"


def _rank(column: str) -> str:
    """Return the order of the levels for the database, which stores words."""
    ranks = " ".join(f"WHEN '{name.value}' THEN {number}" for number, name in enumerate(reversed(LevelName)))
    return f"CASE {column} {ranks} END"


_OPEN = text("ended_at IS NULL")


class CaseChange(Base):
    """One proposal about one case. While nobody has confirmed it, the case and its clocks stay as they are."""

    __tablename__ = "case_changes"
    __table_args__ = (
        Index("uq_case_changes_open_case", "case_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", "ended_with_a_word"),
        CheckConstraint("ending IS NULL OR ending = 'overtaken' OR decided_by_id IS NOT NULL", "decided_by_name"),
        CheckConstraint(
            "ending IS NULL OR ending <> 'confirmed' OR from_level NOT IN ('emergency', 'red')"
            " OR decided_by_id <> proposed_by_id",
            "second_reader_for_the_top_levels",
        ),
        CheckConstraint("ending IS NULL OR ending <> 'declined' OR decided_words IS NOT NULL", "declined_in_words"),
        CheckConstraint("(kind = 'lower') = (to_level IS NOT NULL)", "lowering_names_a_level"),
        CheckConstraint(
            f"to_level IS NULL OR (to_level <> 'green' AND {_rank('to_level')} < {_rank('from_level')})",
            "lowering_goes_down",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("crisis_cases.id", ondelete="CASCADE"))
    kind: Mapped[ChangeKind] = mapped_column(enum_column(ChangeKind, "kind"))
    from_level: Mapped[LevelName] = mapped_column(enum_column(LevelName, "from_level"))
    to_level: Mapped[LevelName | None] = mapped_column(enum_column(LevelName, "to_level"))
    # Since when the case has stood at its level: a word about an earlier spell lowers no later one.
    spell_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(EncryptedText)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ending: Mapped[ChangeEnd | None] = mapped_column(enum_column(ChangeEnd, "ending"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    decided_words: Mapped[str | None] = mapped_column(EncryptedText)

    case: Mapped[CrisisCase] = relationship()
    proposed_by: Mapped[StaffMember] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[StaffMember | None] = relationship(foreign_keys=[decided_by_id])


# The level of a case sinks only behind a change that was confirmed for this very spell, whoever writes the row.
_NOT_CONFIRMED = """{new} < {old} AND NOT EXISTS (
    SELECT 1 FROM case_changes WHERE case_changes.case_id = NEW.id AND case_changes.ending = 'confirmed'
    AND case_changes.from_level = OLD.level AND case_changes.to_level = NEW.level
    AND case_changes.spell_at = OLD.raised_at)"""
_UNCONFIRMED = _NOT_CONFIRMED.format(new=_rank("NEW.level"), old=_rank("OLD.level"))
_GUARDS = (
    (
        "sqlite",
        f"""CREATE TRIGGER crisis_cases_only_a_person_lowers BEFORE UPDATE OF level ON crisis_cases
WHEN {_UNCONFIRMED} BEGIN SELECT RAISE(ABORT, 'only a person lowers a case'); END""",
    ),
    (
        "postgresql",
        f"""CREATE OR REPLACE FUNCTION only_a_person_lowers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF ({_UNCONFIRMED}) THEN RAISE EXCEPTION 'only a person lowers a case' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW; END $$""",
    ),
    (
        "postgresql",
        """CREATE TRIGGER crisis_cases_only_a_person_lowers BEFORE UPDATE OF level ON crisis_cases
FOR EACH ROW EXECUTE FUNCTION only_a_person_lowers()""",
    ),
)
for _dialect, _statement in _GUARDS:
    event.listen(
        CaseChange.__table__,
        "after_create",
        DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
    )
