"""The login that the service connects as: admitted by the owner of the tables, and looked at for rights too many."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import make_url

from service.database import meaningful_errors
from service.errors import InvalidData
from service.migrating import migrate
from service.queries.database_roles import (
    AT_THE_SAME_TIME,
    TAKEN,
    boxes_are_marked,
    let_connect,
    let_take,
    load_role,
    make_login,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_TRIES = 20


def prepare_database(owner_url: str, service_url: str) -> None:
    """Bring a database's tables to the newest version and let the service's login in; raises as `admit_login` does."""
    migrate(owner_url)
    admit_login(owner_url, service_url)


def admit_login(owner_url: str, service_url: str) -> None:
    """Let the login of an address take the service's roles; it is made where it is missing.

    Databases of one cluster may be prepared at the same time. Where both addresses have the same login, it is the
    owner's: the service still takes the roles, but nothing keeps another program with this login from the tables.

    Args:
        owner_url: Address with the login that migrations run under.
        service_url: Address with the login that the service uses.

    Raises:
        InvalidData: The owner may not do this; the error says what a superuser has to do.
    """
    login = make_url(service_url)
    with meaningful_errors(), psycopg.connect(_address(owner_url), autocommit=True) as connection:
        name = login.username or connection.info.user
        try:
            _admit(connection, name, login.password if isinstance(login.password, str) else None)
        except psycopg.errors.InsufficientPrivilege as error:
            raise InvalidData(_for_superuser(name)) from error


def login_faults(service_url: str) -> list[str]:
    """Return what is amiss with the login that the service uses: each a sentence, for whoever runs the service."""
    with meaningful_errors(), psycopg.connect(_address(service_url), autocommit=True) as connection:
        name = connection.info.user
        found = load_role(connection, name) or {}
        marked = boxes_are_marked(connection)
    told = {
        "rolsuper": f"{name} is a superuser: row-level security does not hold for it.",
        "rolbypassrls": f"{name} has BYPASSRLS: row-level security does not hold for it.",
        "owns": f"{name} owns tables: row-level security holds for it only while it has taken another role.",
        "inherits": f"{name} has the operator's rights without taking the role: ALTER ROLE {name} NOINHERIT.",
    }
    faults = [sentence for column, sentence in told.items() if found.get(column)]
    if not marked:
        faults.append(
            "Limited readers use no spatial index. As a superuser:"
            " ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;"
            " ALTER FUNCTION st_expand(geometry, float8) LEAKPROOF;"
        )
    return faults


def _admit(connection: psycopg.Connection[Any], name: str, password: str | None) -> None:
    if load_role(connection, name) is None:
        _at_last(partial(make_login, connection, name, password))
    found = load_role(connection, name) or {}
    for role in found.get("lacks") or ():
        _at_last(partial(let_take, connection, name, role))
    if not found.get("connects"):
        _at_last(partial(let_connect, connection, name))


def _at_last(give: Callable[[], None]) -> None:
    for _ in range(_TRIES):
        try:
            return give()
        except psycopg.errors.DuplicateObject:
            return None
        except AT_THE_SAME_TIME:
            time.sleep(0.05)
    return give()


def _for_superuser(name: str) -> str:
    return (
        "The owner of the tables may not admit the service's login. As a superuser:"
        f" CREATE ROLE {name} LOGIN NOINHERIT PASSWORD '…'; GRANT {', '.join(TAKEN)} TO {name};"
    )


def _address(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
