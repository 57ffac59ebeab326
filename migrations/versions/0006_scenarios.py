"""Scenarios by year and class, their budgets, measures and reasons; required funding."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scenario_measure",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_class", sa.SmallInteger(), nullable=False),
        sa.Column("measure_rule_id", sa.BigInteger(), nullable=False),
        sa.Column("cost_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("condition_before", sa.Double(), nullable=False),
        sa.Column("condition_after", sa.Double(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_scenario_measure_municipality_code")),
        sa.CheckConstraint("condition_after BETWEEN 0 AND 1", name=op.f("ck_scenario_measure_condition_after")),
        sa.CheckConstraint("condition_before BETWEEN 0 AND 1", name=op.f("ck_scenario_measure_condition_before")),
        sa.PrimaryKeyConstraint("municipality_code", "run_id", "asset_id", "year", name=op.f("pk_scenario_measure")),
    )
    op.create_table(
        "required_funding",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("asset_class", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("years", sa.SmallInteger(), nullable=False),
        sa.Column("end_year", sa.SmallInteger(), nullable=False),
        sa.Column("goal_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("backlog_before_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("backlog_after_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("yearly_budget_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("tolerance_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_required_funding_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["run.municipality_code", "run.run_id"],
            name=op.f("fk_required_funding_run"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "run_id", "goal", "asset_class", name=op.f("pk_required_funding")),
    )
    op.create_table(
        "scenario_budget",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("budget_number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_classes", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("budget_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("spending_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("unfitted_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("open_cost_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("benefit_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("benefit_bound_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_scenario_budget_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["run.municipality_code", "run.run_id"],
            name=op.f("fk_scenario_budget_run"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "run_id", "budget_number", "year", name=op.f("pk_scenario_budget")
        ),
    )
    op.create_table(
        "scenario_reasons",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_ids", sa.LargeBinary(), nullable=False),
        sa.Column("reasons", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_scenario_reasons_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["run.municipality_code", "run.run_id"],
            name=op.f("fk_scenario_reasons_run"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "run_id", "first_asset_id", name=op.f("pk_scenario_reasons")),
    )
    op.create_table(
        "scenario_year",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_class", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("price_factor", sa.Double(), nullable=False),
        sa.Column("asset_count", sa.Integer(), nullable=False),
        sa.Column("replacement_cost_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("technical_value_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("repair_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("needed_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("avoidable_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("not_assessed_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("repair_liability_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("annual_wear_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("spending_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("not_needed_count", sa.Integer(), nullable=False),
        sa.Column("chosen_count", sa.Integer(), nullable=False),
        sa.Column("not_feasible_count", sa.Integer(), nullable=False),
        sa.Column("superseded_count", sa.Integer(), nullable=False),
        sa.Column("no_money_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_scenario_year_municipality_code")),
        sa.CheckConstraint(
            "needed_backlog_eur + avoidable_backlog_eur = repair_backlog_eur",
            name=op.f("ck_scenario_year_backlog_split"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"], name=op.f("fk_scenario_year_run")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "run_id", "year", "asset_class", name=op.f("pk_scenario_year")),
    )


def downgrade() -> None:
    op.drop_table("scenario_year")
    op.drop_table("scenario_reasons")
    op.drop_table("scenario_budget")
    op.drop_table("required_funding")
    op.drop_table("scenario_measure")
