"""Who sees which rows of a table: what migrations use that make one. Nothing here may change what a migration did.

Three roles without login, of which a session takes one (`SET ROLE`), and settings of its transaction:

- kuntokanta_service reads the rows of the municipalities in `kuntokanta.reads`, writes those in `kuntokanta.writes`;
- kuntokanta_country reads all rows; its writing is limited in the same way;
- kuntokanta_operator reads and writes everything.

The latter two have the former's privileges. Conditions compare a column with a setting, and nothing else: no subquery,
so that they hold on a distributed database too.
"""

from __future__ import annotations

from alembic import op

LIMITED, COUNTRY, OPERATOR = "kuntokanta_service", "kuntokanta_country", "kuntokanta_operator"
READS = "municipality_code = ANY (string_to_array(current_setting('kuntokanta.reads', true), ','))"
WRITES = "municipality_code = ANY (string_to_array(current_setting('kuntokanta.writes', true), ','))"
NATIONAL_OR_READS = f"municipality_code IS NULL OR {READS}"
EVERYTHING = "true"


def proven(column: str) -> str:
    """Return the condition that a row has the hash of the secret that is being checked."""
    return f"{column} = decode(current_setting('kuntokanta.proof', true), 'hex')"


def named(column: str) -> str:
    """Return the condition that a row has the number which a proven row names."""
    return f"{column} = NULLIF(current_setting('kuntokanta.token_id', true), '')::bigint"


def grant(table: str, *privileges: str, to: str = LIMITED) -> None:
    """Let the service do this with a table; without, it may do nothing."""
    op.execute(f"GRANT {', '.join(privileges)} ON {table} TO {to}")


def secure(table: str, *, reads: str = READS, writes: str | None = WRITES) -> None:
    """Show rows of a table only where a condition holds, and let only those be written where another does.

    Args:
        table: A table of the register.
        reads: Condition for those who are limited.
        writes: Condition for those who are limited, None where they may not write.
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY limited_read ON {table} FOR SELECT TO {LIMITED} USING ({reads})")
    if writes is not None:
        op.execute(f"CREATE POLICY limited_insert ON {table} FOR INSERT TO {LIMITED} WITH CHECK ({writes})")
        op.execute(
            f"CREATE POLICY limited_update ON {table} FOR UPDATE TO {LIMITED} USING ({writes}) WITH CHECK ({writes})"
        )
        op.execute(f"CREATE POLICY limited_delete ON {table} FOR DELETE TO {LIMITED} USING ({writes})")
    op.execute(f"CREATE POLICY country_read ON {table} FOR SELECT TO {COUNTRY} USING (true)")
    op.execute(f"CREATE POLICY operator_all ON {table} FOR ALL TO {OPERATOR} USING (true) WITH CHECK (true)")


def unsecure(table: str) -> None:
    """Take back what `secure` and `grant` did, where the table stays."""
    for policy in (
        "limited_read",
        "limited_insert",
        "limited_update",
        "limited_delete",
        "country_read",
        "operator_all",
    ):
        op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
    op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute(f"REVOKE ALL ON {table} FROM {LIMITED}, {COUNTRY}, {OPERATOR}")
