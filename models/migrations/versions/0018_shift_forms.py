"""Keys of the forms that make a shift or a template, so that a form sent twice makes one"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TABLES = ("shift_templates", "shifts")


def upgrade() -> None:
    for table in _TABLES:
        # Added by itself: a batch would make a table anew to which others refer.
        op.execute(f"ALTER TABLE {table} ADD COLUMN form_key_hash VARCHAR(64)")
        op.create_index(f"uq_{table}_form_key", table, ["form_key_hash"], unique=True)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_index(f"uq_{table}_form_key", table_name=table)
        op.execute(f"ALTER TABLE {table} DROP COLUMN form_key_hash")
