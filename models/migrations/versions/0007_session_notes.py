"""Tables of: session notes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("amends_id", sa.Integer(), nullable=True),
        sa.Column(
            "contact",
            sa.Enum(
                "appointment",
                "group",
                "chat",
                "phone",
                "visit",
                "other",
                name="contact",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("held_at", sa.DateTime(), nullable=False),
        sa.Column("presenting", sa.LargeBinary(), nullable=False),
        sa.Column("done", sa.LargeBinary(), nullable=False),
        sa.Column(
            "risk",
            sa.Enum(
                "not_asked",
                "nothing_heard",
                "thoughts",
                "plan",
                name="risk",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("risk_words", sa.LargeBinary(), nullable=True),
        sa.Column("next_step", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("needs_countersign", sa.Boolean(), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(amends_id IS NULL) = (reason IS NULL)", name=op.f("ck_session_notes_amended_with_a_reason")
        ),
        sa.CheckConstraint("amends_id IS NULL OR amends_id < id", name=op.f("ck_session_notes_amends_an_older_note")),
        sa.ForeignKeyConstraint(
            ["amends_id"],
            ["session_notes.id"],
            name=op.f("fk_session_notes_amends_id_session_notes"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_session_notes_appointment_id_appointments"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["staff_members.id"],
            name=op.f("fk_session_notes_author_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"],
            ["beneficiaries.id"],
            name=op.f("fk_session_notes_beneficiary_id_beneficiaries"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_notes")),
        sa.UniqueConstraint("amends_id", name=op.f("uq_session_notes_amends_id")),
        sa.UniqueConstraint("id", "author_id", name=op.f("uq_session_notes_id_author_id")),
        sa.UniqueConstraint("key", name=op.f("uq_session_notes_key")),
    )
    with op.batch_alter_table("session_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_notes_appointment_id"), ["appointment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_notes_beneficiary_id"), ["beneficiary_id"], unique=False)
        batch_op.create_index(
            "uq_session_notes_first",
            ["author_id", "appointment_id"],
            unique=True,
            sqlite_where=sa.text("amends_id IS NULL"),
            postgresql_where=sa.text("amends_id IS NULL"),
        )

    op.create_table(
        "countersignatures",
        sa.Column("note_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("staff_id <> author_id", name=op.f("ck_countersignatures_nobody_countersigns_their_own")),
        sa.ForeignKeyConstraint(
            ["note_id", "author_id"],
            ["session_notes.id", "session_notes.author_id"],
            name=op.f("fk_countersignatures_note_id_author_id_session_notes"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_members.id"],
            name=op.f("fk_countersignatures_staff_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_countersignatures")),
    )
    op.create_table(
        "note_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("amends_id", sa.Integer(), nullable=True),
        sa.Column(
            "contact",
            sa.Enum(
                "appointment",
                "group",
                "chat",
                "phone",
                "visit",
                "other",
                name="draft_contact",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("held_at", sa.DateTime(), nullable=False),
        sa.Column("presenting", sa.LargeBinary(), nullable=True),
        sa.Column("done", sa.LargeBinary(), nullable=True),
        sa.Column(
            "risk",
            sa.Enum(
                "not_asked",
                "nothing_heard",
                "thoughts",
                "plan",
                name="draft_risk",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("risk_words", sa.LargeBinary(), nullable=True),
        sa.Column("next_step", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_note_drafts_version_is_a_count")),
        sa.ForeignKeyConstraint(
            ["amends_id"], ["session_notes.id"], name=op.f("fk_note_drafts_amends_id_session_notes"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_note_drafts_appointment_id_appointments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["staff_members.id"],
            name=op.f("fk_note_drafts_author_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"],
            ["beneficiaries.id"],
            name=op.f("fk_note_drafts_beneficiary_id_beneficiaries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_drafts")),
        sa.UniqueConstraint("author_id", "amends_id", name=op.f("uq_note_drafts_author_id_amends_id")),
        sa.UniqueConstraint("author_id", "appointment_id", name=op.f("uq_note_drafts_author_id_appointment_id")),
        sa.UniqueConstraint("key", name=op.f("uq_note_drafts_key")),
    )
    with op.batch_alter_table("note_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_drafts_beneficiary_id"), ["beneficiary_id"], unique=False)
        batch_op.create_index(
            "uq_note_drafts_free",
            ["author_id", "beneficiary_id"],
            unique=True,
            sqlite_where=sa.text("appointment_id IS NULL AND amends_id IS NULL"),
            postgresql_where=sa.text("appointment_id IS NULL AND amends_id IS NULL"),
        )


def downgrade() -> None:
    op.drop_table("note_drafts")
    op.drop_table("countersignatures")
    op.drop_table("session_notes")
