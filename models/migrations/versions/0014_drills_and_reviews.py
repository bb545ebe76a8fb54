"""Tables of: fire drills, reviews of closed cases and the scheduler's heartbeat"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

DELAYS = (
    "nothing",
    "nobody_on_roster",
    "alarm_not_heard",
    "handed_over_late",
    "technical",
    "person_away",
    "other",
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
    _make_scheduler_outages()
    _make_case_reviews()
    _make_drills()
    # Added by themselves: a batch would make the table anew under the feet of those that point at it.
    op.add_column("beneficiaries", sa.Column("is_drill", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("beneficiaries", sa.Column("unveiled_at", sa.DateTime(), nullable=True))


def _make_scheduler_outages() -> None:
    op.create_table(
        "scheduler_outages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("last_beat_at", sa.DateTime(), nullable=True),
        sa.Column("noticed_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("climbed", sa.Integer(), nullable=False),
        _check("scheduler_outages", "there_is_one_place", "place = 1"),
        _check("scheduler_outages", "climbed_is_a_count", "climbed >= 0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduler_outages")),
    )
    op.create_index(
        "uq_scheduler_outages_running", "scheduler_outages", ["place"], unique=True, **_while("ended_at IS NULL")
    )


def _make_case_reviews() -> None:
    op.create_table(
        "case_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.Column("climbs_at", sa.DateTime(), nullable=True),
        sa.Column("hops", sa.Integer(), nullable=False),
        sa.Column("went_well", sa.LargeBinary(), nullable=True),
        sa.Column("delay", _one_of("delay", *DELAYS), nullable=True),
        sa.Column("delay_words", sa.LargeBinary(), nullable=True),
        sa.Column("change_words", sa.LargeBinary(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        _check("case_reviews", "done_by_name", "(done_at IS NULL) = (done_by_id IS NULL)"),
        _check(
            "case_reviews",
            "done_says_what_went_well_and_what_not",
            "done_at IS NULL OR (went_well IS NOT NULL AND delay IS NOT NULL)",
        ),
        _check("case_reviews", "a_delay_has_words", "delay = 'nothing' OR done_at IS NULL OR delay_words IS NOT NULL"),
        _check("case_reviews", "hops_are_counted", "hops >= 0"),
        _to("case_reviews", "case_id", "crisis_cases.id", "RESTRICT"),
        _to("case_reviews", "done_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_reviews")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_reviews_case_id")),
    )
    op.create_index("ix_case_reviews_waiting", "case_reviews", ["due_at"], **_while("done_at IS NULL"))
    op.create_table(
        "case_review_parts",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("part", _one_of("part", "handler", "reviewer"), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        _to("case_review_parts", "review_id", "case_reviews.id", "CASCADE"),
        _to("case_review_parts", "staff_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("review_id", "staff_id", name=op.f("pk_case_review_parts")),
    )
    op.create_index(op.f("ix_case_review_parts_staff_id"), "case_review_parts", ["staff_id"])
    op.create_index(
        "uq_case_review_parts_reviewer",
        "case_review_parts",
        ["review_id"],
        unique=True,
        **_while("part = 'reviewer'"),
    )


def _make_drills() -> None:
    op.create_table(
        "drill_hours",
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        _check("drill_hours", "weekday_is_one_of_seven", "weekday BETWEEN 0 AND 6"),
        _check("drill_hours", "hour_is_one_of_the_day", "hour BETWEEN 0 AND 23"),
        _to("drill_hours", "set_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("weekday", "hour", name=op.f("pk_drill_hours")),
    )
    op.create_table(
        "drills",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("hour_key", sa.String(length=16), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("ordered_by_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ending", _one_of("ending", "taken", "nobody_came", "gave_way"), nullable=True),
        _check("drills", "there_is_one_place", "place = 1"),
        _check("drills", "hour_of_the_week", "weekday BETWEEN 0 AND 6 AND hour BETWEEN 0 AND 23"),
        _check("drills", "taken_by_name", "(taken_at IS NULL) = (taken_by_id IS NULL)"),
        _check("drills", "taken_after_seconds", "(taken_at IS NULL) = (seconds IS NULL)"),
        _check("drills", "ended_somehow", "(ended_at IS NULL) = (ending IS NULL)"),
        _check("drills", "taken_by_somebody", "ending <> 'taken' OR taken_at IS NOT NULL"),
        _to("drills", "case_id", "crisis_cases.id", "RESTRICT"),
        _to("drills", "ordered_by_id", "staff_members.id", "RESTRICT"),
        _to("drills", "taken_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drills")),
        sa.UniqueConstraint("case_id", name=op.f("uq_drills_case_id")),
        sa.UniqueConstraint("hour_key", name=op.f("uq_drills_hour_key")),
    )
    op.create_index("uq_drills_running", "drills", ["place"], unique=True, **_while("ended_at IS NULL"))


def downgrade() -> None:
    op.drop_column("beneficiaries", "unveiled_at")
    op.drop_column("beneficiaries", "is_drill")
    for table in ("drills", "drill_hours", "case_review_parts", "case_reviews", "scheduler_outages"):
        op.drop_table(table)
