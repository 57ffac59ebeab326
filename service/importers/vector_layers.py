"""Which layer of a map file to read: the one that is named, or the only one that has something."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyogrio

from service.importers.source_table import unreadable

TOLD_LAYERS = 30
# What QGIS and Esri store of themselves beside the data.
OWN_TABLES = frozenset({"layer_styles", "qgis_projects"})


def layer_to_read(path: Path, wanted: str | None) -> str:
    """Return the name of the layer to read.

    Without a name it is the only layer with places that is not empty, or the only one at all where none has places.

    Raises:
        UnreadableSourceError: No such layer, no layer at all, or several and none is named.
    """
    layers = {str(name): kind is not None for name, kind in pyogrio.list_layers(path).tolist()}
    if wanted is not None:
        if wanted not in layers:
            raise unreadable("layer_missing", f"The file {path.name} has no layer {wanted}; it has {_told(layers)}.")
        return wanted
    candidates = [name for name in layers if name not in OWN_TABLES]
    for narrowed in (candidates, [name for name in candidates if layers[name]]):
        if len(narrowed) == 1:
            return narrowed[0]
    filled = _filled(path, candidates, layers)
    if len(filled) != 1:
        detail = f"The file {path.name} has several layers; name one of them: {_told(filled or candidates)}."
        raise unreadable("layer_needed" if candidates else "layer_missing", detail)
    return filled[0]


def _filled(path: Path, candidates: list[str], has_places: dict[str, bool]) -> list[str]:
    spatial = [name for name in candidates if has_places[name]] or candidates
    return [name for name in spatial if pyogrio.read_info(path, layer=name, force_feature_count=True)["features"]]


def _told(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - TOLD_LAYERS} more" if len(listed) > TOLD_LAYERS else ""
    return ", ".join(listed[:TOLD_LAYERS]) + more
