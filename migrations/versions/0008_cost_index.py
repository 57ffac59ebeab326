"""Cost indices, and the price level of the recorded cost that a valuation started from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cost_index",
        sa.Column("index_code", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("year BETWEEN 1900 AND 2200", name=op.f("ck_cost_index_year")),
        sa.CheckConstraint("month BETWEEN 0 AND 12", name=op.f("ck_cost_index_month")),
        sa.CheckConstraint("value > 0 AND value < 'Infinity'", name=op.f("ck_cost_index_value")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_cost_index_source")),
        sa.PrimaryKeyConstraint("index_code", "year", "month", name=op.f("pk_cost_index")),
    )
    op.add_column("asset_valuation", sa.Column("price_level_year", sa.SmallInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("asset_valuation", "price_level_year")
    op.drop_table("cost_index")
