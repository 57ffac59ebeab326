"""Needs by cohort, sums over nested service areas, and capacity that follows from the staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grade_enrolment",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("grade", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("users", sa.Double(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_grade_enrolment_municipality_code")),
        sa.CheckConstraint("users >= 0", name=op.f("ck_grade_enrolment_users")),
        sa.CheckConstraint("year BETWEEN 1749 AND 2200", name=op.f("ck_grade_enrolment_year")),
        sa.CheckConstraint("grade BETWEEN 0 AND 30", name=op.f("ck_grade_enrolment_grade")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "service_code", "area_code"],
            ["service_area.municipality_code", "service_area.service_code", "service_area.area_code"],
            name=op.f("fk_grade_enrolment_service_area"),
        ),
        sa.ForeignKeyConstraint(["service_code"], ["service.service_code"], name=op.f("fk_grade_enrolment_service")),
        sa.PrimaryKeyConstraint(
            "municipality_code", "service_code", "area_code", "year", "grade", name=op.f("pk_grade_enrolment")
        ),
    )
    op.create_table(
        "service_balance_sum",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("area_count", sa.Integer(), nullable=False),
        sa.Column("sizing_need", sa.Double(), nullable=False),
        sa.Column("capacity", sa.Double(), nullable=False),
        sa.Column("surplus", sa.Double(), nullable=False),
        sa.Column("deficit", sa.Double(), nullable=False),
        sa.Column("needed_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("avoidable_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("capacity_investment_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("unpriced_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_service_balance_sum_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["run.municipality_code", "run.run_id"],
            name=op.f("fk_service_balance_sum_run"),
        ),
        sa.ForeignKeyConstraint(
            ["service_code"], ["service.service_code"], name=op.f("fk_service_balance_sum_service")
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "run_id", "service_code", "area_code", name=op.f("pk_service_balance_sum")
        ),
    )
    op.add_column("service_balance", sa.Column("need_basis", sa.Text(), nullable=True))
    op.add_column("service_balance", sa.Column("peak_utilisation", sa.Double(), nullable=True))
    op.add_column("capacity", sa.Column("caretakers", sa.Double(), nullable=True))
    op.create_check_constraint(op.f("ck_capacity_caretakers"), "capacity", "caretakers >= 0")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_capacity_caretakers"), "capacity", type_="check")
    op.drop_column("capacity", "caretakers")
    op.drop_column("service_balance", "peak_utilisation")
    op.drop_column("service_balance", "need_basis")
    op.drop_table("service_balance_sum")
    op.drop_table("grade_enrolment")
