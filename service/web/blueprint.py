"""The pages' routes: all files come from here, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for

from models.access import Role
from service.api.identity import check_reading, readable_municipalities, readable_municipality
from service.api.permission_table import permission_table
from service.api.state import database
from service.catalogues import LANGUAGES, text
from service.errors import NotPermitted, TokenMissing
from service.operations.assets import read_asset
from service.operations.explanation import explained_asset
from service.operations.overview import municipality_overview
from service.operations.permissions import Action, Of, needs
from service.queries.asset_key import AssetKey
from service.reports.shown import grouped
from service.web.asset_page import asset_facts, figure_rows, step_rows
from service.web.import_page import IMPORT_POLICY, import_choices, import_settings
from service.web.map_page import map_settings

blueprint = Blueprint("web", __name__, template_folder="templates", static_folder=Path(__file__).parent / "static")
# The map draws with WebGL in workers of its own origin; styles set by its script are inline.
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:;"
    " style-src 'self' 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)


def page_language() -> str:
    """Return the language asked for in the address, else the browser's, else Finnish."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "fi")


@blueprint.get("/")
@needs(Action.OPEN, Of.SERVICE)
def landing() -> Response:
    """Return the page that everything is found from."""
    return page("web/landing.html", municipalities=_overview())


@blueprint.get("/map")
@needs(Action.READ, Of.PART)
def map_of_assets() -> Response:
    """Return the map of all valued assets, coloured by backlog, condition or need."""
    municipality = request.args.get("municipality")
    if municipality:
        readable_municipality(municipality)
    return page("web/map.html", settings=map_settings(page_language(), municipality))


@blueprint.get("/assets/<asset_key:asset_key>")
@needs(Action.READ, Of.ADDRESS)
def asset(asset_key: AssetKey) -> Response:
    """Return an asset's page: what is recorded, its figures, and each of them step by step."""
    language = page_language()
    record = read_asset(database(), asset_key)
    explained = explained_asset(database(), asset_key.municipality_code, asset_key.asset_id, None, language)
    return page(
        "web/asset.html",
        record=record,
        facts=asset_facts(record, language),
        explained=explained,
        figures=figure_rows(explained["figures"], language),
        steps=step_rows(explained["steps"], language),
    )


@blueprint.get("/import")
@needs(Action.OPEN, Of.SERVICE)
def imports() -> Response:
    """Return the page to check and import files, and to download the register; it holds nothing of the register."""
    settings = import_settings(page_language(), request.args.get("municipality"))
    return page("web/import.html", policy=IMPORT_POLICY, settings=settings, choices=import_choices())


@blueprint.get("/permissions")
@needs(Action.OPEN, Of.SERVICE)
def permissions() -> Response:
    """Return the page of who may do what, made from the table that the checks follow."""
    return page("web/permissions.html", roles=[each.value for each in Role], table=permission_table(current_app))


def _overview() -> list[dict[str, Any]]:
    """Return what this reader may know of the municipalities: nothing without the token that reading needs."""
    try:
        check_reading()
        codes = readable_municipalities()
        if codes is None:
            return municipality_overview(database())
        return [row for code in sorted(codes) for row in municipality_overview(database(), code)]
    except (TokenMissing, NotPermitted):
        return []


@blueprint.app_template_filter("grouped")
def grouped_number(number: Any, language: str) -> str:
    """Return a whole number with the language's marks."""
    return "–" if number is None else grouped(float(number), 0, language)


def page(template: str, *, policy: str = POLICY, **values: Any) -> Response:
    """Return a page in the reader's language with links to the same page in the others."""
    language = page_language()

    def translate(key: str, **inserted: Any) -> str:
        return text(language, key, **inserted)

    others = {
        each: url_for(request.endpoint or "", **(request.view_args or {}) | _kept(), lang=each) for each in LANGUAGES
    }
    body = render_template(template, language=language, languages=others, t=translate, **values)
    headers = {"Content-Security-Policy": policy, "Content-Language": language, "Vary": "Accept-Language"}
    return Response(body, mimetype="text/html", headers=headers)


def _kept() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if name != "lang"}
