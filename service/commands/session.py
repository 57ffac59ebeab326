"""`kuntokanta session`: who is signed in to the pages, and ending that at once, also for whom an issuer signed in."""

from __future__ import annotations

import click
import orjson

from service.commands.plain import open_database, plainly
from service.errors import NotFound
from service.operations.sessions import end_sessions_of, list_sessions


@click.group("session")
def session_group() -> None:
    """Sessions of people who are signed in to the pages."""


@session_group.command("list")
@click.option("--holder", help="Only this holder's.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@plainly
def list_command(holder: str | None, as_json: bool) -> None:
    """List who is signed in, by which token or through the issuer, with grants and times."""
    with open_database() as database:
        shown = [each for each in list_sessions(database) if holder in (None, each["holder"])]
    if as_json:
        click.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2))
        return
    for each in shown:
        by = "issuer" if each["token_id"] is None else f"token {each['token_id']}"
        times = " ".join(f"{each[name]:%Y-%m-%dT%H:%MZ}" for name in ("created_at", "last_used_at", "expires_at"))
        click.echo(f"{each['holder']}  {by}  {','.join(each['grants']) or 'no grants'}  {times}")


@session_group.command("end")
@click.argument("holders", metavar="HOLDER…", nargs=-1, required=True)
@plainly
def end_command(holders: tuple[str, ...]) -> None:
    """End all sessions of holders at once; what they may otherwise do with a token is not changed."""
    with open_database() as database:
        for holder in holders:
            ended = end_sessions_of(database, holder)
            if not ended:
                raise NotFound(f"Nobody is signed in as {holder}.")
            click.echo(f"{holder}: {ended} ended.")
