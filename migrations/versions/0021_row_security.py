"""Row-level security: the service reads and writes rows of those municipalities only that who acts may.

Roles hold for the whole cluster, whose databases may be migrated at the same time, by whom may make roles or not.
"""

from __future__ import annotations

from alembic import op

from migrations.row_security import (
    COUNTRY,
    EVERYTHING,
    LIMITED,
    NATIONAL_OR_READS,
    OPERATOR,
    grant,
    named,
    proven,
    secure,
    unsecure,
)

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# What is written once and stays as it is.
_RESULTS = (
    "asset_valuation", "valuation_group", "run_parameter", "run_parameter_set", "retention_rank", "service_balance",
    "service_balance_sum", "service_balance_year", "function_need", "network_use", "broadband_reach",
    "inspection_candidate", "map_figures", "planned_replacement", "required_funding", "scenario_budget",
    "scenario_measure", "scenario_reasons", "scenario_year", "import_change",
)  # fmt: skip
_RECORDS = (
    "asset", "budget", "building", "bridge", "capacity", "component", "condition_assessment", "data_version",
    "district", "district_heating_pipe", "foot_and_cycle_way", "grade_enrolment", "heat_exchanger", "hydrant",
    "import_batch", "import_profile", "job", "lighting_cable", "lighting_column", "manhole", "measure", "outage",
    "park", "parking_facility", "playground", "population_forecast", "population_grid", "population_grid_age",
    "pump_station", "quay", "run", "run_progress", "service_area", "service_need", "service_usage", "sewer",
    "sports_ground", "stored_file", "stored_file_chunk", "stormwater_sewer", "street_segment", "suitability",
    "telecom_cable", "telecom_duct", "telecom_node", "traffic_sign", "traffic_signal", "valve", "water_main",
)  # fmt: skip
_OWN_OR_NATIONAL = ("measure_rule", "parameter_value")
_NATIONAL = (
    "asset_class", "condition_scale", "condition_scale_value", "cost_index", "parameter", "service", "source",
)  # fmt: skip

_ROLES = f"""
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['{LIMITED}', '{COUNTRY}', '{OPERATOR}'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database is migrated at this moment
        END;
    END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the role % may not make roles', current_user USING HINT = 'As a superuser: '
        'CREATE ROLE {LIMITED}; CREATE ROLE {COUNTRY} IN ROLE {LIMITED}; CREATE ROLE {OPERATOR} IN ROLE {LIMITED};';
END $$
"""
# `internal_error` is that another database is given the same at this moment.
_MEMBERS = f"""
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['{COUNTRY}', '{OPERATOR}'] LOOP
        FOR attempt IN 1..5 LOOP
            EXIT WHEN pg_has_role(name, '{LIMITED}', 'USAGE');
            BEGIN
                EXECUTE format('GRANT {LIMITED} TO %I', name);
            EXCEPTION WHEN unique_violation OR internal_error THEN
                PERFORM pg_sleep(0.1);
            END;
        END LOOP;
    END LOOP;
END $$
"""
_MARKED = """
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_proc WHERE NOT proleakproof AND oid IN (
            'geometry_overlaps(geometry, geometry)'::regprocedure, 'st_expand(geometry, float8)'::regprocedure)
    ) THEN
        ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
        ALTER FUNCTION st_expand(geometry, float8) LEAKPROOF;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'As a superuser, so that limited readers use spatial indexes: '
        'ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF; '
        'ALTER FUNCTION st_expand(geometry, float8) LEAKPROOF;';
END $$
"""
_STATISTICS = """
CREATE FUNCTION refresh_statistics(tables text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY tables LOOP
        EXECUTE format('ANALYZE %I', name);
    END LOOP;
END $$
"""


def upgrade() -> None:
    op.execute(_ROLES)
    op.execute(_MEMBERS)
    op.execute(_MARKED)
    for table in _RECORDS:
        secure(table)
        grant(table, "SELECT", "INSERT", "UPDATE", "DELETE")
    for table in _RESULTS:
        secure(table)
        grant(table, "SELECT", "INSERT")
    secure("asset_version")
    grant("asset_version", "SELECT", "INSERT", "UPDATE")
    for table in _OWN_OR_NATIONAL:
        secure(table, reads=NATIONAL_OR_READS)
        grant(table, "SELECT", "INSERT", "UPDATE", "DELETE")
    secure("municipality", reads=EVERYTHING)
    grant("municipality", "SELECT", "INSERT", "UPDATE", "DELETE")  # an import of boundaries is undone too
    _upgrade_national()
    _upgrade_access()
    op.execute(_STATISTICS)
    op.execute("REVOKE ALL ON FUNCTION refresh_statistics(text[]) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION refresh_statistics(text[]) TO {LIMITED}")
    op.execute(f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {LIMITED}")


def _upgrade_national() -> None:
    for table in _NATIONAL:
        grant(table, "SELECT")
        grant(table, "INSERT", "UPDATE", to=OPERATOR)
    grant("source", "INSERT")  # of a municipality's values, which have one
    grant("alembic_version", "SELECT")


def _upgrade_access() -> None:
    own = f"{proven('token_sha256')} OR {named('token_id')}"
    secure("access_token", reads=own, writes=own)
    grant("access_token", "SELECT", "UPDATE (last_used_at)")
    grant("access_token", "INSERT", "UPDATE", to=OPERATOR)
    grant("kept_answer", "SELECT", "INSERT", "UPDATE", "DELETE")


def downgrade() -> None:
    op.execute("DROP FUNCTION refresh_statistics(text[])")
    op.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {LIMITED}")
    for table in (*_RECORDS, *_RESULTS, "asset_version", *_OWN_OR_NATIONAL, "municipality", "access_token"):
        unsecure(table)
    for table in (*_NATIONAL, "alembic_version", "kept_answer"):
        op.execute(f"REVOKE ALL ON {table} FROM {LIMITED}, {COUNTRY}, {OPERATOR}")
