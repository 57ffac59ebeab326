"""What stands in logs for the name of a person or an office: the same for the same name, and not to be turned back.

Who has the key can tell whether a name is meant: that is for the one who keeps the installation.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

_key = secrets.token_bytes(32)


def use_key(key: str | None) -> None:
    """Make pseudonyms by this key from now on; without one, by a key that ends with this process."""
    global _key  # noqa: PLW0603 — of the process, as its log is
    if key:
        _key = hashlib.sha256(key.encode()).digest()
        pseudonym.cache_clear()


@lru_cache(maxsize=1024)
def pseudonym(name: str) -> str:
    """Return what stands for a name."""
    return hashlib.blake2b(name.encode(errors="surrogatepass"), key=_key, digest_size=6).hexdigest()
