"""The formats of single trades by name: buildings of KuntaGML, Inframodel, and models of pipe networks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from service.importers.network_table import KIND
from service.importers.profile import Profile
from service.importers.read_epanet import read_epanet
from service.importers.read_inframodel import read_inframodel
from service.importers.read_kuntagml import read_kuntagml
from service.importers.read_pandapipes import read_pandapipes
from service.importers.read_swmm import read_swmm
from service.importers.source_table import SourceTable

Reader = Callable[[Path, Profile], Iterator[SourceTable]]


def _whole(read: Callable[[Path, str | None], SourceTable]) -> Reader:
    """Return a reader of one table as a reader of tables."""
    return lambda path, profile: iter([read(path, profile.layer)])


DOMAIN_READERS: Mapping[str, Reader] = {
    "kuntagml": lambda path, _profile: read_kuntagml(path),
    "inframodel": _whole(read_inframodel),
    "epanet": _whole(read_epanet),
    "swmm": _whole(read_swmm),
    "pandapipes": _whole(read_pandapipes),
}
# Words in the first bytes of a file by its ending; the first that is found tells the format.
SIGNS: Mapping[str, tuple[tuple[bytes, str], ...]] = {
    ".inp": ((b"[COND", "swmm"), (b"[PIPE", "epanet")),
    ".xml": ((b"<LandXML", "inframodel"), (b"paikkatietopalvelu.fi/gml/rakennusvalvonta", "kuntagml")),
    ".gml": ((b"paikkatietopalvelu.fi/gml/rakennusvalvonta", "kuntagml"),),
    ".json": ((b'"pandapipesNet"', "pandapipes"),),
}
SNIFFED_BYTES = {".inp": 16 * 1024 * 1024}
FEW_BYTES = 16 * 1024


def domain_format_of(path: Path) -> str | None:
    """Return which of these formats a file is of by its ending and first bytes, None for any other."""
    suffix = path.suffix.lower()
    if suffix not in SIGNS or not path.is_file():
        return None
    with path.open("rb") as stream:
        first = stream.read(SNIFFED_BYTES.get(suffix, FEW_BYTES))
    return next((name for sign, name in SIGNS[suffix] if sign in first), None)


def kinds_of(table: SourceTable) -> list[str]:
    """Return the kinds of things in a table of these formats, the most frequent first: its layers."""
    if KIND not in table.columns:
        return []
    return [kind for kind, _ in Counter(table.columns[KIND].tolist()).most_common()]
