"""Databases, role and extensions inside the running cluster, through psql on the unix socket."""

from service.cluster.address import DATABASE, ROLE, ClusterAddress
from service.cluster.binaries import Binaries
from service.cluster.data_directory import SUPERUSER
from service.cluster.errors import ClusterError
from service.cluster.place import Place

# The extensions go into template1, so that every database made later has them without waiting for PostGIS again.
# CREATEDB and CREATEROLE let tests and migrations do their work without being superuser, whom row security passes by.
_FOUNDATION = """
SELECT format('CREATE ROLE %I LOGIN CREATEDB CREATEROLE', :'role')
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role')
\\gexec
ALTER ROLE :"role" PASSWORD :'password';
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\\gexec
"""


_CLIENTS = """
SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid();
"""


def lay_foundation(place: Place, binaries: Binaries, address: ClusterAddress) -> None:
    """Make the role, the extensions and the database ``kuntokanta`` where they are missing."""
    values = {"role": ROLE, "database": DATABASE, "password": address.password}
    # on standard input, since everybody on the machine may read a command line
    script = "".join(f"\\set {name} '{value}'\n" for name, value in values.items()) + _FOUNDATION
    _psql(place, binaries, address.port, script, database="template1")


def create_database(place: Place, binaries: Binaries, address: ClusterAddress, name: str, template: str | None) -> None:
    """Create a database with PostGIS, or a copy of ``template``, that the role owns."""
    source = "template1" if template is None else template
    statement = f"CREATE DATABASE {_quoted(name)} OWNER {ROLE} TEMPLATE {_quoted(source)};"
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
