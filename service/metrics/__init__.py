"""What the service counts of itself, for Prometheus: across all processes that answer, in files they share."""
