"""Mapping profiles proposed for unseen files from names, types and values, with reasons, for a person to edit."""
