"""`make check-clients`: QGIS, headless, opens every collection of a service as a user would, and says what it saw.

Run by the system's Python, which has PyQGIS (`apt-get install --no-install-recommends qgis python3-qgis`):
    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/clients/read_with_qgis.py http://127.0.0.1:8000/ogc [map.png]
Each collection is added as an OGC API Features layer, read whole, read with an attribute table filter and read within
an extent; what the provider logs as a warning counts as a failure. With a file name, `valued_assets` is drawn there.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from typing import Any

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsFeatureRequest,
    QgsGraduatedSymbolRenderer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsRendererRange,
    QgsSymbol,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

PAGE_SIZE = 1_000
MOST_READ = 20_000
CLASSES_EUR = (
    (0, 0.01, "#1a9850"),
    (0.01, 10_000, "#fee08b"),
    (10_000, 100_000, "#f46d43"),
    (100_000, 1e12, "#a50026"),
)
RENDERED_PX = 1_200


class Warnings:
    """What QGIS logs as warnings while a layer is read."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        QgsApplication.messageLog().messageReceived.connect(self._note)

    def _note(self, message: str, tag: str, level: int) -> None:
        if level in (Qgis.Warning, Qgis.Critical):
            self.messages.append(f"{tag}: {message}")


def main(address: str, picture: str | None) -> int:
    """Read all collections; return how many went wrong."""
    application = QgsApplication([], False)
    application.initQgis()
    warnings = Warnings()
    print(f"QGIS {Qgis.version()}")
    failures = 0
    for collection in _collections(address):
        faults = check_collection(address, collection, warnings)
        failures += bool(faults)
        print("  FAILED: " + "; ".join(faults) if faults else "  as expected", flush=True)
    if picture:
        draw_backlog(address, picture)
    application.exitQgis()
    print(f"{failures} collections went wrong")
    return failures


def _collections(address: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{address}/collections?f=json", timeout=60) as answer:
        return list(json.load(answer)["collections"])


def layer_of(address: str, collection: str, subset: str = "") -> QgsVectorLayer:
    """Return a collection as the layer that the data source dialogue would make."""
    parts = [f"url='{address}'", f"typename='{collection}'", f"pageSize='{PAGE_SIZE}'", "restrictToRequestBBOX='1'"]
    layer = QgsVectorLayer(" ".join(parts), collection, "OAPIF")
    if subset and not layer.setSubsetString(subset):
        raise ValueError(f"QGIS refuses the filter {subset}")
    return layer


def check_collection(address: str, collection: dict[str, Any], warnings: Warnings) -> list[str]:
    """Return what is wrong with a collection in QGIS."""
    warnings.messages.clear()
    name = collection["id"]
    layer = layer_of(address, name)
    if not layer.isValid():
        return [f"{name}: not a valid layer", *warnings.messages]
    features = _read(layer)
    print(f"{name}: {layer.fields().count()} fields, {len(features)} features read, {layer.crs().authid()}")
    faults = _whole(features)
    if features:
        faults += _filtered(address, name, features) + _within(layer, features)
    return faults + warnings.messages


def _read(layer: QgsVectorLayer, request: QgsFeatureRequest | None = None) -> list[Any]:
    return list(layer.getFeatures((request or QgsFeatureRequest()).setLimit(MOST_READ)))


def _whole(features: list[Any]) -> list[str]:
    ids = {feature["id"] for feature in features} if features and "id" in features[0].fields().names() else None
    return ["features twice"] if ids is not None and len(ids) != len(features) else []


def _filtered(address: str, name: str, features: list[Any]) -> list[str]:
    """An attribute table filter, in the words of QGIS: just the features that meet it."""
    field, value = _telling(features)
    subset = f"\"{field}\" = '{value}'"
    found = _read(layer_of(address, name, subset))
    expected = sum(feature[field] == value for feature in features)
    print(f"  filter {subset}: {len(found)} of {len(features)}")
    return [] if len(found) == expected else [f"the filter gives {len(found)} and not {expected}"]


def _telling(features: list[Any]) -> tuple[str, str]:
    """Return the text column with the fewest values, but more than one, and its value in the first feature."""
    columns: dict[str, set[str]] = {}
    for field in features[0].fields().names():
        values = [feature[field] for feature in features]
        if field != "id" and all(isinstance(value, str) for value in values):
            columns[field] = set(values)
    telling = min(columns, key=lambda name: (len(columns[name]) == 1, len(columns[name])))
    return telling, features[0][telling]


def _within(layer: QgsVectorLayer, features: list[Any]) -> list[str]:
    """An extent: the quarter about the first feature that has a place."""
    located = [feature for feature in features if feature.hasGeometry()]
    if not located:
        return []
    centre, extent = located[0].geometry().boundingBox().center(), layer.extent()
    width, height = max(extent.width(), 0.002) / 4, max(extent.height(), 0.002) / 4
    window = QgsRectangle(centre.x() - width, centre.y() - height, centre.x() + width, centre.y() + height)
    exactly = QgsFeatureRequest(window).setFlags(QgsFeatureRequest.ExactIntersect)
    found = len(_read(layer, exactly))
    expected = sum(feature.geometry().intersects(window) for feature in located)
    print(f"  extent {window.toString(3)}: {found} of {len(features)}")
    return [] if found == expected else [f"the extent gives {found} and not {expected}"]


def draw_backlog(address: str, picture: str) -> None:
    """Draw the assets of every class coloured by their repair backlog."""
    layers = [layer_of(address, collection["id"]) for collection in _collections(address)]
    # One layer of QGIS has one kind of geometry, so that `valued_assets` is drawn class by class.
    drawn = [
        each for each in layers if "repair_backlog_eur" in each.fields().names() and each.name() != "valued_assets"
    ]
    extent = QgsRectangle()
    for layer in drawn:
        _read(layer)
        _colour_by_backlog(layer)
        extent.combineExtentWith(layer.extent())
    _render(drawn, extent, picture)
    print(f"drawn: {len(drawn)} layers in {picture}")


def _colour_by_backlog(layer: QgsVectorLayer) -> None:
    ranges = []
    for low, high, colour in CLASSES_EUR:
        symbol = QgsSymbol.defaultSymbol(layer.geometryType())
        symbol.setColor(QColor(colour))
        ranges.append(QgsRendererRange(low, high, symbol, f"{low:g}–{high:g} €"))
    layer.setRenderer(QgsGraduatedSymbolRenderer("repair_backlog_eur", ranges))


def _render(layers: list[QgsVectorLayer], extent: QgsRectangle, picture: str) -> None:
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setOutputSize(QSize(RENDERED_PX, RENDERED_PX))
    settings.setExtent(extent)
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(picture)


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None), 100))
