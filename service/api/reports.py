"""Reports of stored runs, as JSON, CSV, a workbook, a page or in print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate

from service.api.blueprint import RestBlueprint
from service.api.fields import QueryNumber, municipality_field
from service.api.identity import readable_municipality
from service.api.state import database
from service.errors import NotFound
from service.operations.backlog_reporting import Beside
from service.operations.parameter_sets import METHODS
from service.operations.permissions import Action, Of, needs
from service.operations.report_parameters import read_runs, reports_that_take
from service.operations.reporting import FORMATS, REPORTS, ReportRequest, render_report
from service.reports.as_html import style_hash
from service.reports.grouping import GROUPING_KEYS

blueprint = RestBlueprint("reports", __name__, description="Reports: backlog, service need, stock, funding")
_OF = {name: reports_that_take(name) for name in ("run", "group_by", "scenario", "runs", "since_run", "methods")}
LANGUAGES = ("fi", "sv", "en")
_BY_TYPE = {media_type.partition(";")[0]: form for form, (media_type, _) in FORMATS.items()}
_SHOWN_IN_BROWSER = {"pdf": "inline", "csv": "attachment", "xlsx": "attachment"}
_SCHEMAS = {"json": {"type": "object"}, "csv": {"type": "string"}, "html": {"type": "string"}}
# A report is one file, also where it is kept or sent on: its style is in it, and is told by its hash.
_POLICY = (
    "default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'"
)
_BYTES = {"type": "string", "format": "binary"}
_CONTENT = {media_type: {"schema": _SCHEMAS.get(form, _BYTES)} for media_type, form in _BY_TYPE.items()}


class ReportQuery(Schema):
    """Of what, by what and in which form; a parameter that the report does not use is refused."""

    municipality = municipality_field(required=True)
    run = QueryNumber(
        load_default=None, metadata={"description": f"`run_id`; the newest finished run by default ({_OF['run']})"}
    )
    group_by = fields.String(
        load_default="",
        metadata={
            "description": f"Comma-separated, any of {', '.join(GROUPING_KEYS)}; by class where none is named"
            f" ({_OF['group_by']})"
        },
    )
    scenario = fields.String(
        load_default="",
        metadata={
            "description": "Comma-separated: the newest valuation of each, side by side (" + _OF["scenario"] + ")"
        },
    )
    runs = fields.String(
        load_default="",
        metadata={
            "description": "Comma-separated `run_id` of two to five scenarios, side by side (" + _OF["runs"] + ")"
        },
    )
    since_run = QueryNumber(
        load_default=None,
        metadata={"description": "`run_id` of an earlier run: explains the change of the backlog since (backlog)"},
    )
    since_year = QueryNumber(
        load_default=None,
        metadata={"description": "Instead of `since_run`: its newest finished valuation of this year (backlog)"},
    )
    methods = fields.String(
        load_default="",
        metadata={
            "description": f"`true` or any of {', '.join(METHODS)}, comma-separated: the same assets by these methods,"
            " the difference to the run's own explained (backlog)"
        },
    )
    table = fields.String(
        load_default=None,
        metadata={"description": "Only this table of the report; CSV holds one, the first by default"},
    )
    format = fields.String(
        load_default=None,
        validate=validate.OneOf(list(FORMATS)),
        metadata={"description": "Form; goes before `Accept`. A PDF holds up to 1000 rows"},
    )
    lang = fields.String(
        load_default=None,
        validate=validate.OneOf(LANGUAGES),
        metadata={"description": "Language; goes before `Accept-Language`"},
    )


@blueprint.route("/reports/<string:name>", methods=["GET"])
@blueprint.answers(200, {"type": "object"})
@blueprint.describe(responses={200: {"description": "The report", "content": _CONTENT}})
@blueprint.arguments(ReportQuery, location="query")
@needs(Action.READ, Of.PART)
def read(query: Mapping[str, Any], name: str) -> Response:
    """Read a report, such as `backlog`, `service-need`, `portfolio` or `funding`.

    `Accept` and `Accept-Language` choose its form and language where the query does not. Each parameter names in
    brackets the reports that use it; given to another one it is refused.
    """
    if name not in REPORTS:
        raise NotFound(f"There is no report {name!r}: {', '.join(REPORTS)} are there.")
    form = query["format"] or _BY_TYPE[request.accept_mimetypes.best_match(list(_BY_TYPE), "application/json")]
    language = query["lang"] or request.accept_languages.best_match(LANGUAGES, "fi")
    groups = [part for part in query["group_by"].split(",") if part]
    municipality = str(readable_municipality(query["municipality"]))
    scenarios = [part for part in query["scenario"].split(",") if part]
    methods = [part for part in query["methods"].split(",") if part]
    beside = Beside(query["since_run"], query["since_year"], tuple(methods))
    asked = ReportRequest(
        name,
        municipality,
        query["run"],
        groups,
        form,
        language,
        scenarios,
        beside,
        query["table"],
        read_runs(query["runs"]),
    )
    body = render_report(database(), asked)
    headers = {"Content-Language": language, "Vary": "Accept, Accept-Language"}
    if form == "html":
        headers["Content-Security-Policy"] = _POLICY.format(style_hash())
    if form in _SHOWN_IN_BROWSER:
        headers["Content-Disposition"] = f'{_SHOWN_IN_BROWSER[form]}; filename="{name}-{municipality}.{form}"'
    return Response(body, 200, headers, content_type=FORMATS[form][0])
