"""Errors of the service: one class each, whose docstring is the default message, and the status it answers with."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and where: a JSON pointer, a query parameter or a row and column."""

    pointer: str
    detail: str

    def as_dict(self) -> dict[str, str]:
        """Return the fault as a member of a problem document's `errors`."""
        return {"pointer": self.pointer, "detail": self.detail}


class KuntokantaError(Exception):
    """The request could not be carried out."""

    status = 500
    retry_after_s: int | None = None

    def __init__(self, detail: str | None = None, faults: list[Fault] | None = None) -> None:
        self.detail = detail or inspect.cleandoc(type(self).__doc__ or "")
        self.faults = faults or []
        super().__init__(self.detail)


class MalformedRequest(KuntokantaError):
    """The request is malformed."""

    status = 400


class TokenMissing(KuntokantaError):
    """This needs an access token: send it as `Authorization: Bearer …`."""

    status = 401


class TokenInvalid(KuntokantaError):
    """The access token is not good: unknown, forged, expired or revoked, or not meant for this service."""

    status = 401

    def __init__(self, detail: str | None = None, *, reason: str = "malformed") -> None:
        """`reason` is for the log: a client is not told what is wrong with a token that may not be its own."""
        super().__init__(detail)
        self.reason = reason


class NotPermitted(KuntokantaError):
    """The token's role may not do this in this municipality."""

    status = 403


class NotFound(KuntokantaError):
    """There is no such resource."""

    status = 404


class DataConflict(KuntokantaError):
    """The change contradicts what is in the register."""

    status = 409


class DuplicateSourceId(DataConflict):
    """An asset with this source system and source id is in the register already."""


class OverlappingValidity(DataConflict):
    """A value of the same parameter, class, material and key is valid in part of this period."""


class OverlappingCapacity(DataConflict):
    """The asset has a capacity of this service in part of this period."""


class ChangesCollided(DataConflict):
    """The change and another one at the same time were in each other's way; nothing of it is done: ask again."""

    retry_after_s = 1


class RunCancelled(KuntokantaError):
    """The run was cancelled: nothing of it is stored."""

    status = 409


class StaleVersion(KuntokantaError):
    """The resource has been changed since it was read: read it again and repeat the change."""

    status = 412

    def __init__(self, detail: str | None = None, *, current: str | int | None = None) -> None:
        """`current` is the ETag of what is there, without its quotes, None where nothing is there."""
        super().__init__(detail)
        self.current = None if current is None else str(current)


class VersionMissing(KuntokantaError):
    """The change needs an If-Match header with the ETag that was read."""

    status = 428


class BodyTooLarge(KuntokantaError):
    """The body is larger than the service takes."""

    status = 413


class InvalidData(KuntokantaError):
    """The data are not valid."""

    status = 422


class ParameterMissing(KuntokantaError):
    """No value of a parameter is valid on the valuation date."""

    status = 422


class TooManyJobs(KuntokantaError):
    """As many imports, exports and runs of this municipality wait as may: ask again when some have ended."""

    status = 429


class TooManyRequests(KuntokantaError):
    """These are more requests than one may send: Retry-After says in how many seconds to ask again."""

    status = 429
    told_by: ClassVar[Mapping[str, str]] = {
        "Retry-After": "In how many seconds one more request is within the limit",
        "RateLimit-Policy": "The limit, its quota q and the seconds w that it is for",
        "RateLimit": "The limit, how much of it is left (r) and in how many seconds (t) all of it is there again",
    }
    """The headers that tell more, and what of."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class FormUnavailable(KuntokantaError):
    """The service is installed without what this format needs."""

    status = 501


class DatabaseUnavailable(KuntokantaError):
    """The database does not answer; try again in a moment."""

    status = 503


class RolesMissing(DatabaseUnavailable):
    """The login may not take the service's roles: it is the owner's, or not admitted yet (`kuntokanta migrate`)."""


class TookTooLong(KuntokantaError):
    """The database needs longer for this than it may: ask for less, or again when it has less to do."""

    status = 503


class RecordBusy(KuntokantaError):
    """Others hold the same records for longer than this request would wait; ask again in a moment."""

    status = 503
    retry_after_s = 1


class IssuerUnavailable(KuntokantaError):
    """The issuer of this access token does not answer, so that the token cannot be checked; try again in a moment."""

    status = 503

    def __init__(self, *, reason: str) -> None:
        """`reason` is for the log."""
        super().__init__()
        self.reason = reason
