"""One psycopg pool under SQLAlchemy, opened after fork; driver errors become errors of the service here only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout
from sqlalchemy import NullPool, create_engine, make_url
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from service.errors import (
    DatabaseUnavailable,
    DataConflict,
    DuplicateSourceId,
    InvalidData,
    KuntokantaError,
    OverlappingCapacity,
    OverlappingValidity,
)

MEANING: dict[str, type[KuntokantaError]] = {
    "uq_asset_source": DuplicateSourceId,
    "ex_parameter_value_overlap": OverlappingValidity,
    "ex_capacity_overlap": OverlappingCapacity,
}


class Database:
    """The service's connections to PostgreSQL: an engine whose connections come from a psycopg pool."""

    def __init__(self, url: str, *, pool_size: int = 8, statement_timeout_ms: int = 30_000) -> None:
        parts = make_url(url).set(drivername="postgresql")
        self._pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            parts.render_as_string(hide_password=False),
            min_size=1,
            max_size=pool_size,
            open=False,
            timeout=10,
            check=ConnectionPool.check_connection,
            kwargs={"options": f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC"},
        )
        self.engine: Engine = create_engine("postgresql+psycopg://", creator=self._borrow, poolclass=NullPool)

    def _borrow(self) -> Any:
        self._pool.open()
        connection = self._pool.getconn()
        connection.close = lambda: self._give_back(connection)  # type: ignore[method-assign]
        return connection

    def _give_back(self, connection: psycopg.Connection[Any]) -> None:
        del connection.close
        self._pool.putconn(connection)

    def close(self) -> None:
        """Close all connections; the object can't be used afterwards."""
        self._pool.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection in one read-only, repeatable snapshot."""
        with meaningful_errors(), self.engine.connect() as connection:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield connection
            connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session in one transaction: committed at the end, rolled back on any error."""
        with meaningful_errors(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session


def raw_connection(connection: Connection) -> psycopg.Connection[Any]:
    """Return psycopg's connection behind SQLAlchemy's, for COPY within the same transaction."""
    raw: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    return raw


@contextmanager
def meaningful_errors() -> Iterator[None]:
    """Turn the driver's errors into errors of the service; a constraint's name says which."""
    try:
        yield
    except IntegrityError as error:
        raise _meaning(error.orig) from error
    except DBAPIError as error:
        raise _data_fault(error.orig) or error from error
    except psycopg.IntegrityError as error:
        raise _meaning(error) from error
    except (psycopg.OperationalError, PoolTimeout) as error:
        raise _unavailable(error) or error from error


def _meaning(error: BaseException | None) -> KuntokantaError:
    constraint = error.diag.constraint_name if isinstance(error, psycopg.Error) else None
    if isinstance(error, psycopg.errors.CheckViolation):
        return InvalidData(f"The register refuses this: {constraint}")
    return MEANING.get(constraint or "", DataConflict)()


def _data_fault(error: BaseException | None) -> KuntokantaError | None:
    if isinstance(error, psycopg.DataError):
        return InvalidData(f"The database refuses a value: {error.diag.message_primary}")
    return _unavailable(error)


def _unavailable(error: BaseException | None) -> KuntokantaError | None:
    broken = isinstance(error, psycopg.OperationalError | PoolTimeout)
    return DatabaseUnavailable() if broken else None
