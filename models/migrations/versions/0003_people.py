"""People: teams, stations and rooms, qualifications, applications, supervision, caseload, leave"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# What a new base asks for before work is taken; it is edited on the page of training needs from then on.
FIRST_NEEDS = {
    "role.counselor": ("licence.counselor", "training.crisis", "training.privacy"),
    "role.social_worker": ("licence.social_worker", "training.privacy"),
    "role.volunteer": ("training.privacy",),
    "role.duty_officer": ("training.crisis", "training.privacy"),
    "shift.chat": ("training.chat", "training.privacy"),
    "shift.visit": ("check.no_record", "training.privacy", "training.visit"),
    "shift.minors": ("check.no_record", "training.minors", "training.privacy"),
    "service.minors": ("check.no_record", "training.minors"),
}

STATION_KINDS = ("base", "street", "community")

# One column after another: SQLite's batch mode would drop a table that others refer to and make it anew, and the
# database rightly refuses that. The encrypted column differs in the name of its type only.
NEW_COLUMNS = (
    (
        "staff_members",
        "team",
        "VARCHAR(32) CONSTRAINT ck_staff_members_team CHECK (team IN ('counselor', 'social_worker', 'volunteer'))",
    ),
    (
        "staff_members",
        "station_id",
        "INTEGER CONSTRAINT fk_staff_members_station_id_stations REFERENCES stations (id) ON DELETE NO ACTION",
    ),
    ("staff_members", "languages", "JSON NOT NULL DEFAULT '[]'"),
    ("staff_members", "specialties", "JSON NOT NULL DEFAULT '[]'"),
    (
        "staff_members",
        "caseload_cap",
        "INTEGER CONSTRAINT ck_staff_members_caseload_cap_is_a_count CHECK (caseload_cap BETWEEN 0 AND 999)",
    ),
    ("staff_members", "phone", "{bytes}"),
    (
        "stations",
        "kind",
        "VARCHAR(32) DEFAULT 'community' NOT NULL CONSTRAINT ck_stations_station_kind CHECK (kind IN {kinds})",
    ),
    ("stations", "address", "VARCHAR(200)"),
    ("stations", "active", "BOOLEAN DEFAULT true NOT NULL"),
)


def _one_of(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    _add_columns()
    _make_rooms_and_needs()
    _make_qualifications()
    _make_supervisions()
    _make_case_assignments()
    _make_leaves()
    _make_applications()


def downgrade() -> None:
    for table in (
        "application_checks",
        "applications",
        "leave_cells",
        "leaves",
        "case_assignments",
        "supervisions",
        "qualifications",
        "training_needs",
        "rooms",
    ):
        op.drop_table(table)
    op.drop_index("ix_staff_members_team", "staff_members")
    op.drop_index("ix_staff_members_station_id", "staff_members")
    for table, column, _rest in reversed(NEW_COLUMNS):
        op.drop_column(table, column)


def _add_columns() -> None:
    binary = "BYTEA" if op.get_bind().dialect.name == "postgresql" else "BLOB"
    for table, column, rest in NEW_COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {rest.format(bytes=binary, kinds=STATION_KINDS)}")
    op.create_index("ix_staff_members_team", "staff_members", ["team"])
    op.create_index("ix_staff_members_station_id", "staff_members", ["station_id"])
    op.execute("UPDATE stations SET kind = 'base' WHERE parent_id IS NULL")
    op.execute(
        "UPDATE stations SET kind = 'street'"
        " WHERE parent_id IN (SELECT id FROM stations AS above WHERE above.parent_id IS NULL)"
    )


def _make_rooms_and_needs() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=64), nullable=False),
        sa.Column("name_en", sa.String(length=64), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("seats BETWEEN 1 AND 500", name=op.f("ck_rooms_room_has_seats")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_rooms_station_id_stations"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("station_id", "name_zh", name=op.f("uq_rooms_station_id_name_zh")),
    )
    needs = op.create_table(
        "training_needs",
        sa.Column("role", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.PrimaryKeyConstraint("role", "kind", name=op.f("pk_training_needs")),
    )
    op.bulk_insert(needs, [{"role": role, "kind": kind} for role, kinds in FIRST_NEEDS.items() for kind in kinds])


def _make_qualifications() -> None:
    op.create_table(
        "qualifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawal_reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_qualifications_confirmed_by_name")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL) AND (withdrawn_at IS NULL) = (withdrawal_reason IS NULL)",
            name=op.f("ck_qualifications_withdrawn_by_name_with_a_reason"),
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> staff_id",
            name=op.f("ck_qualifications_nobody_confirms_their_own"),
        ),
        sa.CheckConstraint(
            "expires_at IS NULL OR expires_at > valid_from", name=op.f("ck_qualifications_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["staff_members.id"],
            name=op.f("fk_qualifications_confirmed_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["staff_members.id"],
            name=op.f("fk_qualifications_recorded_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_members.id"],
            name=op.f("fk_qualifications_staff_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"],
            ["staff_members.id"],
            name=op.f("fk_qualifications_withdrawn_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualifications")),
    )
    op.create_index("ix_qualifications_expires_at", "qualifications", ["expires_at"], unique=False)
    op.create_index(op.f("ix_qualifications_staff_id"), "qualifications", ["staff_id"], unique=False)
    op.create_index(
        "uq_qualifications_standing",
        "qualifications",
        ["staff_id", "kind", "valid_from"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _make_supervisions() -> None:
    op.create_table(
        "supervisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.CheckConstraint("staff_id <> supervisor_id", name=op.f("ck_supervisions_nobody_supervises_themselves")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_supervisions_line_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_members.id"], name=op.f("fk_supervisions_staff_id_staff_members"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["staff_members.id"],
            name=op.f("fk_supervisions_supervisor_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisions")),
    )
    op.create_index(op.f("ix_supervisions_staff_id"), "supervisions", ["staff_id"], unique=False)
    op.create_index(op.f("ix_supervisions_supervisor_id"), "supervisions", ["supervisor_id"], unique=False)
    op.create_index(
        "uq_supervisions_running_staff",
        "supervisions",
        ["staff_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )


def _make_case_assignments() -> None:
    op.create_table(
        "case_assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column(
            "team",
            _one_of(
                "team",
                (
                    "counselor",
                    "social_worker",
                    "volunteer",
                ),
            ),
            nullable=False,
        ),
        sa.Column("place_no", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(), nullable=False),
        sa.Column("assigned_by_id", sa.Integer(), nullable=True),
        sa.Column("over_cap_reason", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "team IN ('counselor', 'social_worker')", name=op.f("ck_case_assignments_volunteers_carry_no_cases")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_case_assignments_ended_by_name")
        ),
        sa.CheckConstraint("place_no >= 1", name=op.f("ck_case_assignments_place_is_a_count")),
        sa.ForeignKeyConstraint(
            ["assigned_by_id"],
            ["staff_members.id"],
            name=op.f("fk_case_assignments_assigned_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"],
            ["beneficiaries.id"],
            name=op.f("fk_case_assignments_beneficiary_id_beneficiaries"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["staff_members.id"],
            name=op.f("fk_case_assignments_ended_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"],
            ["staff_members.id"],
            name=op.f("fk_case_assignments_worker_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_assignments")),
    )
    op.create_index(op.f("ix_case_assignments_beneficiary_id"), "case_assignments", ["beneficiary_id"], unique=False)
    op.create_index(op.f("ix_case_assignments_worker_id"), "case_assignments", ["worker_id"], unique=False)
    op.create_index(
        "uq_case_assignments_open_person",
        "case_assignments",
        ["beneficiary_id", "team"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_case_assignments_open_place",
        "case_assignments",
        ["worker_id", "place_no"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _make_leaves() -> None:
    op.create_table(
        "leaves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column(
            "state",
            _one_of(
                "leave_state",
                (
                    "asked",
                    "approved",
                    "declined",
                    "cancelled",
                ),
            ),
            nullable=False,
        ),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_leaves_open_until_decided")),
        sa.CheckConstraint("state <> 'declined' OR reason IS NOT NULL", name=op.f("ck_leaves_declined_with_a_reason")),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_leaves_decided_by_name")),
        sa.CheckConstraint(
            "stand_in_id IS NULL OR stand_in_id <> staff_id", name=op.f("ck_leaves_nobody_stands_in_for_themselves")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_leaves_leave_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["staff_members.id"],
            name=op.f("fk_leaves_decided_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_members.id"], name=op.f("fk_leaves_staff_id_staff_members"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["stand_in_id"], ["staff_members.id"], name=op.f("fk_leaves_stand_in_id_staff_members"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    op.create_index("ix_leaves_span", "leaves", ["starts_at", "ends_at"], unique=False)
    op.create_index(op.f("ix_leaves_staff_id"), "leaves", ["staff_id"], unique=False)
    op.create_index(op.f("ix_leaves_stand_in_id"), "leaves", ["stand_in_id"], unique=False)
    op.create_table(
        "leave_cells",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leave_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["leave_id"], ["leaves.id"], name=op.f("fk_leave_cells_leave_id_leaves"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_members.id"], name=op.f("fk_leave_cells_staff_id_staff_members"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("staff_id", "cell", name=op.f("pk_leave_cells")),
    )
    op.create_index(op.f("ix_leave_cells_leave_id"), "leave_cells", ["leave_id"], unique=False)

    # ### end Alembic commands ###


def _make_applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_key_hash", sa.String(length=64), nullable=False),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("about", sa.LargeBinary(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "state",
            _one_of(
                "application_state",
                (
                    "received",
                    "approved",
                    "declined",
                    "withdrawn",
                ),
            ),
            nullable=False,
        ),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("repeated_at", sa.DateTime(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("erased_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (staff_id IS NOT NULL)", name=op.f("ck_applications_approved_has_an_account")
        ),
        sa.CheckConstraint(
            "(state = 'received') = (decided_at IS NULL)", name=op.f("ck_applications_open_until_decided")
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR reason IS NOT NULL", name=op.f("ck_applications_declined_with_a_reason")
        ),
        sa.CheckConstraint(
            "state <> 'received' OR erased_at IS NULL", name=op.f("ck_applications_open_ones_are_readable")
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'declined') OR decided_by_id IS NOT NULL",
            name=op.f("ck_applications_decided_by_name"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["staff_members.id"],
            name=op.f("fk_applications_decided_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_members.id"], name=op.f("fk_applications_staff_id_staff_members"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_applications_station_id_stations"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("form_key_hash", name=op.f("uq_applications_form_key_hash")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_applications_staff_id")),
    )
    op.create_index(
        "uq_applications_open_phone",
        "applications",
        ["phone_hash"],
        unique=True,
        sqlite_where=sa.text("state = 'received'"),
        postgresql_where=sa.text("state = 'received'"),
    )
    op.create_table(
        "application_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_checks_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"],
            ["staff_members.id"],
            name=op.f("fk_application_checks_checked_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_checks")),
        sa.UniqueConstraint("application_id", "item", name=op.f("uq_application_checks_application_id_item")),
    )
