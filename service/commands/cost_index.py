"""`kuntokanta import-cost-index`: a statistics office's index from its CSV file."""

from __future__ import annotations

from pathlib import Path

import click

from service.commands.plain import open_database, plainly
from service.operations.cost_indices import add_cost_index, points_from_csv


@click.command("import-cost-index")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--index", "index_code", required=True, metavar="CODE", help="What the parameter cost_index names it by.")
@click.option("--source-id", required=True, help="Where the index comes from.")
@click.option("--source-title", help="Title of a source that is new to the register.")
@plainly
def cost_index_command(file: Path, index_code: str, source_id: str, source_title: str | None) -> None:
    """Import FILE, a CSV of months or years and index points, as a cost index for the whole country."""
    try:
        content = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"The file {file.name} is not text in UTF-8.") from error
    points = points_from_csv(content)
    with open_database() as database:
        add_cost_index(database, index_code, points, source_id=source_id, source_title=source_title)
    years = sorted({point.year for point in points})
    click.echo(f"{len(points)} points of {index_code}, {years[0]} … {years[-1]}.")
