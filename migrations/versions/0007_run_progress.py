"""How far runs are, told while they work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run_progress",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_run_progress_municipality_code")),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name=op.f("ck_run_progress_share")),
        sa.PrimaryKeyConstraint("municipality_code", "run_id", name=op.f("pk_run_progress")),
    )


def downgrade() -> None:
    op.drop_table("run_progress")
