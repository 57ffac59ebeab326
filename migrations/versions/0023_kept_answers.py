"""Kept answers by the municipality that they are about and the hash of who may repeat the request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.row_security import grant, secure

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Of whose municipality the present ones are is not told; they are kept for a day only.
    op.drop_table("kept_answer")
    op.create_table(
        "kept_answer",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("principal_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        *_answer(),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_kept_answer_municipality_code")),
        sa.PrimaryKeyConstraint(
            "municipality_code", "principal_sha256", "idempotency_key", name=op.f("pk_kept_answer")
        ),
    )
    op.create_index("ix_kept_answer_principal", "kept_answer", ["principal_sha256", "idempotency_key"])
    op.create_index("ix_kept_answer_answered_at", "kept_answer", ["answered_at"])
    secure("kept_answer")
    _grant()


def downgrade() -> None:
    op.drop_table("kept_answer")
    op.create_table(
        "kept_answer",
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        *_answer(),
        sa.PrimaryKeyConstraint("holder", "idempotency_key", name=op.f("pk_kept_answer")),
    )
    _grant()


def _grant() -> None:
    grant("kept_answer", "SELECT", "INSERT", "UPDATE", "DELETE")


def _answer() -> list[sa.Column[object]]:
    return [
        sa.Column("request_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answered_at", _TIME, nullable=False),
    ]
