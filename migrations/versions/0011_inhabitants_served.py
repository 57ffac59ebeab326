"""How many inhabitants a network serves, each counted once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("network_use", sa.Column("inhabitants_served", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("network_use", "inhabitants_served")
