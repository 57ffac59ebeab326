"""Geometry, coordinate reference systems and GeoJSON, without a database or HTTP."""
