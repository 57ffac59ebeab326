"""Measures and outages by their asset: each asset that is deleted is looked for in both."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLES = ("measure", "outage")


def upgrade() -> None:
    for table in _TABLES:
        op.create_index(f"ix_{table}_asset", table, ["municipality_code", "asset_id"])


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_index(f"ix_{table}_asset", table_name=table)
