"""Tables of volunteer shifts: templates, places, sign-ups, swaps, cover calls, hours"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shift_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("opens_days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "minutes BETWEEN 30 AND 1440 AND minutes % 5 = 0", name=op.f("ck_shift_templates_lasts_a_sensible_time")
        ),
        sa.CheckConstraint("opens_days BETWEEN 1 AND 90", name=op.f("ck_shift_templates_opens_before_it_starts")),
        sa.CheckConstraint(
            "starts_minute BETWEEN 0 AND 1435 AND starts_minute % 5 = 0",
            name=op.f("ck_shift_templates_starts_on_a_step"),
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_shift_templates_weekday_is_one_of_seven")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_shift_templates_station_id_stations"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_templates")),
    )
    op.create_table(
        "hours_certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "issued",
                "withdrawn",
                name="certificate_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'asked') = (issued_by_id IS NULL)", name=op.f("ck_hours_certificates_issued_by_name")
        ),
        sa.CheckConstraint(
            "state = 'asked' OR number IS NOT NULL", name=op.f("ck_hours_certificates_issued_has_a_number")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_hours_certificates_period_runs_forward")),
        sa.CheckConstraint("issued_by_id != staff_id", name=op.f("ck_hours_certificates_nobody_certifies_themselves")),
        sa.ForeignKeyConstraint(
            ["issued_by_id"],
            ["staff_members.id"],
            name=op.f("fk_hours_certificates_issued_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_members.id"],
            name=op.f("fk_hours_certificates_staff_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_certificates")),
        sa.UniqueConstraint("number", name=op.f("uq_hours_certificates_number")),
    )
    with op.batch_alter_table("hours_certificates", schema=None) as batch_op:
        batch_op.create_index("ix_hours_certificates_staff", ["staff_id", "state"], unique=False)

    op.create_table(
        "shift_template_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places BETWEEN 1 AND 40", name=op.f("ck_shift_template_roles_template_role_has_places")),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["shift_templates.id"],
            name=op.f("fk_shift_template_roles_template_id_shift_templates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_template_roles")),
        sa.UniqueConstraint("template_id", "role", name="uq_shift_template_roles_role"),
    )
    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("opens_at", sa.DateTime(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("opens_at <= starts_at", name=op.f("ck_shifts_shift_opens_before_it_starts")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_shifts_shift_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_shifts_station_id_stations"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["shift_templates.id"],
            name=op.f("fk_shifts_template_id_shift_templates"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
        sa.UniqueConstraint("template_id", "starts_at", name="uq_shifts_template_start"),
    )
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.create_index("ix_shifts_span", ["starts_at", "ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_shifts_station_id"), ["station_id"], unique=False)

    op.create_table(
        "shift_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places BETWEEN 1 AND 40", name=op.f("ck_shift_roles_shift_role_has_places")),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name=op.f("fk_shift_roles_shift_id_shifts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_roles")),
        sa.UniqueConstraint("id", "shift_id", "places", name="uq_shift_roles_number"),
        sa.UniqueConstraint("shift_id", "role", name="uq_shift_roles_role"),
    )
    op.create_table(
        "cover_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_role_id", sa.Integer(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "filled",
                "exhausted",
                "stopped",
                name="cover_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_cover_calls_closed_has_a_time")),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["staff_members.id"],
            name=op.f("fk_cover_calls_opened_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["shift_role_id"],
            ["shift_roles.id"],
            name=op.f("fk_cover_calls_shift_role_id_shift_roles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_calls")),
    )
    with op.batch_alter_table("cover_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cover_calls_shift_role_id"), ["shift_role_id"], unique=False)
        batch_op.create_index(
            "uq_cover_calls_open_role",
            ["shift_role_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "sign_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_role_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("place_no", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "signed_up",
                "arrived",
                "completed",
                "abandoned",
                "no_show",
                "withdrew",
                "lapsed",
                "declined",
                "handed_over",
                name="sign_up_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("signed_up_at", sa.DateTime(), nullable=False),
        sa.Column("offer_until", sa.DateTime(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(), nullable=True),
        sa.Column(
            "arrival_noted_by",
            sa.Enum(
                "code",
                "colleague",
                "clock",
                name="arrival_noted_by",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.Column(
            "leaving_noted_by",
            sa.Enum(
                "code",
                "colleague",
                "clock",
                name="leaving_noted_by",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "place_no IS NOT NULL OR state NOT IN ('offered', 'signed_up', 'arrived')",
            name=op.f("ck_sign_ups_whoever_comes_has_a_place"),
        ),
        sa.CheckConstraint(
            "place_no IS NULL OR state NOT IN ('withdrew', 'lapsed', 'declined', 'handed_over')",
            name=op.f("ck_sign_ups_a_place_given_back_is_free"),
        ),
        sa.CheckConstraint(
            "state != 'offered' OR offer_until IS NOT NULL", name=op.f("ck_sign_ups_an_offer_has_an_end")
        ),
        sa.CheckConstraint(
            "left_at IS NULL OR arrived_at IS NOT NULL", name=op.f("ck_sign_ups_left_only_after_arriving")
        ),
        sa.CheckConstraint(
            "left_at IS NULL OR left_at >= arrived_at", name=op.f("ck_sign_ups_left_not_before_arriving")
        ),
        sa.CheckConstraint("place_no BETWEEN 1 AND places", name=op.f("ck_sign_ups_place_is_one_of_the_number")),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["calendar_holds.id"], name=op.f("fk_sign_ups_hold_id_calendar_holds"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["shift_role_id", "shift_id", "places"],
            ["shift_roles.id", "shift_roles.shift_id", "shift_roles.places"],
            name="fk_sign_ups_shift_roles",
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_members.id"], name=op.f("fk_sign_ups_staff_id_staff_members"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ups")),
        sa.UniqueConstraint("shift_role_id", "place_no", name="uq_sign_ups_place"),
    )
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ups_hold_id"), ["hold_id"], unique=False)
        batch_op.create_index("ix_sign_ups_staff", ["staff_id", "state"], unique=False)
        batch_op.create_index("ix_sign_ups_state", ["state", "shift_id"], unique=False)
        batch_op.create_index(
            "uq_sign_ups_once_a_shift",
            ["shift_id", "staff_id"],
            unique=True,
            sqlite_where=sa.text("place_no IS NOT NULL"),
            postgresql_where=sa.text("place_no IS NOT NULL"),
        )

    op.create_table(
        "cover_asks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cover_call_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("answer_by", sa.DateTime(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "yes",
                "no",
                "silence",
                "too_late",
                name="cover_answer",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_cover_asks_an_answer_has_a_time")),
        sa.ForeignKeyConstraint(
            ["cover_call_id"],
            ["cover_calls.id"],
            name=op.f("fk_cover_asks_cover_call_id_cover_calls"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_members.id"], name=op.f("fk_cover_asks_staff_id_staff_members"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_asks")),
        sa.UniqueConstraint("cover_call_id", "staff_id", name="uq_cover_asks_once"),
    )
    with op.batch_alter_table("cover_asks", schema=None) as batch_op:
        batch_op.create_index("ix_cover_asks_staff", ["staff_id", "asked_at"], unique=False)
        batch_op.create_index(
            "uq_cover_asks_open_call",
            ["cover_call_id"],
            unique=True,
            sqlite_where=sa.text("answer IS NULL"),
            postgresql_where=sa.text("answer IS NULL"),
        )

    op.create_table(
        "hours_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("sign_up_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "granted",
                "refused",
                name="correction_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (decided_by_id IS NULL)", name=op.f("ck_hours_corrections_decided_by_name")
        ),
        sa.CheckConstraint(
            "decided_by_id != staff_id", name=op.f("ck_hours_corrections_nobody_decides_their_own_correction")
        ),
        sa.CheckConstraint("minutes BETWEEN 0 AND 1440", name=op.f("ck_hours_corrections_wished_minutes_fit_a_day")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["staff_members.id"],
            name=op.f("fk_hours_corrections_decided_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["sign_ups.id"], name=op.f("fk_hours_corrections_sign_up_id_sign_ups"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_members.id"],
            name=op.f("fk_hours_corrections_staff_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_corrections")),
    )
    with op.batch_alter_table("hours_corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hours_corrections_staff_id"), ["staff_id"], unique=False)
        batch_op.create_index("ix_hours_corrections_state", ["state"], unique=False)
        batch_op.create_index(
            "uq_hours_corrections_open",
            ["sign_up_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "hours_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("sign_up_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("served", "correction", name="hours_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "kind != 'correction' OR minutes BETWEEN -1440 AND 1440",
            name=op.f("ck_hours_entries_a_correction_fits_a_day"),
        ),
        sa.CheckConstraint(
            "kind != 'served' OR minutes BETWEEN 0 AND 1440", name=op.f("ck_hours_entries_served_minutes_fit_a_day")
        ),
        sa.CheckConstraint("approved_by_id != staff_id", name=op.f("ck_hours_entries_nobody_approves_their_own_hours")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["staff_members.id"],
            name=op.f("fk_hours_entries_approved_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["sign_ups.id"], name=op.f("fk_hours_entries_sign_up_id_sign_ups"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_members.id"],
            name=op.f("fk_hours_entries_staff_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_entries")),
    )
    with op.batch_alter_table("hours_entries", schema=None) as batch_op:
        batch_op.create_index("ix_hours_entries_staff", ["staff_id", "served_on"], unique=False)
        batch_op.create_index(
            "uq_hours_entries_served_once",
            ["sign_up_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'served'"),
            postgresql_where=sa.text("kind = 'served'"),
        )

    op.create_table(
        "shift_swaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign_up_id", sa.Integer(), nullable=False),
        sa.Column("to_staff_id", sa.Integer(), nullable=True),
        sa.Column("return_sign_up_id", sa.Integer(), nullable=True),
        sa.Column("taker_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "approved",
                "refused",
                "cancelled",
                "lapsed",
                name="swap_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_by_id IS NOT NULL)",
            name=op.f("ck_shift_swaps_decided_by_name"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'approved') OR taker_id IS NOT NULL",
            name=op.f("ck_shift_swaps_somebody_took_it"),
        ),
        sa.CheckConstraint("sign_up_id != return_sign_up_id", name=op.f("ck_shift_swaps_not_against_itself")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["staff_members.id"],
            name=op.f("fk_shift_swaps_decided_by_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["return_sign_up_id"],
            ["sign_ups.id"],
            name=op.f("fk_shift_swaps_return_sign_up_id_sign_ups"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["sign_ups.id"], name=op.f("fk_shift_swaps_sign_up_id_sign_ups"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["taker_id"], ["staff_members.id"], name=op.f("fk_shift_swaps_taker_id_staff_members"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["to_staff_id"],
            ["staff_members.id"],
            name=op.f("fk_shift_swaps_to_staff_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_swaps")),
    )
    with op.batch_alter_table("shift_swaps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_swaps_return_sign_up_id"), ["return_sign_up_id"], unique=False)
        batch_op.create_index("ix_shift_swaps_state", ["state", "to_staff_id"], unique=False)
        batch_op.create_index(
            "uq_shift_swaps_open_sign_up",
            ["sign_up_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('open', 'accepted')"),
            postgresql_where=sa.text("state IN ('open', 'accepted')"),
        )

    op.create_table(
        "shift_waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_role_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "offered",
                "taken",
                "lapsed",
                "left",
                "over",
                name="waiting_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("sign_up_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'offered') = (sign_up_id IS NOT NULL)", name=op.f("ck_shift_waiting_an_offer_names_its_place")
        ),
        sa.ForeignKeyConstraint(
            ["shift_role_id"],
            ["shift_roles.id"],
            name=op.f("fk_shift_waiting_shift_role_id_shift_roles"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["sign_ups.id"], name=op.f("fk_shift_waiting_sign_up_id_sign_ups"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_members.id"],
            name=op.f("fk_shift_waiting_staff_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_waiting")),
    )
    with op.batch_alter_table("shift_waiting", schema=None) as batch_op:
        batch_op.create_index("ix_shift_waiting_order", ["shift_role_id", "state", "asked_at"], unique=False)
        batch_op.create_index("ix_shift_waiting_staff", ["staff_id", "state"], unique=False)
        batch_op.create_index(
            "uq_shift_waiting_once_a_role",
            ["shift_role_id", "staff_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'offered')"),
            postgresql_where=sa.text("state IN ('waiting', 'offered')"),
        )


def downgrade() -> None:
    with op.batch_alter_table("shift_waiting", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_shift_waiting_once_a_role",
            sqlite_where=sa.text("state IN ('waiting', 'offered')"),
            postgresql_where=sa.text("state IN ('waiting', 'offered')"),
        )
        batch_op.drop_index("ix_shift_waiting_staff")
        batch_op.drop_index("ix_shift_waiting_order")

    op.drop_table("shift_waiting")
    with op.batch_alter_table("shift_swaps", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_shift_swaps_open_sign_up",
            sqlite_where=sa.text("state IN ('open', 'accepted')"),
            postgresql_where=sa.text("state IN ('open', 'accepted')"),
        )
        batch_op.drop_index("ix_shift_swaps_state")
        batch_op.drop_index(batch_op.f("ix_shift_swaps_return_sign_up_id"))

    op.drop_table("shift_swaps")
    with op.batch_alter_table("hours_entries", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hours_entries_served_once",
            sqlite_where=sa.text("kind = 'served'"),
            postgresql_where=sa.text("kind = 'served'"),
        )
        batch_op.drop_index("ix_hours_entries_staff")

    op.drop_table("hours_entries")
    with op.batch_alter_table("hours_corrections", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hours_corrections_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index("ix_hours_corrections_state")
        batch_op.drop_index(batch_op.f("ix_hours_corrections_staff_id"))

    op.drop_table("hours_corrections")
    with op.batch_alter_table("cover_asks", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cover_asks_open_call",
            sqlite_where=sa.text("answer IS NULL"),
            postgresql_where=sa.text("answer IS NULL"),
        )
        batch_op.drop_index("ix_cover_asks_staff")

    op.drop_table("cover_asks")
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sign_ups_once_a_shift",
            sqlite_where=sa.text("place_no IS NOT NULL"),
            postgresql_where=sa.text("place_no IS NOT NULL"),
        )
        batch_op.drop_index("ix_sign_ups_state")
        batch_op.drop_index("ix_sign_ups_staff")
        batch_op.drop_index(batch_op.f("ix_sign_ups_hold_id"))

    op.drop_table("sign_ups")
    with op.batch_alter_table("cover_calls", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cover_calls_open_role",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_cover_calls_shift_role_id"))

    op.drop_table("cover_calls")
    op.drop_table("shift_roles")
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shifts_station_id"))
        batch_op.drop_index("ix_shifts_span")

    op.drop_table("shifts")
    op.drop_table("shift_template_roles")
    with op.batch_alter_table("hours_certificates", schema=None) as batch_op:
        batch_op.drop_index("ix_hours_certificates_staff")

    op.drop_table("hours_certificates")
    op.drop_table("shift_templates")
