"""Tables of: reports about somebody, plans for frequent contacts, blocks and the break-glass"""

from __future__ import annotations

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
