"""The figures that maps show beside the key of a valuation: a tile no longer fetches each asset's whole row of them."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEY = "municipality_code, run_id, asset_id"
_SHOWN = "condition_index, condition_basis, repair_backlog_eur, needed_backlog_eur, avoidable_backlog_eur"


def upgrade() -> None:
    _replace_key(f"({_KEY}) INCLUDE ({_SHOWN})")


def downgrade() -> None:
    _replace_key(f"({_KEY})")


def _replace_key(key: str) -> None:
    op.execute(
        "ALTER TABLE asset_valuation DROP CONSTRAINT pk_asset_valuation,"
        f" ADD CONSTRAINT pk_asset_valuation PRIMARY KEY {key}"
    )
