"""Tables of: follow-ups and the steps of the least-invasive ladder"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


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
    _make_follow_up_ladders()
    _make_follow_ups()
    _make_follow_up_climbs()
    _make_interventions()
    _make_case_duties()


def _make_follow_up_ladders() -> None:
    op.create_table(
        "follow_up_ladders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("paused_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ending", _one_of("ending", "done", "declined", "new_case", "stopped"), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        _check("follow_up_ladders", "stopped_by_name", "ending <> 'stopped' OR ended_by_id IS NOT NULL"),
        _check("follow_up_ladders", "ended_with_a_reason", "(ended_at IS NULL) = (ending IS NULL)"),
        _to("follow_up_ladders", "beneficiary_id", "beneficiaries.id", "RESTRICT"),
        _to("follow_up_ladders", "case_id", "crisis_cases.id", "RESTRICT"),
        _to("follow_up_ladders", "ended_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_ladders")),
        sa.UniqueConstraint("case_id", name=op.f("uq_follow_up_ladders_case_id")),
    )
    op.create_index(
        "uq_follow_up_ladders_running_person",
        "follow_up_ladders",
        ["beneficiary_id"],
        unique=True,
        **_while("ended_at IS NULL"),
    )


def _make_follow_ups() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ladder_id", sa.Integer(), nullable=False),
        sa.Column("step_no", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("attempt_no", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=False),
        sa.Column("state", _one_of("state", "planned", "reached", "not_reached", "moved", "waived"), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("tried_at", sa.DateTime(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.Column("hops", sa.Integer(), nullable=False),
        sa.Column("climbs_at", sa.DateTime(), nullable=True),
        sa.Column("key", sa.String(length=32), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("way", _one_of("way", "phone", "chat", "in_person", "visit"), nullable=True),
        sa.Column("worry", _one_of("worry", "none", "some", "much", "danger"), nullable=True),
        sa.Column(
            "waive_reason",
            _one_of("waive_reason", "in_care", "moved_away", "died", "other", "declined", "new_case"),
            nullable=True,
        ),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        _check(
            "follow_ups",
            "moved_or_left_out_in_words",
            "(state <> 'moved' AND (waive_reason IS NULL OR waive_reason <> 'other')) OR words IS NOT NULL",
        ),
        _check("follow_ups", "outcome_has_a_time", "(state = 'planned') = (done_at IS NULL)"),
        _check("follow_ups", "waived_with_a_reason", "(state = 'waived') = (waive_reason IS NOT NULL)"),
        _check(
            "follow_ups",
            "reached_says_how",
            "state <> 'reached' OR (way IS NOT NULL AND worry IS NOT NULL AND words IS NOT NULL)",
        ),
        _check(
            "follow_ups",
            "outcome_has_a_name",
            "state = 'planned' OR done_by_id IS NOT NULL OR (state = 'waived' AND waive_reason IN ('declined', 'new_case'))",
        ),
        _check("follow_ups", "attempt_is_a_count", "attempt_no >= 1"),
        _check("follow_ups", "hops_are_counted", "hops >= 0"),
        _check(
            "follow_ups", "due_lies_in_the_window", "opens_at < closes_at AND due_at BETWEEN opens_at AND closes_at"
        ),
        _to("follow_ups", "done_by_id", "staff_members.id", "RESTRICT"),
        _to("follow_ups", "hold_id", "calendar_holds.id", "SET NULL"),
        _to("follow_ups", "ladder_id", "follow_up_ladders.id", "CASCADE"),
        _to("follow_ups", "owner_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("key", name=op.f("uq_follow_ups_key")),
        sa.UniqueConstraint(
            "ladder_id", "step_no", "attempt_no", name=op.f("uq_follow_ups_ladder_id_step_no_attempt_no")
        ),
    )
    op.create_index(op.f("ix_follow_ups_climbs_at"), "follow_ups", ["climbs_at"])
    op.create_index(op.f("ix_follow_ups_owner_id"), "follow_ups", ["owner_id"])
    op.create_index("ix_follow_ups_planned", "follow_ups", ["closes_at"], **_while("state = 'planned'"))
    op.create_index(op.f("ix_follow_ups_state"), "follow_ups", ["state"])
    op.create_index(
        "uq_follow_ups_planned_step", "follow_ups", ["ladder_id", "step_no"], unique=True, **_while("state = 'planned'")
    )


def _make_follow_up_climbs() -> None:
    op.create_table(
        "follow_up_climbs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("hop_no", sa.Integer(), nullable=False),
        sa.Column("rung", _one_of("rung", "owner", "supervisor", "base_leader"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        _to("follow_up_climbs", "follow_up_id", "follow_ups.id", "CASCADE"),
        _to("follow_up_climbs", "staff_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_climbs")),
        sa.UniqueConstraint("follow_up_id", "hop_no", name=op.f("uq_follow_up_climbs_follow_up_id_hop_no")),
    )


def _make_interventions() -> None:
    op.create_table(
        "interventions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            _one_of("kind", "ask", "plan", "relative", "guardian", "local_worker", "police", "ambulance"),
            nullable=False,
        ),
        sa.Column("basis", _one_of("basis", "consent", "guardian_consent", "life_in_danger", "law"), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=True),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("expected_at", sa.DateTime(), nullable=True),
        sa.Column("alarm_at", sa.DateTime(), nullable=True),
        sa.Column("alarms", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ending", _one_of("ending", "done", "arrived", "not_needed", "failed", "not_agreed"), nullable=True),
        sa.Column("ending_words", sa.LargeBinary(), nullable=True),
        sa.Column("reader_id", sa.Integer(), nullable=True),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("verdict", _one_of("verdict", "agreed", "not_agreed"), nullable=True),
        sa.Column("reader_words", sa.LargeBinary(), nullable=True),
        _check(
            "interventions",
            "without_consent_a_reason",
            "basis IN ('consent', 'guardian_consent') OR reason IS NOT NULL",
        ),
        _check(
            "interventions",
            "who_is_sent_is_expected",
            "begun_at IS NULL OR expected_at IS NOT NULL OR kind NOT IN ('local_worker', 'police', 'ambulance')",
        ),
        _check(
            "interventions",
            "no_is_said_in_words",
            "verdict IS NULL OR verdict <> 'not_agreed' OR reader_words IS NOT NULL",
        ),
        _check(
            "interventions",
            "rings_until_answered",
            "(alarm_at IS NOT NULL) = (begun_at IS NOT NULL AND ended_at IS NULL AND expected_at IS NOT NULL)",
        ),
        _check("interventions", "begun_by_name", "(begun_at IS NULL) = (begun_by_id IS NULL)"),
        _check("interventions", "ended_by_name", "(ended_at IS NULL) = (ended_by_id IS NULL)"),
        _check("interventions", "ended_with_a_word", "(ended_at IS NULL) = (ending IS NULL)"),
        _check("interventions", "verdict_has_a_reader", "(verdict IS NULL) = (reader_id IS NULL)"),
        _check("interventions", "alarms_are_counted", "alarms >= 0"),
        _check("interventions", "reader_is_a_second_person", "reader_id IS NULL OR reader_id <> proposed_by_id"),
        _to("interventions", "begun_by_id", "staff_members.id", "RESTRICT"),
        _to("interventions", "case_id", "crisis_cases.id", "CASCADE"),
        _to("interventions", "ended_by_id", "staff_members.id", "RESTRICT"),
        _to("interventions", "proposed_by_id", "staff_members.id", "RESTRICT"),
        _to("interventions", "reader_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interventions")),
        sa.UniqueConstraint("key", name=op.f("uq_interventions_key")),
    )
    op.create_index(op.f("ix_interventions_alarm_at"), "interventions", ["alarm_at"])
    op.create_index("ix_interventions_case_id", "interventions", ["case_id"])


def _make_case_duties() -> None:
    op.create_table(
        "case_duties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", _one_of("kind", "guardian", "report"), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("alarm_at", sa.DateTime(), nullable=True),
        sa.Column("alarms", sa.Integer(), nullable=False),
        sa.Column("outcome", _one_of("outcome", "done", "refused"), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("reported_to", _one_of("reported_to", "police", "civil_affairs", "education"), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        _check(
            "case_duties",
            "reported_to_somebody",
            "kind <> 'report' OR outcome IS NULL OR outcome <> 'done' OR reported_to IS NOT NULL",
        ),
        _check("case_duties", "refused_with_a_reason", "outcome IS NULL OR outcome <> 'refused' OR words IS NOT NULL"),
        _check("case_duties", "rings_until_settled", "(outcome IS NULL) = (alarm_at IS NOT NULL)"),
        _check("case_duties", "settled_with_an_outcome", "(outcome IS NULL) = (settled_at IS NULL)"),
        _check("case_duties", "settled_by_name", "(outcome IS NULL) = (settled_by_id IS NULL)"),
        _check("case_duties", "alarms_are_counted", "alarms >= 0"),
        _to("case_duties", "case_id", "crisis_cases.id", "CASCADE"),
        _to("case_duties", "created_by_id", "staff_members.id", "RESTRICT"),
        _to("case_duties", "settled_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_duties")),
        sa.UniqueConstraint("case_id", "kind", name=op.f("uq_case_duties_case_id_kind")),
    )
    op.create_index(op.f("ix_case_duties_alarm_at"), "case_duties", ["alarm_at"])


def downgrade() -> None:
    op.drop_table("case_duties")
    op.drop_table("interventions")
    op.drop_table("follow_up_climbs")
    op.drop_table("follow_ups")
    op.drop_table("follow_up_ladders")
