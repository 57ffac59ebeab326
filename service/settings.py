"""Settings, read once from the environment into one frozen dataclass; nothing is read at import."""

from __future__ import annotations

from dataclasses import dataclass

from environs import Env

DEFAULT_BODY_LIMIT = 64 * 1024 * 1024
DEFAULT_KEPT_TILES = 16_000_000
DEFAULT_UPLOAD_LIMIT = 1024 * 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """How this process runs."""

    database_url: str
    pool_size: int = 8
    statement_timeout_ms: int = 30_000
    body_limit_bytes: int = DEFAULT_BODY_LIMIT
    open_reading: bool = False
    log_json: bool = False
    kept_tiles_bytes: int = DEFAULT_KEPT_TILES
    upload_limit_bytes: int = DEFAULT_UPLOAD_LIMIT
    jobs_at_once: int = 2
    job_attempts: int = 3


def settings_from_environment() -> Settings:
    """Return the settings of `KUNTOKANTA_…`; raises `environs.EnvError` where one is missing or malformed."""
    env = Env()
    with env.prefixed("KUNTOKANTA_"):
        return Settings(
            database_url=env.str("DATABASE_URL"),
            pool_size=env.int("POOL_SIZE", 8),
            statement_timeout_ms=env.int("STATEMENT_TIMEOUT_MS", 30_000),
            body_limit_bytes=env.int("BODY_LIMIT_BYTES", DEFAULT_BODY_LIMIT),
            open_reading=env.bool("OPEN_READING", False),
            log_json=env.bool("LOG_JSON", False),
            kept_tiles_bytes=env.int("KEPT_TILES_BYTES", DEFAULT_KEPT_TILES),
            upload_limit_bytes=env.int("UPLOAD_LIMIT_BYTES", DEFAULT_UPLOAD_LIMIT),
            jobs_at_once=env.int("JOBS_AT_ONCE", 2),
            job_attempts=env.int("JOB_ATTEMPTS", 3),
        )
