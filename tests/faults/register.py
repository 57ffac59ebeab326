"""A municipality's playgrounds in two files: what is there, and the same a year later; and what a register holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import text

from service.database import Database

PROFILE, MUNICIPALITY = "tampere_playgrounds", "837"
_CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3878"}}

# Everything but what differs between any two imports: numbers that were drawn, and times.
_ASSETS = text(
    "SELECT md5(string_agg(concat_ws('|', source_id, name, status, row_version, ST_AsEWKT(geometry), owner), ';'"
    " ORDER BY source_id)), count(*) FROM asset WHERE municipality_code = :code"
)
_COUNTS = {
    "of the class": text("SELECT count(*) FROM playground WHERE municipality_code = :code"),
    "versions": text("SELECT count(*) FROM asset_version WHERE municipality_code = :code"),
    "batches": text("SELECT count(*) FROM import_batch WHERE municipality_code = :code"),
    "added": text("SELECT sum(added) FROM import_batch WHERE municipality_code = :code"),
    "changed": text("SELECT sum(changed) FROM import_batch WHERE municipality_code = :code"),
}


def write_files(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write both files; of the later one a third is new, a third changed and a third as it was."""
    earlier, later = folder / "earlier.geojson", folder / "later.geojson"
    write_file(earlier, {number: f"Puisto {number}" for number in range(rows * 2 // 3)})
    renamed = {number: f"Puisto {number}" if number < rows // 3 else f"Leikkipaikka {number}" for number in range(rows)}
    write_file(later, renamed)
    return earlier, later


def write_file(path: Path, names: dict[int, str]) -> None:
    """Write playgrounds as Tampere gives them out."""
    features = [_feature(number, name) for number, name in names.items()]
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": _CRS, "features": features}), "utf-8")


def _feature(number: int, name: str) -> dict[str, Any]:
    others = ("kunnossapitaja", "viheralueen_kayttoluokka")
    properties = {"ID": str(number), "leikkipaikan_nimi": name, "viheralueen_nimi_tunnus": "837Puisto"}
    place = [24_480_000.0 + number % 300 * 30, 6_820_000.0 + number // 300 * 30]
    return {
        "type": "Feature",
        "properties": {**properties, "tilaaja": "Tampere", **dict.fromkeys(others)},
        "geometry": {"type": "Point", "coordinates": place},
    }


def state_of_register(database: Database) -> dict[str, Any]:
    """Return what two registers with the same content have in common, as figures and one digest."""
    code = {"code": MUNICIPALITY}
    with database.reading() as connection:
        digest, assets = connection.execute(_ASSETS, code).one()
        counts = {name: connection.execute(query, code).scalar() for name, query in _COUNTS.items()}
    return {"digest": digest, "assets": assets, **counts}
