"""The risk check without which no case is closed, and the safety plan"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LEVELS = ("emergency", "red", "orange", "yellow", "blue", "green")
THOUGHTS = ("none", "wish", "thoughts", "now", "not_said")
PLAN = ("none", "idea", "plan", "prepared", "not_said")
MEANS = ("none", "secured", "reachable", "at_hand", "not_said")
TIME_FRAME = ("none", "later", "week", "three_days", "now", "not_said")
ATTEMPTS = ("never", "earlier", "recent", "just_now", "not_said")
COMPANY = ("trusted", "others", "alone", "not_said")
PROTECTS = ("several", "little", "nothing", "not_said")
# Written without a rebuild of the table: SQLite would take every flag of a case along with the old table.
NEW_COLUMNS = (
    (
        "unchecked_reason",
        (
            "VARCHAR(32) CONSTRAINT ck_crisis_cases_unchecked_reason CHECK (unchecked_reason IN ('not_reached',"
            " 'wrong_person', 'declined', 'others_took_over', 'false_alarm', 'exercise', 'other', 'before_the_rule'))"
        ),
    ),
    (
        "unchecked_words",
        (
            "{bytes} CONSTRAINT ck_crisis_cases_other_reason_has_words"
            " CHECK (unchecked_reason <> 'other' OR unchecked_words IS NOT NULL)"
        ),
    ),
    (
        "unchecked_by_id",
        (
            "INTEGER CONSTRAINT fk_crisis_cases_unchecked_by_id_staff_members REFERENCES staff_members (id)"
            " ON DELETE NO ACTION CONSTRAINT ck_crisis_cases_unchecked_is_signed"
            " CHECK (unchecked_reason IS NULL OR unchecked_reason = 'before_the_rule' OR unchecked_by_id IS NOT NULL)"
        ),
    ),
    (
        "risk_check_id",
        (
            "INTEGER CONSTRAINT fk_crisis_cases_risk_check_id_risk_checks REFERENCES risk_checks (id)"
            " ON DELETE NO ACTION CONSTRAINT ck_crisis_cases_closed_with_a_risk_check"
            " CHECK (closed_at IS NULL OR risk_check_id IS NOT NULL OR unchecked_reason IS NOT NULL)"
        ),
    ),
)


def _one_of(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _to(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete=ondelete)


def _answer(name: str, words: tuple[str, ...]) -> tuple[sa.Column[str], sa.Column[bytes]]:
    return (
        sa.Column(name, _one_of(name, words), nullable=False),
        sa.Column(f"{name}_words", sa.LargeBinary(), nullable=True),
    )


def upgrade() -> None:
    _make_risk_checks()
    _bind_closing_to_them()
    _make_safety_plans()


def _make_risk_checks() -> None:
    op.create_table(
        "risk_check_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_risk_check_drafts_version_is_a_count")),
        _to("risk_check_drafts", "case_id", "crisis_cases.id", "CASCADE"),
        _to("risk_check_drafts", "author_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_check_drafts")),
        sa.UniqueConstraint("case_id", "author_id", name=op.f("uq_risk_check_drafts_case_id_author_id")),
    )
    op.create_table(
        "risk_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        *_answer("thoughts", THOUGHTS),
        *_answer("plan", PLAN),
        *_answer("means", MEANS),
        *_answer("time_frame", TIME_FRAME),
        *_answer("attempts", ATTEMPTS),
        *_answer("company", COMPANY),
        *_answer("protects", PROTECTS),
        sa.Column("judgement", _one_of("judgement", LEVELS), nullable=False),
        sa.Column("judgement_words", sa.LargeBinary(), nullable=False),
        sa.Column("level_before", _one_of("level_before", LEVELS), nullable=False),
        sa.Column("level_after", _one_of("level_after", LEVELS), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        _to("risk_checks", "case_id", "crisis_cases.id", "CASCADE"),
        _to("risk_checks", "author_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_checks")),
        sa.UniqueConstraint("key", name=op.f("uq_risk_checks_key")),
    )
    op.create_index(op.f("ix_risk_checks_case_id"), "risk_checks", ["case_id"])


def _bind_closing_to_them() -> None:
    binary = "BYTEA" if op.get_bind().dialect.name == "postgresql" else "BLOB"
    for column, rest in NEW_COLUMNS:
        op.execute(f"ALTER TABLE crisis_cases ADD COLUMN {column} {rest.format(bytes=binary)}")
        if column == "unchecked_reason":
            # Cases from before the rule were checked on paper; their record says so in one fixed sentence.
            op.execute("UPDATE crisis_cases SET unchecked_reason = 'before_the_rule' WHERE closed_at IS NOT NULL")


def _make_safety_plans() -> None:
    op.create_table(
        "safety_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("warning_signs", sa.LargeBinary(), nullable=True),
        sa.Column("own_ways", sa.LargeBinary(), nullable=True),
        sa.Column("people_and_places", sa.LargeBinary(), nullable=True),
        sa.Column("people_to_ask", sa.LargeBinary(), nullable=True),
        sa.Column("professionals", sa.LargeBinary(), nullable=True),
        sa.Column("surroundings", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("version_no >= 1", name=op.f("ck_safety_plans_version_is_a_count")),
        _to("safety_plans", "beneficiary_id", "beneficiaries.id", "RESTRICT"),
        _to("safety_plans", "author_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_plans")),
        sa.UniqueConstraint("beneficiary_id", "version_no", name=op.f("uq_safety_plans_beneficiary_id_version_no")),
    )


def downgrade() -> None:
    op.drop_table("safety_plans")
    for column, _rest in reversed(NEW_COLUMNS):
        op.execute(f"ALTER TABLE crisis_cases DROP COLUMN {column}")
    op.drop_table("risk_checks")
    op.drop_table("risk_check_drafts")
