"""Migrations make what the models declare, can be taken back, and do not harm a database that has them already."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from service.cluster.cluster import Cluster
from service.migrating import migrate, migration_config, newest_migration

LEFT_OVER = text(
    "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
    " AND relkind IN ('r', 'S') AND relname NOT IN ('spatial_ref_sys', 'alembic_version')"
)


@pytest.fixture
def empty_url(cluster: Cluster) -> Iterator[str]:
    cluster.create_database("test_migrations")
    yield cluster.url("test_migrations")
    cluster.drop_database("test_migrations")


def test_the_migrations_make_what_the_models_declare(empty_url: str) -> None:
    migrate(empty_url)
    command.check(migration_config(empty_url))


def test_up_down_up_leaves_nothing_behind(empty_url: str) -> None:
    migrate(empty_url)
    command.downgrade(migration_config(empty_url), "base")
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        assert connection.execute(LEFT_OVER).all() == []
    migrate(empty_url)
    migrate(empty_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == newest_migration()
    engine.dispose()
