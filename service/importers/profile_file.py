"""Profiles as YAML files: found, read and checked, with every fault named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError

from service.errors import Fault, InvalidData, NotFound
from service.importers.profile import Profile
from service.importers.profile_check import profile_faults
from service.importers.profile_schema import ProfileSchema

SHOWN_CHARACTERS = 500
# A profile has some eight levels.
DEEPEST = 20
PROFILE_DIRECTORY = Path(__file__).parent / "profiles"


class UnknownProfile(NotFound):
    """There is no mapping profile of this name."""


class InvalidProfile(InvalidData):
    """The mapping profile is not valid."""


def profile_names() -> list[str]:
    """Return the names of the profiles that come with the service."""
    return sorted(path.stem for path in PROFILE_DIRECTORY.glob("*.yaml"))


def load_profile(name: str) -> Profile:
    """Return a profile by its name.

    Raises:
        UnknownProfile: There is none; the message lists those that there are.
        InvalidProfile: Its file is faulty.
    """
    if name not in profile_names():
        raise UnknownProfile(f"There is no mapping profile {name}; there are: {', '.join(profile_names())}.")
    return parse_profile((PROFILE_DIRECTORY / f"{name}.yaml").read_text(encoding="utf-8"))


def parse_profile(text: str) -> Profile:
    """Return the profile that a YAML text describes.

    Raises:
        InvalidProfile: With every fault: unknown keys, wrong types, unknown targets, attributes, units and codes.
    """
    return profile_of_document(read_document(text))


def read_document(text: str) -> dict[str, Any]:
    """Return the document that a YAML text holds; raises `InvalidProfile` for a text that is none.

    References to other parts of the text are refused, as a few of them can stand for gigabytes, and so is deep nesting.
    """
    try:
        _check_shape(text)
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _invalid([Fault("", f"The profile is not YAML: {error}"[:SHOWN_CHARACTERS])]) from error
    if not isinstance(document, dict):
        raise _invalid([Fault("", "The profile is not a YAML mapping of names to values.")])
    return document


def _check_shape(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _invalid([Fault("", f"The text is nested deeper than {DEEPEST} levels.")])
        if isinstance(event, yaml.AliasEvent):
            raise _invalid([Fault("", "References within the text (* and &) are not read; repeat what is meant.")])


def profile_of_document(document: Mapping[str, Any]) -> Profile:
    """Return the profile that a document describes; raises `InvalidProfile` with every fault of it."""
    try:
        profile: Profile = ProfileSchema().load(dict(document))
    except ValidationError as error:
        raise _invalid(list(_flat(error.messages_dict, ""))) from error
    faults = profile_faults(profile)
    if faults:
        raise _invalid(faults)
    return profile


def _invalid(faults: list[Fault]) -> InvalidProfile:
    told = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults)
    return InvalidProfile(f"The mapping profile is not valid: {told}", faults)


def _flat(messages: Mapping[Any, Any] | list[str], pointer: str) -> list[Fault]:
    """Return marshmallow's nested messages as faults with JSON pointers."""
    if isinstance(messages, Mapping):
        nested = (_flat(each, f"{pointer}/{key}") for key, each in messages.items())
        return [fault for faults in nested for fault in faults]
    return [Fault(pointer, str(message)) for message in messages]
