"""Access tokens of an OpenID Connect issuer: its keys, and whether a token is its own and meant for this service."""
