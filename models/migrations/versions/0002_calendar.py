"""The calendar that everybody shares"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KINDS = ("appointment", "group_session", "shift", "follow_up", "offer")
HOLDERS = ("staff", "room", "beneficiary")


def _one_of(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "calendar_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _one_of("hold_kind", KINDS), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_calendar_holds_hold_ends_after_it_starts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_holds")),
    )
    op.create_index("ix_calendar_holds_span", "calendar_holds", ["starts_at", "ends_at"])
    op.create_table(
        "calendar_cells",
        sa.Column("holder_kind", _one_of("holder_kind", HOLDERS), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hold_id"],
            ["calendar_holds.id"],
            name=op.f("fk_calendar_cells_hold_id_calendar_holds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("holder_kind", "holder_id", "cell", name=op.f("pk_calendar_cells")),
    )
    op.create_index("ix_calendar_cells_hold_id", "calendar_cells", ["hold_id"])
    op.create_table(
        "calendar_holders",
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("holder_kind", _one_of("holder_kind", HOLDERS), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hold_id"],
            ["calendar_holds.id"],
            name=op.f("fk_calendar_holders_hold_id_calendar_holds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hold_id", "holder_kind", "holder_id", name=op.f("pk_calendar_holders")),
    )
    op.create_index("ix_calendar_holders_holder", "calendar_holders", ["holder_kind", "holder_id", "hold_id"])


def downgrade() -> None:
    op.drop_table("calendar_holders")
    op.drop_table("calendar_cells")
    op.drop_table("calendar_holds")
