"""Databases, roles and extensions inside the running cluster, through psql on the unix socket."""

from service.cluster.address import DATABASE, ROLE, SERVICE_ROLE, ClusterAddress
from service.cluster.binaries import Binaries
from service.cluster.data_directory import SUPERUSER
from service.cluster.errors import ClusterError
from service.cluster.place import Place

# The extensions go into template1, so that every database made later has them without waiting for PostGIS again.
# CREATEDB and CREATEROLE let tests and migrations do their work without being superuser, whom row security passes by.
# NOINHERIT: the service's login has no right of its own, only those of the role that it takes for a while; the others
# of those are made by a migration. The parameter lets imports check references for all rows at once.
_FOUNDATION = """
SELECT format('CREATE ROLE %I LOGIN CREATEDB CREATEROLE', :'role')
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role')
\\gexec
SELECT format('CREATE ROLE %I LOGIN NOINHERIT', :'service_role')
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'service_role')
\\gexec
ALTER ROLE :"role" PASSWORD :'password';
ALTER ROLE :"service_role" PASSWORD :'service_password';
SET client_min_messages = warning;
SELECT 'CREATE ROLE kuntokanta_service NOLOGIN'
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kuntokanta_service')
\\gexec
GRANT kuntokanta_service TO :"role" WITH ADMIN OPTION;
SELECT 'GRANT SET ON PARAMETER session_replication_role TO kuntokanta_service'
    WHERE current_setting('server_version_num')::int >= 150000
\\gexec
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\\gexec
"""

# Whether two boxes meet tells nothing more of a row. Only a condition that is marked so may use an index beside those
# of row-level security, and only a superuser may mark it.
_MARKED = """
SELECT format('ALTER FUNCTION %s LEAKPROOF', oid::regprocedure) FROM pg_proc WHERE NOT proleakproof AND oid IN (
    'geometry_overlaps(geometry, geometry)'::regprocedure, 'st_expand(geometry, float8)'::regprocedure)
\\gexec
"""
_IN_DATABASE = """
\\connect :"database"
"""

_CLIENTS = """
SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid();
"""


def lay_foundation(place: Place, binaries: Binaries, address: ClusterAddress) -> None:
    """Make the roles, the extensions and the database ``kuntokanta`` where they are missing."""
    values = {"role": ROLE, "database": DATABASE, "password": address.password}
    values |= {"service_role": SERVICE_ROLE, "service_password": address.service_password}
    # on standard input, since everybody on the machine may read a command line
    script = "".join(f"\\set {name} '{value}'\n" for name, value in values.items()) + _FOUNDATION
    _psql(place, binaries, address.port, _MARKED.join((script, _IN_DATABASE, "")), database="template1")


def create_database(place: Place, binaries: Binaries, address: ClusterAddress, name: str, template: str | None) -> None:
    """Create a database with PostGIS, or a copy of ``template``, that the role owns."""
    source = "template1" if template is None else template
    statement = f"CREATE DATABASE {_quoted(name)} OWNER {ROLE} TEMPLATE {_quoted(source)};"
    if template is not None:
        # A copied sequence counts on a record of its origin that it may draw some numbers without a word in the log:
        # after a crash it would draw them again. From a checkpoint on it writes its own.
        statement += " CHECKPOINT;"
    _psql(place, binaries, address.port, statement)


def drop_database(place: Place, binaries: Binaries, address: ClusterAddress, name: str) -> None:
    """Drop a database if it is there, with whoever is connected to it."""
    _psql(place, binaries, address.port, f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE);")


def count_clients(place: Place, binaries: Binaries, address: ClusterAddress) -> int:
    """Return how many connections others have to the cluster."""
    return int(_psql(place, binaries, address.port, _CLIENTS))


def _psql(place: Place, binaries: Binaries, port: int, script: str, database: str = "postgres") -> str:
    where = ("-h", str(place.socket_directory), "-p", str(port), "-U", SUPERUSER, "-d", database)
    done = place.account.run(binaries.program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *where, stdin=script)
    if done.returncode != 0:
        raise ClusterError(f"PostgreSQL refused: {done.stderr.strip()}")
    return done.stdout


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
