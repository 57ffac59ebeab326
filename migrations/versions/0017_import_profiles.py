"""Mapping profiles of municipalities, beside those that come with the service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_profile",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_import_profile_municipality_code")),
        sa.CheckConstraint("name ~ '^[a-z0-9_]{1,100}$'", name=op.f("ck_import_profile_name")),
        sa.CheckConstraint("row_version > 0", name=op.f("ck_import_profile_row_version")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.municipality_code"], name=op.f("fk_import_profile_municipality")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "name", name=op.f("pk_import_profile")),
    )


def downgrade() -> None:
    op.drop_table("import_profile")
