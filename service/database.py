"""One psycopg pool under SQLAlchemy, opened after fork; driver errors become errors of the service here only.

Each transaction begins with who acts in it, so that row-level security shows their rows only; a connection that was
told nothing may do nothing.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout
from sqlalchemy import NullPool, create_engine, event, make_url
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from service.acting import current
from service.database_principal import told_in_session, told_in_transaction
from service.errors import (
    ChangesCollided,
    DatabaseUnavailable,
    DataConflict,
    DuplicateSourceId,
    InvalidData,
    KuntokantaError,
    OverlappingCapacity,
    OverlappingValidity,
    RecordBusy,
    RolesMissing,
    TookTooLong,
)
from service.settings import WEB_LIMITS, DatabaseLimits

MEANING: dict[str, type[KuntokantaError]] = {
    "uq_asset_source": DuplicateSourceId,
    "ex_parameter_value_overlap": OverlappingValidity,
    "ex_measure_rule_overlap": OverlappingValidity,
    "ex_capacity_overlap": OverlappingCapacity,
}

_COLLIDED = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)

_FIRST_STEP: ContextVar[Callable[[Session], None] | None] = ContextVar("first step", default=None)

CHECKED_AFTER_S = 5.0
"""A connection that was idle for longer is asked whether it still works."""

# Starting workers for a plan takes longer than reading a page does. A plan for any box or value would be a bad plan
# for the one that is asked for: a statement is parsed once, but planned each time.
_PLANNED_EACH_TIME = "SET max_parallel_workers_per_gather = 0; SET plan_cache_mode = force_custom_plan"
_PLANNED_AS_USUAL = "RESET max_parallel_workers_per_gather; RESET plan_cache_mode"

_OPTIONS = (
    "-c statement_timeout={0.statement_ms} -c lock_timeout={0.lock_ms} -c timezone=UTC -c jit=off"
    " -c idle_in_transaction_session_timeout={0.idle_ms}"
)
_SOON_MISSED = (
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    " -c client_connection_check_interval=2000"
)


_NO_LIMITS = DatabaseLimits(0, 0, 0)


class Database:
    """The service's connections to PostgreSQL: an engine whose connections come from a psycopg pool."""

    def __init__(
        self, url: str, *, pool_size: int = 8, limits: DatabaseLimits = WEB_LIMITS, soon_missed: bool = False
    ) -> None:
        """Make it, without connecting.

        Args:
            url: Address of the database.
            pool_size: How many connections there are at most.
            limits: How long the database goes on with what is asked.
            soon_missed: Has the server end what this process asked for soon after the process is gone.
        """
        parts = make_url(url).set(drivername="postgresql")
        self._address = parts.render_as_string(hide_password=False)
        self._pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            self._address,
            min_size=1,
            max_size=pool_size,
            open=False,
            timeout=10,
            check=_check_unless_used_just_now,
            # Compiling a plan takes longer than a request may, and saves less than it takes.
            # The driver begins no transaction: each is begun here, and told who acts in it by the same message.
            kwargs={
                "autocommit": True,
                "options": _OPTIONS.format(limits) + (_SOON_MISSED if soon_missed else ""),
            },
        )
        self.engine: Engine = self._engine("BEGIN")
        self._repeatable_engine = self._engine("BEGIN ISOLATION LEVEL REPEATABLE READ")
        self._reading_engine = self._engine("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def _engine(self, begin: str) -> Engine:
        """Return an engine whose transactions begin in this way, and with who acts."""
        # Errors are logged: the values that a client sent stay out of them.
        engine = create_engine("postgresql+psycopg://", creator=self._borrow, poolclass=NullPool, hide_parameters=True)

        def begun(connection: Connection) -> None:
            _say(raw_connection(connection), f"{begin}; {told_in_transaction(current())}")

        event.listen(engine, "begin", begun)
        return engine

    def _borrow(self) -> Any:
        connection = self._taken()
        connection.close = lambda: self._give_back(connection)  # type: ignore[method-assign]
        try:
            _plan(connection, each_time=False)
        except psycopg.Error:  # it broke just now
            connection.close()
            raise
        return connection

    def _taken(self) -> psycopg.Connection[Any]:
        self._pool.open()
        return self._pool.getconn()

    def _give_back(self, connection: psycopg.Connection[Any]) -> None:
        vars(connection).pop("close", None)
        connection.used_at = time.monotonic()  # type: ignore[attr-defined]
        self._pool.putconn(connection)

    def lasting(self) -> psycopg.Connection[Any]:
        """Return a connection outside the pool, for locks and news, that commits each statement; the caller closes it.

        Whoever acts now acts on it until then.

        The server is to notice within half a minute that the machine at the other end is gone, with all its locks.
        """
        with meaningful_errors():
            connection = psycopg.connect(
                self._address, autocommit=True, options=_OPTIONS.format(_NO_LIMITS) + _SOON_MISSED
            )
            try:
                _say(connection, told_in_session(current()))
            except BaseException:
                connection.close()
                raise
            return connection

    def pool_news(self) -> tuple[dict[str, int], int]:
        """Return what the pool has counted since this was last asked, and how many connections it has."""
        news = self._pool.pop_stats()
        return news, news.get("pool_size", 0)

    def close(self) -> None:
        """Close all connections; the object can't be used afterwards."""
        self._pool.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection in one read-only, repeatable snapshot."""
        with meaningful_errors(), self._reading_engine.connect() as connection:
            connection.begin()
            yield connection
            # A rollback would make the driver forget the statements that it has prepared.
            raw_connection(connection).commit()

    @contextmanager
    def asking(self, *, planned_each_time: bool = False) -> Iterator[psycopg.Connection[Any]]:
        """Give a connection for questions of one statement: each sees a snapshot of its own, and nothing is begun.

        Args:
            planned_each_time: Whether also what is prepared is planned for the values it is asked with.
        """
        with meaningful_errors():
            connection = self._taken()
            try:
                _plan(connection, each_time=planned_each_time)
                _tell(connection)
                yield connection
            finally:
                self._give_back(connection)

    @contextmanager
    def writing(self, *, repeatable: bool = False) -> Iterator[Session]:
        """Give a session in one transaction: committed at the end, rolled back on any error.

        Args:
            repeatable: Whether all that it reads is of one snapshot.
        """
        engine = self._repeatable_engine if repeatable else self.engine
        with meaningful_errors(), Session(engine, expire_on_commit=False) as session, session.begin():
            first_step = _FIRST_STEP.get()
            if first_step is not None:
                first_step(session)
            yield session


@contextmanager
def beginning_with(step: Callable[[Session], None]) -> Iterator[None]:
    """Have each transaction that writes begin with a step, within which it may raise to have nothing done."""
    before = _FIRST_STEP.set(step)
    try:
        yield
    finally:
        _FIRST_STEP.reset(before)


def _plan(connection: psycopg.Connection[Any], *, each_time: bool) -> None:
    """Have a connection plan in this way, which costs a question only where it did otherwise."""
    if getattr(connection, "planned_each_time", False) is not each_time:
        connection.execute(_PLANNED_EACH_TIME if each_time else _PLANNED_AS_USUAL, prepare=False)
        connection.planned_each_time = each_time  # type: ignore[attr-defined]


def _tell(connection: psycopg.Connection[Any]) -> None:
    """Have a connection act for who acts now, which costs a question only where it acted for another."""
    acting = current()
    if getattr(connection, "acting", None) is not acting:
        told = told_in_session(acting)
        if getattr(connection, "told", None) != told:
            connection.acting = connection.told = None  # type: ignore[attr-defined]
            _say(connection, told)
        connection.acting, connection.told = acting, told  # type: ignore[attr-defined]


def _say(connection: psycopg.Connection[Any], told: str) -> None:
    try:
        connection.execute(told, prepare=False)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue) as error:
        raise RolesMissing from error


def _check_unless_used_just_now(connection: psycopg.Connection[Any]) -> None:
    """Ask the server whether it is there, unless the connection was used just now and the server has not hung up.

    The question costs as much as reading a few features, and every request would ask it.
    """
    idle_s = time.monotonic() - getattr(connection, "used_at", 0.0)
    word = select.poll()
    word.register(connection.fileno(), select.POLLIN)
    if idle_s > CHECKED_AFTER_S or word.poll(0):
        ConnectionPool.check_connection(connection)


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
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
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
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return RecordBusy()
    if isinstance(error, psycopg.errors.QueryCanceled):
        return TookTooLong()
    if isinstance(error, _COLLIDED):
        return ChangesCollided()
    broken = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | PoolTimeout)
    return DatabaseUnavailable() if broken else None
