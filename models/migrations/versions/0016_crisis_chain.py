"""Tables of: alarms that start again, colleagues kept away from a case, the card that was approved"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from models.types import EncryptedText

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STEPS_BEFORE, STEPS_NOW = ("owner", "supervisor"), ("owner", "supervisor", "everybody")
LONGEST_RELATION = 32
COUNT_THEM = """INSERT INTO reply_alarms_anew (id, conversation_id, message_id, hop_no, step, staff_id, at, seconds)
SELECT id, conversation_id, message_id, CASE step WHEN 'owner' THEN 1 ELSE 2 END, step, staff_id, at, seconds
FROM reply_alarms"""
UNCOUNT_THEM = """INSERT INTO reply_alarms_anew (id, conversation_id, message_id, step, staff_id, at, seconds)
SELECT id, conversation_id, message_id, step, staff_id, at, seconds FROM reply_alarms WHERE step <> 'everybody'"""


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _to(table: str, column: str, target: str, ondelete: str, of: str = "") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{of or table}_{column}_{target.partition('.')[0]}")
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete=ondelete)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    _make_kept_from_cases()
    # Added by themselves: a batch would make the table anew under the feet of those that point at it.
    blob, moment = ("BLOB", "DATETIME") if _is_sqlite() else ("BYTEA", "TIMESTAMP")
    op.execute(f"ALTER TABLE intakes ADD COLUMN since_when {blob}")
    op.execute(f"ALTER TABLE intakes ADD COLUMN approved_at {moment}")
    _let_rings_go_on()
    _seal_relations()


def _make_kept_from_cases() -> None:
    op.create_table(
        "kept_from_cases",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("why", _one_of("why", "named_in_report", "named_in_voice", "said_by_a_lead"), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("let_back_at", sa.DateTime(), nullable=True),
        sa.Column("let_back_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_kept_from_cases")),
        _to("kept_from_cases", "case_id", "crisis_cases.id", "CASCADE"),
        _to("kept_from_cases", "staff_id", "staff_members.id", "RESTRICT"),
        _to("kept_from_cases", "by_id", "staff_members.id", "RESTRICT"),
        _to("kept_from_cases", "let_back_by_id", "staff_members.id", "RESTRICT"),
        _check("kept_from_cases", "kept_by_name", "why <> 'said_by_a_lead' OR by_id IS NOT NULL"),
        _check("kept_from_cases", "let_back_by_name", "(let_back_at IS NULL) = (let_back_by_id IS NULL)"),
        _check(
            "kept_from_cases", "nobody_lets_themselves_back", "let_back_by_id IS NULL OR let_back_by_id <> staff_id"
        ),
    )
    op.create_index(op.f("ix_kept_from_cases_staff_id"), "kept_from_cases", ["staff_id"])


# The rings of a line: counted now, so that the last step can ring again and again.


def _let_rings_go_on() -> None:
    if _is_sqlite():
        _remake_rings(STEPS_NOW, counted=True)
        return
    op.execute("ALTER TABLE reply_alarms ADD COLUMN hop_no INTEGER")
    op.execute("UPDATE reply_alarms SET hop_no = CASE step WHEN 'owner' THEN 1 ELSE 2 END")
    op.execute("ALTER TABLE reply_alarms ALTER COLUMN hop_no SET NOT NULL")
    op.drop_constraint(op.f("uq_reply_alarms_message_id_step"), "reply_alarms")
    op.create_unique_constraint(op.f("uq_reply_alarms_message_id_hop_no"), "reply_alarms", ["message_id", "hop_no"])
    op.create_check_constraint(op.f("ck_reply_alarms_hop_is_a_count"), "reply_alarms", "hop_no >= 1")
    _replace_steps(STEPS_NOW)


def _replace_steps(steps: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_reply_alarms_step"), "reply_alarms", type_="check")
    op.create_check_constraint(op.f("ck_reply_alarms_step"), "reply_alarms", _steps_rule(steps))


def _steps_rule(steps: tuple[str, ...]) -> str:
    words = ", ".join(f"'{step}'" for step in steps)
    return f"step IN ({words})"


def _remake_rings(steps: tuple[str, ...], *, counted: bool) -> None:
    """Make the table anew beside the old one; nothing points at it."""
    table, hop = "reply_alarms", [sa.Column("hop_no", sa.Integer(), nullable=False)] if counted else []
    one_each = ("message_id", "hop_no") if counted else ("message_id", "step")
    op.create_table(
        "reply_alarms_anew",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        *hop,
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        _check(table, "step", _steps_rule(steps)),
        _check(table, "seconds_are_counted", "seconds >= 0"),
        *([_check(table, "hop_is_a_count", "hop_no >= 1")] if counted else []),
        _to("reply_alarms_anew", "conversation_id", "conversations.id", "CASCADE", table),
        _to("reply_alarms_anew", "message_id", "messages.id", "CASCADE", table),
        _to("reply_alarms_anew", "staff_id", "staff_members.id", "RESTRICT", table),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_alarms")),
        sa.UniqueConstraint(*one_each, name=op.f(f"uq_reply_alarms_{'_'.join(one_each)}")),
    )
    op.execute(COUNT_THEM if counted else UNCOUNT_THEM)
    op.execute("DROP TABLE reply_alarms")
    op.execute("ALTER TABLE reply_alarms_anew RENAME TO reply_alarms")
    op.create_index(op.f("ix_reply_alarms_conversation_id"), "reply_alarms", ["conversation_id"])


# Who the emergency contact is to the person: sealed like name and number.


def _seal_relations() -> None:
    rows = _contacts(sealed=False)
    if _is_sqlite():
        _remake_contacts(sa.Column("relation", sa.LargeBinary(), nullable=False), EncryptedText(), rows)
        return
    op.execute("ALTER TABLE emergency_contacts ADD COLUMN sealed BYTEA")
    _write_relations("sealed", EncryptedText(), rows)
    # The rule on its length goes with the column.
    op.execute("ALTER TABLE emergency_contacts DROP COLUMN relation")
    op.execute("ALTER TABLE emergency_contacts RENAME COLUMN sealed TO relation")
    op.execute("ALTER TABLE emergency_contacts ALTER COLUMN relation SET NOT NULL")


Contact = tuple[int, int, bytes, bytes, str, datetime]


def _contacts(*, sealed: bool) -> list[Contact]:
    table = sa.table(
        "emergency_contacts",
        sa.column("id", sa.Integer()),
        sa.column("beneficiary_id", sa.Integer()),
        sa.column("name", sa.LargeBinary()),
        sa.column("phone", sa.LargeBinary()),
        sa.column("relation", EncryptedText() if sealed else sa.String()),
        sa.column("at", sa.DateTime()),
    )
    return [tuple(row) for row in op.get_bind().execute(sa.select(table))]


def _write_relations(column: str, kind: sa.types.TypeEngine[str], rows: list[Contact]) -> None:
    table = sa.table("emergency_contacts", sa.column("id", sa.Integer()), sa.column(column, kind))
    for row in rows:
        op.get_bind().execute(sa.update(table).where(table.c.id == row[0]).values({column: row[4]}))


def _remake_contacts(
    relation: sa.Column[str], kind: sa.types.TypeEngine[str], rows: list[Contact], *rules: sa.CheckConstraint
) -> None:
    """Make the table anew beside the old one; nothing points at it."""
    op.create_table(
        "emergency_contacts_anew",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        relation,
        sa.Column("at", sa.DateTime(), nullable=False),
        *rules,
        _to("emergency_contacts_anew", "beneficiary_id", "beneficiaries.id", "CASCADE", "emergency_contacts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_contacts")),
        sa.UniqueConstraint("beneficiary_id", name=op.f("uq_emergency_contacts_beneficiary_id")),
    )
    names = ("id", "beneficiary_id", "name", "phone", "relation", "at")
    kinds = (sa.Integer(), sa.Integer(), sa.LargeBinary(), sa.LargeBinary(), kind, sa.DateTime())
    anew = sa.table("emergency_contacts_anew", *(sa.column(*one) for one in zip(names, kinds, strict=True)))
    for row in rows:
        op.get_bind().execute(sa.insert(anew).values(dict(zip(names, row, strict=True))))
    # What is dropped must not stay readable in the free pages of the file.
    op.execute("PRAGMA secure_delete=ON")
    op.execute("DROP TABLE emergency_contacts")
    op.execute("ALTER TABLE emergency_contacts_anew RENAME TO emergency_contacts")


def downgrade() -> None:
    _open_relations()
    if _is_sqlite():
        _remake_rings(STEPS_BEFORE, counted=False)
    else:
        op.execute("DELETE FROM reply_alarms WHERE step = 'everybody'")
        _replace_steps(STEPS_BEFORE)
        op.execute("ALTER TABLE reply_alarms DROP COLUMN hop_no")
        op.create_unique_constraint(op.f("uq_reply_alarms_message_id_step"), "reply_alarms", ["message_id", "step"])
    op.execute("ALTER TABLE intakes DROP COLUMN approved_at")
    op.execute("ALTER TABLE intakes DROP COLUMN since_when")
    op.drop_table("kept_from_cases")


def _open_relations() -> None:
    rows = [(*row[:4], row[4][:LONGEST_RELATION], row[5]) for row in _contacts(sealed=True)]
    short = _check("emergency_contacts", "relation_is_short", f"length(relation) <= {LONGEST_RELATION}")
    if _is_sqlite():
        _remake_contacts(sa.Column("relation", sa.String(32), nullable=False), sa.String(), rows, short)
        return
    op.execute("ALTER TABLE emergency_contacts ADD COLUMN opened VARCHAR(32)")
    _write_relations("opened", sa.String(), rows)
    op.execute("ALTER TABLE emergency_contacts DROP COLUMN relation")
    op.execute("ALTER TABLE emergency_contacts RENAME COLUMN opened TO relation")
    op.execute("ALTER TABLE emergency_contacts ALTER COLUMN relation SET NOT NULL")
    op.create_check_constraint(
        op.f("ck_emergency_contacts_relation_is_short"),
        "emergency_contacts",
        f"length(relation) <= {LONGEST_RELATION}",
    )
