"""The application: one factory that puts database, API and pages together."""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING, Any

from flask import Flask

from models.registry import ASSET_CLASSES
from service import ogc
from service.api import (
    asset_classes,
    assets,
    audit,
    cost_indices,
    enrolments,
    exports,
    feature_writes,
    health,
    history,
    me,
    measure_rules,
    needs,
    nested_records,
    pages,
    parameters,
    permission_table,
    reports,
    runs,
    scenarios,
    statistics,
    templates_of_classes,
    valuations,
)
from service.api.acting_request import act, begin_acting, end_acting
from service.api.blueprint import RestBlueprint
from service.api.class_resources import class_blueprint
from service.api.compression import compress_answer, pack, read_encoded_tags
from service.api.forwarded import BehindProxy
from service.api.identity import identify
from service.api.import_profiles import ProfileTools, import_profiles_blueprint
from service.api.import_proposals import import_proposals_blueprint
from service.api.imports import imports_blueprint
from service.api.metrics import Metrics
from service.api.observing import Observed, note_route, note_who
from service.api.permissions import check_permission, permissions
from service.api.problems import register_problem_handlers
from service.api.rate_limits import RateLimits, keep_limits
from service.api.rest_api import create_api, register_blueprints
from service.api.security_headers import headers_of_data, securing
from service.api.sessions import check_own_page
from service.api.state import keep_state
from service.database import Database
from service.importers.profile_file import profile_names, read_document
from service.importers.proposals.vocabulary import PROPOSED_TARGETS
from service.importers.stored_profiles import checked_text, shipped_text, targets_of
from service.metrics.counted import note_memory, note_pool, note_tiles
from service.ogc.plain_reads import PlainReads
from service.ogc.single_features import read_single_feature
from service.ogc.single_tiles import SingleTiles
from service.ogc.tiles_kept import KEPT_TILES, KeptTiles
from service.settings import Settings
from service.web import blueprint as web

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

PROFILE_TOOLS = ProfileTools(profile_names, shipped_text, checked_text, read_document)


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """Return the service.

    Args:
        settings: How it runs.
        database: A database that is there already, for tests; by default one is made of the settings, whose
            connections are opened on first use, after the server has forked.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.body_limit_bytes
    app.url_map.strict_slashes = False
    database = database or _own_database(settings)
    app.extensions[KEPT_TILES] = KeptTiles(settings.kept_tiles_bytes)
    served: WSGIApplication = app.wsgi_app
    limits = RateLimits(settings.rates)
    if settings.open_reading:
        readers = (read_single_feature, SingleTiles(app.extensions[KEPT_TILES]))
        headers = _headers_by_scheme(settings)
        served = PlainReads(served, database, readers, pack=pack, headers=headers, admits=limits.admits)
    app.wsgi_app = BehindProxy(served)  # type: ignore[method-assign]
    _observe(app, database, settings)
    keep_state(app, database, settings)
    register_problem_handlers(app)
    app.before_request(begin_acting)
    app.before_request(read_encoded_tags)
    app.before_request(identify)
    keep_limits(app, limits)
    app.before_request(check_own_page)
    app.before_request(check_permission)
    app.before_request(act)
    app.teardown_request(end_acting)
    app.after_request(compress_answer)  # the first named is the last to run: it gets the answer as it is
    app.after_request(securing(settings))
    register_blueprints(create_api(app), _rest_blueprints())
    app.register_blueprint(feature_writes.blueprint, url_prefix="/ogc")
    app.register_blueprint(ogc.blueprint, url_prefix="/ogc")
    app.register_blueprint(health.blueprint)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(web.blueprint)
    permissions(app)  # raises unless every view declares its own
    return app


def _observe(app: Flask, database: Database, settings: Settings) -> None:
    """Have each request counted and logged, whoever answers it."""
    kept: KeptTiles = app.extensions[KEPT_TILES]

    def look() -> None:
        note_pool(*database.pool_news())
        note_tiles(*kept.filled())
        note_memory()

    served = app.wsgi_app
    if settings.metrics_token:
        served = Metrics(served, database, settings.metrics_token)
    app.wsgi_app = Observed(served, look, logs_requests=settings.log_requests)  # type: ignore[method-assign]
    app.before_request(note_route)
    app.after_request(note_who)


def _rest_blueprints() -> list[RestBlueprint]:
    return [
        asset_classes.blueprint,
        templates_of_classes.blueprint,
        assets.blueprint,
        audit.blueprint,
        nested_records.blueprint,
        history.blueprint,
        valuations.blueprint,
        needs.blueprint,
        enrolments.blueprint,
        parameters.blueprint,
        measure_rules.blueprint,
        cost_indices.blueprint,
        statistics.blueprint,
        imports_blueprint(profile_names, targets_of),
        import_profiles_blueprint(PROFILE_TOOLS),
        import_proposals_blueprint(_proposed, PROPOSED_TARGETS, PROFILE_TOOLS),
        exports.blueprint,
        runs.blueprint,
        scenarios.blueprint,
        reports.blueprint,
        permission_table.blueprint,
        me.blueprint,
        *map(class_blueprint, ASSET_CLASSES.values()),
    ]


def _proposed(*given: Any, **terms: Any) -> dict[str, Any]:
    """Propose a profile by what reads all kinds of files, which a process loads once it is asked."""
    from service.importers.proposals.answer import proposed  # noqa: PLC0415

    return proposed(*given, **terms)


def _own_database(settings: Settings) -> Database:
    database = Database(settings.database_url, pool_size=settings.pool_size, limits=settings.limits)
    atexit.register(database.close)
    return database


def _headers_by_scheme(settings: Settings) -> dict[str, dict[str, str]]:
    return {scheme: headers_of_data(settings, is_secure=scheme == "https") for scheme in ("http", "https")}
