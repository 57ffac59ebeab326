"""What a run's figures rest on: bases and uncertainty beside the sums of groups, and the inspections that pay most."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("valuation_group", sa.Column("replacement_cost_basis", sa.SmallInteger(), nullable=True))
    op.add_column("valuation_group", sa.Column("rests_on_demo", sa.Boolean(), nullable=True))
    op.add_column("valuation_group", sa.Column("backlog_variance_eur2", sa.Double(), nullable=True))
    op.create_table(
        "inspection_candidate",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("asset_class", sa.SmallInteger(), nullable=False),
        sa.Column("condition_index", sa.Double(), nullable=False),
        sa.Column("condition_basis", sa.SmallInteger(), nullable=False),
        sa.Column("typical_change", sa.Double(), nullable=False),
        sa.Column("replacement_cost_eur", sa.Numeric(16, 2), nullable=False),
        sa.Column("repair_backlog_eur", sa.Numeric(16, 2), nullable=False),
        sa.Column("uncertainty_eur", sa.Numeric(16, 2), nullable=False),
        sa.CheckConstraint("condition_index BETWEEN 0 AND 1", name=op.f("ck_inspection_candidate_condition_index")),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_inspection_candidate_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["run.municipality_code", "run.run_id"],
            name=op.f("fk_inspection_candidate_run"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "run_id", "asset_id", name=op.f("pk_inspection_candidate")),
    )


def downgrade() -> None:
    op.drop_table("inspection_candidate")
    for column in ("backlog_variance_eur2", "rests_on_demo", "replacement_cost_basis"):
        op.drop_column("valuation_group", column)
