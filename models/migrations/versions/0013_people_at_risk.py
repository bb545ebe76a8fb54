"""Tables of: reports about somebody, plans for frequent contacts, blocks and the break-glass"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
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


def _open() -> dict[str, Any]:
    rule = sa.text("ended_at IS NULL")
    return {"sqlite_where": rule, "postgresql_where": rule}


def _rank(column: str) -> str:
    ranks = " ".join(f"WHEN '{name}' THEN {number}" for number, name in enumerate(reversed(LEVELS)))
    return f"CASE {column} {ranks} END"


# The level of a case sinks only behind a change that was confirmed for this very spell, whoever writes the row.
NOT_CONFIRMED = """{new} < {old} AND NOT EXISTS (
    SELECT 1 FROM case_changes WHERE case_changes.case_id = NEW.id AND case_changes.ending = 'confirmed'
    AND case_changes.from_level = OLD.level AND case_changes.to_level = NEW.level
    AND case_changes.spell_at = OLD.raised_at)"""
UNCONFIRMED = NOT_CONFIRMED.format(new=_rank("NEW.level"), old=_rank("OLD.level"))
SQLITE_GUARD = f"""CREATE TRIGGER crisis_cases_only_a_person_lowers BEFORE UPDATE OF level ON crisis_cases
WHEN {UNCONFIRMED} BEGIN SELECT RAISE(ABORT, 'only a person lowers a case'); END"""
POSTGRES_GUARD = (
    f"""CREATE OR REPLACE FUNCTION only_a_person_lowers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF ({UNCONFIRMED}) THEN RAISE EXCEPTION 'only a person lowers a case' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW; END $$""",
    """CREATE TRIGGER crisis_cases_only_a_person_lowers BEFORE UPDATE OF level ON crisis_cases
FOR EACH ROW EXECUTE FUNCTION only_a_person_lowers()""",
)


def upgrade() -> None:
    _make_case_changes()
    _make_worried_reports()
    _make_contact_plans()
    _make_blocks()
    _make_glass_openings()


def _make_case_changes() -> None:
    table = "case_changes"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", _one_of("kind", "lower", "close"), nullable=False),
        sa.Column("from_level", _one_of("from_level", *LEVELS), nullable=False),
        sa.Column("to_level", _one_of("to_level", *LEVELS), nullable=True),
        sa.Column("spell_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ending", _one_of("ending", "confirmed", "declined", "overtaken"), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_words", sa.LargeBinary(), nullable=True),
        _check(table, "ended_with_a_word", "(ended_at IS NULL) = (ending IS NULL)"),
        _check(table, "decided_by_name", "ending IS NULL OR ending = 'overtaken' OR decided_by_id IS NOT NULL"),
        _check(
            table,
            "second_reader_for_the_top_levels",
            "ending IS NULL OR ending <> 'confirmed' OR from_level NOT IN ('emergency', 'red')"
            " OR decided_by_id <> proposed_by_id",
        ),
        _check(table, "declined_in_words", "ending IS NULL OR ending <> 'declined' OR decided_words IS NOT NULL"),
        _check(table, "lowering_names_a_level", "(kind = 'lower') = (to_level IS NOT NULL)"),
        _check(
            table,
            "lowering_goes_down",
            f"to_level IS NULL OR (to_level <> 'green' AND {_rank('to_level')} < {_rank('from_level')})",
        ),
        _to(table, "case_id", "crisis_cases.id", "CASCADE"),
        _to(table, "proposed_by_id", "staff_members.id", "RESTRICT"),
        _to(table, "decided_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index("uq_case_changes_open_case", table, ["case_id"], unique=True, **_open())
    is_postgres = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRES_GUARD if is_postgres else (SQLITE_GUARD,):
        op.execute(sa.text(statement))


def _make_worried_reports() -> None:
    table = "worried_reports"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_key_hash", sa.String(length=64), nullable=False),
        sa.Column("door", _one_of("door", "staff", "page", "chat"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("sight", _one_of("sight", "now", "soon", "wish", "changed"), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        *(
            sa.Column(name, sa.LargeBinary(), nullable=True)
            for name in (
                "about",
                "person_phone",
                "person_place",
                "person_times",
                "reporter_called",
                "reporter_relation",
                "reporter_phone",
                "reporter_times",
            )
        ),
        sa.Column("level", _one_of("level", *LEVELS), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("called_at", sa.DateTime(), nullable=True),
        sa.Column("called_by_id", sa.Integer(), nullable=True),
        sa.Column("identified_at", sa.DateTime(), nullable=True),
        sa.Column("identified_by_id", sa.Integer(), nullable=True),
        _check(table, "staff_report_is_signed", "(door = 'staff') = (staff_id IS NOT NULL)"),
        _check(table, "an_unknown_person_is_described", "known OR about IS NOT NULL"),
        _check(table, "a_promise_has_a_name_and_a_time", "(owner_id IS NULL) = (due_at IS NULL)"),
        _check(table, "a_call_needs_a_number", "due_at IS NULL OR reporter_phone IS NOT NULL"),
        _check(table, "called_by_name", "(called_at IS NULL) = (called_by_id IS NULL)"),
        _check(table, "identified_by_name", "(identified_at IS NULL) = (identified_by_id IS NULL)"),
        _to(table, "staff_id", "staff_members.id", "RESTRICT"),
        _to(table, "conversation_id", "conversations.id", "SET NULL"),
        _to(table, "beneficiary_id", "beneficiaries.id", "RESTRICT"),
        _to(table, "case_id", "crisis_cases.id", "RESTRICT"),
        _to(table, "owner_id", "staff_members.id", "RESTRICT"),
        _to(table, "called_by_id", "staff_members.id", "RESTRICT"),
        _to(table, "identified_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("form_key_hash", name=op.f(f"uq_{table}_form_key_hash")),
    )
    op.create_index(op.f("ix_worried_reports_beneficiary_id"), table, ["beneficiary_id"])
    op.create_index(op.f("ix_worried_reports_case_id"), table, ["case_id"])
    op.create_index("ix_worried_reports_open_calls", table, ["called_at", "due_at"])


def _make_contact_plans() -> None:
    table = "contact_plans"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("how_often", sa.LargeBinary(), nullable=False),
        sa.Column("helps", sa.LargeBinary(), nullable=True),
        sa.Column("helps_not", sa.LargeBinary(), nullable=True),
        sa.Column("with_person", sa.Boolean(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        _check(table, "version_is_a_count", "version_no >= 1"),
        _to(table, "beneficiary_id", "beneficiaries.id", "CASCADE"),
        _to(table, "author_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("beneficiary_id", "version_no", name=op.f(f"uq_{table}_beneficiary_id_version_no")),
    )
    op.create_index(op.f("ix_contact_plans_review_on"), table, ["review_on"])


def _make_blocks() -> None:
    table = "blocks"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("reason", _one_of("reason", "threats", "insults", "sexual", "flood", "other"), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("blocked_by_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_words", sa.LargeBinary(), nullable=True),
        _check(table, "has_an_end", "days BETWEEN 1 AND 14"),
        _check(table, "lifted_with_words", "ended_by_id IS NULL OR (ended_at IS NOT NULL AND end_words IS NOT NULL)"),
        _to(table, "beneficiary_id", "beneficiaries.id", "CASCADE"),
        _to(table, "blocked_by_id", "staff_members.id", "RESTRICT"),
        _to(table, "ended_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{table}_key")),
    )
    op.create_index("uq_blocks_open_person", table, ["beneficiary_id"], unique=True, **_open())


def _make_glass_openings() -> None:
    table = "glass_openings"
    reasons = ("speaking", "right_person", "danger", "sending_help", "relative", "other")
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("part", _one_of("part", "name", "all"), nullable=False),
        sa.Column("reason", _one_of("reason", *reasons), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("review", _one_of("review", "fitting", "to_talk_about"), nullable=True),
        sa.Column("review_words", sa.LargeBinary(), nullable=True),
        _check(table, "closes_by_itself", "minutes BETWEEN 1 AND 30"),
        _check(table, "other_reason_has_words", "reason <> 'other' OR words IS NOT NULL"),
        _check(table, "reviewed_by_name", "(reviewed_at IS NULL) = (reviewed_by_id IS NULL)"),
        _check(table, "reviewed_with_a_word", "(reviewed_at IS NULL) = (review IS NULL)"),
        _check(table, "nobody_reviews_their_own", "reviewed_by_id IS NULL OR reviewed_by_id <> staff_id"),
        _check(
            table,
            "a_doubt_is_said_in_words",
            "review IS NULL OR review <> 'to_talk_about' OR review_words IS NOT NULL",
        ),
        _to(table, "staff_id", "staff_members.id", "RESTRICT"),
        _to(table, "beneficiary_id", "beneficiaries.id", "CASCADE"),
        _to(table, "case_id", "crisis_cases.id", "SET NULL"),
        _to(table, "reviewed_by_id", "staff_members.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f("ix_glass_openings_beneficiary_id"), table, ["beneficiary_id"])
    op.create_index(op.f("ix_glass_openings_opened_at"), table, ["opened_at"])
    op.create_index("uq_glass_openings_open", table, ["staff_id", "beneficiary_id", "part"], unique=True, **_open())


def downgrade() -> None:
    op.drop_table("glass_openings")
    op.drop_table("blocks")
    op.drop_table("contact_plans")
    op.drop_table("worried_reports")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("DROP TRIGGER crisis_cases_only_a_person_lowers ON crisis_cases"))
        op.execute(sa.text("DROP FUNCTION only_a_person_lowers()"))
    else:
        op.execute(sa.text("DROP TRIGGER crisis_cases_only_a_person_lowers"))
    op.drop_table("case_changes")
