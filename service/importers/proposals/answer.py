"""A proposal as an answer to those who ask over HTTP or on the command line: document, YAML, and every column."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from service.database import Database
from service.errors import Fault, InvalidData
from service.importers.proposals.propose import ProposalTerms, propose_profile
from service.importers.proposals.yaml_text import proposal_yaml
from service.importers.source_table import UnreadableSourceError
from service.operations.imports import read_register_codes
from service.operations.municipality_areas import municipality_area


def proposed(
    database: Database | None,
    path: Path,
    *,
    file_name: str | None = None,
    layer: str | None = None,
    asset_class: str | None = None,
    municipality_code: str | None = None,
    language: str = "en",
) -> dict[str, Any]:
    """Return a proposal: `name`, `complete`, `document`, `yaml`, `asset_classes`, `columns`, `other_layers`.

    Args:
        database: The register, which knows municipalities by name and where they lie; without it only their numbers
            are known.
        path: A local file.
        file_name: Name to go by, where the path is a temporary one.
        layer: Layer or sheet.
        asset_class: What the rows are, where a person knows it.
        municipality_code: Where the rows lie.
        language: Of the reasons and comments.

    Raises:
        InvalidData: The file cannot be read; with every reason.
    """
    terms = ProposalTerms(file_name, layer, asset_class, municipality_code)
    if database is not None:
        terms = _with_register(database, terms)
    try:
        found = propose_profile(path, terms)
    except UnreadableSourceError as error:
        told = file_name or path.name
        faults = [Fault("/file", fault.detail.replace(path.name, told)) for fault in error.faults]
        raise InvalidData("; ".join(fault.detail for fault in faults), faults) from error
    return {
        "name": found.name,
        "complete": found.is_complete,
        "document": found.document,
        "yaml": proposal_yaml(found, language),
        "asset_classes": [{"asset_class": code, "score": round(score, 2)} for code, score in found.class_candidates],
        "columns": [use.as_dict(language) for use in found.columns],
        "other_layers": list(found.other_layers),
    }


def _with_register(database: Database, terms: ProposalTerms) -> ProposalTerms:
    names = read_register_codes(database).municipalities
    return replace(terms, municipalities=names, area=municipality_area(database, terms.municipality_code).shape)
