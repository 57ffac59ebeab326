"""Alembic's environment: one transaction a migration, an advisory lock so that two never run at once."""

from __future__ import annotations

import os

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, pool, text

import models

ADVISORY_LOCK = 7_305_061  # any constant of ours
ISOLATED_TABLES = {"spatial_ref_sys"}


def include_object(item: object, name: str | None, kind: str, *rest: object) -> bool:
    """Leave PostGIS's own tables out of the comparison."""
    return not (kind == "table" and name in ISOLATED_TABLES) and bool(
        alembic_helpers.include_object(item, name, kind, *rest)
    )


def run_migrations() -> None:
    """Run the migrations on the database of the configuration, or of the environment."""
    named = os.environ.get("KUNTOKANTA_MIGRATION_URL") or os.environ.get("KUNTOKANTA_DATABASE_URL", "")
    url = context.config.get_main_option("sqlalchemy.url") or named
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=models.Base.metadata,
            include_object=include_object,
            process_revision_directives=alembic_helpers.writer,
            render_item=alembic_helpers.render_item,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            connection.execute(text("SET lock_timeout = '5s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
            context.run_migrations()
    engine.dispose()


run_migrations()
