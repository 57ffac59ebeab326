"""Assets of one class by their key, wherever they are, so that its first page costs no more than the others."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_asset_class_key", "asset", ["asset_class", "municipality_code", "asset_id"], unique=False)
    op.drop_index("ix_asset_municipality_code_class", table_name="asset")


def downgrade() -> None:
    op.create_index(
        "ix_asset_municipality_code_class", "asset", ["municipality_code", "asset_class", "asset_id"], unique=False
    )
    op.drop_index("ix_asset_class_key", table_name="asset")
