"""Query parameters of a request: known names, each once, and the representation that they and Accept ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from service.ogc.faults import FaultList
from service.ogc.negotiation import Representation, chosen_representation

if TYPE_CHECKING:
    from collections.abc import Collection

_MOST_NAMES = 40


def known_parameters(known: Collection[str], faults: FaultList) -> dict[str, str]:
    """Return the parameters of this request by name; unknown and repeated ones are noted as faults and left out."""
    parameters = {}
    for name, values in request.args.lists():
        if name not in known:
            names = ", ".join(sorted(known)) if len(known) <= _MOST_NAMES else "see the queryables"
            faults.add(name[:100], f"unknown query parameter; known: {names}")
        elif len(values) > 1:
            faults.add(name, "given more than once")
        else:
            parameters[name] = values[0]
    return parameters


def only_representation(json_type: str) -> Representation:
    """Return the representation of a resource that knows no parameter but `f`.

    Raises:
        MalformedRequest: Another parameter is given, or an unknown format.
        NotAcceptable: The Accept header names nothing that can be given.
    """
    faults = FaultList()
    parameters = known_parameters(("f",), faults)
    representation = chosen_representation(parameters.get("f"), request.accept_mimetypes, json_type, faults)
    faults.raise_if_any()
    return representation
