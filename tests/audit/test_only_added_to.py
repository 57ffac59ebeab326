"""The audit is only ever added to: whoever acts, the service's login changes and removes nothing of it."""

from __future__ import annotations

import psycopg
import pytest

from service.cluster.cluster import Cluster
from service.database_principal import COUNTRY, LIMITED, OPERATOR

CHANGES = ("UPDATE {0} SET municipality_code = '091'", "DELETE FROM {0}", "TRUNCATE {0}", "ALTER TABLE {0} RENAME TO x")


@pytest.mark.parametrize("role", [LIMITED, COUNTRY, OPERATOR])
@pytest.mark.parametrize("table", ["audit_entry", "asset_version", "import_change"])
def test_the_service_changes_and_removes_nothing_of_what_was_written(
    owner: psycopg.Connection, cluster: Cluster, role: str, table: str
) -> None:
    address = cluster.service_url(owner.info.dbname).replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"SET ROLE {role}")
        connection.execute(f"SELECT FROM {table} LIMIT 1")
        for change in CHANGES:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change.format(table))
