"""Settings, read once from the environment into one frozen dataclass; nothing is read at import."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from environs import Env, ValidationError, validate

from models.access import Role
from service.secret_files import needed_secret, secret

DEFAULT_BODY_LIMIT = 64 * 1024 * 1024
DEFAULT_KEPT_TILES = 16_000_000
DEFAULT_UPLOAD_LIMIT = 1024 * 1024 * 1024

SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Algorithms that tokens of an issuer may be signed with: with a key of the issuer's own, never with a shared one."""
GRANT = re.compile(rf"({'|'.join(Role)}):([0-9]{{3}}|\*)", re.ASCII)
"""A role in one municipality or in all, e.g. `engineer:091`, `viewer:*`."""
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?", re.ASCII)
_LONGEST_HSTS = 2 * 366 * 24 * 3600
_ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class OidcSettings:
    """Whose access tokens are good beside the service's own, and how they tell what their holder may do.

    Attributes:
        issuer: The issuer's address, letter for letter as its tokens say it.
        audiences: Of which a token has to name one.
        algorithms: That a token may be signed with.
        leeway_s: By how much the issuer's clock may differ.
        jwks_url: Where the issuer's keys are, where they are on another host than the issuer.
        grants_claim: Claim that lists grants.
        groups_claim: Claim that lists groups.
        group_grants: What belonging to a group grants.
        name_claim: Claim with the holder's name.
        client_id: As which this service is known to the issuer, where people sign in to its pages through it.
        client_secret: What it shows the issuer for that, where the issuer gave it one.
        scopes: What is asked for at a sign-in.
    """

    issuer: str
    audiences: tuple[str, ...]
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    leeway_s: int = 30
    jwks_url: str | None = None
    grants_claim: str = "kuntokanta"
    groups_claim: str = "groups"
    group_grants: Mapping[str, str] = field(default_factory=dict)
    name_claim: str = "name"
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ("openid", "profile")


@dataclass(frozen=True)
class SessionSettings:
    """How long somebody stays signed in to the pages: from the sign-in on, and without doing anything."""

    lasts: datetime.timedelta = datetime.timedelta(hours=12)
    idle: datetime.timedelta = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class RateSettings:
    """How often one may ask a process, 0: as often as they like.

    Attributes:
        holder_per_minute: The holder of a token, or who has signed in.
        address_per_minute: All from an address who have no token.
        refused_tokens_per_minute: Tokens from an address that are not good.
    """

    holder_per_minute: int = 12_000
    address_per_minute: int = 60_000
    refused_tokens_per_minute: int = 120


@dataclass(frozen=True)
class DatabaseLimits:
    """How long the database goes on with something before it gives up; 0 for ever.

    Attributes:
        statement_ms: With one statement.
        lock_ms: Waiting for what others hold.
        idle_ms: With a transaction in which nothing is asked.
    """

    statement_ms: int = 30_000
    lock_ms: int = 5_000
    idle_ms: int = 60_000


WEB_LIMITS = DatabaseLimits()
"""For requests, whose clients wait."""
WORK_LIMITS = DatabaseLimits(statement_ms=3_600_000, lock_ms=600_000, idle_ms=1_800_000)
"""For workers and commands, whose work takes long, and for which nobody waits at the other end of a line."""


@dataclass(frozen=True)
class Settings:
    """How this process runs."""

    database_url: str = field(repr=False)
    migration_url: str | None = field(default=None, repr=False)
    pool_size: int = 8
    limits: DatabaseLimits = WEB_LIMITS
    work_limits: DatabaseLimits = WORK_LIMITS
    body_limit_bytes: int = DEFAULT_BODY_LIMIT
    open_reading: bool = False
    log_json: bool = False
    log_requests: bool = True
    log_key: str | None = field(default=None, repr=False)
    metrics_token: str | None = field(default=None, repr=False)
    kept_tiles_bytes: int = DEFAULT_KEPT_TILES
    upload_limit_bytes: int = DEFAULT_UPLOAD_LIMIT
    jobs_at_once: int = 2
    job_attempts: int = 3
    audit_personal_days: int | None = None
    oidc: OidcSettings | None = None
    rates: RateSettings = RateSettings()
    sessions: SessionSettings = SessionSettings()
    cors_origin: str = "*"
    hsts_seconds: int = 0


def logs_as_json() -> bool:
    """Return whether logs are to be JSON lines; for who writes logs before the settings are read."""
    return Env().bool("KUNTOKANTA_LOG_JSON", False)


def settings_from_environment() -> Settings:
    """Return the settings of `KUNTOKANTA_…`; raises `environs.EnvError` where one is missing or malformed."""
    env = Env()
    with env.prefixed("KUNTOKANTA_"):
        return Settings(
            database_url=needed_secret(env, "DATABASE_URL"),
            migration_url=secret(env, "MIGRATION_URL"),
            pool_size=env.int("POOL_SIZE", 8),
            limits=_limits(env, "", WEB_LIMITS),
            work_limits=_limits(env, "WORK_", WORK_LIMITS),
            body_limit_bytes=env.int("BODY_LIMIT_BYTES", DEFAULT_BODY_LIMIT),
            open_reading=env.bool("OPEN_READING", False),
            log_json=env.bool("LOG_JSON", False),
            log_requests=env.bool("LOG_REQUESTS", True),
            log_key=secret(env, "LOG_KEY"),
            metrics_token=secret(env, "METRICS_TOKEN"),
            kept_tiles_bytes=env.int("KEPT_TILES_BYTES", DEFAULT_KEPT_TILES),
            upload_limit_bytes=env.int("UPLOAD_LIMIT_BYTES", DEFAULT_UPLOAD_LIMIT),
            jobs_at_once=env.int("JOBS_AT_ONCE", 2),
            job_attempts=env.int("JOB_ATTEMPTS", 3),
            audit_personal_days=env.int("AUDIT_PERSONAL_DAYS", None, validate=validate.Range(0, 36_500)),
            oidc=_oidc_settings(env),
            rates=_rate_settings(env),
            sessions=_session_settings(env),
            cors_origin=env.str("CORS_ORIGIN", "*", validate=_check_origin),
            hsts_seconds=env.int("HSTS_SECONDS", 0, validate=validate.Range(0, _LONGEST_HSTS)),
        )


def _rate_settings(env: Env) -> RateSettings:
    usual, least = RateSettings(), validate.Range(0)
    return RateSettings(
        env.int("REQUESTS_PER_MINUTE", usual.holder_per_minute, validate=least),
        env.int("ANONYMOUS_REQUESTS_PER_MINUTE", usual.address_per_minute, validate=least),
        env.int("REFUSED_TOKENS_PER_MINUTE", usual.refused_tokens_per_minute, validate=least),
    )


def _session_settings(env: Env) -> SessionSettings:
    hours = env.int("SESSION_HOURS", 12, validate=validate.Range(1, 24 * 30))
    minutes = env.int("SESSION_IDLE_MINUTES", 60, validate=validate.Range(2, 24 * 60))
    return SessionSettings(datetime.timedelta(hours=hours), datetime.timedelta(minutes=minutes))


def _limits(env: Env, prefix: str, usual: DatabaseLimits) -> DatabaseLimits:
    def limit(name: str, usual_ms: int) -> int:
        return int(env.int(f"{prefix}{name}_TIMEOUT_MS", usual_ms, validate=validate.Range(0)))

    return DatabaseLimits(
        statement_ms=limit("STATEMENT", usual.statement_ms),
        lock_ms=limit("LOCK", usual.lock_ms),
        idle_ms=limit("IDLE_TRANSACTION", usual.idle_ms),
    )


def _oidc_settings(env: Env) -> OidcSettings | None:
    if not env.str("OIDC_ISSUER", ""):
        return None
    return OidcSettings(
        issuer=env.str("OIDC_ISSUER", validate=_check_address),
        audiences=tuple(env.list("OIDC_AUDIENCE", validate=validate.Length(min=1))),
        algorithms=tuple(env.list("OIDC_ALGORITHMS", ["RS256", "ES256"], validate=_check_algorithms)),
        leeway_s=env.int("OIDC_LEEWAY_S", 30, validate=validate.Range(0, 300)),
        jwks_url=env.str("OIDC_JWKS_URL", None, validate=_check_address),
        grants_claim=env.str("OIDC_GRANTS_CLAIM", "kuntokanta"),
        groups_claim=env.str("OIDC_GROUPS_CLAIM", "groups"),
        group_grants=env.dict("OIDC_GROUP_GRANTS", {}, validate=_check_group_grants),
        name_claim=env.str("OIDC_NAME_CLAIM", "name"),
        client_id=env.str("OIDC_CLIENT_ID", None),
        client_secret=secret(env, "OIDC_CLIENT_SECRET"),
        scopes=tuple(env.list("OIDC_SCOPES", ["openid", "profile"], validate=_check_scopes)),
    )


def is_safe_address(url: str) -> bool:
    """Whether what is sent to an address is read by its host alone: over TLS, or within this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _ON_THIS_MACHINE)
    return is_safe and bool(parts.hostname) and parts.username is None


def _check_address(url: str) -> None:
    if not is_safe_address(url) or urlsplit(url).query or urlsplit(url).fragment:
        raise ValidationError("is to be an https address without query; http is for this machine alone")


def _check_origin(origin: str) -> None:
    if origin not in ("*", "") and not _ORIGIN.fullmatch(origin):
        raise ValidationError("is to be one origin as https://map.example.fi, * for all or empty for none")


def _check_scopes(names: list[str]) -> None:
    if "openid" not in names:
        raise ValidationError("is to name openid, without which no issuer tells who signs in")


def _check_algorithms(names: list[str]) -> None:
    if not names or not set(names) <= set(SIGNATURES):
        raise ValidationError(f"is to be a list of {', '.join(SIGNATURES)}")


def _check_group_grants(grants: Mapping[str, str]) -> None:
    faulty = [group for group, grant in grants.items() if not GRANT.fullmatch(grant)]
    if faulty:
        raise ValidationError(f"each group is to have a grant as engineer:091 or viewer:*; {', '.join(faulty)} has not")
