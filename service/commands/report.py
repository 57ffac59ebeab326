"""`kuntokanta report`: a report of a run, written to a file or to standard output."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from service.commands.plain import open_database, plainly
from service.operations.backlog_reporting import Beside
from service.operations.report_parameters import read_runs
from service.operations.reporting import FORMATS, REPORTS, ReportRequest, render_report

LANGUAGES = ("fi", "sv", "en")


@click.command("report")
@click.argument("name", type=click.Choice(list(REPORTS)))
@click.option("--municipality", required=True)
@click.option("--run", "run_id", type=int, help="The newest finished run, where none is named.")
@click.option("--group-by", default="", help="Comma-separated: class (the default), use, district, owner, …")
@click.option("--scenario", "scenarios", default="", help="Comma-separated: the newest valuations, side by side.")
@click.option("--runs", default="", help="Comma-separated run ids of two to five scenarios (comparison).")
@click.option("--since-run", type=int, help="Explain the change of the backlog since this run.")
@click.option("--since-year", type=int, help="The same since the newest valuation of this year.")
@click.option("--methods", default="", help="Comma-separated, or true for all: the same assets by other methods.")
@click.option("--table", help="Only this table; CSV holds one, the first by default.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="csv")
@click.option("--lang", type=click.Choice(LANGUAGES), default="fi")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file; without it, standard output.")
@plainly
def report_command(
    name: str,
    municipality: str,
    run_id: int | None,
    group_by: str,
    scenarios: str,
    runs: str,
    since_run: int | None,
    since_year: int | None,
    methods: str,
    table: str | None,
    form: str,
    lang: str,
    output: Path | None,
) -> None:
    """Write a report of a run."""
    groups, names, ways = ([part for part in listed.split(",") if part] for listed in (group_by, scenarios, methods))
    beside = Beside(since_run, since_year, tuple(ways))
    compared = read_runs(runs)
    with open_database() as database:
        body = render_report(
            database, ReportRequest(name, municipality, run_id, groups, form, lang, names, beside, table, compared)
        )
    if output is None:
        sys.stdout.buffer.write(body)
    else:
        output.write_bytes(body)
