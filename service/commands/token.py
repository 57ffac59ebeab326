"""`kuntokanta token`: access tokens are made, listed and ended."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import click
import orjson

from models.access import Role
from service.commands.plain import open_database, plainly
from service.database import Database
from service.errors import NotFound
from service.operations.access import TokenState, issue_token, list_tokens, revoke_token
from service.operations.principals import Grant
from service.queries.municipalities import municipality_exists

_NATIONAL = "all"
_HEADINGS = ("number", "holder", "role", "municipality", "state", "expires", "last use")


@click.group("token")
def token_group() -> None:
    """Access tokens."""


@token_group.command("create")
@click.option("--holder", required=True, help="Whose it is.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--municipality", metavar="CODE", help="Municipality code; without it the grant is national.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, help="Days until it expires.")
@click.option("--json", "as_json", is_flag=True, help="Print the token with its number and expiry as JSON.")
@plainly
def create_command(holder: str, role: str, municipality: str | None, days: int, as_json: bool) -> None:
    """Make a token; it is shown this once."""
    expires_at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    with open_database() as database:
        _check_municipality(database, municipality)
        token_id, token = issue_token(database, holder, Grant(Role(role), municipality), expires_at)
    made = {"token_id": token_id, "token": token, "expires_at": expires_at}
    click.echo(orjson.dumps(made) if as_json else token)


@token_group.command("list")
@click.option("--holder", help="Only this holder's.")
@click.option("--good", is_flag=True, help="Only those that are neither expired nor revoked.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@plainly
def list_command(holder: str | None, good: bool, as_json: bool) -> None:
    """List the tokens with state, expiry and last use, without the tokens themselves."""
    with open_database() as database:
        tokens = list_tokens(database)
    shown = [
        each for each in tokens if holder in (None, each["holder"]) and (not good or each["state"] is TokenState.GOOD)
    ]
    click.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2) if as_json else _table(shown))


@token_group.command("revoke")
@click.argument("token_ids", metavar="NUMBER…", type=int, nargs=-1, required=True)
@plainly
def revoke_command(token_ids: tuple[int, ...]) -> None:
    """End tokens at once, by their numbers."""
    with open_database() as database:
        for token_id in token_ids:
            revoke_token(database, token_id)
            click.echo(f"Token {token_id} is revoked.")


def _check_municipality(database: Database, municipality_code: str | None) -> None:
    with database.reading() as connection:
        if municipality_code is not None and not municipality_exists(connection, municipality_code):
            raise NotFound(f"There is no municipality {municipality_code}.")


def _table(tokens: list[dict[str, Any]]) -> str:
    rows = [_HEADINGS, *map(_row, tokens)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _row(token: Mapping[str, Any]) -> tuple[str, ...]:
    where = token["municipality_code"] or _NATIONAL
    times = (_minute(token["expires_at"]), _minute(token["last_used_at"]))
    return (str(token["token_id"]), token["holder"], token["role"], where, token["state"], *times)


def _minute(time: datetime.datetime | None) -> str:
    return "never" if time is None else f"{time:%Y-%m-%d %H:%M}"
