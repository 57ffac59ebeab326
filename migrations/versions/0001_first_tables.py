"""The tables of the register, its parameters, runs and results, with the scale rules from the start."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


SEQUENCES = (
    "asset_id_seq",
    "condition_assessment_id_seq",
    "component_id_seq",
    "measure_id_seq",
    "outage_id_seq",
    "capacity_id_seq",
    "run_id_seq",
    "import_batch_id_seq",
)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for sequence in SEQUENCES:
        op.execute(sa.schema.CreateSequence(sa.Sequence(sequence)))
    op.create_table(
        "access_token",
        sa.Column("token_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "viewer",
                "engineer",
                "planner",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_access_token_token_sha256")),
    )
    op.create_table(
        "asset_class",
        sa.Column("asset_class", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("quantity_unit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("asset_class", name=op.f("pk_asset_class")),
        sa.UniqueConstraint("code", name=op.f("uq_asset_class_code")),
    )
    op.create_table(
        "asset_valuation",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_class", sa.SmallInteger(), nullable=False),
        sa.Column("parameter_set", sa.SmallInteger(), nullable=False),
        sa.Column("quantity", sa.Double(), nullable=True),
        sa.Column("recorded_replacement_cost_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("built_year", sa.SmallInteger(), nullable=True),
        sa.Column("renewed_year", sa.SmallInteger(), nullable=True),
        sa.Column("assessed_condition", sa.Double(), nullable=True),
        sa.Column("assessed_year", sa.Double(), nullable=True),
        sa.Column("condition_index", sa.Double(), nullable=False),
        sa.Column("condition_basis", sa.SmallInteger(), nullable=False),
        sa.Column("replacement_cost_basis", sa.SmallInteger(), nullable=False),
        sa.Column("replacement_cost_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("technical_value_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("repair_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("basic_repair_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("improvement_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("repair_liability_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("annual_wear_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("retained_share", sa.Double(), nullable=True),
        sa.Column("needed_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("avoidable_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("not_assessed_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_asset_valuation_municipality_code")),
        sa.CheckConstraint("condition_index BETWEEN 0 AND 1", name=op.f("ck_asset_valuation_condition_index")),
        sa.CheckConstraint(
            "needed_backlog_eur + avoidable_backlog_eur = repair_backlog_eur",
            name=op.f("ck_asset_valuation_backlog_split"),
        ),
        sa.CheckConstraint("retained_share BETWEEN 0 AND 1", name=op.f("ck_asset_valuation_retained_share")),
        sa.PrimaryKeyConstraint("municipality_code", "run_id", "asset_id", name=op.f("pk_asset_valuation")),
    )
    op.create_table(
        "asset_version",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_asset_version_municipality_code")),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", "row_version", name=op.f("pk_asset_version")),
    )
    op.create_table(
        "kept_answer",
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("holder", "idempotency_key", name=op.f("pk_kept_answer")),
    )
    op.create_geospatial_table(
        "municipality",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("name_fi", sa.Text(), nullable=False),
        sa.Column("name_sv", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("abolished_year", sa.SmallInteger(), nullable=True),
        sa.Column("successor_code", sa.String(length=3, collation="C"), nullable=True),
        sa.Column("is_fictitious", sa.Boolean(), nullable=False),
        sa.Column(
            "boundary",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=3067,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_municipality_municipality_code")),
        sa.PrimaryKeyConstraint("municipality_code", name=op.f("pk_municipality")),
    )
    op.create_table(
        "parameter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "money",
                "share",
                "years",
                "number",
                "code",
                name="parameterkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_parameter")),
    )
    op.create_table(
        "service",
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("capacity_unit", sa.Text(), nullable=False),
        sa.Column("name_fi", sa.Text(), nullable=False),
        sa.Column("name_sv", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("service_code", name=op.f("pk_service")),
    )
    op.create_table(
        "source",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source")),
    )
    op.create_geospatial_table(
        "asset",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("asset_class", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "in_use",
                "out_of_use",
                "decommissioned",
                name="assetstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("built_year", sa.SmallInteger(), nullable=True),
        sa.Column("renewed_year", sa.SmallInteger(), nullable=True),
        sa.Column("quantity", sa.Double(), nullable=True),
        sa.Column("material", sa.Text(), nullable=True),
        sa.Column("replacement_cost_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("price_level_year", sa.SmallInteger(), nullable=True),
        sa.Column("criticality", sa.SmallInteger(), nullable=True),
        sa.Column("is_protected", sa.Boolean(), nullable=False),
        sa.Column("district_code", sa.Text(), nullable=True),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column(
            "geometry",
            Geometry(srid=3067, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column(
            "geometry_z",
            Geometry(
                geometry_type="GEOMETRYZ",
                srid=3067,
                dimension=3,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_asset_municipality_code")),
        sa.CheckConstraint("quantity < 'Infinity'", name=op.f("ck_asset_quantity_finite")),
        sa.CheckConstraint(
            "status = 'planned' OR built_year <= date_part('year', changed_at AT TIME ZONE 'UTC')",
            name=op.f("ck_asset_built_year_not_in_future"),
        ),
        sa.CheckConstraint("NOT ST_IsEmpty(geometry)", name=op.f("ck_asset_geometry_not_empty")),
        sa.CheckConstraint(
            "ST_NPoints(geometry_z) = ST_NPoints(geometry)", name=op.f("ck_asset_geometry_z_follows_geometry")
        ),
        sa.CheckConstraint("built_year >= 1200 AND built_year <= 2200", name=op.f("ck_asset_built_year")),
        sa.CheckConstraint("criticality >= 1 AND criticality <= 5", name=op.f("ck_asset_criticality")),
        sa.CheckConstraint(
            "price_level_year >= 1950 AND price_level_year <= 2200", name=op.f("ck_asset_price_level_year")
        ),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_asset_quantity")),
        sa.CheckConstraint("renewed_year >= 1200 AND renewed_year <= 2200", name=op.f("ck_asset_renewed_year")),
        sa.CheckConstraint("replacement_cost_eur >= 0", name=op.f("ck_asset_replacement_cost_eur")),
        sa.CheckConstraint("row_version > 0", name=op.f("ck_asset_row_version")),
        sa.ForeignKeyConstraint(["asset_class"], ["asset_class.asset_class"], name=op.f("fk_asset_asset_class")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.municipality_code"], name=op.f("fk_asset_municipality")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_asset")),
        sa.UniqueConstraint("municipality_code", "source_system", "source_id", name="uq_asset_source"),
    )
    op.create_index(
        "ix_asset_class_geometry", "asset", ["asset_class", "geometry"], unique=False, postgresql_using="gist"
    )
    op.create_index(
        "ix_asset_municipality_code_class", "asset", ["municipality_code", "asset_class", "asset_id"], unique=False
    )
    op.create_table(
        "budget",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_class", sa.SmallInteger(), nullable=False),
        sa.Column("amount_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_budget_municipality_code")),
        sa.CheckConstraint("amount_eur >= 0", name=op.f("ck_budget_amount_eur")),
        sa.CheckConstraint("year BETWEEN 1900 AND 2200", name=op.f("ck_budget_year")),
        sa.ForeignKeyConstraint(["asset_class"], ["asset_class.asset_class"], name=op.f("fk_budget_asset_class")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.municipality_code"], name=op.f("fk_budget_municipality")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "year", "asset_class", name=op.f("pk_budget")),
    )
    op.create_table(
        "condition_scale",
        sa.Column("scale_code", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("best", sa.Double(), nullable=True),
        sa.Column("worst", sa.Double(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.CheckConstraint("best <> worst", name=op.f("ck_condition_scale_direction")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_condition_scale_source")),
        sa.PrimaryKeyConstraint("scale_code", name=op.f("pk_condition_scale")),
    )
    op.create_geospatial_table(
        "district",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("district_code", sa.Text(), nullable=False),
        sa.Column("name_fi", sa.Text(), nullable=False),
        sa.Column("name_sv", sa.Text(), nullable=True),
        sa.Column(
            "geometry",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=3067,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("source_system", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_district_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.municipality_code"], name=op.f("fk_district_municipality")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "district_code", name=op.f("pk_district")),
        sa.UniqueConstraint(
            "municipality_code",
            "source_system",
            "source_id",
            name=op.f("uq_district_municipality_code_source_system_source_id"),
        ),
    )
    op.create_geospatial_index(
        "ix_district_geometry", "district", ["geometry"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_table(
        "import_batch",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_import_batch_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.municipality_code"], name=op.f("fk_import_batch_municipality")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "batch_id", name=op.f("pk_import_batch")),
    )
    op.create_table(
        "parameter_value",
        sa.Column("parameter_value_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=True),
        sa.Column("asset_class", sa.SmallInteger(), nullable=True),
        sa.Column("material", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("price_level_year", sa.SmallInteger(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("name"), "="),
            (sa.text("coalesce(municipality_code, '')"), "="),
            (sa.text("coalesce(asset_class, -1)"), "="),
            (sa.text("coalesce(material, '')"), "="),
            (sa.text("coalesce(key, '')"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_parameter_value_overlap",
        ),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_parameter_value_municipality_code")),
        sa.CheckConstraint("value > '-Infinity' AND value < 'Infinity'", name=op.f("ck_parameter_value_value_finite")),
        sa.CheckConstraint("num_nonnulls(value, code) = 1", name=op.f("ck_parameter_value_one_value")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_parameter_value_validity")),
        sa.ForeignKeyConstraint(
            ["asset_class"], ["asset_class.asset_class"], name=op.f("fk_parameter_value_asset_class")
        ),
        sa.ForeignKeyConstraint(["name"], ["parameter.name"], name=op.f("fk_parameter_value_parameter")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_parameter_value_source")),
        sa.PrimaryKeyConstraint("parameter_value_id", name=op.f("pk_parameter_value")),
    )
    op.create_index("ix_parameter_value_name", "parameter_value", ["name", "asset_class"], unique=False)
    op.create_table(
        "population_forecast",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("age", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("population", sa.Double(), nullable=False),
        sa.Column("is_open_age", sa.Boolean(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_population_forecast_municipality_code")),
        sa.CheckConstraint("age BETWEEN 0 AND 130", name=op.f("ck_population_forecast_age")),
        sa.CheckConstraint("population >= 0", name=op.f("ck_population_forecast_population")),
        sa.CheckConstraint("year BETWEEN 1749 AND 2200", name=op.f("ck_population_forecast_year")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.municipality_code"], name=op.f("fk_population_forecast_municipality")
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "area_code", "scenario", "year", "age", name=op.f("pk_population_forecast")
        ),
    )
    op.create_geospatial_table(
        "population_grid",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("population", sa.Double(), nullable=False),
        sa.Column("floor_area_per_person_m2", sa.Double(), nullable=True),
        sa.Column("has_known_place", sa.Boolean(), nullable=False),
        sa.Column(
            "geometry",
            Geometry(
                geometry_type="POLYGON",
                srid=3067,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_population_grid_municipality_code")),
        sa.CheckConstraint("population >= 0", name=op.f("ck_population_grid_population")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.municipality_code"], name=op.f("fk_population_grid_municipality")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "grid_code", "cell_id", name=op.f("pk_population_grid")),
    )
    op.create_geospatial_index(
        "ix_population_grid_geometry",
        "population_grid",
        ["geometry"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "run",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "finished",
                "failed",
                "cancelled",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valuation_year", sa.SmallInteger(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asset_count", sa.Integer(), nullable=True),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_run_municipality_code")),
        sa.CheckConstraint("valuation_year BETWEEN 1900 AND 2200", name=op.f("ck_run_valuation_year")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.municipality_code"], name=op.f("fk_run_municipality")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "run_id", name=op.f("pk_run")),
    )
    op.create_index("ix_run_municipality_code_finished", "run", ["municipality_code", "state", "run_id"], unique=False)
    op.create_geospatial_table(
        "service_area",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("parent_area_code", sa.Text(), nullable=True),
        sa.Column("population_area_code", sa.Text(), nullable=False),
        sa.Column("name_fi", sa.Text(), nullable=False),
        sa.Column("name_sv", sa.Text(), nullable=True),
        sa.Column(
            "geometry",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=3067,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_service_area_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "service_code", "parent_area_code"],
            ["service_area.municipality_code", "service_area.service_code", "service_area.area_code"],
            name="fk_service_area_parent",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.municipality_code"], name=op.f("fk_service_area_municipality")
        ),
        sa.ForeignKeyConstraint(["service_code"], ["service.service_code"], name=op.f("fk_service_area_service")),
        sa.PrimaryKeyConstraint("municipality_code", "service_code", "area_code", name=op.f("pk_service_area")),
    )
    op.create_geospatial_index(
        "ix_service_area_geometry",
        "service_area",
        ["geometry"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "bridge",
        sa.Column("structure_type", sa.Text(), nullable=True),
        sa.Column("load_limit_t", sa.Double(), nullable=True),
        sa.Column("span_m", sa.Double(), nullable=True),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column("daily_traffic_adt", sa.Integer(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_bridge_municipality_code")),
        sa.CheckConstraint("daily_traffic_adt >= 0", name=op.f("ck_bridge_daily_traffic_adt")),
        sa.CheckConstraint("length_m >= 0", name=op.f("ck_bridge_length_m")),
        sa.CheckConstraint("load_limit_t >= 0", name=op.f("ck_bridge_load_limit_t")),
        sa.CheckConstraint("span_m >= 0", name=op.f("ck_bridge_span_m")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_bridge_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_bridge")),
    )
    op.create_table(
        "building",
        sa.Column("permanent_building_id", sa.Text(), nullable=True),
        sa.Column("property_id", sa.Text(), nullable=True),
        sa.Column("building_class", sa.Text(), nullable=True),
        sa.Column("volume_m3", sa.Double(), nullable=True),
        sa.Column("storeys", sa.SmallInteger(), nullable=True),
        sa.Column(
            "heating_method",
            sa.Enum(
                "water",
                "air",
                "electric",
                "stove",
                "none",
                name="heatingmethod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "heat_source",
            sa.Enum(
                "district_heating",
                "oil",
                "gas",
                "electricity",
                "wood",
                "peat",
                "coal",
                "ground_source",
                "other",
                name="heatsource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "energy_class",
            sa.Enum(
                "A",
                "B",
                "C",
                "D",
                "E",
                "F",
                "G",
                name="energyclass",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "CASE WHEN permanent_building_id ~ '^1[0-9]{8}[0-9A-FHJ-NPR-Y]$' THEN "
            "substr('0123456789ABCDEFHJKLMNPRSTUVWXY', mod(left(permanent_building_id, 9)::bigint, 31)::int + 1, 1) = right(permanent_building_id, 1) END",
            name=op.f("ck_building_permanent_building_id_check_character"),
        ),
        sa.CheckConstraint("building_class ~ '^[0-9]{2,4}$'", name=op.f("ck_building_building_class")),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_building_municipality_code")),
        sa.CheckConstraint(
            "permanent_building_id ~ '^1[0-9]{8}[0-9A-FHJ-NPR-Y]$'", name=op.f("ck_building_permanent_building_id")
        ),
        sa.CheckConstraint("property_id ~ '^[0-9]{14}$'", name=op.f("ck_building_property_id")),
        sa.CheckConstraint("storeys >= 0 AND storeys <= 200", name=op.f("ck_building_storeys")),
        sa.CheckConstraint("volume_m3 >= 0", name=op.f("ck_building_volume_m3")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_building_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_building")),
    )
    op.create_table(
        "capacity",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("capacity_id", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("capacity", sa.Double(), nullable=False),
        sa.Column("running_cost_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("source_system", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("municipality_code"), "="),
            (sa.column("asset_id"), "="),
            (sa.column("service_code"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_capacity_overlap",
        ),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_capacity_municipality_code")),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_capacity_capacity")),
        sa.CheckConstraint("running_cost_eur >= 0", name=op.f("ck_capacity_running_cost_eur")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_capacity_validity")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_capacity_asset"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "service_code", "area_code"],
            ["service_area.municipality_code", "service_area.service_code", "service_area.area_code"],
            name=op.f("fk_capacity_service_area"),
        ),
        sa.ForeignKeyConstraint(["service_code"], ["service.service_code"], name=op.f("fk_capacity_service")),
        sa.PrimaryKeyConstraint("municipality_code", "capacity_id", name=op.f("pk_capacity")),
    )
    op.create_table(
        "component",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("component_id", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("component_code", sa.Text(), nullable=False),
        sa.Column("cost_share", sa.Double(), nullable=False),
        sa.Column("built_year", sa.SmallInteger(), nullable=True),
        sa.Column("renewed_year", sa.SmallInteger(), nullable=True),
        sa.Column("service_life_years", sa.Double(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_component_municipality_code")),
        sa.CheckConstraint("built_year BETWEEN 1200 AND 2200", name=op.f("ck_component_built_year")),
        sa.CheckConstraint("cost_share BETWEEN 0 AND 1", name=op.f("ck_component_cost_share")),
        sa.CheckConstraint("renewed_year BETWEEN 1200 AND 2200", name=op.f("ck_component_renewed_year")),
        sa.CheckConstraint("service_life_years > 0", name=op.f("ck_component_service_life_years")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_component_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "component_id", name=op.f("pk_component")),
        sa.UniqueConstraint(
            "municipality_code",
            "asset_id",
            "component_code",
            name=op.f("uq_component_municipality_code_asset_id_component_code"),
        ),
    )
    op.create_table(
        "condition_scale_value",
        sa.Column("scale_code", sa.Text(), nullable=False),
        sa.Column("value_given", sa.Text(), nullable=False),
        sa.Column("condition_index", sa.Double(), nullable=False),
        sa.CheckConstraint("condition_index BETWEEN 0 AND 1", name=op.f("ck_condition_scale_value_condition_index")),
        sa.ForeignKeyConstraint(
            ["scale_code"], ["condition_scale.scale_code"], name=op.f("fk_condition_scale_value_condition_scale")
        ),
        sa.PrimaryKeyConstraint("scale_code", "value_given", name=op.f("pk_condition_scale_value")),
    )
    op.create_table(
        "district_heating_pipe",
        sa.Column("nominal_diameter_mm", sa.Integer(), nullable=True),
        sa.Column("depth_m", sa.Double(), nullable=True),
        sa.Column("from_node_id", sa.Text(), nullable=True),
        sa.Column("to_node_id", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_district_heating_pipe_municipality_code")),
        sa.CheckConstraint("depth_m >= 0 AND depth_m <= 100", name=op.f("ck_district_heating_pipe_depth_m")),
        sa.CheckConstraint(
            "nominal_diameter_mm >= 10 AND nominal_diameter_mm <= 6000",
            name=op.f("ck_district_heating_pipe_nominal_diameter_mm"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_district_heating_pipe_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_district_heating_pipe")),
    )
    op.create_table(
        "foot_and_cycle_way",
        sa.Column("digiroad_link_id", sa.Text(), nullable=True),
        sa.Column("maintenance_class", sa.Text(), nullable=True),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column("width_m", sa.Double(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_foot_and_cycle_way_municipality_code")),
        sa.CheckConstraint("length_m >= 0", name=op.f("ck_foot_and_cycle_way_length_m")),
        sa.CheckConstraint("width_m >= 0 AND width_m <= 200", name=op.f("ck_foot_and_cycle_way_width_m")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_foot_and_cycle_way_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_foot_and_cycle_way")),
    )
    op.create_table(
        "heat_exchanger",
        sa.Column("thermal_power_kw", sa.Double(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_heat_exchanger_municipality_code")),
        sa.CheckConstraint("thermal_power_kw >= 0", name=op.f("ck_heat_exchanger_thermal_power_kw")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_heat_exchanger_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_heat_exchanger")),
    )
    op.create_table(
        "hydrant",
        sa.Column("flow_l_per_min", sa.Double(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_hydrant_municipality_code")),
        sa.CheckConstraint("flow_l_per_min >= 0", name=op.f("ck_hydrant_flow_l_per_min")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_hydrant_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_hydrant")),
    )
    op.create_table(
        "lighting_cable",
        sa.Column("from_node_id", sa.Text(), nullable=True),
        sa.Column("to_node_id", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_lighting_cable_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_lighting_cable_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_lighting_cable")),
    )
    op.create_table(
        "lighting_column",
        sa.Column(
            "lamp_type",
            sa.Enum(
                "led",
                "high_pressure_sodium",
                "metal_halide",
                "mercury",
                "other",
                name="lamptype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("power_w", sa.Double(), nullable=True),
        sa.Column("height_m", sa.Double(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_lighting_column_municipality_code")),
        sa.CheckConstraint("height_m >= 0 AND height_m <= 60", name=op.f("ck_lighting_column_height_m")),
        sa.CheckConstraint("power_w >= 0", name=op.f("ck_lighting_column_power_w")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_lighting_column_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_lighting_column")),
    )
    op.create_table(
        "manhole",
        sa.Column(
            "serves_network",
            sa.Enum(
                "sewer",
                "stormwater",
                "water",
                name="manholenetwork",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("depth_m", sa.Double(), nullable=True),
        sa.Column("cover_level_m", sa.Double(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_manhole_municipality_code")),
        sa.CheckConstraint("cover_level_m >= -10 AND cover_level_m <= 1400", name=op.f("ck_manhole_cover_level_m")),
        sa.CheckConstraint("depth_m >= 0 AND depth_m <= 100", name=op.f("ck_manhole_depth_m")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_manhole_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_manhole")),
    )
    op.create_table(
        "measure",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("measure_id", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "repair",
                "basic_repair",
                "improvement",
                "renewal",
                "demolition",
                "disposal",
                name="measurekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "done",
                "cancelled",
                name="measurestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("cost_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("condition_index_after", sa.Double(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_measure_municipality_code")),
        sa.CheckConstraint("condition_index_after BETWEEN 0 AND 1", name=op.f("ck_measure_condition_index_after")),
        sa.CheckConstraint("cost_eur >= 0", name=op.f("ck_measure_cost_eur")),
        sa.CheckConstraint("year BETWEEN 1900 AND 2200", name=op.f("ck_measure_year")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_measure_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "measure_id", name=op.f("pk_measure")),
    )
    op.create_geospatial_table(
        "outage",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("outage_id", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=True),
        sa.Column("source_asset_id", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("customers_affected", sa.Integer(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("is_planned", sa.Boolean(), nullable=False),
        sa.Column(
            "geometry",
            Geometry(
                geometry_type="POINT",
                srid=3067,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("source_system", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_outage_municipality_code")),
        sa.CheckConstraint("customers_affected >= 0", name=op.f("ck_outage_customers_affected")),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_outage_ended_at")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_outage_asset"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.municipality_code"], name=op.f("fk_outage_municipality")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "outage_id", name=op.f("pk_outage")),
        sa.UniqueConstraint(
            "municipality_code",
            "source_system",
            "source_id",
            name=op.f("uq_outage_municipality_code_source_system_source_id"),
        ),
    )
    op.create_table(
        "park",
        sa.Column("maintenance_class", sa.Text(), nullable=True),
        sa.Column("maintenance_classification", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_park_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"], ["asset.municipality_code", "asset.asset_id"], name=op.f("fk_park_asset")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_park")),
    )
    op.create_table(
        "parking_facility",
        sa.Column("is_for_bicycles", sa.Boolean(), nullable=True),
        sa.Column("charging_points", sa.SmallInteger(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_parking_facility_municipality_code")),
        sa.CheckConstraint(
            "charging_points >= 0 AND charging_points <= 5000", name=op.f("ck_parking_facility_charging_points")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_parking_facility_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_parking_facility")),
    )
    op.create_table(
        "playground",
        sa.Column("maintenance_class", sa.Text(), nullable=True),
        sa.Column("green_area", sa.Text(), nullable=True),
        sa.Column("contractor", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_playground_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_playground_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_playground")),
    )
    op.create_table(
        "population_grid_age",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("age_from", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("age_to", sa.SmallInteger(), nullable=True),
        sa.Column("population", sa.Double(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_population_grid_age_municipality_code")),
        sa.CheckConstraint("age_to >= age_from", name=op.f("ck_population_grid_age_age_to")),
        sa.CheckConstraint("population >= 0", name=op.f("ck_population_grid_age_population")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "grid_code", "cell_id"],
            ["population_grid.municipality_code", "population_grid.grid_code", "population_grid.cell_id"],
            name=op.f("fk_population_grid_age_population_grid"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "grid_code", "cell_id", "age_from", name=op.f("pk_population_grid_age")
        ),
    )
    op.create_table(
        "pump_station",
        sa.Column(
            "serves_network",
            sa.Enum(
                "sewer",
                "stormwater",
                "water",
                name="manholenetwork",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("design_flow_m3_per_h", sa.Double(), nullable=True),
        sa.Column("pumps", sa.SmallInteger(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_pump_station_municipality_code")),
        sa.CheckConstraint("design_flow_m3_per_h >= 0", name=op.f("ck_pump_station_design_flow_m3_per_h")),
        sa.CheckConstraint("pumps >= 0 AND pumps <= 50", name=op.f("ck_pump_station_pumps")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_pump_station_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_pump_station")),
    )
    op.create_table(
        "quay",
        sa.Column("water_depth_m", sa.Double(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_quay_municipality_code")),
        sa.CheckConstraint("water_depth_m >= 0 AND water_depth_m <= 50", name=op.f("ck_quay_water_depth_m")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"], ["asset.municipality_code", "asset.asset_id"], name=op.f("fk_quay_asset")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_quay")),
    )
    op.create_table(
        "run_parameter",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parameter_value_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asset_class", sa.SmallInteger(), nullable=True),
        sa.Column("material", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_run_parameter_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"], name=op.f("fk_run_parameter_run")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "run_id", "parameter_value_id", name=op.f("pk_run_parameter")),
    )
    op.create_table(
        "run_parameter_set",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parameter_set", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_class", sa.SmallInteger(), nullable=False),
        sa.Column("material", sa.Text(), nullable=True),
        sa.Column("resolved", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("value_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_run_parameter_set_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["run.municipality_code", "run.run_id"],
            name=op.f("fk_run_parameter_set_run"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "run_id", "parameter_set", name=op.f("pk_run_parameter_set")),
    )
    op.create_table(
        "retention_rank",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Double(), nullable=False),
        sa.Column("running_cost_eur", sa.Double(), nullable=True),
        sa.Column("is_protected", sa.Boolean(), nullable=False),
        sa.Column("cost_per_place_eur", sa.Double(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("capacity_before", sa.Double(), nullable=True),
        sa.Column("retained_share", sa.Double(), nullable=True),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_retention_rank_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"], name=op.f("fk_retention_rank_run")
        ),
        sa.ForeignKeyConstraint(["service_code"], ["service.service_code"], name=op.f("fk_retention_rank_service")),
        sa.PrimaryKeyConstraint(
            "municipality_code", "run_id", "asset_id", "service_code", name=op.f("pk_retention_rank")
        ),
    )
    op.create_table(
        "service_balance",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("sizing_need", sa.Double(), nullable=False),
        sa.Column("capacity", sa.Double(), nullable=False),
        sa.Column("utilisation", sa.Double(), nullable=True),
        sa.Column("surplus", sa.Double(), nullable=False),
        sa.Column("deficit", sa.Double(), nullable=False),
        sa.Column("first_surplus_year", sa.SmallInteger(), nullable=True),
        sa.Column("first_deficit_year", sa.SmallInteger(), nullable=True),
        sa.Column("capacity_investment_eur", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("needed_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("avoidable_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_service_balance_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["run.municipality_code", "run.run_id"],
            name=op.f("fk_service_balance_run"),
        ),
        sa.ForeignKeyConstraint(["service_code"], ["service.service_code"], name=op.f("fk_service_balance_service")),
        sa.PrimaryKeyConstraint(
            "municipality_code", "run_id", "service_code", "area_code", name=op.f("pk_service_balance")
        ),
    )
    op.create_table(
        "service_balance_year",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("service_need", sa.Double(), nullable=False),
        sa.Column("capacity", sa.Double(), nullable=False),
        sa.Column("utilisation", sa.Double(), nullable=True),
        sa.Column("surplus", sa.Double(), nullable=False),
        sa.Column("deficit", sa.Double(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_service_balance_year_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["run.municipality_code", "run.run_id"],
            name=op.f("fk_service_balance_year_run"),
        ),
        sa.ForeignKeyConstraint(
            ["service_code"], ["service.service_code"], name=op.f("fk_service_balance_year_service")
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "run_id", "service_code", "area_code", "year", name=op.f("pk_service_balance_year")
        ),
    )
    op.create_table(
        "service_need",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("service_need", sa.Double(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_service_need_municipality_code")),
        sa.CheckConstraint("service_need >= 0", name=op.f("ck_service_need_service_need")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "service_code", "area_code"],
            ["service_area.municipality_code", "service_area.service_code", "service_area.area_code"],
            name=op.f("fk_service_need_service_area"),
        ),
        sa.ForeignKeyConstraint(["service_code"], ["service.service_code"], name=op.f("fk_service_need_service")),
        sa.PrimaryKeyConstraint(
            "municipality_code", "service_code", "area_code", "scenario", "year", name=op.f("pk_service_need")
        ),
    )
    op.create_table(
        "service_usage",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("users", sa.Double(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_service_usage_municipality_code")),
        sa.CheckConstraint("users >= 0", name=op.f("ck_service_usage_users")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_service_usage_asset"),
        ),
        sa.ForeignKeyConstraint(["service_code"], ["service.service_code"], name=op.f("fk_service_usage_service")),
        sa.PrimaryKeyConstraint(
            "municipality_code", "asset_id", "service_code", "observed_on", name=op.f("pk_service_usage")
        ),
    )
    op.create_table(
        "sewer",
        sa.Column("nominal_diameter_mm", sa.Integer(), nullable=True),
        sa.Column("depth_m", sa.Double(), nullable=True),
        sa.Column("is_pressurised", sa.Boolean(), nullable=True),
        sa.Column("from_node_id", sa.Text(), nullable=True),
        sa.Column("to_node_id", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_sewer_municipality_code")),
        sa.CheckConstraint("depth_m >= 0 AND depth_m <= 100", name=op.f("ck_sewer_depth_m")),
        sa.CheckConstraint(
            "nominal_diameter_mm >= 10 AND nominal_diameter_mm <= 6000", name=op.f("ck_sewer_nominal_diameter_mm")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_sewer_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_sewer")),
    )
    op.create_table(
        "sports_ground",
        sa.Column("sport", sa.Text(), nullable=True),
        sa.Column("is_lit", sa.Boolean(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_sports_ground_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_sports_ground_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_sports_ground")),
    )
    op.create_table(
        "stormwater_sewer",
        sa.Column("nominal_diameter_mm", sa.Integer(), nullable=True),
        sa.Column("depth_m", sa.Double(), nullable=True),
        sa.Column("from_node_id", sa.Text(), nullable=True),
        sa.Column("to_node_id", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_stormwater_sewer_municipality_code")),
        sa.CheckConstraint("depth_m >= 0 AND depth_m <= 100", name=op.f("ck_stormwater_sewer_depth_m")),
        sa.CheckConstraint(
            "nominal_diameter_mm >= 10 AND nominal_diameter_mm <= 6000",
            name=op.f("ck_stormwater_sewer_nominal_diameter_mm"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_stormwater_sewer_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_stormwater_sewer")),
    )
    op.create_table(
        "street_segment",
        sa.Column("digiroad_link_id", sa.Text(), nullable=True),
        sa.Column("functional_class", sa.SmallInteger(), nullable=True),
        sa.Column("maintenance_class", sa.Text(), nullable=True),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column("width_m", sa.Double(), nullable=True),
        sa.Column("lanes", sa.SmallInteger(), nullable=True),
        sa.Column("daily_traffic_adt", sa.Integer(), nullable=True),
        sa.Column("is_on_bridge", sa.Boolean(), nullable=True),
        sa.Column("street_class", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_street_segment_municipality_code")),
        sa.CheckConstraint("daily_traffic_adt >= 0", name=op.f("ck_street_segment_daily_traffic_adt")),
        sa.CheckConstraint(
            "functional_class >= 1 AND functional_class <= 9", name=op.f("ck_street_segment_functional_class")
        ),
        sa.CheckConstraint("lanes >= 0 AND lanes <= 20", name=op.f("ck_street_segment_lanes")),
        sa.CheckConstraint("length_m >= 0", name=op.f("ck_street_segment_length_m")),
        sa.CheckConstraint("width_m >= 0 AND width_m <= 200", name=op.f("ck_street_segment_width_m")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_street_segment_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_street_segment")),
    )
    op.create_table(
        "telecom_cable",
        sa.Column("fibre_count", sa.SmallInteger(), nullable=True),
        sa.Column("from_node_id", sa.Text(), nullable=True),
        sa.Column("to_node_id", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_telecom_cable_municipality_code")),
        sa.CheckConstraint("fibre_count >= 1 AND fibre_count <= 4000", name=op.f("ck_telecom_cable_fibre_count")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_telecom_cable_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_telecom_cable")),
    )
    op.create_table(
        "telecom_duct",
        sa.Column("ways", sa.SmallInteger(), nullable=True),
        sa.Column("from_node_id", sa.Text(), nullable=True),
        sa.Column("to_node_id", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_telecom_duct_municipality_code")),
        sa.CheckConstraint("ways >= 1 AND ways <= 200", name=op.f("ck_telecom_duct_ways")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_telecom_duct_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_telecom_duct")),
    )
    op.create_table(
        "telecom_node",
        sa.Column("max_speed_mbit_per_s", sa.Double(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_telecom_node_municipality_code")),
        sa.CheckConstraint("max_speed_mbit_per_s >= 0", name=op.f("ck_telecom_node_max_speed_mbit_per_s")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_telecom_node_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_telecom_node")),
    )
    op.create_table(
        "traffic_sign",
        sa.Column("sign_code", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_traffic_sign_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_traffic_sign_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_traffic_sign")),
    )
    op.create_table(
        "traffic_signal",
        sa.Column("controller_type", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_traffic_signal_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_traffic_signal_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_traffic_signal")),
    )
    op.create_table(
        "valuation_group",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asset_class", sa.SmallInteger(), nullable=False),
        sa.Column("district_code", sa.Text(), nullable=True),
        sa.Column("use_code", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("service_area_code", sa.Text(), nullable=True),
        sa.Column("decade", sa.SmallInteger(), nullable=True),
        sa.Column("condition_class", sa.SmallInteger(), nullable=False),
        sa.Column("condition_basis", sa.SmallInteger(), nullable=False),
        sa.Column("asset_count", sa.Integer(), nullable=False),
        sa.Column("unvalued_count", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Double(), nullable=False),
        sa.Column("replacement_cost_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("technical_value_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("repair_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("basic_repair_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("improvement_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("repair_liability_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("annual_wear_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("needed_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("avoidable_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("not_assessed_backlog_eur", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_valuation_group_municipality_code")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["run.municipality_code", "run.run_id"],
            name=op.f("fk_valuation_group_run"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "run_id", "group_number", name=op.f("pk_valuation_group")),
    )
    op.create_table(
        "valve",
        sa.Column("nominal_diameter_mm", sa.Integer(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_valve_municipality_code")),
        sa.CheckConstraint(
            "nominal_diameter_mm >= 10 AND nominal_diameter_mm <= 6000", name=op.f("ck_valve_nominal_diameter_mm")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_valve_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_valve")),
    )
    op.create_table(
        "water_main",
        sa.Column("nominal_diameter_mm", sa.Integer(), nullable=True),
        sa.Column("depth_m", sa.Double(), nullable=True),
        sa.Column("is_lined", sa.Boolean(), nullable=True),
        sa.Column("pressure_zone", sa.Text(), nullable=True),
        sa.Column("from_node_id", sa.Text(), nullable=True),
        sa.Column("to_node_id", sa.Text(), nullable=True),
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_water_main_municipality_code")),
        sa.CheckConstraint("depth_m >= 0 AND depth_m <= 100", name=op.f("ck_water_main_depth_m")),
        sa.CheckConstraint(
            "nominal_diameter_mm >= 10 AND nominal_diameter_mm <= 6000", name=op.f("ck_water_main_nominal_diameter_mm")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_water_main_asset"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "asset_id", name=op.f("pk_water_main")),
    )
    op.create_table(
        "condition_assessment",
        sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False),
        sa.Column("assessment_id", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("component_id", sa.BigInteger(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("scale_code", sa.Text(), nullable=False),
        sa.Column("value_given", sa.Text(), nullable=False),
        sa.Column("condition_index", sa.Double(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "visual",
                "measured",
                "cctv",
                "computed",
                name="assessmentmethod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("assessor", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("source_system", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_condition_assessment_municipality_code")),
        sa.CheckConstraint("condition_index BETWEEN 0 AND 1", name=op.f("ck_condition_assessment_condition_index")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "asset_id"],
            ["asset.municipality_code", "asset.asset_id"],
            name=op.f("fk_condition_assessment_asset"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "component_id"],
            ["component.municipality_code", "component.component_id"],
            name=op.f("fk_condition_assessment_component"),
        ),
        sa.ForeignKeyConstraint(
            ["scale_code"], ["condition_scale.scale_code"], name=op.f("fk_condition_assessment_condition_scale")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "assessment_id", name=op.f("pk_condition_assessment")),
        sa.UniqueConstraint(
            "municipality_code",
            "source_system",
            "source_id",
            name=op.f("uq_condition_assessment_municipality_code_source_system_source_id"),
        ),
    )
    op.create_index(
        "ix_condition_assessment_newest", "condition_assessment", ["municipality_code", "asset_id", "assessed_on"]
    )


def downgrade() -> None:
    op.drop_table("condition_assessment")
    op.drop_table("water_main")
    op.drop_table("valve")
    op.drop_table("valuation_group")
    op.drop_table("traffic_signal")
    op.drop_table("traffic_sign")
    op.drop_table("telecom_node")
    op.drop_table("telecom_duct")
    op.drop_table("telecom_cable")
    op.drop_table("street_segment")
    op.drop_table("stormwater_sewer")
    op.drop_table("sports_ground")
    op.drop_table("sewer")
    op.drop_table("service_usage")
    op.drop_table("service_need")
    op.drop_table("service_balance_year")
    op.drop_table("service_balance")
    op.drop_table("retention_rank")
    op.drop_table("run_parameter_set")
    op.drop_table("run_parameter")
    op.drop_table("quay")
    op.drop_table("pump_station")
    op.drop_table("population_grid_age")
    op.drop_table("playground")
    op.drop_table("parking_facility")
    op.drop_table("park")
    op.drop_geospatial_table("outage")
    op.drop_table("measure")
    op.drop_table("manhole")
    op.drop_table("lighting_column")
    op.drop_table("lighting_cable")
    op.drop_table("hydrant")
    op.drop_table("heat_exchanger")
    op.drop_table("foot_and_cycle_way")
    op.drop_table("district_heating_pipe")
    op.drop_table("condition_scale_value")
    op.drop_table("component")
    op.drop_table("capacity")
    op.drop_table("building")
    op.drop_table("bridge")
    op.drop_geospatial_index(
        "ix_service_area_geometry", table_name="service_area", postgresql_using="gist", column_name="geometry"
    )
    op.drop_geospatial_table("service_area")
    op.drop_index("ix_run_municipality_code_finished", table_name="run")
    op.drop_table("run")
    op.drop_geospatial_index(
        "ix_population_grid_geometry", table_name="population_grid", postgresql_using="gist", column_name="geometry"
    )
    op.drop_geospatial_table("population_grid")
    op.drop_table("population_forecast")
    op.drop_index("ix_parameter_value_name", table_name="parameter_value")
    op.drop_table("parameter_value")
    op.drop_table("import_batch")
    op.drop_geospatial_index(
        "ix_district_geometry", table_name="district", postgresql_using="gist", column_name="geometry"
    )
    op.drop_geospatial_table("district")
    op.drop_table("condition_scale")
    op.drop_table("budget")
    op.drop_index("ix_asset_municipality_code_class", table_name="asset")
    op.drop_index("ix_asset_class_geometry", table_name="asset", postgresql_using="gist")
    op.drop_geospatial_table("asset")
    op.drop_table("source")
    op.drop_table("service")
    op.drop_table("parameter")
    op.drop_geospatial_table("municipality")
    op.drop_table("kept_answer")
    op.drop_table("asset_version")
    op.drop_table("asset_valuation")
    op.drop_table("asset_class")
    op.drop_table("access_token")
    for sequence in SEQUENCES:
        op.execute(sa.schema.DropSequence(sa.Sequence(sequence)))
