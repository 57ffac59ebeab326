"""Where a request's environment holds what its line in the log tells."""

REQUEST_ID = "kuntokanta.request_id"
ROUTE = "kuntokanta.route"
"""The route by which it came, with names in place of values."""
BY = "kuntokanta.by"
"""The pseudonym of who asks."""
