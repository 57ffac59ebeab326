"""The command line: `kuntokanta …`; exit codes 0 done, 1 refused or faulty, 2 wrong use."""

from __future__ import annotations

import datetime
import getpass
import json
import sys
from pathlib import Path

import click
from tqdm import tqdm

from models.access import Role
from service.acting import acting_as, operator
from service.commands.audit import audit_group
from service.commands.cost_index import cost_index_command
from service.commands.export import export_command, restore_command, template_command
from service.commands.plain import open_database, plainly
from service.commands.report import report_command
from service.commands.scenario import funding_command, scenario_command
from service.commands.session import session_group
from service.commands.token import token_group
from service.commands.work import work_command
from service.database import Database
from service.demo.next_forecast import next_forecast
from service.errors import IssuerUnavailable
from service.importers.command import import_command
from service.importers.profile_command import profile_group
from service.job_kinds import JOB_WORKS
from service.logs import configure_logs
from service.migrating import newest_migration
from service.oidc.keys import read_keys
from service.operations.access import create_token
from service.operations.area_needs import NEED_METHODS
from service.operations.database_logins import login_faults, prepare_database
from service.operations.demo import DEMO_MUNICIPALITY, demo_is_loaded, load_demo
from service.operations.installation import installed_versions
from service.operations.parameter_sets import METHODS
from service.operations.runs import list_runs
from service.operations.seeding import seed
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest
from service.settings import OidcSettings, logs_as_json, settings_from_environment


@click.group()
@click.version_option(package_name="kuntokanta")
@click.pass_context
def main(context: click.Context) -> None:
    """Kuntokanta: municipal assets with condition and capacity, and their backlog against the service need."""
    configure_logs(as_json=logs_as_json())
    context.with_resource(acting_as(operator("cli", getpass.getuser())))


main.add_command(import_command)
main.add_command(profile_group)
main.add_command(export_command)
main.add_command(restore_command)
main.add_command(template_command)
main.add_command(cost_index_command)
main.add_command(report_command)
main.add_command(scenario_command)
main.add_command(funding_command)
main.add_command(token_group)
main.add_command(audit_group)
main.add_command(session_group)
main.add_command(work_command(JOB_WORKS))


@main.command("migrate")
@plainly
def migrate_command() -> None:
    """Bring the tables to the newest version and load the seeds that are missing."""
    settings = settings_from_environment()
    prepare_database(settings.migration_url or settings.database_url, settings.database_url)
    with open_database() as database, acting_as(operator("migration")):
        seed(database)


@main.group("demo", invoke_without_command=True)
@click.option("--if-empty", is_flag=True, help="Load nothing where the register has assets.")
@click.option("--token-file", type=click.Path(path_type=Path), help="Where the demo token is kept; printed without it.")
@click.pass_context
@plainly
def demo_command(context: click.Context, if_empty: bool, token_file: Path | None) -> None:
    """Load the fictitious demo municipality, value it and make a token that may do everything in it.

    What an interrupted call has left undone, the next one does.
    """
    if context.invoked_subcommand is not None:
        return
    with open_database() as database:
        summary = load_demo(database, only_if_empty=if_empty)
        if summary.assets:
            click.echo(f"The demo municipality {DEMO_MUNICIPALITY} is loaded: {summary.assets} assets.")
        if not demo_is_loaded(database):
            return
        if not list_runs(database, DEMO_MUNICIPALITY, before=None, limit=1):
            run_id = value_municipality(database, ValuationRequest(DEMO_MUNICIPALITY, _this_year(), created_by="demo"))
            click.echo(f"Its backlog is valued in run {run_id}.")
        if summary.assets or (token_file is not None and not token_file.exists()):
            _keep_token(_demo_token(database), token_file)


@demo_command.command("forecast")
@click.option("--year", type=click.IntRange(2025, 2040), default=2026, help="Year of the forecast.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file; else standard output.")
def demo_forecast_command(year: int, output: Path | None) -> None:
    """Write a later forecast of the demo municipality as StatFin publishes it (JSON-stat), ready to be imported."""
    document = next_forecast(year)
    if output is None:
        sys.stdout.buffer.write(document)
    else:
        output.write_bytes(document)


def _demo_token(database: Database) -> str:
    return create_token(database, holder="demo", role=Role.ADMIN, municipality_code=DEMO_MUNICIPALITY)


def _keep_token(token: str, token_file: Path | None) -> None:
    if token_file is None:
        click.echo(f"token: {token}")
        return
    token_file.parent.mkdir(parents=True, exist_ok=True)
    token_file.touch(mode=0o600)
    token_file.write_text(f"{token}\n", "utf-8")


def _this_year() -> int:
    return datetime.datetime.now(datetime.UTC).year


@main.command("value")
@click.option("--municipality", required=True, help="Municipality code, three digits.")
@click.option("--year", type=click.IntRange(1900, 2200), help="Valuation year (this year).")
@click.option("--method", type=click.Choice(list(METHODS)), help="One method for all classes.")
@click.option("--scenario", help="Population scenario.")
@click.option("--area-scenario", help="Scenario whose area forecasts are scaled to the municipality's of --scenario.")
@click.option("--need-method", type=click.Choice(NEED_METHODS), help="Before the services' own.")
@click.option("--price-level", type=click.IntRange(1950, 2200), help="Year to whose prices all money is brought.")
@click.option("--horizon", type=click.IntRange(0, 50), help="Years over which the highest need sizes the capacity.")
@click.option("--proportional", is_flag=True, help="Split the marginal asset instead of retaining it whole.")
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON.")
@plainly
def value_command(
    municipality: str,
    year: int | None,
    method: str | None,
    scenario: str | None,
    area_scenario: str | None,
    need_method: str | None,
    price_level: int | None,
    horizon: int | None,
    proportional: bool,
    as_json: bool,
) -> None:
    """Value all assets of a municipality and store the run."""
    request = ValuationRequest(
        municipality,
        year or _this_year(),
        method,
        scenario,
        horizon,
        proportional,
        created_by="command line",
        area_scenario=area_scenario,
        need_method=need_method,
        price_level_year=price_level,
    )
    with (
        open_database() as database,
        tqdm(total=3, disable=as_json or None, bar_format="{desc} {bar} {elapsed}") as bar,
    ):

        def progress(step: str) -> None:
            bar.set_description(step)
            bar.update()

        run_id = value_municipality(database, request, progress)
    click.echo(json.dumps({"run_id": run_id}) if as_json else f"Run {run_id} is finished.")


@main.command("check")
@plainly
def check_command() -> None:
    """Check the configuration, the database and the issuer of tokens, where one is trusted: exit code 0 if in order."""
    with open_database() as database:
        version, postgis = installed_versions(database)
    newest = newest_migration()
    if version != newest:
        raise click.ClickException(f"The tables are at {version}, the code wants {newest}: run `kuntokanta migrate`.")
    for fault in login_faults(settings_from_environment().database_url):
        click.echo(f"note: {fault}", err=True)
    trusted = settings_from_environment().oidc
    issuer = "" if trusted is None else f", {_count_keys(trusted)} keys of {trusted.issuer}"
    click.echo(f"in order: tables {version}, PostGIS {postgis}{issuer}")


def _count_keys(trusted: OidcSettings) -> int:
    try:
        return len(read_keys(trusted.issuer, trusted.jwks_url))
    except IssuerUnavailable as error:
        raise click.ClickException(f"Keys of {trusted.issuer} cannot be had: {error.reason}") from error
