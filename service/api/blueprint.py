"""Blueprints of this API: bodies and queries read strictly, every fault of them told at once."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, TypeVar, cast

import flask_smorest  # type: ignore[import-untyped]
import marshmallow
import orjson
from flask import Request, Response, current_app, request
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from service.api.identity import TOKEN_NEEDED
from service.api.permissions import UndeclaredView
from service.errors import Fault, InvalidData, MalformedRequest
from service.operations.permissions import Action, permission_of

SHOWN_DETAIL = 2000
View = TypeVar("View", bound=Callable[..., Any])


class StrictParser(FlaskParser):
    """Reads JSON by orjson and refuses what a schema does not name, in a body and in a query alike."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012 — webargs's own name and form
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": None,
        "query": marshmallow.RAISE,
        "form": marshmallow.RAISE,
    }

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:  # noqa: ARG002 — webargs's signature
        """Return the body as parsed JSON."""
        return read_json(req)

    def load_querystring(self, req: Request, schema: marshmallow.Schema) -> Any:
        """Return the query parameters; one that is given twice is a fault."""
        repeated = [name for name, values in req.args.lists() if len(values) > 1]
        if repeated:
            raise MalformedRequest(
                "A query parameter is given more than once.",
                [Fault(name, "given more than once") for name in repeated],
            )
        return super().load_querystring(req, schema)

    def handle_error(self, error: marshmallow.ValidationError, *_: Any, **__: Any) -> NoReturn:
        """Raise an error of the service with all faults that a schema found."""
        location, messages = next(iter(error.messages_dict.items()))
        if location == "query":
            raise malformed_query(list(faults_of(messages, separator=".", root="")))
        raise invalid_body(list(faults_of(messages)))


class RestBlueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A blueprint whose views declare what they need; arguments are read strictly, decorators keep the views' types."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.before_request(refuse_unknown_parameters)

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Serve a view at a rule and describe it."""

        def decorate(view: View) -> View:
            named = (
                view
                if "operationId" in _described(view)
                else self.describe(operationId=f"{self.name}_{view.__name__}".replace(" ", "_"))(view)
            )
            super(RestBlueprint, self).route(rule, **options)(self._secured(named))
            return view

        return decorate

    def _secured(self, view: View) -> View:
        """Describe the security of a view by the permission that it declares; raises where it declares none."""
        permission = permission_of(view)
        if permission is None:
            raise UndeclaredView(f"{view.__name__} declares no permission: it needs `@needs`.")
        if permission.action is Action.OPEN:
            return self.describe(security=[])(view)
        return self.describe(security=TOKEN_NEEDED)(view) if permission.always_needs_token else view

    def arguments(
        self, schema: type[marshmallow.Schema] | marshmallow.Schema, **options: Any
    ) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
        """Read a body or the query parameters by a schema and give them to the view as a dictionary."""
        if options.get("location") == "query":
            options["error_status_code"] = 400
        return cast(
            "Callable[[Callable[..., Response]], Callable[..., Response]]", super().arguments(schema, **options)
        )

    def answers(
        self, status: int, schema: Mapping[str, Any] | str | None = None, **options: Any
    ) -> Callable[[View], View]:
        """Describe the answer of a view, which makes its own response; `schema` is JSON Schema or a component."""
        return cast("Callable[[View], View]", super().response(status, schema, **options))

    @staticmethod
    def header(parameter: Mapping[str, Any]) -> Callable[[View], View]:
        """Describe a header that a view reads."""

        def decorate(view: View) -> View:
            described: Any = functools.wraps(view)(functools.partial(view))
            described._apidoc = copy.deepcopy(getattr(view, "_apidoc", {}))
            described._apidoc.setdefault("arguments", {}).setdefault("parameters", []).append(dict(parameter))
            return cast("View", described)

        return decorate

    @staticmethod
    def describe(**members: Any) -> Callable[[View], View]:
        """Add members to the description of an operation."""
        return cast("Callable[[View], View]", flask_smorest.Blueprint.doc(**members))


def _described(view: Any) -> Mapping[str, Any]:
    described: Mapping[str, Any] = getattr(view, "_apidoc", {}).get("manual_doc", {})
    return described


def read_json(req: Request) -> Any:
    """Return a request's body as parsed JSON; raises for another content type (415) and for malformed JSON (400)."""
    if not (req.is_json or req.mimetype == "application/merge-patch+json") or req.headers.get("Content-Encoding"):
        given = req.headers.get("Content-Encoding") or req.mimetype or "no content type"
        raise UnsupportedMediaType(f"The body is to be application/json, not {given[:100]}.")
    return parsed_body(req)


def parsed_body(req: Request) -> Any:
    """Return a request's body as parsed JSON, whatever type it is said to be; raises for malformed JSON (400)."""
    try:
        return orjson.loads(req.get_data())
    except orjson.JSONDecodeError as error:
        raise MalformedRequest(f"The body is not JSON: {error}"[:SHOWN_DETAIL], [Fault("", str(error))]) from error


def refuse_unknown_parameters() -> None:
    """Refuse query parameters of a view that declares none; the others are refused with their schema's faults."""
    view = current_app.view_functions.get(request.endpoint or "")
    documented = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
    if request.args and not any(each.get("in") == "query" for each in documented):
        raise malformed_query([Fault(name, "Unknown parameter.") for name in request.args])


def faults_of(messages: Any, pointer: str = "", separator: str = "/", root: str = "/") -> Iterator[Fault]:
    """Give the faults in marshmallow's messages, each with its pointer.

    >>> list(faults_of({"geometry": {"coordinates/0": ["is no number"]}}))
    [Fault(pointer='/geometry/coordinates/0', detail='is no number')]
    """
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            if name in ("", "_schema"):
                place = pointer
            else:
                place = f"{pointer}{separator}{name}" if pointer else f"{root}{name}"
            yield from faults_of(inner, place, separator, root)
    elif isinstance(messages, list):
        for message in messages:
            yield from faults_of(message, pointer, separator, root)
    else:
        yield Fault(pointer, str(messages))


def malformed_query(faults: list[Fault]) -> MalformedRequest:
    """Return the error of query parameters with their faults."""
    return MalformedRequest(_summary("The query parameters cannot be read", faults), faults)


def invalid_body(faults: list[Fault]) -> InvalidData:
    """Return the error of a body with its faults."""
    return InvalidData(_summary("The data are not valid", faults), faults)


def _summary(what: str, faults: list[Fault]) -> str:
    return f"{what}: {'; '.join(f'{fault.pointer}: {fault.detail}' for fault in faults)}"[:SHOWN_DETAIL]
