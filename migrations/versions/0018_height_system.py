"""The height system in which an asset's levels stand, as its file says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_SYSTEMS = sa.Enum(
    "N2000", "N60", "N43", "NN", name="heightsystem", native_enum=False, create_constraint=True, length=40
)


def upgrade() -> None:
    op.add_column("asset", sa.Column("height_system", _SYSTEMS, nullable=True))


def downgrade() -> None:
    op.drop_column("asset", "height_system")
