"""What the import page's scripts need to know: addresses, and the texts of the reader's language."""

from __future__ import annotations

from typing import Any

from flask import url_for

from models.registry import ASSET_CLASSES
from service.api.rest_api import PREFIX
from service.api.sessions import session
from service.catalogues import texts_of
from service.importers.own_profiles import OWN_PROFILES
from service.importers.proposals.vocabulary import PROPOSED_TARGETS
from service.operations.export_requests import ARCHIVE, FORMAT_NAMES, SRIDS
from service.operations.import_checks import ON_CONFLICT
from service.operations.permissions import Action
from service.operations.principals import Principal
from service.web.pages import here_in_service

_GROUPS = (
    "page.import.",
    "page.yes",
    "page.no",
    "page.sign_in",
    "import_report.",
    "import_rule.",
    "asset_class.",
    "attribute.",
    "export.column.",
    "export.table.",
    "problem.",
)


def import_settings(language: str, municipality: str | None, reader: Principal | None) -> dict[str, Any]:
    """Return the settings of the import page as they are put on the page for its scripts, of who is signed in."""
    own, codes = session(), reader.municipalities(Action.READ) if reader else frozenset[str]()
    home = url_for("web.landing").rstrip("/")
    return {
        "language": language,
        "municipality": municipality,
        "municipalities": None if codes is None else sorted(codes),
        "form_token": own.form_token if own else "",
        "sign_in": url_for("web.sign_in_page", next=here_in_service(), lang=language),
        "api": f"{home}{PREFIX}",
        "map": url_for("web.map_of_assets", lang=language),
        "asset": f"{home}/assets/{{id}}?lang={language}",
        "own_exports": list(OWN_PROFILES),
        "texts": texts_of(language, *_GROUPS),
    }


def import_choices(reader: Principal | None) -> dict[str, Any]:
    """Return what the page's forms offer: classes, classes of proposals, formats and coordinate systems of exports."""
    has_archives = reader is not None and reader.may(Action.AUDIT)
    return {
        "classes": list(ASSET_CLASSES),
        "proposed": PROPOSED_TARGETS,
        "on_conflict": ON_CONFLICT,
        "formats": [each for each in FORMAT_NAMES if each != ARCHIVE or has_archives],
        "srids": SRIDS,
    }
