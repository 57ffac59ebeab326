"""The audit of what is written: by whom, when, by which way and from where; also of each version of an asset."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import LIMITED, grant, secure

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ORIGIN = ("via", "from_address", "request_id")


def upgrade() -> None:
    op.execute("CREATE SEQUENCE audit_entry_id_seq")
    op.create_table(
        "audit_entry",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("from_address", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", JSONB(), nullable=True),
        sa.Column("after", JSONB(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_audit_entry_municipality_code")),
        sa.CheckConstraint("action IN ('insert', 'update', 'delete')", name=op.f("ck_audit_entry_action")),
        sa.PrimaryKeyConstraint("municipality_code", "entry_id", name=op.f("pk_audit_entry")),
    )
    _let_it_only_grow()
    _index("ix_audit_entry_at", "audit_entry", "at", "entry_id")
    _index("ix_audit_entry_asset", "audit_entry", "asset_id", "at", "entry_id", where="asset_id IS NOT NULL")
    _index("ix_audit_entry_batch", "audit_entry", "batch_id", where="batch_id IS NOT NULL")
    for name in ORIGIN:
        op.add_column("asset_version", sa.Column(name, sa.Text(), nullable=True))
    for name in ("from_address", "request_id"):
        op.add_column("job", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("asset_version", sa.Column("asset_class", sa.SmallInteger(), nullable=True))
    _index(
        "ix_asset_version_changed_at",
        "asset_version",
        "changed_at",
        "asset_id",
        "row_version",
        where="batch_id IS NULL",
    )
    _index("ix_import_batch_imported_at", "import_batch", "imported_at", "batch_id")
    op.create_index(
        "ix_import_change_asset",
        "import_change",
        ["municipality_code", sa.text("((after ->> 'asset_id')::bigint)")],
        postgresql_where=sa.text("(after ->> 'asset_id') IS NOT NULL"),
    )


def _let_it_only_grow() -> None:
    """Let the service add to the audit and to the history of assets, and change nothing of them."""
    secure("audit_entry")
    grant("audit_entry", "SELECT", "INSERT")
    op.execute(f"GRANT USAGE, SELECT ON SEQUENCE audit_entry_id_seq TO {LIMITED}")
    op.execute(f"REVOKE UPDATE ON asset_version FROM {LIMITED}")


def _index(name: str, table: str, *columns: str, where: str | None = None) -> None:
    op.create_index(
        name, table, ["municipality_code", *columns], postgresql_where=None if where is None else sa.text(where)
    )


def downgrade() -> None:
    op.execute(f"GRANT UPDATE ON asset_version TO {LIMITED}")
    op.drop_index("ix_import_change_asset", "import_change")
    op.drop_index("ix_import_batch_imported_at", "import_batch")
    op.drop_index("ix_asset_version_changed_at", "asset_version")
    for name in ("from_address", "request_id"):
        op.drop_column("job", name)
    for name in ("asset_class", *ORIGIN):
        op.drop_column("asset_version", name)
    op.drop_table("audit_entry")
    op.execute("DROP SEQUENCE audit_entry_id_seq")
