"""Tables of: contacts that are not safe to ring, colleagues kept away by hand, cases that only a drill closes itself"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.drills import CLOSING_GUARDS

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    _make_contact_checks()
    # Added by themselves: a batch of a table whose CHECKs are not read back would lose them.
    blob = "BLOB" if _is_sqlite() else "BYTEA"
    op.execute(
        f"ALTER TABLE kept_from_cases ADD COLUMN words {blob} CONSTRAINT ck_kept_from_cases_kept_in_words"
        " CHECK (why <> 'said_by_a_lead' OR words IS NOT NULL)"
    )
    op.execute(f"ALTER TABLE kept_from_cases ADD COLUMN let_back_words {blob}")
    for dialect, statement in CLOSING_GUARDS:
        if dialect == op.get_bind().dialect.name:
            op.execute(statement)


def _make_contact_checks() -> None:
    op.create_table(
        "contact_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("safe", sa.Boolean(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("safe OR words IS NOT NULL", name=op.f("ck_contact_checks_not_safe_in_words")),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["emergency_contacts.id"],
            name=op.f("fk_contact_checks_contact_id_emergency_contacts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_members.id"], name=op.f("fk_contact_checks_by_id_staff_members"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_checks")),
    )
    op.create_index(op.f("ix_contact_checks_contact_id"), "contact_checks", ["contact_id"])
    op.create_index(
        "uq_contact_checks_standing",
        "contact_checks",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    if _is_sqlite():
        op.execute("DROP TRIGGER crisis_cases_close_by_name")
    else:
        op.execute("DROP TRIGGER crisis_cases_close_by_name ON crisis_cases")
        op.execute("DROP FUNCTION close_by_name()")
    op.execute("ALTER TABLE kept_from_cases DROP COLUMN let_back_words")
    op.execute("ALTER TABLE kept_from_cases DROP COLUMN words")
    op.drop_table("contact_checks")
