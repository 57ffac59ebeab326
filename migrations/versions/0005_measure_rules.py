"""The measure table: which measure lifts an asset from which condition class to which, and what it costs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "measure_rule",
        sa.Column("measure_rule_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=True),
        sa.Column("asset_class", sa.SmallInteger(), nullable=False),
        sa.Column("maintenance_class", sa.Text(), nullable=True),
        sa.Column("functional_class", sa.SmallInteger(), nullable=True),
        sa.Column(
            "measure_code",
            sa.Enum(
                "repair",
                "resurfacing",
                "relining",
                "basic_repair",
                "improvement",
                "renewal",
                name="measurecode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("condition_class_from", sa.SmallInteger(), nullable=False),
        sa.Column("condition_class_to", sa.SmallInteger(), nullable=False),
        sa.Column("unit_cost_eur", sa.Double(), nullable=True),
        sa.Column("cost_share", sa.Double(), nullable=True),
        sa.Column("price_level_year", sa.SmallInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("coalesce(municipality_code, '')"), "="),
            (sa.column("asset_class"), "="),
            (sa.text("coalesce(maintenance_class, '')"), "="),
            (sa.text("coalesce(functional_class, -1)"), "="),
            (sa.column("measure_code"), "="),
            (sa.column("condition_class_from"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_measure_rule_overlap",
        ),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_measure_rule_municipality_code")),
        sa.CheckConstraint(
            "num_nonnulls(maintenance_class, functional_class) <= 1", name=op.f("ck_measure_rule_one_class")
        ),
        sa.CheckConstraint("functional_class BETWEEN 1 AND 9", name=op.f("ck_measure_rule_functional_class")),
        sa.CheckConstraint(
            "1 <= condition_class_from AND condition_class_from < condition_class_to AND condition_class_to <= 5",
            name=op.f("ck_measure_rule_condition_classes"),
        ),
        sa.CheckConstraint("num_nonnulls(unit_cost_eur, cost_share) = 1", name=op.f("ck_measure_rule_one_cost")),
        sa.CheckConstraint(
            "unit_cost_eur IS NULL OR price_level_year IS NOT NULL", name=op.f("ck_measure_rule_price_level")
        ),
        sa.CheckConstraint(
            "unit_cost_eur >= 0 AND unit_cost_eur < 'Infinity'", name=op.f("ck_measure_rule_unit_cost_eur")
        ),
        sa.CheckConstraint("cost_share BETWEEN 0 AND 10", name=op.f("ck_measure_rule_cost_share")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_measure_rule_validity")),
        sa.ForeignKeyConstraint(["asset_class"], ["asset_class.asset_class"], name=op.f("fk_measure_rule_asset_class")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_measure_rule_source")),
        sa.PrimaryKeyConstraint("measure_rule_id", name=op.f("pk_measure_rule")),
    )
    op.create_index("ix_measure_rule_asset_class", "measure_rule", ["asset_class", "municipality_code"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_measure_rule_asset_class", table_name="measure_rule")
    op.drop_table("measure_rule")
