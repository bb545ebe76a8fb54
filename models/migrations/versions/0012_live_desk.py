"""Tables of: the live desk"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Added without a rebuild of the table, which on SQLite would lose what refers to it.
NEW_COLUMNS = (
    ("place_no", "INTEGER CONSTRAINT ck_take_overs_place_is_a_count CHECK (place_no >= 1)"),
    ("asked_at", "{moment}"),
)


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _to(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete=ondelete)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _while(rule: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(rule), "postgresql_where": sa.text(rule)}


def upgrade() -> None:
    _add_places_to_take_overs()
    _make_transfers()
    _make_reply_alarms()
    _make_desk_notes()
    _make_desk_watches()
    _make_chat_caps()
    _make_canned_replies()
    _make_ratings()
    _make_desk_handovers()


def _add_places_to_take_overs() -> None:
    moment = "TIMESTAMP" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    for column, rest in NEW_COLUMNS:
        op.execute(f"ALTER TABLE take_overs ADD COLUMN {column} {rest.format(moment=moment)}")
    op.create_index(
        "uq_take_overs_open_place",
        "take_overs",
        ["staff_id", "place_no"],
        unique=True,
        **_while("returned_at IS NULL"),
    )


def _make_transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=True),
        sa.Column("team", _one_of("team", "counselor", "duty_officer", "supervisor"), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("state", _one_of("state", "offered", "accepted", "declined", "expired", "withdrawn"), nullable=False),
        sa.Column("offered_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        _check("transfers", "goes_to_one_colleague_or_team", "(receiver_id IS NULL) <> (team IS NULL)"),
        _check("transfers", "goes_to_somebody_else", "receiver_id <> giver_id"),
        _check("transfers", "answer_has_a_time", "(state = 'offered') = (answered_at IS NULL)"),
        _check("transfers", "answer_has_a_name", "state NOT IN ('accepted', 'declined') OR answered_by_id IS NOT NULL"),
        _check("transfers", "expires_later", "expires_at > offered_at"),
        _to("transfers", "conversation_id", "conversations.id", "CASCADE"),
        _to("transfers", "giver_id", "staff_members.id", "RESTRICT"),
        _to("transfers", "receiver_id", "staff_members.id", "RESTRICT"),
        _to("transfers", "answered_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
    )
    op.create_index(op.f("ix_transfers_conversation_id"), "transfers", ["conversation_id"])
    op.create_index(op.f("ix_transfers_expires_at"), "transfers", ["expires_at"])
    op.create_index(
        "uq_transfers_open_conversation", "transfers", ["conversation_id"], unique=True, **_while("state = 'offered'")
    )


def _make_reply_alarms() -> None:
    op.create_table(
        "reply_alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("step", _one_of("step", "owner", "supervisor"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        _check("reply_alarms", "seconds_are_counted", "seconds >= 0"),
        _to("reply_alarms", "conversation_id", "conversations.id", "CASCADE"),
        _to("reply_alarms", "message_id", "messages.id", "CASCADE"),
        _to("reply_alarms", "staff_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_alarms")),
        sa.UniqueConstraint("message_id", "step", name=op.f("uq_reply_alarms_message_id_step")),
    )
    op.create_index(op.f("ix_reply_alarms_conversation_id"), "reply_alarms", ["conversation_id"])


def _make_desk_notes() -> None:
    op.create_table(
        "desk_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", _one_of("kind", "note", "whisper"), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        _check("desk_notes", "whisper_has_a_listener", "(kind = 'whisper') = (to_id IS NOT NULL)"),
        _check("desk_notes", "nobody_whispers_to_themselves", "to_id <> author_id"),
        _to("desk_notes", "conversation_id", "conversations.id", "CASCADE"),
        _to("desk_notes", "author_id", "staff_members.id", "RESTRICT"),
        _to("desk_notes", "to_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_notes")),
        sa.UniqueConstraint("conversation_id", "key", name=op.f("uq_desk_notes_conversation_id_key")),
    )


def _make_desk_watches() -> None:
    op.create_table(
        "desk_watches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        _check("desk_watches", "ends_after_it_began", "ended_at IS NULL OR ended_at >= began_at"),
        _to("desk_watches", "conversation_id", "conversations.id", "CASCADE"),
        _to("desk_watches", "staff_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_watches")),
    )
    op.create_index(
        "uq_desk_watches_running",
        "desk_watches",
        ["conversation_id", "staff_id"],
        unique=True,
        **_while("ended_at IS NULL"),
    )


def _make_chat_caps() -> None:
    op.create_table(
        "chat_caps",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at_most", sa.Integer(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        _check("chat_caps", "cap_is_a_small_count", "at_most BETWEEN 1 AND 20"),
        _to("chat_caps", "staff_id", "staff_members.id", "CASCADE"),
        _to("chat_caps", "set_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_chat_caps")),
    )


def _make_canned_replies() -> None:
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=60), nullable=False),
        sa.Column("title_en", sa.String(length=60), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("state", _one_of("state", "draft", "approved", "retired"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(), nullable=True),
        _check("canned_replies", "approved_by_name", "state <> 'approved' OR reviewed_by_id IS NOT NULL"),
        _check("canned_replies", "review_has_a_time", "(reviewed_by_id IS NULL) = (reviewed_at IS NULL)"),
        _check("canned_replies", "read_by_a_second_colleague", "reviewed_by_id <> written_by_id"),
        _check("canned_replies", "written_in_both_languages", "length(text_zh) > 0 AND length(text_en) > 0"),
        _check("canned_replies", "version_is_a_count", "version >= 1"),
        _to("canned_replies", "written_by_id", "staff_members.id", "RESTRICT"),
        _to("canned_replies", "reviewed_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
    )


def _make_ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        _check("ratings", "one_to_five", "stars BETWEEN 1 AND 5"),
        _to("ratings", "conversation_id", "conversations.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_ratings_conversation_id")),
    )
    op.create_index(op.f("ix_ratings_at"), "ratings", ["at"])


def _make_desk_handovers() -> None:
    op.create_table(
        "desk_handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("open_things", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        _check("desk_handovers", "taken_by_name", "(taken_at IS NULL) = (taken_by_id IS NULL)"),
        _check("desk_handovers", "taken_by_somebody_else", "taken_by_id <> author_id"),
        _to("desk_handovers", "author_id", "staff_members.id", "RESTRICT"),
        _to("desk_handovers", "taken_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_handovers")),
        sa.UniqueConstraint("key", name=op.f("uq_desk_handovers_key")),
    )
    op.create_index(op.f("ix_desk_handovers_written_at"), "desk_handovers", ["written_at"])


def downgrade() -> None:
    op.drop_table("desk_handovers")
    op.drop_table("ratings")
    op.drop_table("canned_replies")
    op.drop_table("chat_caps")
    op.drop_table("desk_watches")
    op.drop_table("desk_notes")
    op.drop_table("reply_alarms")
    op.drop_table("transfers")
    op.drop_index("uq_take_overs_open_place", table_name="take_overs")
    for column, _rest in reversed(NEW_COLUMNS):
        op.execute(f"ALTER TABLE take_overs DROP COLUMN {column}")
