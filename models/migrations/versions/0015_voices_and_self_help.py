"""Tables of: voices of the people, self-help and re-screening"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LEVELS = ("emergency", "red", "orange", "yellow", "blue", "green")


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _to(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete=ondelete)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _one_while(name: str, table: str, column: str, rule: str) -> None:
    op.create_index(name, table, [column], unique=True, sqlite_where=sa.text(rule), postgresql_where=sa.text(rule))


def upgrade() -> None:
    _make_voices()
    _make_exercise_ratings()
    _make_check_ins()
    _make_assisted_sessions()


def _make_voices() -> None:
    op.create_table(
        "voices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_key_hash", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("kind", _one_of("voice_kind", "complaint", "praise", "suggestion"), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=True),
        sa.Column("level", _one_of("level", *LEVELS), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("climbed_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voices")),
        sa.UniqueConstraint("form_key_hash", name=op.f("uq_voices_form_key_hash")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_voices_code_hash")),
        _to("voices", "beneficiary_id", "beneficiaries.id", "SET NULL"),
        _to("voices", "answered_by_id", "staff_members.id", "RESTRICT"),
        _check("voices", "answer_has_a_time", "(answer IS NULL) = (answered_at IS NULL)"),
        _check("voices", "answered_by_name", "(answered_at IS NULL) = (answered_by_id IS NULL)"),
        _check("voices", "seen_after_the_answer", "seen_at IS NULL OR answered_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_voices_beneficiary_id"), "voices", ["beneficiary_id"])
    op.create_index("ix_voices_waiting", "voices", ["answered_at", "due_on"])
    op.create_table(
        "voice_parts",
        sa.Column("voice_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("part", _one_of("part", "owner", "subject"), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("voice_id", "staff_id", name=op.f("pk_voice_parts")),
        _to("voice_parts", "voice_id", "voices.id", "CASCADE"),
        _to("voice_parts", "staff_id", "staff_members.id", "RESTRICT"),
    )
    _one_while("uq_voice_parts_owner", "voice_parts", "voice_id", "part = 'owner'")


def _make_exercise_ratings() -> None:
    op.create_table(
        "exercise_ratings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("exercise", sa.String(32), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exercise_ratings")),
        sa.UniqueConstraint("run", name=op.f("uq_exercise_ratings_run")),
        _check("exercise_ratings", "before_is_a_rating", "before BETWEEN 0 AND 10"),
        _check("exercise_ratings", "after_is_a_rating", "after BETWEEN 0 AND 10"),
        _check("exercise_ratings", "rated_at_least_once", "before IS NOT NULL OR after IS NOT NULL"),
    )
    op.create_index(op.f("ix_exercise_ratings_exercise"), "exercise_ratings", ["exercise"])


def _make_check_ins() -> None:
    op.create_table(
        "check_in_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_how", _one_of("plan_end", "withdrawn", "all_done"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in_plans")),
        _to("check_in_plans", "beneficiary_id", "beneficiaries.id", "CASCADE"),
        _check("check_in_plans", "ended_somehow", "(ended_at IS NULL) = (ended_how IS NULL)"),
    )
    _one_while("uq_check_in_plans_standing", "check_in_plans", "beneficiary_id", "ended_at IS NULL")
    states = ("planned", "invited", "answered", "skipped", "lapsed", "withdrawn")
    op.create_table(
        "check_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("state", _one_of("check_in_state", *states), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("invited_at", sa.DateTime(), nullable=True),
        sa.Column("distress", sa.Integer(), nullable=True),
        sa.Column("screening_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ins")),
        sa.UniqueConstraint("plan_id", "week", name=op.f("uq_check_ins_plan_id_week")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_check_ins_token_hash")),
        _to("check_ins", "plan_id", "check_in_plans.id", "CASCADE"),
        _to("check_ins", "screening_id", "screenings.id", "SET NULL"),
        _check("check_ins", "week_is_one_of_three", "week IN (2, 4, 12)"),
        _check("check_ins", "distress_is_a_rating", "distress BETWEEN 0 AND 10"),
        _check("check_ins", "over_has_a_time", "(state IN ('planned', 'invited')) = (ended_at IS NULL)"),
        _check("check_ins", "invited_with_a_link", "state <> 'invited' OR token_hash IS NOT NULL"),
    )
    op.create_index("ix_check_ins_due", "check_ins", ["state", "due_at"])


def _make_assisted_sessions() -> None:
    op.create_table(
        "assisted_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("present", _one_of("present", "nobody_else", "family", "carer", "others"), nullable=False),
        sa.Column("person_there", sa.Boolean(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assisted_sessions")),
        sa.UniqueConstraint("key", name=op.f("uq_assisted_sessions_key")),
        _to("assisted_sessions", "beneficiary_id", "beneficiaries.id", "CASCADE"),
        _to("assisted_sessions", "staff_id", "staff_members.id", "RESTRICT"),
        _check("assisted_sessions", "the_person_agreed", "agreed"),
        _check("assisted_sessions", "the_person_is_there", "person_there"),
    )
    op.create_index(op.f("ix_assisted_sessions_staff_id"), "assisted_sessions", ["staff_id"])
    _one_while("uq_assisted_sessions_running", "assisted_sessions", "beneficiary_id", "ended_at IS NULL")


def downgrade() -> None:
    for table in (
        "assisted_sessions",
        "check_ins",
        "check_in_plans",
        "exercise_ratings",
        "voice_parts",
        "voices",
    ):
        op.drop_table(table)
