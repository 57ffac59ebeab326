"""The formats of single trades by name: buildings of KuntaGML, Inframodel, and models of pipe networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

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
