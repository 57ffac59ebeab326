"""What can go wrong with the private cluster."""


class ClusterError(Exception):
    """The private database cluster cannot do what was asked; the message says why and what to do."""
