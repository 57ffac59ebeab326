"""What an import did, record by record, so that it can be looked at and undone; edits of people told from imports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Versions and batches of one import have the same time and the same person.
_NAME_EARLIER_IMPORTS = """
UPDATE asset_version v SET batch_id = b.batch_id FROM import_batch b
WHERE b.municipality_code = v.municipality_code AND b.imported_at = v.changed_at AND b.imported_by = v.changed_by
"""


def upgrade() -> None:
    op.add_column("asset_version", sa.Column("batch_id", sa.BigInteger(), nullable=True))
    op.add_column("asset_version", sa.Column("before_geometry", sa.LargeBinary(), nullable=True))
    op.execute(_NAME_EARLIER_IMPORTS)
    _add_indexes()
    op.add_column("import_batch", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("import_batch", sa.Column("undone_by", sa.Text(), nullable=True))
    op.add_column("import_batch", sa.Column("undo_report", JSONB(), nullable=True))
    op.create_table(
        "import_change",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("key", JSONB(), nullable=False),
        sa.Column("before", JSONB(), nullable=True),
        sa.Column("after", JSONB(), nullable=True),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_import_change_municipality_code")),
        sa.PrimaryKeyConstraint("municipality_code", "batch_id", "change_id", name=op.f("pk_import_change")),
    )


def _add_indexes() -> None:
    op.create_index(
        "ix_asset_version_batch",
        "asset_version",
        ["municipality_code", "batch_id", "asset_id"],
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_asset_version_edit",
        "asset_version",
        ["municipality_code", "asset_id", "row_version"],
        postgresql_where=sa.text("batch_id IS NULL AND before IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("import_change")
    for column in ("undo_report", "undone_by", "undone_at"):
        op.drop_column("import_batch", column)
    for index in ("ix_asset_version_edit", "ix_asset_version_batch"):
        op.drop_index(index, "asset_version")
    for column in ("before_geometry", "batch_id"):
        op.drop_column("asset_version", column)
