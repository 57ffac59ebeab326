"""A proposal as an answer to those who ask over HTTP or on the command line: document, YAML, and every column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from service.database import Database
from service.errors import Fault, InvalidData
from service.importers.proposals.propose import ProposalTerms, propose_profile
from service.importers.proposals.yaml_text import proposal_yaml
from service.importers.source_table import UnreadableSourceError
from service.operations.imports import read_register_codes
from service.operations.municipality_areas import municipality_area


@dataclass(frozen=True)
class ProposalRequest:
    """A proposal that is asked for.

    Attributes:
        path: A local file.
        terms: What is known beside it.
        language: Of the reasons and comments.
    """

    path: Path
    terms: ProposalTerms
    language: str = "en"


def proposed(database: Database | None, asked: ProposalRequest) -> dict[str, Any]:
    """Return a proposal: `name`, `complete`, `document`, `yaml`, `asset_classes`, `columns`, `other_layers`.

    Args:
        database: The register, which knows municipalities by name and where they lie; without it only their numbers
            are known.
        asked: The file and what is known of it.

    Raises:
        InvalidData: The file cannot be read; with every reason.
    """
    terms = asked.terms if database is None else _with_register(database, asked.terms)
    try:
        found = propose_profile(asked.path, terms)
    except UnreadableSourceError as error:
        told = terms.file_name or asked.path.name
        faults = [Fault("/file", fault.detail.replace(asked.path.name, told)) for fault in error.faults]
        raise InvalidData("; ".join(fault.detail for fault in faults), faults) from error
    return {
        "name": found.name,
        "complete": found.is_complete,
        "document": found.document,
        "yaml": proposal_yaml(found, asked.language),
        "asset_classes": [{"asset_class": code, "score": round(score, 2)} for code, score in found.class_candidates],
        "columns": [use.as_dict(asked.language) for use in found.columns],
        "other_layers": list(found.other_layers),
    }


def _with_register(database: Database, terms: ProposalTerms) -> ProposalTerms:
    names = read_register_codes(database).municipalities
    return replace(terms, municipalities=names, area=municipality_area(database, terms.municipality_code).shape)
