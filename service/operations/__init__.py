"""The use cases: one function, one transaction; the only place that commits."""
