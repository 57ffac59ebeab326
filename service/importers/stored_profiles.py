"""A municipality's own profiles, and those that come with the service, by one name each."""

from __future__ import annotations

from typing import Any

import yaml

from service.database import Database
from service.errors import DataConflict
from service.importers.own_profiles import OWN_PROFILES
from service.importers.profile import Profile
from service.importers.profile_file import (
    PROFILE_DIRECTORY,
    UnknownProfile,
    load_profile,
    parse_profile,
    profile_names,
    profile_of_document,
)
from service.operations.import_profiles import ProfileText, find_profile


def profile_of(database: Database, municipality_code: str | None, name: str) -> Profile:
    """Return a profile by its name: the municipality's own, else one that comes with the service.

    Raises:
        UnknownProfile: There is none of this name.
        InvalidProfile: It does not fit the register any more.
    """
    own = None if municipality_code is None else find_profile(database, municipality_code, name)
    return load_profile(name) if own is None else parse_profile(own["document"])


def targets_of(database: Database, municipality_code: str | None, name: str) -> frozenset[str]:
    """Return the targets that a profile writes to; raises as `profile_of` does."""
    if name in OWN_PROFILES:
        return OWN_PROFILES[name]
    return frozenset(each.target for each in profile_of(database, municipality_code, name).targets)


def checked_text(given: str | dict[str, Any]) -> tuple[ProfileText, frozenset[str]]:
    """Return a profile given as YAML or as a document, once it is found valid, and the targets that it writes to.

    A name of a profile that comes with the service is refused, so that a name means one thing in a check report. Should
    a later version of the service bring one of the same name, the municipality's own goes before it.

    Raises:
        InvalidProfile: With every fault.
        DataConflict: Its name is that of a profile that comes with the service.
    """
    profile = parse_profile(given) if isinstance(given, str) else profile_of_document(given)
    if profile.name in {*profile_names(), *OWN_PROFILES}:
        raise DataConflict(f"{profile.name} is the name of a profile that comes with the service: choose another name.")
    text = given if isinstance(given, str) else document_text(given)
    return ProfileText(profile.name, profile.title, text), frozenset(each.target for each in profile.targets)


def shipped_text(name: str) -> str:
    """Return the YAML of a profile that comes with the service; raises `UnknownProfile` where there is none."""
    if name not in profile_names():
        raise UnknownProfile(f"No mapping profile {name} comes with the service.")
    return (PROFILE_DIRECTORY / f"{name}.yaml").read_text(encoding="utf-8")


def document_text(document: dict[str, Any]) -> str:
    """Return a document as YAML, its members in their order."""
    text: str = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)
    return text
