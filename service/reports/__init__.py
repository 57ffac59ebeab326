"""Reports as typed tables, and their forms: JSON, CSV and HTML."""
