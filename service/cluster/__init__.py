"""A private PostgreSQL + PostGIS cluster for one checkout: made, started and stopped without touching any other."""
