"""Function need, planned replacements, users of networks and the reach of broadband."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_RESULTS = ("broadband_reach", "network_use", "planned_replacement", "function_need")


def _of_run(table: str, key: tuple[sa.Column[Any], ...], *rest: Any, service: bool = False) -> None:
    """Create a table of results, keyed by municipality, run and `key`."""
    constraints: list[Any] = [
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f(f"ck_{table}_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"], name=op.f(f"fk_{table}_run")
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "run_id", *(column.name for column in key), name=op.f(f"pk_{table}")
        ),
    ]
    if service:
        constraints.append(
            sa.ForeignKeyConstraint(["service_code"], ["service.service_code"], name=op.f(f"fk_{table}_service"))
        )
    op.create_table(
        table,
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *key,
        *rest,
        *constraints,
    )


def _money(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Numeric(precision=16, scale=2), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Double(), nullable=nullable)


def _whole(name: str, kind: type[sa.Integer] = sa.Integer) -> sa.Column[Any]:
    return sa.Column(name, kind(), autoincrement=False, nullable=False)


def _create_results() -> None:
    _of_run(
        "function_need",
        (_whole("asset_id", sa.BigInteger), sa.Column("service_code", sa.Text(), nullable=False)),
        sa.Column("area_code", sa.Text(), nullable=True),
        _whole("suitability_class", sa.SmallInteger),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        *(_money(name, nullable=True) for name in ("curing_cost_eur", "needed_curing_eur", "avoidable_curing_eur")),
        _money("repair_backlog_eur"),
        _number("retained_share", nullable=True),
        _number("capacity", nullable=True),
        service=True,
    )
    _of_run(
        "planned_replacement",
        (_whole("measure_id", sa.BigInteger),),
        _whole("asset_id", sa.BigInteger),
        _whole("year", sa.SmallInteger),
        _money("cost_eur"),
        _money("replacement_cost_eur"),
        _number("size_ratio", nullable=True),
        *(_money(name) for name in ("renewal_eur", "capacity_upgrade_eur", "function_upgrade_eur")),
        sa.CheckConstraint(
            "renewal_eur + capacity_upgrade_eur + function_upgrade_eur = cost_eur",
            name=op.f("ck_planned_replacement_replacement_split"),
        ),
    )
    _of_run(
        "network_use",
        (_whole("asset_class", sa.SmallInteger), sa.Column("district_code", sa.Text(), nullable=False)),
        *(_whole(name) for name in ("asset_count", "recorded_count", "grid_count")),
        *(_number(name) for name in ("length_m", "length_without_users_m", "length_unknown_m", "user_metres")),
        *(_money(name) for name in ("repair_backlog_eur", "backlog_without_users_eur")),
    )
    _of_run(
        "broadband_reach",
        (_number("speed_mbit_per_s"),),
        *(_number(name) for name in ("inhabitants", "inhabitants_reached")),
        *(_whole(name) for name in ("buildings", "buildings_reached")),
        _number("target_share", nullable=True),
    )


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("suitability_id_seq")))
    op.create_table(
        "suitability",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column(
            "suitability_id", sa.BigInteger(), server_default=sa.text("nextval('suitability_id_seq')"), nullable=False
        ),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("suitability_class", sa.SmallInteger(), nullable=False),
        _money("curing_cost_eur", nullable=True),
        sa.Column("assessor", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_suitability_municipality_code")),
        sa.CheckConstraint("suitability_class BETWEEN 1 AND 5", name=op.f("ck_suitability_suitability_class")),
        sa.CheckConstraint("curing_cost_eur >= 0", name=op.f("ck_suitability_curing_cost_eur")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_suitability_asset"),
        ),
        sa.ForeignKeyConstraint(["service_code"], ["service.service_code"], name=op.f("fk_suitability_service")),
        sa.PrimaryKeyConstraint("municipality_code", "suitability_id", name=op.f("pk_suitability")),
    )
    op.create_index(
        "ix_suitability_asset", "suitability", ["municipality_code", "asset_id", "service_code", "assessed_on"]
    )
    op.add_column("measure", sa.Column("service_code", sa.Text(), nullable=True))
    op.add_column("measure", sa.Column("capacity_after", sa.Double(), nullable=True))
    op.add_column("measure", sa.Column("quantity_after", sa.Double(), nullable=True))
    op.create_foreign_key(op.f("fk_measure_service"), "measure", "service", ["service_code"], ["service_code"])
    op.create_check_constraint(op.f("ck_measure_capacity_after"), "measure", "capacity_after >= 0")
    op.create_check_constraint(op.f("ck_measure_quantity_after"), "measure", "quantity_after >= 0")
    _create_results()


def downgrade() -> None:
    for table in _RESULTS:
        op.drop_table(table)
    op.drop_constraint(op.f("ck_measure_quantity_after"), "measure", type_="check")
    op.drop_constraint(op.f("ck_measure_capacity_after"), "measure", type_="check")
    op.drop_constraint(op.f("fk_measure_service"), "measure", type_="foreignkey")
    for name in ("quantity_after", "capacity_after", "service_code"):
        op.drop_column("measure", name)
    op.drop_table("suitability")
    op.execute(sa.schema.DropSequence(sa.Sequence("suitability_id_seq")))
