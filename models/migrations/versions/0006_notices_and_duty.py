"""Tables of: notices and duty"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CHANNELS = ("email", "sms", "wecom", "dingtalk")
KINDS_BEFORE = ("bot_turn", "crisis_notice")
KINDS = (*KINDS_BEFORE, "notice")
WAYS = ("channel", "development_outbox", "no_address")
POSITIONS = ("on_call", "stand_in", "supervisor", "base_leader")
STATES = ("offered", "accepted", "approved", "declined", "refused", "withdrawn")
OPEN_SWAP = sa.text("state IN ('offered', 'accepted')")

# Nobody is on two turns at once. A range of one number stands for the person, so that no extension is needed.
POSTGRES_ONE_AT_A_TIME = """
ALTER TABLE duty_turns ADD CONSTRAINT ex_duty_turns_one_at_a_time EXCLUDE USING gist (
  int4range(staff_id, staff_id, '[]') WITH &&, tsrange(starts_at, ends_at) WITH &&
)"""
SQLITE_ONE_AT_A_TIME = """
CREATE TRIGGER duty_turns_one_at_a_time_{name} BEFORE {moment} ON duty_turns
WHEN EXISTS (
  SELECT 1 FROM duty_turns
  WHERE staff_id = NEW.staff_id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at AND id IS NOT NEW.id
)
BEGIN SELECT RAISE(ABORT, 'ex_duty_turns_one_at_a_time'); END"""


def _one_of(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    _contact_points()
    _outbox()
    _duty_turns()
    _patterns_and_swaps()
    op.create_table(
        "opening_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("staffed", sa.Boolean(), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_opening_state_there_is_one_door")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_state")),
    )


def _contact_points() -> None:
    op.create_table(
        "contact_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("beneficiary_id", sa.Integer(), nullable=True),
        sa.Column("channel", _one_of("channel", CHANNELS), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_sent_at", sa.DateTime(), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(staff_id IS NULL) <> (beneficiary_id IS NULL)", name=op.f("ck_contact_points_contact_has_one_owner")
        ),
        sa.CheckConstraint("code_tries >= 0", name=op.f("ck_contact_points_tries_are_counted")),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_members.id"],
            name=op.f("fk_contact_points_staff_id_staff_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"],
            ["beneficiaries.id"],
            name=op.f("fk_contact_points_beneficiary_id_beneficiaries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_points")),
        sa.UniqueConstraint("staff_id", "channel", "address_hash", name="uq_contact_points_staff_address"),
        sa.UniqueConstraint("beneficiary_id", "channel", "address_hash", name="uq_contact_points_beneficiary_address"),
    )


def _outbox() -> None:
    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint(op.f("ck_outbox_kind"), type_="check")
        batch.alter_column(
            "dedupe_key",
            existing_type=sa.String(length=80),
            type_=sa.String(length=120),
            existing_nullable=False,
        )
        batch.create_check_constraint(op.f("ck_outbox_kind"), f"kind IN {KINDS}")
        batch.add_column(sa.Column("contact_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("delivered_by", _one_of("delivered_by", WAYS), nullable=True))
        batch.create_foreign_key(
            op.f("fk_outbox_contact_id_contact_points"),
            "contact_points",
            ["contact_id"],
            ["id"],
            ondelete="SET NULL",
        )
    with op.batch_alter_table("outbox") as batch:
        batch.alter_column("urgent", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    op.create_index("ix_outbox_contact_id", "outbox", ["contact_id"])
    op.create_index("ix_outbox_kind", "outbox", ["kind", "id"])


def _duty_turns() -> None:
    op.add_column("duty_turns", sa.Column("seen_at", sa.DateTime(), nullable=True))
    # Whoever is checked in during the update is believed until their page speaks, or does not.
    op.execute(sa.text("UPDATE duty_turns SET seen_at = checked_in_at WHERE checked_out_at IS NULL"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(POSTGRES_ONE_AT_A_TIME))
    else:
        op.execute(sa.text(SQLITE_ONE_AT_A_TIME.format(name="insert", moment="INSERT")))
        op.execute(sa.text(SQLITE_ONE_AT_A_TIME.format(name="update", moment="UPDATE OF staff_id, starts_at, ends_at")))


def _patterns_and_swaps() -> None:
    op.create_table(
        "duty_pattern_slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("position", _one_of("position", POSITIONS), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_duty_pattern_slots_weekday_is_one_of_seven")),
        sa.CheckConstraint(
            "starts_minute BETWEEN 0 AND 1439", name=op.f("ck_duty_pattern_slots_slot_starts_within_its_day")
        ),
        sa.CheckConstraint(
            "ends_minute > starts_minute AND ends_minute <= starts_minute + 1440",
            name=op.f("ck_duty_pattern_slots_slot_is_a_day_at_most"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_members.id"],
            name=op.f("fk_duty_pattern_slots_staff_id_staff_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_pattern_slots")),
    )
    op.create_index(
        "uq_duty_pattern_slots_line",
        "duty_pattern_slots",
        ["staff_id", "position", "weekday", "starts_minute"],
        unique=True,
    )
    op.create_table(
        "duty_swaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("from_staff_id", sa.Integer(), nullable=False),
        sa.Column("to_staff_id", sa.Integer(), nullable=False),
        sa.Column("state", _one_of("state", STATES), nullable=False),
        sa.Column("offered_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("from_staff_id <> to_staff_id", name=op.f("ck_duty_swaps_swap_is_between_two")),
        sa.CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_by_id IS NOT NULL)",
            name=op.f("ck_duty_swaps_decision_has_a_name"),
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["duty_turns.id"], name=op.f("fk_duty_swaps_turn_id_duty_turns"), ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["staff_members.id"],
                name=op.f(f"fk_duty_swaps_{column}_staff_members"),
                ondelete="RESTRICT",
            )
            for column in ("from_staff_id", "to_staff_id", "decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_swaps")),
    )
    op.create_index("ix_duty_swaps_turn_id", "duty_swaps", ["turn_id"])
    op.create_index("ix_duty_swaps_to_staff_id", "duty_swaps", ["to_staff_id"])
    op.create_index(
        "uq_duty_swaps_open_turn",
        "duty_swaps",
        ["turn_id"],
        unique=True,
        sqlite_where=OPEN_SWAP,
        postgresql_where=OPEN_SWAP,
    )


def downgrade() -> None:
    op.drop_table("opening_state")
    op.drop_table("duty_swaps")
    op.drop_table("duty_pattern_slots")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("ex_duty_turns_one_at_a_time", "duty_turns")
    else:
        op.execute(sa.text("DROP TRIGGER duty_turns_one_at_a_time_insert"))
        op.execute(sa.text("DROP TRIGGER duty_turns_one_at_a_time_update"))
    with op.batch_alter_table("duty_turns") as batch:
        batch.drop_column("seen_at")
    op.execute(sa.text("DELETE FROM outbox WHERE kind = 'notice'"))
    op.drop_index("ix_outbox_kind", "outbox")
    op.drop_index("ix_outbox_contact_id", "outbox")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint(op.f("fk_outbox_contact_id_contact_points"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_outbox_delivered_by"), type_="check")
        batch.drop_constraint(op.f("ck_outbox_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_outbox_kind"), f"kind IN {KINDS_BEFORE}")
        for column in ("contact_id", "urgent", "sealed", "delivered_by"):
            batch.drop_column(column)
    op.drop_table("contact_points")
