"""Browser sessions: who is signed in to the pages, by a token of the service or as an issuer told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.row_security import grant, proven, secure

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "web_session",
        sa.Column("session_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("token_id", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("grants", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["access_token.token_id"], name=op.f("fk_web_session_access_token"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_sha256", name=op.f("pk_web_session")),
    )
    # Who has a cookie sees the row of its hash and no other; whose it is, is not known before.
    secure("web_session", reads=proven("session_sha256"), writes=proven("session_sha256"))
    grant("web_session", "SELECT", "INSERT", "UPDATE", "DELETE")


def downgrade() -> None:
    op.drop_table("web_session")
