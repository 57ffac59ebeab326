"""The pages' routes: all files come from here, nothing from elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, request

from models.access import Role
from service.api.identity import check_reading, readable_municipalities, readable_municipality
from service.api.permission_table import permission_table
from service.api.state import database, settings
from service.errors import NotPermitted, TokenMissing
from service.operations.assets import read_asset
from service.operations.explanation import explained_asset
from service.operations.overview import municipality_overview
from service.operations.permissions import Action, Of, needs
from service.queries.asset_key import AssetKey
from service.reports.shown import grouped
from service.web import issuer_sign_in, problem_pages, sign_in
from service.web.asset_page import asset_facts, figure_rows, step_rows
from service.web.import_page import import_choices, import_settings
from service.web.map_page import MAP_POLICY, map_settings
from service.web.pages import blueprint, page, page_language

__all__ = ["blueprint", "issuer_sign_in", "problem_pages", "sign_in"]


@blueprint.get("/")
@needs(Action.OPEN, Of.SERVICE)
def landing() -> Response:
    """Return the page that everything is found from."""
    is_closed = not settings().open_reading and g.principal is None
    return page("web/landing.html", municipalities=_overview(), is_closed=is_closed)


@blueprint.get("/map")
@needs(Action.READ, Of.PART)
def map_of_assets() -> Response:
    """Return the map of all valued assets, coloured by backlog, condition or need; of several own ones, one by one."""
    municipality, own = request.args.get("municipality"), sorted(readable_municipalities() or ())
    if municipality:
        readable_municipality(municipality)
    elif len(own) > 1:
        municipality = own[0]
    told = map_settings(page_language(), municipality)
    return page("web/map.html", policy=MAP_POLICY, settings=told, own=own, municipality=municipality)


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
    told = import_settings(page_language(), request.args.get("municipality"), g.principal)
    return page("web/import.html", settings=told, choices=import_choices(g.principal))


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
