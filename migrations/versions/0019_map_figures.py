"""What maps show of each asset, many assets to a row; for valuations before it, that of each municipality in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OF_NEWEST = """
INSERT INTO map_figures
WITH newest AS (
    SELECT municipality_code, max(run_id) AS run_id FROM run
    WHERE kind = 'valuation' AND state = 'finished' GROUP BY municipality_code
), figure AS (
    SELECT v.* FROM asset_valuation v JOIN newest USING (municipality_code, run_id)
), place AS (
    SELECT municipality_code, run_id, block, number, block * 32 + number AS asset_id
    FROM (SELECT DISTINCT municipality_code, run_id, asset_id / 32 AS block FROM figure) AS blocks,
         generate_series(0, 31) AS number
)
SELECT municipality_code, run_id, block,
       array_agg(COALESCE(round(condition_index * 1000)::smallint, -1::smallint) ORDER BY number),
       array_agg(COALESCE(condition_basis, -1::smallint) ORDER BY number),
       array_agg(COALESCE(repair_backlog_eur::bigint, -1) ORDER BY number),
       array_agg(COALESCE(needed_backlog_eur::bigint, -1) ORDER BY number),
       array_agg(COALESCE(avoidable_backlog_eur::bigint, -1) ORDER BY number)
FROM place LEFT JOIN figure USING (municipality_code, run_id, asset_id)
GROUP BY municipality_code, run_id, block
"""


def upgrade() -> None:
    op.create_table(
        "map_figures",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("condition_thousandths", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("condition_basis", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("repair_backlog_eur", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("needed_backlog_eur", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("avoidable_backlog_eur", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_map_figures_municipality_code")),
        sa.PrimaryKeyConstraint("municipality_code", "run_id", "block", name=op.f("pk_map_figures")),
    )
    op.execute(OF_NEWEST)


def downgrade() -> None:
    op.drop_table("map_figures")
