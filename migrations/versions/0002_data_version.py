"""A version of each municipality's assets and areas, so that an unchanged map tile need not be drawn again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_version",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_data_version_municipality_code")),
        sa.CheckConstraint("version > 0", name=op.f("ck_data_version_version")),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.municipality_code"],
            name=op.f("fk_data_version_municipality"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", name=op.f("pk_data_version")),
    )


def downgrade() -> None:
    op.drop_table("data_version")
