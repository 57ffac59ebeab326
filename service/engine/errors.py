"""The root of what the engine refuses."""


class EngineError(ValueError):
    """The figures cannot be computed from what was given; the message says what is missing or wrong."""
