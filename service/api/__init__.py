"""The REST API for engineers: JSON over HTTP, described by OpenAPI 3.1."""
