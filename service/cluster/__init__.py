"""A private PostgreSQL + PostGIS cluster for one checkout: made, started and stopped without touching any other."""

from service.cluster.address import ClusterAddress
from service.cluster.cluster import Cluster
from service.cluster.errors import ClusterError

__all__ = ["Cluster", "ClusterAddress", "ClusterError"]
