"""CQL2 filters read onto the properties of collections: what GIS clients and exports ask with."""
