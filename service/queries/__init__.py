"""The only place with SQL: what is read and written, and how."""
