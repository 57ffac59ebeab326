"""Secrets from the environment, or from files that it names: `…_FILE`, as systemd's and containers' credentials are.

On the command line they would be seen by everybody on the machine.
"""

from __future__ import annotations

from pathlib import Path

from environs import Env, EnvError


def secret(env: Env, name: str) -> str | None:
    """Return a secret, None where there is none; raises `EnvError` where it is named twice or its file is no good."""
    value, file = env.str(name, None), env.str(f"{name}_FILE", None)
    if not file:
        return value or None
    if value:
        raise EnvError(f"{name} and {name}_FILE are both set: take one away")
    try:
        text = Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise EnvError(f"the file that {name}_FILE names cannot be read: {type(error).__name__}") from error
    if not text:
        raise EnvError(f"the file that {name}_FILE names is empty")
    return text


def needed_secret(env: Env, name: str) -> str:
    """Return a secret that the service cannot do without."""
    value = secret(env, name)
    return env.str(name) if value is None else value  # which says that it is missing
