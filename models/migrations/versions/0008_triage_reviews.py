"""What the detector decided, and what reviewers thought of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LEVELS = ("emergency", "red", "orange", "yellow", "blue", "green")
VERDICTS = ("missed", "false_alarm", "wrong_level")


def _one_of(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _to(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "triage_decisions",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("level", _one_of("level", LEVELS), nullable=False),
        sa.Column("tiers", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("pattern_ids", sa.JSON(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("model_hash", sa.String(length=64), nullable=True),
        sa.Column("lexicon_version", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        _to("triage_decisions", "message_id", "messages.id", "CASCADE"),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_triage_decisions")),
    )
    op.create_table(
        "triage_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("verdict", _one_of("verdict", VERDICTS), nullable=False),
        sa.Column("level", _one_of("level", LEVELS), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("marked_by_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(), nullable=False),
        sa.Column("sentence", sa.LargeBinary(), nullable=True),
        sa.Column("cleared_by_id", sa.Integer(), nullable=True),
        sa.Column("exported_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "sentence IS NULL OR cleared_by_id IS NOT NULL",
            name=op.f("ck_triage_reviews_a_named_person_cleared_the_sentence"),
        ),
        sa.CheckConstraint(
            "cleared_by_id IS NULL OR cleared_by_id <> marked_by_id",
            name=op.f("ck_triage_reviews_four_eyes_clear_a_sentence"),
        ),
        sa.CheckConstraint(
            "exported_at IS NULL OR sentence IS NOT NULL",
            name=op.f("ck_triage_reviews_only_a_cleared_sentence_leaves"),
        ),
        _to("triage_reviews", "message_id", "messages.id", "CASCADE"),
        _to("triage_reviews", "marked_by_id", "staff_members.id", "RESTRICT"),
        _to("triage_reviews", "cleared_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_reviews")),
        sa.UniqueConstraint("message_id", name=op.f("uq_triage_reviews_message_id")),
    )


def downgrade() -> None:
    op.drop_table("triage_reviews")
    op.drop_table("triage_decisions")
